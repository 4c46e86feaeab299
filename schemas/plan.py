"""A stop of the visit plan as a handheld pushes it."""

from schemas.edit import values
from schemas.fields import Choice, Code, Day, Uuid, Whole, Wire


class PlanStopSave(Wire):
    """kind plan_stop, act save: added, moved, re-sequenced, skipped or done.

    `base`: day, sequence and state as the handheld showed them; left out or null, nothing counts
    as moved by somebody else meanwhile.
    """

    id = Uuid(required=True)
    store = Uuid(required=True)
    day = Day(required=True)
    sequence = Whole(high=10_000, required=True)
    state = Choice("planned", "started", "done", "skipped", required=True)
    reason = Code(allow_none=True, load_default=None)
    visit = Uuid(allow_none=True, load_default=None)
    base = values(allow_none=True, load_default=None)
