"""A load does what its dry run says, all or nothing if asked, and nothing the second time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from server.feeds import load as module
from server.feeds.founding import ensure_company
from server.feeds.plan import Refused
from server.feeds.read import Unreadable
from tests.server.feeds.conftest import COMPANY, PRODUCTS, STORES, Bench

BAD_STORES = (
    "code,name,lat_deg,lon_deg\ns1,One,42.0,-93.6\ns2,,42,-93\ns3,Three,95,-93\ns1,Again,1,1\n"
)


def test_new_rows_are_written_with_one_entry_each(stocked: Bench) -> None:
    assert stocked.one("SELECT count(*) FROM store") == 2
    assert stocked.rows("SELECT kind, count(*) FROM entry GROUP BY kind ORDER BY kind") == [
        ("product", 2), ("receivable", 2), ("store", 2), ("warehouse", 1),
    ]  # fmt: skip
    assert stocked.rows("SELECT DISTINCT changed_by FROM store") == [("load:stores",)]


@pytest.mark.parametrize(
    ("feed", "content"),
    [
        ("products", PRODUCTS),
        ("stores", STORES),
        ("prices", "product,price,list\np1,1.29,base\np2,0.5,base\n"),
        ("stock", "product,on_hand,safety\np1,100,5\np2,0,\n"),
        ("receivables", "store,number,issued_on,due_on,amount,open\n"
                        "s1,7,2026-11-01,2026-11-15,12.50,12.50\n"),
    ],
)  # fmt: skip
def test_the_same_file_again_writes_no_row_and_no_entry(
    stocked: Bench, feed: str, content: str
) -> None:
    stocked.load(feed, content)
    before = stocked.everything()
    again = stocked.load(feed, content)
    assert (again.new, again.changed, again.same) == (0, 0, again.read)
    assert stocked.everything() == before


def test_good_rows_load_and_bad_ones_are_rejected_with_line_field_value_and_remedy(
    bench: Bench,
) -> None:
    outcome = bench.load("stores", BAD_STORES)
    assert (outcome.read, outcome.new, outcome.rejected) == (4, 1, 3)
    assert bench.rejected == [
        (3, "name", "", "Fill this in: it may not be empty."),
        (5, "code", "s1", "Line 2 says this already: keep one of the two."),
        (4, "lat_deg", "95", "Write degrees between -90 and 90."),
    ]
    assert bench.rows("SELECT code FROM store") == [("s1",)]


def test_strict_is_all_or_nothing(bench: Bench) -> None:
    before = bench.everything()
    outcome = bench.load("stores", BAD_STORES, strict=True)
    assert not outcome.loaded
    assert bench.everything() == before
    assert bench.rows("SELECT rows_read, rows_new, rows_rejected FROM load") == [(4, 0, 3)]


def test_a_dry_run_tells_the_difference_and_writes_nothing(stocked: Bench) -> None:
    before = stocked.everything(), stocked.rows("SELECT count(*) FROM load")
    changed = STORES.replace("One", "Uno") + "s3,Three,Ames,IA,,\n"
    outcome = stocked.load("stores", changed, dry_run=True)
    assert (outcome.new, outcome.changed, outcome.same) == (1, 1, 1)
    assert [(one.key, one.fields) for one in outcome.changes] == [
        ("s1", {"name": ("One", "Uno")}), ("s3", None),
    ]  # fmt: skip
    assert (stocked.everything(), stocked.rows("SELECT count(*) FROM load")) == before


def test_what_a_dry_run_says_is_what_the_load_then_does(stocked: Bench) -> None:
    changed = STORES.replace("One", "Uno") + "s3,Three,Ames,IA,,\n"
    said = stocked.load("stores", changed, dry_run=True)
    did = stocked.load("stores", changed)
    assert (said.new, said.changed, said.same) == (did.new, did.changed, did.same)
    assert stocked.rows("SELECT code, name, version FROM store ORDER BY code") == [
        ("s1", "Uno", 2), ("s2", "Two", 1), ("s3", "Three", 1),
    ]  # fmt: skip


def test_a_changed_row_keeps_its_id_and_makes_one_entry(stocked: Bench) -> None:
    ids = stocked.rows("SELECT id FROM store ORDER BY code")
    pos = stocked.one("SELECT pos FROM feed WHERE cell = 2")
    stocked.load("stores", STORES.replace("One", "Uno"))
    assert stocked.rows("SELECT id FROM store ORDER BY code") == ids
    assert stocked.one("SELECT pos FROM feed WHERE cell = 2") == pos + 1


def test_a_column_the_file_does_not_have_leaves_what_is_stored(stocked: Bench) -> None:
    stocked.load("stores", "code,name\ns1,Uno\n")
    assert stocked.rows("SELECT name, city, lat_deg FROM store WHERE code = 's1'") == [
        ("Uno", "Ames", 42.0)
    ]


def test_every_run_is_in_the_log_and_in_the_audit(bench: Bench) -> None:
    outcome = bench.load("products", PRODUCTS)
    row = bench.rows(
        "SELECT feed, file_name, sha256, by, rows_read, rows_new, rows_rejected,"
        " ended_at >= began_at FROM load"
    )
    assert row == [("products", "test.csv", outcome.sha256, "test", 2, 2, 0, True)]
    audit = bench.rows("SELECT who, action, subject, after->>'rows_new' FROM audit")
    id = bench.one("SELECT id::text FROM load")
    assert audit == [("test", "load", f"load/{id}", "2")]


def test_a_file_cut_short_loads_nothing_of_it(bench: Bench) -> None:
    before = bench.everything()
    with pytest.raises(Unreadable):
        bench.load("products", PRODUCTS + 'p3,"Lime')
    assert bench.everything() == before


def test_a_load_that_breaks_while_writing_leaves_nothing_half(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bench.everything()
    real, calls = module.write, []

    def breaks(*args: object, **named: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("the power went")
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "write", breaks)
    with pytest.raises(RuntimeError):
        bench.load("stores", STORES)  # stores first, then their accounts
    assert len(calls) == 2
    assert bench.everything() == before


def test_a_full_file_without_a_good_row_is_refused(stocked: Bench) -> None:
    with pytest.raises(Refused, match="would empty the feed"):
        stocked.load("stock", "product,on_hand\np1,many\n", full=True)


def test_a_company_or_depot_that_does_not_exist_is_told_with_those_that_do(bench: Bench) -> None:
    with pytest.raises(Refused, match="Name the company with --company; there is: acme"):
        bench.load("products", PRODUCTS, company="zeta")
    with pytest.raises(Refused, match="There is no depot 'north'; there is: depot"):
        bench.load("products", PRODUCTS, cell="north")


def test_of_two_companies_one_has_to_be_named(bench: Bench, engine: Engine) -> None:
    other = {**COMPANY, "company": {**COMPANY["company"], "code": "beta"}, "warehouses": []}  # type: ignore[dict-item]
    ensure_company(engine, other)
    with pytest.raises(Refused, match="there is: acme, beta"):
        bench.load("products", PRODUCTS)
    bench.load("products", PRODUCTS, company="beta")
    assert bench.rows("SELECT DISTINCT cell FROM product") == [(3,)]


def test_the_age_of_a_file_is_said_by_the_caller_or_when_it_was_first_seen(stocked: Bench) -> None:
    content = "product,on_hand\np1,100\n"
    asked = datetime(2026, 11, 20, 6, tzinfo=UTC)
    stocked.load("stock", content, as_of=asked)
    assert stocked.one("SELECT stock_as_of FROM warehouse") == asked
    newer = content.replace("100", "90")
    stocked.load("stock", newer)
    first = stocked.one("SELECT stock_as_of FROM warehouse")
    assert datetime.now(UTC) - first < timedelta(minutes=5)
    stocked.load("stock", newer)
    assert stocked.one("SELECT stock_as_of FROM warehouse") == first


def test_a_time_without_offset_is_the_companys_own(stocked: Bench) -> None:
    moment = datetime(2026, 11, 20, 6)  # noqa: DTZ001 - as the command line reads it
    stocked.load("stock", "product,on_hand\np1,100\n", as_of=moment)
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert stocked.one("SELECT stock_as_of FROM warehouse") == noon
