"""One store at the console: edited, its people, approved, merged."""

import re
from typing import Any

import pytest

from schemas.ids import uuid7
from tests.server.console import Console
from tests.world import World, change, order_body


def form_of(page: str, action: str) -> dict[str, str]:
    """The inputs of the form with this action, as a browser would send them."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.S)
    assert form, f"no form for {action}"
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form.group(1)):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name:
            found[name.group(1)] = value.group(1) if value else ""
    return found


def sent(world: World, kind: str, act: str, body: dict[str, Any]) -> dict[str, Any]:
    n = world.one("SELECT coalesce(max(n), 0) + 1 FROM receipt")
    verdicts, answer = world.push(world.carrier(), [change(n, kind, act, body)])
    assert answer.faults == []
    return verdicts[0]


def test_a_store_is_edited_and_the_handheld_is_told(desk: Console, world: World) -> None:
    path = f"/office/stores/{world.stores[0]}"
    form = form_of(desk.page(path), path) | {"phone": "555-0102", "terms_days": "30"}
    assert "Saved." in desk.post(path, **form).text
    row = world.rows("SELECT phone, terms_days, changed_by FROM store WHERE id = %s",
                     world.stores[0])  # fmt: skip
    assert row == [("555-0102", 30, "user:dora")]
    assert "Telephone: <bdi>nothing</bdi> → <bdi>555-0102</bdi>" in desk.page(path)
    before = world.one("SELECT pos FROM feed WHERE cell = 2")
    again = form_of(desk.page(path), path)
    assert "Nothing was changed." in desk.post(path, **again).text
    assert world.one("SELECT pos FROM feed WHERE cell = 2") == before


@pytest.mark.rule(14)
def test_what_a_rep_changed_while_the_page_stood_open_is_shown_beside_and_not_lost(
    desk: Console, world: World
) -> None:
    path = f"/office/stores/{world.stores[0]}"
    form = form_of(desk.page(path), path) | {"phone": "555-0199", "city": "Ames"}
    edit = {"id": world.stores[0], "set": {"phone": "555-0102"}, "base": {"phone": None}}
    sent(world, "store", "edit", edit)
    page = desk.post(path, **form).text
    assert "somebody changed the same meanwhile" in page
    assert "Changed meanwhile to <strong><bdi>555-0102</bdi>" in page
    stands = "SELECT phone, city FROM store WHERE id = %s"
    assert world.rows(stands, world.stores[0]) == [("555-0102", None)]
    again = form_of(page, path)
    assert (again["phone"], again["was_phone"]) == ("555-0199", "555-0102")
    assert "Saved." in desk.post(path, **again).text
    assert world.rows(stands, world.stores[0]) == [("555-0199", "Ames")]


def test_what_fits_no_field_is_said_and_kept_in_the_form(desk: Console, world: World) -> None:
    path = f"/office/stores/{world.stores[0]}"
    form = form_of(desk.page(path), path) | {"terms_days": "soon", "name": ""}
    page = desk.post(path, **form).text
    assert "name: cannot be empty; terms_days: must be a whole number" in page
    assert form_of(page, path)["terms_days"] == "soon"


def test_people_of_a_store_are_added_changed_and_deleted(desk: Console, world: World) -> None:
    path = f"/office/stores/{world.stores[0]}/contacts"
    desk.post(path, act="add", name="Mary", role="owner", phone="")
    contact = world.one("SELECT id::text FROM contact")
    desk.post(path, act="edit", contact=contact, phone="1", was_phone="")
    assert world.rows("SELECT name, role, phone FROM contact") == [("Mary", "owner", "1")]
    told = desk.post(path, act="edit", contact=contact, phone="2", was_phone="").text
    assert "somebody set meanwhile phone: 1" in told
    desk.post(path, act="remove", contact=contact)
    assert world.rows("SELECT id FROM contact") == []
    assert world.one("SELECT act FROM entry WHERE kind = 'contact'") == "gone"


def new_store(world: World, **more: Any) -> str:
    body = {"id": uuid7(), "code": "D1-S001", "name": "Nick's Deli", **more}
    sent(world, "store", "create", body)
    sent(world, "order", "submit", order_body(body["id"], [("p001", 3)]))
    return str(body["id"])


@pytest.mark.rule(15)
def test_a_new_store_is_approved_from_its_page(desk: Console, world: World) -> None:
    store = new_store(world)
    page = desk.page(f"/office/stores/{store}")
    assert "Found in the field." in page
    assert "New store" in page, "what waits is linked"
    assert "Approved" in desk.post(f"/office/stores/{store}/decide", act="approve").text
    assert world.one("SELECT state FROM orders") == "accepted"
    late = desk.post(f"/office/stores/{store}/decide", act="approve").text
    assert "does not wait for approval any more" in late


@pytest.mark.rule(15)
def test_two_stores_are_compared_and_merged(desk: Console, world: World) -> None:
    world.run("UPDATE store SET phone = '515 555 0102' WHERE id = %s", world.stores[1])
    store = new_store(world, phone="515-555-0102")
    page = desk.page(f"/office/stores/{store}/merge")
    assert "same telephone" in page
    told = desk.post(f"/office/stores/{store}/decide", act="merge", into=world.stores[1]).text
    assert "Merged" in told
    assert world.one("SELECT store::text FROM orders") == world.stores[1]
    assert "Merged into" in desk.page(f"/office/stores/{store}")
    none = desk.page(f"/office/stores/{world.stores[0]}/merge?code=nowhere")
    assert "There is no store nowhere" in none


@pytest.mark.parametrize("path", ["/office/stores/{}", "/office/stores/{}/merge"])
def test_a_store_that_is_not_there_is_not_found(desk: Console, path: str) -> None:
    for key in (uuid7(), "nonsense"):
        assert desk.get(path.format(key)).status_code == 404


def test_who_may_not_edit_sees_and_cannot_send(app: Any, world: World) -> None:
    from tests.server.console import signed_in

    clerk = signed_in(app, world, "wanda", "warehouse")
    path = f"/office/stores/{world.stores[0]}"
    assert "readonly" in clerk.page(path)
    assert clerk.post(path, phone="1", was_phone="").status_code == 403


def test_visits_say_how_long_how_near_and_why_nothing_came_of_them(
    desk: Console, world: World
) -> None:
    path = f"/office/stores/{world.stores[0]}"
    assert "No visit yet." in desk.page(path)
    visit = {"id": uuid7(), "store": world.stores[0], "state": "started",
             "started_at": "2026-11-20T16:00:00Z"}  # fmt: skip
    sent(world, "visit", "save", visit)
    assert "not ended" in desk.page(path)
    where = {"lat_deg": "41.60036", "lon_deg": "-93.60000", "distance_m": 40}
    ended = {"state": "done", "ended_at": "2026-11-20T16:24:00Z", "reason": "enough_stock"}
    sent(world, "visit", "save", visit | where | ended | {"note": "<b>asks</b> for cola"})
    far = {"state": "started", "started_at": "2026-11-20T17:00:00Z", "distance_m": 2_345}
    sent(world, "visit", "save", visit | far | {"id": uuid7()})
    skipped = {"state": "skipped", "planned_on": "2026-11-19", "reason": "store_closed"}
    sent(world, "visit", "save", {"id": uuid7(), "store": world.stores[0], **skipped})
    told = re.search(r'aria-label="Visits">(.*?)</section>', desk.page(path), re.S)
    assert told
    for word in ("24 min, 40 m from the store: enough stock", "&lt;b&gt;asks", "2.3 km from the",
                 "not visited: store closed"):  # fmt: skip
        assert word in told.group(1), word
    assert told.group(1).index("2.3 km") < told.group(1).index("24 min")  # the newest first
