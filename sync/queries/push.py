"""SQL of a push: whose turn it is, what was answered before, and what the answers write.

One statement a table, arrays by unnest; the caller has decided everything before.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from sync.queries.driver import columns, execute

Row = tuple[Any, ...]


def lock_device(conn: Connection, cell: int, device: str) -> tuple[int, str]:
    """Take the handheld's turn (two senders of one handheld wait here).

    Returns (acknowledged_n, state).
    """
    row = execute(
        conn,
        "SELECT acknowledged_n, state FROM device WHERE cell = %s AND id = %s FOR UPDATE",
        [cell, device],
    ).fetchone()
    if row is None:
        raise LookupError(f"device {device} is not in cell {cell}")
    return row[0], row[1]


def note_push(conn: Connection, cell: int, device: str, acknowledged: int, offset_ms: int) -> None:
    """Note how far the handheld is answered, its clock, and that it pushed."""
    execute(
        conn,
        """UPDATE device SET acknowledged_n = greatest(acknowledged_n, %s),
               clock_offset_ms = %s, last_push_at = clock_timestamp(),
               state = CASE WHEN state IN ('enrolled', 'stale') THEN 'active' ELSE state END
           WHERE cell = %s AND id = %s""",
        [acknowledged, offset_ms, cell, device],
    )


def numbers_after(conn: Connection, cells: Sequence[int], device: str, n: int) -> list[int]:
    """Return the answered change numbers of a handheld above n, ascending."""
    rows = execute(
        conn,
        "SELECT n FROM receipt WHERE cell = ANY(%s) AND device = %s AND n > %s ORDER BY n",
        [list(cells), device, n],
    )
    return [row[0] for row in rows]


def receipts(
    conn: Connection, cell: int, device: str, ids: Sequence[str], ns: Sequence[int]
) -> list[Row]:
    """Return (change, device, n, body_hash, outcome, verdict) of changes answered before."""
    return execute(
        conn,
        """SELECT change::text, device, n, body_hash, outcome, verdict FROM receipt
           WHERE cell = %s AND (change = ANY(%s::uuid[]) OR (device = %s AND n = ANY(%s)))""",
        [cell, list(ids), device, list(ns)],
    ).fetchall()


def answered(conn: Connection, cells: Sequence[int], ids: Sequence[str]) -> set[str]:
    """Return those of these change ids that have been decided."""
    rows = execute(
        conn,
        """SELECT change::text FROM receipt
           WHERE cell = ANY(%s) AND change = ANY(%s::uuid[]) AND outcome <> 'waiting'""",
        [list(cells), list(ids)],
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


def verdicts_from(
    conn: Connection, cells: Sequence[int], device: str, n: int, limit: int
) -> list[str]:
    """Return stored verdicts of a handheld from number n on."""
    rows = execute(
        conn,
        """SELECT verdict FROM receipt WHERE cell = ANY(%s) AND device = %s AND n >= %s
           ORDER BY n LIMIT %s""",
        [list(cells), device, n, limit],
    )
    return [row[0] for row in rows]


def _insert(table: str, spec: str, tail: str = "", **written: str) -> tuple[str, int]:
    """Compose INSERT ... SELECT FROM unnest for "name type, name type" columns.

    written: SQL of columns that are not simply the array's value (unnest flattens arrays within
    arrays, so those come as JSON), or that no array brings.
    """
    parts = [part.strip().split(" ") for part in spec.split(",")]
    given = [name for name, _ in parts]
    names = given + [name for name in written if name not in given]
    casts = ", ".join(f"%s::{kind}[]" for _, kind in parts)
    values = ", ".join(written.get(name, f"u.{name}") for name in names)
    sql = (
        f"INSERT INTO {table} (cell, {', '.join(names)}) SELECT %s, {values}"
        f" FROM unnest({casts}) AS u({', '.join(given)}) {tail}"
    )
    return sql, len(parts)


_RECEIPTS = _insert(
    "receipt",
    "change uuid, device text, n int8, rep text, kind text, act text, outcome text,"
    " subject text, verdict text, body_hash bytea, body bytea, depends_on jsonb,"
    " captured_at timestamptz, captured_uncertain bool, clock_offset_ms int8,"
    " received_at timestamptz",
    depends_on="ARRAY(SELECT jsonb_array_elements_text(u.depends_on))::uuid[]",
)
_ORDERS = _insert(
    "orders",
    "id uuid, scope text, version int8, changed_by text, number text, store uuid, rep text,"
    " device text, visit uuid, type text, stock_owner text, revision int, state text,"
    " holds jsonb, hold_due_at timestamptz, captured_at timestamptz,"
    " captured_uncertain bool, received_at timestamptz, decided_at timestamptz,"
    " deliver_on date, po_no text, note text, currency text, net_minor int8,"
    " exposure_minor int8, stock_as_of timestamptz, credit_as_of timestamptz,"
    " price_as_of timestamptz, caps jsonb",
    holds="ARRAY(SELECT jsonb_array_elements_text(u.holds))",
    released="'{}'",
)
_LINES = _insert(
    "order_line",
    "order_id uuid, n int, product text, uom text, typed numeric, quoted_price numeric,"
    " unit_price numeric, discount_minor int8, promotion uuid, net_minor int8, ordered int,"
    " confirmed int, backordered int, cut int, cut_reason text, reserved int, shipped int,"
    " delivered int, state text, substitute text",
)
_CONFLICTS = _insert(
    "conflict",
    "id uuid, scope text, version int8, changed_by text, rep text, store uuid, order_id uuid,"
    " change uuid, line int, rule text, decision text, yours text, now text, needs text,"
    " message text, arguments jsonb, says text, proposed text, state text, due_at timestamptz,"
    " at timestamptz",
)
_DELIVERIES = _insert(
    "delivery",
    "id uuid, order_id uuid, revision int, target text, store uuid, state text, attempt int,"
    " not_before timestamptz, created_at timestamptz, changed_at timestamptz",
    "ON CONFLICT DO NOTHING",
)
_CARDS = _insert(
    "visit_card",
    "id uuid, scope text, version int8, changed_by text, store uuid, visit uuid, rep text,"
    " captured_at timestamptz, state text, lines jsonb",
    "ON CONFLICT (cell, id) DO NOTHING",
)
_VISITS = _insert(
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
        distance_m = coalesce(excluded.distance_m, visit.distance_m),
        reason = coalesce(excluded.reason, visit.reason),
        note = coalesce(excluded.note, visit.note)""",
)
_STOPS = _insert(
    "plan_stop",
    "id uuid, scope text, version int8, changed_by text, rep text, store uuid, day date,"
    " sequence int, state text, pinned bool, reason text, visit uuid",
    """ON CONFLICT (cell, id) DO UPDATE SET version = plan_stop.version + excluded.version,
        changed_by = excluded.changed_by, day = excluded.day, sequence = excluded.sequence,
        state = CASE WHEN plan_stop.state IN ('started', 'done') AND excluded.state = 'planned'
                     THEN plan_stop.state ELSE excluded.state END,
        reason = excluded.reason, visit = coalesce(excluded.visit, plan_stop.visit)""",
)


def _run(conn: Connection, spec: tuple[str, int], cell: int, rows: Sequence[Row]) -> None:
    if rows:
        execute(conn, spec[0], [cell, *columns(rows, spec[1])])


def insert_receipts(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    """Write receipts; a repeated id or number is a unique violation."""
    _run(conn, _RECEIPTS, cell, rows)


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
    """Write orders; `holds` comes as a JSON array, see _insert."""
    _run(conn, _ORDERS, cell, rows)


def insert_lines(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    _run(conn, _LINES, cell, rows)


def insert_conflicts(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    _run(conn, _CONFLICTS, cell, rows)


def insert_deliveries(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    _run(conn, _DELIVERIES, cell, rows)


def insert_cards(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    _run(conn, _CARDS, cell, rows)


def save_visits(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    _run(conn, _VISITS, cell, rows)


def save_stops(conn: Connection, cell: int, rows: Sequence[Row]) -> None:
    _run(conn, _STOPS, cell, rows)


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
