"""A fleet of all served versions in one world: nothing nulled, nothing unreadable, copies true.

Handhelds of versions 3 and 4, of today and of version 2 (served here once more, for it has another
word for a field) and the office edit the same stores and contacts at random, often
from copies that are old; some update their program on the way. After every edit only what it named
may be other at rest; at the end every copy is the server's rows in the words of its version.
"""

import random
from datetime import date
from typing import Any

import msgspec
import pytest

from schemas.ids import uuid7
from schemas.versions import NEWEST, name_at
from sync.owners import as_fields
from sync.write import write
from tests.sync.fleet import Handheld, Rows, projected
from tests.world import CELL, World

FIELDS = {
    "store": ("opening_hours", "phone", "city", "name"),
    "contact": ("email", "role", "phone", "preferred_time"),
}
ROUNDS = 80
pytestmark = pytest.mark.usefixtures("version_2_is_served")
Row = dict[str, Any]


class Fleet:
    """The world, its handhelds, and what was seen to go wrong."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.dice = world, random.Random(seed)
        carriers = [
            world.carrier(),
            *(world.add_device(f"d-{n}", no=n) for n in (2, 3)),
            world.add_device("d-4", "r02", no=4),
        ]
        self.handhelds = [
            Handheld(world, carrier, version, self.dice.choice((7, 5_000)))
            for carrier, version in zip(carriers, (3, 4, 5, 2), strict=True)
        ]
        self.faults: list[str] = []
        self.aimed = 0
        with world.begin() as conn:
            write(
                conn, CELL, "contact",
                [
                    {"id": uuid7(), "store": store, "name": "Kim", "state": "active", "role": "r",
                     "phone": "1", "email": "kim@example.com", "preferred_time": "early"}
                    for store in world.stores[1:]
                ],
                "user:admin",
            )  # fmt: skip
        world.run("UPDATE store SET opening_hours = 'daily', phone = '1', city = 'Ames'")
        self.aim()
        for one in self.handhelds:
            one.pull()

    def aim(self) -> None:
        """Another target for each rep."""
        n = self.aimed = self.aimed + 1
        for rep in ("r01", "r02"):
            self.world.add_target(rep, date(2026, 1, n), date(2026, 1, n), net_minor=n)

    def at_rest(self) -> dict[tuple[str, str], Row]:
        found: dict[tuple[str, str], Row] = {}
        for kind in FIELDS:
            for (text,) in self.world.rows(f"SELECT to_json(t)::text FROM {kind} t"):
                row = msgspec.json.decode(text)
                found[kind, row["id"]] = row
        return found

    def edit(self) -> None:
        """Somebody's handheld edits something it holds, in the fields it knows."""
        one = self.dice.choice(self.handhelds)
        kind = self.dice.choice(list(FIELDS))
        key = self.dice.choice(sorted(one.rows[kind])[-2:])
        known = [name for name in FIELDS[kind] if name_at(kind, name, one.version) is not None]
        names = self.dice.sample(known, self.dice.randint(1, 2))
        mine = {name: f"{name} {self.dice.randint(1, 5)}" for name in names}
        before = self.at_rest()
        verdict = one.edit(kind, key, mine)
        if verdict["outcome"] == "rejected":
            self.faults.append(f"version {one.version} was not read: {verdict['says']}")
        self.look(before, {(kind, key): set(mine)}, f"{kind} by version {one.version}")

    def look(self, before: dict[Any, Row], named: dict[Any, set[str]], who: str) -> None:
        """Only what was named may be other than before."""
        for place, row in self.at_rest().items():
            may = named.get(place, set()) | {"version", "changed_by", "scope"}
            was = before[place]
            other = {name for name in row if row[name] != was[name]} - may
            self.faults += [f"{who}: {name} {was[name]!r} -> {row[name]!r}" for name in other]

    def office(self) -> None:
        store = self.dice.choice(self.world.stores)
        n = self.world.stores.index(store) + 1
        row = {"id": store, "code": f"s{n:03d}", "name": f"Store {n}", "status": "active"}
        mine = {"warehouse": "w1", "opening_hours": f"office {self.dice.randint(1, 5)}"}
        with self.world.begin() as conn:
            write(conn, CELL, "store", [row | mine], "user:admin")

    def step(self) -> None:
        what = self.dice.random()
        one = self.dice.choice(self.handhelds)
        if what < 0.6:
            self.edit()
        elif what < 0.72:
            self.office()
        elif what < 0.75 and self.aimed < 31:
            self.aim()
        elif what < 0.9:
            one.pull()
        elif one.version < NEWEST:
            one.upgrade(one.version + 1)
            one.pull()


def whole(rows: Rows) -> Rows:
    return {kind: found for kind, found in rows.items() if found}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_mixed_fleet_nulls_nothing_and_every_copy_is_true(world: World, seed: int) -> None:
    fleet = Fleet(world, seed)
    for _ in range(ROUNDS):
        fleet.step()
    assert fleet.faults == []
    for one in fleet.handhelds:
        one.pull()
        assert whole(one.rows) == whole(projected(world, one.carrier, one.version))
    told = world.one("SELECT count(*) FROM conflict WHERE field IN ('opening_hours', 'email')")
    assert told, "nobody met anybody: the edits say nothing"


def test_an_old_handheld_that_writes_whole_rows_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: an edit is laid over the row as version 1 knows it, and the whole is written."""

    def as_version_1(kind: str, row: Row) -> Row:
        return {name: value for name, value in as_fields(kind, row).items() if name != "email"}

    monkeypatch.setattr("sync.taking.contacts.as_fields", as_version_1)
    fleet = Fleet(world, 1)
    for _ in range(ROUNDS):
        fleet.step()
    assert any("email" in fault and "-> None" in fault for fault in fleet.faults), fleet.faults
