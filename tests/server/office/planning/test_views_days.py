"""How reps work, and the days on which they do not."""

from datetime import date, timedelta
from typing import Any

from flask import Flask

from server.targets import target_row
from sync.write import write
from tests.server.console import Console, signed_in
from tests.server.office.planning.conftest import Kept
from tests.world import CELL, World

AT = "/office/routes/days/"
GOOD: dict[str, Any] = {
    "rep": "r01", "home": "41.6, -93.5", "starts_at": "07:30", "day_hours": "8.5",
    "lunch_minutes": "45", "weekday": ["1", "2", "3", "4"],
}  # fmt: skip
DAY = "SELECT starts_at, day_minutes, lunch_minutes, weekdays, home_lat_deg::float FROM rep_day"


def test_a_reps_day_is_kept_and_planned_by(
    lead: Console, world: World, kept: Kept, monday: date
) -> None:
    assert "as usual" in lead.page(AT)
    assert "Kept." in lead.post(AT, **GOOD).text
    assert world.rows(DAY) == [("07:30", 510, 45, [1, 2, 3, 4], 41.6)]
    assert world.one("SELECT who FROM audit WHERE action = 'rep_day.changed'") == "user:sue"
    plan = kept()
    fridays = world.one("SELECT count(*) FROM plan_visit WHERE extract(isodow FROM day) > 4")
    assert fridays == 0
    begins = world.one("SELECT min(arrives_minute) FROM plan_visit")
    assert 450 < begins < 480, "the rep leaves at half past seven"
    assert "8 h 30" in lead.page(f"/office/routes/{plan}/board?rep=r01")


def test_home_is_given_by_a_store_nearby(lead: Console, world: World, mapped: World) -> None:
    lead.post(AT, **GOOD | {"home": "s001 Store 1"})
    assert world.one("SELECT home_lat_deg::float FROM rep_day") == 41.5
    assert "Nobody knows where" in lead.post(AT, **GOOD | {"home": "s002"}).text
    lead.post(AT, **GOOD | {"home": ""})
    assert world.one("SELECT home_lat_deg FROM rep_day") is None


def test_what_cannot_be_a_day_is_refused_with_the_reason(lead: Console, world: World) -> None:
    for field, typed, said in (
        ("home", "somewhere", "Home is given as"),
        ("home", "95.1, 10", "at most 90 degrees"),
        ("starts_at", "25:00", "leaves home, as 08:00"),
        ("starts_at", "20:00", "ends after midnight"),
        ("day_hours", "nan", "from 1 to 16 hours"),
        ("lunch_minutes", "181", "from 0 to 180 minutes"),
        ("weekday", ["8"], "at least one working day"),
    ):
        told = lead.post(AT, **GOOD | {field: typed})
        assert (told.status_code, said in told.text) == (422, True), (field, typed)
    assert world.rows(DAY) == []
    assert lead.post(AT, **GOOD | {"rep": "nobody"}).status_code == 404


def test_days_off_are_entered_told_and_taken_away(
    lead: Console, world: World, kept: Kept, monday: date
) -> None:
    plan = kept()
    lead.post(f"/office/routes/{plan}/publish", act="publish")
    day = world.one("SELECT min(day) FROM plan_stop")
    many = world.one("SELECT count(*) FROM plan_stop WHERE day = %s", day)
    form: dict[str, Any] = {
        "whom": "r01",
        "first_day": day.isoformat(),
        "kind": "leave",
        "note": "moving house",
    }
    told = lead.post(f"{AT}absences", **form).text
    assert f"{many} published visit" in told
    assert "moving house" in told
    lead.post(f"{AT}absences", **form)
    assert world.one("SELECT count(*) FROM absence") == 1, "sent twice is entered once"
    assert "on leave" in lead.page(f"/office/routes/{plan}/board?rep=r01")
    key = world.one("SELECT id::text FROM absence")
    assert "Taken away." in lead.post(f"{AT}absences/{key}").text
    assert world.one("SELECT count(*) FROM absence") == 0
    said = world.rows("SELECT action FROM audit WHERE action LIKE 'absence.%%' ORDER BY at")
    assert said == [("absence.added",), ("absence.removed",)]


def test_only_who_sees_the_whole_company_gives_everybody_a_holiday(
    app: Flask, lead: Console, world: World, monday: date
) -> None:
    form: dict[str, Any] = {"whom": "", "first_day": monday.isoformat(), "kind": "holiday"}
    assert "Choose one of your reps" in lead.post(f"{AT}absences", **form).text
    admin = signed_in(app, world, "alma", "admin")
    assert "holiday" in admin.post(f"{AT}absences", **form).text
    key = world.one("SELECT id::text FROM absence WHERE rep IS NULL")
    assert "not yours to change" in lead.post(f"{AT}absences/{key}").text
    for wrong in (
        {"kind": "party"},
        {"first_day": "x"},
        {"last_day": (monday - timedelta(1)).isoformat()},
        {"last_day": "2099-01-01"},
    ):
        assert admin.post(f"{AT}absences", **form | wrong).status_code == 422, wrong
    world.run("UPDATE app_user SET roles = '{supervisor}' WHERE 'rep' = ANY(roles)")
    assert "Taken away" in admin.post(f"{AT}absences/{key}").text, "a company without reps has days"
    assert world.one("SELECT subject FROM audit WHERE action = 'absence.removed'") == (
        "company/absences"
    )


def test_public_holidays_of_the_companys_country_are_days_off(
    app: Flask, lead: Console, world: World, kept: Kept, monday: date
) -> None:
    assert "The company's year" not in lead.page(AT)
    assert lead.post(f"{AT}year", country="US", calendar="13x4").status_code == 403
    admin = signed_in(app, world, "alma", "admin")
    assert "two letters" in admin.post(f"{AT}year", country="XX", calendar="13x4").text
    assert world.one("SELECT country FROM company") is None
    calendar = world.one("SELECT calendar FROM company")
    assert "Kept." in admin.post(f"{AT}year", country="us", calendar=calendar).text
    assert "Public holidays of US are days off" in lead.page(AT)
    assert "Christmas Day" in lead.page("/office/routes/now?rep=r01&from=2026-12-21")
    assert world.one("SELECT who FROM audit WHERE action = 'company.year'") == "user:alma"


def test_a_reps_target_follows_what_is_said_of_the_days(lead: Console, world: World) -> None:
    """The handheld reckons by them how far the rep should be, and is told with a new version."""
    monday = date(2090, 1, 2)  # far ahead: no day of it is over
    week = [monday + timedelta(days=n) for n in range(7)]
    with world.begin() as conn:
        write(conn, CELL, "target", [target_row("r01", week[0], week[-1], 100, week[:5])], "x")
    said = "SELECT version, changed_by, working_days FROM sales_target"
    form = {"whom": "r01", "first_day": week[1].isoformat(), "kind": "leave"}
    lead.post(f"{AT}absences", **form)
    assert world.rows(said) == [(2, "user:sue", [week[0], *week[2:5]])]
    lead.post(AT, **GOOD)
    assert world.rows(said) == [(3, "user:sue", [week[0], *week[2:4]])]
    lead.post(f"{AT}absences/{world.one('SELECT id::text FROM absence')}")
    assert world.rows(said) == [(4, "user:sue", week[:4])]
    assert world.one("SELECT count(*) FROM entry WHERE kind = 'target' AND scope = 'rep:r01'") == 1
