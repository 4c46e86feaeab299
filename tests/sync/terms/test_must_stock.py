"""Must-stock lists: the cases of the contract, and what must hold however they are written."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.terms.must_stock import must_stock, speaks_of
from tests.sync.terms.played import cases, number, play


@dataclass(frozen=True)
class Row:
    product: str
    valid_from: date
    valid_to: date | None = None
    min_facings: int | None = None
    banner: str | None = None
    channel: str | None = None
    store_class: str | None = None


def _row(given: dict[str, str]) -> Row:
    ends = given.get("valid_to")
    return Row(
        given["product"],
        date.fromisoformat(given["valid_from"]),
        date.fromisoformat(ends) if ends else None,
        number(given.get("min_facings")),
        *(given.get(name) for name in ("banner", "channel", "store_class")),
    )


def _must(g: dict[str, Any]) -> dict[str, int]:
    rows, day = [_row(one) for one in g["rows"]], date.fromisoformat(g["day"])
    return must_stock(rows, day, g.get("banner"), g.get("channel"), g.get("store_class"))


keys = st.sampled_from((None, "a", "b"))
days = st.dates(date(2026, 11, 1), date(2026, 11, 30))
lists = st.lists(
    st.builds(
        Row,
        st.sampled_from("pqr"),
        days,
        st.one_of(st.none(), days),
        st.one_of(st.none(), st.integers(0, 4)),
        keys,
        keys,
        keys,
    )
)


@pytest.mark.parametrize("case", cases("muststock"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, {"must_stock": _must})


@given(lists, days, keys, keys, keys, st.randoms())
def test_the_order_of_the_rows_makes_no_difference(
    rows: list[Row], day: date, banner: str | None, channel: str | None, class_: str | None,
    chance: Any,
) -> None:  # fmt: skip
    found = must_stock(rows, day, banner, channel, class_)
    chance.shuffle(rows)
    assert must_stock(rows, day, banner, channel, class_) == found


@given(lists, days, keys, keys, keys)
def test_every_product_of_a_row_that_speaks_of_the_store_is_on_the_list_and_no_other(
    rows: list[Row], day: date, banner: str | None, channel: str | None, class_: str | None
) -> None:
    found = must_stock(rows, day, banner, channel, class_)
    speak = [row for row in rows if speaks_of(row, day, banner, channel, class_)]
    assert found.keys() == {row.product for row in speak}
    for product, facings in found.items():
        asked = {max(1, row.min_facings or 1) for row in speak if row.product == product}
        assert facings in asked


@given(lists, days, keys, keys, keys)
def test_what_the_banner_agreed_is_never_overruled(
    rows: list[Row], day: date, banner: str | None, channel: str | None, class_: str | None
) -> None:
    found = must_stock(rows, day, banner, channel, class_)
    agreed = [row for row in rows if row.banner and speaks_of(row, day, banner, channel, class_)]
    for row in agreed:
        asked = {max(1, one.min_facings or 1) for one in agreed if one.product == row.product}
        assert found[row.product] in asked
