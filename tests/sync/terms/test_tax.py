"""Tax: the cases of the contract, and what must hold for every order."""

from dataclasses import astuple
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.terms.tax import rate_at, tax_minor, taxes
from tests.sync.terms.played import cases, play

TODAY = date(2026, 11, 21)


class Rate(NamedTuple):
    tax_class: str
    percent: Decimal
    valid_from: date
    valid_to: date | None


def rate(row: dict[str, str]) -> Rate:
    until = row.get("valid_to")
    return Rate(
        *(row["tax_class"], Decimal(row["percent"]), date.fromisoformat(row["valid_from"])),
        None if until is None else date.fromisoformat(until),
    )


def _rates(g: dict[str, Any]) -> list[Rate]:
    return [rate(row) for row in g["rates"]]


ASKS = {
    "rate_at": lambda g: rate_at(_rates(g), g["tax_class"], date.fromisoformat(g["day"])),
    "tax_minor": lambda g: tax_minor(int(g["net_minor"]), Decimal(g["percent"])),
    "taxes": lambda g: [
        list(astuple(one))
        for one in taxes(
            [(tax_class, int(net)) for tax_class, net in g["lines"]],
            *(_rates(g), date.fromisoformat(g["day"])),
        )
    ],
}
percents = st.decimals(0, 100, places=4)
nets = st.integers(-(10**9), 10**9)


@pytest.mark.parametrize("case", cases("tax"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, ASKS)


@given(st.lists(st.tuples(st.sampled_from(("a", "b", None)), nets)), percents, percents)
def test_tax_is_rounded_once_for_each_class_and_loses_no_net(
    lines: list[tuple[str | None, int]], percent_a: Decimal, percent_b: Decimal
) -> None:
    rates = [Rate("a", percent_a, TODAY, None), Rate("b", percent_b, TODAY, TODAY)]
    found = {one.tax_class: one for one in taxes(lines, rates, TODAY)}
    assert set(found) == {name for name, _ in lines if name is not None}
    for name, one in found.items():
        assert one.net_minor == sum(net for tax_class, net in lines if tax_class == name)
        exact = Fraction(one.percent or 0) * one.net_minor / 100
        assert one.tax_minor is not None
        assert abs(one.tax_minor - exact) <= Fraction(1, 2)


@given(nets, percents)
def test_a_return_bears_what_the_sale_bore(net: int, percent: Decimal) -> None:
    assert tax_minor(-net, percent) == -tax_minor(net, percent)
