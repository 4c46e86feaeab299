"""A copy that went wrong on a real handheld, found and repaired by the real server."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Engine

from handhelds.reference import link
from handhelds.reference.answers import Call, Ending, Reply
from schemas.versions import NEWEST
from sync.feed import Entry, publish
from sync.scope import unassign
from tests.handhelds.test_against_server import Handheld, synced
from tests.world import CELL, World, build


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine)


@pytest.fixture
def handheld(world: World, database_url: str, tmp_path: Path) -> Iterator[Handheld]:
    """Enrolled as r01, with two orders of its own, and synced."""
    with synced(world, database_url, tmp_path) as made:
        made.order("s001")
        made.order("s002")
        assert made.sync().state == "done"
        yield made


def verify(handheld: Handheld) -> Ending:
    return link.sync(
        handheld.local, handheld.send, handheld.clock, handheld.rep.new_id, why="asked"
    )


def spoil(handheld: Handheld, sql: str, *values: Any) -> None:
    assert handheld.local.db.execute(sql, values).rowcount == 1


def rows(handheld: Handheld) -> dict[str, list[tuple[Any, ...]]]:
    kinds = handheld.queries.counts()
    return {
        kind: sorted(
            (tuple(row) for row in handheld.local.db.execute(f'SELECT * FROM copy."{kind}"')),
            key=repr,
        )
        for kind in kinds
    }


def rename_store(world: World, store: str, name: str) -> None:
    world.run("UPDATE store SET name = %s, version = version + 1 WHERE id = %s", name, store)
    with world.begin() as conn:
        publish(conn, CELL, [Entry(f"st:{store}", "store", store)])


def defects(world: World) -> list[tuple[str, str, str]]:
    return sorted(world.rows("SELECT scope, kind, what FROM repair"))


def test_a_copy_that_is_the_servers_is_told_so_in_one_call(handheld: Handheld) -> None:
    calls: list[Call] = []

    def count(call: Call, reply: Reply | None) -> Reply | None:
        calls.append(call)
        return reply

    handheld.spoil = count
    ending = verify(handheld)
    assert (ending.state, ending.repaired) == ("done", 0)
    assert ending.compared == sum(handheld.queries.counts().values())
    assert [call.path for call in calls] == ["/sync/v1/pull", "/sync/v1/verify"]
    assert defects(handheld.world) == []
    assert handheld.world.rows("SELECT why, equal, sent FROM verification") == [("asked", True, 0)]


def test_rows_that_are_wrong_missing_or_too_many_are_repaired_and_each_is_logged(
    handheld: Handheld,
) -> None:
    before = rows(handheld)
    spoil(handheld, "UPDATE copy.stock SET available = available + 1 WHERE product = 'p001'")
    spoil(handheld, "DELETE FROM copy.store WHERE code = 's002'")
    spoil(
        handheld,
        "INSERT INTO copy.contact (id, scope, version, name)"
        " SELECT '00000000-0000-7000-8000-000000000001', scope, 7, 'Nobody'"
        " FROM copy.store LIMIT 1",
    )
    counted = {"kind": "stock", "what": "different"}
    was = REGISTRY.get_sample_value("talaria_repairs_total", counted) or 0
    ending = verify(handheld)
    assert (ending.state, ending.repaired) == ("done", 3)
    assert rows(handheld) == before
    found = handheld.world.rows(
        "SELECT kind, what, held_version, version, held_hash = hash FROM repair ORDER BY kind"
    )
    assert found == [
        ("contact", "extra", 7, None, None),
        ("stock", "different", 1, 1, False),
        ("store", "missing", None, 1, None),
    ]
    assert REGISTRY.get_sample_value("talaria_repairs_total", counted) == was + 1
    assert verify(handheld).repaired == 0
    assert len(defects(handheld.world)) == 3


DAMAGE = {
    "a price": "UPDATE copy.price SET price = '2.51' WHERE product = 'p002'",
    "only the case": "UPDATE copy.product SET name = upper(name) WHERE id = 'p001'",
    "a scope": "UPDATE copy.stock SET scope = 'wh:other' WHERE product = 'p001'",
    "no scope": "UPDATE copy.stock SET scope = NULL WHERE product = 'p001'",
    "a scope of control characters": "UPDATE copy.stock SET scope = char(7) WHERE product = 'p001'",
    "an id": "UPDATE copy.stock SET id = 'x' WHERE product = 'p001'",
    "no id": "UPDATE copy.stock SET id = NULL WHERE product = 'p001'",
    "an id that is no text": "UPDATE copy.stock SET id = x'00ff' WHERE product = 'p001'",
    "text that is no UTF-8": "UPDATE copy.product SET name = CAST(x'ff41' AS TEXT)"
    " WHERE id = 'p001'",
    "a blob": "UPDATE copy.product SET name = x'4142' WHERE id = 'p001'",
    "a number without end": "UPDATE copy.store SET lat_deg = 9e999 WHERE code = 's001'",
    "parts that are no JSON": "UPDATE copy.product SET uoms = '[[' WHERE id = 'p001'",
    "parts": "UPDATE copy.product SET uoms = '[]' WHERE id = 'p001'",
    "a flag": "UPDATE copy.plan_stop SET pinned = 1 - pinned WHERE rowid = 1",
    "a version that is text": "UPDATE copy.product SET version = 'one' WHERE id = 'p001'",
    "a version below zero": "UPDATE copy.product SET version = -1 WHERE id = 'p001'",
    "an empty text for none": "UPDATE copy.product SET brand = '' WHERE id = 'p001'",
}


def test_whatever_happens_to_a_row_it_becomes_the_servers_again(handheld: Handheld) -> None:
    handheld.rep.plan("s002", handheld.rep.pad.today())
    handheld.sync()
    before = rows(handheld)
    for name, damage in DAMAGE.items():
        known = len(defects(handheld.world))
        spoil(handheld, damage)
        assert rows_or_nothing(handheld) != before, name
        ending = verify(handheld)
        assert (ending.state, ending.repaired > 0) == ("done", True), name
        assert rows(handheld) == before, name
        assert len(defects(handheld.world)) >= known + ending.repaired, name


def rows_or_nothing(handheld: Handheld) -> object:
    try:
        return rows(handheld)
    except sqlite3.OperationalError:
        return None


def test_three_wrong_rows_of_six_thousand_are_repaired_with_little_travelling(
    handheld: Handheld,
) -> None:
    """The claim of bench/measures/verify.py, in small: that one has 60,000 rows."""
    world = handheld.world
    world.run(
        """INSERT INTO contact (cell, id, scope, version, changed_by, store, name, state)
           SELECT cell, gen_random_uuid(), scope, 1, 'load:contacts', id, 'Contact ' || n, 'active'
           FROM store, generate_series(1, 2000) n WHERE id = ANY(%s::uuid[])""",
        world.stores[:3],
    )
    handheld.local.copy.wipe()
    handheld.sync()
    before = rows(handheld)
    spoil(handheld, "UPDATE copy.contact SET name = 'x' WHERE rowid = 17")
    spoil(handheld, "DELETE FROM copy.contact WHERE rowid = 5017")
    spoil(handheld, "UPDATE copy.stock SET available = 1 WHERE product = 'p003'")
    named: list[int] = []

    def count(call: Call, reply: Reply | None) -> Reply | None:
        if call.path.endswith("/verify") and reply is not None:
            have, told = json.loads(call.body).get("have", ()), json.loads(reply.body)
            named.extend(len(part) for one in have for part in one["rows"].values())
            named.extend(len(part["data"]) for part in told["rows"].values())
        return reply

    handheld.spoil = count
    travelled = handheld.wire.sent_bytes + handheld.wire.received_bytes
    ending = verify(handheld)
    travelled = handheld.wire.sent_bytes + handheld.wire.received_bytes - travelled
    assert (ending.repaired, ending.compared > 6_000) == (3, True)
    assert rows(handheld) == before
    assert len(defects(world)) == 3
    assert sum(named) < 100
    assert travelled < 12_000


def test_news_is_no_defect_and_comes_with_the_next_pull(handheld: Handheld) -> None:
    """Between the pull and the comparison the office renames a store, and a row is wrong."""
    world, store = handheld.world, handheld.world.stores[0]
    spoil(handheld, "UPDATE copy.stock SET available = 0 WHERE product = 'p001'")
    told: list[str] = []

    def rename(call: Call, reply: Reply | None) -> Reply | None:
        if call.path.endswith("/verify"):
            told.append(call.path)
            rename_store(world, store, f"N{len(told)}")
        return reply

    handheld.spoil = rename
    assert verify(handheld).repaired == 1
    assert [kind for _, kind, _ in defects(world)] == ["stock"]
    handheld.spoil = lambda call, reply: reply
    handheld.sync()
    assert verify(handheld).repaired == 0
    (row,) = handheld.queries.pulled("store", "id = ?", store)
    assert row["name"] == f"N{len(told)}"


def test_a_store_taken_away_meanwhile_is_pulled_first(handheld: Handheld) -> None:
    world, done = handheld.world, []

    def take_away(call: Call, reply: Reply | None) -> Reply | None:
        if call.path.endswith("/pull") and not done:
            done.append(call)
            with world.begin() as conn:
                unassign(conn, CELL, "r01", [world.stores[0]], datetime.now(UTC))
        return reply

    handheld.spoil = take_away
    ending = verify(handheld)
    assert (ending.state, ending.repaired) == ("done", 0)
    assert handheld.queries.store("s001") is None
    assert defects(world) == []


def test_a_revoked_handheld_is_told_to_wipe_and_learns_nothing(handheld: Handheld) -> None:
    identity = handheld.local.identity()
    assert identity is not None
    handheld.world.run("UPDATE device SET state = 'revoked'")
    reply = asked(handheld, digest=None)
    assert reply.status == 403
    assert json.loads(reply.body)["next"] == "wipe"


def asked(handheld: Handheld, **more: Any) -> Reply:
    """What the server answers to a verification of this handheld's, said by hand."""
    identity = handheld.local.identity()
    assert identity is not None
    body = {
        "device": identity.device, "install": identity.install, "schema": NEWEST,
        "cursor": handheld.local.position().cursor, "run": "by-hand", "why": "asked",
    }  # fmt: skip
    reply = handheld.wire.send(
        Call("POST", "/sync/v1/verify", json.dumps(body | more).encode(), identity.secret)
    )
    assert reply is not None
    return reply


def test_a_scope_of_another_rep_is_answered_as_one_that_does_not_exist(
    handheld: Handheld,
) -> None:
    """Neither its digests, nor its slices, nor its rows, nor that it exists."""
    (theirs,) = [
        store for store in handheld.world.stores
        if not handheld.queries.pulled("store", "id = ?", store)
    ]  # fmt: skip

    def answers(scope: str) -> list[Any]:
        told = []
        for more in (
            {"ask": [{"scope": scope, "at": ""}]},
            {"have": [{"scope": scope, "at": "", "rows": None}]},
            {"have": [{"scope": scope, "at": "", "rows": {"store": {theirs: f"1:{0:016x}"}}}]},
        ):
            reply = asked(handheld, **more)
            assert reply.status == 200
            said = json.loads(reply.body)
            told.append({k: v for k, v in said.items() if k != "server_time"})
        return told

    nowhere = "00000000-0000-7000-8000-00000000dead"
    assert answers(f"st:{theirs}") == answers(f"st:{nowhere}")
    assert answers("rep:r02") == answers("rep:r99")
    own = answers(f"st:{handheld.world.stores[0]}")
    assert own[1]["rows"]["store"]["data"], "the same question of a store of one's own is answered"
    scopes = json.loads(asked(handheld, cursor=None).body)["scopes"]
    assert f"st:{theirs}" not in scopes
    assert len(scopes) >= 5
