"""Money in the console: hand in, cash up, post, bounce, refuse, look up, export."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from server.office.money.journal import COLUMNS
from tests.auditor import Auditor
from tests.server.console import Console, signed_in
from tests.sync.owing import account, collect, money_body, owe, owed, receipt
from tests.world import CELL, World, change, order_body


@pytest.fixture
def fin(app: Flask, world: World) -> Console:
    return signed_in(app, world, "fin", "finance")


class Till:
    """Receipts of r01 at the first store, which owes R-1 over 100.00 and R-2 over 50.00."""

    def __init__(self, world: World) -> None:
        self.world, self.n = world, 0
        owe(world, world.stores[0], ("R-1", 10_000), ("R-2", 5_000), limit_minor=50_000)

    def take(self, amount_minor: int, *uses: tuple[str, int], **more: Any) -> dict[str, Any]:
        self.n += 1
        body = money_body(self.world.stores[0], amount_minor, *uses, **more)
        collect(self.world, self.n, body)
        return body


@pytest.fixture
def till(world: World) -> Till:
    return Till(world)


def do(console: Console, step: str, *bodies: dict[str, Any], **more: str) -> str:
    ids = [f"{CELL}~{body['id']}" for body in bodies]
    return console.post("/office/money/step", step=step, receipt=ids, **more).text


@pytest.mark.rule(11)
def test_receipts_go_from_hand_to_book_in_bulk(fin: Console, till: Till, world: World) -> None:
    auditor = Auditor(world)
    bodies = [till.take(4_000, ("R-1", 4_000)), till.take(3_000, ("R-1", 3_000))]
    page = fin.page("/office/money")
    for body in bodies:
        assert body["number"] in page
    assert "$70.00" in page
    assert "2 receipts handed in: $70.00." in do(fin, "hand_in", *bodies)
    assert "Nothing to hand in" in fin.page("/office/money")
    assert bodies[0]["number"] in fin.page("/office/money?place=post")
    assert "2 receipts posted: $70.00." in do(fin, "post", *bodies)
    assert owed(world, world.stores[0])["R-1"] == 3_000
    assert bodies[0]["number"] in fin.page("/office/money?place=posted")
    assert auditor.look() == []


@pytest.mark.rule(11)
def test_a_bounce_needs_a_word_for_the_rep_and_opens_the_item(
    fin: Console, till: Till, world: World
) -> None:
    body = till.take(10_000, ("R-1", 10_000), method="cheque", cheque_no="9")
    do(fin, "hand_in", body)
    do(fin, "post", body)
    assert owed(world, world.stores[0])["R-1"] == 0
    assert "write why: the rep reads it" in do(fin, "bounce", body)
    assert owed(world, world.stores[0])["R-1"] == 0
    assert "1 receipt noted as bounced" in do(fin, "bounce", body, reason="no funds")
    assert owed(world, world.stores[0])["R-1"] == 10_000
    page = fin.page(f"/office/money/{body['id']}")
    for said in ("Noted as bounced", "by Fin", "no funds", "Money bounced", "Present again"):
        assert said in page, said
    assert "no funds" in fin.page("/office/money?place=bounced")
    assert world.one("SELECT count(*) FROM conflict WHERE rule = 'collection_bounced'") == 1


def test_what_cannot_be_posted_says_why_and_the_rest_is_posted(fin: Console, till: Till) -> None:
    good, euros = till.take(100), till.take(200, currency="EUR")
    do(fin, "hand_in", good, euros)
    told = do(fin, "post", good, euros)
    assert "1 receipt posted: $1.00." in told
    assert f"{euros['number']} was left: it is in EUR and the store pays in USD." in told


def test_a_cash_up_that_does_not_agree_needs_a_word_which_is_kept(
    fin: Console, till: Till, world: World
) -> None:
    body = till.take(12_500)
    page = fin.page("/office/money")
    assert "Cash-up" in page
    form = {"receipts": f"{CELL}~{body['id']} ", "counted": "120.00"}
    told = fin.post("/office/money/cash-up", **form).text
    assert "The receipts come to $125.00, not $120.00" in told
    assert receipt(world, body["id"])["state"] == "received"
    assert (
        "Write what was counted" in fin.post("/office/money/cash-up", receipts="", counted="x").text
    )
    fin.post("/office/money/cash-up", **form, note="five dollars lost")
    assert receipt(world, body["id"])["state"] == "handed_in"
    kept = world.one("SELECT after ->> 'note' FROM audit WHERE action = 'collection.hand_in'")
    assert kept == "Counted $120.00 for receipts of $125.00: five dollars lost"
    assert "five dollars lost" in fin.page(f"/office/money/{body['id']}")


@pytest.mark.rule(11)
def test_possible_duplicates_stand_side_by_side_until_one_is_decided(
    fin: Console, till: Till
) -> None:
    first, second = till.take(700), till.take(700)
    page = fin.page("/office/money?place=post")
    assert "Possibly the same money" in page
    assert first["number"] in page
    assert second["number"] in page
    assert "Perhaps the same as" in fin.page(f"/office/money/{second['id']}")
    do(fin, "refuse", second, reason="one payment, two slips")
    assert "Possibly the same money" not in fin.page("/office/money")


@pytest.mark.rule(11)
def test_two_payments_that_look_alike_are_said_to_be_two(
    fin: Console, till: Till, world: World
) -> None:
    till.take(700)
    second = till.take(700)
    assert "noted as a payment of its own" in do(fin, "clear", second)
    assert "Possibly the same money" not in fin.page("/office/money")
    assert world.rows("SELECT state, resolution FROM conflict") == [("resolved", "two payments")]
    assert "somebody said so already" in do(fin, "clear", second)


def test_money_on_account_is_listed_with_what_its_store_still_owes(
    fin: Console, till: Till
) -> None:
    body = till.take(1_000)
    do(fin, "hand_in", body)
    do(fin, "post", body)
    page = fin.page("/office/money")
    assert "On account" in page
    assert "$150.00" in page


@pytest.mark.rule(6)
def test_posting_lets_orders_held_for_credit_go_at_once(
    fin: Console, till: Till, world: World
) -> None:
    owe(world, world.stores[0], ("R-1", 10_000), ("R-2", 5_000), limit_minor=15_000)
    order = order_body(world.stores[0], [(world.products[0], 2)])
    world.add_device("d-9", "r01", no=9)
    (verdict,), _ = world.push(world.carrier("r01", "d-9"), [change(1, "order", "submit", order)])
    assert verdict["state"] == "held"
    body = till.take(5_000, ("R-2", 5_000))
    do(fin, "hand_in", body)
    do(fin, "post", body)
    assert world.one("SELECT state FROM orders") == "accepted"


def test_finance_posts_to_what_is_due_first_when_it_says_so(
    fin: Console, till: Till, world: World
) -> None:
    body = till.take(6_000, ("R-2", 5_000))
    do(fin, "hand_in", body)
    do(fin, "post_oldest", body)
    assert receipt(world, body["id"])["applied"] == [["R-1", 6_000]]


def test_a_stores_page_shows_what_it_owes_by_age_and_has_paid(
    fin: Console, desk: Console, till: Till, world: World
) -> None:
    body = till.take(4_000, ("R-1", 4_000))
    page = fin.page(f"/office/money/store/{world.stores[0]}")
    for said in ("$150.00", "Paid, not posted yet", "$40.00", "31–60", "R-1", body["number"]):
        assert said in page, said
    assert body["number"] in desk.page(f"/office/money/store/{world.stores[0]}")


def test_money_on_account_is_no_debt_of_any_age(fin: Console, till: Till, world: World) -> None:
    body = till.take(1_000)
    do(fin, "hand_in", body)
    do(fin, "post", body)
    page = fin.page(f"/office/money/store/{world.stores[0]}")
    assert "On account" in page
    assert "Not due" not in page


def test_who_is_not_of_finance_sees_and_moves_no_money(
    desk: Console, app: Flask, till: Till, world: World
) -> None:
    body = till.take(100)
    assert desk.get("/office/money").status_code == 403
    assert (
        desk.post("/office/money/step", step="hand_in", receipt=f"{CELL}~{body['id']}").status_code
        == 403
    )
    lead = signed_in(app, world, "lead", "supervisor")
    assert body["number"] in lead.page("/office/money")
    assert lead.post("/office/money/step", step="hand_in", receipt="x").status_code == 403
    east = signed_in(app, world, "east", "finance", cell=3)
    assert body["number"] not in east.page("/office/money")
    assert "Tick at least one" in do(east, "hand_in", body)
    assert east.get(f"/office/money/{body['id']}").status_code == 404
    assert receipt(world, body["id"])["state"] == "received"


@pytest.mark.parametrize(
    "ticked", ["", "x", "2~", "²~0190", f"{CELL}~{'g' * 36}", "99~" + "0" * 36]
)
def test_a_form_that_makes_no_sense_moves_nothing(fin: Console, ticked: str) -> None:
    told = fin.post("/office/money/step", step="post", receipt=ticked)
    assert told.status_code in (200, 400)
    assert fin.post("/office/money/step", step="burn", receipt=ticked).status_code == 404


def test_filters_find_receipts_by_what_is_on_them(fin: Console, till: Till) -> None:
    cash = till.take(100)
    cheque = till.take(200, method="cheque", cheque_no="4711")
    for query, there, not_there in (
        ("q=4711", cheque, cash), ("method=cash", cash, cheque),
        (f"q={cash['number']}", cash, cheque),
    ):  # fmt: skip
        page = fin.page(f"/office/money?{query}", headers={"HX-Request": "true"})
        assert f"Tick {there['number']}" in page
        assert f"Tick {not_there['number']}" not in page
    assert "Tick" not in fin.page("/office/money?rep=r02")


# --- the journal ---------------------------------------------------------------------------------


def lines(console: Console, **span: str) -> list[dict[str, str]]:
    query = "&".join(f"{name}={value}" for name, value in span.items())
    told = console.get(f"/office/money/journal.csv?{query}")
    assert told.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(told.text)))


def test_the_journal_has_a_line_an_item_and_a_bounce_is_its_mirror(
    fin: Console, till: Till, world: World
) -> None:
    body = till.take(
        12_500, ("R-1", 10_000), method="cheque", cheque_no="=1+1", cheque_bank="@bank"
    )
    do(fin, "hand_in", body)
    do(fin, "post", body)
    do(fin, "bounce", body, reason="no funds")
    rows = lines(fin)
    assert list(rows[0]) == list(COLUMNS)
    told = [(row["booking"], row["item"], row["amount"]) for row in rows]
    assert told == [
        ("posting", "R-1", "100.00"), ("posting", "on_account", "25.00"),
        ("bounce", "R-1", "-100.00"), ("bounce", "on_account", "-25.00"),
    ]  # fmt: skip
    assert sum(float(row["amount"]) for row in rows) == 0
    assert {(row["cheque_no"], row["cheque_bank"]) for row in rows} == {("'=1+1", "'@bank")}
    assert {row["booked_by"] for row in rows} == {"fin"}
    day = datetime.now(UTC).astimezone(ZoneInfo("America/Chicago")).date().isoformat()
    assert lines(fin, **{"from": day, "to": day}) == rows
    assert lines(fin, **{"from": "2020-01-01", "to": "2020-01-31"}) == []
    assert lines(fin, **{"from": "x", "to": "y"}) == rows
    assert account(world, world.stores[0])[:2] == (15_000, 0)
