"""A store goes to another depot: all of it arrives, sums stay right, what comes later follows."""

from typing import Any

import pytest
from sqlalchemy import Connection

from schemas.ids import uuid7
from schemas.tables.metadata import METADATA
from sync.delivery.settle import settle_reservations
from sync.desk.release import release
from sync.moving.hand_over import Move, NotSo, hand_over
from sync.moving.relocate import relocate, relocate_all
from sync.queries import relocating as queries
from sync.scope import tell_due, unassign
from sync.write import write
from tests.auditor import Auditor, carried
from tests.sync.clash import clash
from tests.sync.copy import Copy
from tests.sync.owing import money_body, owe
from tests.world import CELL, OTHER_CELL, World, change, order_body

BY = "user:admin"


@pytest.fixture
def world(depots: World) -> World:
    return depots


def go(world: World, number: int, *, back: bool = False) -> Any:
    cells = (OTHER_CELL, CELL) if back else (CELL, OTHER_CELL)
    with world.begin() as conn:
        return relocate(
            conn, *cells, world.stores[number], "w1" if back else "w2", BY, world.now
        )  # fmt: skip


def some_work(world: World, number: int) -> list[dict[str, Any]]:
    """One of everything a rep captures for a store: an order that stands, one that is held, a
    visit with its card, a contact, money, and an order that waits for what has not come."""
    store = world.stores[number]
    owe(world, store, ("I-1", 4_000), limit_minor=20_000)
    visit = uuid7()
    changes = [
        change(1, "visit", "save", {"id": visit, "store": store, "state": "done"}),
        change(2, "card", "submit", {"id": uuid7(), "store": store, "visit": visit,
               "lines": [{"product": "p001", "on_shelf": True}]}),
        change(3, "order", "submit", order_body(store, [("p001", 7), ("p003", 5)])),
        change(4, "order", "submit", order_body(store, [("p001", 90)])),
        change(5, "collection", "submit", money_body(store, 500, ("I-1", 500))),
        change(6, "contact", "save", {"id": uuid7(), "store": store,
               "set": {"name": "Kim"}, "base": {}}),
        change(7, "order", "submit", order_body(store, [("p002", 1)]), depends_on=[uuid7()]),
    ]  # fmt: skip
    verdicts, answer = world.push(world.carrier(), changes)
    assert answer.faults == []
    assert [one["outcome"] for one in verdicts] == [
        "applied", "applied", "applied", "held", "applied", "applied", "waiting",
    ]  # fmt: skip
    return changes


def where(world: World, store: str) -> dict[str, set[int]]:
    """In which cells there are rows that belong to a store, by table."""
    found = {}
    for table, of in queries.GOES:
        rows = set()
        for cell in (CELL, OTHER_CELL):
            with world.begin() as conn:
                raw = conn.connection.driver_connection
                sql = f"SELECT count(*) FROM {table.name} t WHERE t.cell = %(old)s AND {of}"
                args = {"old": cell, "stores": [store]}
                if raw.execute(sql, args).fetchone()[0]:  # type: ignore[union-attr]
                    rows.add(cell)
        found[table.name] = rows
    return found


def test_all_that_hangs_on_a_store_goes_and_handhelds_follow(world: World) -> None:
    some_work(world, 0)
    auditor = Auditor(world)
    copies = [Copy(world, world.carrier("r01")), Copy(world, world.carrier("r02", "d-2"))]
    for copy in copies:
        copy.pull()
    before = {kind: set(rows) for kind, rows in copies[0].rows.items()}
    moved = go(world, 0)
    assert auditor.look() == []
    cells = where(world, world.stores[0])
    left = {"status_update", "order_change", "delivery_attempt"}  # nothing of these is there yet
    assert cells.pop("audit") == {CELL, OTHER_CELL}  # it is noted in both that it went
    assert {name for name, at in cells.items() if at != {OTHER_CELL}} == left
    assert all(not cells[name] for name in left)
    assert (moved.rows["orders"], moved.rows["receipt"]) == (2, 7)
    assert moved.reps == ((CELL, "r01"),)
    for copy in copies:
        assert copy.pull()
        held = {kind: rows for kind, rows in copy.rows.items() if rows}
        assert held == carried(world, copy.carrier.rep)
    new = {kind: set(rows) for kind, rows in copies[0].rows.items()}
    more = {kind: new[kind] - before[kind] for kind in new if new[kind] != before[kind]}
    assert more.keys() == {
        "warehouse",
        "stock",
    }  # the new depot's; every id of the store's is the same
    again = go(world, 0, back=True).rows
    assert {name: again[name] for name in moved.rows if name != "audit"} == {
        name: count for name, count in moved.rows.items() if name != "audit"
    }
    assert auditor.look() == []


def test_every_table_that_speaks_of_stores_or_orders_goes_or_says_why_it_stays() -> None:
    goes = {table.name for table, _ in queries.GOES}
    speaks = {
        name for name, table in METADATA.tables.items()
        if {"store", "order_id"} & set(table.columns.keys())
    }  # fmt: skip
    assert speaks - goes - {"segment"} <= queries.STAYS.keys()
    assert not goes & queries.STAYS.keys()


def test_rows_left_behind_are_caught(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bug planted: a moved store leaves its rows, or the news of them, behind."""
    some_work(world, 0)
    auditor = Auditor(world)
    real = queries.keys_in
    monkeypatch.setattr(
        queries, "keys_in",
        lambda conn, table, *rest: [] if table.name == "visit" else real(conn, table, *rest),
    )  # fmt: skip
    go(world, 0)
    wrong = auditor.look()
    assert any("no entry for" in one and "visit" in one for one in wrong)
    assert any("gone without an entry" in one and "visit" in one for one in wrong)
    monkeypatch.undo()
    lineless = tuple(one for one in queries.GOES if one[0].name != "order_line")
    monkeypatch.setattr(queries, "GOES", lineless)
    go(world, 0, back=True)
    assert any(one.startswith("lines without their order") for one in auditor.look())


def test_promises_go_to_the_new_warehouse_and_what_was_sent_is_picked_where_it_was(
    world: World,
) -> None:
    some_work(world, 0)
    sent = world.one("SELECT id::text FROM orders WHERE state = 'accepted'")
    world.push(
        world.carrier("r01"),
        [change(8, "order", "submit", order_body(world.stores[0], [("p003", 4), ("p001", 2)]))],
    )
    world.run("UPDATE orders SET state = 'sent' WHERE id = %s", sent)
    go(world, 0)
    assert Auditor(world).look() == []
    sql = "SELECT product, reserved, allocated FROM stock WHERE warehouse = %s ORDER BY 1"
    old = {row[0]: row[1:] for row in world.rows(sql, "w1")}
    new = {row[0]: row[1:] for row in world.rows(sql, "w2")}
    assert (old["p001"], old["p003"]) == ((0, 7), (0, 5))  # of the sent one
    assert new == {"p001": (92, 0), "p002": (0, 0), "p003": (4, 0)}
    assert world.rows("SELECT DISTINCT stock_owner FROM orders") == [("w2",)]
    assert (
        world.one("SELECT count(*) FROM order_line WHERE order_id = %s AND reserved > 0", sent) == 0
    )


def test_a_held_order_is_released_where_it_is_now(world: World) -> None:
    some_work(world, 0)
    go(world, 0)
    order = world.one("SELECT id::text FROM orders WHERE state = 'held'")
    with world.begin() as conn:
        release(conn, OTHER_CELL, order, None, BY, world.now, override=True)
    assert world.one("SELECT state FROM orders WHERE id = %s", order) == "accepted"
    assert Auditor(world).look() == []


def test_a_store_stays_until_what_is_being_decided_for_it_is_done(world: World) -> None:
    """A push holds its stores; a move that comes meanwhile waits, and takes the new order along."""
    store, body = world.stores[0], order_body(world.stores[0], [("p001", 1)])
    hold = lambda conn: queries.hold_stores(conn, CELL, [store])  # noqa: E731

    def insert(conn: Connection) -> None:
        write(conn, CELL, "contact", [{"id": body["id"], "store": store, "name": "n",
                                       "state": "active"}], BY)  # fmt: skip

    errors = clash(
        world, [hold, insert],
        lambda conn: relocate(conn, CELL, OTHER_CELL, store, "w2", BY, world.now),
    )  # fmt: skip
    assert errors == []
    assert world.rows("SELECT cell FROM contact") == [(OTHER_CELL,)]


def test_a_count_that_frees_what_an_order_keeps_is_waited_for(world: World) -> None:
    """What was read before it would be given back a second time."""
    body = order_body(world.stores[0], [("p001", 7)])
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    world.run("UPDATE orders SET state = 'acknowledged', acknowledged_at = %s", world.now)
    errors = clash(
        world,
        [lambda conn: settle_reservations(conn, {(CELL, "w1"): world.now})],
        lambda conn: relocate(conn, CELL, OTHER_CELL, world.stores[0], "w2", BY, world.now),
    )
    assert errors == []
    assert world.one("SELECT sum(reserved) FROM stock") == 0
    assert world.one("SELECT cell FROM orders") == OTHER_CELL
    assert [one for one in Auditor(world).look() if "tells nothing" not in one] == []


@pytest.mark.parametrize("parent_at", [None, 0, 1])
def test_what_waits_and_is_sent_again_while_its_store_goes_is_answered(
    world: World, parent_at: int | None
) -> None:
    """The push has read it as waiting here when the store is gone, and the receipt with it."""
    store, carrier = world.stores[0], world.carrier()
    visited = world.stores[parent_at or 0]
    parent = change(1, "visit", "save", {"id": uuid7(), "store": visited, "state": "done"})
    order = order_body(store, [("p001", 7)])
    waits = change(2, "order", "submit", order, depends_on=[parent["id"]])
    world.push(carrier, [waits])
    parent_comes = parent_at is not None
    batch, verdicts = [*([parent] if parent_comes else []), waits], []
    errors = clash(
        world,
        [lambda conn: relocate(conn, CELL, OTHER_CELL, store, "w2", BY, world.now)],
        lambda _: verdicts.extend(world.push(carrier, batch)[0]),
    )
    assert errors == []
    said = {one["id"]: one["outcome"] for one in verdicts}
    assert said == {one["id"]: "applied" if parent_comes else "waiting" for one in batch}
    if not parent_comes:
        verdicts, _ = world.push(carrier, [parent])
        assert [one["outcome"] for one in verdicts] == ["applied", "applied"]
    assert world.rows("SELECT cell, id::text FROM orders") == [(OTHER_CELL, order["id"])]
    assert world.rows("SELECT cell FROM receipt WHERE kind = 'order'") == [(OTHER_CELL,)]
    assert [one for one in Auditor(world).look() if "tells nothing" not in one] == []


def test_unsent_work_for_a_store_that_was_given_away_and_moved_is_taken(world: World) -> None:
    """Captured while it was theirs. The author hears of it though they carry nothing there."""
    with world.begin() as conn:
        hand_over(conn, [Move(CELL, world.stores[0], "r01", "r02")], BY, world.now, together_days=0)
    go(world, 0)
    assert OTHER_CELL not in {cell for cell, in world.rows(
        "SELECT scope_cell FROM scope_grant WHERE rep = 'r01' AND NOT told_end")}  # fmt: skip
    body = order_body(world.stores[0], [("p001", 1)])
    held = order_body(world.stores[0], [("p001", 9_000)])
    verdicts, _ = world.push(
        world.carrier(),
        [change(1, "order", "submit", body), change(2, "order", "submit", held)],
    )
    assert [one["outcome"] for one in verdicts] == ["applied", "held"]
    with world.begin() as conn:
        tell_due(conn, world.now)
    copy = Copy(world, world.carrier())
    copy.pull()
    assert {row[1] for row in copy.rows["conflict"].values()} == {"rep:r01"}
    assert world.stores[0] not in copy.rows["store"]
    assert Auditor(world).look() == []


def test_items_go_along_and_stay_with_their_author(world: World) -> None:
    some_work(world, 0)
    copy = Copy(world, world.carrier())
    copy.pull()
    items = set(copy.rows["conflict"])
    assert items
    with world.begin() as conn:
        unassign(conn, CELL, "r01", [world.stores[0]], world.now)
    go(world, 0)
    copy.pull()
    assert set(copy.rows["conflict"]) == items
    assert world.rows("SELECT DISTINCT cell FROM conflict") == [(OTHER_CELL,)]


def test_a_store_that_was_merged_goes_with_the_one_it_lives_on_in(world: World) -> None:
    first, second = world.stores[:2]
    world.run("UPDATE store SET status = 'merged', merged_into = %s WHERE id = %s", second, first)
    with pytest.raises(NotSo, match="move that one"):
        go(world, 0)
    go(world, 1)
    cells = dict(world.rows("SELECT id::text, cell FROM store"))
    assert (cells[first], cells[second]) == (OTHER_CELL, OTHER_CELL)
    assert Auditor(world).look() == []


def test_several_stores_go_in_one_go_as_one_by_one(world: World) -> None:
    some_work(world, 0)
    auditor = Auditor(world)
    copies = [Copy(world, world.carrier("r01")), Copy(world, world.carrier("r02", "d-2"))]
    for copy in copies:
        copy.pull()
    going = [(CELL, world.stores[n]) for n in (2, 0, 3)]
    with world.begin() as conn:
        moved = relocate_all(conn, going, OTHER_CELL, "w2", BY, world.now)
    assert moved.reps == ((CELL, "r01"), (CELL, "r02"))
    assert (moved.rows["store"], moved.rows["orders"], moved.rows["receipt"]) == (3, 2, 7)
    assert auditor.look() == []
    for copy in copies:
        assert copy.pull()
        held = {kind: rows for kind, rows in copy.rows.items() if rows}
        assert held == carried(world, copy.carrier.rep)
    back = [(OTHER_CELL, world.stores[0]), (CELL, world.stores[1])]
    with pytest.raises(NotSo, match="there already"), world.begin() as conn:
        relocate_all(conn, back, CELL, "w1", BY, world.now)
    assert world.rows("SELECT id::text FROM store WHERE cell = %s", CELL) == [(world.stores[1],)]


def test_a_move_that_cannot_be_is_refused_in_words(world: World) -> None:
    store, other = world.stores[0], world.stores[1]
    for args, why in (
        ((CELL, CELL, store, "w1"), "there already"),
        ((CELL, 1, store, "w2"), "no such depot"),
        ((CELL, OTHER_CELL, store, "w1"), "no warehouse 'w1'"),
        ((OTHER_CELL, CELL, store, "w1"), "not in this depot"),
    ):
        with pytest.raises(NotSo, match=why), world.begin() as conn:
            relocate(conn, *args, BY, world.now)
    go(world, 0)
    world.run("UPDATE store SET code = 's001' WHERE id = %s", other)
    with pytest.raises(NotSo, match="has a store 's001' already"):
        go(world, 1)


def test_an_order_on_the_wire_keeps_its_store_where_it_is(world: World) -> None:
    some_work(world, 0)
    world.run("UPDATE delivery SET state = 'sending', lease_until = now() + interval '1 minute'")
    with pytest.raises(NotSo, match="being sent"):
        go(world, 0)
    world.run("UPDATE delivery SET lease_until = now() - interval '1 minute'")
    go(world, 0)
    assert world.rows("SELECT DISTINCT cell, state FROM delivery") == [(OTHER_CELL, "sending")]
