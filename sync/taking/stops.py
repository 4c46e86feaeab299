"""A stop of the rep's own plan, which the office may have changed meanwhile."""

from collections.abc import Sequence

from sqlalchemy import Connection

from sync.asking.edits import decide_edit
from sync.batch import Pushed
from sync.effects import Effects
from sync.facts import Facts
from sync.feed import Entry
from sync.owners import OWNERS, Value, as_fields
from sync.queries import edits as queries
from sync.subjects.edit import AtRest, Edit
from sync.taking.told import tell_edit

FIELDS = tuple(OWNERS["plan_stop"])


def stops_at_rest(conn: Connection, cell: int, ids: Sequence[str]) -> dict[str, AtRest]:
    """Lock the stops with these ids and return them, and those that were taken off the plan."""
    found = {
        key: AtRest(as_fields("plan_stop", row), is_pinned=row["pinned"])
        for key, row in queries.lock_rows(conn, cell, "plan_stop", ids).items()
    }
    missing = [key for key in ids if key not in found]
    if missing:
        found |= dict.fromkeys(queries.gone(conn, cell, "plan_stop", missing), AtRest(gone=True))
    return found


def save_stop(effects: Effects, facts: Facts, pushed: Pushed) -> None:
    """Decide a stop against what is at rest, and let the next change of the batch see it."""
    body, rep = pushed.body, effects.carrier.rep
    theirs = effects.stops_at_rest.get(body.id, AtRest())
    mine: dict[str, Value] = {
        "day": body.day.isoformat(), "sequence": body.sequence, "state": body.state,
    }  # fmt: skip
    mine |= {name: v for name in ("reason", "visit") if (v := getattr(body, name)) is not None}
    base = None if body.base is None else {**(theirs.fields or {}), **body.base}
    edit = Edit(
        body.id, "plan_stop", "save", rep, pushed.captured_at or facts.now, body.store, mine,
        base, body.day.isoformat(),
    )  # fmt: skip
    decision = decide_edit(edit, theirs, facts)
    tell_edit(effects, pushed, decision, "plan_stop")
    if theirs.fields is not None or decision.stands:
        pushed.refs = {"plan_stop": body.id}
    if not decision.stands:
        return
    row = dict.fromkeys(FIELDS) | dict(theirs.fields or mine) | decision.stands
    scope = f"rep:{rep}"
    effects.stops[body.id] = (
        body.id, scope, effects.stops[body.id][2] + 1 if body.id in effects.stops else 1,
        effects.by, rep, body.store, row["day"], row["sequence"], row["state"],
        theirs.is_pinned, row["reason"], row["visit"],
    )  # fmt: skip
    effects.stops_at_rest[body.id] = AtRest(row, is_pinned=theirs.is_pinned)
    effects.entries.append(Entry(scope, "plan_stop", body.id))
