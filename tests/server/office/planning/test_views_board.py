"""The plan board: what it shows, and what a hand changes on it."""

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.ids import uuid7
from tests.server.console import Console
from tests.server.office.planning.conftest import Kept
from tests.world import World

AT = "/office/routes/"
VISITS = """SELECT id::text, store::text, day, sequence, arrives_minute, is_locked, was_day, why
              FROM plan_visit ORDER BY day, sequence, id"""


@pytest.fixture
def plan(kept: Kept) -> str:
    return kept()


def visits(world: World) -> list[Any]:
    return world.rows(VISITS)


def change(lead: Console, plan: str, act: str, *ids: str, **more: Any) -> str:
    return lead.post(f"{AT}{plan}/board", act=act, rep="r01", visit=list(ids), **more).text


def figures(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.one("SELECT result -> 'r01' FROM plan")
    return found


def free_day(world: World, monday: date) -> date:
    taken = {row[2] for row in visits(world)}
    days = [monday + timedelta(n) for n in range(14) if n % 7 < 5]
    return next(day for day in days if day not in taken)


def test_the_board_shows_each_visit_with_its_time_and_what_it_took_for_granted(
    lead: Console, world: World, plan: str
) -> None:
    page = lead.page(f"{AT}{plan}/board?rep=r01")
    for row in visits(world):
        assert f'id="v{row[0]}"' in page
        assert f"<time>{row[4] // 60:02d}:{row[4] % 60:02d}</time>" in page
    assert "no coordinates" in page
    assert "starts from the middle of the stores" in page
    assert "Week 2" in page


def test_a_visit_is_moved_to_another_day_and_the_move_is_undone(
    lead: Console, world: World, plan: str, monday: date
) -> None:
    before = visits(world)
    first, day = before[0], free_day(world, monday)
    told = change(lead, plan, "move", first[0], day=day.isoformat())
    assert f"moved to {day:%A} {day.day}" in told
    after = {row[0]: row for row in visits(world)}[first[0]]
    assert (after[2], after[3], after[7]["why"]) == (day, 1, "office")
    assert after[4] is not None
    assert f"{first[2]:%a} {first[2].day} {first[2]:%b} → {day:%a}" in told, "what changed and why"
    assert "Undone" in change(lead, plan, "undo")
    assert visits(world) == before
    assert "there is nothing to undo" in change(lead, plan, "undo")
    said = world.rows("SELECT action, who FROM audit WHERE subject LIKE 'plan/%%' ORDER BY at")
    assert said == [("plan.changed", "user:sue"), ("plan.change_undone", "user:sue")]


def test_a_day_that_gets_a_visit_is_put_in_order_again(
    lead: Console, world: World, plan: str
) -> None:
    rows = visits(world)
    days = sorted({row[2] for row in rows})
    going, onto = [row for row in rows if row[2] == days[0]], days[1]
    stores = {row[1] for row in rows if row[2] == onto}
    movable = [row[0] for row in going if row[1] not in stores][:1]
    change(lead, plan, "move", *movable, day=onto.isoformat())
    there = [row for row in visits(world) if row[2] == onto]
    assert [row[3] for row in there] == list(range(1, len(there) + 1))
    assert [row[4] for row in there] == sorted(row[4] for row in there)
    assert movable[0] in {row[0] for row in there}


def test_what_is_unusual_is_said_and_done_all_the_same(
    lead: Console, world: World, plan: str, monday: date
) -> None:
    first = visits(world)[0]
    sunday = monday + timedelta(6)
    world.run("UPDATE store SET opening_hours = 'Mo-Fr 8-18' WHERE id = %s", first[1])
    told = change(lead, plan, "move", first[0], day=sunday.isoformat())
    assert "is no working day." in told
    assert "closed at that time." in told
    assert sunday in {row[2] for row in visits(world)}


def test_a_locked_visit_stays_until_it_is_unlocked(
    lead: Console, world: World, plan: str, monday: date
) -> None:
    first, day = visits(world)[0], free_day(world, monday).isoformat()
    assert "locked." in change(lead, plan, "lock", first[0])
    assert "is locked: unlock it first" in change(lead, plan, "move", first[0], day=day)
    assert visits(world)[0][2] == first[2]
    change(lead, plan, "unlock", first[0])
    change(lead, plan, "move", first[0], day=day)
    assert {row[0]: str(row[2]) for row in visits(world)}[first[0]] == day


def test_a_visit_is_taken_off_and_placed_again(
    lead: Console, world: World, plan: str, monday: date
) -> None:
    first, sums = visits(world)[0], figures(world)
    told = change(lead, plan, "off", first[0])
    assert figures(world)["placed"] == sums["placed"] - 1
    assert figures(world)["driving_min"] < sums["driving_min"] - 0.5
    assert "No place in this plan" in told
    assert "taken off by hand" in told
    assert {row[0]: row[2] for row in visits(world)}[first[0]] is None
    change(lead, plan, "move", first[0], day=first[2].isoformat())
    assert {row[0]: row[2] for row in visits(world)}[first[0]] == first[2]
    assert figures(world)["driving_min"] == pytest.approx(sums["driving_min"])


def test_nonsense_changes_nothing_and_is_said(
    lead: Console, world: World, plan: str, monday: date
) -> None:
    before, first = visits(world), visits(world)[0][0]
    far = (monday + timedelta(14)).isoformat()
    for act, ids, more, said in (
        ("move", (first,), {"day": far}, "that day is not in the plan"),
        ("move", (first,), {"day": "x"}, "choose a day"),
        ("move", (), {"day": far}, "choose visits of this plan first"),
        ("move", ("nobody",), {"day": far}, "choose visits of this plan first"),
        ("paint", (first,), {}, "choose what to do"),
    ):
        assert said in change(lead, plan, act, *ids, **more), act
    twice = [row[0] for row in visits(world) if row[1] == visits(world)[0][1]]
    if len(twice) > 1:
        day = {row[0]: row[2] for row in visits(world)}[twice[1]].isoformat()
        assert "is seen on" in change(lead, plan, "move", twice[0], day=day)
    assert visits(world) == before


def test_what_is_published_is_changed_the_existing_way(
    lead: Console, world: World, plan: str, monday: date
) -> None:
    lead.post(f"{AT}{plan}/publish", act="publish")
    stop, version = world.rows("SELECT id::text, version FROM plan_stop LIMIT 1")[0]
    day = (monday + timedelta(4)).isoformat()
    page = lead.page(f"{AT}now?rep=r01&from={monday}")
    assert f"{stop}~{version}" in page
    told = change(lead, plan, "move", f"{stop}~{version}", day=day)
    assert "1 stop moved; the rep learns it" in told
    assert world.rows("SELECT day::text FROM plan_stop WHERE id = %s", stop) == [(day,)]
    late = lead.post(f"{AT}now", act="lock", rep="r01", visit=[f"{stop}~{version}"]).text
    assert "changed meanwhile" in late
    lead.post(f"{AT}now", act="lock", rep="r01", visit=[f"{stop}~{version + 1}"])
    assert world.one("SELECT pinned FROM plan_stop WHERE id = %s", stop) is True
    lead.post(f"{AT}now", act="off", rep="r01", visit=[f"{stop}~{version + 2}"])
    assert world.one("SELECT count(*) FROM plan_stop WHERE id = %s", stop) == 0
    assert world.one("SELECT act FROM entry WHERE kind = 'plan_stop' AND key = %s", stop) == "gone"


def test_what_was_begun_by_its_visit_is_offered_no_change(
    lead: Console, world: World, plan: str, monday: date
) -> None:
    """Handhelds say it of the visit, and leave the stop as it was planned."""
    lead.post(f"{AT}{plan}/publish", act="publish")
    stop, store, day = world.rows("SELECT id::text, store, day FROM plan_stop LIMIT 1")[0]
    address = f"{AT}now?rep=r01&from={monday}"
    assert f'value="{stop}~' in lead.page(address)
    world.run(
        "INSERT INTO visit (cell, id, scope, version, changed_by, store, rep, state, planned_on)"
        " VALUES (2, %s, 'st:x', 1, 'x', %s, 'r01', 'started', %s)",
        uuid7(), store, day,
    )  # fmt: skip
    page = lead.page(address)
    assert f'value="{stop}~' not in page
    assert f'data-visit="{stop}"' in page


def test_the_map_shows_every_visit_and_tells_who_has_no_coordinates(
    lead: Console, world: World, plan: str
) -> None:
    page = lead.page(f"{AT}{plan}/board?rep=r01&view=map&week=0")
    week = [row for row in visits(world) if row[2] < visits(world)[0][2] + timedelta(7)]
    assert page.count('class="pin"') >= len(week) > 0
    assert "Stores without coordinates" in page
    assert "http://" not in page.replace("http://www.w3.org", ""), "nothing is fetched elsewhere"
    assert lead.page(f"{AT}{plan}/board?rep=r01&view=map&week=99&day=3")


def test_all_reps_stand_side_by_side(lead: Console, world: World, kept: Kept) -> None:
    both = kept("r01", "r02")
    page = lead.page(f"{AT}{both}/board")
    assert page.count('scope="row"') == 2
    assert lead.page(f"{AT}now").count('scope="row"') == 2
    assert lead.get(f"{AT}{both}/board?rep=r09").status_code == 404


def test_a_locked_visit_becomes_an_appointment_that_a_later_plan_cannot_unlock(
    lead: Console, world: World, plan: str, kept: Kept
) -> None:
    first = visits(world)[0]
    change(lead, plan, "lock", first[0])
    lead.post(f"{AT}{plan}/publish", act="publish")
    pinned = world.rows("SELECT store::text, day FROM plan_stop WHERE pinned")
    assert pinned == [(first[1], first[2])]
    later = kept()
    locked = world.rows(
        "SELECT id::text, store::text, day FROM plan_visit WHERE plan = %s AND is_locked", later
    )
    assert [row[1:] for row in locked] == pinned
    told = lead.post(f"{AT}{later}/board", act="unlock", rep="r01", visit=[locked[0][0]]).text
    assert "is an appointment in what is published" in told
