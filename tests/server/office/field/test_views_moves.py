"""Moves in the console: looked at first, then done; and why a row is on a handheld."""

import re
from datetime import date, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from flask import Flask

from server.access.people import Person
from server.office.field import moving
from sync.moving.hand_over import NotSo
from tests.server.console import Console, enlist, signed_in
from tests.sync.moving.days import on_each_day, stores_of, today
from tests.world import CELL, OTHER_CELL, World, add_east


def test_a_hand_over_is_looked_at_and_then_done(admin: Console, world: World) -> None:
    world.run("UPDATE device SET queue_depth = 3")
    form = {"kind": "hand_over", "to": "r02", "together_days": "1", "store": world.stores[:2]}
    page = admin.post("/office/moves/preview", **form).text
    assert "Nothing has been changed yet" in page
    assert "2 stores" in page
    assert "3 not sent yet" in page
    assert stores_of(world, "r02") == {2, 3}
    told = admin.post("/office/moves", **form).text
    assert "2 moved; 2 reps are told." in told
    assert stores_of(world, "r02") == {0, 1, 2, 3}
    assert stores_of(world, "r01") == {0, 1, 2}  # both hold them today
    assert world.one("SELECT count(*) FROM audit WHERE action = 'stores.moved'") == 1


def test_what_the_preview_shows_is_sent_along_to_be_done(admin: Console, world: World) -> None:
    form = {"kind": "hand_over", "to": "r02", "together_days": "0", "store": world.stores[:1]}
    page = admin.post("/office/moves/preview", **form).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert fields["kind"] == "hand_over"
    admin.post("/office/moves", **fields)
    assert stores_of(world, "r01") == {1, 2}


def days_with(world: World, number: int) -> dict[str, list[tuple[date, date | None]]]:
    """Who has a store of the world, from which day until before which."""
    found: dict[str, list[tuple[date, date | None]]] = {}
    for rep, *days in world.rows(
        "SELECT rep, valid_from, valid_to FROM assignment WHERE store = %s"
        " AND (valid_to IS NULL OR valid_to > valid_from) ORDER BY valid_from",
        world.stores[number],
    ):
        found.setdefault(rep, []).append((days[0], days[1]))
    return found


def test_a_store_that_was_promised_for_later_goes_to_the_new_taker_alone_and_who_loses_it_is_named(
    admin: Console, world: World
) -> None:
    day = today(world)
    enlist(world, "r03", "rep")
    form = {"kind": "hand_over", "together_days": "0", "store": world.stores[0]}
    admin.post("/office/moves", to="r02", first_day=str(day + timedelta(7)), **form)
    page = admin.post("/office/moves/preview", to="r03", **form).text
    assert 'data-rep="r02"' in page
    assert f"Lets go of on {day + timedelta(7)}" in re.sub(r"\s+", " ", page)
    admin.post("/office/moves", to="r03", **form)
    assert days_with(world, 0) == {"r03": [(day, None)]}


def test_giving_a_promised_store_back_cancels_the_promise(admin: Console, world: World) -> None:
    day = today(world)
    form = {"kind": "hand_over", "together_days": "1", "store": world.stores[0]}
    admin.post("/office/moves", to="r02", first_day=str(day + timedelta(7)), **form)
    assert days_with(world, 0)["r02"] == [(day + timedelta(7), None)]
    admin.post("/office/moves", to="r01", **form)
    assert days_with(world, 0).keys() == {"r01"}
    assert days_with(world, 0)["r01"][-1][1] is None


def test_a_stand_in_is_arranged_for_its_days(admin: Console, world: World) -> None:
    day = today(world)
    form = {"kind": "stand_in", "rep": "r01", "to": "r02", "first_day": str(day),
            "last_day": str(day + timedelta(4))}  # fmt: skip
    page = admin.post("/office/moves/preview", **form).text
    assert "Downloads today" in re.sub(r"\s+", " ", page)
    assert f"Lets go of on {day + timedelta(5)}" in re.sub(r"\s+", " ", page)
    assert "both ends come by themselves" in admin.post("/office/moves", **form).text
    assert stores_of(world, "r02") == {0, 1, 2, 3}


def test_a_stand_in_is_ended_before_its_day(admin: Console, world: World) -> None:
    day = today(world)
    form = {"kind": "stand_in", "rep": "r01", "to": "r02", "last_day": str(day + timedelta(9))}
    for first in (0, 4):  # one that has begun, and one that is to begin
        admin.post("/office/moves", first_day=str(day + timedelta(first)), **form)
    page = re.sub(r"\s+", " ", admin.page("/office/moves"))
    assert f"Ben for Ana: 2 stores, from {day} until before {day + timedelta(10)}" in page
    assert stores_of(world, "r02") == {0, 1, 2, 3}
    form = {"kind": "end_stand_in", "rep": "r01", "to": "r02"}
    page = re.sub(r"</?strong>|\s+", " ", admin.post("/office/moves/preview", **form).text)
    assert "stands in for Ana no longer" in page
    assert "Lets go of today:" in re.sub(" +", " ", page)
    assert stores_of(world, "r02") == {0, 1, 2, 3}
    assert "has ended for" in admin.post("/office/moves", **form).text
    assert stores_of(world, "r02") == {2, 3}
    assert on_each_day(world, "r02", range(1, 6)) == [{2, 3}] * 5
    assert world.one("SELECT count(*) FROM audit WHERE action = 'rep.stand_in_ended'") == 1
    assert "End it today" not in admin.page("/office/moves")
    for path in ("/office/moves/preview", "/office/moves"):
        assert "they do not stand in" in admin.post(path, **form).text
    assert world.one("SELECT count(*) FROM audit WHERE action = 'rep.stand_in_ended'") == 1


def test_a_store_goes_to_the_other_depot(admin: Console, world: World) -> None:
    add_east(world)
    form = {"kind": "relocate", "depot": f"{OTHER_CELL} w2", "store": world.stores[:1]}
    page = admin.post("/office/moves/preview", **form).text
    assert "Downloads today" in re.sub(r"\s+", " ", page)
    assert world.one("SELECT cell FROM store WHERE code = 's001'") == CELL
    assert "moved to the other depot" in admin.post("/office/moves", **form).text
    assert world.one("SELECT cell FROM store WHERE code = 's001'") == OTHER_CELL


@pytest.mark.parametrize(("how", "state"), [("at_once", "revoked"), ("when_sent", "active")])
def test_a_rep_leaves(admin: Console, world: World, how: str, state: str) -> None:
    form = {"kind": "leave", "rep": "r01", "to": "r02", "handhelds": how}
    assert "leaves; the stores go to Ben" in admin.post("/office/moves/preview", **form).text
    assert world.one("SELECT state FROM app_user WHERE code = 'r01'") == "active"
    assert "Ana has left: 3 stores handed over" in admin.post("/office/moves", **form).text
    assert world.one("SELECT state FROM app_user WHERE code = 'r01'") == "left"
    assert world.one("SELECT state FROM device WHERE id = 'd-1'") == state
    assert stores_of(world, "r02") == {0, 1, 2, 3}


def test_whoever_stood_in_for_a_leaver_is_told_so_before_it_is_done(
    admin: Console, world: World
) -> None:
    day = today(world)
    enlist(world, "r03", "rep")
    form = {"kind": "stand_in", "rep": "r01", "to": "r03", "first_day": str(day),
            "last_day": str(day + timedelta(20))}  # fmt: skip
    admin.post("/office/moves", **form)
    assert stores_of(world, "r03") == {0, 1, 2}
    form = {"kind": "leave", "rep": "r01", "to": "r02"}
    page = admin.post("/office/moves/preview", **form).text
    told = page.partition('data-rep="r03"')[2].partition("</section>")[0]
    assert "Lets go of today: 3 stores" in re.sub(r"</?strong>|\s+", " ", told).replace("  ", " ")
    admin.post("/office/moves", **form)
    assert stores_of(world, "r03") == set()


def test_who_has_other_duties_is_let_go_by_an_administrator_and_nobody_ends_their_own_account(
    app: Flask, admin: Console, world: World
) -> None:
    enlist(world, "boss", "admin", "rep")
    enlist(world, "sam", "supervisor", "rep")
    supervisor = signed_in(app, world, "sue", "supervisor", "rep")
    state = "SELECT state FROM app_user WHERE code = %s"
    for console, rep, says in (
        (supervisor, "boss", "an administrator can end"),
        (supervisor, "sam", "an administrator can end"),
        (supervisor, "sue", "nobody ends their own"),
    ):
        form = {"kind": "leave", "rep": rep, "to": "-"}
        assert says in console.post("/office/moves/preview", **form).text
        assert says in console.post("/office/moves", **form).text
        assert world.one(state, rep) == "active"
    for rep in ("boss", "sam"):
        assert "has left" in admin.post("/office/moves", kind="leave", rep=rep, to="-").text
        assert world.one(state, rep) == "left"


def test_the_last_administrator_stays(admin: Console, world: World) -> None:
    """Somebody ended the asker's account while it was asking: the other one is the last."""
    enlist(world, "boss", "admin", "rep")
    asker = SimpleNamespace(code="alma", company=world.company, roles=frozenset({"admin"}))
    with world.begin() as conn:
        assert moving._leaver(conn, cast(Person, asker), "boss").code == "boss"
    world.run("UPDATE app_user SET state = 'left' WHERE code <> 'boss'")
    with pytest.raises(NotSo, match="the last administrator"), world.begin() as conn:
        moving._leaver(conn, cast(Person, asker), "boss", lock=True)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"kind": "x"}, "choose what is to be done"),
        ({"kind": "hand_over", "to": "r02"}, "tick at least one store"),
        ({"kind": "hand_over"}, "choose who gets the stores"),
        ({"kind": "relocate", "store": "{store}"}, "choose the depot"),
        ({"kind": "stand_in", "rep": "r01", "to": "r02"}, "first and the last day"),
        ({"kind": "stand_in", "rep": "r01", "to": "r02", "first_day": "soon"}, "write days as"),
        ({"kind": "hand_over", "to": "r02", "store": "{store}", "together_days": "-1"}, "whole"),
        ({"kind": "hand_over", "to": "r02", "store": "{store}", "together_days": "\u00b2"},
         "days together are a whole number"),
        ({"kind": "hand_over", "to": "r02", "store": "g" * 36}, "tick at least one store"),
        ({"kind": "hand_over", "to": "r02", "store": "-" * 36}, "tick at least one store"),
        ({"kind": "relocate", "store": "{store}", "depot": "\u00b2 w1"}, "choose the depot"),
        ({"kind": "relocate", "store": "{store}", "depot": "9" * 190}, "choose the depot"),
        ({"kind": "stand_in", "rep": "r01", "to": "r02", "first_day": "9999-12-31",
          "last_day": "9999-12-31"}, "within a year"),
        ({"kind": "hand_over", "to": "r02", "store": "{store}", "first_day": "9999-12-31"},
         "within a year"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said(
    admin: Console, world: World, form: dict[str, str], says: str
) -> None:
    filled = {name: value.format(store=world.stores[0]) for name, value in form.items()}
    for path in ("/office/moves/preview", "/office/moves"):
        assert says in admin.post(path, **filled).text
    assert stores_of(world, "r02") == {2, 3}


def test_why_a_row_is_on_a_handheld(admin: Console, world: World) -> None:
    page = admin.page(f"/office/why?handheld={CELL}+d-1&kind=store&key=s001")
    assert "It comes with the next sync" in page
    assert "(assignment)" in page
    page = admin.page(f"/office/why?handheld={CELL}+d-1&kind=store&key=s004")
    assert "It is not on this handheld" in page
    assert "never was theirs" in page
    assert "no store nothing is there" in admin.page(
        f"/office/why?handheld={CELL}+d-1&kind=store&key=nothing"
    )
    assert admin.get(f"/office/why?handheld={CELL}+d-9&kind=store&key=s001").status_code == 404


def test_nobody_moves_what_belongs_to_another_depot(app: Flask, world: World) -> None:
    add_east(world)
    east = signed_in(app, world, "eve", "supervisor", cell=OTHER_CELL)
    form = {"kind": "hand_over", "to": "r02", "store": world.stores[:1]}
    assert east.post("/office/moves", **form).status_code == 404
    form = {"kind": "relocate", "depot": f"{CELL} w1", "store": world.stores[:1]}
    assert "tick at least one store" in east.post("/office/moves", **form).text
    assert east.get(f"/office/why?handheld={CELL}+d-1&kind=store&key=s001").status_code == 404
    clerk = signed_in(app, world, "dee", "order_desk")
    assert clerk.get("/office/moves").status_code == 403
