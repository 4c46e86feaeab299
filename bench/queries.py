"""All SQL of bench: the floors' plain tables, looking at the server, filling tables by the million.

Runs on a plain psycopg connection as the owner of the tables, outside the product's own pools.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection, sql

Raw = Connection[Any]

DOCUMENTS: dict[str, str] = {
    "orders": "id = ANY(%(ids)s::uuid[])",
    "order_line": "order_id = ANY(%(ids)s::uuid[])",
    "visit_card": "id = ANY(%(ids)s::uuid[])",
}
"""What a rep sent, at rest: table -> which rows are of these document ids."""

TRACES: dict[str, str] = {
    "receipt": "change = ANY(%(changes)s::uuid[])",
    "delivery": "order_id = ANY(%(ids)s::uuid[])",
    "entry": "key = ANY(%(ids)s)",
    "conflict": "change = ANY(%(changes)s::uuid[])",
}
"""What the server adds so that nothing is lost, doubled or left untold."""

_STORE_SCOPED = "store = ANY(%(stores)s::uuid[])"
TERRITORY: dict[str, str] = {
    "product": "true",
    "product_uom": "true",
    "price": "true",
    "promotion": "true",
    "stock": "true",
    "store": "id = ANY(%(stores)s::uuid[])",
    "credit_account": _STORE_SCOPED,
    "open_item": _STORE_SCOPED,
    "visit": _STORE_SCOPED,
    "visit_card": _STORE_SCOPED,
    "orders": _STORE_SCOPED,
    "order_line": "order_id IN (SELECT id FROM orders WHERE store = ANY(%(stores)s::uuid[]))",
}
"""The rows of a rep's first pull."""


def refuse_unsafe(raw: Raw) -> None:
    """A database that does not wait for its disk would be measured too fast."""
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        row = raw.execute(sql.SQL("SHOW {}").format(sql.Identifier(name))).fetchone()
        assert row == ("on",), f"{name} is {row}"


def version(raw: Raw) -> str:
    row = raw.execute("SHOW server_version").fetchone()
    return str(row[0]).split(" ")[0] if row else "?"


def tidy(raw: Raw) -> None:
    raw.execute("VACUUM (ANALYZE)")


def age_orders(raw: Raw) -> None:
    """Make young orders a week older, so that what comes next has no recent neighbours."""
    raw.execute(
        "UPDATE orders SET captured_at = captured_at - interval '7 days'"
        " WHERE captured_at > now() - interval '9 days'"
    )


# --- floors --------------------------------------------------------------------------------------


def plain_tables(raw: Raw, schema: str, tables: Sequence[str]) -> None:
    """Tables of the same columns with a primary key and nothing else."""
    raw.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
    raw.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    for table in tables:
        raw.execute(
            sql.SQL("CREATE TABLE {} (LIKE {})").format(
                sql.Identifier(schema, table), sql.Identifier("public", table)
            )
        )
        keys = raw.execute(
            "SELECT attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
            " AND a.attnum = ANY(i.indkey) WHERE i.indrelid = %s::regclass AND i.indisprimary"
            " ORDER BY array_position(i.indkey::int2[], a.attnum)",
            [f"public.{table}"],
        ).fetchall()
        raw.execute(
            sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})").format(
                sql.Identifier(schema, table),
                sql.SQL(", ").join(sql.Identifier(key) for (key,) in keys),
            )
        )


def types(raw: Raw, table: str) -> list[tuple[str, str]]:
    """(column, type) of a table."""
    return raw.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [f"public.{table}"],
    ).fetchall()


def text_out(
    raw: Raw, table: str, which: str, args: dict[str, Any], schema: str = "public"
) -> list[bytes]:
    """Rows as COPY writes them, in the pieces they came in."""
    query = sql.SQL("COPY (SELECT * FROM {} WHERE ").format(sql.Identifier(schema, table))
    query += sql.SQL(which) + sql.SQL(") TO STDOUT")
    with raw.cursor().copy(query, args) as out:
        return [bytes(piece) for piece in out]


def text_in(raw: Raw, schema: str, table: str, text: bytes) -> None:
    query = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(schema, table))
    with raw.cursor().copy(query) as into:
        into.write(text)


def as_columns(
    raw: Raw, table: str, which: str, args: dict[str, Any], types_of: list[tuple[str, str]]
) -> list[list[Any]]:
    """Rows as one list a column; arrays and JSON as text, since unnest would take arrays apart."""
    names = sql.SQL(", ").join(
        sql.SQL("{}::text" if _is_nested(kind) else "{}").format(sql.Identifier(name))
        for name, kind in types_of
    )
    query = sql.SQL("SELECT {} FROM {} WHERE ").format(names, sql.Identifier("public", table))
    rows = raw.execute(query + sql.SQL(which), args).fetchall()
    return [list(column) for column in zip(*rows, strict=True)] if rows else []


def unnest_in(
    raw: Raw, schema: str, table: str, columns: list[list[Any]], types_of: list[tuple[str, str]]
) -> None:
    """One INSERT ... SELECT FROM unnest."""
    arrays = sql.SQL(", ").join(
        sql.SQL("%s::" + ("text" if _is_nested(kind) else kind) + "[]") for _, kind in types_of
    )
    names = [sql.Identifier(name) for name, _ in types_of]
    cast = sql.SQL(", ").join(
        sql.SQL("u.{}" + (f"::{kind}" if _is_nested(kind) else "")).format(name)
        for name, (_, kind) in zip(names, types_of, strict=True)
    )
    query = sql.SQL("INSERT INTO {} SELECT {} FROM unnest({}) AS u({})").format(
        sql.Identifier(schema, table), cast, arrays, sql.SQL(", ").join(names)
    )
    raw.execute(query, columns)


def _is_nested(kind: str) -> bool:
    return kind.endswith("[]") or kind == "jsonb"


# --- looking at the server -----------------------------------------------------------------------


def commits_and_syncs(raw: Raw) -> tuple[int, int, int]:
    """(transactions committed, flushes of the log, bytes of log) since the server started."""
    raw.execute("SELECT pg_stat_clear_snapshot()")
    if raw.info.server_version >= 180_000:
        flushes = (
            "SELECT coalesce(sum(fsyncs), 0)::int8 FROM pg_stat_io"
            " WHERE object = 'wal' AND backend_type = 'client backend'"
        )
    else:
        flushes = "SELECT wal_sync FROM pg_stat_wal"
    row = raw.execute(
        "SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()),"
        f" ({flushes}), pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1]), int(row[2])


def flush_statistics(raw: Raw) -> None:
    """Let this connection tell its own figures now rather than within the second."""
    raw.execute("SELECT pg_stat_force_next_flush()")


def count(raw: Raw, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table))
    row = raw.execute(query).fetchone()
    return int(row[0]) if row else 0


# --- many more rows ------------------------------------------------------------------------------

_GROW_ORDERS = """
INSERT INTO orders (cell, id, scope, version, changed_by, number, store, rep, device, type,
    stock_owner, revision, state, holds, released, captured_at, captured_uncertain, received_at,
    decided_at, currency, net_minor, exposure_minor, caps)
SELECT %(cell)s, overlay(overlay(gen_random_uuid()::text PLACING '7' FROM 15)
           PLACING lpad(to_hex(%(from)s + i), 8, '0') FROM 1)::uuid,
       'st:' || st, 1, 'load:orders', 'H-' || %(from)s + i, st, 'r01', %(device)s, 'sale', 'w1',
       1, 'invoiced', '{}', '{}', at, false, at, at, 'USD', 12345, 0, '{}'
FROM (SELECT array_agg(id ORDER BY id) AS stores FROM store
      WHERE cell = %(cell)s AND id <> ALL(%(spared)s::uuid[])) s
CROSS JOIN generate_series(1, %(n)s) i
CROSS JOIN LATERAL (
    SELECT now() - interval '20 days' - (i %% 700) * interval '1 day' AS at,
           stores[1 + i %% cardinality(stores)] AS st) one
"""
_GROW_LINES = """
INSERT INTO order_line (cell, order_id, n, product, uom, typed, quoted_price, unit_price,
    discount_minor, net_minor, ordered, confirmed, backordered, cut, reserved, shipped, delivered,
    state)
SELECT o.cell, o.id, n, (20000 + 7 * (((hashtext(o.number) & 1023) + n * 37) %% 500))::text,
       'each', 3, 4.11, 4.11, 0, 1234, 3, 3, 0, 0, 0, 3, 3, 'confirmed'
FROM orders o CROSS JOIN generate_series(1, 10) n
WHERE o.cell = %(cell)s AND o.device = %(device)s
"""
_GROW_ENTRIES = """
INSERT INTO entry (cell, scope, kind, key, pos, act, at)
SELECT cell, scope, 'order', id::text, 0, 'put', received_at FROM orders
WHERE cell = %(cell)s AND device = %(device)s
"""
_GROW_RECEIPTS = """
INSERT INTO receipt (cell, change, device, n, rep, kind, act, outcome, subject, verdict, body_hash,
    depends_on, captured_at, captured_uncertain, received_at)
SELECT cell, id, %(device)s, %(from)s + row_number() OVER (ORDER BY id), 'r01', 'order', 'submit',
       'applied', 'order/' || id, '{}', '\\x00', '{}', captured_at, false, received_at
FROM orders WHERE cell = %(cell)s AND device = %(device)s
"""


def grow(raw: Raw, cell: int, begin: int, number: int, spared: Sequence[str]) -> None:
    """Add `number` old orders of ten lines with entries and receipts, in stores not `spared`."""
    args = {"cell": cell, "from": begin, "n": number, "spared": list(spared)}
    args["device"] = f"d-old-{begin}"  # tells this load from those before it
    for statement in (_GROW_ORDERS, _GROW_LINES, _GROW_ENTRIES, _GROW_RECEIPTS):
        raw.execute(statement, args)


def heads(raw: Raw) -> list[tuple[Any, ...]]:
    """The least a pull must ask: how far the feeds are."""
    return raw.execute("SELECT cell, pos FROM feed").fetchall()


# --- deliveries ----------------------------------------------------------------------------------


def settle_deliveries(raw: Raw) -> None:
    """Call everything delivered that was pushed so far."""
    raw.execute("UPDATE delivery SET state = 'acknowledged' WHERE state <> 'acknowledged'")


def aim_deliveries(raw: Raw, url: str, secret: str) -> None:
    raw.execute("UPDATE delivery_target SET url = %s, secret = %s", [url, secret])


def deliveries_waiting(raw: Raw) -> int:
    row = raw.execute("SELECT count(*) FROM delivery WHERE state <> 'acknowledged'").fetchone()
    return int(row[0]) if row else 0


def add_contacts(raw: Raw, cell: int, stores: Sequence[str], each: int) -> None:
    """So many contacts more for each of these stores, as if they had always been there."""
    raw.execute(
        """INSERT INTO contact (cell, id, scope, version, changed_by, store, name, role, phone,
                                state)
           SELECT %(cell)s, gen_random_uuid(), 'st:' || s.store, 1, 'load:contacts', s.store,
                  'Contact ' || g.n, 'buyer', '+1 319 555 ' || lpad(g.n::text, 4, '0'), 'active'
           FROM unnest(%(stores)s::uuid[]) AS s(store), generate_series(1, %(each)s) AS g(n)""",
        {"cell": cell, "stores": list(stores), "each": each},
    )
    raw.commit()


SPOILED = (
    "UPDATE copy.stock SET available = available + 1 WHERE rowid ="
    " (SELECT rowid FROM copy.stock ORDER BY random() LIMIT 1)",
    "DELETE FROM copy.contact WHERE rowid ="
    " (SELECT rowid FROM copy.contact ORDER BY random() LIMIT 1)",
    "UPDATE copy.contact SET phone = phone || '0' WHERE rowid ="
    " (SELECT rowid FROM copy.contact ORDER BY random() LIMIT 1)",
)
"""What goes wrong on a handheld, in its own SQLite: a row in each."""
