"""Visits a store is owed, and a shorter way through a day, on a handheld without a network."""

import json
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from handhelds.reference import frequency, screens
from handhelds.reference.cli import app
from handhelds.reference.pad import Refused
from handhelds.reference.stops import planned_on, reorder, swap_stops
from tests.handhelds.conftest import Handheld, handheld_in
from tests.handhelds.double import OTHER, STORE, Double, row

DAY = date(2026, 11, 23)
STREET = {"e1": 0.00, "e2": 0.02, "e3": 0.04, "e4": 0.06}
"""Stores along a street, by degrees of longitude."""


@pytest.fixture
def street(fresh: Handheld, server: Double) -> Handheld:
    """A handheld with four stores along a street, all planned on one day, back and forth."""
    for n, (code, east) in enumerate(STREET.items(), 1):
        key = STORE[:-2] + f"e{n}"
        server.rows["store"].append(
            row("store", id=key, scope=f"st:{key}", code=code, name=code, status="active",
                warehouse="3", zone="America/Chicago", lat_deg=41.6, lon_deg=-93.6 + east)
        )  # fmt: skip
    assert fresh.enrol().state == "done"
    assert fresh.sync().state == "done"
    for code in ("e1", "e3", "e2", "e4"):
        fresh.rep.plan(code, DAY)
    return fresh


def order(handheld: Handheld) -> list[str]:
    codes = {one["id"]: one["code"] for one in handheld.queries.rows("store")}
    stops = [one for one in handheld.queries.rows("plan_stop") if one["day"] == DAY.isoformat()]
    return [codes[one["store"]] for one in sorted(stops, key=lambda one: one["sequence"])]


def test_a_day_is_brought_into_the_shortest_order_and_who_has_no_place_comes_last(
    street: Handheld,
) -> None:
    street.rep.plan("877", DAY, 1)  # nobody knows where it is
    moved, saved_km = frequency.shorten(street.rep, DAY.isoformat())
    assert order(street)[-1] == "877"
    assert order(street)[:-1] == list(STREET)
    assert saved_km == pytest.approx(2 * 1.66, abs=0.02)  # 0.02 degrees, both ways
    assert all(one["unsent"] for one in moved)
    with pytest.raises(Refused, match="in a short order already"):
        frequency.shorten(street.rep, DAY.isoformat())


def test_a_stop_whose_visit_has_begun_keeps_its_place(handheld: Handheld) -> None:
    """The plan does not say that a visit was begun; the visit does."""
    today = handheld.rep.pad.today()
    first = handheld.rep.plan("1042", today)
    second = handheld.rep.plan("877", today)
    handheld.rep.start_visit("1042")
    with pytest.raises(Refused, match="changed meanwhile"):
        reorder(handheld.rep, today.isoformat(), [second["id"], first["id"]])
    assert [one["id"] for one in planned_on(handheld.rep, today.isoformat())] == [second["id"]]
    assert reorder(handheld.rep, today.isoformat(), [second["id"]]) == []


def test_a_wish_the_server_would_not_take_is_on_no_plan(handheld: Handheld, server: Double) -> None:
    today = handheld.rep.pad.today()
    first, wish = handheld.rep.plan("1042", today), handheld.rep.plan("877", today)
    server.outcomes[wish["id"]] = {"outcome": "rejected"}
    assert handheld.sync().state == "done"
    assert [one["id"] for one in planned_on(handheld.rep, today.isoformat())] == [first["id"]]
    with pytest.raises(Refused, match="changed meanwhile"):
        swap_stops(handheld.rep, first["id"], wish["id"])
    owed = {one["store"]["code"]: one for one in frequency.owed(handheld.rep)["stores"]}
    assert (owed["1042"]["planned"], owed["877"]["planned"]) == (1, 0)
    shown = screens.today(handheld.rep)["stops"]
    assert [(one["store"]["code"], one["outcome"]) for one in shown] == [
        ("1042", None), ("877", "rejected")
    ]  # fmt: skip


def test_debt_is_what_was_agreed_less_what_was_made_in_four_weeks(handheld: Handheld) -> None:
    today = handheld.rep.pad.today()
    handheld.rep.start_visit("1042")
    handheld.rep.plan("877", today + timedelta(days=2))
    shown = {one["store"]["code"]: one for one in frequency.owed(handheld.rep)["stores"]}
    assert (shown["1042"]["made"], shown["1042"]["debt"], shown["1042"]["planned"]) == (1, 3, 0)
    assert shown["1042"]["last_on"] == today.isoformat()
    assert (shown["877"]["made"], shown["877"]["debt"], shown["877"]["planned"]) == (0, 4, 1)
    assert shown["877"]["last_on"] is None
    first = frequency.owed(handheld.rep)["stores"][0]["store"]["id"]
    assert first == OTHER  # owed more


def test_the_command_line_swaps_skips_shortens_and_says_what_is_owed(street: Handheld) -> None:
    street.local.close()
    day = DAY.isoformat()

    def said(*words: str) -> str:
        environ = {"TALARIA_HANDHELD_HOME": str(street.local.home)}
        done = CliRunner().invoke(app, list(words), env=environ)
        assert done.exit_code == 0, done.output
        return done.output

    assert "e3 and e2 are swapped" in said("plan", "swap", "e3", day, "e2", day)
    assert "e4 is skipped: closed" in said("plan", "skip", "e4", day, "closed")
    said("plan", "swap", "e1", day, "e2", day)
    assert "km less" in said("plan", "shorten", day)
    owed = json.loads(said("--json", "plan", "owed"))["stores"]
    assert {one["store"]["code"]: one["debt"] for one in owed}["1042"] == 4
    assert "Hy-Vee" in said("plan", "owed")
    again = handheld_in(street.local.home, street.clock, street.server, 900_000)
    assert order(again)[:3] in (["e1", "e2", "e3"], ["e3", "e2", "e1"])
    again.local.close()
