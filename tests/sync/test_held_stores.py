"""Two handhelds of one store never wait for each other: a batch that will lock rows of a store out
of the one order of locks has the store to itself from its beginning."""

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.ids import uuid7
from sync.repeats import hold
from tests.sync.clash import Step, clash
from tests.sync.meeting import Changes, deadlocks, meet, order, person, phone
from tests.world import CELL, World, change, let_stand

Made = Callable[[str, str], tuple[Changes, Changes]]
MEETINGS: dict[str, tuple[str, Made]] = {
    "both order and then edit the store": (
        "after_receipts", lambda s, c: ([order(1, s), phone(2, s)], [order(3, s), phone(4, s)]),
    ),
    "one edits the store before it orders": (
        "rows_locked", lambda s, c: ([phone(1, s), order(2, s)], [order(3, s), phone(4, s)]),
    ),
    "one edits a contact before it orders": (
        "rows_locked",
        lambda s, c: ([person(1, s, c), order(2, s)], [order(3, s), person(4, s, c)]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("cells", [1, 2])
@pytest.mark.parametrize("meeting", MEETINGS)
def test_two_handhelds_of_one_store_never_wait_for_each_other(
    world: World, monkeypatch: pytest.MonkeyPatch, meeting: str, cells: int
) -> None:
    store, contact = world.stores[0], uuid7()
    carriers = [
        dataclasses.replace(world.add_device(f"d-{no}", no=no), cells=(CELL, 9)[:cells])
        for no in (21, 22)
    ]
    world.push(world.carrier(), [change(1, "contact", "save", {
        "id": contact, "store": store, "set": {"name": "Mary"}, "base": {}})])  # fmt: skip
    found = deadlocks(monkeypatch)
    place, made = MEETINGS[meeting]
    first, second = made(store, contact)
    outcomes = meet(world, monkeypatch, place, (carriers[0], first), (carriers[1], second))
    assert found == []
    assert len(outcomes) == 4
    assert outcomes.count("held") <= 1  # the second order may look like the first
    assert world.one("SELECT count(*) FROM orders") == 2


def test_two_people_let_edits_of_one_store_stand_and_neither_waits_for_the_other(
    world: World,
) -> None:
    revoked = dataclasses.replace(world.carrier(), state="revoked")
    kept = [phone(n, world.stores[0]) for n in (1, 2)]
    verdicts, _ = world.push(revoked, kept)
    assert [one["outcome"] for one in verdicts] == ["held", "held"]
    first, second = (one["id"] for one in kept)
    edit: Any = SimpleNamespace(kind="store", act="edit", store=world.stores[0])
    steps: list[Step] = [
        lambda conn: hold(conn, CELL, [edit]),
        lambda conn: let_stand(conn, CELL, first),
    ]
    assert clash(world, steps, lambda conn: let_stand(conn, CELL, second)) == []
    assert world.one("SELECT count(*) FROM receipt WHERE outcome = 'held'") == 0
