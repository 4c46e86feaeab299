"""What a rep carries follows from the assignments, whoever changes them and whenever."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sync.queries import scope as queries
from sync.scope import assign, day_of, regrant, tell_due, unassign
from sync.write import write
from tests.sync.clash import clash
from tests.world import CELL, COMPANY_CELL, World


def carried(world: World, rep: str = "r01") -> list[str]:
    """The scopes of a rep's open grants, each as often as it is there."""
    sql = "SELECT scope FROM scope_grant WHERE rep = %s AND NOT told_end ORDER BY scope"
    return [row[0] for row in world.rows(sql, rep)]


def test_two_who_assign_to_one_rep_at_once_take_nothing_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One reads the assignments; the other grants a new store; the first reads the grants."""
    new, real = world.stores[-1], queries.wanted_scopes
    read, go_on = threading.Event(), threading.Event()

    def wanted_scopes(*args: Any) -> Any:
        found = real(*args)
        if threading.current_thread() is slow:
            read.set()
            go_on.wait(1)  # not set while the other has to wait for us
        return found

    def begin(work: Any) -> None:
        with world.begin() as conn:
            work(conn)

    monkeypatch.setattr(queries, "wanted_scopes", wanted_scopes)
    slow = threading.Thread(target=begin, args=[lambda conn: regrant(conn, "r01", CELL, world.now)])
    slow.start()
    read.wait()
    begin(lambda conn: assign(conn, CELL, "r01", [new], "user:admin", world.now))
    go_on.set()
    slow.join()
    scopes = carried(world)
    assert f"st:{new}" in scopes
    assert len(scopes) == len(set(scopes))


def test_two_first_stores_of_a_rep_grant_the_warehouse_once(world: World) -> None:
    with world.begin() as conn:
        unassign(conn, CELL, "r02", world.stores, world.now)
    first, second = (
        lambda conn, store=store: assign(conn, CELL, "r02", [store], "user:admin", world.now)
        for store in world.stores[:2]
    )
    assert clash(world, [first], second) == []
    assert sorted(carried(world, "r02")) == sorted(
        ["pl:base", "wh:w1", *(f"st:{store}" for store in world.stores[:2])]
    )


ZONE = ZoneInfo("America/Chicago")  # of the company (tests/world.py)


def midnight(day: date) -> datetime:
    """When a day begins where the company is at home."""
    return datetime.combine(day, time.min, ZONE)


@pytest.mark.parametrize("days", [0, 1, 40])
def test_an_assignment_begins_and_ends_also_when_no_server_ran_on_its_day(
    world: World, days: int
) -> None:
    day, store, gone = world.now.astimezone(ZONE).date(), world.stores[-1], world.stores[0]
    with world.begin() as conn:
        assign(
            conn, CELL, "r01", [store], "user:admin", world.now,
            valid_from=day + timedelta(days=5),
        )  # fmt: skip
    world.run("UPDATE assignment SET valid_to = %s WHERE store = %s", day + timedelta(5), gone)
    with world.begin() as conn:
        assert tell_due(conn, midnight(day + timedelta(5)) - timedelta(seconds=1)) == 0
    assert f"st:{store}" not in carried(world)
    with world.begin() as conn:
        assert tell_due(conn, midnight(day + timedelta(5 + days))) == 2
        assert tell_due(conn, midnight(day + timedelta(5 + days))) == 0
    assert f"st:{store}" in carried(world)
    assert f"st:{gone}" not in carried(world)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Shanghai"])
def test_a_day_of_assignments_is_the_company_s_own(world: World, zone: str) -> None:
    """At one moment it is three different days on earth; also over a change of summer time."""
    world.run("UPDATE company SET zone = %s", zone)
    with world.begin() as conn:
        for hour in range(0, 24 * 9, 3):
            now = datetime(2026, 10, 23, tzinfo=UTC) + timedelta(hours=hour, minutes=59)
            assert day_of(conn, CELL, now) == now.astimezone(ZoneInfo(zone)).date()


def test_who_has_a_store_for_some_days_can_be_given_it_for_good(world: World) -> None:
    """The end of the first assignment must not end the second."""
    store, day = world.stores[-1], world.now.astimezone(ZONE).date()
    with world.begin() as conn:
        assign(conn, CELL, "r01", [store], "user:admin", world.now, valid_to=day + timedelta(3))
        assert assign(conn, CELL, "r01", [store], "user:admin", world.now) == 1
        assert assign(conn, CELL, "r01", [store], "user:admin", world.now) == 0
    with world.begin() as conn:
        tell_due(conn, midnight(day + timedelta(10)))
    assert f"st:{store}" in carried(world)


def test_a_store_that_gets_another_price_list_brings_it_to_its_reps(world: World) -> None:
    world.run(
        "INSERT INTO price_list SELECT cell, 'key', scope, version, changed_by, name, currency,"
        " 'store' FROM price_list WHERE cell = %s", COMPANY_CELL,
    )  # fmt: skip
    world.run("UPDATE store SET price_list = 'key' WHERE id = %s", world.stores[0])
    with world.begin() as conn:
        assert tell_due(conn, world.now) == 1
    assert "pl:key" in carried(world)
    assert "pl:key" not in carried(world, "r02")


LISTS = {
    "north": {"level": "banner", "banner": "north"},
    "bars": {"level": "channel", "channel": "bar"},
    "bars-a": {"level": "channel_class", "channel": "bar", "store_class": "A"},
    "own": {"level": "store"},
    "all": {"level": "base"},
}


def test_a_rep_carries_every_list_that_counts_for_a_store(world: World) -> None:
    """Lists come and stores change; the scheduler brings each to the reps it is for."""
    nothing = {"banner": None, "channel": None, "store_class": None}
    with world.begin() as conn:
        write(
            conn, COMPANY_CELL, "price_list",
            [
                {"code": code, "name": code, "currency": "USD", **nothing, **keys}
                for code, keys in LISTS.items()
            ],
            "user:admin",
        )  # fmt: skip
        tell_due(conn, world.now)
    assert [one for one in carried(world) if one.startswith("pl:")] == ["pl:all", "pl:base"]
    for sets, lists in (
        ("banner = 'north'", {"north"}),
        ("channel = 'bar'", {"north", "bars"}),
        ("store_class = 'A'", {"north", "bars", "bars-a"}),
        ("store_class = 'B', price_list = 'own'", {"north", "bars", "own"}),
        ("banner = 'south', channel = NULL, price_list = NULL", set()),
    ):
        world.run(f"UPDATE store SET {sets} WHERE id = %s", world.stores[0])
        with world.begin() as conn:
            assert tell_due(conn, world.now) == (2 if "B" in sets else 3 if "south" in sets else 1)
            assert tell_due(conn, world.now) == 0
        mine = {one[3:] for one in carried(world) if one.startswith("pl:")}
        assert mine == {"all", "base", *lists}
    assert [one for one in carried(world, "r02") if one.startswith("pl:")] == ["pl:all", "pl:base"]
