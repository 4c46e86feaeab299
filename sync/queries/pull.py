"""SQL of a pull: grants, entries since a position, and row values as ready JSON.

PostgreSQL writes the JSON of each row, so a page is put together from bytes and no row becomes
Python objects. The columns and their order are those of schemas/rows.py; a test holds the two
side by side.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from sync.queries.driver import execute

# kind -> (table, key column, column that names the scope, JSON values in wire order)
_VALUES: dict[str, tuple[str, str, str | None, str]] = {
    "period": ("period", "code", None, "year, no, first_day, last_day, state"),
    "policy": ("policy", "id", None, "banner, store, rule, choice, params"),
    "price_list": (
        "price_list", "code", None, "name, currency, level, banner, channel, store_class",
    ),
    "product": (
        "product", "code", None,
        "name, brand, category, status, volume_ml, weight_g, tax_class, min_quantity, multiple,"
        " substitute, (SELECT coalesce(json_agg(json_build_array(u.uom, u.num, u.den, u.gtin,"
        " u.orderable) ORDER BY u.uom), '[]')"
        " FROM product_uom u WHERE u.cell = t.cell AND u.product = t.code)",
    ),
    "promotion": (
        "promotion", "id", None,
        "code, name, kind, products, store, banner, channel, store_class,"
        " trim_scale(percent)::text, amount_minor, tier_by, tiers::json, buy, get, get_product,"
        " stacks, priority, valid_from, valid_to, state",
    ),
    "tax_rate": (
        "tax_rate", "id", None,
        "tax_class, name, trim_scale(percent)::text, valid_from, valid_to",
    ),
    "must_stock": (
        "must_stock", "id", None,
        "banner, channel, store_class, product, min_facings, valid_from, valid_to",
    ),
    "price": (
        "price", "id", "list",
        "product, trim_scale(price)::text, min_quantity, valid_from, valid_to",
    ),
    "warehouse": ("warehouse", "code", "code", "name, zone, cut_off, stock_as_of"),
    "stock": ("stock", "id", "warehouse", "product, published, due_quantity, due_on"),
    "plan_stop": (
        "plan_stop", "id", "rep", "rep, store, day, sequence, state, pinned, reason, visit",
    ),
    "conflict": (
        "conflict", "id", "rep",
        "item, store, order_id, subject, change, line, field, rule, decision, base, yours, now,"
        " needs, message, arguments, says, proposed, rep_answers, owner, state, due_at,"
        " escalated_at, answer, answer_note, answer_by, resolution, resolved_by, resolved_at, at",
    ),
    "store": (
        "store", "id", "id",
        "code, name, status, status_reason, merged_into, address, city, region, postcode,"
        " lat_deg, lon_deg, geo_source, banner, channel, store_class, price_list, warehouse,"
        " zone, terms_days, lead_days, delivery_days, visits_per_4w, phone, opening, tax_id,"
        " geo_accuracy_m",
    ),
    "contact": ("contact", "id", "store", "store, name, role, phone, preferred_time, state"),
    "receivable": (
        "credit_account", "store", "store",
        "limit_minor, open_minor, on_account_minor, blocked_reason, as_of,"
        " (SELECT coalesce(json_agg(json_build_array(i.number, i.kind, i.issued_on, i.due_on,"
        " i.amount_minor, i.open_minor, i.paid_on, i.disputed) ORDER BY i.due_on, i.number), '[]')"
        " FROM open_item i WHERE i.cell = t.cell AND i.store = t.store)",
    ),
    "collection": (
        "collection", "id", "store",
        "number, store, rep, visit, method, amount_minor, currency, cheque_no, cheque_bank,"
        " cheque_on, allocation::json, note, captured_at, day, state, handed_in_at,"
        " posted_at, applied::json, on_account_minor, bounced_at, reason",
    ),
    "visit": (
        "visit", "id", "store",
        "store, rep, state, planned_on, started_at, ended_at, distance_m, reason, note",
    ),
    "card": (
        "visit_card", "id", "store",
        "store, visit, rep, captured_at, state, lines::json, amendments::json",
    ),
    "order": (
        "orders", "id", "store",
        "number, store, rep, visit, type, revision, state, holds, captured_at, received_at,"
        " deliver_on, po_no, note, currency, net_minor, external_no, about, invoice_no,"
        " steps::json,"
        " (SELECT coalesce(json_agg(json_build_array(l.n, l.product, l.uom,"
        " trim_scale(l.typed)::text, l.ordered, trim_scale(l.unit_price)::text,"
        " l.discount_minor, l.net_minor, l.confirmed,"
        " l.backordered, l.cut, l.cut_reason, l.shipped, l.delivered, l.state,"
        " l.promotions) ORDER BY l.n), '[]')"
        " FROM order_line l WHERE l.cell = t.cell AND l.order_id = t.id)",
    ),
}  # fmt: skip

_KEY_TYPE = {"period": "text", "price_list": "text", "product": "text", "warehouse": "text"}
_OWNER_TYPE = {"price": "text", "warehouse": "text", "stock": "text", "plan_stop": "text",
               "conflict": "text"}  # fmt: skip


class RowsText(NamedTuple):
    """Rows of one kind: how many, their JSON arrays joined by commas, and their keys."""

    number: int
    text: str
    keys: list[str]


_NONE = RowsText(0, "", [])


def _value(kind: str) -> str:
    _, key, _, values = _VALUES[kind]
    return f"json_build_array({key}, scope, version, {values})::text"


def rows_by_key(
    conn: Connection, kind: str, cells: Sequence[int], scopes: Sequence[str], keys: Sequence[str]
) -> RowsText:
    """Return the rows with these keys that lie in one of these scopes."""
    table, key, _, _ = _VALUES[kind]
    row = execute(
        conn,
        f"""SELECT count(*), string_agg({_value(kind)}, ','), array_agg({key}::text)
            FROM {table} t
            WHERE cell = ANY(%s) AND {key} = ANY(%s::{_KEY_TYPE.get(kind, "uuid")}[])
              AND scope = ANY(%s)""",
        [list(cells), list(keys), list(scopes)],
    ).fetchone()
    return RowsText(*row) if row and row[0] else _NONE


def rows_by_scope(conn: Connection, kind: str, cell: int, scopes: Sequence[str]) -> RowsText:
    """Return all rows of a kind in these scopes of one family.

    Found by the column that names the scope's owner, which has the index; yet a row of a rep may
    lie in a scope that the rep does not carry (a conflict that is the office's alone).
    """
    table, key, owner, _ = _VALUES[kind]
    row = execute(
        conn,
        f"""SELECT count(*), string_agg({_value(kind)}, ','), NULL FROM {table} t
            WHERE cell = %s AND {owner or key} = ANY(%s::{_OWNER_TYPE.get(kind, "uuid")}[])
              AND scope = ANY(%s)""",
        [cell, [scope.partition(":")[2] for scope in scopes], list(scopes)],
    ).fetchone()
    return RowsText(row[0], row[1], []) if row and row[0] else _NONE


def rows_in_key_order(
    conn: Connection, kind: str, cell: int, owner: str | None, after: str, limit: int
) -> tuple[RowsText, str]:
    """Return up to limit rows of one large scope after a key, and the last key returned."""
    table, key, owner_column, _ = _VALUES[kind]
    key_type = _KEY_TYPE.get(kind, "uuid")
    floor = after or ("" if key_type == "text" else "00000000-0000-0000-0000-000000000000")
    where = f"AND {owner_column} = %(owner)s" if owner_column else ""
    row = execute(
        conn,
        f"""SELECT count(*), string_agg(value, ','), (array_agg(key::text))[count(*)] FROM (
                SELECT {key} AS key, {_value(kind)} AS value FROM {table} t
                WHERE cell = %(cell)s AND {key} > %(after)s::{key_type} {where}
                ORDER BY {key} LIMIT %(limit)s) page""",
        {"cell": cell, "after": floor, "owner": owner, "limit": limit},
    ).fetchone()
    return (RowsText(row[0], row[1], []), row[2]) if row and row[0] else (_NONE, after)


def grants(conn: Connection, cell: int, rep: str) -> list[tuple[int, str]]:
    """Return (cell, scope) of each scope the rep carries now, by the database's clock."""
    return execute(
        conn,
        """SELECT DISTINCT scope_cell, scope FROM scope_grant
           WHERE cell = %s AND rep = %s AND told_begin AND NOT told_end""",
        [cell, rep],
    ).fetchall()


def grants_changed(conn: Connection, cell: int, rep: str, since: int) -> bool:
    """Say whether a grant of the rep began or ended after a position."""
    row = execute(
        conn,
        "SELECT EXISTS (SELECT FROM entry WHERE cell = %s AND scope = %s AND pos > %s"
        " AND kind = 'grant')",
        [cell, f"rep:{rep}", since],
    ).fetchone()
    return bool(row and row[0])


def entries(
    conn: Connection, cell: int, scopes: Sequence[str], since: int, head: int, limit: int
) -> list[tuple[str, str, int]]:
    """Return (kind, key, pos) of up to limit entries after `since` up to `head`, by position."""
    return execute(
        conn,
        """SELECT kind, key, pos FROM entry
           WHERE cell = %s AND scope = ANY(%s) AND pos > %s AND pos <= %s AND kind <> 'grant'
           ORDER BY pos LIMIT %s""",
        [cell, list(scopes), since, head, limit],
    ).fetchall()


def as_of(conn: Connection, cells: Sequence[int]) -> tuple[Any, Any]:
    """Return how old the stock and the receivables of these cells are."""
    row = execute(
        conn,
        """SELECT (SELECT max(stock_as_of) FROM warehouse WHERE cell = ANY(%(cells)s)),
                  (SELECT max(receivables_as_of) FROM cell WHERE cell = ANY(%(cells)s))""",
        {"cells": list(cells)},
    ).fetchone()
    return (row[0], row[1]) if row else (None, None)


def keep_health(conn: Connection, cell: int, device: str, health: dict[str, Any]) -> None:
    """Note how a handheld stands: its queue, clock, schema, and that it pulled."""
    execute(
        conn,
        """UPDATE device SET last_pull_at = clock_timestamp(), schema = %(schema)s,
               queue_depth = coalesce(%(pending)s, queue_depth), oldest_unsent = %(oldest)s,
               clock_offset_ms = coalesce(%(offset)s, clock_offset_ms),
               state = CASE WHEN state IN ('enrolled', 'stale') THEN 'active' ELSE state END
           WHERE cell = %(cell)s AND id = %(device)s""",
        {"cell": cell, "device": device, **health},
    )
