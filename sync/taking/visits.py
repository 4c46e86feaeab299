"""A visit: it only ever goes forward."""

from sync.batch import Pushed
from sync.effects import Effects
from sync.feed import Entry

STATES = ("planned", "skipped", "started", "done")
_FORWARD = STATES.index


def save_visit(effects: Effects, pushed: Pushed, at_rest: str = "") -> None:
    """Write a visit as told; several changes of one visit in a batch become one row.

    at_rest: the state its row has already. A visit only goes forward; what would take it back is
    merged: the rest is noted, the state stays (the same as queries.save_visits).
    """
    body = pushed.body
    row = (
        body.id, f"st:{body.store}", 1, effects.by, body.store, effects.carrier.rep, body.state,
        body.planned_on, body.started_at, body.ended_at, body.lat_deg, body.lon_deg,
        body.distance_m, body.reason, body.note,
    )  # fmt: skip
    before = effects.visits.get(body.id)
    at_rest = max(before[6] if before else body.state, at_rest or body.state, key=_FORWARD)
    if before is not None:
        told = [old if new is None else new for old, new in zip(before, row, strict=True)]
        told[2] = before[2] + 1
        told[6] = max(before[6], body.state, key=_FORWARD)
        row = tuple(told)
    effects.visits[body.id] = row
    effects.entries.append(Entry(f"st:{body.store}", "visit", body.id))
    pushed.refs = {"visit": body.id}
    taken(pushed, body.state, at_rest)


def taken(pushed: Pushed, sent: str, stands: str) -> None:
    """Say whether a state was taken as sent, or what was there already stands."""
    pushed.outcome = "applied" if sent == stands else "merged"
    if sent != stands:
        pushed.says = f"It is {stands} already and stays so; the rest was noted."
