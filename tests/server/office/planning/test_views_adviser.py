"""The frequency adviser's page: figures as they are in the tables, accepted and taken back."""

import re
from typing import Any

import pytest
from flask import Flask

from tests.server.console import Console, signed_in
from tests.server.office.planning.adviser_rows import more_stores, visited
from tests.world import CELL, World, add_east

AT = "/office/routes/adviser/"


@pytest.fixture
def lead(app: Flask, world: World) -> Console:
    return signed_in(app, world, "sue", "supervisor")


@pytest.fixture
def seen(world: World) -> World:
    """Six stores of r01 seen fortnightly for 24 weeks; the first sells ten times as much, the
    second next to nothing."""
    more_stores(world, 3)
    world.run("UPDATE store SET store_class = 'B', visits_per_4w = NULL")
    world.run("UPDATE store SET visits_per_4w = 2 WHERE id = %s", world.stores[0])
    mine = [one for n, one in enumerate(world.stores) if n != 3]
    for n, store in enumerate(mine):
        for turn in range(12):
            net = 100_000 if n == 0 else 500 if n == 1 else 10_000
            visited(world, store, 167 - 14 * turn, net_minor=net, out=2 if n == 0 else 0)
    return world


def row_of(page: str, store: str) -> str:
    """The text of a store's row, tags left out."""
    found = re.search(rf'value="{store}".*?</tr>', page, re.S)
    assert found, "the store has no advice"
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split())


def accepted(lead: Console, *stores: str, to: int = 4, was: str = "2", **more: str) -> str:
    form: dict[str, Any] = {"rep": "r01", "store": list(stores)} | more
    for store in stores:
        form |= {f"to_{store}": str(to), f"was_{store}": was}
    told = lead.post(AT, **form)
    assert told.status_code == 200
    return told.text


def test_a_reps_stores_of_another_depot_are_shown_to_who_sees_that_depot_alone(
    app: Flask, lead: Console, world: World
) -> None:
    add_east(world)
    assert "East" in lead.page(f"{AT}?rep=r01")
    of_the_depot = signed_in(app, world, "dora", "supervisor", cell=CELL).page(f"{AT}?rep=r01")
    assert "Store 1" in of_the_depot
    assert "East" not in of_the_depot


def test_a_store_that_brings_much_is_to_be_seen_more_with_the_figures_of_its_tables(
    lead: Console, seen: World
) -> None:
    page = lead.page(f"{AT}?rep=r01&hour=30&margin=20")
    row = row_of(page, seen.stores[0])
    assert "See more often: 2 → 4" in row
    assert "$1,000.00 margin $200.00" in row  # a visit
    assert "20 % empty" in row
    assert "12 in 24 weeks" not in row  # 167 days are 23 whole weeks
    assert "12 in 23 weeks well seen" in row
    # p000: 40 on the shelf, 20 at the end, and what came between: 12 orders of 400 but the last
    assert f"{(40 - 20 + 11 * 400) / 154:.1f} pcs a day" in row
    assert "See less often: 2 → 1" in row_of(page, seen.stores[1])
    assert "6 stores" in page
    assert "brings" not in row_of(page, seen.stores[1])


def test_what_an_hour_costs_is_kept_for_this_person_and_can_be_forgotten(
    lead: Console, seen: World
) -> None:
    lead.page(f"{AT}?rep=r01&hour=30&margin=20")
    assert "profit" in row_of(lead.page(AT), seen.stores[0])
    assert "profit" not in row_of(lead.page(f"{AT}?hour=&margin=nonsense"), seen.stores[0])


def test_one_click_changes_the_store_tells_handhelds_and_is_audited(
    lead: Console, seen: World
) -> None:
    store = seen.stores[0]
    page = accepted(lead, one=store, **{f"to_{store}": "4", f"was_{store}": "2"})
    assert "Accepted: 1 store" in page
    sql = "SELECT visits_per_4w, changed_by FROM store WHERE id = %s"
    assert seen.rows(sql, store) == [(4, "user:sue")]
    assert seen.one("SELECT act FROM entry WHERE kind = 'store' AND key = %s", store) == "put"
    audited = "SELECT who, before, after FROM audit WHERE subject = %s"
    assert seen.rows(audited, f"store/{store}") == [
        ("user:sue", {"visits_per_4w": 2}, {"visits_per_4w": 4})
    ]
    back = accepted(lead, store, act="undo")
    assert "Taken back: 1 store" in back
    assert seen.rows(sql, store) == [(2, "user:sue")]


def test_all_that_are_ticked_change_together_and_what_a_class_said_comes_back_as_that(
    lead: Console, seen: World
) -> None:
    some = seen.stores[4:6]
    assert "Accepted: 2 stores" in accepted(lead, *some, to=1, was="")
    sql = "SELECT visits_per_4w FROM store WHERE id = ANY(%s::uuid[])"
    assert seen.rows(sql, some) == [(1,), (1,)]
    assert "Taken back: 2 stores" in accepted(lead, *some, to=1, was="", act="undo")
    assert seen.rows(sql, some) == [(None,), (None,)]


def test_what_a_colleague_changed_meanwhile_stands_and_that_is_said(
    lead: Console, seen: World
) -> None:
    store = seen.stores[0]
    seen.run("UPDATE store SET visits_per_4w = 8 WHERE id = %s", store)
    page = accepted(lead, store)
    assert "1 store changed meanwhile" in page
    assert "Accepted" not in page
    assert seen.one("SELECT visits_per_4w FROM store WHERE id = %s", store) == 8


def test_only_steps_are_accepted_and_only_of_stores_one_may_see(lead: Console, seen: World) -> None:
    page = accepted(lead, seen.stores[0], to=17)
    assert "Accepted" not in page
    seen.run("UPDATE app_user SET cell = 3 WHERE code = 'sue'")
    assert "Accepted" not in accepted(lead, seen.stores[0])
    assert seen.one("SELECT visits_per_4w FROM store WHERE id = %s", seen.stores[0]) == 2


def test_without_visits_nothing_is_advised_and_nonsense_is_no_fault(
    lead: Console, world: World
) -> None:
    page = lead.page(f"{AT}?rep=nobody&sort=nonsense&only=x")
    assert "No store is worth a change now" in page
    assert "→" not in page
    assert "Tick at least one store" in lead.post(AT, rep="r01").text
    world.run("DELETE FROM assignment")
    assert "carries no store" in lead.page(AT)


def test_an_order_desk_does_not_decide_how_often_stores_are_seen(
    desk: Console, world: World
) -> None:
    assert desk.get(AT).status_code == 403
    assert desk.post(AT, store=world.stores[0]).status_code == 403
