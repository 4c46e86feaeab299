"""What is sent again, reused, or waits: one effect, one verdict each, and no gap in the numbers."""

from typing import Any

import pytest

from schemas.ids import uuid7
from sync.scope import assign
from tests.sync.copy import Copy
from tests.world import OTHER_CELL, World, add_east, change, order_body


def visit(n: int, store: str, **more: Any) -> dict[str, Any]:
    body = {"id": uuid7(), "store": store, "state": "done"}
    return change(n, "visit", "save", body, **more)


def order(n: int, store: str, product: str = "p001", **more: Any) -> dict[str, Any]:
    number = f"D1-{n:06d}"
    return change(n, "order", "submit", order_body(store, [(product, n)], number=number), **more)


def outcomes(verdicts: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(one["n"], one["outcome"]) for one in verdicts]


def test_a_reused_id_under_a_new_number_leaves_no_gap(world: World) -> None:
    first = order(1, world.stores[0])
    reused = order(2, world.stores[0], id=first["id"])
    world.push(world.carrier(), [first])
    for _ in range(2):
        verdicts, answer = world.push(world.carrier(), [reused, order(3, world.stores[1])])
        assert verdicts[0]["conflicts"][0]["rule"] == "id_reused"
        assert answer.acknowledged_through == 3
    assert world.one("SELECT count(*) FROM orders WHERE id = %s", reused["body"]["id"]) == 0


def test_what_a_copy_could_not_send_is_taken_when_it_is_a_handheld_of_its_own(
    world: World,
) -> None:
    """Found by the simulation, seed 5: the copy's numbers were its original's, and by chance it
    got the same ones again when it was enrolled anew."""
    ours, theirs = visit(1, world.stores[0]), visit(1, world.stores[1])
    world.push(world.carrier(), [ours])
    verdicts, _ = world.push(world.carrier(), [theirs])
    assert verdicts[0]["conflicts"][0]["rule"] == "id_reused"
    anew = world.add_device("d-2", "r01", no=2)
    for _ in range(2):
        verdicts, answer = world.push(anew, [theirs])
        assert outcomes(verdicts) == [(1, "applied")]
        assert answer.acknowledged_through == 1
    assert world.one("SELECT count(*) FROM visit") == 2


@pytest.mark.rule(21)
def test_one_id_with_three_bodies_in_one_batch_takes_effect_once(world: World) -> None:
    first = order(1, world.stores[0])
    others = [order(n, world.stores[0], id=first["id"]) for n in (2, 3)]
    verdicts, answer = world.push(world.carrier(), [first, *others, others[0]])
    assert answer.faults == []
    assert outcomes(verdicts) == [(1, "applied"), (2, "held"), (3, "held")]
    assert world.one("SELECT count(*) FROM orders") == 1
    assert answer.acknowledged_through == 3


@pytest.mark.rule(23)
def test_a_repeat_from_a_new_handheld_always_names_its_own_number(world: World) -> None:
    new = world.add_device("d-2", "r01", no=2)
    made = order(5, world.stores[0])
    world.push(world.carrier(), [made])
    for _ in range(3):
        verdicts, answer = world.push(new, [made | {"n": 1}])
        assert outcomes(verdicts) == [(1, "applied")]
        assert answer.acknowledged_through == 1
    assert world.one("SELECT count(*) FROM orders") == 1


def test_what_waits_goes_on_waiting_under_the_handheld_that_sent_it_last(world: World) -> None:
    new = world.add_device("d-2", "r01", no=2)
    first = visit(1, world.stores[0])
    late = order(2, world.stores[0], depends_on=[first["id"]])
    assert outcomes(world.push(world.carrier(), [late])[0]) == [(2, "waiting")]
    late["n"] = 7
    assert outcomes(world.push(new, [late])[0]) == [(7, "waiting")]
    verdicts, _ = world.push(new, [first])
    assert outcomes(verdicts) == [(1, "applied"), (7, "applied")]
    assert world.rows("SELECT device, n, outcome FROM receipt WHERE n > 1") == [
        ("d-2", 7, "applied")
    ]


def test_a_change_answered_in_one_depot_is_answered_there_for_ever(world: World) -> None:
    """Its store was not known yet, so it went to the rep's own depot; then the store was loaded."""
    store = uuid7()
    early = order(1, store)
    assert outcomes(world.push(world.carrier(), [early])[0]) == [(1, "held")]
    known = add_east(world)
    world.run("UPDATE store SET id = %s WHERE id = %s", store, known)
    verdicts, _ = world.push(world.carrier(), [early])
    assert verdicts[0]["replayed"]
    assert world.one("SELECT count(*) FROM orders") == 1


@pytest.mark.rule(8)
@pytest.mark.parametrize("together", [True, False])
def test_one_id_or_number_in_two_depots_takes_effect_once(world: World, together: bool) -> None:
    store = add_east(world)
    first = order(1, world.stores[0])
    same_id, same_n = order(2, store, id=first["id"]), order(1, store)
    batches = [[first, same_id, same_n]] if together else [[first], [same_id, same_n]]
    for batch in batches:
        verdicts, answer = world.push(world.carrier(), batch)
    assert [one["outcome"] for one in verdicts[-2:]].count("held") == 2 - together * (
        verdicts[-1]["outcome"] != "held"
    )
    assert world.one("SELECT count(*) FROM orders") == 1
    assert answer.acknowledged_through == 2


@pytest.mark.parametrize("home_first", [True, False])
def test_what_waits_for_a_change_of_another_depot_gets_its_turn(
    world: World, home_first: bool
) -> None:
    here, there = (world.stores[0], add_east(world))[:: 1 if home_first else -1]
    first = visit(2, there)
    late = visit(1, here, depends_on=[first["id"]])
    assert outcomes(world.push(world.carrier(), [late, first])[0]) == [
        (1, "applied"), (2, "applied"),
    ]  # fmt: skip
    first = visit(4, there)
    late = visit(3, here, depends_on=[first["id"]])
    assert outcomes(world.push(world.carrier(), [late])[0]) == [(3, "waiting")]
    assert outcomes(world.push(world.carrier(), [first])[0]) == [(3, "applied"), (4, "applied")]


def test_what_the_server_says_of_a_store_in_another_depot_reaches_the_rep(world: World) -> None:
    store = add_east(world)
    copy = Copy(world, world.carrier())
    copy.pull()
    verdicts, _ = world.push(world.carrier(), [order(1, store)])
    told = {one["id"] for one in verdicts[0]["conflicts"]}
    assert told
    copy.pull()
    assert set(copy.rows["conflict"]) == told
    world.run("UPDATE assignment SET valid_to = valid_from WHERE store = %s", store)
    with world.begin() as conn:
        assign(conn, OTHER_CELL, "r01", [], "user:admin", world.now)
    copy.pull()
    assert store not in copy.rows["store"]
    assert set(copy.rows["conflict"]) == told  # the rep's own scope never goes
