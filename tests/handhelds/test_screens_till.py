"""The screens on money: owed and paid, receipts, and the slip, as data, as drawn and as typed."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from handhelds.reference import screens_till, tables, tables_till
from handhelds.reference.cli import app
from handhelds.reference.cli_till import minor_of, use_of
from handhelds.reference.pad import Refused
from handhelds.reference.till import Money
from tests.handhelds.conftest import Handheld


def drawn(what: Any, width: int = 100) -> str:
    paper = StringIO()
    tables.show(Console(width=width, file=paper), what)
    return paper.getvalue()


@pytest.mark.rule(18)
def test_a_rep_sees_what_a_store_owes_and_has_paid_and_how_old_that_is(handheld: Handheld) -> None:
    handheld.rep.collect("1042", Money("cash", 90_000))
    handheld.rep.collect("1042", Money("cheque", 5_000, "4711", "First Bank"))
    page = drawn(tables_till.owed(screens_till.owed(handheld.rep, "1042")))
    assert "Owes 1,200.00 USD, 800.00 overdue, as of" in page
    assert "Paid, not posted yet: 900.00 USD" in page
    assert "Cheques pending: 50.00 USD" in page
    assert "not due 400.00, 1-30 days 800.00" in page
    assert "D17-R000001" in page
    assert "waits to be sent" in page
    (one, other) = (line for line in page.splitlines() if line.strip().startswith("I-"))
    assert one.split() == ["I-1", "2026-10-31", "800.00", "800.00", "800.00"]
    assert other.split() == ["I-2", "2026-12-10", "400.00", "400.00", "150.00"]


def test_the_ageing_bar_is_as_long_as_it_should_be_and_darker_with_age() -> None:
    ages = {"not_due": 300, "1_30": 100, "31_60": 0, "61_90": 0, "over_90": 0}
    bar, figures = tables_till.ageing(ages, "USD")
    assert str(bar) == "\u2591" * 30 + "\u2592" * 10
    assert str(figures) == "not due 3.00, 1-30 days 1.00"
    assert tables_till.ageing(dict.fromkeys(ages, 0), "USD") == []


def test_a_receipt_reads_like_the_slip_it_stands_for(handheld: Handheld) -> None:
    saved = handheld.rep.collect("1042", Money("cheque", 125_000, "4711", "First Bank"))
    slip = drawn(tables_till.receipt(screens_till.receipt(handheld.rep, saved["number"])), 60)
    for said in (
        "Receipt D17-R000001", "Iowa Wholesale", "1,250.00 USD by cheque",
        "Cheque 4711 of First Bank", "for I-1 800.00", "for I-2 400.00", "on account 50.00",
        "Taken by r07; waits to be sent",
    ):  # fmt: skip
        assert said in " ".join(slip.split()), slip
    with pytest.raises(Refused):
        screens_till.receipt(handheld.rep, "D17-R000009")


def test_a_rep_sees_what_is_still_to_be_handed_in(handheld: Handheld) -> None:
    assert "No receipts yet" in drawn(
        tables_till.receipts(screens_till.receipts(handheld.rep, None))
    )
    for method, minor in (("cash", 1_000), ("cash", 2_000), ("cheque", 700), ("transfer", 9)):
        handheld.rep.collect("1042", Money(method, minor, "1" if method == "cheque" else None))
    screen = screens_till.receipts(handheld.rep, "1042")
    assert screen["to_hand_in"] == {"cash": 3_000, "cheque": 700}
    assert "To hand in: 30.00 in cash, 7.00 by cheque USD" in drawn(tables_till.receipts(screen))


@pytest.mark.parametrize(
    ("typed", "minor"), [("125", 12_500), ("125.00", 12_500), ("1,250.5", 125_050), ("0.01", 1)]
)
def test_an_amount_is_read_as_typed(typed: str, minor: int) -> None:
    assert minor_of(typed, 2) == minor


@pytest.mark.parametrize("typed", ["", "0", "-5", "12.345", "1e3", "12,50", "NaN", "1.250,00", "٣"])
def test_an_amount_that_is_none_is_refused_and_never_rounded(typed: str) -> None:
    with pytest.raises(Refused):
        minor_of(typed, 2)


def test_an_item_is_read_with_its_amount() -> None:
    assert use_of("R-1=75.00", 2) == ("R-1", 7_500)
    assert use_of("A=B=7", 2) == ("A=B", 700)
    with pytest.raises(Refused):
        use_of("75.00", 2)


def run(home: Path, *words: str, ok: bool = True) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["--home", str(home), "--json", *words])
    assert (done.exit_code == 0) is ok, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


def test_the_verbs_take_money_warn_of_twins_and_take_it_back(handheld: Handheld) -> None:
    home = handheld.local.home
    first = run(home, "collect", "1042", "900", "--cash")
    assert (first["number"], first["on_account_minor"]) == ("D17-R000001", 0)
    assert [one["number"] for one in first["uses"]] == ["I-1", "I-2"]
    twin = run(home, "collect", "1042", "900.00", "--cash", ok=False)
    assert "the same amount was taken" in twin["error"]
    second = run(home, "collect", "1042", "900", "--cash", "--for", "I-2=300", "--anyway")
    assert second["uses"] == [{"number": "I-2", "amount_minor": 30_000}]
    assert second["on_account_minor"] == 60_000
    assert len(run(home, "receipts")["receipts"]) == 2
    assert run(home, "receipt", "D17-R000002")["amount_minor"] == 90_000
    assert run(home, "undo", "D17-R000002")["undone"] == second["change"]
    assert run(home, "owed", "1042")["paid_minor"] == 90_000
    both = run(home, "collect", "1042", "5", "--cash", "--transfer", ok=False)
    assert both["error"].startswith("say how it was paid")
