"""A rep's plan of a week at the console."""

from datetime import date, timedelta

import pytest
from flask import Flask

from tests.server.console import Console, signed_in
from tests.server.office.field.test_views_store import sent
from tests.world import World


@pytest.fixture
def lead(app: Flask, world: World) -> Console:
    return signed_in(app, world, "sue", "supervisor")


def monday(world: World) -> date:
    today = world.now.date()
    return today - timedelta(days=today.weekday()) + timedelta(days=7)


def put(lead: Console, world: World, **more: str) -> str:
    """Put the first store on the plan of next Monday; the stop's id."""
    day = monday(world).isoformat()
    form = {"act": "add", "rep": "r01", "week": day, "store": "s001 Store 1", "day": day}
    assert lead.post("/office/plans/", **form | more).status_code == 200
    return str(world.one("SELECT id::text FROM plan_stop ORDER BY id DESC LIMIT 1"))


def test_a_stop_is_put_moved_fixed_and_taken_off(lead: Console, world: World) -> None:
    stop, day = put(lead, world), monday(world)
    page = lead.page(f"/office/plans/?rep=r01&week={day}")
    assert "Store 1" in page
    there = {"rep": "r01", "week": day.isoformat(), "stop": stop}
    to = (day + timedelta(days=2)).isoformat()
    lead.post("/office/plans/", act="move", day=to, version="1", **there)
    lead.post("/office/plans/", act="pin", version="2", **there)
    row = world.rows("SELECT day::text, pinned, version, changed_by FROM plan_stop")
    assert row == [(to, True, 3, "user:sue")]
    late = lead.post("/office/plans/", act="unpin", version="2", **there).text
    assert "changed meanwhile" in late
    lead.post("/office/plans/", act="remove", **there)
    assert world.rows("SELECT id FROM plan_stop") == []
    assert world.one("SELECT act FROM entry WHERE kind = 'plan_stop'") == "gone"


@pytest.mark.rule(10)
def test_a_begun_stop_is_neither_moved_nor_taken_off(lead: Console, world: World) -> None:
    stop, day = put(lead, world), monday(world).isoformat()
    body = {"id": stop, "store": world.stores[0], "day": day, "sequence": 1, "state": "started"}
    sent(world, "plan_stop", "save", body | {"base": {"day": day, "state": "planned"}})
    there = {"rep": "r01", "week": day, "stop": stop, "day": day}
    assert "it stays" in lead.post("/office/plans/", act="remove", **there).text
    assert "it stays on its day" in lead.post("/office/plans/", act="move", **there).text
    assert world.one("SELECT state FROM plan_stop") == "started"


def test_only_the_reps_stores_are_planned_and_nonsense_is_said(lead: Console, world: World) -> None:
    day = monday(world).isoformat()
    form = {"act": "add", "rep": "r01", "week": day, "day": day, "store": "s004"}
    assert "choose one of the rep" in lead.post("/office/plans/", **form).text
    assert lead.page("/office/plans/?week=nonsense&rep=nobody")
    assert "No rep yet" in lead.page("/office/plans/?rep=nobody")
