"""SQL of edits: the row at rest, locked, whether one that is not here was taken away, and stores
that may be the same as a new one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from psycopg.rows import dict_row
from sqlalchemy import Connection

from sync.queries.driver import driver, execute

TABLES = {"store": "store", "contact": "contact", "card": "visit_card", "plan_stop": "plan_stop"}
_KEPT_BY_PUT = ("cell", "scope", "version", "changed_by")
Rows = list[tuple[Any, ...]]


def lock_rows(
    conn: Connection, cell: int, kind: str, ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Lock the rows with these ids, sorted; return them by id, ids as text, with their version."""
    with driver(conn).cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(
            f"SELECT * FROM {TABLES[kind]} WHERE cell = %s AND id = ANY(%s::uuid[])"
            " ORDER BY id FOR UPDATE",
            [cell, list(ids)],
        ).fetchall()
    return {str(row["id"]): _as_text(row) for row in found}


def without_version(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as write.put takes it."""
    return {name: value for name, value in row.items() if name not in _KEPT_BY_PUT}


def _as_text(row: dict[str, Any]) -> dict[str, Any]:
    ids = ("id", "store", "visit", "merged_into")
    return {
        name: str(value) if name in ids and value is not None else value
        for name, value in row.items()
    }


def gone(conn: Connection, cell: int, kind: str, ids: Sequence[str]) -> set[str]:
    """Return those of these ids that were rows of this kind and were taken away."""
    rows = execute(
        conn,
        """SELECT key FROM entry e WHERE cell = %s AND kind = %s AND key = ANY(%s)
           AND act = 'gone' AND NOT EXISTS (SELECT FROM entry o WHERE o.cell = e.cell
               AND o.kind = e.kind AND o.key = e.key AND o.act = 'put' AND o.pos > e.pos)""",
        [cell, kind, list(ids)],
    )
    return {row[0] for row in rows}


def visited(conn: Connection, cell: int, rep: str, store: str, day: date) -> bool:
    """Whether the rep has begun the visit that was planned there for a day."""
    found = execute(
        conn,
        """SELECT EXISTS (SELECT FROM visit WHERE cell = %s AND store = %s AND rep = %s
                             AND planned_on = %s AND state IN ('started', 'done'))""",
        [cell, store, rep, day],
    ).fetchone()
    return bool(found and found[0])


def closed_through(conn: Connection, company_cell: int) -> date | None:
    """Return the last day of the last closed period."""
    row = execute(
        conn,
        "SELECT max(last_day) FROM period WHERE cell = %s AND state = 'closed'",
        [company_cell],
    ).fetchone()
    return None if row is None else row[0]


def parked(
    conn: Connection, cells: Sequence[int], ids: Sequence[str], rules: Sequence[str]
) -> dict[str, str]:
    """Return (change -> kind) of those of these changes that were kept whole for one of these
    reasons, and that nobody has let stand since."""
    rows = execute(
        conn,
        """SELECT change::text, kind FROM receipt
           WHERE cell = ANY(%s) AND change = ANY(%s::uuid[]) AND outcome IN ('held', 'rejected')
             AND verdict::json -> 'conflicts' -> 0 ->> 'rule' = ANY(%s)""",
        [list(cells), list(ids), list(rules)],
    )
    return {row[0]: row[1] for row in rows}


def told_since(conn: Connection, cell: int, rep: str, rule: str, since: datetime) -> bool:
    """Whether a rep was told of a rule since then."""
    row = execute(
        conn,
        "SELECT FROM conflict WHERE cell = %s AND scope = %s AND rule = %s AND at > %s LIMIT 1",
        [cell, f"rep:{rep}", rule, since],
    ).fetchone()
    return row is not None


def maybe_same_stores(
    conn: Connection,
    cell: int,
    apart_from: str,
    place: tuple[float, float] | None,
    phone: str | None,
    tax_id: str | None,
    name: str,
) -> Rows:
    """Return (id, name, lat, lon, phone, tax_id, status) of stores near a place, with the telephone
    or the tax number, or of the very name; the nearest few hundred are enough."""
    lat, lon = place or (None, None)
    return execute(
        conn,
        """SELECT id::text, name, lat_deg, lon_deg, phone, tax_id, status FROM store
           WHERE cell = %(cell)s AND id <> %(id)s AND status <> 'merged' AND (
               lat_deg BETWEEN %(lat)s::float8 - 0.003 AND %(lat)s::float8 + 0.003
                   AND lon_deg BETWEEN %(lon)s::float8 - 0.006 AND %(lon)s::float8 + 0.006
               OR tax_id = %(tax_id)s
               OR regexp_replace(phone, '[^0-9]', '', 'g') = %(phone)s
               OR lower(name) = lower(%(name)s))
           ORDER BY id LIMIT 300""",
        {"cell": cell, "id": apart_from, "lat": lat, "lon": lon, "phone": phone,
         "tax_id": tax_id, "name": name},
    ).fetchall()  # fmt: skip


def code_is_taken(conn: Connection, cell: int, code: str, apart_from: str) -> bool:
    row = execute(
        conn,
        "SELECT FROM store WHERE cell = %s AND code = %s AND id <> %s",
        [cell, code, apart_from],
    ).fetchone()
    return row is not None


def usual_warehouse(conn: Connection, cell: int, home: int, rep: str) -> tuple[str, str | None]:
    """Return (warehouse, zone) of most of a rep's stores of a cell, else of its first warehouse.
    Raises LookupError when the cell has none."""
    row = execute(
        conn,
        """SELECT s.warehouse, s.zone FROM scope_grant g
           JOIN store s ON s.cell = %(cell)s AND g.scope = 'st:' || s.id
           WHERE g.cell = %(home)s AND g.rep = %(rep)s AND g.valid_to IS NULL
           GROUP BY s.warehouse, s.zone ORDER BY count(*) DESC, s.warehouse LIMIT 1""",
        {"cell": cell, "home": home, "rep": rep},
    ).fetchone()
    if row is None:
        row = execute(
            conn, "SELECT code, NULL FROM warehouse WHERE cell = %s ORDER BY code LIMIT 1", [cell]
        ).fetchone()
    if row is None:
        raise LookupError(f"cell {cell} has no warehouse that could serve a new store")
    return row[0], row[1]


def waiting_rules(conn: Connection, cell: int, change: str) -> list[str]:
    """Return the rules of what waits for a person about a change."""
    rows = execute(
        conn,
        "SELECT rule FROM conflict WHERE cell = %s AND change = %s AND state = 'waiting'",
        [cell, change],
    )
    return [row[0] for row in rows]


def items_of_change(conn: Connection, cell: int, change: str) -> set[str]:
    rows = execute(
        conn, "SELECT id::text FROM conflict WHERE cell = %s AND change = %s", [cell, change]
    )
    return {row[0] for row in rows}


def parked_on(conn: Connection, cell: int, change: str) -> list[str]:
    """Return the changes that wait for a person because they build on this one, oldest first."""
    rows = execute(
        conn,
        """SELECT r.change::text FROM receipt r
           JOIN conflict c ON c.cell = r.cell AND c.change = r.change
               AND c.rule = 'dependency_parked' AND c.state = 'waiting'
           WHERE r.cell = %s AND r.outcome = 'held' AND %s = ANY(r.depends_on)
           ORDER BY r.n, r.change""",
        [cell, change],
    )
    return [row[0] for row in rows]


def delete(conn: Connection, cell: int, kind: str, key: str) -> None:
    execute(conn, f"DELETE FROM {TABLES[kind]} WHERE cell = %s AND id = %s", [cell, key])


def next_place(conn: Connection, cell: int, rep: str, day: date) -> int:
    """Return the place behind the stops of a rep's day."""
    row = execute(
        conn,
        "SELECT coalesce(max(sequence), 0) + 1 FROM plan_stop WHERE cell = %s AND rep = %s"
        " AND day = %s",
        [cell, rep, day],
    ).fetchone()
    return 1 if row is None else int(row[0])
