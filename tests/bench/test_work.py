"""What bench pushes is real work, and the floor writes the very same rows."""

import pytest
from sqlalchemy import Engine

from bench import company, queries
from bench.floors import Floor
from bench.phone import Inside, Phone
from bench.work import day, documents
from server.app import create_app
from server.database import transaction
from server.hints import conninfo
from server.settings import load
from sync.feed import ensure_epoch

STORES = 4


@pytest.fixture
def made(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> company.Company:
    monkeypatch.setattr(company, "STORES_OF_A_REP", STORES)
    monkeypatch.setattr(company, "SCOPES", 4 + STORES)
    with transaction(engine) as conn:
        ensure_epoch(conn)
    return company.found(engine, lambda words: None, reps=1)


@pytest.fixture
def phone(made: company.Company, database_url: str, tmp_path: object) -> Phone:
    settings = load({"TALARIA_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url})
    app = create_app(settings, made.engine)
    app.extensions["hint"] = lambda text: None
    return Phone(Inside(app), made, made.reps["r01"])


def test_a_day_is_twenty_orders_and_twenty_cards_that_the_server_takes(
    phone: Phone, made: company.Company, owner_url: str
) -> None:
    changes = day(made, phone.rep, STORES, STORES)
    answer = phone.push(changes)
    assert answer.json["acknowledged_through"] == len(changes) == 2 * STORES
    floor = Floor(conninfo(owner_url))
    rows = floor.rows_of(changes)
    for way, schema in ((floor.copy_ms, "floor_copy"), (floor.unnest_ms, "floor_unnest")):
        way(rows)
        args = {"ids": [change["body"]["id"] for change in changes]}
        for table, which in queries.DOCUMENTS.items():
            real = b"".join(sorted(queries.text_out(floor.raw, table, which, args)))
            plain = b"".join(sorted(queries.text_out(floor.raw, table, which, args, schema)))
            assert real == plain != b"", (schema, table)
    floor.close()


def test_a_floor_of_a_batch_that_did_not_arrive_is_refused(
    made: company.Company, owner_url: str
) -> None:
    floor = Floor(conninfo(owner_url))
    with pytest.raises(AssertionError, match="0 documents of 2 are there"):
        floor.rows_of(documents(made, made.reps["r01"], 2))
    floor.close()


def test_a_pull_after_the_push_brings_exactly_what_was_pushed(
    phone: Phone, made: company.Company
) -> None:
    phone.pull()
    pushed = len(phone.push(documents(made, phone.rep, 6)).json["verdicts"])
    told = phone.page().json
    assert len(told["rows"]["order"]["data"]) + len(told["rows"]["card"]["data"]) == pushed == 6


def test_the_rep_who_carries_much_carries_the_scopes_that_are_claimed(
    phone: Phone, made: company.Company
) -> None:
    wide = Phone(phone.line, made, made.reps["wide"])
    assert len(wide.page().json["scopes"]["added"]) == company.SCOPES
