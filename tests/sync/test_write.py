"""Rows and their entries together, and never in the way of a push."""

from typing import Any

from sync.write import publish_stock, remove, write
from tests.sync.clash import clash, stock_of
from tests.world import CELL, World, change, order_body


def stock_rows(world: World, more: int) -> list[dict[str, Any]]:
    """All stock with `more` on hand, in the order of a file that knows no order."""
    names = "id::text, warehouse, product, on_hand, allocated, blocked, safety, published, as_of"
    keys = [name.strip().partition(":")[0] for name in names.split(",")]
    rows = world.rows(f"SELECT {names} FROM stock ORDER BY product DESC")
    return [dict(zip(keys, row, strict=True)) | {"on_hand": row[3] + more} for row in rows]


def test_telling_availability_never_deadlocks_with_a_push(world: World) -> None:
    """Rows that changed lie at the end of the table: p003 before p001."""
    for product in ("p003", "p001"):
        world.run("UPDATE stock SET reserved = 1 WHERE product = %s", product)
    assert clash(world, [stock_of("p001"), stock_of("p003")], publish_stock) == []
    with world.begin() as conn:
        publish_stock(conn)
    assert world.one("SELECT count(*) FROM stock WHERE published <> on_hand - reserved") == 0


def test_what_a_push_holds_is_told_the_next_time(world: World) -> None:
    body = order_body(world.stores[0], [("p001", 5), ("p002", 5)])
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    told = []
    errors = clash(world, [stock_of("p001")], lambda conn: told.append(publish_stock(conn)))
    assert (errors, told) == ([], [1])
    with world.begin() as conn:
        assert publish_stock(conn) == 1
        assert publish_stock(conn) == 0


def test_a_load_never_deadlocks_with_a_push(world: World) -> None:
    rows = stock_rows(world, more=1)
    errors = clash(
        world,
        [stock_of("p001"), stock_of("p003")],
        lambda conn: write(conn, CELL, "stock", rows, "load:stock"),
    )
    assert errors == []
    assert world.one("SELECT count(*) FROM stock WHERE on_hand = 1001") == len(rows)


def test_rows_that_do_not_differ_make_no_entry(world: World) -> None:
    head = world.one("SELECT pos FROM feed WHERE cell = %s", CELL)
    with world.begin() as conn:
        written = write(conn, CELL, "stock", stock_rows(world, more=0), "load:stock")
    assert (written.new, written.changed) == (0, 0)
    assert world.one("SELECT pos FROM feed WHERE cell = %s", CELL) == head


def test_an_account_that_is_loaded_late_begins_with_what_was_ordered_before(world: World) -> None:
    store = world.stores[0]
    with world.begin() as conn:
        remove(conn, CELL, "receivable", [store])
    world.push(world.carrier(), [change(1, "order", "submit", order_body(store, [("p001", 4)]))])
    row = {"store": store, "limit_minor": 900, "open_minor": 0, "on_account_minor": 0}
    for limit in (900, 1_000):
        with world.begin() as conn:
            told = row | {"limit_minor": limit, "as_of": world.now}
            write(conn, CELL, "receivable", [told], "load:receivables")
        ordered = "SELECT ordered_minor FROM credit_account WHERE store = %s"
        assert world.one(ordered, store) == 4 * 250
