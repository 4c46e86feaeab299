"""Handhelds in the console."""

import base64
import re
from datetime import UTC, datetime

from flask import Flask

from server.access.devices import enrol
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
