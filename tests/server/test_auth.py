"""Who may ask for what: sessions, CSRF, roles, programs, and how often anyone may try."""

import itertools
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from server import asking, auth
from server.access import people, queries
from tests.server.console import PASSWORD, TOKEN, Console, enlist, make_app, signed_in
from tests.world import World, build

BOARD = "/office/"


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, stores=2, products=1)


@pytest.fixture
def app(world: World, database_url: str, tmp_path: Path) -> Flask:
    return make_app(world.engine, database_url, tmp_path)


def test_a_person_signs_in_sees_the_board_and_signs_out(app: Flask, world: World) -> None:
    desk = signed_in(app, world, "dora", "order_desk")
    assert "Dora" in desk.page(BOARD)
    assert desk.post("/office/sign-out", follow=False).status_code == 302
    assert desk.get(BOARD).status_code == 302


def test_a_stranger_is_shown_the_way_in_and_comes_back_to_where_he_was_going(
    app: Flask, world: World
) -> None:
    enlist(world, "dora", "order_desk")
    console = Console(app, world)
    away = console.get("/office/inbox?x=1")
    assert away.headers["Location"].startswith("/office/sign-in?next=")
    told = console.sign_in("dora", next="/office/inbox?x=1")
    assert told.headers["Location"] == "/office/inbox?x=1"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/office/\\evil", "/sync/v1/pull"]
)
def test_signing_in_never_leads_out_of_the_console(app: Flask, world: World, target: str) -> None:
    enlist(world, "dora", "order_desk")
    assert Console(app, world).sign_in("dora", next=target).headers["Location"] == BOARD


def test_a_wrong_password_and_an_unknown_name_read_the_same(app: Flask, world: World) -> None:
    enlist(world, "dora", "order_desk")
    console = Console(app, world)
    wrong, unknown = console.sign_in("dora", "wrong password"), console.sign_in("nemo", "x" * 12)
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "Name and password do not match" in wrong.text
    same = [
        TOKEN.sub("", told.text).replace(name, "?")
        for told, name in ((wrong, "dora"), (unknown, "nemo"))
    ]
    assert same[0] == same[1]


def test_guessing_one_account_is_braked_whatever_the_address(app: Flask, world: World) -> None:
    enlist(world, "dora", "order_desk")
    addresses = (f"10.0.{n}.1" for n in itertools.count())
    statuses = []
    for address in itertools.islice(addresses, 10):
        console = Console(app, world)
        console.client.environ_base["REMOTE_ADDR"] = address
        statuses.append(console.sign_in("dora", "wrong password").status_code)
    assert statuses == [401] * 6 + [429] * 4


def test_guessing_from_one_address_is_braked_whatever_the_account(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime.now(UTC)  # time stands still: nothing is refilled however slow the machine
    monkeypatch.setattr(asking, "now", lambda: at)
    console = Console(app, world)
    statuses = [console.sign_in(f"name{n}", "wrong password").status_code for n in range(25)]
    assert statuses.count(401) == auth.FROM_ADDRESS.burst


def test_signing_in_well_is_not_counted_against_an_account(app: Flask, world: World) -> None:
    enlist(world, "dora", "order_desk")
    assert [Console(app, world).sign_in("dora").status_code for _ in range(9)] == [302] * 9


def test_a_rep_has_no_part_in_the_console(app: Flask, world: World) -> None:
    enlist(world, "rita", "rep", cell=2)
    console = Console(app, world)
    assert console.sign_in("rita").status_code == 403
    assert console.get(BOARD).status_code == 302


@pytest.mark.parametrize("end", ["reset", "suspend", "everywhere"])
def test_every_session_of_a_person_can_be_ended(app: Flask, world: World, end: str) -> None:
    one = signed_in(app, world, "dora", "order_desk")
    other = Console(app, world)
    other.sign_in("dora")
    assert other.get(BOARD).status_code == 200
    with world.begin() as conn:
        if end == "reset":
            people.set_password(conn, world.company, "dora", "another horse 43")
        elif end == "suspend":
            queries.change_person(conn, world.company, "dora", {"state": "suspended"})
    if end == "everywhere":
        one.post("/office/sign-out", everywhere="1")
    assert one.get(BOARD).status_code == 302
    assert other.get(BOARD).status_code == 302


def test_a_form_without_its_token_or_from_another_site_is_refused(app: Flask, world: World) -> None:
    admin = signed_in(app, world, "alma", "admin")
    assert admin.client.post("/office/sign-out").status_code == 403
    assert admin.client.post("/office/sign-out", data={"csrf_token": "x"}).status_code == 403
    token = admin.token(admin.page(BOARD))
    elsewhere = {"Origin": "https://evil.example"}
    told = admin.client.post("/office/sign-out", data={"csrf_token": token}, headers=elsewhere)
    assert told.status_code == 403
    null = {"Origin": "null"}
    told = admin.client.post("/office/sign-out", data={"csrf_token": token}, headers=null)
    assert told.status_code == 403
    assert admin.get(BOARD).status_code == 200
    stranger = app.test_client()
    form = {"code": "alma", "password": PASSWORD}
    assert stranger.post("/office/sign-in", data=form).status_code == 403


def test_a_session_signed_with_another_key_is_nobodys(
    app: Flask, world: World, database_url: str, tmp_path: Path
) -> None:
    enlist(world, "dora", "order_desk")
    other = make_app(world.engine, database_url, tmp_path, TALARIA_SECRET_KEY="z" * 40)
    forged = Console(other, world)
    forged.sign_in("dora")
    cookie = forged.client.get_cookie("talaria")
    assert cookie is not None
    stranger = app.test_client()
    stranger.set_cookie("talaria", cookie.value)
    assert stranger.get(BOARD).status_code == 302


def test_every_route_turns_away_whoever_it_does_not_name(app: Flask, world: World) -> None:
    """Actor x route, from the map itself: nobody, each console role, a made-up handheld."""
    actors: dict[str, Console] = {"nobody": Console(app, world)}
    for role in sorted(auth.CONSOLE):
        actors[role] = signed_in(app, world, f"the-{role.replace('_', '-')}", role)
    checked = 0
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            need = auth.need_of(app.view_functions[rule.endpoint], method)
            assert need is not None
            path = rule.rule
            for name in rule.arguments:
                value = "0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b" if "uuid" in path else "1"
                path = path.replace(f"<int:{name}>", "1").replace(f"<uuid:{name}>", value)
                path = path.replace(f"<path:{name}>", "x").replace(f"<{name}>", "x")
                path = re.sub(rf"<any\((\w+)[^)]*\):{name}>", r"\1", path)
            for actor, console in actors.items():
                allowed = (
                    "public" in need.roles
                    or ("office" in need.roles and actor != "nobody")
                    or actor in need.roles
                )
                if allowed or rule.rule == "/office/events":
                    continue
                token = "x" if actor == "nobody" else console.token(console.page(BOARD))
                told = (
                    console.client.get(path)
                    if method == "GET"
                    else console.client.post(path, data={"csrf_token": token})
                )
                assert told.status_code in (302, 401, 403), (actor, method, path, told.status)
                assert "Dora" not in told.text
                checked += 1
    assert checked > 80


def test_what_a_role_may_do_is_told_from_the_routes_themselves(app: Flask) -> None:
    duties = auth.duties(app)
    assert "look after people and their roles" in duties["admin"]
    assert "look after people and their roles" not in duties["supervisor"]
    assert "watch orders land" in duties["warehouse"]
    assert duties["rep"] == []


def test_a_program_names_itself_in_each_request(app: Flask, world: World) -> None:
    enlist(world, "erp", "integration")
    client = app.test_client()
    outside = {"REMOTE_ADDR": "10.0.0.7"}
    for name in ("erp", "acme/erp"):
        told = client.get("/metrics", auth=(name, PASSWORD), environ_base=outside)
        assert told.status_code == 200
        assert "Set-Cookie" not in told.headers
    assert client.get("/metrics", auth=("erp", "wrong"), environ_base=outside).status_code == 401
    assert client.get("/metrics", environ_base=outside).status_code == 401
    assert client.get(BOARD, auth=("erp", PASSWORD)).status_code == 302


def test_a_link_from_an_administrator_sets_a_password_once(app: Flask, world: World) -> None:
    admin = signed_in(app, world, "alma", "admin")
    enlist(world, "dora", "order_desk")
    page = admin.post("/office/people/dora/link").text
    link = page.split('id="link">')[1].split("<")[0]
    path = link.removeprefix("http://127.0.0.1:8080")
    dora = Console(app, world)
    form = {"csrf_token": dora.token(dora.page(path)), "password": "a new horse 44"}
    assert dora.client.post(path, data=form | {"again": "other"}).status_code == 422
    assert dora.client.post(path, data=form | {"again": "a new horse 44"}).status_code == 302
    assert dora.get(path).status_code == 410
    assert dora.sign_in("dora", "a new horse 44").status_code == 302
    assert dora.get("/office/password/other/x").status_code == 404
    who = world.rows("SELECT who, action FROM audit WHERE subject = 'user/dora' ORDER BY at, id")
    assert who == [("user:alma", "user.link_made"), ("user:dora", "user.password_set")]


def test_with_several_companies_the_form_asks_for_one(app: Flask, world: World) -> None:
    enlist(world, "dora", "order_desk")
    assert 'name="company"' not in Console(app, world).page("/office/sign-in")
    world.rows(
        "INSERT INTO company (id, code, name, currency, zone, last_device_no)"
        " VALUES (gen_random_uuid(), 'zeta', 'Zeta', 'EUR', 'Europe/Berlin', 0) RETURNING 1"
    )
    console = Console(app, world)
    assert 'name="company"' in console.page("/office/sign-in")
    assert console.sign_in("dora").status_code == 401
    assert console.sign_in("dora", company="zeta").status_code == 401
    assert console.sign_in("dora", company="acme").status_code == 302
