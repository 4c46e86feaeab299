"""Stores keep their ids; what people know better than a nightly file stays."""

from sqlalchemy import Engine, text

from server.feeds.founding import ensure_company
from tests.server.feeds.conftest import COMPANY, STORES, Bench

TWO_DEPOTS = {
    **COMPANY,
    "cells": [{"code": "depot", "name": "Depot"}, {"code": "north", "name": "North"}],
    "warehouses": [
        {"cell": "depot", "code": "w1", "name": "Main", "zone": "America/Chicago"},
        {"cell": "north", "code": "w2", "name": "North", "zone": "America/Chicago"},
    ],
}


def change(engine: Engine, sql: str) -> None:
    with engine.begin() as conn:
        conn.execute(text(sql))


def test_a_store_without_coordinates_is_placed_by_its_town_and_marked(stocked: Bench) -> None:
    assert stocked.rows("SELECT lat_deg, geo_source, geo_accuracy_m FROM store ORDER BY code") == [
        (42.0, "given", None), (42.0, "town", 1_000),
    ]  # fmt: skip


def test_a_store_is_placed_by_stores_loaded_earlier_too(stocked: Bench) -> None:
    content = "code,name,city,region,lat_deg,lon_deg\ns3,Three,Ames,IA,,\n"
    stocked.load("stores", content)
    assert stocked.one("SELECT geo_source FROM store WHERE code = 's3'") == "town"
    again = stocked.load("stores", content)
    assert again.same == 1


def test_a_store_of_which_nothing_is_known_has_no_place(bench: Bench) -> None:
    bench.load("stores", "code,name\ns1,One\n")
    assert bench.rows("SELECT lat_deg, geo_source FROM store") == [(None, None)]


def test_half_a_position_is_rejected(bench: Bench) -> None:
    bench.load("stores", "code,name,lat_deg,lon_deg\ns1,One,42,\n")
    says = "Give both latitude and longitude, or neither."
    assert bench.rejected == [(2, "lat_deg", "42", says)]


def test_a_position_a_rep_took_outranks_the_file(stocked: Bench, engine: Engine) -> None:
    change(engine, "UPDATE store SET lat_deg = 41.9, geo_source = 'rep' WHERE code = 's1'")
    outcome = stocked.load("stores", STORES)
    assert outcome.changed == 0
    assert stocked.one("SELECT lat_deg FROM store WHERE code = 's1'") == 41.9


def test_a_hold_of_the_office_outlives_a_file_that_says_active(
    stocked: Bench, engine: Engine
) -> None:
    change(engine, "UPDATE store SET status = 'on_hold' WHERE code = 's1'")
    stocked.load("stores", "code,name,status\ns1,One,active\n")
    assert stocked.one("SELECT status FROM store WHERE code = 's1'") == "on_hold"
    stocked.load("stores", "code,name,status\ns1,One,closed\n")
    assert stocked.one("SELECT status FROM store WHERE code = 's1'") == "closed"


def test_every_new_store_gets_a_credit_account(stocked: Bench) -> None:
    assert stocked.rows(
        "SELECT limit_minor, open_minor, on_account_minor, ordered_minor FROM credit_account"
    ) == [(None, 0, 0, 0), (None, 0, 0, 0)]


def test_a_changed_credit_limit_leaves_what_is_owed_and_ordered(
    stocked: Bench, engine: Engine
) -> None:
    change(engine, "UPDATE credit_account SET open_minor = 700, ordered_minor = 300")
    outcome = stocked.load("stores", "code,name,limit\ns1,One,1500.00\n")
    assert outcome.changed == 1
    assert stocked.rows(
        "SELECT limit_minor, open_minor, ordered_minor FROM credit_account WHERE limit_minor > 0"
    ) == [(150_000, 700, 300)]


def test_an_unknown_warehouse_is_rejected_with_those_there_are(bench: Bench) -> None:
    bench.load("stores", "code,name,warehouse\ns1,One,w9\n")
    says = "Name the warehouse that serves it: w1."
    assert bench.rejected == [(2, "warehouse", "w9", says)]


def test_stores_go_to_the_depot_their_row_names(engine: Engine) -> None:
    ensure_company(engine, TWO_DEPOTS)
    bench = Bench(engine, [])
    content = "code,name,cell\ns1,One,depot\ns2,Two,north\ns3,Three,south\n"
    bench.load("stores", content)
    assert bench.rows("SELECT code, cell, warehouse FROM store ORDER BY code") == [
        ("s1", 2, "w1"), ("s2", 3, "w2"),
    ]  # fmt: skip
    assert bench.rejected[0][:3] == (4, "cell", "south")
    assert bench.rows("SELECT cell, count(*) FROM entry WHERE kind = 'store' GROUP BY 1") == [
        (2, 1), (3, 1),
    ]  # fmt: skip
    bench.load("stores", "code,name,cell\ns1,One,north\n")
    assert bench.rejected[0][3].startswith("It belongs to another depot")


def test_without_a_named_depot_two_depots_leave_a_new_store_nowhere(engine: Engine) -> None:
    ensure_company(engine, TWO_DEPOTS)
    bench = Bench(engine, [])
    bench.load("stores", "code,name\ns1,One\n")
    assert bench.rejected[0][3].startswith("Name its depot, one of depot, north")
    bench.load("stores", "code,name\ns1,One\n", cell="north")
    assert bench.rows("SELECT code, cell FROM store") == [("s1", 3)]
