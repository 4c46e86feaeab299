"""When a copy is compared: after an unknown cursor, a crash, an update; by programs of any age."""

from datetime import UTC, datetime

import pytest

from handhelds.reference.answers import Call, Reply
from schemas.ids import uuid7
from schemas.versions import NEWEST, OLDEST
from sync.scope import unassign
from sync.write import write
from tests.handhelds.older import program_of
from tests.handhelds.test_against_server import Handheld
from tests.handhelds.test_verify_against_server import (
    defects,
    handheld,
    rename_store,
    rows,
    spoil,
    verify,
    world,
)
from tests.world import CELL

__all__ = ["handheld", "world"]


def test_after_an_unknown_cursor_what_still_is_so_stays_and_only_the_rest_travels(
    handheld: Handheld,
) -> None:
    """200 days off: cursors are long gone, a store was lost, another renamed, prices have moved."""
    world = handheld.world
    handheld.order("s003")  # in the outbox all the while
    with world.begin() as conn:
        unassign(conn, CELL, "r01", [world.stores[1]], datetime.now(UTC))
    rename_store(world, world.stores[0], "Renamed")
    world.run("DELETE FROM cursor")
    untouched = "SELECT rowid FROM copy.product ORDER BY rowid"
    before = [row[0] for row in handheld.local.db.execute(untouched)]
    calls: list[str] = []

    def note(call: Call, reply: Reply | None) -> Reply | None:
        calls.append(call.path.rpartition("/")[2])
        return reply

    handheld.spoil = note
    ending = handheld.sync()
    assert ending.state == "done"
    asked = ["push", "pull", "push", "receipts?from_n=1"]
    assert calls[:4] == asked, "the outbox goes first"
    assert set(calls[4:-1]) == {"verify"}, "and the receipts, to learn what stands of ours"
    assert calls[-1] == "pull"
    assert 1 <= ending.rows <= 12, "little of the copy travels"
    assert [row[0] for row in handheld.local.db.execute(untouched)] == before
    assert {row["code"] for row in handheld.queries.pulled("store")} == {"s001", "s003"}
    (renamed,) = handheld.queries.pulled("store", "code = 's001'")
    assert renamed["name"] == "Renamed"
    assert len(handheld.numbers()) == 3
    assert defects(world) == [], "a handheld that was away for long is no defect"
    kept = rows(handheld)
    handheld.local.copy.wipe()
    handheld.sync()
    assert rows(handheld) == kept, "a copy fetched whole is the same"


def test_an_unknown_cursor_in_the_middle_of_a_cut_line_goes_on_comparing(
    handheld: Handheld,
) -> None:
    world = handheld.world
    spoil(handheld, "UPDATE copy.stock SET available = 0 WHERE product = 'p001'")
    world.run("DELETE FROM cursor")
    seen: list[str] = []

    def cut(call: Call, reply: Reply | None) -> Reply | None:
        seen.append(call.path)
        return None if seen.count("/sync/v1/verify") in (1, 3) else reply

    handheld.spoil = cut
    assert [handheld.sync().state for _ in range(3)] == ["cut", "cut", "done"]
    assert handheld.queries.pulled("stock", "product = 'p001'")[0]["available"] == 1000


def test_a_handheld_that_was_killed_verifies_at_its_next_sync(handheld: Handheld) -> None:
    handheld.local.opened.abandon()  # as kill -9 leaves it
    handheld.local.db.close()
    handheld.open()
    assert handheld.local.verify_due() == "crash"
    spoil(handheld, "UPDATE copy.stock SET available = 0 WHERE product = 'p001'")
    assert handheld.sync().repaired == 1
    assert handheld.world.rows("SELECT why, what FROM repair") == [("crash", "different")]
    assert handheld.local.verify_due() is None
    handheld.local.close()
    handheld.open()
    assert handheld.local.verify_due() is None


def test_a_new_program_verifies_at_its_first_sync(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handhelds.reference.verify.PROGRAM", "reference 9")
    assert handheld.local.verify_due() == "upgrade"
    assert handheld.sync().compared > 0
    assert handheld.local.verify_due() is None


@pytest.mark.parametrize("version", range(OLDEST, NEWEST + 1))
def test_a_program_of_any_version_compares_its_own_columns_and_an_update_finds_nothing_wrong(
    handheld: Handheld, version: int
) -> None:
    store = handheld.world.stores[0]
    more = {"name": "Kim", "state": "active", "email": "kim@example.com"}
    hours = {"code": "s001", "name": "S", "status": "active", "warehouse": "w1"}
    with handheld.world.begin() as conn:
        write(conn, CELL, "contact", [{"id": uuid7(), "store": store, **more}], "user:a")
        write(conn, CELL, "store", [{"id": store, "opening_hours": "daily", **hours}], "user:a")
    handheld.local.close()
    with program_of(version):
        handheld.open()
        handheld.sync()
        ending = verify(handheld)
        assert (ending.compared > 20, ending.repaired) == (True, 0)
        spoil(handheld, "UPDATE copy.store SET name = 'T' WHERE id = ?", store)
        assert verify(handheld).repaired == 1
        handheld.local.close()
    handheld.open()
    assert handheld.local.verify_due() == (None if version == NEWEST else "upgrade")
    ending = handheld.sync()
    assert (ending.state, ending.repaired) == ("done", 0)
    assert handheld.local.verify_due() is None
    assert len(defects(handheld.world)) == 1
