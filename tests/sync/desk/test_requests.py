"""Change requests accepted: what was asked for is written, once, and said to be."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.ids import uuid7
from sync.desk.answer import Given, NotOffered, give
from sync.feed import publish
from sync.write import remove
from tests.sync.taking.pushing import office_sets, send, set_store
from tests.world import CELL, World, order_body


def answer(world: World, name: str, rule: str, party: str = "office", **more: Any) -> str | None:
    """Answer the waiting item of a rule, and publish what follows."""
    item = world.one("SELECT id::text FROM conflict WHERE rule = %s AND state = 'waiting'", rule)
    by = "user:desk" if party == "office" else "user:r01"
    given = Given(name, party, by, datetime.now(UTC), **more)
    with world.begin() as conn:
        how = give(conn, CELL, item, given)
        publish(conn, CELL, given.entries)
    return how


def edit_store(world: World, mine: dict[str, Any], base: dict[str, Any]) -> None:
    body = {"id": world.stores[0], "set": mine, "base": base}
    send(world, "store", "edit", body)


@pytest.mark.rule(14)
def test_the_office_grants_what_a_rep_asked_for(world: World) -> None:
    edit_store(world, {"terms_days": 30}, {"terms_days": None})
    assert answer(world, "accept_request", "field_of_office") == "accepted"
    row = world.rows("SELECT terms_days, changed_by FROM store WHERE id = %s", world.stores[0])
    assert row == [(30, "user:desk")]
    noted = world.rows("SELECT before, after FROM audit WHERE action = 'store.request_accepted'")
    assert noted == [({"terms_days": None}, {"terms_days": 30})]


@pytest.mark.rule(14)
@pytest.mark.parametrize(("name", "phone"), [("take_theirs", "2"), ("keep_mine", "1")])
def test_the_rep_says_whose_value_is_right(world: World, name: str, phone: str) -> None:
    set_store(world, world.stores[0], phone="2")
    edit_store(world, {"phone": "1"}, {"phone": "0"})
    answer(world, name, "field_changed_meanwhile", "rep")
    assert world.one("SELECT phone FROM store WHERE id = %s", world.stores[0]) == phone


@pytest.mark.rule(9)
def test_a_locked_card_is_corrected_by_a_granted_request_and_stays_locked(world: World) -> None:
    card = uuid7()
    lines = [{"product": "p001", "on_shelf": True, "facings": 3}]
    send(world, "card", "submit", {"id": card, "store": world.stores[0], "lines": lines})
    world.run("UPDATE visit_card SET state = 'locked' WHERE id = %s", card)
    again = [{"product": "p001", "set": {"facings": 4}, "base": {"facings": 3}}]
    send(world, "card", "amend", {"id": card, "store": world.stores[0], "lines": again})
    answer(world, "accept_request", "card_locked")
    lines, state, history = world.rows("SELECT lines, state, amendments FROM visit_card")[0]
    assert (lines[0][3], state, history[0][1:6]) == (
        4, "locked", ["user:desk", "p001", "facings", 3, 4],
    )  # fmt: skip


@pytest.mark.rule(17)
def test_a_deleted_contact_comes_back_only_if_a_person_says_so_and_a_name_is_known(
    world: World,
) -> None:
    contact = uuid7()
    row = {"id": contact, "store": world.stores[0], "name": "Mary", "role": None, "phone": "1",
           "email": None, "preferred_time": None, "state": "active"}  # fmt: skip
    office_sets(world, "contact", row)
    with world.begin() as conn:
        remove(conn, CELL, "contact", [contact])
    body = {"id": contact, "store": world.stores[0], "set": {"phone": "2"}, "base": {"phone": "1"}}
    send(world, "contact", "save", body)
    with pytest.raises(NotOffered, match="does not say its name"):
        answer(world, "accept_request", "row_gone")
    assert world.one("SELECT count(*) FROM contact") == 0
    assert answer(world, "decline_request", "row_gone") == "declined"


@pytest.mark.rule(10)
def test_a_stop_taken_off_the_plan_is_put_back_by_the_office(world: World) -> None:
    stop = uuid7()
    row = {"id": stop, "rep": "r01", "store": world.stores[0], "day": "2026-11-24", "sequence": 1,
           "state": "planned", "pinned": False, "reason": None, "visit": None}  # fmt: skip
    office_sets(world, "plan_stop", row)
    with world.begin() as conn:
        remove(conn, CELL, "plan_stop", [stop])
    body = {"id": stop, "store": world.stores[0], "day": "2026-11-25", "sequence": 1,
            "state": "planned", "base": {"day": "2026-11-24"}}  # fmt: skip
    send(world, "plan_stop", "save", body)
    answer(world, "accept_request", "stop_gone")
    assert world.rows("SELECT day::text, rep, state FROM plan_stop") == [
        ("2026-11-25", "r01", "planned")
    ]


# --- new stores ------------------------------------------------------------------------------


def new_store(world: World, **more: Any) -> str:
    body = {"id": uuid7(), "code": f"D1-S{uuid7()[-6:]}", "name": "Nick's Deli", **more}
    send(world, "store", "create", body)
    send(world, "order", "submit", order_body(body["id"], [("p001", 3)]))
    return str(body["id"])


@pytest.mark.rule(15)
def test_an_approved_store_is_active_and_its_orders_go_on(world: World) -> None:
    store = new_store(world)
    assert world.one("SELECT state FROM orders") == "held"
    assert answer(world, "approve_store", "store_is_new") == "approved"
    assert world.one("SELECT status FROM store WHERE id = %s", store) == "active"
    assert world.one("SELECT state FROM orders") == "accepted"


@pytest.mark.rule(7)
@pytest.mark.rule(15)
def test_a_merged_store_is_an_alias_and_all_that_comes_later_follows(world: World) -> None:
    set_store(world, world.stores[0], phone="515-555-0102", name="Nick's Deli")
    store = new_store(world, phone="+1 (515) 555-0102")
    visit = {"id": uuid7(), "store": store, "state": "started"}
    send(world, "visit", "save", visit)
    contact = {"id": uuid7(), "store": store, "set": {"name": "Mary"}, "base": {}}
    send(world, "contact", "save", contact)
    assert answer(world, "merge_store", "store_looks_known") == "merged"
    row = world.rows("SELECT status, merged_into::text FROM store WHERE id = %s", store)
    assert row == [("merged", world.stores[0])]
    assert world.rows("SELECT state, store::text FROM orders") == [("accepted", world.stores[0])]
    moved = world.rows("SELECT scope FROM visit UNION ALL SELECT scope FROM contact")
    assert moved == [(f"st:{world.stores[0]}",)] * 2
    acts = "SELECT scope, act FROM entry WHERE kind = 'visit' ORDER BY scope = %s"
    assert world.rows(acts, f"st:{world.stores[0]}") == [
        (f"st:{store}", "gone"), (f"st:{world.stores[0]}", "put"),
    ]  # fmt: skip
    late = send(world, "visit", "save", visit | {"state": "done"})
    assert (late["outcome"], world.one("SELECT state FROM visit")) == ("adjusted", "done")
    later = send(world, "order", "submit", order_body(store, [("p001", 1)]))
    assert later["conflicts"][0]["rule"] == "store_merged"


@pytest.mark.rule(15)
def test_a_store_that_is_turned_down_is_closed_and_its_orders_wait_for_a_person(
    world: World,
) -> None:
    store = new_store(world)
    how = answer(world, "decline_store", "store_is_new", note="a private house")
    assert how == "declined: a private house"
    assert world.one("SELECT status FROM store WHERE id = %s", store) == "closed"
    assert world.one("SELECT state FROM orders") == "held"
