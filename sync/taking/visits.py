"""A visit: it only ever goes forward."""

from sync.batch import Pushed
from sync.effects import Effects
from sync.feed import Entry

STATES = ("planned", "skipped", "started", "done")
_FORWARD = STATES.index


def state_at_rest(effects: Effects, visit: str, at_rest: str) -> str:
    """The state a visit has by now, after earlier changes of the batch; "" = it is new."""
    before = effects.visits.get(visit)
    return max((one for one in (before[6] if before else "", at_rest) if one),
               key=_FORWARD, default="")  # fmt: skip


def save_visit(
    effects: Effects, pushed: Pushed, at_rest: str = "", store: str | None = None
) -> None:
    """Write a visit as told; several changes of one visit in a batch become one row.

    at_rest: the state its row has already. A visit only goes forward: what would take it back is
    noted but for the state (the same as queries.save_visits). store: where it goes, if not where
    it was sent (its store was merged).
    """
    body = pushed.body
    store = store or body.store
    row = (
        body.id, f"st:{store}", 1, effects.by, store, effects.carrier.rep, body.state,
        body.planned_on, body.started_at, body.ended_at, body.lat_deg, body.lon_deg,
        body.distance_m, body.reason, body.note,
    )  # fmt: skip
    before = effects.visits.get(body.id)
    if before is not None:
        told = [old if new is None else new for old, new in zip(before, row, strict=True)]
        told[2] = before[2] + 1
        told[6] = max(before[6], body.state, key=_FORWARD)
        row = tuple(told)
    effects.visits[body.id] = row
    effects.entries.append(Entry(f"st:{store}", "visit", body.id))
    pushed.outcome, pushed.refs = pushed.outcome or "applied", {"visit": body.id}
