"""The office's answer to held orders."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from schemas.ids import uuid7
from sync.carrier import Carrier
from sync.desk.let_stand import NotKept
from sync.desk.release import NotHeld, lapse, reject, release
from tests.sync.clash import clash, stock_of
from tests.world import CELL, World, build, change, let_stand, order_body


@pytest.fixture
def world(engine: Engine) -> World:
    """Every store may owe 10.00 at most."""
    return build(engine, limit_minor=1_000)


def _held(world: World, quantity: int = 10) -> str:
    body = order_body(world.stores[0], [("p001", quantity)])
    verdicts, answer = world.push(world.carrier(), [change(1, "order", "submit", body)])
    assert answer.faults == []
    assert verdicts[0]["outcome"] == "held"
    assert [c["rule"] for c in verdicts[0]["conflicts"]] == ["credit_exceeded"]
    return str(body["id"])


@pytest.mark.rule(6)
def test_a_held_order_keeps_stock_and_goes_nowhere(world: World) -> None:
    order = _held(world)
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 10
    assert world.one("SELECT count(*) FROM delivery") == 0
    assert (
        world.one("SELECT ordered_minor FROM credit_account WHERE store = %s", world.stores[0]) == 0
    )
    assert world.one("SELECT holds FROM orders WHERE id = %s", order) == ["credit_exceeded"]


@pytest.mark.rule(6)
def test_a_released_order_is_accepted_once_and_queued(world: World) -> None:
    order = _held(world)
    with world.begin() as conn:
        state = release(conn, CELL, order, None, "user:desk", datetime.now(UTC))
    assert state == "accepted"
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 10
    assert (
        world.one("SELECT ordered_minor FROM credit_account WHERE store = %s", world.stores[0])
        == 2_500
    )
    assert world.one("SELECT count(*) FROM delivery") == 1
    assert world.rows("SELECT state, resolution FROM conflict") == [("resolved", "released")]
    with world.begin() as conn, pytest.raises(NotHeld):
        release(conn, CELL, order, None, "user:desk", datetime.now(UTC))


def test_what_a_release_finds_is_said_in_the_reps_language(world: World) -> None:
    """Released of its credit, the order meets a price that has risen since."""
    order = _held(world)
    world.run("UPDATE app_user SET language = 'zh' WHERE code = 'r01'")
    world.run("UPDATE price SET price = price * 2")
    world.run("UPDATE price SET valid_from = valid_from - interval '1 year'")
    with world.begin() as conn:
        assert release(conn, CELL, order, None, "user:desk", datetime.now(UTC)) == "held"
    says = world.rows("SELECT says FROM conflict WHERE state = 'waiting'")
    assert len(says) == 1
    assert "现价" in says[0][0]


def test_a_rejected_order_gives_everything_back(world: World) -> None:
    order = _held(world)
    with world.begin() as conn:
        reject(conn, CELL, order, "user:desk", datetime.now(UTC), "no more credit")
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 0
    assert world.one("SELECT state FROM orders WHERE id = %s", order) == "rejected"
    assert world.rows("SELECT cut, confirmed FROM order_line") == [(10, 0)]
    assert world.one("SELECT count(*) FROM audit WHERE action = 'order.rejected'") == 1


@pytest.mark.rule(6)
def test_a_hold_beyond_its_time_gives_its_stock_back_and_stays_held(world: World) -> None:
    order = _held(world)
    with world.begin() as conn:
        assert not lapse(conn, CELL, order, datetime.now(UTC))  # its time is not up
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 10
    with world.begin() as conn:
        assert lapse(conn, CELL, order, datetime.now(UTC) + timedelta(days=9))
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 0
    assert world.one("SELECT state FROM orders WHERE id = %s", order) == "held"
    with world.begin() as conn:
        assert release(conn, CELL, order, None, "user:desk", datetime.now(UTC)) == "accepted"
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 10


def test_an_order_is_decided_again_as_it_was_taken_and_from_no_other_change(world: World) -> None:
    """A change that waited names the same order, and arrived before the one that made it."""
    at, before = datetime.now(UTC), uuid7()
    body = order_body(world.stores[0], [("p001", 10)])
    other = order_body(world.stores[0], [("p002", 99)]) | {"id": body["id"]}
    visit = {"id": uuid7(), "store": world.stores[0], "state": "done"}
    for changes in (
        [change(2, "order", "submit", other, depends_on=[before])],
        [change(3, "order", "submit", body)],
        [change(1, "visit", "save", visit, id=before)],
    ):
        at += timedelta(seconds=1)
        world.push(world.carrier(), changes, received_at=at)
    with world.begin() as conn:
        assert release(conn, CELL, str(body["id"]), None, "user:desk", at) == "accepted"
    assert world.rows("SELECT product, ordered FROM order_line") == [("p001", 10)]


@pytest.mark.parametrize("left_behind", [0, 1], ids=["the order", "its first new text"])
def test_an_order_keeps_its_newest_text_though_that_came_before_what_it_builds_on(
    world: World, left_behind: int
) -> None:
    """A lost batch brought the last text of a held order before the order, or before another."""
    body = order_body(world.stores[0], [("p001", 10)])
    texts = [body | {"lines": order_body(world.stores[0], [("p002", n)])["lines"]} for n in (7, 9)]
    work = [change(1, "order", "submit", body)]
    for n, text in enumerate(texts, 2):
        text = text | {"net_minor": sum(line["net_minor"] for line in text["lines"])}
        text["base_revision"] = n - 1
        work.append(change(n, "order", "revise", text, depends_on=[work[-1]["id"]]))
    at, late = datetime.now(UTC), work.pop(left_behind)
    for changes in (work, [late]):
        at += timedelta(seconds=1)
        world.push(world.carrier(), changes, received_at=at)
    assert world.rows("SELECT product, ordered FROM order_line") == [("p002", 9)]
    with world.begin() as conn:
        assert release(conn, CELL, str(body["id"]), None, "user:desk", at) == "accepted"
    assert world.rows("SELECT product, ordered FROM order_line") == [("p002", 9)]


@pytest.mark.rule(23)
@pytest.mark.parametrize("newer_id_first", [True, False])
def test_a_release_lets_a_second_order_of_a_number_stand_and_never_asks_the_first(
    world: World, newer_id_first: bool
) -> None:
    """Both wait for credit, too; the first of them had the number, whichever id is greater."""
    ids = sorted((uuid7(), uuid7()), reverse=newer_id_first)
    bodies = [
        order_body(store, [("p001", 10)], number="D1-000004", id=id)
        for store, id in zip(world.stores, ids, strict=False)
    ]
    world.push(world.carrier(), [change(n, "order", "submit", b) for n, b in enumerate(bodies, 1)])
    holds = "SELECT holds FROM orders WHERE id = %s"
    assert world.one(holds, ids[0]) == ["credit_exceeded"]
    assert world.one(holds, ids[1]) == ["number_known", "credit_exceeded"]

    def let_go(order: str, rules: list[str]) -> str:
        with world.begin() as conn:
            return release(conn, CELL, order, rules, "user:desk", datetime.now(UTC))

    assert let_go(ids[1], ["credit_exceeded"]) == "held"
    assert world.one(holds, ids[1]) == ["number_known"]
    assert let_go(ids[0], ["credit_exceeded"]) == "accepted"
    assert let_go(ids[1], ["number_known"]) == "accepted"
    assert world.rows("SELECT DISTINCT number, state FROM orders") == [("D1-000004", "accepted")]


def _held_visit(world: World, carrier: Carrier, made: dict[str, Any]) -> str:
    verdicts, _ = world.push(carrier, [made])
    assert verdicts[0]["outcome"] == "held"
    return str(world.one("SELECT change::text FROM receipt WHERE outcome = 'held'"))


def _visit(n: int, store: str, **more: Any) -> dict[str, Any]:
    return change(n, "visit", "save", {"id": uuid7(), "store": store, "state": "done"}, **more)


def test_letting_a_change_stand_touches_no_other_changes_receipt(world: World) -> None:
    first = _visit(1, world.stores[0])
    world.push(world.carrier(), [first])
    before = world.one("SELECT verdict FROM receipt")
    held = _held_visit(world, world.carrier(), _visit(2, world.stores[1], id=first["id"]))
    with world.begin() as conn:
        assert let_stand(conn, CELL, held) == "visit"
    assert world.one("SELECT verdict FROM receipt WHERE change = %s", first["id"]) == before
    assert world.one("SELECT outcome FROM receipt WHERE change = %s", held) == "applied"
    assert world.one("SELECT count(*) FROM visit") == 2


def test_a_visit_under_the_id_of_somebody_elses_cannot_be_let_stand(world: World) -> None:
    first = _visit(1, world.stores[0])
    world.push(world.carrier(), [first])
    theirs = _visit(1, world.stores[-1])
    theirs["body"]["id"] = first["body"]["id"]
    held = _held_visit(world, world.add_device("d-2", "r02", no=2), theirs)
    with world.begin() as conn, pytest.raises(NotKept):
        let_stand(conn, CELL, held)
    assert world.rows("SELECT rep, version FROM visit") == [("r01", 1)]


def test_a_visit_of_a_newer_version_waits_for_the_upgrade(world: World) -> None:
    made = _visit(1, world.stores[0]) | {"v": 9}
    held = _held_visit(world, world.carrier(), made)
    with world.begin() as conn, pytest.raises(NotKept):
        let_stand(conn, CELL, held)


def test_a_release_never_deadlocks_with_a_push(world: World) -> None:
    """The substitute's stock is not among what the order keeps, and comes before it."""
    world.run("UPDATE product SET substitute = 'p001' WHERE code = 'p002'")
    body = order_body(world.stores[0], [("p002", 10)])
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    errors = clash(
        world,
        [stock_of("p001"), stock_of("p002")],
        lambda conn: release(conn, CELL, str(body["id"]), None, "user:desk", datetime.now(UTC)),
    )
    assert errors == []
    assert world.one("SELECT state FROM orders") == "accepted"
