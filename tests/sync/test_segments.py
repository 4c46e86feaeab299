"""Segments: a handheld that begins by them holds exactly what the tables hold, and nothing else."""

import random
import threading
from typing import Any

import msgspec
import pytest
import zstandard
from sqlalchemy import Connection

from schemas.rows import ROWS
from schemas.turned import straighten
from schemas.versions import NEWEST
from server.running import queries as running
from sync import pull, segments
from sync.queries import segments as queries
from sync.queries.segments import Standing
from sync.segments import build, due, is_ripe, prune, ready
from sync.write import remove
from tests.sync.copy import Copy
from tests.sync.segment_harness import (
    IN_USE,
    PRICES,
    Watched,
    begun,
    build_all,
    churn,
    furnish,
    truth,
)
from tests.world import CELL, COMPANY_CELL, World


@pytest.fixture
def shop(world: World) -> World:
    furnish(world)
    return world


@pytest.fixture(params=["named", "inside"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether segments are fetched or come inside the page; those of tests are small."""
    if request.param == "named":
        monkeypatch.setattr(segments, "INSIDE_BYTES", 0)
    return str(request.param)


def play(world: World, seed: int, steps: int, limit: int, handhelds: int = 4) -> list[Watched]:
    """Let writes, builds and pages follow each other by chance, each in one go."""
    dice = random.Random(seed)
    fleet = [
        Watched(world, world.carrier(dice.choice(("r01", "r02")), f"d-{n}"), limit)
        for n in range(handhelds)
    ]
    build_all(world)
    for _ in range(steps):
        turn = dice.random()
        if turn < 0.35:
            churn(world, dice)
        elif turn < 0.42:
            build_all(world, dice)
        else:
            one = dice.choice(fleet)
            if one.step() and dice.random() < 0.5:
                one.begin_anew()
    return fleet


@pytest.mark.parametrize("limit", [25, 5_000])
def test_whoever_begins_by_segments_holds_what_the_tables_hold(
    shop: World, way: str, limit: int
) -> None:
    fleet = play(shop, seed=7, steps=160, limit=limit)
    assert sum(one.completes for one in fleet) > 5
    used = sum(one.named if way == "named" else one.inside for one in fleet)
    assert used > 10, "segments were hardly used: the test proves nothing"
    assert sum(one.untrue for one in fleet) == 0


def untrue(world: World) -> int:
    return sum(sum(one.untrue for one in play(world, seed, 120, 5_000)) for seed in (7, 8))


def test_a_cursor_from_the_newest_position_is_caught(
    shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: the cursor of a cell starts at the newest of its segments' positions."""

    def from_newest(conn: Connection, cell: int, *rest: Any) -> Any:
        found = ready(conn, cell, *rest)
        if found is not None:
            found.pos = max(one.pos for one in queries.standing(conn) if one.cell == cell)
        return found

    monkeypatch.setattr(pull, "ready", from_newest)
    assert untrue(shop) > 0


def test_a_row_that_stays_although_it_moved_out_of_its_scope_is_caught(
    shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: only what was put since the segment repairs it, not what went."""
    real = pull.queries.entries

    def only_put(conn: Connection, cell: int, scopes: Any, *rest: Any) -> Any:
        put = {
            (kind, key)
            for kind, key in pull.queries.execute(
                conn, "SELECT kind, key FROM entry WHERE cell = %s AND act = 'put'", [cell]
            ).fetchall()
        }
        return [one for one in real(conn, cell, scopes, *rest) if one[:2] in put]

    monkeypatch.setattr(pull.queries, "entries", only_put)
    assert untrue(shop) > 0


def test_writers_and_handhelds_at_once(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six handhelds begin again and again while three writers and a builder never rest."""
    monkeypatch.setattr(segments, "INSIDE_BYTES", 0)
    build_all(shop)
    stop = threading.Event()
    faults: list[BaseException] = []
    fleet = [Watched(shop, shop.carrier("r01" if n % 2 else "r02", f"d-{n}"), 40) for n in range(6)]

    def until_stopped(n: int) -> None:
        dice = random.Random(n)
        try:
            while not stop.is_set():
                if n:
                    churn(shop, dice)
                else:
                    build_all(shop, dice)
        except BaseException as fault:
            faults.append(fault)

    def bootstrap(one: Watched) -> None:
        try:
            while one.completes < 3:
                if one.step():
                    one.begin_anew()
        except BaseException as fault:
            faults.append(fault)

    writing = [threading.Thread(target=until_stopped, args=(n,)) for n in range(4)]
    reading = [threading.Thread(target=bootstrap, args=(one,)) for one in fleet]
    for thread in (*writing, *reading):
        thread.start()
    for thread in reading:
        thread.join()
    stop.set()
    for thread in writing:
        thread.join()
    assert not faults
    assert sum(one.named for one in fleet) > 18
    assert [one.untrue for one in fleet] == [0] * 6


def aged(world: World, days: int) -> None:
    world.run("UPDATE segment SET pos_at = pos_at - %s * interval '1 day'", days)


@pytest.fixture
def forgotten(shop: World) -> World:
    """Segments 181 days old, and prices removed just after them, of which nothing tells any more:
    what the nightly forgetting does two days later is done already."""
    build_all(shop)
    with shop.begin() as conn:
        remove(conn, COMPANY_CELL, "price", PRICES[:10])
    aged(shop, 181)
    shop.run("DELETE FROM entry WHERE act = 'gone'")
    return shop


def test_a_segment_older_than_removals_are_kept_is_never_used(forgotten: World) -> None:
    one = begun(forgotten)
    assert (one.named, one.inside, one.untrue) == (0, 0, 0)


def test_a_segment_too_old_would_bring_back_what_was_removed(
    forgotten: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: its age is not looked at."""
    monkeypatch.setattr(segments, "MOST_DAYS", 10_000)
    one = begun(forgotten)
    assert one.inside > 0
    assert one.untrue == 1


def test_segments_grow_too_old_before_removals_are_forgotten() -> None:
    """A pull may go on for a day with the segments it named."""
    days = {what: age for what, _, age in running.OLD}
    assert segments.MOST_DAYS + days["cursor pages"] < days["removals"]
    assert days["cursor pages"] < segments.REPLACED_DAYS


def test_a_segment_of_which_nothing_changed_moves_no_cursor_back(shop: World) -> None:
    build_all(shop)
    for n in range(3):  # other scopes of the same feed go on
        with shop.begin() as conn:
            remove(conn, COMPANY_CELL, "price", PRICES[n : n + 1])
    with shop.begin() as conn:
        head = pull.feed_queries.heads(conn, [COMPANY_CELL])[COMPANY_CELL]
        found = ready(conn, COMPANY_CELL, "company", NEWEST, head)
    assert found is not None
    assert found.pos == head


def test_when_half_of_a_scope_changed_its_rows_are_read_instead(shop: World) -> None:
    build_all(shop)
    with shop.begin() as conn:
        remove(conn, COMPANY_CELL, "price", PRICES)
    one = begun(shop)
    assert one.untrue == 0
    with shop.begin() as conn:
        head = pull.feed_queries.heads(conn, [COMPANY_CELL])[COMPANY_CELL]
        assert ready(conn, COMPANY_CELL, "pl:base", NEWEST, head) is None
        assert ready(conn, COMPANY_CELL, "company", NEWEST, head) is not None


def test_a_large_scope_has_several_segments_and_a_lost_one_makes_the_rest_useless(
    shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "PART_ROWS", 7)
    monkeypatch.setattr(segments, "INSIDE_BYTES", 0)
    build_all(shop)
    parts = shop.rows("SELECT part, parts, rows FROM segment WHERE scope = 'pl:base' ORDER BY part")
    assert len(parts) > 1
    assert [row[0] for row in parts] == list(range(1, len(parts) + 1))
    assert {row[1] for row in parts} == {len(parts)}
    assert all(row[2] == 7 for row in parts[:-1])
    one = begun(shop)
    carried = shop.one("SELECT count(*) FROM segment WHERE scope <> 'pl:foreign'")
    assert (one.untrue, one.named) == (0, carried)
    shop.run("DELETE FROM segment WHERE part = 2")
    assert begun(shop).untrue == 0


def test_the_body_of_a_segment_holds_all_rows_of_its_scope(shop: World) -> None:
    build_all(shop)
    body = shop.one("SELECT body FROM segment WHERE scope = 'company'")
    found = msgspec.json.decode(zstandard.ZstdDecompressor().decompress(body))
    with shop.begin() as conn:
        wanted = truth(conn, shop.carrier())
    assert found.keys() == {"product", "price_list"}
    for kind, part in found.items():
        assert part["columns"] == list(ROWS[kind])
        rows = straighten(part["columns"], part["turned"])
        assert {row[0]: row for row in rows} == wanted[kind]


def standing(**more: Any) -> Standing:
    usual: dict[str, Any] = {
        "cell": 1, "scope": "company", "schema": NEWEST, "pos": 1, "rows": 1_000, "age_s": 3_600.0,
        "pos_age_s": 3_600.0, "changed": 0,
    }  # fmt: skip
    return Standing(**usual | more)


@pytest.mark.parametrize(
    ("more", "ripe"),
    [
        ({}, False),
        ({"changed": 100}, False),
        ({"changed": 101}, True),
        ({"changed": 101, "age_s": 60.0}, False),
        ({"changed": 501, "age_s": 60.0}, True),
        ({"rows": 10, "changed": 50}, False),
        ({"rows": 10, "changed": 51}, True),
        ({"changed": 1, "pos_age_s": 31 * 86_400.0}, True),
        ({"changed": 0, "pos_age_s": 31 * 86_400.0}, False),
    ],
)
def test_segments_are_ripe_when_repairing_them_costs_more_than_building_them(
    more: dict[str, Any], ripe: bool
) -> None:
    assert is_ripe(standing(**more)) is ripe


def keys_due(world: World) -> list[tuple[int, str, int]]:
    with world.begin() as conn:
        return due(conn)


def test_what_is_missing_is_due_and_what_was_built_is_not(shop: World) -> None:
    missing = keys_due(shop)
    assert {(cell, scope) for cell, scope, _ in missing} == {
        (COMPANY_CELL, "company"), (COMPANY_CELL, "pl:base"), (COMPANY_CELL, "pl:extra"),
        (COMPANY_CELL, "pl:foreign"), (CELL, "wh:w1"),
    }  # fmt: skip
    for key in missing:
        with shop.begin() as conn:
            build(conn, *key)
    assert keys_due(shop) == []


def test_a_set_that_nothing_changed_for_a_day_is_said_to_be_true_up_to_now(shop: World) -> None:
    build_all(shop, versions=IN_USE)
    with shop.begin() as conn:
        remove(conn, COMPANY_CELL, "product", ["p001"])
    aged(shop, 2)
    assert keys_due(shop) == []
    told = dict(shop.rows("SELECT scope, pos_at > now() - interval '1 hour' FROM segment"))
    assert told == {
        "company": False, "pl:base": True, "pl:extra": True, "pl:foreign": True, "wh:w1": True,
    }  # fmt: skip
    assert begun(shop).untrue == 0


def test_segments_of_a_scope_or_version_that_is_no_more_go_away_in_time(shop: World) -> None:
    build_all(shop)
    shop.run("UPDATE segment SET schema = 99 WHERE scope = 'wh:w1'")
    shop.run("UPDATE segment SET scope = 'pl:gone' WHERE scope = 'pl:foreign'")
    keys_due(shop)
    left = "SELECT count(*) FROM segment WHERE replaced_at IS NULL"
    assert shop.one(left) == 3
    assert shop.one("SELECT count(*) FROM segment") == 5
    with shop.begin() as conn:
        assert prune(conn) == 0
    shop.run("UPDATE segment SET replaced_at = replaced_at - interval '49 hours'")
    with shop.begin() as conn:
        assert prune(conn) == 2


def test_a_handheld_that_does_not_ask_for_segments_gets_none(shop: World) -> None:
    build_all(shop)
    copy = Copy(shop, shop.carrier())
    copy.pull()
    assert copy.fetched == 0
    with shop.begin() as conn:
        assert copy.rows == truth(conn, shop.carrier())


def test_segments_are_kept_for_the_newest_version_and_those_in_use(
    shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def versions() -> set[int]:
        return {schema for _, _, schema in keys_due(shop)}

    assert versions() == set(IN_USE)
    monkeypatch.setattr(segments, "NEWEST", 9)
    monkeypatch.setattr(segments, "is_served", lambda version: version in (7, 8, 9))
    assert versions() == {9}
    shop.run("UPDATE device SET schema = 7")
    assert versions() == {7, 9}
    shop.run("UPDATE device SET state = 'wiped'")
    assert versions() == {9}
