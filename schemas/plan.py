"""A stop of the visit plan as a handheld pushes it."""

from schemas.fields import Choice, Code, Day, Uuid, Whole, Wire


class PlanStopSave(Wire):
    """kind plan_stop, act save: added, moved, re-sequenced, skipped or done."""

    id = Uuid(required=True)
    store = Uuid(required=True)
    day = Day(required=True)
    sequence = Whole(high=10_000, required=True)
    state = Choice("planned", "started", "done", "skipped", required=True)
    reason = Code(allow_none=True, load_default=None)
    visit = Uuid(allow_none=True, load_default=None)
