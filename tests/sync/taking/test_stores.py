"""A store edited or found in the field."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.ids import uuid7
from sync.scope import assign, tell_due, unassign
from tests.sync.taking.pushing import entries, requests, rules, send, set_store
from tests.world import CELL, World, change, clock_at, order_body


def edit(world: World, mine: dict[str, Any], base: dict[str, Any], **more: Any) -> dict[str, Any]:
    store = more.pop("store", world.stores[0])
    return send(world, "store", "edit", {"id": store, "set": mine, "base": base}, **more)


def at_rest(world: World, *columns: str) -> tuple[Any, ...]:
    names = ", ".join(columns)
    found = world.rows(f"SELECT {names} FROM store WHERE id = %s", world.stores[0])
    return tuple(found[0])


@pytest.mark.rule(14)
def test_what_nobody_else_changed_is_written_and_told(world: World) -> None:
    verdict = edit(
        world,
        {"phone": "555-0102", "opening_hours": "Mo-Fr 8-18", "position": "41.58690,-93.62501,8"},
        {"phone": None, "opening_hours": None, "position": None},
    )
    assert (verdict["outcome"], verdict["conflicts"]) == ("applied", [])
    assert verdict["refs"] == {"store": world.stores[0]}
    found = at_rest(
        world, "phone", "opening_hours", "lat_deg", "geo_accuracy_m", "geo_source", "version"
    )
    assert found == ("555-0102", "Mo-Fr 8-18", 41.5869, 8, "rep", 2)
    assert entries(world, "store", world.stores[0]) == 1


@pytest.mark.rule(14)
def test_the_offices_field_becomes_a_request_and_the_rest_is_taken(world: World) -> None:
    set_store(world, world.stores[0], tax_id="12-34")
    verdict = edit(
        world, {"tax_id": "12-77", "phone": "555-0102"}, {"tax_id": "12-34", "phone": None}
    )
    assert verdict["outcome"] == "adjusted"
    assert rules(verdict) == [("field_of_office", "request_mine")]
    assert at_rest(world, "tax_id", "phone") == ("12-34", "555-0102")
    (asked,) = requests(world)
    assert asked[:3] == ("field_of_office", "tax_id", "office")
    assert asked[3]["set"] == {"tax_id": "12-77"}


@pytest.mark.rule(14)
def test_the_owner_wins_and_what_gave_way_is_offered_to_the_rep(world: World) -> None:
    set_store(world, world.stores[0], phone="555-0199")
    verdict = edit(world, {"phone": "555-0102"}, {"phone": "555-0100"})
    assert rules(verdict) == [("field_changed_meanwhile", "take_mine_offer_theirs")]
    assert at_rest(world, "phone") == ("555-0102",)
    ((rule, field, needs, ask),) = requests(world)
    assert (rule, field, needs, ask["set"]) == (
        "field_changed_meanwhile", "phone", "rep", {"phone": "555-0199"},
    )  # fmt: skip


@pytest.mark.rule(14)
def test_the_better_measured_position_stands(world: World) -> None:
    set_store(world, world.stores[0], lat_deg=41.5869, lon_deg=-93.62501, geo_accuracy_m=8)
    verdict = edit(world, {"position": "41.58700,-93.62500,40"}, {"position": None})
    assert rules(verdict) == [("position_less_accurate", "keep_theirs")]
    assert at_rest(world, "lat_deg", "version") == (41.5869, 1)


@pytest.mark.rule(21)
def test_a_value_that_fits_no_field_is_refused_with_words(world: World) -> None:
    verdict = edit(world, {"colour": "red", "name": " ", "terms_days": "soon"}, {})
    assert verdict["outcome"] == "rejected"
    assert "colour: is not a field of a store that can be edited" in verdict["says"]
    assert "name: cannot be empty" in verdict["says"]
    assert "terms_days: must be a whole number" in verdict["says"]


@pytest.mark.rule(16)
def test_an_edit_after_the_store_was_given_away_is_refused_and_one_before_is_taken(
    world: World,
) -> None:
    store = world.stores[0]
    with world.begin() as conn:
        unassign(conn, CELL, "r01", [store], datetime.now(UTC))
    world.run("UPDATE scope_grant SET valid_to = now() - interval '1 hour' WHERE scope = %s",
              f"st:{store}")  # fmt: skip
    late = edit(world, {"phone": "1"}, {"phone": None})
    assert (late["outcome"], rules(late)) == ("rejected", [("edit_not_mine", "refuse_edit")])
    assert "not yours any more" in late["says"]
    assert "Store 1" not in late["says"]
    before = clock_at(datetime.now(UTC), 2 * 3_600_000)
    early = edit(world, {"phone": "2"}, {"phone": None}, captured=before)
    assert early["outcome"] == "applied"
    assert at_rest(world, "phone", "changed_by") == ("2", "device:d-1")


@pytest.mark.rule(16)
def test_a_fact_captured_before_the_store_was_given_away_is_credited_to_its_author(
    world: World,
) -> None:
    store = world.stores[0]
    with world.begin() as conn:
        unassign(conn, CELL, "r01", [store], datetime.now(UTC))
        assign(conn, CELL, "r02", [store], "user:admin", datetime.now(UTC))
    body = {"id": uuid7(), "store": store, "state": "done"}
    captured = clock_at(datetime.now(UTC), 3_600_000)
    verdict = send(world, "visit", "save", body, captured=captured)
    assert verdict["outcome"] == "applied"
    assert world.one("SELECT rep FROM visit WHERE id = %s", body["id"]) == "r01"


@pytest.mark.rule(17)
def test_an_edit_of_a_merged_store_is_asked_of_the_survivor(world: World) -> None:
    set_store(world, world.stores[0], status="merged", merged_into=world.stores[1])
    verdict = edit(world, {"phone": "555-0102"}, {"phone": None})
    assert (verdict["outcome"], rules(verdict)) == ("held", [("edit_store_merged", "request_all")])
    assert "request for Store 2" in verdict["says"]
    assert requests(world)[0][3]["id"] == world.stores[1]
    assert at_rest(world, "phone") == (None,)


@pytest.mark.rule(7)
def test_a_visit_and_a_card_of_a_merged_store_go_to_the_survivor_and_may_be_finished_there(
    world: World,
) -> None:
    set_store(world, world.stores[0], status="merged", merged_into=world.stores[1])
    visit, card = uuid7(), uuid7()
    at = {"id": visit, "store": world.stores[0]}
    begun = send(world, "visit", "save", at | {"state": "started"})
    assert (begun["outcome"], rules(begun)) == (
        "adjusted", [("fact_store_merged", "follow_survivor")],
    )  # fmt: skip
    assert send(world, "visit", "save", at | {"state": "done"})["outcome"] == "adjusted"
    lines = [{"product": "p001", "on_shelf": True}]
    filled = {"id": card, "store": world.stores[0], "visit": visit, "lines": lines}
    assert send(world, "card", "submit", filled)["outcome"] == "adjusted"
    both = world.rows(
        "SELECT store::text, scope, state FROM visit UNION ALL"
        " SELECT store::text, scope, state FROM visit_card"
    )
    survivor = world.stores[1]
    assert both == [(survivor, f"st:{survivor}", "done"), (survivor, f"st:{survivor}", "closed")]


@pytest.mark.rule(7)
def test_a_visit_of_a_closed_store_is_taken_and_noted(world: World) -> None:
    set_store(world, world.stores[0], status="closed")
    body = {"id": uuid7(), "store": world.stores[0], "state": "done"}
    verdict = send(world, "visit", "save", body)
    assert (verdict["outcome"], rules(verdict)) == ("applied", [("fact_store_closed", "let_pass")])


# --- new stores ------------------------------------------------------------------------------


def new_store(**more: Any) -> dict[str, Any]:
    return {"id": uuid7(), "code": "D1-S001", "name": "Nick's Deli"} | more


@pytest.mark.rule(15)
def test_a_new_store_is_pending_and_its_authors_at_once_and_orders_for_it_wait(
    world: World,
) -> None:
    body = new_store(phone="555-0102", lat_deg="41.5869", lon_deg="-93.625", accuracy_m=9)
    made = change(1, "store", "create", body)
    visit = {"id": uuid7(), "store": body["id"], "state": "started"}
    contact = {"id": uuid7(), "store": body["id"], "set": {"name": "Mary"}, "base": {}}
    verdicts, answer = world.push(
        world.carrier(),
        [
            made,
            change(2, "visit", "save", visit, depends_on=[made["id"]]),
            change(3, "contact", "save", contact, depends_on=[made["id"]]),
            change(4, "order", "submit", order_body(body["id"], [("p001", 3)])),
        ],
    )
    assert answer.faults == []
    assert [v["outcome"] for v in verdicts] == ["held", "applied", "applied", "held"]
    assert (verdicts[0]["state"], rules(verdicts[0])) == ("pending", [("store_is_new", "pend")])
    assert rules(verdicts[3]) == [("store_pending", "hold_for_office")]
    row = world.rows("SELECT status, warehouse, code, lat_deg FROM store WHERE id = %s", body["id"])
    assert row == [("pending", "w1", "D1-S001", 41.5869)]
    granted = "SELECT count(*) FROM scope_grant WHERE rep = 'r01' AND scope = %s"
    assert world.one(granted, f"st:{body['id']}") == 1
    assigned = "SELECT rep FROM assignment WHERE store = %s"
    assert world.rows(assigned, body["id"]) == [("r01",)]
    with world.begin() as conn:
        assert tell_due(conn, datetime.now(UTC)) == 0, "what was granted stays granted"


@pytest.mark.rule(15)
def test_two_reps_make_the_same_store_and_the_office_reads_which_it_looks_like(
    world: World,
) -> None:
    """The second rep does not carry the first one's store, and does not read its name."""
    world.add_device("d-2", "r02", 2)
    place = {"lat_deg": "41.5869", "lon_deg": "-93.625"}
    first = send(world, "store", "create", new_store(**place))
    second = send(
        world, "store", "create", new_store(code="D2-S001", name="NICKS DELI", **place),
        carrier=world.carrier("r02", "d-2"),
    )  # fmt: skip
    assert rules(first) == [("store_is_new", "pend")]
    assert (second["outcome"], rules(second)) == ("held", [])
    assert "Nick" not in str(second)
    states = world.rows("SELECT status FROM store WHERE code IN ('D1-S001', 'D2-S001')")
    assert states == [("pending",), ("pending",)]
    sql = "SELECT item, owner, scope, says FROM conflict WHERE rule = 'store_looks_known'"
    ((item, owner, scope, says),) = world.rows(sql)
    assert (item, owner, scope) == ("duplicate", "key_account", "office")
    assert "looks like Nick's Deli (0 m away, similar name)" in says


@pytest.mark.rule(15)
def test_a_rep_reads_which_store_of_their_own_a_new_one_looks_like(world: World) -> None:
    place = {"lat_deg": "41.5869", "lon_deg": "-93.625"}
    send(world, "store", "create", new_store(**place))
    second = send(world, "store", "create", new_store(code="D1-S002", name="NICKS DELI", **place))
    assert rules(second) == [("store_looks_known", "pend_beside")]
    assert "looks like Nick's Deli (0 m away, similar name)" in second["says"]


@pytest.mark.rule(15)
def test_a_number_that_another_store_has_keeps_the_new_one_for_a_person(world: World) -> None:
    send(world, "store", "create", new_store())
    again = send(world, "store", "create", new_store(name="Somewhere else"))
    assert (again["outcome"], rules(again)) == (
        "held", [("store_code_known", "hold_for_office")],
    )  # fmt: skip
    assert world.one("SELECT count(*) FROM store WHERE code = 'D1-S001'") == 1


def test_sending_a_new_store_again_changes_nothing(world: World) -> None:
    made = change(1, "store", "create", new_store())
    first, _ = world.push(world.carrier(), [made])
    head = world.one("SELECT pos FROM feed WHERE cell = 2")
    again, _ = world.push(world.carrier(), [made])
    assert again[0] == first[0] | {"replayed": True}
    assert world.one("SELECT pos FROM feed WHERE cell = 2") == head


@pytest.mark.rule(22)
def test_a_fact_of_a_closed_period_counts_on_its_day_and_is_told_to_be_late(world: World) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=2)
    world.run(
        "INSERT INTO period (cell, scope, version, changed_by, code, year, no, first_day,"
        " last_day, state) VALUES (1, 'company', 1, 'user:admin', '2026-11', 2026, 11, %s, %s,"
        " 'closed')", yesterday.date() - timedelta(days=30), yesterday.date(),
    )  # fmt: skip
    body = {"id": uuid7(), "store": world.stores[0], "state": "done"}
    captured = clock_at(datetime.now(UTC), 3 * 86_400_000)
    verdict = send(
        world, "visit", "save", body, captured=captured | {"boot": "b-0", "monotonic_ms": 5}
    )
    assert verdict["outcome"] == "applied"
    assert rules(verdict) == [("captured_late", "post_to_true_date")]
