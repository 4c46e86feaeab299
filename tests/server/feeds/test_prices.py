"""A price is never edited: a new one takes the place of the old one, on its day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from server.feeds.prices import Version, replace
from sync.terms.price import price_at, was_on_copy
from tests.server.feeds.conftest import Bench

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def prices(bench: Bench, product: str = "p1") -> list[tuple[object, ...]]:
    return bench.rows(
        "SELECT price::text, valid_from, valid_to, superseded_at IS NULL FROM price"
        " WHERE product = :product ORDER BY valid_from, superseded_at NULLS LAST",
        product=product,
    )


def test_a_first_price_makes_its_list_and_holds_from_its_day(stocked: Bench) -> None:
    stocked.load("prices", "product,price,list,valid_from\np1,1.29,base,2026-11-01\n")
    start = datetime(2026, 11, 1, tzinfo=ZoneInfo("America/Chicago"))
    assert prices(stocked) == [("1.290000", start, None, True)]
    assert stocked.rows("SELECT code, currency, level FROM price_list") == [("base", "USD", "base")]
    assert stocked.rows("SELECT scope FROM price") == [("pl:base",)]


def test_a_changed_price_is_a_new_row_and_the_old_one_is_superseded(stocked: Bench) -> None:
    first = "product,price,list,valid_from\np1,1.29,base,2026-06-01\n"
    stocked.load("prices", first)
    outcome = stocked.load("prices", first.replace("1.29,base,2026-06", "1.39,base,2026-07"))
    assert outcome.changed == 1
    assert outcome.changes[0].fields == {"price": (Decimal("1.29"), Decimal("1.39"))}
    (old, new) = prices(stocked)
    assert (old[0], old[3]) == ("1.290000", False)
    assert old[2] is not None
    assert (new[0], new[2], new[3]) == ("1.390000", None, True)


def test_a_later_price_waits_for_its_day(stocked: Bench) -> None:
    stocked.load("prices", "product,price,list,valid_from\np1,1.29,base,2026-06-01\n")
    stocked.load("prices", "product,price,list,valid_from\np1,1.39,base,2190-07-01\n")
    old, new = prices(stocked)
    assert old[3] is True  # still the price of today
    assert old[2] == new[1]


def test_a_file_that_names_no_day_changes_nothing_while_prices_stay(stocked: Bench) -> None:
    stocked.load("prices", "product,price,list,valid_from\np1,1.29,base,2026-06-01\n")
    assert stocked.load("prices", "product,price,list\np1,1.2900,base\n").same == 1
    assert stocked.load("prices", "product,price,list\np1,1.31,base\n").changed == 1
    assert stocked.load("prices", "product,price,list\np1,1.31,base\n").same == 1


def test_the_last_day_of_a_price_is_its_own(stocked: Bench) -> None:
    content = "product,price,list,valid_from,valid_to\np1,1.29,base,2026-06-01,2026-06-30\n"
    stocked.load("prices", content)
    midnight = datetime(2026, 7, 1, tzinfo=ZoneInfo("America/Chicago"))
    assert prices(stocked)[0][2] == midnight
    assert stocked.load("prices", content).same == 1


def test_prices_of_unknown_products_and_backward_days_are_rejected(stocked: Bench) -> None:
    stocked.load(
        "prices",
        "product,price,list,valid_from,valid_to\np9,1,base,,\np1,1,base,2026-06-02,2026-06-01\n"
        "p1,-1,base,,\np2,1e400,base,,\n",
    )
    assert [(line, field) for line, field, _, _ in sorted(stocked.rejected)] == [
        (2, "product"), (3, "valid_to"), (4, "price"), (5, "price"),
    ]  # fmt: skip


def test_a_copy_made_before_a_price_came_in_was_right_until_then() -> None:
    """The new price starts at midnight and is loaded at noon: this morning's orders were right."""
    midnight, morning = NOW - DAY / 2, NOW - DAY / 4
    old = Version("1", Decimal("1.29"), NOW - 30 * DAY, None)
    versions = [old]
    _, written = replace(versions, Version(None, Decimal("1.39"), midnight, None), NOW)
    assert written[0] is old
    assert was_on_copy(written, Decimal("1.29"), morning, morning)
    assert price_at(written, NOW) == Decimal("1.39")


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(1, 3), st.one_of(st.none(), st.integers(1, 20))),
        min_size=1, max_size=12,
    ),
    st.integers(0, 20),
)  # fmt: skip
def test_whatever_came_before_a_price_holds_from_its_day_and_comes_once(
    steps: list[tuple[int, int, int | None]], today: int
) -> None:
    start = NOW - 10 * DAY
    now = start + today * DAY
    versions: list[Version] = []
    for since, price, length in steps:
        asked = Version(
            None, Decimal(price), start + since * DAY,
            None if length is None else start + (since + length) * DAY,
        )  # fmt: skip
        replace(versions, asked, now)
        assert price_at(versions, start + since * DAY) == Decimal(price)
        again = Version(None, asked.price, asked.valid_from, None)
        assert replace(versions, again, now) == ({}, [])
        current = [one for one in versions if one.superseded_at is None]
        assert current == versions
