"""After healing: what handhelds hold, what the server holds, what the delivery system holds.

Every count of `Found` that `bad` sums must be 0. Whatever is not, is told in a sentence or two.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from schemas.rows import ROWS
from tests.auditor import Auditor
from tests.simulation.chaos.hands import Hand
from tests.world import CELL, World

MOST_TOLD = 12
BAD = ("lost", "duplicated", "phantom", "diverged", "stuck", "gaps", "undelivered", "sums", "wrong")


@dataclass
class Found:
    """What was found. `wrong`: whatever else is never to happen."""

    changes: int = 0
    orders: int = 0
    lost: int = 0  # a rep was told "saved", and it is not decided, or decided and not there
    duplicated: int = 0  # decided twice, a number twice, two documents of an order
    phantom: int = 0  # decided here or delivered there, and no rep did it
    diverged: int = 0  # rows of a copy, or verdicts, that are not the server's
    stuck: int = 0  # changes that wait after healing, and handhelds that do not get done
    gaps: int = 0  # numbers of a handheld without a receipt
    undelivered: int = 0  # accepted orders without a document
    sums: int = 0  # figures that are not the sum of their parts
    wrong: int = 0
    documents: int = 0
    troubles: list[str] = field(default_factory=list)

    def bad(self) -> int:
        return sum(int(getattr(self, name)) for name in BAD)

    def say(self, name: str, what: Iterable[str]) -> None:
        """Count each of these under `name`, and tell the first ones."""
        told = list(what)
        setattr(self, name, getattr(self, name) + len(told))
        room = MOST_TOLD - sum(one.startswith(f"{name}: ") for one in self.troubles)
        self.troubles += [f"{name}: {one}" for one in told[: max(0, room)]]


@dataclass
class Kept:
    """What one handheld has on its disk."""

    hand: Hand
    device: str
    changes: dict[str, sqlite3.Row]
    rows: dict[str, dict[str, tuple[Any, ...]]]
    damaged: bool


def kept_of(hand: Hand) -> Kept:
    """Read a handheld's two files, without its program."""
    home = Path(hand.home)
    db = sqlite3.connect(home / "field.sqlite")
    db.row_factory = sqlite3.Row
    db.execute("ATTACH ? AS copy", (str(home / "copy.sqlite"),))
    try:
        rows = {}
        for kind, columns in ROWS.items():
            names = ", ".join(f'"{one}"' for one in columns)
            found = db.execute(f'SELECT {names} FROM copy."{kind}"').fetchall()
            rows[kind] = {row["id"]: tuple(row) for row in found}
        sql = "SELECT id, n, kind, act, row_id, store, outcome, raw FROM main.change"
        changes = {row["id"]: row for row in db.execute(sql)}
        checks = [db.execute(f"PRAGMA {one}.quick_check").fetchone()[0] for one in ("main", "copy")]
        fact = db.execute("SELECT value FROM main.fact WHERE name = 'enrolment'").fetchone()
        device = json.loads(fact[0])["device"]
        return Kept(hand, device, changes, rows, checks != ["ok", "ok"])
    finally:
        db.close()


class Once(Auditor):
    """The auditor of the order's life, for a single look at what stands."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows, self.places, self.stores = {}, {}, {}


def judge(
    world: World, kept: Sequence[Kept], told: set[str], documents: Sequence[dict[str, Any]],
    found: Found,
) -> None:  # fmt: skip
    """Compare everything with everything. told: ids of changes of which a rep was told "saved"."""
    _changes(world, kept, told, found)
    _orders(world, documents, found)
    once = Once(world)
    found.say("sums", once.look())
    _copies(world, once, kept, found)
    found.say("wrong", (f"{one.hand.name}'s files are damaged" for one in kept if one.damaged))


def _changes(world: World, kept: Sequence[Kept], told: set[str], found: Found) -> None:
    made = {id: (one, row) for one in kept for id, row in one.changes.items()}
    found.changes = len(made)
    sql = "SELECT change::text, device, n, kind, outcome FROM receipt WHERE device <> ''"
    receipts: dict[str, list[Any]] = {}
    for id, *rest in world.rows(sql):
        receipts.setdefault(id, []).append(rest)
    found.say("lost", (f"change {id} was saved and is on no handheld" for id in told - made.keys()))
    waiting = [id for id, (_, row) in made.items() if row["outcome"] is None]
    found.say("stuck", (f"{made[id][0].hand.name}'s change {id} still waits" for id in waiting))
    unknown = made.keys() - receipts.keys() - set(waiting)
    found.say("lost", (f"change {id} is answered, and has no receipt" for id in unknown))
    found.say("duplicated", (f"{id} has {len(r)} receipts" for id, r in receipts.items() if r[1:]))
    foreign = receipts.keys() - made.keys()
    found.say("phantom", (f"change {id} was decided, and nobody made it" for id in foreign))
    found.say("diverged", (
        f"change {id}: {row['outcome']} on the handheld, {receipts[id][0][3]} at the server"
        for id, (_, row) in made.items()
        if id in receipts and row["outcome"] not in (None, receipts[id][0][3])
    ))  # fmt: skip
    found.say("gaps", (
        f"{device}: {known} numbers known, {have} receipts up to {most}"
        for device, known, have, most in world.rows(
            "SELECT d.id, d.acknowledged_n, count(r.n), coalesce(max(r.n), 0) FROM device d"
            " LEFT JOIN receipt r ON r.device = d.id AND r.n IS NOT NULL GROUP BY 1, 2"
        )
        if not known == have == most
    ))  # fmt: skip


def _orders(world: World, documents: Sequence[dict[str, Any]], found: Found) -> None:
    orders = world.rows("SELECT id::text, state, revision FROM orders")
    found.orders, found.documents = len(orders), len(documents)
    for table in ("orders", "collection"):
        sql = f"SELECT number, count(*) FROM {table} GROUP BY 1 HAVING count(*) > 1"
        found.say("duplicated", (f"number {one[0]} {one[1]} times" for one in world.rows(sql)))
    there = Counter((one["order_id"], one["revision"]) for one in documents)
    found.say("duplicated", (f"order {k[0]}: {n} documents" for k, n in there.items() if n > 1))
    known = {(id, revision) for id, _, revision in orders}
    found.say("phantom", (f"a document of {k[0]}, no such order" for k in there.keys() - known))
    due = {(id, n) for id, state, n in orders if state not in ("held", "rejected", "cancelled")}
    found.say("undelivered", (f"order {k[0]} has no document" for k in due - there.keys()))


def _copies(world: World, once: Once, kept: Sequence[Kept], found: Found) -> None:
    """Each copy against the rows of the scopes its rep has, cell by cell, row by row."""
    kinds = dict(world.rows("SELECT cell, kind FROM cell"))
    company = {cell for cell in kinds if kinds[cell] == "company"}
    grants: dict[str, set[tuple[int, str]]] = {}
    for rep, cell, scope in world.rows(
        "SELECT rep, scope_cell, scope FROM scope_grant WHERE NOT told_end"
    ):
        grants.setdefault(rep, set()).add((cell, scope))
    by_scope: dict[tuple[int, str], list[tuple[str, str, str]]] = {}
    for (cell, kind, key, scope), value in once.rows.items():
        by_scope.setdefault((cell, scope), []).append((kind, key, value))
    for one in kept:
        rep = one.hand.rep
        scopes = grants.get(rep, set())
        scopes |= {(cell, f"rep:{rep}") for cell, _ in [*scopes, (CELL, "")]}
        scopes |= {(cell, "company") for cell in company}
        should = {(kind, key): value for at in scopes for kind, key, value in by_scope.get(at, ())}
        has = {(kind, key): row for kind, rows in one.rows.items() for key, row in rows.items()}
        name = one.hand.name
        lacks, more = should.keys() - has.keys(), has.keys() - should.keys()
        found.say("diverged", (f"{name} lacks {kind} {key}" for kind, key in lacks))
        found.say("diverged", (f"{name} has {kind} {key} too many" for kind, key in more))
        found.say("diverged", (
            f"{name}'s {at[0]} {at[1]} is {has[at]}, should be {should[at]}"
            for at in should.keys() & has.keys()
            if not _same(msgspec.json.decode(should[at]), has[at])
        ))  # fmt: skip


def _same(should: list[Any], has: Sequence[Any]) -> bool:
    return len(should) == len(has) and all(
        one == (json.loads(other) if isinstance(one, list | dict) and other is not None else other)
        for one, other in zip(should, has, strict=True)
    )
