"""The page that shows what differs at delivery systems: in words, with one click that repairs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from flask import Flask

from tests.server.console import Console, signed_in
from tests.server.office.conftest import Push
from tests.world import CELL, COMPANY_CELL, World

PATH = "/office/reconciliation"
THEIRS = {"order": "", "revision": 1, "external_no": "DS-1", "lines": 1, "quantity": 4,
          "value_minor": 1_000}  # fmt: skip


@pytest.fixture
def order(push: Push, world: World) -> str:
    """An order that the delivery system acknowledged as DS-1."""
    body, _ = push([("p001", 4)])
    world.run("UPDATE delivery SET state = 'acknowledged', external_no = 'DS-1'")
    world.run("UPDATE orders SET state = 'acknowledged', external_no = 'DS-1',"
              " acknowledged_at = now()")  # fmt: skip
    return str(body["id"])


def compared(world: World, *differences: dict[str, Any], state: str = "differs") -> None:
    """Yesterday was compared, with these differences."""
    sums = msgspec.json.encode({"orders": 1, "lines": 1, "value_minor": {"USD": 1000}}).decode()
    world.run(
        "INSERT INTO reconciliation (cell, target, day, state, asked_by, asked_at, next_at, tries,"
        " ran_at, as_of, ours, theirs, moved, under_way, says) VALUES (%s, 'main',"
        " current_date - 1, %s, 'job:reconcile', now(), now(), 1, now(), now(), %s, %s, 2, 3, '')",
        COMPANY_CELL, state, sums, sums,
    )  # fmt: skip
    for one in differences:
        ours = one.get("ours")
        world.run(
            "INSERT INTO reconciliation_line (cell, target, day, kind, subject, state,"
            " first_seen_at, seen_at, order_cell, order_id, delivery, ours, theirs, note)"
            " VALUES (%s, 'main', current_date - 1, %s, %s, 'open', now() - interval '3 hours',"
            " now(), %s, %s, (SELECT id FROM delivery WHERE order_id = %s), %s, %s, %s)",
            COMPANY_CELL, one["kind"], one["subject"], CELL if ours else None,
            one["subject"] if ours else None, one["subject"] if ours else None,
            msgspec.json.encode(ours).decode() if ours else None,
            msgspec.json.encode(one.get("theirs", [])).decode(), one.get("note", ""),
        )  # fmt: skip


def ours(**changed: Any) -> dict[str, Any]:
    return {"number": "D1-000001", "external_no": "DS-1", "lines": 1, "quantity": 4, "revision": 1,
            "value_minor": 1_000, "currency": "USD", **changed}  # fmt: skip


def click(console: Console, world: World, act: str, kind: str, subject: str) -> str:
    day = str(world.one("SELECT day FROM reconciliation"))
    return console.post(
        f"{PATH}/repair", act=act, target="main", day=day, kind=kind, subject=subject
    ).text


def test_before_the_first_night_the_page_says_when_it_comes(desk: Console) -> None:
    page = desk.page(PATH)
    assert "Nothing was compared yet" in page
    assert "Compare now" in page


def test_without_a_delivery_system_the_page_says_how_to_connect_one(
    desk: Console, world: World
) -> None:
    world.run("DELETE FROM delivery_target")
    page = desk.page(PATH)
    assert "No delivery system yet" in page
    assert "Compare now" not in page


def test_a_night_that_agreed_shows_both_sums(desk: Console, world: World) -> None:
    compared(world, state="agrees")
    page = desk.page(PATH)
    assert "Nothing differs" in page
    assert page.count("1 order, 1 line<") == 2
    assert "$10.00" in page
    assert "2 counted there on the day beside" in page
    assert "3 under way" in page


def test_a_difference_says_what_it_means_and_how_old_it_is(
    desk: Console, world: World, order: str
) -> None:
    compared(
        world, {"kind": "missing_there", "subject": order, "ours": ours(),
                "note": "a look-up does not find it either"},
    )  # fmt: skip
    page = desk.page(PATH)
    assert "does not have order D1-000001 in its books of" in page
    assert "although it acknowledged it as DS-1." in page
    assert "a look-up does not find it either" in page
    assert "3 h ago" in page
    assert "Look up, send again" in page


def test_a_missing_order_is_repaired_by_one_click_and_audited(
    desk: Console, world: World, order: str
) -> None:
    compared(world, {"kind": "missing_there", "subject": order, "ours": ours()})
    assert "It is looked up and sent again" in click(
        desk, world, "send_again", "missing_there", order
    )
    assert world.rows("SELECT state, repair, repaired_by FROM reconciliation_line") == [
        ("asked", "send_again", "user:dora")
    ]
    assert world.rows("SELECT who, action, subject FROM audit WHERE action LIKE 'delivery%%'") == [
        ("user:dora", "delivery.send_again", f"order/{order}")
    ]
    page = desk.page(PATH)
    assert "Being repaired" in page
    assert "Look up, send again" not in page
    assert "Somebody was quicker" in click(desk, world, "send_again", "missing_there", order)


def test_an_order_that_is_on_its_way_already_is_not_sent_again(
    desk: Console, world: World, order: str
) -> None:
    world.run("UPDATE orders SET state = 'dispatched'")
    compared(world, {"kind": "missing_there", "subject": order, "ours": ours()})
    assert "Look up, send again" not in desk.page(PATH)
    assert "Somebody was quicker" in click(desk, world, "send_again", "missing_there", order)
    assert world.one("SELECT state FROM reconciliation_line") == "open"


def test_an_order_stuck_here_is_acknowledged_under_their_number(
    desk: Console, world: World, order: str
) -> None:
    world.run("UPDATE delivery SET state = 'parked', external_no = NULL")
    world.run("UPDATE orders SET state = 'sent', external_no = NULL, acknowledged_at = NULL")
    compared(
        world, {"kind": "stuck_here", "subject": order, "ours": ours(external_no=None),
                "theirs": [{**THEIRS, "external_no": "DS-7"}]},
    )  # fmt: skip
    assert "while here it lies as not delivered" in desk.page(PATH)
    assert "Acknowledged under their number" in click(
        desk, world, "enter_number", "stuck_here", order
    )
    assert world.rows("SELECT state, external_no FROM delivery") == [("acknowledged", "DS-7")]
    assert world.rows("SELECT state, external_no FROM orders") == [("acknowledged", "DS-7")]


def test_an_order_nobody_sent_becomes_an_item_of_the_inbox_once(
    desk: Console, world: World
) -> None:
    compared(world, {"kind": "unknown_here", "subject": "zz-9", "theirs": [THEIRS]})
    page = desk.page(PATH)
    assert "no such order was ever sent to it" in page
    assert "send again" not in page.lower().replace("sent again", "")
    for _ in range(2):
        assert "It is in the inbox" in click(desk, world, "to_inbox", "unknown_here", "zz-9")
    told = world.rows("SELECT rule, decision, needs, state, owner FROM conflict")
    assert told == [("delivery_differs", "unknown_here", "office", "waiting", "order_desk")]


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        (
            "lines_differ",
            {"lines": 1, "quantity": 3},
            "lines: 1, each: 3, revision: 1; here lines: 1, each: 4",
        ),
        ("value_differs", {"value_minor": 900}, "9.00 USD; here 10.00 USD"),
        ("number_differs", {"external_no": "DS-2"}, "as DS-2 in its books"),
    ],
)
def test_what_differs_there_can_be_read_again_where_it_can_be_asked(
    desk: Console, world: World, order: str, kind: str, said: dict[str, Any], words: str
) -> None:
    compared(
        world, {"kind": kind, "subject": order, "ours": ours(), "theirs": [{**THEIRS, **said}]}
    )
    page = desk.page(PATH)
    assert words in page
    assert "Read again" in page
    world.run("UPDATE delivery_target SET kind = 'files'")
    assert "Read again" not in desk.page(PATH)


def test_a_day_is_compared_when_a_person_asks(desk: Console, world: World) -> None:
    today = world.one("SELECT (now() AT TIME ZONE 'America/Chicago')::date")
    told = desk.post(f"{PATH}/ask", target="main", day=str(today)).text
    assert "It is being compared" in told
    assert "Being compared" in told
    assert world.rows("SELECT day, state, asked_by FROM reconciliation") == [
        (today, "asked", "user:dora")
    ]
    for target, day in (
        ("other", str(today)), ("main", str(today + timedelta(days=2))), ("main", "soon"),
    ):  # fmt: skip
        assert "Choose a delivery system" in desk.post(f"{PATH}/ask", target=target, day=day).text


def test_a_depot_sees_its_own_orders_and_nothing_of_the_others(
    app: Flask, world: World, order: str
) -> None:
    compared(
        world, {"kind": "missing_there", "subject": order, "ours": ours()},
        {"kind": "unknown_here", "subject": "zz-9", "theirs": [THEIRS]},
    )  # fmt: skip
    east = signed_in(app, world, "eve", "supervisor", cell=3)
    page = east.page(PATH)
    assert "D1-000001" not in page
    assert "zz-9" not in page
    assert "$10.00" not in page
    assert "Somebody was quicker" in click(east, world, "send_again", "missing_there", order)
    assert east.post(f"{PATH}/ask", target="main", day="2026-11-20").status_code == 403
    assert "D1-000001" in signed_in(app, world, "dan", "supervisor", cell=CELL).page(PATH)


def test_finance_has_no_business_there(app: Flask, world: World) -> None:
    assert signed_in(app, world, "fay", "finance").get(PATH).status_code == 403


def test_names_from_there_are_text_on_the_page(desk: Console, world: World) -> None:
    nasty = "<script>alert(1)</script>"
    compared(
        world, {"kind": "unknown_here", "subject": nasty, "note": nasty,
                "theirs": [{**THEIRS, "external_no": nasty}]},
    )  # fmt: skip
    assert nasty not in desk.page(PATH)


def test_a_silent_system_is_on_every_page_until_it_answers(desk: Console, world: World) -> None:
    assert "does not answer" not in desk.page("/office/")
    world.run(
        "INSERT INTO delivery_silence (cell, target, since, waiting, raised_at)"
        " VALUES (%s, 'main', now() - interval '40 minutes', 12, now())", COMPANY_CELL,
    )  # fmt: skip
    for path in ("/office/", "/office/stores", PATH):
        page = desk.page(path)
        assert "main does not answer." in page
        assert "12 orders wait" in page
    world.run("UPDATE delivery_silence SET since = NULL")
    assert "does not answer" not in desk.page("/office/")


def test_our_text_goes_out_anew_where_theirs_has_other_goods(
    desk: Console, world: World, order: str
) -> None:
    compared(world, {"kind": "lines_differ", "subject": order, "ours": ours(), "theirs": [THEIRS]})
    assert "Send ours anew" in desk.page(PATH)
    assert "goes out as a new revision" in click(desk, world, "send_anew", "lines_differ", order)
    assert world.rows("SELECT revision, state FROM delivery ORDER BY revision") == [
        (1, "acknowledged"), (2, "queued"),
    ]  # fmt: skip
    assert world.rows("SELECT state, repair, note FROM reconciliation_line") == [
        ("repairing", "send_anew", "sent as revision 2")
    ]
    assert world.one("SELECT action FROM audit WHERE action LIKE 'delivery%%'") == (
        "delivery.send_anew"
    )


def test_what_is_being_picked_is_not_sent_anew(desk: Console, world: World, order: str) -> None:
    world.run("UPDATE orders SET state = 'picking'")
    compared(world, {"kind": "lines_differ", "subject": order, "ours": ours(), "theirs": [THEIRS]})
    assert "Send ours anew" not in desk.page(PATH)
    assert "Somebody was quicker" in click(desk, world, "send_anew", "lines_differ", order)
