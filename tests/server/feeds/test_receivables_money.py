"""A load of open items meets money posted here: each payment counts once, whoever knew it first."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from schemas.ids import uuid7
from sync.desk.money import move
from tests.server.feeds.conftest import Bench

HEADER = "store,number,kind,issued_on,due_on,amount,open,paid_on\n"
T0 = datetime.now(UTC) - timedelta(hours=6)
"""A file is written at T0, T0 + 2 h ...; what happens between is told in hours since T0."""


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def line(number: str, open_: str, paid_on: str = "", amount: str = "100.00") -> str:
    return f"s1,{number},invoice,2026-11-01,2026-11-15,{amount},{open_},{paid_on}\n"


def load(bench: Bench, rows: str, hours: float, *, full: bool = False) -> None:
    bench.load("receivables", HEADER + rows, as_of=at(hours), full=full)


class Money:
    """A receipt over some of an invoice of s1, taken and handed in before T0."""

    def __init__(self, engine: Engine, minor: int, *uses: tuple[str, int]) -> None:
        self.engine, self.id = engine, uuid7()
        wished = ", ".join(f'["{number}", {one}]' for number, one in uses)
        with engine.begin() as conn:
            conn.execute(
                text(
                    "INSERT INTO collection (cell, id, scope, version, changed_by, number, store,"
                    " rep, device, method, amount_minor, currency, allocation, captured_at,"
                    " captured_uncertain, received_at, day, state, applied, on_account_minor,"
                    " is_cleared)"
                    " SELECT cell, :id, scope, 1, 'device:d', 'D1-R000001', id, 'r01', 'd',"
                    " 'cheque', :minor, 'USD', cast(:uses AS jsonb), :at, false, :at, :day,"
                    " 'handed_in', '[]', 0, false FROM store WHERE code = 's1'"
                ),
                {
                    "id": self.id, "minor": minor, "uses": f"[{wished}]", "at": at(-1),
                    "day": at(-1).date(),
                },
            )  # fmt: skip

    def step(self, which: str, hours: float) -> None:
        with self.engine.begin() as conn:
            cell = conn.execute(text("SELECT cell FROM collection")).scalar_one()
            done = move(conn, cell, [self.id], which, "user:fin", at(hours), reason="no funds")
            assert done.done == [self.id]


def items(bench: Bench) -> dict[str, int]:
    rows = bench.rows("SELECT number, open_minor FROM open_item ORDER BY 1")
    account = bench.rows("SELECT open_minor, on_account_minor FROM credit_account a JOIN store s"
                         " ON s.id = a.store WHERE s.code = 's1'")  # fmt: skip
    sums = bench.rows("SELECT sum(open_minor) FILTER (WHERE kind <> 'on_account'),"
                      " coalesce(sum(open_minor) FILTER (WHERE kind = 'on_account'), 0)"
                      " FROM open_item")  # fmt: skip
    assert [tuple(row) for row in account] == [tuple(row) for row in sums]
    return {row[0]: row[1] for row in rows}


@pytest.mark.rule(11)
def test_a_file_written_before_the_posting_does_not_open_the_item_again(
    stocked: Bench, engine: Engine
) -> None:
    load(stocked, line("7", "100.00"), 0)
    Money(engine, 4_000, ("7", 4_000)).step("post", 2)
    assert items(stocked) == {"7": 6_000}
    load(stocked, line("7", "100.00"), 1)  # late, but older than the posting
    assert items(stocked) == {"7": 6_000}


@pytest.mark.rule(11)
def test_a_file_written_after_the_posting_is_the_truth_and_counts_it_once(
    stocked: Bench, engine: Engine
) -> None:
    load(stocked, line("7", "100.00"), 0)
    Money(engine, 4_000, ("7", 4_000)).step("post", 1)
    load(stocked, line("7", "60.00"), 2)
    assert items(stocked) == {"7": 6_000}
    load(stocked, line("7", "0", "2026-11-20"), 3)
    assert items(stocked) == {"7": 0}


@pytest.mark.rule(11)
def test_a_whole_payment_is_not_lost_to_an_older_file(stocked: Bench, engine: Engine) -> None:
    load(stocked, line("7", "100.00"), 0)
    Money(engine, 10_000, ("7", 10_000)).step("post", 2)
    load(stocked, line("7", "100.00"), 1, full=True)
    assert items(stocked) == {"7": 0}
    assert stocked.one("SELECT paid_on FROM open_item") is not None


@pytest.mark.rule(11)
def test_an_item_the_books_cleared_by_themselves_leaves_the_money_on_account(
    stocked: Bench, engine: Engine
) -> None:
    load(stocked, line("7", "100.00"), 0)
    money = Money(engine, 10_000, ("7", 10_000))
    load(stocked, line("7", "0", "2026-11-20"), 1)
    money.step("post", 2)
    assert items(stocked) == {"7": 0, "D1-R000001": 10_000}


def test_money_on_account_stays_until_a_full_file_that_is_younger_knows_better(
    stocked: Bench, engine: Engine
) -> None:
    load(stocked, line("7", "100.00"), 0)
    Money(engine, 2_000).step("post", 2)
    load(stocked, line("7", "100.00"), 1, full=True)
    assert items(stocked) == {"7": 10_000, "D1-R000001": 2_000}
    load(stocked, line("7", "80.00"), 3, full=True)
    assert items(stocked) == {"7": 8_000, "D1-R000001": 0}


@pytest.mark.rule(11)
def test_a_bounce_the_file_cannot_know_opens_the_item_that_it_says_is_paid(
    stocked: Bench, engine: Engine
) -> None:
    load(stocked, line("7", "100.00"), 0)
    money = Money(engine, 10_000, ("7", 10_000))
    money.step("post", 1)
    money.step("bounce", 3)
    assert items(stocked) == {"7": 10_000}
    load(stocked, line("7", "0", "2026-11-20"), 2)  # knows the posting, not the bounce
    assert items(stocked) == {"7": 10_000}
    assert stocked.one("SELECT paid_on FROM open_item") is None
    load(stocked, line("7", "100.00"), 4)
    assert items(stocked) == {"7": 10_000}


def test_a_full_file_that_leaves_out_what_was_paid_knows_nothing_of_its_bounce(
    stocked: Bench, engine: Engine
) -> None:
    load(stocked, line("7", "100.00") + line("8", "10.00"), 0)
    money = Money(engine, 10_000, ("7", 10_000))
    money.step("post", 1)
    money.step("bounce", 3)
    load(stocked, line("8", "10.00"), 2, full=True)
    assert items(stocked) == {"7": 10_000, "8": 1_000}
