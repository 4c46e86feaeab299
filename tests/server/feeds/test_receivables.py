"""What stores owe: the items, and the sums that credit is checked against."""

import pytest
from sqlalchemy import Engine, text

from tests.server.feeds.conftest import Bench

HEADER = "store,number,kind,issued_on,due_on,amount,open,paid_on\n"
ITEMS = (
    HEADER + "s1,7,invoice,2026-11-01,2026-11-15,100.00,100.00,\n"
    "s1,8,invoice,2026-11-01,2026-11-15,50.00,0,2026-11-10\n"
    "s1,9,credit_note,2026-11-02,2026-11-02,-20.00,-20.00,\n"
    "s1,10,on_account,2026-11-03,2026-11-03,5.00,5.00,\n"
    "s2,11,invoice,2026-11-01,2026-11-15,1.00,1.00,\n"
)


def sums(bench: Bench) -> list[tuple[object, ...]]:
    return bench.rows(
        "SELECT s.code, a.open_minor, a.on_account_minor, a.ordered_minor FROM credit_account a"
        " JOIN store s ON s.id = a.store ORDER BY 1"
    )


def test_what_is_open_is_the_sum_of_the_items(stocked: Bench) -> None:
    outcome = stocked.load("receivables", ITEMS)
    assert (outcome.read, outcome.new) == (5, 5)
    assert sums(stocked) == [("s1", 8_000, 500, 0), ("s2", 100, 0, 0)]


def test_a_payment_changes_one_item_one_account_and_makes_one_entry(
    stocked: Bench, engine: Engine
) -> None:
    stocked.load("receivables", ITEMS)
    with engine.begin() as conn:
        conn.execute(text("UPDATE credit_account SET ordered_minor = 333"))
    pos = stocked.one("SELECT pos FROM feed WHERE cell = 2")
    paid = ITEMS.replace("100.00,100.00,", "100.00,0,2026-11-20")
    outcome = stocked.load("receivables", paid)
    assert (outcome.changed, outcome.same) == (1, 4)
    assert sums(stocked) == [("s1", -2_000, 500, 333), ("s2", 100, 0, 333)]
    assert stocked.one("SELECT pos FROM feed WHERE cell = 2") == pos + 1


def test_items_missing_from_a_file_are_settled_only_if_it_is_full(stocked: Bench) -> None:
    stocked.load("receivables", ITEMS)
    part = HEADER + "s2,11,invoice,2026-11-01,2026-11-15,1.00,1.00,\n"
    stocked.load("receivables", part)
    assert sums(stocked)[0][1] == 8_000
    stocked.load("receivables", part, full=True)
    assert sums(stocked) == [("s1", 0, 0, 0), ("s2", 100, 0, 0)]
    assert stocked.one("SELECT count(*) FROM open_item WHERE paid_on IS NULL") == 1


@pytest.mark.parametrize(
    "bad",
    [
        "s1,7,invoice,2026-11-01,2026-11-15,100.00,much,",  # cannot be read
        "s1,7,invoice,2026-11-01,2026-11-15,100.00,200.00,",  # contradicts itself
    ],
)
def test_a_full_file_settles_nothing_that_a_rejected_line_names(stocked: Bench, bad: str) -> None:
    stocked.load("receivables", ITEMS)
    part = HEADER + f"{bad}\ns2,11,invoice,2026-11-01,2026-11-15,1.00,1.00,\n"
    assert stocked.load("receivables", part, full=True).rejected == 1
    assert sums(stocked) == [("s1", 10_000, 0, 0), ("s2", 100, 0, 0)]
    open_ = "SELECT number FROM open_item WHERE open_minor <> 0 ORDER BY number"
    assert stocked.rows(open_) == [("11",), ("7",)]


@pytest.mark.parametrize(
    ("row", "field", "says"),
    [
        ("s9,1,invoice,2026-11-01,2026-11-15,1,1,", "store", "Load the store first"),
        ("s1,1,credit_note,2026-11-01,2026-11-15,1,1,", "amount", "Write a credit note with"),
        ("s1,1,invoice,2026-11-01,2026-11-15,-1,-1,", "amount", "Write it without a minus"),
        ("s1,1,invoice,2026-11-01,2026-11-15,1,2,", "open", "No more can be open than the whole"),
        ("s1,1,invoice,2026-11-01,2026-11-15,1,-1,", "open", "No more can be open than the whole"),
        ("s1,1,invoice,2026-11-01,2026-11-15,2,1,2026-11-20", "paid_on", "Leave the day of pay"),
        ("s1,1,invoice,2026-11-15,2026-11-01,1,1,", "due_on", "It is due before it was issued"),
        ("s1,1,bill,2026-11-01,2026-11-15,1,1,", "kind", "This must be one of: invoice"),
        ("s1,1,invoice,2026-13-01,2026-11-15,1,1,", "issued_on", "Write a day of the calendar"),
    ],
)  # fmt: skip
def test_an_item_that_contradicts_itself_is_rejected(
    stocked: Bench, row: str, field: str, says: str
) -> None:
    outcome = stocked.load("receivables", HEADER + row + "\n")
    assert (outcome.new, outcome.rejected) == (0, 1)
    line, at, _, remedy = stocked.rejected[0]
    assert (line, at) == (2, field)
    assert remedy.startswith(says)


def test_a_credit_limit_may_come_along_but_not_two(stocked: Bench) -> None:
    header = "store,number,issued_on,due_on,amount,open,limit\n"
    stocked.load(
        "receivables",
        header + "s1,1,2026-11-01,2026-11-15,1,1,900\ns1,2,2026-11-01,2026-11-15,1,1,800\n",
    )
    assert stocked.rejected[0][:2] == (3, "limit")
    assert stocked.rows("SELECT limit_minor, open_minor FROM credit_account ORDER BY 1") == [
        (90_000, 100), (None, 0),
    ]  # fmt: skip
