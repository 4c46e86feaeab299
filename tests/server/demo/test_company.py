"""The demo's company: loaded once, with people and trouble; a second start changes nothing."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from server.access.people import check_password, password_fault
from server.commands.demo import LAST_DAY, _fill
from server.database import transaction
from server.demo.company import PEOPLE, Cast, enrolment_code, found, trouble

STANDIN = ("http://127.0.0.1:9", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")


@pytest.fixture
def cast(engine: Engine) -> Cast:
    return found(engine, _fill, *STANDIN)


def one(engine: Engine, sql: str) -> object:
    with transaction(engine) as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        row = raw.execute(sql).fetchone()
        assert row is not None
        return row[0]


def test_the_company_comes_from_the_record_and_says_so(engine: Engine, cast: Cast) -> None:
    assert "Iowa" in str(one(engine, "SELECT source FROM company"))
    assert one(engine, "SELECT count(*) FROM store") == 60
    assert one(engine, "SELECT count(*) FROM product") == 180
    newest = one(engine, "SELECT max(captured_at) FROM orders")
    assert isinstance(newest, datetime)
    assert 0 <= (datetime.now(UTC) - newest).days <= 8, LAST_DAY


def test_everybody_of_the_cast_can_do_their_part(engine: Engine, cast: Cast) -> None:
    with transaction(engine) as conn:
        for code, _, roles, password in PEOPLE:
            if password:
                assert password_fault(password, code) is None
                person = check_password(conn, cast.company, code, password)
                assert person is not None
                assert person.roles == set(roles)
    assert len(enrolment_code(engine, cast, "ana")) == 9
    for rep in ("ana", "ben"):
        assert len(cast.stores[rep]) == 12
    mine = {store["id"] for store in cast.stores["ana"]}
    assert mine.isdisjoint(store["id"] for store in cast.stores["ben"])


def test_the_trouble_is_really_there(engine: Engine, cast: Cast) -> None:
    trouble(engine, cast)
    code = cast.short["code"]
    left = f"SELECT on_hand - allocated - blocked - safety FROM stock WHERE product = '{code}'"
    assert one(engine, left) == cast.short_left
    assert cast.short["case_each"] < cast.short_left < 2 * cast.short["case_each"]
    assert one(engine, "SELECT count(*) FROM credit_account WHERE blocked_reason IS NOT NULL") == 1
    assert cast.short not in cast.goods[:6]


def test_two_promotions_run_and_the_one_with_a_budget_is_for_nothing_the_day_orders(
    engine: Engine, cast: Cast
) -> None:
    live = "SELECT count(*) FROM promotion WHERE state = 'live' AND now() BETWEEN valid_from"
    assert one(engine, f"{live} AND valid_to") == 2
    products = "SELECT products FROM promotion WHERE cap_minor IS {} NULL"
    assert one(engine, products.format("")) == [cast.goods[0]["code"]]
    assert one(engine, products.format("NOT")) == [cast.goods[6]["code"]]
    assert cast.goods[6] != cast.short
    case = cast.goods[0]["case_each"]
    assert one(engine, "SELECT tiers -> 0 -> 0 FROM promotion WHERE kind = 'tiers'") == 2 * case


def test_a_second_start_changes_nothing_but_where_orders_go(engine: Engine, cast: Cast) -> None:
    heads = "SELECT sum(pos) FROM feed"
    before = one(engine, heads)
    again = found(engine, None, "http://127.0.0.1:10", STANDIN[1])
    assert one(engine, heads) == before
    assert again == cast
    assert one(engine, "SELECT url FROM delivery_target") == "http://127.0.0.1:10"


def test_a_start_that_was_interrupted_goes_on(engine: Engine, cast: Cast) -> None:
    before = one(engine, "SELECT sum(pos) FROM feed")
    assert found(engine, _fill, *STANDIN) == cast
    assert one(engine, "SELECT sum(pos) FROM feed") == before
