"""Stores, contacts and cards edited in the field, offline and against the real server."""

from datetime import date, timedelta

import msgspec
import pytest

from handhelds.reference import edits, screens_work
from handhelds.reference.pad import Refused
from handhelds.reference.visit import Wanted
from schemas.wire import BODIES, WIRE
from sync.owners import OWNERS
from sync.scope import unassign
from sync.write import remove, write
from tests.handhelds.conftest import Handheld
from tests.handhelds.test_against_server import Handheld as Real
from tests.handhelds.test_against_server import handheld as real  # noqa: F401 - a fixture
from tests.handhelds.test_against_server import world  # noqa: F401 - a fixture
from tests.world import CELL, World

# --- offline ---------------------------------------------------------------------------------


def test_an_edit_shows_at_once_and_says_what_was_there_before(handheld: Handheld) -> None:
    edits.edit_store(handheld.rep, "1042", {"phone": "555-0102", "position": "41.5869,-93.625,8"})
    shown = handheld.rep.store("1042")
    assert (shown["phone"], shown["lat_deg"], shown["unsent"]) == ("555-0102", 41.5869, True)
    (sent,) = handheld.queries.changes()
    assert sent["raw"]["body"]["set"] == {"phone": "555-0102", "position": "41.58690,-93.62500,8"}
    assert sent["raw"]["body"]["base"] == {"phone": None, "position": None}
    again = edits.edit_store(handheld.rep, "1042", {"phone": "555-0103"})
    second = handheld.queries.changes()[1]["raw"]
    assert second["body"]["base"] == {"phone": "555-0102"}
    assert second["depends_on"] == [sent["id"]]
    assert again["phone"] == "555-0103"


def test_what_changes_nothing_is_not_saved(handheld: Handheld) -> None:
    name = handheld.rep.store("1042")["name"]
    with pytest.raises(Refused, match="says so already"):
        edits.edit_store(handheld.rep, "1042", {"name": name})
    with pytest.raises(Refused, match="no place on earth"):
        edits.edit_store(handheld.rep, "1042", {"position": "141.5,0,3"})
    assert handheld.queries.changes() == []


def test_a_new_store_is_found_and_ordered_for_at_once(handheld: Handheld) -> None:
    made = edits.new_store(handheld.rep, "Nick's Deli", {"city": "Ames", "phone": "555-0102"})
    assert made["code"] == "D17-S001"
    assert [row["name"] for row in handheld.queries.new_stores("deli ames")] == ["Nick's Deli"]
    visit = handheld.rep.start_visit("D17-S001")
    order = handheld.rep.order("D17-S001", [Wanted("20041", "1", "case")])
    assert (visit["store"], order["store"]) == (made["id"], made["id"])
    by_kind = {one["kind"]: one["raw"] for one in handheld.queries.changes()}
    assert by_kind["visit"]["depends_on"] == [made["change"]]
    assert made["change"] in by_kind["order"]["depends_on"]
    assert edits.new_store(handheld.rep, "Another", {})["code"] == "D17-S002"


def test_contacts_come_and_go(handheld: Handheld) -> None:
    edits.add_contact(handheld.rep, "1042", "Mary Lee", {"phone": "1"})
    edits.edit_contact(handheld.rep, "1042", "mary", {"phone": "2"})
    store = handheld.rep.store("1042")["id"]
    mary = next(r for r in handheld.queries.rows("contact", store) if r["name"] == "Mary Lee")
    assert mary["phone"] == "2"
    edits.remove_contact(handheld.rep, "1042", "Mary Lee")
    with pytest.raises(Refused, match="no one contact called Mary Lee"):
        edits.edit_contact(handheld.rep, "1042", "Mary Lee", {"phone": "3"})


def test_a_card_is_corrected_and_only_what_differs_travels(handheld: Handheld) -> None:
    line = {"product": "20041", "on_shelf": True, "facings": 3, "shelf_stock": 12}
    handheld.rep.card("1042", [line])
    corrected = [line | {"facings": 4}, {"product": "904", "on_shelf": True}]
    card = edits.amend_card(handheld.rep, "1042", corrected, "counted again")
    assert [one[:4] for one in card["lines"]] == [
        ["20041", None, True, 4], ["904", None, True, None],
    ]  # fmt: skip
    sent = handheld.queries.changes()[-1]["raw"]["body"]
    assert sent["lines"] == [
        {"product": "20041", "set": {"facings": 4}, "base": {"facings": 3}},
        {"product": "904", "set": {"on_shelf": True}, "base": {}},
    ]
    with pytest.raises(Refused, match="says so already"):
        edits.amend_card(handheld.rep, "1042", corrected)


def test_everything_that_travels_is_what_the_contract_says(handheld: Handheld) -> None:
    edits.new_store(handheld.rep, "Nick's Deli", {"position": "41.5869,-93.625,8"})
    edits.edit_store(handheld.rep, "1042", {"phone": "1", "terms_days": 30})
    edits.add_contact(handheld.rep, "1042", "Mary", {})
    edits.remove_contact(handheld.rep, "1042", "Mary")
    handheld.rep.card("1042", [{"product": "20041", "on_shelf": True}])
    edits.amend_card(handheld.rep, "1042", [{"product": "20041", "on_shelf": False}])
    handheld.rep.plan("877", date(2026, 11, 23))
    handheld.rep.move_stop("877", date(2026, 11, 23), date(2026, 11, 24))
    for change in handheld.queries.changes():
        told = WIRE["change"]().load({"n": 1} | change["raw"])
        BODIES[told["kind"], told["act"]]().load(msgspec.json.decode(told["body"]))
    words = [one["what"] for one in screens_work.outbox(handheld.rep)["changes"]]
    assert words[:4] == [
        "new store D17-S001 Nick's Deli", "store changed: phone, terms days", "contact: name",
        "contact has left",
    ]  # fmt: skip
    moved = handheld.queries.changes()[-1]["raw"]["body"]
    assert moved["base"] == {"day": "2026-11-23", "sequence": 1, "state": "planned"}


def test_the_handheld_and_the_server_know_the_same_fields() -> None:
    assert set(edits.STORE_FIELDS) == OWNERS["store"].keys()
    assert {*edits.CONTACT_FIELDS, "state"} == OWNERS["contact"].keys()
    wholes = {name for name, field in OWNERS["store"].items() if field.holds == "whole"}
    assert wholes == edits.WHOLE


# --- with the real server --------------------------------------------------------------------


@pytest.mark.rule(14)
def test_both_sides_edit_a_store_and_the_rep_reads_what_became_of_it(
    real: Real, world: World,  # noqa: F811
) -> None:  # fmt: skip
    store = world.stores[0]
    edits.edit_store(
        real.rep, "s001", {"phone": "555-0102", "tax_id": "12-77", "opening_hours": "Mo-Fr 8-18"}
    )
    world.run("UPDATE store SET phone = '555-0199', tax_id = '12-34' WHERE id = %s", store)
    assert real.sync().state == "done"
    shown = real.rep.store("s001")
    assert (shown["phone"], shown["opening_hours"], shown["tax_id"]) == (
        "555-0102",
        "Mo-Fr 8-18",
        "12-34",
    )
    (read,) = screens_work.verdicts(real.rep, everything=False)["verdicts"]
    said = " ".join(one["says"] for one in read["conflicts"])
    assert "tax number of Store 1 is for the office to set" in said
    assert "changed the phone of Store 1 from empty to 555-0199. Your 555-0102 stands" in said
    asked = [row for row in real.queries.pulled("conflict") if row["item"] == "request"]
    assert sorted(row["field"] for row in asked) == ["phone", "tax_id"]
    offered = next(row for row in asked if row["field"] == "phone")
    assert [name for name, _ in offered["answers"]] == [
        "keep_mine", "take_theirs",
    ]  # fmt: skip


@pytest.mark.rule(17)
def test_a_contact_deleted_by_the_office_does_not_come_back_from_the_field(
    real: Real, world: World,  # noqa: F811
) -> None:  # fmt: skip
    contact = edits.add_contact(real.rep, "s001", "Mary", {"phone": "1"})
    real.sync()
    edits.edit_contact(real.rep, "s001", "Mary", {"phone": "2"})
    with world.begin() as conn:
        remove(conn, CELL, "contact", [contact["id"]])
    assert real.sync().state == "done"
    assert world.one("SELECT count(*) FROM contact") == 0
    assert real.queries.pulled("contact") == []
    (read,) = screens_work.verdicts(real.rep, everything=False)["verdicts"]
    assert (read["outcome"], read["what"]) == ("held", "contact: phone")
    assert "was deleted by the office" in read["conflicts"][0]["says"]


@pytest.mark.rule(15)
def test_a_store_found_in_the_field_is_the_reps_with_all_that_hangs_on_it(
    real: Real, world: World,  # noqa: F811
) -> None:  # fmt: skip
    made = edits.new_store(real.rep, "Nick's Deli", {"phone": "555-0102"})
    edits.add_contact(real.rep, made["code"], "Nick", {})
    real.rep.order(made["code"], [Wanted("p001", "3")])
    assert real.sync().state == "done"
    assert real.sync().state == "done"
    shown = real.rep.store(made["code"])
    assert (shown["status"], shown["unsent"], shown["version"]) == ("pending", False, 1)
    assert [row["name"] for row in real.queries.rows("contact", made["id"])] == ["Nick"]
    held = real.queries.rows("order", made["id"])[0]
    assert (held["state"], held["holds"]) == ("held", ["store_pending"])


@pytest.mark.rule(9)
def test_a_corrected_card_comes_back_with_its_history(
    real: Real, world: World,  # noqa: F811
) -> None:  # fmt: skip
    real.rep.card("s001", [{"product": "p001", "on_shelf": True, "facings": 3}])
    real.sync()
    world.run("UPDATE visit_card SET lines = jsonb_set(lines, '{0,3}', '6')")
    edits.amend_card(real.rep, "s001", [{"product": "p001", "facings": 4}], "counted again")
    assert real.sync().state == "done"
    (card,) = real.queries.rows("card", world.stores[0])
    assert (card["state"], card["lines"][0][3], card["unsent"]) == ("amended", 4, False)
    assert card["amendments"][0][2:7] == ["p001", "facings", 6, 4, True]


@pytest.mark.rule(10)
def test_a_stop_moved_by_both_ends_where_the_rule_says_on_both_sides(
    real: Real, world: World,  # noqa: F811
) -> None:  # fmt: skip
    monday = world.now.date() + timedelta(days=7 - world.now.weekday())
    stop = real.rep.plan("s001", monday)
    real.sync()
    row = {"id": stop["id"], "rep": "r01", "store": world.stores[0], "sequence": 1,
           "state": "planned", "pinned": False, "reason": None, "visit": None}  # fmt: skip
    for to, ends in ((3, 1), (9, 9)):  # within the week the rep's, else the office's
        with world.begin() as conn:
            write(conn, CELL, "plan_stop", [row | {"day": monday}], "user:desk")
        real.sync()
        real.rep.move_stop("s001", monday, monday + timedelta(days=1))
        with world.begin() as conn:
            day = monday + timedelta(days=to)
            write(conn, CELL, "plan_stop", [row | {"day": day}], "user:desk")
        assert real.sync().state == "done"
        expected = (monday + timedelta(days=ends)).isoformat()
        assert world.one("SELECT day::text FROM plan_stop") == expected
        assert real.queries.row("plan_stop", stop["id"])["day"] == expected  # type: ignore[index]


@pytest.mark.rule(16)
def test_what_was_given_away_is_purged_only_when_the_queue_is_empty_and_late_edits_are_refused(
    real: Real, world: World,  # noqa: F811
) -> None:  # fmt: skip
    store = world.stores[0]
    visit = real.rep.start_visit("s001")
    with world.begin() as conn:
        unassign(conn, CELL, "r01", [store], world.now)
    real.spoil = lambda call, reply: None if call.path.endswith("/push") else reply
    real.sync()
    from handhelds.reference import device

    talk = device.pull(real.local, real.clock)
    call = next(talk)
    try:
        while True:
            call = talk.send(real.send(call))
    except StopIteration:
        pass
    assert real.rep.store("s001")["grey"], "unsent work still refers to it"
    world.run("UPDATE scope_grant SET valid_to = now() - interval '1 second' WHERE scope = %s",
              f"st:{store}")  # fmt: skip
    edits.edit_store(real.rep, "s001", {"phone": "555-0102"})
    real.spoil = lambda call, reply: reply
    assert real.sync().state == "done"
    assert world.one("SELECT rep FROM visit WHERE id = %s", visit["id"]) == "r01"
    told = screens_work.verdicts(real.rep, everything=True)["verdicts"]
    refused = next(one for one in told if one["kind"] == "store")
    assert refused["outcome"] == "rejected"
    assert "not yours any more" in refused["conflicts"][0]["says"]
    assert real.queries.store("s001") is None, "the queue is empty: it is gone from here"
    assert world.one("SELECT phone FROM store WHERE id = %s", store) is None
