"""What a web process remembers of a company is what would be read again."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.ids import uuid7
from sync import known as module
from sync.facts import Facts, Line, Order
from sync.gather import Ground, gather
from sync.known import Known
from sync.write import write
from tests.world import CELL, COMPANY_CELL, World, change, order_body

Row = dict[str, Any]


def rules(world: World, known: Known, n: int, product: str) -> list[str]:
    """What an order of one product is told, by a process that remembers."""
    body = order_body(world.stores[n % 3], [(product, 2)], number=f"D1-{n:06d}")
    verdicts, _ = world.push(world.carrier(), [change(n, "order", "submit", body)], known=known)
    return [one["rule"] for one in verdicts[0]["conflicts"]]


def office(world: World, kind: str, row: Row) -> None:
    with world.begin() as conn:
        write(conn, COMPANY_CELL, kind, [row], "user:admin")


def cheaper(world: World) -> None:
    code = world.one("SELECT code FROM price_list WHERE level = 'base'")
    row = {"id": uuid7(), "list": code, "product": "p001", "price": Decimal("0.01")}
    office(world, "price", row | {"min_quantity": 1, "valid_from": world.now - timedelta(hours=1)})


def blocked(world: World) -> None:
    row = {"code": "p001", "name": "One", "status": "blocked", "min_quantity": 1, "multiple": 1}
    office(world, "product", row)


def forbidden(world: World) -> None:
    params = '{"maximum": 1}'
    row = {"id": uuid7(), "rule": "quantity_absurd", "choice": "hold_for_office", "params": params}
    office(world, "policy", row)


NEWS = ((cheaper, "price_lowered"), (blocked, "product_blocked"), (forbidden, "quantity_absurd"))


@pytest.mark.parametrize(("news", "rule"), NEWS)
def test_what_the_office_changes_counts_for_the_next_push(
    world: World, news: Callable[[World], None], rule: str
) -> None:
    known = Known()
    assert rules(world, known, 1, "p001") == []
    news(world)
    assert rules(world, known, 2, "p001") == [rule]


def test_a_memory_that_does_not_look_at_the_feed_is_caught(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bug planted: whatever was read once is believed for good."""
    once = Known()
    found = once.of(COMPANY_CELL, "", 0, world.now)
    monkeypatch.setattr(module.Known, "of", lambda *_: found)
    assert rules(world, once, 1, "p001") == []
    blocked(world)
    assert rules(world, once, 2, "p001") == []


def test_it_is_read_once_while_the_feed_stands_still(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Known()
    assert rules(world, known, 1, "p001") == []
    monkeypatch.setattr("sync.queries.facts.products", None)  # asked again, it would fail
    monkeypatch.setattr("sync.queries.facts.prices", None)
    assert rules(world, known, 2, "p001") == []


def test_a_product_nobody_has_is_remembered_and_found_when_it_comes(world: World) -> None:
    known = Known()
    world.run("DELETE FROM product WHERE code = 'p002'")
    assert "product_unknown" in rules(world, known, 1, "p002")
    row = {"code": "p002", "name": "Two", "status": "active", "min_quantity": 1, "multiple": 1}
    office(world, "product", row)
    assert "product_unknown" not in rules(world, known, 2, "p002")


def test_it_is_forgotten_with_the_epoch_and_after_an_hour(world: World) -> None:
    known, now = Known(), world.now
    first = known.of(1, "e-1", 7, now)
    assert known.of(1, "e-1", 7, now) is first
    assert known.of(1, "e-2", 7, now) is not first
    second = known.of(1, "e-2", 7, now)
    assert known.of(1, "e-2", 7, now + timedelta(minutes=59)) is second
    assert known.of(1, "e-2", 7, now + timedelta(minutes=61)) is not second


def facts_for(world: World, known: Known, codes: Sequence[str]) -> Facts:
    """What an order of these products is decided by, in a process that remembers."""
    lines = tuple(
        Line(n, code, "each", "1", 1, Decimal(1), 0, (), 100) for n, code in enumerate(codes, 1)
    )
    order = Order(
        uuid7(), "D1-000001", world.stores[0], "r01", "d-1", "sale", world.now, False, None, "USD",
        100 * len(codes), lines,
    )  # fmt: skip
    ground = Ground(CELL, COMPANY_CELL, CELL, "UTC", known=known)
    with world.begin() as conn:
        return gather(conn, ground, "r01", [world.stores[0]], [order], world.now)


PLACES = ["p002", "p003", "p004", "p999", "p006", "p005"]
"""What goes in the place of p001, p002 ...: a chain whose end is not there, two for each other."""
codes = st.lists(st.sampled_from(["p001", "p002", "p003", "p004", "p005", "p999"]), min_size=1)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=st.lists(codes, min_size=2, max_size=6))
def test_what_was_ordered_before_changes_nothing_of_what_an_order_is_decided_by(
    world: World, orders: list[list[str]]
) -> None:
    for product, place in zip(world.products, PLACES, strict=True):
        world.run("UPDATE product SET substitute = %s WHERE code = %s", place, product)
    warm = Known()
    for one in orders:
        assert facts_for(world, warm, one) == facts_for(world, Known(), one)


def test_what_is_not_there_is_asked_for_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.run("UPDATE product SET substitute = 'p999' WHERE code = 'p001'")
    known = Known()
    facts_for(world, known, ["p001", "p998"])
    monkeypatch.setattr("sync.queries.facts.products", None)  # asked again, it would fail
    assert facts_for(world, known, ["p001", "p998"]).products.keys() == {"p001"}


def test_a_product_that_came_in_as_a_substitute_has_a_substitute_of_its_own(world: World) -> None:
    for product, place in (("p001", "p002"), ("p002", "p003")):
        world.run("UPDATE product SET substitute = %s WHERE code = %s", place, product)
    world.run("UPDATE stock SET on_hand = 0, published = 0 WHERE product = 'p002'")
    policy = {"id": uuid7(), "rule": "stock_out", "choice": "substitute", "params": "{}"}
    office(world, "policy", policy)
    known = Known()
    assert rules(world, known, 1, "p001") == []
    assert rules(world, known, 2, "p002") == ["stock_out"]
    lines = world.rows("SELECT product, confirmed, backordered, cut FROM order_line WHERE n = 2")
    assert lines == [("p003", 2, 0, 0)]
