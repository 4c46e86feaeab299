"""A stop of the rep's own plan."""

from sync.batch import Pushed
from sync.effects import Effects
from sync.feed import Entry
from sync.taking.visits import taken


def save_stop(effects: Effects, pushed: Pushed, at_rest: str = "") -> None:
    """Write a stop of the rep's own plan; the last word in a batch stands, but a begun stop does
    not go back and its visit is not forgotten (the same as queries.save_stops)."""
    body = pushed.body
    scope = f"rep:{effects.carrier.rep}"
    before = effects.stops.get(body.id)
    state, visit, version = body.state, body.visit, 1
    if before is not None:
        version, visit = before[2] + 1, visit or before[11]
    for known in (at_rest, before[8] if before else ""):
        if known == "done" or (known == "started" and state != "done"):
            state = known
    effects.stops[body.id] = (
        body.id, scope, version, effects.by, effects.carrier.rep,
        body.store, body.day, body.sequence, state, False, body.reason, visit,
    )  # fmt: skip
    effects.entries.append(Entry(scope, "plan_stop", body.id))
    pushed.refs = {"plan_stop": body.id}
    taken(pushed, body.state, state)
