"""A handheld whose program is updated keeps its copy and its work, and fetches only what is new."""

from datetime import date
from typing import Any

import msgspec
import pytest

from handhelds.reference import edits, link
from handhelds.reference.answers import Call, Reply
from handhelds.reference.queries_tables import shape_of
from schemas.ids import uuid7
from schemas.versions import NEWEST, OLDEST
from sync.write import write
from tests.handhelds.older import program_of
from tests.handhelds.test_against_server import Handheld, handheld, world
from tests.world import CELL, World, change

__all__ = ["handheld", "world"]


@pytest.fixture
def known(world: World) -> World:
    """Contacts with and without an address, stores with and without hours, cards with and without
    competitor lines, and a target."""
    store = world.stores[0]
    with world.begin() as conn:
        write(
            conn, CELL, "contact",
            [
                {"id": uuid7(), "store": store, "name": name, "state": "active", "email": email}
                for name, email in (("Kim", "kim@example.com"), ("Lee", None), ("Mo", None))
            ],
            "user:admin",
        )  # fmt: skip
    row = {"id": store, "code": "s001", "name": "Store 1", "status": "active", "warehouse": "w1"}
    with world.begin() as conn:
        write(conn, CELL, "store", [row | {"opening_hours": "daily"}], "user:admin")
    days = [date(2026, 11, 2), date(2026, 11, 3)]
    world.add_target("r01", *days, days)
    seen = [{"product": "p001", "on_shelf": True}]
    cards = [{"id": uuid7(), "store": store, "lines": seen} for _ in range(2)]
    cards[0] |= {"competitors": [{"name": "Kola Zero", "facings": 4}]}
    world.push(
        world.carrier(), [change(n, "card", "submit", card) for n, card in enumerate(cards, 1)]
    )
    return world


def test_the_shapes_of_programs_that_are_out_there_are_still_known() -> None:
    """By them a copy is told from one that must be fetched anew: they may never change."""
    assert [shape_of(version) for version in (1, 2, 3, 4)] == [
        382668904,
        248403535,
        275777404,
        1469312544,
    ]


def reopened(handheld: Handheld) -> Handheld:
    handheld.local.close()
    handheld.open()
    return handheld


def of_version(handheld: Handheld, version: int) -> None:
    """Put the program of a version in place, with a fresh copy."""
    with program_of(version):
        reopened(handheld)
        assert handheld.sync().state == "done"


def test_an_older_program_works_as_it_always_did(handheld: Handheld, known: World) -> None:
    with program_of(2):
        reopened(handheld)
        assert handheld.sync().state == "done"
        store = handheld.queries.store("s001")
        assert store is not None
        assert store["opening"] == "daily"
        assert "opening_hours" not in edits.STORE_FIELDS
        edits.edit_store(handheld.rep, "s001", {"opening": "8-18"})
        edits.edit_contact(handheld.rep, "s001", "Kim", {"role": "buyer"})
        assert handheld.sync().state == "done"
        assert handheld.local.queue().pending == 0
    assert known.one("SELECT opening_hours FROM store WHERE code = 's001'") == "8-18"
    found = known.rows("SELECT role, email FROM contact WHERE name = 'Kim'")
    assert found == [("buyer", "kim@example.com")]


@pytest.mark.parametrize("before", range(OLDEST, NEWEST))
def test_an_update_keeps_the_copy_and_fetches_only_what_is_new(
    handheld: Handheld, known: World, before: int
) -> None:
    of_version(handheld, before)
    counts, cursor = handheld.queries.counts(), handheld.local.position().cursor
    reopened(handheld)
    assert handheld.queries.counts() == counts
    assert handheld.local.position().cursor == cursor
    store = handheld.queries.store("s001")
    assert store is not None
    assert store["opening_hours"] == "daily"
    came: dict[str, int] = {}

    def watch(call: Call, reply: Reply | None) -> Reply | None:
        if call.path.endswith("/pull") and reply is not None:
            for kind, part in msgspec.json.decode(reply.body)["rows"].items():
                came[kind] = came.get(kind, 0) + len(part["data"])
        return reply

    handheld.spoil = watch
    assert handheld.sync().state == "done"
    assert came == ({"card": 1, "target": 1} if before == 3 else {"target": 1})
    assert as_pulled_afresh(handheld)


def as_pulled_afresh(handheld: Handheld) -> bool:
    """Whether the copy is what a whole new one would be."""
    kinds = list(handheld.queries.counts())
    before = {kind: handheld.queries.pulled(kind, "1 ORDER BY id") for kind in kinds}
    handheld.local.forget_cursor()
    assert handheld.sync().state == "done"
    return before == {kind: handheld.queries.pulled(kind, "1 ORDER BY id") for kind in kinds}


def test_work_captured_before_the_update_is_shown_and_sent_as_it_was(
    handheld: Handheld, known: World
) -> None:
    with program_of(2):
        reopened(handheld)
        assert handheld.sync().state == "done"
        edits.edit_store(handheld.rep, "s001", {"opening": "late"})
        edits.new_store(handheld.rep, "Corner", {"opening": "always", "city": "Ames"})
        (waiting, _) = handheld.queries.changes()
    reopened(handheld)
    store = handheld.queries.store("s001")
    assert store is not None
    assert store["opening_hours"] == "late"
    assert handheld.queries.changes()[0]["raw"] == waiting["raw"]
    assert waiting["raw"]["v"] == 2
    edits.edit_contact(handheld.rep, "s001", "Lee", {"email": "lee@example.com"})
    assert handheld.sync().state == "done"
    assert handheld.local.queue().pending == 0
    hours = known.rows("SELECT opening_hours FROM store WHERE name IN ('Store 1', 'Corner')")
    assert sorted(hours) == [("always",), ("late",)]
    assert known.one("SELECT email FROM contact WHERE name = 'Lee'") == "lee@example.com"


def test_a_program_that_was_put_back_and_updated_again_has_what_is_new(
    handheld: Handheld, known: World
) -> None:
    """What the newer one left behind of a kind that the older one does not know is in nobody's way,
    and neither side misses it while the older one works."""
    assert handheld.sync().state == "done"
    of_version(handheld, NEWEST - 1)
    with program_of(NEWEST - 1):
        assert (
            link.sync(handheld.local, handheld.send, handheld.clock, uuid7, why="asked").repaired
            == 0
        )
    reopened(handheld)
    assert handheld.sync().state == "done"
    (target,) = handheld.queries.pulled("target", "1")
    assert target["working_days"] == ["2026-11-02", "2026-11-03"]
    assert as_pulled_afresh(handheld)


def test_pages_staged_by_the_program_before_are_let_go(handheld: Handheld, known: World) -> None:
    with program_of(2):
        reopened(handheld)
        handheld.local.forget_cursor()
        calls: list[Any] = []

        def cut(call: Call, reply: Reply | None) -> Reply | None:
            calls.append(call)
            return reply if len(calls) < 3 else None

        handheld.spoil = cut
        with pytest.MonkeyPatch.context() as small:
            small.setattr("handhelds.reference.device.PAGE_ROWS", 5)
            assert handheld.sync().state == "cut"
        assert handheld.local.position().page is not None
    reopened(handheld)
    assert handheld.local.position().page is None
    handheld.spoil = lambda call, reply: reply
    assert handheld.sync().state == "done"
    assert as_pulled_afresh(handheld)
