"""Accounts: passwords, and links that set one."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from server.access import people, queries
from tests.world import World, build

GOOD = "correct horse 42"
KEY = "k" * 40


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, stores=2, products=1)


@pytest.fixture
def conn(world: World) -> Iterator[Connection]:
    with world.begin() as conn:
        yield conn


def test_the_right_password_lets_in_and_a_wrong_one_does_not(
    conn: Connection, world: World
) -> None:
    people.set_password(conn, world.company, "desk", GOOD)
    found = people.check_password(conn, world.company, "desk", GOOD)
    assert found is not None
    assert (found.code, found.roles) == ("desk", {"order_desk"})
    assert people.check_password(conn, world.company, "desk", GOOD + "x") is None
    assert people.check_password(conn, world.company, "nobody", GOOD) is None
    assert people.check_password(conn, None, "desk", GOOD) is None


def test_an_account_without_a_password_cannot_come_in(conn: Connection, world: World) -> None:
    assert people.check_password(conn, world.company, "desk", "") is None
    assert people.check_password(conn, world.company, "desk", "None") is None


def test_a_password_is_kept_as_argon2id_at_the_parameters_promised(
    conn: Connection, world: World
) -> None:
    people.set_password(conn, world.company, "desk", GOOD)
    row = queries.person(conn, world.company, "desk")
    assert row.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    "password", ["short", "a" * 200, "aaaaaaaaaaaaaaaa", "desk desk desk desk 1"]
)
def test_a_weak_password_is_refused_with_a_reason(
    conn: Connection, world: World, password: str
) -> None:
    with pytest.raises(ValueError, match=r"^(Use|Leave)"):
        people.set_password(conn, world.company, "desk", password)


def test_setting_a_password_ends_sessions_and_makes_an_invited_account_active(
    conn: Connection, world: World
) -> None:
    assert people.invite(conn, world.company, "new", "New", ("admin",), 1, world.now)
    assert not people.invite(conn, world.company, "new", "Other", ("admin",), 1, world.now)
    before = queries.person(conn, world.company, "new")
    people.set_password(conn, world.company, "new", GOOD)
    after = queries.person(conn, world.company, "new")
    assert (before.state, after.state) == ("invited", "active")
    assert after.session_no > before.session_no


def test_whoever_belongs_to_the_company_sees_every_cell_others_their_own(
    conn: Connection, world: World
) -> None:
    people.invite(conn, world.company, "boss", "Boss", ("admin",), 1, world.now)
    people.set_password(conn, world.company, "boss", GOOD)
    boss = people.person_of(conn, world.company, "boss")
    desk = people.person_of(conn, world.company, "desk")
    assert boss is not None
    assert desk is not None
    assert (boss.cells, desk.cells) == ((1, 2, 3), (2,))


def test_a_link_works_once(conn: Connection, world: World) -> None:
    row = queries.person(conn, world.company, "desk")
    token = people.make_link_token(KEY, "reset", world.company, "desk", row.session_no)
    assert people.read_link_token(conn, KEY, "reset", token) == (world.company, "desk")
    people.set_password(conn, world.company, "desk", GOOD)
    assert people.read_link_token(conn, KEY, "reset", token) is None


def test_a_link_of_another_kind_key_or_state_is_worth_nothing(
    conn: Connection, world: World
) -> None:
    row = queries.person(conn, world.company, "desk")
    token = people.make_link_token(KEY, "reset", world.company, "desk", row.session_no)
    assert people.read_link_token(conn, KEY, "invitation", token) is None
    assert people.read_link_token(conn, "z" * 40, "reset", token) is None
    assert people.read_link_token(conn, KEY, "reset", token[:-1]) is None
    queries.change_person(conn, world.company, "desk", {"state": "suspended"})
    assert people.read_link_token(conn, KEY, "reset", token) is None


def test_a_link_grows_too_old(
    conn: Connection, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queries.person(conn, world.company, "desk")
    token = people.make_link_token(KEY, "reset", world.company, "desk", row.session_no)
    monkeypatch.setitem(people.LINK_AGE_S, "reset", -1)
    assert people.read_link_token(conn, KEY, "reset", token) is None
