"""SQL of a pull: grants, entries since a position, and row values as ready JSON.

PostgreSQL writes the JSON of each row, so a page is put together from bytes and no row becomes
Python objects. The columns and their order are those of schemas/rows.py, as the version asked for
has them (schemas/versions.py): an allow-list, so what a version does not know never travels to it.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection

from schemas.versions import NEWEST, columns_at, later_kinds, name_at, touched
from sync.kinds import untold
from sync.queries.driver import array, driver, execute, together

# kind -> (table, key column, column that names the scope's owner)
_AT: dict[str, tuple[str, str, str | None]] = {
    "period": ("period", "code", None),
    "policy": ("policy", "id", None),
    "price_list": ("price_list", "code", None),
    "product": ("product", "code", None),
    "promotion": ("promotion", "id", None),
    "tax_rate": ("tax_rate", "id", None),
    "must_stock": ("must_stock", "id", None),
    "price": ("price", "id", "list"),
    "warehouse": ("warehouse", "code", "code"),
    "stock": ("stock", "id", "warehouse"),
    "plan_stop": ("plan_stop", "id", "rep"),
    "target": ("sales_target", "id", "rep"),
    "conflict": ("conflict", "id", "rep"),
    "store": ("store", "id", "id"),
    "contact": ("contact", "id", "store"),
    "receivable": ("credit_account", "store", "store"),
    "collection": ("collection", "id", "store"),
    "visit": ("visit", "id", "store"),
    "card": ("visit_card", "id", "store"),
    "order": ("orders", "id", "store"),
}

# (kind, column of schemas/rows.py) -> its value, where that is not the column of that name
_VALUES: dict[tuple[str, str], str] = {
    ("product", "uoms"): """(SELECT coalesce(json_agg(json_build_array(u.uom, u.num, u.den, u.gtin,
        u.orderable) ORDER BY u.uom), '[]')
        FROM product_uom u WHERE u.cell = t.cell AND u.product = t.code)""",
    ("promotion", "percent"): "trim_scale(percent)::text",
    ("promotion", "tiers"): "tiers::json",
    ("tax_rate", "percent"): "trim_scale(percent)::text",
    ("price", "price"): "trim_scale(price)::text",
    ("stock", "available"): "published",
    ("conflict", "answers"): "rep_answers",
    ("receivable", "items"): """(SELECT coalesce(json_agg(json_build_array(i.number, i.kind,
        i.issued_on, i.due_on, i.amount_minor, i.open_minor, i.paid_on, i.disputed)
        ORDER BY i.due_on, i.number), '[]')
        FROM open_item i WHERE i.cell = t.cell AND i.store = t.store)""",
    ("collection", "allocation"): "allocation::json",
    ("collection", "applied"): "applied::json",
    ("card", "lines"): "lines::json",
    ("card", "amendments"): "amendments::json",
    ("card", "competitors"): "competitors::json",
    ("order", "steps"): "steps::json",
    ("order", "lines"): """(SELECT coalesce(json_agg(json_build_array(l.n, l.product, l.uom,
        trim_scale(l.typed)::text, l.ordered, trim_scale(l.unit_price)::text,
        l.discount_minor, l.net_minor, l.confirmed, l.backordered, l.cut, l.cut_reason,
        l.shipped, l.delivered, l.state, l.promotions) ORDER BY l.n), '[]')
        FROM order_line l WHERE l.cell = t.cell AND l.order_id = t.id)""",
}

_KEY_TYPE = {"period": "text", "price_list": "text", "product": "text", "warehouse": "text"}
_OWNER_TYPE = {"price": "text", "warehouse": "text", "stock": "text", "plan_stop": "text",
               "target": "text", "conflict": "text"}  # fmt: skip


class RowsText(NamedTuple):
    """Rows of one kind: how many, their JSON arrays joined by commas, and their keys."""

    number: int
    text: str
    keys: list[str]


_NONE = RowsText(0, "", [])


@cache
def place_of(kind: str) -> tuple[str, str, str]:
    """The table of a kind, the column that names its scope's owner, and that column's type; of a
    kind whose scope has no owner the key's."""
    table, key, owner = _AT[kind]
    return table, owner or key, _OWNER_TYPE.get(kind, "uuid")


def home_of(kind: str) -> tuple[str, str]:
    """The table of a kind and its key column."""
    return _AT[kind][:2]


@cache
def in_scopes(kind: str) -> str:
    """SQL of whether a row of a kind lies in scopes of one family; `these` says which.

    Found by the column that names the scope's owner, which has the index; yet a row of a rep may
    lie in a scope that the rep does not carry (a conflict that is the office's alone).
    """
    owner = _AT[kind][2]
    found = "scope = ANY(%(scopes)s::text[])"
    if owner is not None:
        found += f" AND {owner} = ANY(%(owners)s::{_OWNER_TYPE.get(kind, 'uuid')}[])"
    return found


def these(scopes: Sequence[str]) -> dict[str, Any]:
    """The values of `in_scopes`."""
    owners = array(scope.partition(":")[2] for scope in scopes)
    return {"scopes": array(scopes), "owners": owners}


def row_text(kind: str, version: int) -> str:
    """SQL of a row of table `t` as JSON text: the columns of a version, and no other."""
    values = (
        _AT[kind][1] if today == "id" else _said(kind, today, version)
        for _, today in columns_at(kind, version)
    )
    return f"json_build_array({', '.join(values)})::text"


def _said(kind: str, today: str, version: int) -> str:
    """SQL of a value; a conflict names the field it is about in the words of the version."""
    value = _VALUES.get((kind, today), today)
    if kind == "conflict" and today in ("field", "arguments"):
        for of, new, old in _words(version):
            said = f"'{old}'"
            if today == "arguments":  # the places of a sentence: a field as people call it
                word = old.replace("_", " ")
                said = f"jsonb_set(arguments, '{{field}}', '\"{word}\"', false)"
            value = f"CASE WHEN {_IS_ABOUT.format(of, new)} THEN {said} ELSE {value} END"
    return value


_IS_ABOUT = "(subject LIKE '{}/%%' AND field = '{}')"


def _words(version: int) -> list[tuple[str, str, str]]:
    """(kind, today's name, the version's) of every field that a version calls otherwise."""
    return [
        (kind, new, old)
        for kind, names in touched(version, NEWEST).items()
        for new in names
        if (old := name_at(kind, new, version)) is not None
    ]


def rows_by_key(
    conn: Connection, kind: str, cells: Sequence[int], scopes: Sequence[str], keys: Sequence[str],
    version: int,
) -> RowsText:  # fmt: skip
    """Return the rows with these keys that lie in one of these scopes."""
    table, key, _ = _AT[kind]
    row = execute(
        conn,
        f"""SELECT count(*), string_agg({row_text(kind, version)}, ','), array_agg({key}::text)
            FROM {table} t
            WHERE cell = ANY(%s) AND {key} = ANY(%s::{_KEY_TYPE.get(kind, "uuid")}[])
              AND scope = ANY(%s::text[])""",
        [list(cells), array(keys), array(scopes)],
    ).fetchone()
    return RowsText(*row) if row and row[0] else _NONE


def rows_by_scope(
    conn: Connection, kinds: Sequence[str], cell: int, scopes: Sequence[str], version: int
) -> list[RowsText]:
    """Return all rows of each kind in these scopes of one family."""
    said = {"cell": cell, **these(scopes)}
    found = []
    with together(conn):
        for kind in kinds:
            found.append(
                execute(
                    conn,
                    f"""SELECT count(*), string_agg({row_text(kind, version)}, ',')
                        FROM {_AT[kind][0]} t WHERE cell = %(cell)s AND {in_scopes(kind)}""",
                    said,
                )
            )
    rows = [one.fetchone() for one in found]
    return [RowsText(row[0], row[1], []) if row and row[0] else _NONE for row in rows]


def rows_in_key_order(
    conn: Connection, kind: str, cell: int, owner: str | None, after: str, limit: int,
    version: int,
) -> tuple[RowsText, str]:  # fmt: skip
    """Return up to limit rows of one large scope after a key, and the last key returned."""
    owner_column = _AT[kind][2]
    where = "cell = %(cell)s" + (f" AND {owner_column} = %(owner)s" if owner_column else "")
    return _page(conn, kind, where, {"cell": cell, "owner": owner}, after, limit, version)


def rows_touched(
    conn: Connection, kind: str, cells: Sequence[int], scopes: Sequence[str], after: str,
    limit: int, former: int, version: int,
) -> tuple[RowsText, str]:  # fmt: skip
    """Return up to limit rows after a key of those that two versions do not carry alike: a field
    that one of them lacks, or calls otherwise, holds something. And the last key returned."""
    where = f"cell = ANY(%(cells)s) AND {in_scopes(kind)} AND ({_differs(kind, former, version)})"
    said = {"cells": list(cells), **these(scopes)}
    return _page(conn, kind, where, said, after, limit, version)


def _page(
    conn: Connection, kind: str, where: str, said: dict[str, Any], after: str, limit: int,
    version: int,
) -> tuple[RowsText, str]:  # fmt: skip
    table, key, _ = _AT[kind]
    key_type = _KEY_TYPE.get(kind, "uuid")
    floor = after or ("" if key_type == "text" else "00000000-0000-0000-0000-000000000000")
    row = execute(
        conn,
        f"""SELECT count(*), string_agg(value, ','), (array_agg(key::text))[count(*)] FROM (
                SELECT {key} AS key, {row_text(kind, version)} AS value FROM {table} t
                WHERE {where} AND {key} > %(after)s::{key_type}
                ORDER BY {key} LIMIT %(limit)s) page""",
        {**said, "after": floor, "limit": limit},
    ).fetchone()
    return (RowsText(row[0], row[1], []), row[2]) if row and row[0] else (_NONE, after)


def _differs(kind: str, former: int, version: int) -> str:
    if kind in later_kinds(former):
        return "true"
    tests = [
        f"{_VALUES.get((kind, name), name)} IS NOT NULL"
        for name in touched(former, version).get(kind, ())
    ]
    if kind == "conflict":
        names = [(of, name) for of, found in touched(former, version).items() for name in found]
        tests += [_IS_ABOUT.format(of, name) for of, name in names]
    return " OR ".join(tests) or "false"


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


def stores_of_day(
    conn: Connection, cells: Sequence[int], rep: str, day: date, until: date
) -> list[str]:
    """Return the stores of a rep's stops on the first day from `day` to `until` that has some."""
    rows = execute(
        conn,
        """WITH stop AS (
               SELECT day, store FROM plan_stop
               WHERE cell = ANY(%s) AND rep = %s AND day BETWEEN %s AND %s
           )
           SELECT DISTINCT store::text FROM stop WHERE day = (SELECT min(day) FROM stop)""",
        [list(cells), rep, day, until],
    ).fetchall()
    return [row[0] for row in rows]


def entries(
    conn: Connection, cell: int, scopes: Sequence[str], since: int, head: int, limit: int,
    version: int,
) -> list[tuple[str, str, int]]:  # fmt: skip
    """Return (kind, key, pos) of up to limit entries after `since` up to `head`, by position: those
    of kinds that the version knows."""
    return execute(
        conn,
        """SELECT kind, key, pos FROM entry
           WHERE cell = %s AND scope = ANY(%s::text[]) AND pos > %s AND pos <= %s
             AND kind <> ALL(%s::text[])
           ORDER BY pos LIMIT %s""",
        [cell, array(scopes), since, head, untold(version), limit],
    ).fetchall()


_STILL = """
SELECT i.epoch,
       (SELECT max(stock_as_of) FROM warehouse WHERE cell = ANY(told.cells)),
       (SELECT max(receivables_as_of) FROM cell WHERE cell = ANY(told.cells))
FROM cursor c JOIN incarnation i ON i.epoch = c.epoch
CROSS JOIN LATERAL (
    SELECT array_agg(f.cell) AS cells, jsonb_object_agg(f.cell::text, f.pos) AS heads FROM feed f
    WHERE f.cell = ANY(%(cells)s::int[]) OR c.positions ? f.cell::text) told
WHERE c.cell = %(cell)s AND c.id = %(cursor)s AND c.device = %(device)s
  AND c.schema = %(schema)s AND c.page IS NULL
  AND i.epoch = coalesce(nullif(%(epoch)s::text, ''), i.epoch) AND told.heads = c.positions
"""


def still(
    conn: Connection, cell: int, cursor: str, device: str, schema: int, epoch: str | None,
    cells: Sequence[int],
) -> tuple[Any, ...] | None:  # fmt: skip
    """Return (epoch, age of the stock, of the receivables) when none of a cursor's feeds, and none
    of `cells`, has moved since; None when one has or the cursor is not this handheld's. One round
    trip; ends the transaction."""
    args = {"cell": cell, "cursor": cursor, "device": device, "schema": schema, "epoch": epoch}
    raw = driver(conn)
    with raw.pipeline():
        found = raw.execute(_STILL, args | {"cells": list(cells)})
        raw.commit()
    return found.fetchone()


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
    """Note how a handheld stands: its queue, clock, room, program, and that it pulled."""
    execute(
        conn,
        """UPDATE device SET last_pull_at = clock_timestamp(), schema = %(schema)s,
               queue_depth = coalesce(%(pending)s, queue_depth), oldest_unsent = %(oldest)s,
               clock_offset_ms = coalesce(%(offset)s, clock_offset_ms),
               free_bytes = coalesce(%(free)s, free_bytes),
               app_version = coalesce(%(app)s, app_version),
               state = CASE WHEN state IN ('enrolled', 'stale') THEN 'active' ELSE state END
           WHERE cell = %(cell)s AND id = %(device)s""",
        {"cell": cell, "device": device, **health},
    )
