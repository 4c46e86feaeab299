"""A derived stock follows from the product and the seed alone, and looks like a warehouse's."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from server.feeds.derive import WEEKS, as_csv, stock_of

DAY = date(2026, 11, 21)


@given(st.text(min_size=1, max_size=10), st.integers(-10, 10**6), st.integers(1, 48))
def test_stock_is_never_negative_and_the_same_every_time(code: str, sold: int, case: int) -> None:
    one = stock_of(code, sold, case, DAY)
    assert one == stock_of(code, sold, case, DAY)
    assert one.on_hand >= 0
    assert (one.due_on is None) == (one.due_quantity is None)
    if one.due_on is not None:
        assert 1 <= (one.due_on - DAY).days <= 10
        assert one.due_quantity is not None
        assert one.due_quantity % case == 0


def test_of_many_products_a_few_are_out_some_short_and_most_cover_weeks() -> None:
    sold = 13 * 700
    rows = [stock_of(str(code), sold, 12, DAY) for code in range(3_000)]
    out = sum(row.on_hand == 0 for row in rows)
    short = sum(0 < row.on_hand <= 350 for row in rows)
    assert 60 <= out <= 120
    assert 150 <= short <= 270
    rest = [row.on_hand / (sold / WEEKS) for row in rows if row.on_hand > 350]
    assert min(rest) >= 1.5
    assert max(rest) < 6.1


def test_another_seed_is_another_warehouse() -> None:
    rows = [stock_of(str(code), 1_000, 12, DAY, "other") for code in range(50)]
    assert rows != [stock_of(str(code), 1_000, 12, DAY) for code in range(50)]


def test_it_travels_as_a_feed_file() -> None:
    text = as_csv([stock_of("1", 0, 6, DAY)]).decode()
    assert text.splitlines()[0] == "item_no,on_hand,due_bottles,due_date"
    assert len(text.splitlines()) == 2
