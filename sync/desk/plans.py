"""A plan of the office becomes a rep's stops, and is taken back: rows that travel, by one hand.

A stop keeps its id when it moves, so a rep's handheld shows a move and not a loss. Whatever the rep
or a colleague changed after the plan was drawn up stands, and the plan gives way to it: it was made
by people who knew more. So does a stop that was begun, whatever the plan wanted of it; whether it
was, its visit tells: the stop's own state may still be what it was planned as. The same holds for
taking back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from schemas.ids import uuid7
from sync.audit import note
from sync.desk.edits import Hand
from sync.feed import Entry
from sync.queries import planning as queries
from sync.queries.edits import lock_rows, without_version
from sync.queries.write import remove
from sync.write import SHAPES, put

Row = dict[str, Any]
FREE = "planned"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One visit of a plan. `stop`: the published stop it goes on from, if any. `is_locked`: it
    becomes an appointment, which the rep cannot move."""

    stop: str | None
    store: str
    day: date
    sequence: int
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Whose stops of which days a plan is about, and the stops it was drawn up from, with the
    versions they had."""

    rep: str
    first: date
    last: date
    read: Mapping[str, int]


@dataclass(slots=True)
class Published:
    """What publishing did. `undo`: all that `take_back` needs, as plain JSON values."""

    entries: list[Entry] = field(default_factory=list)
    new: int = 0
    moved: int = 0
    removed: int = 0
    gave_way: int = 0
    undo: dict[str, Any] = field(default_factory=dict)


def publish_plan(
    conn: Connection, cell: int, span: Span, wanted: Iterable[Wanted], plan: str, hand: Hand
) -> Published:
    """Make a rep's stops those of a plan. Entries are the caller's to publish."""
    there = queries.lock_stops(conn, cell, span.rep, span.first, span.last)
    known = {key for key, version in span.read.items() if key in there}
    known = {key for key in known if there[key]["version"] == span.read[key]}
    begun = queries.begun(conn, cell, known)
    others = {_week(row) for key, row in there.items() if key not in known}
    done, used, rows, before = Published(), set[str](), list[Row](), dict[str, Row]()
    for one in wanted:
        if one.stop is not None and one.stop in known:
            used.add(one.stop)
            row = there[one.stop]
            after = row if one.stop in begun else _moved(row, one)
            done.gave_way += one.stop in begun and one.day != row["day"]
            if after != row:
                done.moved += after["day"] != row["day"]
                rows.append(without_version(after))
                before[one.stop] = row
        elif one.stop is not None or (one.store, one.day.isocalendar()[:2]) in others:
            done.gave_way += 1  # it was moved, skipped, added or taken off meanwhile
        else:
            rows.append(_new(span.rep, one))
            done.new += 1
    gone = [key for key in sorted(known - used - begun) if _is_free(there[key])]
    done.removed = len(gone)
    lost = [there[key] for key in gone]
    done.entries = _gone(conn, cell, gone) + put(conn, cell, "plan_stop", rows, hand.by).entries
    after_put = lock_rows(conn, cell, "plan_stop", [row["id"] for row in rows])
    done.undo = {
        "cell": cell,
        "rep": span.rep,
        "made": {k: r["version"] for k, r in after_put.items() if k not in before},
        "changed": {k: r["version"] for k, r in after_put.items() if k in before},
        "before": [_plain(row) for row in before.values()],
        "lost": [_plain(row) for row in lost],
    }
    _note(conn, cell, "plan.published", plan, hand, done, span.rep)
    return done


def take_back(conn: Connection, undo: Mapping[str, Any], plan: str, hand: Hand) -> Published:
    """Put a rep's stops back as they were before a plan was published.

    A stop that was changed, begun or taken off since stays as it is (`gave_way`).
    """
    cell, made, changed = undo["cell"], undo["made"], undo["changed"]
    ids = [*made, *changed, *(row["id"] for row in undo["lost"])]
    there = lock_rows(conn, cell, "plan_stop", ids)
    begun, done = queries.begun(conn, cell, there), Published()
    ours = {k for k, v in (made | changed).items() if k in there and there[k]["version"] == v}
    ours -= begun
    gone = [key for key in made if key in ours]
    back = [row for row in undo["before"] if row["id"] in ours]
    lost = [row for row in undo["lost"] if row["id"] not in there]
    done.removed, done.moved, done.new = len(gone), len(back), len(lost)
    wanted = len(made) + len(changed) + len(undo["lost"])
    done.gave_way = wanted - len(gone) - len(back) - len(lost)
    rows = [_row(row) for row in (*back, *lost)]
    done.entries = _gone(conn, cell, gone) + put(conn, cell, "plan_stop", rows, hand.by).entries
    _note(conn, cell, "plan.undone", plan, hand, done, undo["rep"])
    return done


def _week(row: Mapping[str, Any]) -> tuple[str, tuple[int, int]]:
    return row["store"], row["day"].isocalendar()[:2]


def _is_free(row: Mapping[str, Any]) -> bool:
    return row["state"] == FREE and not row["pinned"]


def _moved(row: Row, one: Wanted) -> Row:
    """The stop where the plan wants it: appointments change place in their day only, begun stops
    not at all."""
    if row["state"] != FREE:
        return row
    pinned = row["pinned"] or one.is_locked
    where = {"sequence": one.sequence, "pinned": pinned}
    return row | where | ({} if row["pinned"] else {"day": one.day})


def _new(rep: str, one: Wanted) -> Row:
    return {
        "id": uuid7(), "store": one.store, "visit": None, "rep": rep, "day": one.day,
        "sequence": one.sequence, "state": FREE, "pinned": one.is_locked, "reason": None,
    }  # fmt: skip


def _gone(conn: Connection, cell: int, keys: Sequence[str]) -> list[Entry]:
    shape = SHAPES["plan_stop"]
    dead = remove(conn, shape.table, cell, shape.key, keys) if keys else []
    return [Entry(scope, "plan_stop", key, "gone") for key, scope in dead]


def _plain(row: Row) -> Row:
    return without_version(row) | {"day": row["day"].isoformat()}


def _row(plain: Mapping[str, Any]) -> Row:
    return {**plain, "day": date.fromisoformat(plain["day"])}


def _note(
    conn: Connection, cell: int, action: str, plan: str, hand: Hand, done: Published, rep: str
) -> None:
    after = {
        "rep": rep, "new": done.new, "moved": done.moved, "removed": done.removed,
        "gave_way": done.gave_way,
    }  # fmt: skip
    note(conn, cell, hand.by, action, f"plan/{plan}", hand.now, after=after, address=hand.address)
