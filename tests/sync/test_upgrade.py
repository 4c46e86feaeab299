"""An updated handheld gets the rows that its new version carries otherwise, and nothing else."""

from datetime import date
from typing import Any

import pytest

from schemas.ids import uuid7
from schemas.problem import Problem
from sync import upgrade
from sync.write import write
from tests.sync.fleet import Handheld, Rows, projected
from tests.world import CELL, World, change

pytestmark = pytest.mark.usefixtures("version_2_is_served")


@pytest.fixture
def world(world: World) -> World:
    """Contacts; two stores with hours and a conflict about them; a card with competitor lines, and
    one without; a target of this rep and one of another."""
    first, second, _, foreign = world.stores
    with world.begin() as conn:
        write(
            conn, CELL, "contact",
            [
                {"id": uuid7(), "store": store, "name": f"n{n}", "phone": "1", "state": "active"}
                for store in (first, second, foreign) for n in range(4)
            ],
            "user:admin",
        )  # fmt: skip
    world.run(
        "UPDATE store SET opening_hours = 'daily' WHERE id = ANY(%s::uuid[])", [first, foreign]
    )
    body = {"id": first, "set": {"opening_hours": "never"}, "base": {"opening_hours": "often"}}
    other = {"id": first, "set": {"terms_days": 9}, "base": {"terms_days": None}}
    for rep in ("r01", "r02"):
        world.add_target(rep, date(2026, 11, 2), date(2026, 11, 29))
    cards = [
        {"id": uuid7(), "store": first, "lines": [{"product": "p001", "on_shelf": True}]}
        for _ in range(2)
    ]
    cards[0] |= {"competitors": [{"name": "Kola Zero", "price_minor": 129}]}
    told, _ = world.push(
        world.carrier(),
        [change(1, "store", "edit", body), change(2, "store", "edit", other),
         *(change(3 + n, "card", "submit", card) for n, card in enumerate(cards))],
    )  # fmt: skip
    assert [one["field"] for verdict in told for one in verdict["conflicts"]] == [
        "opening_hours",
        "terms_days",
    ]
    return world


def handheld(world: World, version: int, limit: int = 5_000) -> Handheld:
    one = Handheld(world, world.carrier(), version, limit)
    one.pull()
    return one


def whole(rows: Rows) -> Rows:
    return {kind: found for kind, found in rows.items() if found}


@pytest.mark.parametrize("limit", [1, 3, 5_000])
@pytest.mark.parametrize(
    ("before", "after", "came"),
    [
        (2, 3, {"store": 1, "conflict": 1}),
        (3, 4, {"card": 1}),
        (2, 4, {"store": 1, "conflict": 1, "card": 1}),
        (4, 5, {"target": 1}),
        (2, 5, {"store": 1, "conflict": 1, "card": 1, "target": 1}),
        (5, 4, {}),
        (5, 2, {"store": 1, "conflict": 1, "card": 1}),
    ],
)
def test_an_update_brings_only_what_the_versions_carry_otherwise(
    world: World, limit: int, before: int, after: int, came: dict[str, int]
) -> None:
    one = handheld(world, before, limit)
    assert whole(one.rows) == whole(projected(world, one.carrier, before))
    one.upgrade(after)
    assert one.pull() == came
    assert whole(one.rows) == whole(projected(world, one.carrier, after))
    assert one.pull() == {}


def test_an_updated_handheld_that_did_not_hear_the_answer_is_told_again(world: World) -> None:
    one = handheld(world, 2)
    cursor = one.copy.cursor
    one.upgrade(4)
    first = one.pull()
    one.copy.cursor = cursor
    assert one.pull() == first
    assert whole(one.rows) == whole(projected(world, one.carrier, 4))


def test_what_changed_since_comes_as_well_and_once(world: World) -> None:
    one = handheld(world, 2, limit=2)
    with world.begin() as conn:
        row = {"id": world.stores[2], "code": "s003", "name": "New", "status": "active"}
        write(conn, CELL, "store", [row | {"warehouse": "w1"}], "user:admin")
    one.upgrade(4)
    assert one.pull() == {"store": 2, "conflict": 1, "card": 1}


def test_pages_of_one_version_are_not_continued_in_another(world: World) -> None:
    one = Handheld(world, world.carrier(), 2, limit=3)
    one.copy.schema = 2
    begun = one.copy.page(None, None)
    one.copy.schema = 4
    with pytest.raises(Problem) as refusal:
        one.copy.page(None, begun.page)
    assert refusal.value.code == "page_unknown"


def test_an_update_that_brings_nothing_again_is_noticed(world: World, monkeypatch: Any) -> None:
    """Planted: the server takes the old rows for as good as new ones."""
    one = handheld(world, 2)
    monkeypatch.setattr(upgrade, "touched", lambda former, version: {})
    one.upgrade(4)
    one.pull()
    assert whole(one.rows) != whole(projected(world, one.carrier, 4))
