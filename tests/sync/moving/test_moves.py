"""Territories that move while handhelds pull: every complete is the truth, nobody reads foreign.

The larger run is `python make.py moves` (tests/sync/moving/__main__.py).
"""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from sync import feed, scope
from sync.queries import relocating
from sync.queries import scope as scope_queries
from sync.queries.driver import execute
from sync.verify import Answer
from tests.sync.copy import Copy
from tests.sync.moving import moves
from tests.sync.moving.moves import Wrong, play
from tests.world import add_east, build

SMALL = {"devices": 12, "reps": 6, "stores": 12}


def test_whatever_moves_while_fifty_pull_every_complete_is_the_truth(engine: Any) -> None:
    found = play(engine, seed=1, turns=250)
    assert len(found.handhelds) == 50
    assert found.completes >= 150
    assert found.pages >= 300
    assert min(found.digests, found.refused, found.done["relocates"], found.done["stands_in"]) >= 5


def test_a_depot_gained_in_the_middle_of_a_first_pull_does_not_stop_it(engine: Any) -> None:
    """Its warehouse comes before the stores that were waiting; a pull once went round for ever."""
    world = build(engine, stores=30)
    copy = Copy(world, world.carrier(), limit=3)
    page = copy.page(None, None).page
    for _ in range(4):
        page = copy.page(None, page).page
    add_east(world)
    for _ in range(200):
        answer = copy.page(None, page)
        page = answer.page
        if answer.complete:
            break
    assert answer.complete


def is_caught(engine: Any, seed: int = 2) -> str:
    """What the harness says of a bug that was planted; it must say something."""
    with pytest.raises(Wrong) as wrong:
        play(engine, seed=seed, turns=600, **SMALL)
    return str(wrong.value)


def test_what_is_planted_is_not_there_without_the_plant(engine: Any) -> None:
    assert play(engine, seed=2, turns=120, **SMALL).completes > 0


def test_an_entry_key_without_scope_is_caught(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = feed.queries.publish

    def one_entry_a_row(conn: Connection, cell: int, rows: list[tuple[str, ...]]) -> int:
        last = {(kind, key): (scope, kind, key, act) for scope, kind, key, act in rows}
        for scope_, kind, key, _ in last.values():
            execute(
                conn,
                "DELETE FROM entry WHERE cell = %s AND kind = %s AND key = %s AND scope <> %s",
                [cell, kind, key, scope_],
            )
        real(conn, cell, list(last.values()))
        return len(rows)

    monkeypatch.setattr(feed.queries, "publish", one_entry_a_row)
    assert "contact" in is_caught(engine)


def test_the_end_of_a_grant_that_is_not_told_is_caught(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = scope.publish

    def silent(conn: Connection, cell: int, entries: Any) -> int:
        return real(conn, cell, [one for one in entries if one.act != "revoked"])

    monkeypatch.setattr(scope, "publish", silent)
    is_caught(engine)


def test_a_moved_store_that_leaves_its_rows_behind_is_caught(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = relocating._last_first
    monkeypatch.setattr(
        relocating, "_last_first", lambda: [one for one in real() if one[0].name != "contact"]
    )
    assert "is there twice" in is_caught(engine)


def test_a_moved_store_that_is_not_granted_where_it_is_now_is_caught(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = scope_queries.wanted_scopes

    def as_before(conn: Connection, home: int, rep: str, day: Any) -> Any:
        return [one for one in real(conn, home, rep, day) if one[0][0] != 3]

    monkeypatch.setattr(scope_queries, "wanted_scopes", as_before)
    is_caught(engine)


def test_a_hand_over_day_that_ends_a_day_early_is_caught(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = scope_queries.end_assignments

    def early(
        conn: Connection, cell: int, rep: str, stores: list[str], day: Any, first: Any
    ) -> int:
        return real(conn, cell, rep, stores, day - timedelta(days=1), first)

    monkeypatch.setattr(scope_queries, "end_assignments", early)
    is_caught(engine)


def test_a_digest_of_a_foreign_scope_is_caught(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = moves.verify

    def talkative(conn: Connection, carrier: Any, asked: Any) -> Answer:
        answer = real(conn, carrier, asked)
        foreign = execute(conn, "SELECT scope FROM store ORDER BY scope").fetchall()
        answer.scopes = dict.fromkeys((row[0] for row in foreign), answer.scopes.get("company"))
        return answer

    monkeypatch.setattr(moves, "verify", talkative)
    assert "digests of foreign stores" in is_caught(engine)


def test_a_row_of_a_foreign_store_in_a_page_is_caught(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync.queries import pull as pull_queries

    real = pull_queries.rows_by_key

    def without_scope(
        conn: Connection, kind: str, cells: Any, scopes: Any, keys: Any, schema: int
    ) -> Any:
        every = execute(conn, "SELECT DISTINCT scope FROM contact").fetchall()
        found = list(scopes) + [row[0] for row in every] if kind == "contact" else scopes
        return real(conn, kind, cells, found, keys, schema)

    monkeypatch.setattr(pull_queries, "rows_by_key", without_scope)
    assert "read canary-st" in is_caught(engine)
