"""Which price counts: the cases of the contract, and what must hold for every line and list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.facts import PriceFact
from sync.terms.price import (
    LEVELS,
    ListFor,
    gross_minor,
    lists_of,
    minor_digits,
    price_at,
    price_for,
    was_on_copy,
)
from tests.sync.terms.played import cases, moment, play, version

WHEN = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _lists_of(g: dict[str, Any]) -> tuple[str, ...]:
    keys = (g.get("own"), g.get("banner"), g.get("channel"), g.get("class_"))
    return lists_of(*keys, [ListFor(**row) for row in g["lists"]])


def _price_for(g: dict[str, Any]) -> Decimal | None:
    prices = {
        tuple(key.split("/")): [version(row) for row in rows] for key, rows in g["prices"].items()
    }
    return price_for(g["lists"], g["product"], prices, moment(g["when"]), int(g.get("quantity", 1)))


ASKS = {
    "gross_minor": lambda g: gross_minor(
        int(g["quantity"]), Decimal(g["unit_price"]), int(g["digits"])
    ),
    "minor_digits": lambda g: minor_digits(g["currency"]),
    "price_at": lambda g: price_at(
        [version(row) for row in g["versions"]], moment(g["when"]), int(g.get("quantity", 1))
    ),
    "lists_of": _lists_of,
    "price_for": _price_for,
    "was_on_copy": lambda g: was_on_copy(
        [version(row) for row in g["versions"]],
        *(Decimal(g["price"]), moment(g["captured_at"]), moment(g["copied_at"])),
        int(g.get("quantity", 1)),
    ),
}
prices = st.decimals(0, 10**12 - 1, places=6)


@pytest.mark.parametrize("case", cases("price"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, ASKS)


@given(st.integers(0, 10**6), prices, st.sampled_from((0, 2, 3)))
def test_a_line_is_rounded_once_and_by_half_a_unit_at_most(
    quantity: int, price: Decimal, digits: int
) -> None:
    exact = Fraction(price) * quantity * 10**digits
    assert abs(gross_minor(quantity, price, digits) - exact) <= Fraction(1, 2)


@given(st.integers(0, 10**6), prices)
def test_a_line_does_not_depend_on_the_threads_own_precision(quantity: int, price: Decimal) -> None:
    before = gross_minor(quantity, price, 2)
    with localcontext() as context:
        context.prec = 3
        assert gross_minor(quantity, price, 2) == before


@given(st.permutations(LEVELS), st.permutations(range(4)))
def test_the_same_lists_stand_in_the_same_order_however_they_come(
    levels: list[str], days: list[int]
) -> None:
    keys = {
        "store": {},
        "banner": {"banner": "b"},
        "channel_class": {"channel": "c", "class_": "A"},
        "channel": {"channel": "c"},
        "base": {},
    }
    lists = [ListFor(level, level, **keys[level]) for level in levels]
    assert lists_of("store", "b", "c", "A", lists) == LEVELS
    versions = [
        PriceFact("base", "p", Decimal(day), WHEN - timedelta(days=day + 1)) for day in days
    ]
    assert price_at(versions, WHEN) == Decimal(0)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 90)), max_size=5), st.integers(1, 60))
def test_a_price_for_more_counts_from_its_quantity_on(
    breaks: list[tuple[int, int]], quantity: int
) -> None:
    versions = [
        PriceFact("base", "p", Decimal(price), WHEN, min_quantity=least) for least, price in breaks
    ]
    found = price_at(versions, WHEN, quantity)
    reached = [least for least, _ in breaks if least <= quantity]
    assert (found is None) == (not reached)
    if reached:
        assert found in {Decimal(price) for least, price in breaks if least == max(reached)}


@pytest.mark.parametrize(
    ("asked", "price"), [({}, None), ({"quantity": 1}, None), ({"quantity": 2}, "9")]
)
def test_a_price_from_two_on_is_not_that_of_one(asked: dict[str, int], price: str | None) -> None:
    row = {"price": "9", "valid_from": "2026-01-01T00:00:00Z"}
    at = datetime(2026, 11, 21, tzinfo=UTC)
    from_two = replace(version(row), min_quantity=2)
    assert price_at([from_two], at, **asked) == (None if price is None else Decimal(price))


@pytest.mark.parametrize("quantity", [0, -3])
def test_a_price_of_any_quantity_is_that_of_nothing_and_of_a_return_too(quantity: int) -> None:
    row = {"price": "9", "valid_from": "2026-01-01T00:00:00Z"}
    at = datetime(2026, 11, 21, tzinfo=UTC)
    assert price_at([version(row)], at, quantity) == Decimal(9)


@pytest.mark.parametrize(
    ("currency", "digits"), [("BIF", 0), ("JPY", 0), ("XPF", 0), ("BHD", 3), ("TND", 3), ("EUR", 2)]
)
def test_currencies_have_the_digits_of_their_coins(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_a_copy_showed_a_price_from_its_first_moment_until_just_before_its_last() -> None:
    first, last = WHEN, WHEN + timedelta(days=1)
    one = [
        replace(
            version({"price": "9", "valid_from": "2026-01-01T00:00:00Z"}),
            valid_from=first,
            valid_to=last,
        )
    ]
    just = timedelta(microseconds=1)
    shown = [
        was_on_copy(one, Decimal(9), at, at) for at in (first - just, first, last - just, last)
    ]
    assert shown == [False, True, True, False]


def test_who_does_not_say_how_many_asks_for_one() -> None:
    begins = "2026-01-01T00:00:00Z"
    at = datetime(2026, 11, 21, tzinfo=UTC)
    from_two = replace(version({"price": "9", "valid_from": begins}), min_quantity=2)
    known = {("base", "p"): [from_two]}
    assert price_for(("base",), "p", known, at) is None
    assert price_for(("base",), "p", known, at, 2) == Decimal(9)
    assert not was_on_copy([from_two], Decimal(9), at, at)
    assert was_on_copy([from_two], Decimal(9), at, at, 2)
    any_number = version({"price": "9", "valid_from": begins})
    assert was_on_copy([any_number], Decimal(9), at, at, 0)
