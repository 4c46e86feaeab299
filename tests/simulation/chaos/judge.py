"""After healing: what handhelds, server and delivery system hold, made ready for the checkers.

The checkers are those of the folder above. Handhelds are read from their files, without their
program; a row counts as equal when every value of it is.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from handhelds.reference.queries_verify import ARRAYS, FLAGS
from schemas.rows import ROWS
from tests.auditor import Auditor
from tests.simulation.chaos.turn import Hand
from tests.simulation.checkers import CHECKERS, kept_waiting, never_read
from tests.simulation.history import History
from tests.simulation.standing import Held, Standing, read_server
from tests.world import World

OF_PAGES = (kept_waiting, never_read)
"""Checkers that need to know the pages that came, and what changes depend on."""


_encode = msgspec.json.Encoder(order="deterministic").encode


@dataclass
class Kept:
    """What one handheld has on its disk. changes: of each its row of the outbox."""

    hand: Hand
    changes: dict[str, sqlite3.Row]
    copy: Held
    is_damaged: bool

    def outbox(self) -> dict[str, tuple[int | None, str | None]]:
        return {id: (row["n"], row["outcome"]) for id, row in self.changes.items()}


def kept_of(hand: Hand) -> Kept:
    """Read a handheld's two files."""
    home = Path(hand.home)
    db = sqlite3.connect(home / "field.sqlite")
    db.row_factory = sqlite3.Row
    db.execute("ATTACH ? AS copy", (str(home / "copy.sqlite"),))
    try:
        copy: Held = {}
        for kind, columns in ROWS.items():
            names = ", ".join(f'"{one}"' for one in columns)
            where = "scope NOT IN (SELECT scope FROM copy.greyed)"
            for row in db.execute(f'SELECT {names} FROM copy."{kind}" WHERE {where}'):
                copy[kind, row["id"]] = as_one_number(_as_it_travels(kind, row))
        sql = "SELECT seq, id, n, kind, act, row_id, store, outcome, raw FROM main.change"
        changes = {row["id"]: row for row in db.execute(sql)}
        checks = [db.execute(f"PRAGMA {one}.quick_check").fetchone()[0] for one in ("main", "copy")]
        return Kept(hand, changes, copy, checks != ["ok", "ok"])
    finally:
        db.close()


def _as_it_travels(kind: str, row: sqlite3.Row) -> list[Any]:
    arrays, flags = ARRAYS.get(kind, ()), FLAGS.get(kind, ())
    values = []
    for name in row.keys():  # noqa: SIM118 - a Row iterates over its values
        value = row[name]
        if name in arrays and isinstance(value, str):
            value = msgspec.json.decode(value)
        elif name in flags and value is not None:
            value = bool(value)
        values.append(value)
    return values


def as_one_number(values: list[Any]) -> int:
    """A row in one number that changes with each of its values."""
    plain = [int(v) if isinstance(v, float) and v.is_integer() else v for v in values]
    return int.from_bytes(blake2b(_encode(plain), digest_size=8).digest(), "big")


class Once(Auditor):
    """The auditor of the order's life, for a single look at what stands."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows, self.places, self.stores = {}, {}, {}


def stand(
    world: World, kept: Sequence[Kept], documents: Sequence[dict[str, Any]], history: History
) -> Standing:
    """Everything that stands at the end."""
    once = Once(world)
    found = read_server(world, once)
    decided = committed(world)
    for receipt in found.receipts:
        receipt["received_at"] = decided.get(receipt["change"], receipt["received_at"])
    truth = _truth(world, once, {one.hand.rep for one in kept})
    for one in kept:
        found.truth[one.hand.name] = truth[one.hand.rep]
        found.copies[one.hand.name] = one.copy
        found.outboxes[one.hand.name] = one.outbox()
    found.documents = Counter(f"{one['order_id']}/{one['revision']}" for one in documents)
    found.rounds = {one.hand.name: -1 for one in kept} | rounds_after_healing(history)
    return found


def committed(world: World) -> dict[str, str]:
    """Change -> when the transaction that decided it committed, if the database keeps that: the
    order of decisions, which is not that of arrival (Machine.note_commits)."""
    if world.one("SELECT current_setting('track_commit_timestamp')") != "on":
        return {}
    return {
        change: at.astimezone(UTC).isoformat(timespec="microseconds")
        for change, at in world.rows(
            "SELECT change::text, pg_xact_commit_timestamp(xmin) FROM receipt"
        )
    }


def rounds_after_healing(history: History) -> dict[str, int]:
    """Handheld -> how many syncs it needed, of those that came to rest."""
    found: dict[str, int] = {}
    is_healed = False
    for one in history.of("healed", "settled"):
        if one["what"] == "healed":
            is_healed = True
        elif is_healed:
            found.setdefault(one["device"], one["rounds"])
    return found


def note_the_untold(history: History, kept: Sequence[Kept]) -> None:
    """Changes that are on a disk although nobody was told: the handheld died in between."""
    told = {one["id"] for one in history.of("captured")}
    for one in kept:
        for id, row in one.changes.items():
            if id not in told:
                history.note(
                    "", "captured", device=one.hand.name, rep=one.hand.rep, id=id,
                    kind=row["kind"], act=row["act"], row=row["row_id"], store=row["store"],
                    raw=bytes(row["raw"]).decode(), how="crashed",
                )  # fmt: skip


def judge(
    world: World, kept: Sequence[Kept], documents: Sequence[dict[str, Any]], history: History,
    has_pages: bool = True,
) -> dict[str, list[str]]:  # fmt: skip
    """What is wrong, by count. has_pages: the history has every page and the bytes of changes."""
    note_the_untold(history, kept)
    standing = stand(world, kept, documents, history)
    wrong = {
        name: [one for checker in checkers
               if has_pages or checker not in OF_PAGES
               for one in checker(history, standing)]
        for name, checkers in CHECKERS.items()
    }  # fmt: skip
    there = {id for one in kept for id in one.changes}
    wrong["lost"] += [
        f"change {one['id']} of {one['device']} was saved, and is not on its disk any more"
        for one in history.of("captured")
        if one["id"] not in there
    ]
    wrong["lost"] += [f"{one.hand.name}'s files are damaged" for one in kept if one.is_damaged]
    return wrong


def _truth(world: World, once: Once, reps: set[str]) -> dict[str, Held]:
    """Rep -> what SQL says their handhelds should hold."""
    by_scope: dict[tuple[int, str], Held] = {}
    for (cell, kind, key, scope), value in once.rows.items():
        by_scope.setdefault((cell, scope), {})[kind, key] = as_one_number(
            msgspec.json.decode(value)
        )
    granted: dict[str, set[tuple[int, str]]] = {rep: set() for rep in reps}
    for rep, cell, scope in world.rows(
        "SELECT rep, scope_cell, scope FROM scope_grant WHERE NOT told_end"
    ):
        granted.setdefault(rep, set()).add((cell, scope))
    for cell, kind in world.rows("SELECT cell, kind FROM cell"):
        for rep in reps:
            granted[rep].add((cell, f"rep:{rep}" if kind == "field" else "company"))
    found: dict[str, Held] = {}
    for rep in reps:
        found[rep] = {}
        for at in granted[rep]:
            found[rep] |= by_scope.get(at, {})
    return found
