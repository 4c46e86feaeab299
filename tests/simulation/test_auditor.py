"""The auditor beside the real server: random days, verdict by verdict and sum by sum; and mistakes
planted in the server, each of which the auditor must report."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Engine

from schemas.ids import uuid7
from sync.asking import orders
from sync.rules.orders import ORDER, ORDER_LINE
from tests.simulation.audit.book import gross
from tests.simulation.audited import Day
from tests.world import change

TURNS = 25


@pytest.mark.parametrize("seed", [0, 10])
def test_the_server_decides_as_the_manual_says(engine: Engine, seed: int) -> None:
    day = Day(engine, seed)
    assert day.plays(TURNS) == []
    assert day.predicted > 30


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _never(*_: Any) -> bool:
    return False


def _always(*_: Any) -> bool:
    return True


_asked_of = orders._asked_of


def _as_of_a_sale(order_type: Any) -> Any:
    return _asked_of("sale" if order_type == "return" else order_type)


PLANTED: dict[str, tuple[str, Any, int, str]] = {
    "what an order keeps is not given back when it ends": (
        "sync.desk.release.give_back", _nothing, 0, "reserved of"),
    "a price is right only if it is today's": (
        "sync.conditions.line.was_on_copy", _never, 0, "price_raised"),
    "a batch decides without what its orders before took": (
        "sync.taking.orders.fold", _nothing, 0, "must be"),
    "any rep may sell to any store": (
        "sync.conditions.order.had_right", _always, 0, "store_not_mine"),
    "two orders are never alike": (
        "sync.conditions.order.twin_of", _nothing, 0, "probable_duplicate"),
    "goods that come back are asked what is asked of goods that are sold": (
        "sync.asking.orders._asked_of", _as_of_a_sale, 0, "product_blocked"),
}  # fmt: skip
"""A mistake -> what is put in the place of what, the seed of a day that meets it, and what is said
of it."""


@pytest.mark.parametrize("mistake", PLANTED)
def test_a_planted_mistake_is_reported(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, mistake: str
) -> None:
    place, instead, seed, says = PLANTED[mistake]
    monkeypatch.setattr(place, instead)
    assert any(says in one for one in Day(engine, seed).plays(TURNS)), mistake


BACK = (("p003", 1, "2.50", ""), ("p004", 1, "2.50", ""), ("p007", 1, "2.50", ""),
        ("p007", 13, "2.50", ""), ("p001", 2, "9.00", "Ten"), ("p001", 3, "1.00", "Over"),
        ("p006", 2, "2.50", ""), ("p005", 40, "2.50", "none"))  # fmt: skip
"""What comes back: product, pieces, price, and the promotion it was sold with. Blocked, not sold
yet, too few, no whole number of cases, dearer and cheaper than today, in no list of stock, more
than there is; one line with a discount of no promotion."""
SPARED = {"product_blocked", "product_planned", "quantity_below_minimum", "quantity_not_multiple",
          "price_lowered", "price_raised", "discount_differs", "promotion_ended",
          "discount_not_granted", "stock_unknown", "stock_short", "product_sell_out",
          "store_blocked", "credit_exceeded", "probable_duplicate"}  # fmt: skip
"""What such a return would be asked if it were a sale."""


def _coming_back(day: Day, kind: str) -> None:
    """An order of this type, pushed to a store that is blocked and to its limit."""
    day.numbers += 1
    device, names = (
        day.carriers[0],
        {day.auditor.book.promotions[p]["name"]: p for p in day.promotions},
    )
    lines = []
    for n, (product, quantity, price, name) in enumerate(BACK, 1):
        off = 7 if name else 0
        promotions = [{"promotion": names[name], "discount_minor": off}] if name in names else []
        lines.append(
            {"n": n, "product": product, "uom": "each", "typed": str(quantity),
             "quantity": quantity, "unit_price": price, "discount_minor": off,
             "promotions": promotions, "net_minor": gross(quantity, price) - off})  # fmt: skip
    body = {"id": uuid7(), "number": f"D1-{day.numbers:06d}", "type": kind, "currency": "USD",
            "store": day.world.stores[1], "lines": lines,
            "net_minor": sum(line["net_minor"] for line in lines)}  # fmt: skip
    day.n[device.device] += 1
    made = {"wall": day.now.isoformat(), "monotonic_ms": 10_000_000, "boot": "b-1"}
    day.pushes(device, [change(day.n[device.device], "order", "submit", body, captured=made)])
    day.look()


def _and(rule: str) -> Callable[[Any], Any]:
    """What is asked, and of goods that come back this rule too."""

    def rows(table: Mapping[str, Any]) -> dict[str, Any]:
        return {
            question: tuple(one for one in rows if one.name == rule or one.is_asked_of("return"))
            for question, rows in table.items()
        }

    return lambda order_type: (
        (rows(ORDER), rows(ORDER_LINE)) if order_type == "return" else _asked_of(order_type)
    )


def test_of_goods_that_come_back_each_question_too_many_is_noticed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = Day(engine, 0)
    day.world.run("UPDATE credit_account SET blocked_reason = 'cheque'")
    for store in day.world.stores:
        day.sets("credit", store, {"blocked_reason": "cheque"})
    _coming_back(day, "sale")
    _coming_back(day, "return")
    assert day.wrong == []
    told = {}
    for rule in sorted(SPARED):
        monkeypatch.setattr(orders, "_asked_of", _and(rule))
        _coming_back(day, "return")
        told[rule], day.wrong = any(rule in one for one in day.wrong), []
        monkeypatch.setattr(orders, "_asked_of", _asked_of)
    assert {rule for rule, is_told in told.items() if not is_told} == set()
