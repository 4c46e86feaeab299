"""SQL of a push: whose turn it is, what was answered before, and what the answers write.

One statement a table, arrays by unnest; the caller has decided everything before.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from sync.queries.driver import array, columns, driver, execute, together

Row = tuple[Any, ...]


def lock_device(conn: Connection, cell: int, device: str) -> tuple[int, str]:
    """Take the handheld's turn (two senders of one handheld wait here).

    Returns (acknowledged_n, state).
    """
    with together(conn):
        # Plans are kept as long as a connection lives: one made on a young company's near-empty
        # tables would read them whole, line by line of the first days' orders.
        execute(conn, "SET LOCAL enable_seqscan = off")
        asked = execute(
            conn,
            "SELECT acknowledged_n, state FROM device WHERE cell = %s AND id = %s FOR UPDATE",
            [cell, device],
        )
    row = asked.fetchone()
    if row is None:
        raise LookupError(f"device {device} is not in cell {cell}")
    return row[0], row[1]


_ACKNOWLEDGE = """
WITH answered AS (
    SELECT coalesce(max(n), %(known)s) AS through FROM (
        SELECT n, dense_rank() OVER (ORDER BY n) AS place FROM receipt
        WHERE cell = ANY(%(cells)s::int[]) AND device = %(device)s AND n > %(known)s) above
    WHERE n = %(known)s + place
), noted AS (
    UPDATE device SET acknowledged_n = greatest(acknowledged_n, through),
        clock_offset_ms = %(offset)s, last_push_at = clock_timestamp(),
        state = CASE WHEN state IN ('enrolled', 'stale') THEN 'active' ELSE state END
    FROM answered
    WHERE cell = %(cell)s AND id = %(device)s AND (%(wrote)s OR through > %(known)s)
)
SELECT through FROM answered
"""


def acknowledge(
    conn: Connection, cell: int, cells: Sequence[int], device: str, known: int, offset_ms: int,
    wrote: bool,
) -> int:  # fmt: skip
    """Return the highest number below which a handheld's changes are all answered, which was
    `known` before; if that is news, or something was written, note it, its clock, and its push."""
    args = {"cell": cell, "cells": array(cells), "device": device, "known": known}
    found = execute(conn, _ACKNOWLEDGE, args | {"offset": offset_ms, "wrote": wrote}).fetchone()
    return int(found[0]) if found else known


def receipts(
    conn: Connection, cell: int, device: str, ids: Sequence[str], ns: Sequence[int]
) -> list[Row]:
    """Return (change, device, n, body_hash, outcome, verdict, rep) of changes answered before."""
    return execute(
        conn,
        """SELECT change::text, device, n, body_hash, outcome, verdict, rep FROM receipt
           WHERE cell = %(cell)s AND change = ANY(%(ids)s::uuid[])
           UNION ALL
           SELECT change::text, device, n, body_hash, outcome, verdict, rep FROM receipt
           WHERE cell = %(cell)s AND device = %(device)s AND n = ANY(%(ns)s)
             AND change <> ALL(%(ids)s::uuid[])""",
        {"cell": cell, "ids": array(ids), "device": device, "ns": array(ns)},
    ).fetchall()


def receipt_cells(
    conn: Connection, cells: Sequence[int], device: str, ids: Sequence[str], ns: Sequence[int]
) -> list[tuple[int, str, int]]:
    """Return (cell, change, n or 0) of receipts with one of these ids, or numbers of a handheld."""
    return execute(
        conn,
        """SELECT cell, change::text, CASE WHEN device = %s THEN coalesce(n, 0) ELSE 0 END
           FROM receipt WHERE cell = ANY(%s) AND change = ANY(%s::uuid[])
           UNION SELECT cell, change::text, n FROM receipt
           WHERE cell = ANY(%s) AND device = %s AND n = ANY(%s)""",
        [device, array(cells), array(ids), array(cells), device, array(ns)],
    ).fetchall()


def waiting_cells(conn: Connection, cells: Sequence[int], device: str) -> set[int]:
    """Return the cells in which a change of a handheld waits for another one."""
    rows = execute(
        conn,
        """SELECT DISTINCT cell FROM receipt
           WHERE cell = ANY(%s) AND device = %s AND outcome = 'waiting'""",
        [array(cells), device],
    )
    return {row[0] for row in rows}


def owners(conn: Connection, cell: int, ids: Sequence[str]) -> dict[str, tuple[str, str, str, str]]:
    """Return (kind, rep, store, state) of the visits, cards and plan stops with these ids."""
    rows = execute(
        conn,
        """SELECT id::text, 'visit', rep, store::text, state FROM visit
           WHERE cell = %(cell)s AND id = ANY(%(ids)s::uuid[])
           UNION ALL SELECT id::text, 'card', rep, store::text, state FROM visit_card
           WHERE cell = %(cell)s AND id = ANY(%(ids)s::uuid[])
           UNION ALL SELECT id::text, 'plan_stop', rep, store::text, state FROM plan_stop
           WHERE cell = %(cell)s AND id = ANY(%(ids)s::uuid[])""",
        {"cell": cell, "ids": array(ids)},
    )
    return {row[0]: row[1:] for row in rows}


def answered(conn: Connection, cells: Sequence[int], ids: Sequence[str]) -> set[str]:
    """Return those of these change ids that have been decided."""
    rows = execute(
        conn,
        """SELECT change::text FROM receipt
           WHERE cell = ANY(%s) AND change = ANY(%s::uuid[]) AND outcome <> 'waiting'""",
        [array(cells), array(ids)],
    )
    return {row[0] for row in rows}


def waiting(conn: Connection, cell: int, device: str) -> list[Row]:
    """Return (raw change, captured_at, uncertain) of changes that wait for another one."""
    return execute(
        conn,
        """SELECT body, captured_at, captured_uncertain FROM receipt
           WHERE cell = %s AND device = %s AND outcome = 'waiting' ORDER BY n""",
        [cell, device],
    ).fetchall()


def adopt_waiting(
    conn: Connection, cell: int, device: str, rows: Sequence[tuple[str, int | None, bytes]]
) -> None:
    """Hand waiting changes (change, n, raw) to the handheld that sent them last."""
    if rows:
        execute(
            conn,
            """UPDATE receipt r SET device = %s, n = u.n, body = u.body
               FROM unnest(%s::uuid[], %s::int8[], %s::bytea[]) AS u(change, n, body)
               WHERE r.cell = %s AND r.change = u.change AND r.outcome = 'waiting'""",
            [device, *columns(rows, 3), cell],
        )


def verdicts_from(
    conn: Connection, cells: Sequence[int], device: str, n: int, limit: int
) -> list[Row]:
    """Return (n, stored verdict) of a handheld from number n on."""
    return execute(
        conn,
        """SELECT n, verdict FROM receipt WHERE cell = ANY(%s) AND device = %s AND n >= %s
           ORDER BY n LIMIT %s""",
        [array(cells), device, n, limit],
    ).fetchall()


def _copy(conn: Connection, table: str, columns: str, cell: int, rows: Sequence[Row]) -> None:
    """COPY rows into a table: nothing is there yet that they could meet."""
    if rows:
        statement = f"COPY {table} (cell, {columns}) FROM STDIN"
        with driver(conn).cursor().copy(statement) as out:
            for row in rows:
                out.write_row((cell, *row))


def _merge(table: str, spec: str, tail: str) -> tuple[str, int]:
    """Compose INSERT ... SELECT FROM unnest for "name type, name type" columns."""
    parts = [part.strip().split(" ") for part in spec.split(",")]
    names = ", ".join(name for name, _ in parts)
    casts = ", ".join(f"%s::{kind}[]" for _, kind in parts)
    return (
        f"INSERT INTO {table} (cell, {names}) SELECT %s, u.* FROM unnest({casts}) u {tail}",
        len(parts),
    )


_VISITS = _merge(
    "visit",
    "id uuid, scope text, version int8, changed_by text, store uuid, rep text, state text,"
    " planned_on date, started_at timestamptz, ended_at timestamptz, lat_deg numeric,"
    " lon_deg numeric, distance_m int, reason text, note text",
    # A begun visit never goes back, and a fact once told is not untold by a later silence.
    """ON CONFLICT (cell, id) DO UPDATE SET version = visit.version + excluded.version,
        changed_by = excluded.changed_by,
        state = (ARRAY['planned', 'skipped', 'started', 'done'])[greatest(
            array_position(ARRAY['planned', 'skipped', 'started', 'done'], excluded.state),
            array_position(ARRAY['planned', 'skipped', 'started', 'done'], visit.state))],
        started_at = coalesce(visit.started_at, excluded.started_at),
        ended_at = coalesce(excluded.ended_at, visit.ended_at),
        lat_deg = coalesce(excluded.lat_deg, visit.lat_deg),
        lon_deg = coalesce(excluded.lon_deg, visit.lon_deg),
        distance_m = coalesce(excluded.distance_m, visit.distance_m),
        reason = coalesce(excluded.reason, visit.reason),
        note = coalesce(excluded.note, visit.note)""",
)
_STOPS = _merge(
    "plan_stop",
    "id uuid, scope text, version int8, changed_by text, rep text, store uuid, day date,"
    " sequence int, state text, pinned bool, reason text, visit uuid",
    """ON CONFLICT (cell, id) DO UPDATE SET version = plan_stop.version + excluded.version,
        changed_by = excluded.changed_by, day = excluded.day, sequence = excluded.sequence,
        state = CASE WHEN plan_stop.state = 'done'
                       OR plan_stop.state = 'started' AND excluded.state <> 'done'
                     THEN plan_stop.state ELSE excluded.state END,
        reason = excluded.reason, visit = coalesce(excluded.visit, plan_stop.visit)""",
)


def insert_receipts(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    """Write receipts; a repeated id or number is a unique violation."""
    columns = (
        "change, device, n, rep, kind, act, outcome, subject, verdict, body_hash, body,"
        " depends_on, captured_at, captured_uncertain, clock_offset_ms, received_at"
    )
    _copy(conn, "receipt", columns, cell, rows)


def settle_receipts(conn: Connection, cell: int, rows: Sequence[tuple[str, str, str, Any]]) -> None:
    """Give waiting receipts (change, outcome, verdict, body) their decision."""
    if rows:
        execute(
            conn,
            """UPDATE receipt r SET outcome = u.outcome, verdict = u.verdict, body = u.body
               FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bytea[])
                    AS u(change, outcome, verdict, body)
               WHERE r.cell = %s AND r.change = u.change""",
            [*columns(rows, 4), cell],
        )


def insert_orders(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    columns = (
        "id, scope, version, changed_by, number, store, rep, device, visit, type, stock_owner,"
        " revision, state, holds, released, hold_due_at, captured_at, captured_uncertain,"
        " received_at, decided_at, deliver_on, po_no, note, currency, net_minor,"
        " exposure_minor, stock_as_of, credit_as_of, price_as_of, caps, about, steps"
    )
    _copy(conn, "orders", columns, cell, rows)


def insert_lines(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    columns = (
        "order_id, n, product, uom, typed, quoted_price, unit_price, discount_minor, promotions,"
        " net_minor, ordered, confirmed, backordered, cut, cut_reason, reserved, shipped,"
        " delivered, state, substitute"
    )
    _copy(conn, "order_line", columns, cell, rows)


CONFLICT = (
    "id, scope, version, changed_by, item, rep, store, order_id, subject, change, line, field,"
    " rule, decision, base, yours, now, needs, message, arguments, says, proposed, answers,"
    " rep_answers, ask, owner, state, due_at, escalations, at"
)
"""The columns of an item, as items.row_of gives them."""


def insert_conflicts(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    _copy(conn, "conflict", CONFLICT, cell, rows)


_DELIVERIES = _merge(
    "delivery",
    "id uuid, order_id uuid, revision int, target text, store uuid, state text, attempt int,"
    " not_before timestamptz, created_at timestamptz, changed_at timestamptz",
    "",
)


def insert_deliveries(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    if rows:
        execute(conn, _DELIVERIES[0], [cell, *columns(rows, _DELIVERIES[1])])


def insert_cards(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    columns = (
        "id, scope, version, changed_by, store, visit, rep, captured_at, state, lines, amendments,"
        " competitors"
    )
    _copy(conn, "visit_card", columns, cell, rows)


def save_visits(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    if rows:
        execute(conn, _VISITS[0], [cell, *columns(rows, _VISITS[1])])


def save_stops(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    if rows:
        execute(conn, _STOPS[0], [cell, *columns(rows, _STOPS[1])])


def reserve(conn: Connection, cell: int, rows: Sequence[tuple[str, str, int]]) -> None:
    """Add to (or, below zero, take from) reserved stock of (warehouse, product)."""
    if rows:
        execute(
            conn,
            """UPDATE stock s SET reserved = s.reserved + u.quantity
               FROM unnest(%s::text[], %s::text[], %s::int8[]) AS u(warehouse, product, quantity)
               WHERE s.cell = %s AND s.warehouse = u.warehouse AND s.product = u.product""",
            [*columns(rows, 3), cell],
        )


def expose(conn: Connection, cell: int, rows: Sequence[tuple[str, int]]) -> None:
    """Add to the uninvoiced orders of stores."""
    if rows:
        execute(
            conn,
            """UPDATE credit_account c SET ordered_minor = c.ordered_minor + u.minor
               FROM unnest(%s::uuid[], %s::int8[]) AS u(store, minor)
               WHERE c.cell = %s AND c.store = u.store""",
            [*columns(rows, 2), cell],
        )


def use_caps(conn: Connection, company_cell: int, rows: Sequence[tuple[str, int]]) -> None:
    """Take from promotion budgets."""
    if rows:
        execute(
            conn,
            """UPDATE promotion p SET used_minor = p.used_minor + u.minor
               FROM unnest(%s::uuid[], %s::int8[]) AS u(id, minor)
               WHERE p.cell = %s AND p.id = u.id""",
            [*columns(rows, 2), company_cell],
        )
