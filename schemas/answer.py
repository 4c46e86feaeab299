"""An answer to an item of the inbox, as a handheld pushes it."""

from schemas.fields import Code, Text, Uuid, Wire


class ConflictAnswer(Wire):
    """kind conflict, act answer: one of the item's `answers`, by name. The first that reaches the
    server stands. `store` is the item's, if it has one."""

    id = Uuid(required=True)
    conflict = Uuid(required=True)
    answer = Code(required=True)
    note = Text(at_most=500, allow_none=True, load_default=None)
    store = Uuid(allow_none=True, load_default=None)
