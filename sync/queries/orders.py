"""SQL of a held order's later life: release, rejection, lapse."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from sync.queries.driver import execute


class Held(NamedTuple):
    """An order as it stands, locked."""

    store: str
    rep: str
    device: str | None
    state: str
    holds: list[str]
    released: list[str]
    revision: int
    exposure_minor: int
    caps: dict[str, int]
    number: str
    scope: str
    stock_owner: str
    answered: dict[str, str]
    hold_due_at: datetime | None


def lock(conn: Connection, cell: int, order_id: str) -> Held | None:
    """Lock an order and return it."""
    row = execute(
        conn,
        """SELECT store::text, rep, device, state, holds, released, revision, exposure_minor,
                  caps, number, scope, stock_owner, answered, hold_due_at
           FROM orders WHERE cell = %s AND id = %s FOR UPDATE""",
        [cell, order_id],
    ).fetchone()
    return Held(*row) if row else None


def ground(conn: Connection, cell: int, rep: str) -> tuple[str, int, int, str]:
    """Return (company, its own cell, the rep's home cell, zone) for an order of a cell."""
    row = execute(
        conn,
        """SELECT c.company::text, own.cell, coalesce(u.cell, c.cell), co.zone
           FROM cell c JOIN company co ON co.id = c.company
           JOIN cell own ON own.company = c.company AND own.kind = 'company'
           LEFT JOIN app_user u ON u.company = c.company AND u.code = %s
           WHERE c.cell = %s""",
        [rep, cell],
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no cell {cell}")
    return row[0], row[1], row[2], row[3]


def language_of(conn: Connection, cell: int, person: str) -> str:
    """What a person of the cell's company reads; English for somebody who is not here."""
    row = execute(
        conn,
        """SELECT u.language FROM cell c JOIN app_user u ON u.company = c.company
           WHERE c.cell = %s AND u.code = %s""",
        [cell, person],
    ).fetchone()
    return "en" if row is None else str(row[0])


def as_taken(conn: Connection, cell: int, order_id: str) -> tuple[Any, ...] | None:
    """Return (raw change, captured_at, uncertain, receipt) of the change whose text an order has:
    the one that made it, or the newest that revised it.

    Other changes may name the order, and be older (they waited) or kept too; only the verdicts of
    these refer to the order. When they came does not say which is newer: a text may have waited
    for the order itself. Those of one handheld stand by its own numbers.
    """
    return execute(
        conn,
        """SELECT body, captured_at, captured_uncertain, change::text FROM (
               SELECT *, verdict::json #>> '{refs,revises}' IS NOT NULL AS revises FROM receipt
               WHERE cell = %s AND subject = %s AND body IS NOT NULL
                 AND %s IN (verdict::json #>> '{refs,order}', verdict::json #>> '{refs,revises}')
           ) text
           ORDER BY revises DESC, max(received_at) OVER (PARTITION BY device, revises) DESC,
                    n DESC NULLS LAST
           LIMIT 1""",
        [cell, f"order/{order_id}", order_id],
    ).fetchone()


def held_change(conn: Connection, cell: int, change: str) -> tuple[Any, ...] | None:
    """Lock a held change; return (raw, captured_at, uncertain, device, rep, kind)."""
    return execute(
        conn,
        """SELECT body, captured_at, captured_uncertain, device, rep, kind FROM receipt
           WHERE cell = %s AND change = %s AND outcome = 'held' AND body IS NOT NULL FOR UPDATE""",
        [cell, change],
    ).fetchone()


def reserved_lines(conn: Connection, cell: int, order_id: str) -> list[tuple[str, int]]:
    """Return (product, quantity kept) of an order's lines."""
    return execute(
        conn,
        """SELECT product, sum(reserved)::int8 FROM order_line
           WHERE cell = %s AND order_id = %s AND reserved > 0 GROUP BY product ORDER BY product""",
        [cell, order_id],
    ).fetchall()


def products_of(conn: Connection, cell: int, order_id: str) -> list[str]:
    """Return the products of an order."""
    rows = execute(
        conn,
        "SELECT DISTINCT product FROM order_line WHERE cell = %s AND order_id = %s",
        [cell, order_id],
    )
    return [row[0] for row in rows]


def delete_lines(conn: Connection, cell: int, order_id: str) -> None:
    execute(conn, "DELETE FROM order_line WHERE cell = %s AND order_id = %s", [cell, order_id])


def cut_lines(conn: Connection, cell: int, order_id: str, reason: str) -> None:
    """Cut every line and keep nothing for it."""
    execute(
        conn,
        """UPDATE order_line SET cut = ordered, confirmed = 0, backordered = 0, reserved = 0,
               shipped = 0, delivered = 0, cut_reason = %s, state = 'rejected'
           WHERE cell = %s AND order_id = %s""",
        [reason, cell, order_id],
    )


def unreserve_lines(conn: Connection, cell: int, order_id: str) -> None:
    execute(
        conn,
        "UPDATE order_line SET reserved = 0 WHERE cell = %s AND order_id = %s",
        [cell, order_id],
    )


def restate(
    conn: Connection, cell: int, order_id: str, by: str, values: dict[str, Any], *,
    step: datetime | None = None, quietly: bool = False,
) -> None:  # fmt: skip
    """Write what an order has become. step: when it came to the `state` among the values, for its
    timeline. quietly: nothing that travels has changed."""
    sets = "".join(f", {name} = %({name})s" for name in values)
    if step is not None:
        told = "jsonb_build_array(%(state)s::text, %(step)s::text)"
        sets += f", steps = steps || jsonb_build_array({told})"
    execute(
        conn,
        f"UPDATE orders SET version = version + {0 if quietly else 1}, changed_by = %(by)s{sets}"
        " WHERE cell = %(cell)s AND id = %(id)s",
        {
            **values, "cell": cell, "id": order_id, "by": by,
            **({} if step is None else {"step": step.isoformat()}),
        },
    )  # fmt: skip


def resolve_conflicts(
    conn: Connection, cell: int, order_id: str, keep: Sequence[str], how: str, by: str,
    now: datetime,
) -> list[tuple[str, str]]:  # fmt: skip
    """Resolve an order's waiting conflicts but those of rules to keep; return (id, scope)."""
    return execute(
        conn,
        """UPDATE conflict SET state = 'resolved', resolution = %s, resolved_by = %s,
               resolved_at = %s, version = version + 1, changed_by = %s
           WHERE cell = %s AND order_id = %s AND state = 'waiting' AND NOT rule = ANY(%s)
           RETURNING id::text, scope""",
        [how, by, now, by, cell, order_id, list(keep)],
    ).fetchall()


def resolve_change(
    conn: Connection, cell: int, change: str, how: str, by: str, now: datetime
) -> list[tuple[str, str]]:
    """Resolve the waiting conflicts of a change; return (id, scope)."""
    return execute(
        conn,
        """UPDATE conflict SET state = 'resolved', resolution = %s, resolved_by = %s,
               resolved_at = %s, version = version + 1, changed_by = %s
           WHERE cell = %s AND change = %s AND state = 'waiting' RETURNING id::text, scope""",
        [how, by, now, by, cell, change],
    ).fetchall()


def overdue_holds(conn: Connection, now: datetime, limit: int) -> list[tuple[int, str]]:
    """Return held orders whose time is up and that still keep stock or a promotion's budget."""
    return execute(
        conn,
        """SELECT o.cell, o.id::text FROM orders o
           WHERE o.state = 'held' AND o.hold_due_at < %s AND (o.caps <> '{}' OR EXISTS (
               SELECT FROM order_line l
               WHERE l.cell = o.cell AND l.order_id = o.id AND l.reserved > 0))
           ORDER BY o.cell, o.hold_due_at LIMIT %s""",
        [now, limit],
    ).fetchall()
