"""Months of visits, cards and orders, for tests of the frequency adviser."""

from datetime import timedelta
from typing import Any

import msgspec

from schemas.ids import uuid7
from tests.world import World


def visited(world: World, store: str, days_ago: int, *, net_minor: int, out: int = 0) -> None:
    """A visit of half an hour with a card of ten lines and, if it is worth anything, an order."""
    at, visit = world.now - timedelta(days=days_ago), uuid7()
    world.run(
        "INSERT INTO visit (cell, id, scope, version, changed_by, store, rep, state, started_at,"
        " ended_at) VALUES (2, %s, 'st:x', 1, 'x', %s, 'r01', 'done', %s, %s)",
        visit, store, at, at + timedelta(minutes=30),
    )  # fmt: skip
    stock = [40 if days_ago > 100 else 20] + [None] * 9
    lines = [
        [f"p{n:03d}", True, n >= out, 2, stock[n], None, None, None, n < out, None]
        for n in range(10)
    ]
    world.run(
        "INSERT INTO visit_card (cell, id, scope, version, changed_by, store, visit, rep,"
        " captured_at, state, lines, amendments) VALUES (2, %s, 'st:x', 1, 'x', %s, %s, 'r01', %s,"
        " 'closed', %s, '[]')",
        uuid7(), store, visit, at, msgspec.json.encode(lines).decode(),
    )  # fmt: skip
    if net_minor:
        _ordered(world, store, visit, at, net_minor)


def _ordered(world: World, store: str, visit: str, at: Any, net_minor: int) -> None:
    order, pieces = uuid7(), net_minor // 250
    world.run(
        "INSERT INTO orders (cell, id, scope, version, changed_by, number, store, rep, visit, type,"
        " stock_owner, revision, state, holds, released, captured_at, captured_uncertain,"
        " received_at, currency, net_minor, exposure_minor, caps) VALUES (2, %s, 'st:x', 1, 'x',"
        " %s, %s, 'r01', %s, 'sale', 'w', 1, 'closed', '{}', '{}', %s, false, %s, 'USD', %s, 0,"
        " '{}')",
        order, order[:13], store, visit, at, at, net_minor,
    )  # fmt: skip
    world.run(
        "INSERT INTO order_line (cell, order_id, n, product, uom, typed, quoted_price, unit_price,"
        " discount_minor, net_minor, ordered, confirmed, backordered, cut, reserved, shipped,"
        " delivered, state) VALUES (2, %s, 1, 'p000', 'each', %s, 2.5, 2.5, 0, %s, %s, %s, 0, 0, 0,"
        " 0, %s, 'delivered')",
        order, pieces, net_minor, pieces, pieces, pieces,
    )  # fmt: skip


def more_stores(world: World, many: int) -> None:
    """More stores of r01, like the first: s005, s006 ..."""
    with world.begin() as conn:
        for n in range(5, 5 + many):
            key = uuid7()
            world.stores.append(key)
            conn.connection.driver_connection.execute(  # type: ignore[union-attr]
                "INSERT INTO store SELECT (jsonb_populate_record(s, jsonb_build_object("
                "'id', %s::text, 'code', %s::text, 'name', %s::text))).*"
                " FROM store s WHERE code = 's001'",
                (key, f"s{n:03d}", f"Store {n}"),
            )
            conn.connection.driver_connection.execute(  # type: ignore[union-attr]
                "INSERT INTO assignment SELECT (jsonb_populate_record(a, jsonb_build_object("
                "'id', %s::text, 'store', %s::text))).* FROM assignment a"
                " WHERE store = %s AND rep = 'r01'",
                (uuid7(), key, world.stores[0]),
            )
