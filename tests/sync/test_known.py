"""What a web process remembers of a company is what would be read again."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from schemas.ids import uuid7
from sync import known as module
from sync.known import Known
from sync.write import write
from tests.world import COMPANY_CELL, World, change, order_body

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
