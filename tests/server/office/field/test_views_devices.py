"""Handhelds in the console."""

import base64
import re
from datetime import UTC, datetime

from flask import Flask

from server.access.devices import enrol
from sync.feed import Entry, publish
from tests.server.console import Console, signed_in
from tests.world import World


def test_a_code_is_shown_once_with_its_picture_and_enrols_a_handheld(
    admin: Console, world: World
) -> None:
    told = admin.post("/office/handhelds/code", rep="r01")
    assert told.headers["Cache-Control"] == "no-store"
    code = re.search(r'id="code">([A-Z0-9-]{9})<', told.text)
    assert code is not None
    picture = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', told.text)
    assert picture is not None
    assert b"<svg" in base64.b64decode(picture.group(1))
    assert code.group(1) not in admin.page("/office/handhelds/")
    answer = enrol(world.engine, code.group(1), "i-9", "m", "a", datetime.now(UTC), "10.0.0.1")
    assert answer["rep"]["code"] == "r01"
    assert "Enrolled" in admin.page("/office/handhelds/")


def test_no_code_for_somebody_who_is_no_rep_or_of_another_cell(
    app: Flask, admin: Console, world: World
) -> None:
    assert admin.post("/office/handhelds/code", rep="nemo").status_code == 404
    assert admin.post("/office/handhelds/code", rep="alma").status_code == 409
    east = signed_in(app, world, "eve", "supervisor", cell=3)
    assert east.post("/office/handhelds/code", rep="r01").status_code == 404
    assert world.one("SELECT count(*) FROM enrolment") == 0


def test_the_list_shows_what_is_unsent_and_how_old(admin: Console, world: World) -> None:
    world.rows(
        "UPDATE device SET queue_depth = 4, oldest_unsent = now() - interval '3 days',"
        " clock_offset_ms = -460000, app_version = 'reference 0.9' RETURNING 1"
    )
    page = admin.page("/office/handhelds/")
    for word in ("<strong>4</strong>", "3 d old", "7 min ahead", "reference 0.9"):
        assert word in page, word


def test_a_handheld_long_not_seen_says_so(admin: Console, world: World) -> None:
    world.rows("UPDATE device SET enrolled_at = now() - interval '9 days' RETURNING 1")
    assert "Not seen lately" in admin.page("/office/handhelds/")


def test_revoking_can_be_undone_and_both_are_in_the_audit_trail(
    admin: Console, world: World
) -> None:
    assert "is revoked" in admin.post("/office/handhelds/2/d-1/revoke").text
    assert world.one("SELECT state FROM device") == "revoked"
    assert admin.post("/office/handhelds/2/d-1/revoke").status_code == 409
    assert "in use again" in admin.post("/office/handhelds/2/d-1/restore").text
    assert world.one("SELECT state FROM device") == "active"
    rows = world.rows("SELECT who, action, subject FROM audit ORDER BY at, id")
    assert rows == [
        ("user:alma", "device.revoked", "device/d-1"),
        ("user:alma", "device.active", "device/d-1"),
    ]


def test_nobody_revokes_a_handheld_of_another_cell(app: Flask, world: World) -> None:
    east = signed_in(app, world, "eve", "supervisor", cell=3)
    assert east.post("/office/handhelds/2/d-1/revoke").status_code == 404
    assert "Ana" not in east.page("/office/handhelds/")
    assert world.one("SELECT state FROM device") == "active"


def test_a_copied_handheld_is_told_in_a_sentence_with_its_remedy(
    admin: Console, world: World
) -> None:
    world.run("UPDATE device SET trouble = 'cloned', state = 'locked', free_bytes = 5000000")
    page = admin.page("/office/handhelds/?show=look")
    for word in ("it was copied", "Enrol both anew", "fetches no news", "need a look 1"):
        assert word in page, word
    assert "None of these" in admin.page("/office/handhelds/?show=out")
    assert "D1" in admin.page("/office/handhelds/?show=nonsense")


def test_how_many_rows_wait_for_a_handheld(admin: Console, world: World) -> None:
    world.run(
        "INSERT INTO cursor (cell, id, device, epoch, schema, positions, scopes, made_at)"
        " SELECT 2, 'c-1', 'd-1', 'e', 1, jsonb_build_object('2', pos), %s, now()"
        " FROM feed WHERE cell = 2",
        [f"2 st:{world.stores[0]}"],
    )
    world.run("UPDATE device SET last_pull_at = now()")
    assert '<span class="quiet">nothing</span>' in admin.page("/office/handhelds/")
    with world.begin() as conn:
        publish(conn, 2, [Entry(f"st:{world.stores[0]}", "visit", str(n)) for n in range(3)])
        publish(conn, 2, [Entry(f"st:{world.stores[1]}", "visit", "9")])  # not a scope it holds
    assert "3 rows" in admin.page("/office/handhelds/")


def test_the_lease_is_the_admins_to_set_and_reaches_handhelds(
    app: Flask, admin: Console, world: World
) -> None:
    assert "lock after 30 days" in admin.post("/office/handhelds/lease", days="30").text
    assert world.one("SELECT lease_days FROM company") == 30
    assert world.rows("SELECT action, after ->> 'days' FROM audit") == [("lease.set", "30")]
    for wrong in ("", "-1", "9999", "x", "٣"):
        assert admin.post("/office/handhelds/lease", days=wrong).status_code == 422, wrong
    lead = signed_in(app, world, "sam", "supervisor")
    assert lead.post("/office/handhelds/lease", days="1").status_code == 403
    assert 'name="days"' not in lead.page("/office/handhelds/")
    assert "never lock" in admin.post("/office/handhelds/lease", days="0").text
