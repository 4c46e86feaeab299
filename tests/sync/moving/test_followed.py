"""What is pushed for a store that went to another depot follows it, once and whenever it comes."""

from typing import Any

import pytest

from schemas.ids import uuid7
from tests.auditor import Auditor
from tests.sync.moving.test_relocate import go, some_work
from tests.world import CELL, OTHER_CELL, World, change, let_stand, order_body


@pytest.fixture
def world(depots: World) -> World:
    return depots


def test_what_comes_later_follows_and_what_was_answered_stays_answered(world: World) -> None:
    changes = some_work(world, 0)
    go(world, 0)
    later = order_body(world.stores[0], [("p002", 3)])
    again, _ = world.push(
        world.carrier(),
        [*changes[:3], change(8, "order", "submit", later)],
    )
    assert [one.get("replayed") for one in again] == [True, True, True, False]
    assert world.one("SELECT cell FROM orders WHERE id = %s", later["id"]) == OTHER_CELL
    parent = changes[6]["depends_on"][0]  # what an order has waited for since before the move
    body = {"id": uuid7(), "store": world.stores[0], "state": "started"}
    verdicts, _ = world.push(world.carrier(), [change(9, "visit", "save", body, id=parent)])
    assert [(one["n"], one["outcome"]) for one in verdicts] == [(7, "applied"), (9, "applied")]
    assert (
        world.one("SELECT cell FROM orders WHERE id = %s", changes[6]["body"]["id"]) == OTHER_CELL
    )
    assert Auditor(world).look() == []


@pytest.mark.parametrize("number", [2, 3])
def test_what_took_no_effect_takes_none_after_the_move_either(world: World, number: int) -> None:
    """The change whose id it has goes along, and so do its item and its receipt."""
    first = change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)]))
    second = change(2, "visit", "save", {"id": uuid7(), "store": world.stores[1], "state": "done"})
    body = order_body(world.stores[0], [("p001", 2)])
    reused = change(number, "order", "submit", body, id=first["id"])
    before, _ = world.push(world.carrier(), [first, second, reused])
    assert [one["outcome"] for one in before].count("held") == 1
    for back in (False, True):
        go(world, 0, back=back)
        after, answer = world.push(world.carrier(), [first, second, reused])
        assert answer.faults == []
        assert [one["replayed"] for one in after] == [True] * 3
        assert [one["outcome"] for one in after] == [one["outcome"] for one in before]
    assert world.one("SELECT count(*) FROM orders") == 1
    assert Auditor(world).look() == []


def kept(world: World) -> list[tuple[int, int]]:
    """Where what is kept of a used id lies: (cell of the item, cell of the receipt)."""
    return world.rows("SELECT c.cell, r.cell FROM conflict c JOIN receipt r ON r.outcome = 'held'"
                      " AND r.subject = c.subject WHERE c.rule = 'id_reused'")  # fmt: skip


@pytest.mark.parametrize("kind", ["order", "visit"])
def test_what_came_under_a_used_id_can_be_let_stand_where_its_store_is_now(
    world: World, kind: str
) -> None:
    first = change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)]))
    visit = {"id": uuid7(), "store": world.stores[0], "state": "done"}
    order = order_body(world.stores[0], [("p001", 2)])
    made = {"order": ("order", "submit", order), "visit": ("visit", "save", visit)}[kind]
    world.push(world.carrier(), [first, change(3, *made, id=first["id"])])
    go(world, 0)
    assert kept(world) == [(OTHER_CELL, OTHER_CELL)]
    held = world.one("SELECT change::text FROM receipt WHERE outcome = 'held'")
    with world.begin() as conn:
        assert let_stand(conn, OTHER_CELL, held) == kind
    table = {"order": "orders", "visit": "visit"}[kind]
    assert world.rows(f"SELECT cell FROM {table} WHERE id = %s", made[2]["id"]) == [(OTHER_CELL,)]
    assert Auditor(world).look() == []


@pytest.mark.parametrize("leaves", [0, 1])
def test_what_came_for_one_store_under_the_order_of_another_stays_with_its_item(
    world: World, leaves: int
) -> None:
    """The order is of the second store; what came under its id, for the first, names it too."""
    body = order_body(world.stores[1], [("p001", 1)])
    first = change(1, "order", "submit", body)
    again = change(3, "order", "submit", body | {"store": world.stores[0]}, id=first["id"])
    before, _ = world.push(world.carrier(), [first, again])
    go(world, leaves)
    cell = OTHER_CELL if leaves == 0 else CELL
    assert kept(world) == [(cell, cell)]
    after, _ = world.push(world.carrier(), [first, again])
    assert [one["outcome"] for one in after] == [one["outcome"] for one in before]
    assert [one["replayed"] for one in after] == [True, True]
    assert world.one("SELECT count(*) FROM orders") == 1
    assert Auditor(world).look() == []


def test_a_store_that_leaves_while_its_changes_are_looked_for_is_followed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The move commits after the push has looked where each change belongs."""
    from sync import push as pushing

    real, left = pushing.find_cells, []

    def find_cells(*args: Any) -> Any:
        found = real(*args)
        if not left:
            left.append(go(world, 0))
        return found

    monkeypatch.setattr(pushing, "find_cells", find_cells)
    auditor = Auditor(world)
    bodies = [order_body(world.stores[n], [("p001", 1)]) for n in (0, 1)]
    verdicts, answer = world.push(
        world.carrier(), [change(n, "order", "submit", b) for n, b in enumerate(bodies, 1)]
    )
    assert [one["outcome"] for one in verdicts] == ["applied", "applied"]
    assert answer.acknowledged_through == 2
    assert dict(world.rows("SELECT id::text, cell FROM orders")) == {
        bodies[0]["id"]: OTHER_CELL, bodies[1]["id"]: CELL,
    }  # fmt: skip
    assert auditor.look() == []


def test_a_push_that_does_not_look_again_is_caught(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bug planted: an order decided in the cell that its store has left."""
    from sync import push as pushing

    real = pushing.find_cells

    def find_cells(*args: Any) -> Any:
        found = real(*args)
        if world.one("SELECT cell FROM store WHERE id = %s", world.stores[0]) == CELL:
            go(world, 0)
        return found

    monkeypatch.setattr(pushing, "find_cells", find_cells)
    monkeypatch.setattr(pushing, "staying", lambda conn, carrier, cell, everyone: (everyone, []))
    body = order_body(world.stores[0], [("p001", 1)])
    verdicts, _ = world.push(world.carrier(), [change(1, "order", "submit", body)])
    assert verdicts[0]["outcome"] != "applied"
