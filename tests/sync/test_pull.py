"""What a pull brings: whole at every `complete`, nothing foreign, nothing missed, nothing left."""

import random
import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from schemas.problem import Problem
from schemas.rows import ROWS
from schemas.versions import NEWEST
from server.database import snapshot
from sync.carrier import Carrier
from sync.feed import Entry, publish
from sync.kinds import KINDS
from sync.pull import read_page
from sync.queries import pull as pull_queries
from sync.queries.driver import execute
from sync.scope import assign, unassign
from sync.write import remove, write
from tests.sync.copy import Copy, apply
from tests.world import CELL, World, change, order_body


def truth(world: World, carrier: Carrier) -> dict[str, set[str]]:
    """The contacts the server holds in the scopes of a rep, straight from SQL."""
    rows = world.rows(
        """SELECT c.id::text, c.scope, c.version FROM contact c JOIN scope_grant g
               ON g.scope = c.scope AND g.cell = %s AND g.rep = %s AND NOT g.told_end""",
        carrier.cell, carrier.rep,
    )  # fmt: skip
    return {key: (scope, version) for key, scope, version in rows}  # type: ignore[misc]


def held(copy: Copy) -> dict[str, Any]:
    return {key: (row[1], row[2]) for key, row in copy.rows.get("contact", {}).items()}


def contact(key: str, store: str, name: str = "Kim") -> dict[str, Any]:
    return {"id": key, "store": store, "name": name, "state": "active"}


def move_about(world: World, dice: random.Random, keys: list[str], rounds: int) -> None:
    """Put, move between stores and delete contacts, as the office might."""
    for _ in range(rounds):
        with world.begin() as conn:
            picked = dice.sample(keys, dice.randint(1, 5))
            if dice.random() < 0.2:
                remove(conn, CELL, "contact", picked)
            else:
                rows = [
                    contact(key, dice.choice(world.stores), f"n{dice.randint(1, 99)}")
                    for key in picked
                ]
                write(conn, CELL, "contact", rows, "user:admin")


def converges(world: World, seed: int, limit: int) -> bool:
    """Move contacts about while a handheld pulls; say whether every `complete` was true."""
    dice = random.Random(seed)
    carrier = world.carrier("r01")
    copy = Copy(world, carrier, limit)
    keys = [f"00000000-0000-7000-8000-{n:012d}" for n in range(30)]
    for _ in range(25):
        move_about(world, dice, keys, dice.randint(1, 6))
        copy.pull()
        if held(copy) != truth(world, carrier):
            return False
    return True


@pytest.mark.parametrize("limit", [3, 5_000])
def test_rows_that_change_scope_are_where_they_belong_at_every_complete(
    world: World, limit: int
) -> None:
    assert converges(world, seed=1, limit=limit)


def test_an_entry_key_without_scope_is_caught(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bug the protocol warns of, planted: one entry a row, whatever its scope."""
    from sync import feed

    real = feed.queries.publish

    def one_entry_a_row(conn: Connection, cell: int, rows: list[tuple[str, ...]]) -> int:
        last = {(kind, key): (scope, kind, key, act) for scope, kind, key, act in rows}
        for scope, kind, key, _ in last.values():
            execute(
                conn,
                "DELETE FROM entry WHERE cell = %s AND kind = %s AND key = %s AND scope <> %s",
                [cell, kind, key, scope],
            )  # fmt: skip
        real(conn, cell, list(last.values()))
        return len(rows)

    monkeypatch.setattr(feed.queries, "publish", one_entry_a_row)
    assert not converges(world, seed=1, limit=5_000)


def test_every_complete_is_one_instant_of_the_server(world: World) -> None:
    """Headers and lines change together; totals agree at every complete, if not in between."""
    body = [order_body(world.stores[0], [("p001", n), ("p002", 1)]) for n in range(1, 31)]
    world.push(world.carrier(), [change(n, "order", "submit", b) for n, b in enumerate(body, 1)])
    stop, turns, done = threading.Event(), threading.Semaphore(0), threading.Semaphore(0)
    faults: list[BaseException] = []

    def churn(seed: int) -> None:
        dice = random.Random(seed)
        try:
            while turns.acquire() and not stop.is_set():
                _move_value(world, dice, [b["id"] for b in dice.sample(body, 2)])
                done.release()
        except BaseException as fault:
            faults.append(fault)

    writers = [threading.Thread(target=churn, args=(seed,)) for seed in range(4)]
    for writer in writers:
        writer.start()
    completes, between = _watch(world, 25, turns, done)
    stop.set()
    turns.release(len(writers))
    for writer in writers:
        writer.join()
    assert not faults
    assert len(completes) == 25
    assert set(completes) == {completes[0]}, "a complete showed half of a change"
    assert len(set(between)) > 1, "pages were never inconsistent: the test proves nothing"


def _move_value(world: World, dice: random.Random, ids: list[str]) -> None:
    """Move value from one order to another: their sum never changes."""
    amount = dice.randint(1, 50)
    with world.begin() as conn:
        for order, minor in sorted(zip(ids, (amount, -amount), strict=True)):
            execute(
                conn,
                "UPDATE orders SET net_minor = net_minor + %s, version = version + 1"
                " WHERE cell = %s AND id = %s",
                [minor, CELL, order],
            )
        publish(conn, CELL, [Entry(f"st:{world.stores[0]}", "order", order) for order in ids])


def _watch(
    world: World, enough: int, turns: threading.Semaphore, done: threading.Semaphore
) -> tuple[list[int], list[int]]:
    """Pull in small pages; return sums of all orders at completes and after each page.

    Twelve changes are waiting when a pull begins. A page then brings up to four entries and gives
    the writers one turn of two, so that however fast they are the reader comes to a complete.
    """
    copy = Copy(world, world.carrier("r01"), limit=4)
    copy.pull()
    value = ROWS["order"].index("net_minor")
    completes: list[int] = []
    between: list[int] = []
    while len(completes) < enough:
        turns.release(12)
        for _ in range(12):
            assert done.acquire(timeout=60)
        staged = {kind: dict(rows) for kind, rows in copy.rows.items()}
        page, cursor = None, copy.cursor
        while True:
            answer = copy.page(cursor, page)
            turns.release()
            apply(staged, answer)
            page = answer.page
            total = sum(row[value] for row in staged["order"].values())
            if answer.complete:
                copy.rows, copy.cursor = staged, answer.cursor
                completes.append(total)
                break
            between.append(total)
    return completes, between


def test_a_store_gained_comes_whole_and_a_store_lost_goes_whole(world: World) -> None:
    carrier, last = world.carrier("r01"), world.stores[-1]
    with world.begin() as conn:
        write(conn, CELL, "contact", [contact(f"00000000-0000-7000-8000-{1:012d}", last)], "user:a")
    copy = Copy(world, carrier)
    copy.pull()
    assert last not in copy.rows["store"]
    assert not copy.rows.get("contact")
    with world.begin() as conn:
        assert assign(conn, CELL, "r01", [last], "user:admin", datetime.now(UTC)) == 1
    copy.pull()
    assert last in copy.rows["store"]
    assert len(copy.rows["contact"]) == 1
    with world.begin() as conn:
        assert unassign(conn, CELL, "r01", [last], datetime.now(UTC)) == 1
    copy.pull()
    assert last not in copy.rows["store"]
    assert not copy.rows["contact"]


def test_a_grant_on_and_off_between_two_pulls_leaves_no_trace(world: World) -> None:
    copy = Copy(world, world.carrier("r01"))
    copy.pull()
    before = {kind: set(rows) for kind, rows in copy.rows.items()}
    for _ in range(2):
        with world.begin() as conn:
            assign(conn, CELL, "r01", [world.stores[-1]], "user:admin", datetime.now(UTC))
        with world.begin() as conn:
            unassign(conn, CELL, "r01", [world.stores[-1]], datetime.now(UTC))
    copy.pull()
    assert {kind: set(rows) for kind, rows in copy.rows.items() if rows} == before


def test_nothing_new_returns_the_same_cursor_and_writes_nothing(world: World) -> None:
    copy = Copy(world, world.carrier("r01"))
    copy.pull()
    cursors = world.one("SELECT count(*) FROM cursor")
    for _ in range(3):
        answer = copy.page(copy.cursor, None)
        assert (answer.cursor, answer.complete, answer.keep) == (copy.cursor, True, None)
    # Another rep's news moves the feed, and still this handheld has nothing to learn.
    world.add_device("d-2", "r02", no=2)
    store = world.stores[-1]
    world.push(
        world.carrier("r02", "d-2"),
        [change(1, "order", "submit", order_body(store, [("p001", 1)]))],
    )
    answer = copy.page(copy.cursor, None)
    assert (answer.cursor, answer.complete, answer.keep) == (copy.cursor, True, None)
    assert world.one("SELECT count(*) FROM cursor") == cursors


def test_a_page_applied_twice_changes_nothing(world: World) -> None:
    copy = Copy(world, world.carrier("r01"), limit=4)
    copy.pull()
    again: dict[str, dict[str, list[Any]]] = {kind: dict(rows) for kind, rows in copy.rows.items()}
    other = Copy(world, world.carrier("r01"), limit=4)
    page = None
    while True:
        answer = other.page(None, page)
        apply(again, answer)
        apply(again, answer)
        page = answer.page
        if answer.complete:
            break
    assert again == copy.rows


def test_only_the_newest_cursors_of_a_device_are_kept(world: World) -> None:
    copy = Copy(world, world.carrier("r01"))
    for n in range(6):
        with world.begin() as conn:
            row = contact(f"00000000-0000-7000-8000-{n:012d}", world.stores[0])
            write(conn, CELL, "contact", [row], "user:a")
        copy.pull()
    assert world.one("SELECT count(*) FROM cursor WHERE page IS NULL") == 3


def test_a_page_of_another_cursor_is_unknown(world: World) -> None:
    copy = Copy(world, world.carrier("r01"), limit=2)
    page = copy.page(None, None).page
    with pytest.raises(Problem) as refusal:
        copy.page("c-other", page)
    assert refusal.value.code == "page_unknown"


def test_a_reply_may_be_lost_any_number_of_times(world: World) -> None:
    copy = Copy(world, world.carrier("r01"), limit=3)
    copy.pull()
    with world.begin() as conn:
        rows = [contact(f"00000000-0000-7000-8000-{n:012d}", world.stores[0]) for n in range(8)]
        write(conn, CELL, "contact", rows, "user:a")
    page = None
    while True:
        answers = [copy.page(copy.cursor, page) for _ in range(7)]
        assert len({str(answer.rows) for answer in answers}) == 1
        page = answers[-1].page
        if answers[-1].complete:
            break
    assert world.one("SELECT count(*) FROM cursor") < 12


def test_sql_and_wire_name_the_same_columns(world: World) -> None:
    """Each kind's row at rest comes with as many values as schemas/rows.py names."""
    with snapshot(world.engine) as conn:
        for kind in KINDS:
            table = pull_queries._AT[kind][0]
            text = pull_queries.row_text(kind, NEWEST)
            row = execute(conn, f"SELECT {text} FROM (SELECT (NULL::{table}).*) t").fetchone()
            assert row is not None
            assert len(msgspec.json.decode(row[0])) == len(ROWS[kind]), kind


def test_an_unsupported_schema_is_told_which_ones_are(world: World) -> None:
    asked = SimpleNamespace(schema=9, epoch=None, cursor=None, page=None, limit=1, verify=False)
    with snapshot(world.engine) as conn, pytest.raises(Problem) as refusal:
        read_page(conn, world.carrier(), asked)
    assert refusal.value.code == "schema_unsupported"


def test_what_is_only_for_the_office_reaches_no_handheld(world: World) -> None:
    """A foreign store's status, told to the office, not to the rep: also on the first pull."""
    foreign = world.stores[-1]
    world.run("UPDATE store SET status = 'closed' WHERE id = %s", foreign)
    body = order_body(foreign, [("p001", 1)])
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    assert world.one("SELECT count(*) FROM conflict WHERE scope = 'office'") == 1
    copy = Copy(world, world.carrier())
    copy.pull()
    assert [row[1] for row in copy.rows["conflict"].values()] == ["rep:r01"]
