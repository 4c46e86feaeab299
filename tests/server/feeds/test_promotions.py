"""Promotions from a file: read as people write them, versioned by rows, budgets carried on."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from server.feeds.promotions import TERMS, _row, versioned
from sync.queries.facts import left_of_budgets
from sync.queries.push import use_caps
from sync.write import write
from tests.server.feeds.conftest import Bench

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HEAD = "code,name,kind,percent,amount_minor,tiers,tier_by,buy,get,get_product,products,cap_minor\n"
COLUMNS = (
    "code, kind, trim_scale(percent)::text, amount_minor, tiers, tier_by, buy, get, get_product,"
    " products, cap_minor, state"
)


def stands(bench: Bench) -> list[dict[str, Any]]:
    names = [name.split("(")[-1].split(")")[0].strip() for name in COLUMNS.split(",")]
    rows = bench.rows(f"SELECT {COLUMNS} FROM promotion ORDER BY id")
    return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.mark.parametrize(
    ("line", "tiers"),
    [
        ("a,A,percent,7.5,,,,,,,p1 p2,", []),
        ("a,A,amount,,5,,,,,,p1;p2,10000", []),
        ("a,A,tiers,,,24:5%; 12:2.5 %,,,,,,", [[12, "2.5", None], [24, "5", None]]),
        ("a,A,tiers,,,24:0.05;48:0.08,quantity,,,,,", [[24, None, 5], [48, None, 8]]),
        ("a,A,tiers,,,100.00:3%;200:5%,value,,,,,", [[10000, "3", None], [20000, "5", None]]),
        ('a,A,order,,,"100:3%;500:20,00",,,,,,', [[10000, "3", None], [50000, None, 2000]]),
        ("a,A,order,2,,,,,,,,", []),
        ("a,A,buy_get,,,,,10,1,p2,p1,", []),
    ],
)
def test_a_promotion_is_read_as_people_write_it(
    stocked: Bench, line: str, tiers: list[Any]
) -> None:
    outcome = stocked.load("promotions", f"{HEAD}{line}\n")
    assert stocked.rejected == []
    assert outcome.new == 1
    (one,) = stands(stocked)
    assert (one["code"], one["kind"], one["state"]) == ("a", line.split(",")[2], "live")
    assert one["tiers"] == tiers
    assert stocked.load("promotions", f"{HEAD}{line}\n").same == 1


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("a,A,percent,,,,,,,,,", "percent"),
        ("a,A,percent,101,,,,,,,,", "percent"),
        ("a,A,amount,,,,,,,,,", "amount_minor"),
        ("a,A,tiers,,,,,,,,,", "tiers"),
        ("a,A,tiers,,,24 for 5,,,,,,", "tiers"),
        ("a,A,tiers,,,24:0.005,,,,,,", "tiers"),
        ("a,A,tiers,,,2.5:5%,,,,,,", "tiers"),
        ("a,A,order,,,,,,,,,", "tiers"),
        ("a,A,buy_get,,,,,,1,,,", "buy"),
        ("a,A,buy_get,,,,,10,,,,", "get"),
        ("a,A,buy_get,,,,,10,1,p9,,", "get_product"),
        ("a,A,percent,5,,,,,,,p1 p9,", "products"),
    ],
)
def test_a_promotion_that_cannot_be_is_rejected_by_its_field(
    stocked: Bench, line: str, field: str
) -> None:
    assert stocked.load("promotions", f"{HEAD}{line}\n").rejected == 1
    assert [told[1] for told in stocked.rejected] == [field]
    assert stands(stocked) == []


def test_scopes_days_and_caps_are_loaded_and_an_unknown_store_is_told(stocked: Bench) -> None:
    head = "code,kind,percent,store,banner,valid_from,valid_to,store_cap_minor,priority,stacks\n"
    stocked.load(
        "promotions",
        f"{head}a,percent,5,s1,north,2026-11-01,2026-11-30,500,7,yes\nb,percent,5,s9,,,,,,\n",
    )
    assert [told[:2] for told in stocked.rejected] == [(3, "store")]
    store = stocked.one("SELECT id FROM store WHERE code = 's1'")
    assert stocked.rows(
        "SELECT store, banner, valid_from, valid_to, store_cap_minor, priority, stacks"
        " FROM promotion"
    ) == [
        (
            *(store, "north", datetime(2026, 11, 1, 5, tzinfo=UTC)),
            *(datetime(2026, 12, 1, 6, tzinfo=UTC), 500, 7, True),
        )
    ]


def test_new_terms_are_a_new_version_and_the_old_one_ends(stocked: Bench) -> None:
    line = "a,A,percent,5,,,,,,,,1000\n"
    stocked.load("promotions", HEAD + line)
    stocked.rows("UPDATE promotion SET used_minor = 300 RETURNING 1")
    outcome = stocked.load("promotions", HEAD + line.replace("5", "7"))
    assert outcome.changes[0].fields == {"percent": (Decimal(5), Decimal(7))}
    old, new = stands(stocked)
    assert (old["percent"], old["state"], old["cap_minor"]) == ("5", "ended", 1000)
    assert (new["percent"], new["state"], new["cap_minor"]) == ("7", "live", 1000)
    linked = "SELECT count(*) FROM promotion a JOIN promotion b ON a.replaces = b.id"
    assert stocked.one(f"{linked} WHERE a.valid_from = b.valid_to") == 1
    assert stocked.load("promotions", HEAD + line.replace("5", "7")).same == 1
    assert stocked.load("promotions", "code,kind\na,percent\n").same == 1


def test_a_name_or_a_budget_changes_in_place(stocked: Bench) -> None:
    stocked.load("promotions", HEAD + "a,A,percent,5,,,,,,,,1000\n")
    outcome = stocked.load("promotions", HEAD + "a,Autumn,percent,5,,,,,,,,2000\n")
    assert outcome.changed == 1
    (one,) = stands(stocked)
    assert (one["cap_minor"], one["state"]) == (2000, "live")


def test_a_promotion_the_office_ended_stays_ended_until_its_terms_change(stocked: Bench) -> None:
    stocked.load("promotions", HEAD + "a,A,percent,5,,,,,,,,\n")
    stocked.rows("UPDATE promotion SET state = 'ended', valid_to = now() RETURNING 1")
    assert stocked.load("promotions", HEAD + "a,A,percent,5,,,,,,,,\n").same == 1
    assert [one["state"] for one in stands(stocked)] == ["ended"]
    assert stocked.load("promotions", HEAD + "a,A,percent,6,,,,,,,,\n").changed == 1
    assert [one["state"] for one in stands(stocked)] == ["ended", "live"]


steps = st.tuples(
    st.integers(1, 3),  # percent
    st.one_of(st.none(), st.integers(0, 400)),  # budget
    st.integers(-2, 3),  # first day, from today
    # what orders ask of it until the next file, under the newest terms or late, under older ones
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 200)), max_size=3),
    st.booleans(),  # whether the office ends it by hand afterwards
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=1, max_size=6))
def test_whatever_files_come_terms_that_ran_are_never_edited_and_no_budget_is_overspent(
    bench: Bench, files: list[tuple[int, int | None, int, list[tuple[int, int]], bool]]
) -> None:
    rows: dict[str, dict[str, Any]] = {}
    budget: int | None = None
    with bench.engine.connect() as conn:  # never committed: the next example begins anew
        cell = int(conn.execute(text("SELECT cell FROM cell WHERE kind = 'company'")).scalar_one())
        for n, (percent, cap, since, orders, ends) in enumerate(files):
            now = NOW + timedelta(days=n)
            wanted = dict.fromkeys(TERMS) | {
                **{"code": "a", "name": "A", "kind": "percent", "percent": Decimal(percent)},
                **{"tiers": [], "tier_by": "quantity", "stacks": False, "priority": 0},
                **{"valid_from": now + timedelta(days=since), "valid_to": None},
                **{"cap_minor": cap, "store_cap_minor": None, "state": "live"},
            }
            before = {key: dict(row) for key, row in rows.items()}
            fields, written = versioned(list(rows.values()), wanted, now)
            for row in written:
                rows[row["id"]] = {"used_minor": 0, **row}
            write(conn, cell, "promotion", [_row(row) for row in written], "user:admin")
            for key, old in before.items():
                if old["valid_from"] <= now:
                    assert all(rows[key][name] == old[name] for name in (*TERMS, "valid_from"))
            begun = [one for one in rows.values() if one["valid_from"] <= now]
            assert len([one for one in begun if _runs(one, now)]) <= 1
            newest = list(rows.values())[-1]
            if newest["state"] != "ended" or fields:
                budget = cap
            for back, wish in orders if begun else ():
                one = begun[-1 - back % len(begun)]
                left = left_of_budgets(conn, cell, [one["id"]])[one["id"]][1]
                spent = sum(each["used_minor"] for each in rows.values())
                assert left == (None if budget is None else budget - spent)
                off = wish if left is None else max(0, min(wish, left))
                assert budget is None or off == 0 or spent + off <= budget
                one["used_minor"] += off
                use_caps(conn, cell, [(one["id"], off)])
            if ends and newest["valid_from"] <= now:
                newest |= {"state": "ended", "valid_to": now}


def _runs(one: dict[str, Any], now: datetime) -> bool:
    return one["state"] == "live" and (one["valid_to"] is None or now < one["valid_to"])


def test_a_version_still_to_come_shares_the_budget_with_the_one_that_runs(stocked: Bench) -> None:
    head = "code,kind,percent,valid_from,cap_minor\n"
    stocked.load("promotions", head + "a,percent,5,2026-01-01,1000\n")
    stocked.rows("UPDATE promotion SET used_minor = 300 RETURNING 1")
    stocked.load("promotions", head + "a,percent,7,2099-01-01,1000\n")
    stocked.rows("UPDATE promotion SET used_minor = 900 WHERE percent = 5 RETURNING 1")
    with stocked.engine.begin() as conn:
        found = conn.execute(text("SELECT id::text, cell FROM promotion ORDER BY id")).all()
        old, new = (row[0] for row in found)
        assert left_of_budgets(conn, found[0][1], [old, new]) == {old: (old, 100), new: (old, 100)}
    assert stocked.load("promotions", "code,kind,percent\na,percent,7\n").same == 1
    assert [one["cap_minor"] for one in stands(stocked)] == [1000, 1000]
