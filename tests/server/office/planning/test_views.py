"""The list of plans: asked for, ended, thrown away, published and taken back."""

from datetime import date, timedelta
from typing import Any

from flask import Flask

from tests.server.console import Console, signed_in
from tests.server.office.planning.conftest import Kept
from tests.world import World

AT = "/office/routes/"


def asked(lead: Console, monday: date, **more: Any) -> str:
    form: dict[str, Any] = {"rep": ["r01"], "first_day": monday.isoformat(), "weeks": "4",
                            "seconds": "20", "steady": "15"}  # fmt: skip
    return lead.post(AT, **form | more).text


def test_a_plan_is_asked_for_and_waits_for_a_planner(
    lead: Console, world: World, monday: date
) -> None:
    assert "No plan yet" in lead.page(AT)
    page = asked(lead, monday, weeks="2")
    assert "Waiting for the planner" in page
    row = world.rows("SELECT reps, first_day, weeks, state, made_by,"
                     " settings ->> 'stability_min' FROM plan")  # fmt: skip
    assert row == [(["r01"], monday, 2, "waiting", "user:sue", "15.0")]
    assert world.one("SELECT who FROM audit WHERE action = 'plan.requested'") == "user:sue"


def test_who_has_left_is_not_offered_and_not_planned(
    lead: Console, world: World, kept: Kept, monday: date
) -> None:
    """One rep for whom nothing is due fails the plan of all; what was planned before stays seen."""
    plan = kept()
    assert 'value="r01"' in lead.page(AT)
    world.run("UPDATE app_user SET state = 'left' WHERE code = 'r01'")
    page = lead.page(AT)
    assert 'value="r01"' not in page
    assert plan in page
    assert "not yours to plan" in asked(lead, monday)


WRONG = [
    ("first_day", "2999-01-01", "is a Tuesday"),
    ("first_day", "soon", "Choose the Monday"),
    ("first_day", "2026-01-05", "That week has begun"),
    ("weeks", "9", "A number from 1 to 8"),
    ("weeks", "1.5", "A number from 1 to 8"),
    ("seconds", "1e9", "A number from 1 to 600"),
    ("steady", "nan", "A number from 0 to 1000"),
    ("rep", "zoe", "not yours to plan"),
]


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_asked(
    lead: Console, world: World, monday: date
) -> None:
    for field, typed, said in WRONG:
        page = asked(lead, monday, **{field: typed})
        assert said in page, field
        assert page.count('class="stop small" id="fault-') == 1, field
    assert world.one("SELECT count(*) FROM plan") == 0


def test_planning_is_ended_early_or_thrown_away(lead: Console, world: World, monday: date) -> None:
    asked(lead, monday)
    plan = world.one("SELECT id::text FROM plan")
    going = '{"reps": {"r01": {"part": 0.4, "driving_min": 95}}}'
    world.run("UPDATE plan SET state = 'planning', progress = %s::jsonb", going)
    assert "40 % · best so far 1 h 35 of driving" in lead.page(AT)
    assert "the best plan so far is kept" in lead.post(f"{AT}{plan}/stop").text
    assert world.one("SELECT is_to_stop FROM plan") is True
    lead.post(f"{AT}{plan}/discard")
    assert world.one("SELECT state FROM plan") == "cancelled"
    assert plan not in lead.page(AT)
    assert plan in lead.page(f"{AT}?discarded=1")
    assert "nothing of this plan was kept" in lead.post(f"{AT}{plan}/restore").text
    assert world.one("SELECT state FROM plan") == "cancelled", "there is nothing to publish"


def test_a_plan_that_is_ready_is_thrown_away_and_taken_out_again(
    lead: Console, world: World, kept: Kept
) -> None:
    plan = kept()
    lead.post(f"{AT}{plan}/discard")
    assert world.one("SELECT state FROM plan") == "cancelled"
    assert "Take out again" in lead.page(f"{AT}?discarded=1")
    lead.post(f"{AT}{plan}/restore")
    assert world.one("SELECT state FROM plan") == "ready"
    assert world.one("SELECT count(*) FROM plan_visit WHERE day IS NOT NULL") > 0


def test_publishing_says_first_what_it_does_then_does_it_and_is_taken_back(
    lead: Console, world: World, kept: Kept
) -> None:
    plan = kept()
    visits = world.one("SELECT count(*) FROM plan_visit WHERE day IS NOT NULL")
    said = lead.page(f"{AT}{plan}/publish")
    assert f'data-label="New stops">{visits}<' in said
    assert world.one("SELECT count(*) FROM plan_stop") == 0, "looking does nothing"
    assert world.one("SELECT state FROM plan") == "ready"
    told = lead.post(f"{AT}{plan}/publish", act="publish").text
    assert f"Published: {visits} new stops" in told
    assert world.one("SELECT count(*) FROM plan_stop") == visits
    assert "Before it is taken back" in lead.page(f"{AT}{plan}/publish")
    assert world.one("SELECT count(*) FROM plan_stop") == visits
    assert "Taken back" in lead.post(f"{AT}{plan}/publish", act="undo").text
    assert world.one("SELECT count(*) FROM plan_stop") == 0
    assert (
        "Not possible: this plan is undone"
        in lead.get(f"{AT}{plan}/publish", follow_redirects=True).text
    )


def test_a_plan_of_other_reps_is_not_found(app: Flask, kept: Kept, world: World) -> None:
    plan = kept()
    world.run("UPDATE app_user SET cell = 3 WHERE code = 'r01'")
    far = signed_in(app, world, "kay", "supervisor", cell=2)
    assert plan not in far.page(AT)
    for path in (f"{AT}{plan}/publish", f"{AT}{plan}/board"):
        assert far.get(path).status_code == 404
    assert far.post(f"{AT}{plan}/discard").status_code == 404
    assert world.one("SELECT state FROM plan") == "ready"


def test_only_who_plans_sees_plans(app: Flask, desk: Console, world: World) -> None:
    assert desk.get(AT).status_code == 403
    assert "Routes" not in desk.page("/office/")
    key_account = signed_in(app, world, "kim", "key_account")
    assert "Plan a cycle" in key_account.page(AT)


def test_old_plans_show_their_days(lead: Console, kept: Kept, monday: date) -> None:
    kept()
    last = monday + timedelta(days=13)
    assert f"{last:%a} {last.day} {last:%b}" in lead.page(f"{AT}rows")


def test_a_draft_is_planned_again_from_its_days_and_the_list_says_so(
    lead: Console, world: World, kept: Kept, monday: date
) -> None:
    plan = kept()
    assert "Plan again from this draft" in lead.page(f"{AT}{plan}/board?rep=r01")
    page = lead.post(f"{AT}{plan}/again").text
    assert "Planning begins by itself" in page
    assert f'made from <a href="{AT}{plan}/board">this draft</a>' in page
    key, settings = world.rows("SELECT id::text, settings FROM plan WHERE state = 'waiting'")[0]
    assert settings == {"seconds": 20.0, "steps": None, "stability_min": 15.0, "base": plan}
    said = world.one("SELECT after FROM audit WHERE subject = %s", f"plan/{key}")
    assert said["from"] == plan
    assert "only a draft can be planned again" in lead.post(f"{AT}{key}/again").text
    world.run("UPDATE app_user SET state = 'left' WHERE code = 'r01'")
    assert "Name at least one rep" in lead.post(f"{AT}{plan}/again").text
    assert world.one("SELECT count(*) FROM plan") == 2


def test_what_is_planned_again_keeps_the_draft_and_its_locks(
    lead: Console, world: World, kept: Kept, monday: date
) -> None:
    plan = kept()
    visit, store = world.rows("SELECT id::text, store FROM plan_visit ORDER BY day, id")[0]
    saturday = monday + timedelta(5)
    lead.post(f"{AT}{plan}/board", act="move", rep="r01", visit=[visit], day=saturday.isoformat())
    lead.post(f"{AT}{plan}/board", act="lock", rep="r01", visit=[visit])
    days = "SELECT store, day, is_locked FROM plan_visit WHERE plan = %s ORDER BY store, day"
    before = world.rows(days, plan)
    assert (store, saturday, True) in before
    assert world.rows(days, kept(base=plan, stability_min=10_000.0)) == before
    assert (store, saturday, True) not in world.rows(days, kept())
