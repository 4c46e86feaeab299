"""People in the console."""

from flask import Flask

from tests.server.console import Console, enlist, signed_in
from tests.world import World


def test_somebody_is_invited_and_gets_a_link(admin: Console, world: World) -> None:
    told = admin.post(
        "/office/people/", code="Faye.O", name=" Faye  Okafor ", role=["finance"], cell="1"
    )
    assert "Faye Okafor" in told.text
    assert "Invited" in told.text
    row = world.rows("SELECT name, roles, state, cell FROM app_user WHERE code = 'faye.o'")
    assert row == [("Faye Okafor", ["finance"], "invited", 1)]
    assert "/office/password/invitation/" in admin.post("/office/people/faye.o/link").text


def test_a_faulty_invitation_says_what_is_wrong(admin: Console, world: World) -> None:
    good = {"code": "faye", "name": "Faye", "role": ["finance"], "cell": "1"}
    for wrong, says in (
        ({"code": "fa ye"}, "A user name has small letters"),
        ({"name": " "}, "Give the person"),
        ({"role": ["emperor"]}, "Choose at least one role"),
        ({"cell": "99"}, "Choose where the person belongs"),
        ({"cell": "x"}, "Choose where the person belongs"),
        ({"code": "r01"}, "is taken"),
    ):
        assert says in admin.post("/office/people/", **{**good, **wrong}).text
    assert world.one("SELECT count(*) FROM app_user WHERE code = 'faye'") == 0


def test_suspending_somebody_ends_their_session_at_once(
    app: Flask, admin: Console, world: World
) -> None:
    dora = signed_in(app, world, "dora", "order_desk")
    admin.post("/office/people/dora", name="Dora", role=["order_desk"], state="suspended")
    assert dora.get("/office/").status_code == 302
    assert dora.sign_in("dora").status_code == 401


def test_a_role_taken_away_is_gone_at_once(app: Flask, admin: Console, world: World) -> None:
    other = signed_in(app, world, "otto", "admin")
    admin.post("/office/people/otto", name="Otto", role=["warehouse"], state="active")
    other.sign_in("otto")
    assert other.get("/office/people/").status_code == 403


def test_nobody_locks_themselves_out(admin: Console, world: World) -> None:
    for fields in ({"role": ["finance"], "state": "active"}, {"role": ["admin"], "state": "left"}):
        told = admin.post("/office/people/alma", name="Alma", **fields)
        assert "You cannot take your own access away" in told.text
    assert world.rows("SELECT roles, state FROM app_user WHERE code = 'alma'") == [
        (["admin"], "active")
    ]


def test_an_invited_account_cannot_be_made_active_without_a_password(
    admin: Console, world: World
) -> None:
    admin.post("/office/people/", code="faye", name="Faye", role=["finance"], cell="1")
    told = admin.post("/office/people/faye", name="Faye", role=["finance"], state="active")
    assert "not possible from here" in told.text


def test_a_change_is_in_the_audit_trail_with_before_and_after(admin: Console, world: World) -> None:
    enlist(world, "dora", "order_desk")
    admin.post("/office/people/dora", name="Dora K", role=["finance"], state="active")
    rows = world.rows("SELECT who, before->>'name', after->>'name' FROM audit")
    assert rows == [("user:alma", "Dora", "Dora K")]


def test_an_admin_of_one_cell_sees_and_changes_only_its_people(app: Flask, world: World) -> None:
    east = signed_in(app, world, "eve", "admin", cell=3)
    page = east.page("/office/people/")
    assert "Ana" not in page
    assert east.get("/office/people/r01").status_code == 404
    told = east.post("/office/people/r01", name="X", role=["rep"], state="left")
    assert told.status_code == 404
    assert (
        "belongs"
        in east.post("/office/people/", code="new", name="New", role=["admin"], cell="1").text
    )
