"""SQL of the inbox's items: locked, answered, handed on, escalated, renewed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from sync.queries.driver import execute

Row = tuple[Any, ...]


class ItemRow(NamedTuple):
    """An item as it stands, locked."""

    id: str
    scope: str
    item: str
    rep: str | None
    store: str | None
    order_id: str | None
    subject: str | None
    change: str | None
    line: int | None
    rule: str
    decision: str
    needs: str | None
    says: str
    answers: list[str]
    rep_answers: list[list[str]]
    ask: dict[str, Any] | None
    owner: str | None
    state: str
    due_at: datetime | None
    escalations: int
    answer: str | None
    resolution: str | None
    resolved_by: str | None


_COLUMNS = """id::text, scope, item, rep, store::text, order_id::text, subject, change::text, line,
    rule, decision, needs, says, answers, rep_answers, ask, owner, state, due_at, escalations,
    answer, resolution, resolved_by"""


def order_of(conn: Connection, cell: int, item: str) -> tuple[str | None] | None:
    """The order an item is about, in a tuple; None when there is no such item."""
    return execute(
        conn, "SELECT order_id::text FROM conflict WHERE cell = %s AND id = %s", [cell, item]
    ).fetchone()


def rep_of(conn: Connection, cell: int, item: str) -> str | None:
    """Whose an item is; None: there is none, or it is not for the eyes of a rep."""
    row = execute(
        conn,
        "SELECT rep FROM conflict WHERE cell = %s AND id = %s AND scope <> 'office'",
        [cell, item],
    ).fetchone()
    return None if row is None else row[0]


def store_of(conn: Connection, cell: int, item: str) -> str | None:
    """The store an item is about."""
    row = execute(
        conn, "SELECT store::text FROM conflict WHERE cell = %s AND id = %s", [cell, item]
    ).fetchone()
    return None if row is None else row[0]


def lock(conn: Connection, cell: int, item: str) -> ItemRow | None:
    """Lock an item and return it."""
    row = execute(
        conn,
        f"SELECT {_COLUMNS} FROM conflict WHERE cell = %s AND id = %s FOR UPDATE",
        [cell, item],
    ).fetchone()
    return ItemRow(*row) if row else None


def change(
    conn: Connection, cell: int, item: str, by: str, values: dict[str, Any]
) -> list[tuple[str, str]]:
    """Write columns of an item; return (id, scope)."""
    sets = ", ".join(f"{name} = %({name})s" for name in values)
    return execute(
        conn,
        f"""UPDATE conflict SET version = version + 1, changed_by = %(by)s, {sets}
            WHERE cell = %(cell)s AND id = %(item)s RETURNING id::text, scope""",
        {**values, "by": by, "cell": cell, "item": item},
    ).fetchall()


def stuck_delivery(conn: Connection, cell: int, order_id: str) -> str | None:
    """The delivery of an order that needs a person."""
    row = execute(
        conn,
        """SELECT id::text FROM delivery WHERE cell = %s AND order_id = %s
           AND state IN ('failed', 'parked') ORDER BY revision DESC, target LIMIT 1""",
        [cell, order_id],
    ).fetchone()
    return None if row is None else str(row[0])


def take_back_deliveries(conn: Connection, cell: int, order_id: str) -> bool:
    """Take back what was queued for the delivery systems; False when one of them has, or may
    have, the order already, and then nothing is taken back."""
    rows = execute(
        conn,
        """SELECT state, attempt FROM delivery WHERE cell = %s AND order_id = %s
           FOR UPDATE SKIP LOCKED""",
        [cell, order_id],
    ).fetchall()
    total = execute(
        conn, "SELECT count(*) FROM delivery WHERE cell = %s AND order_id = %s", [cell, order_id]
    ).fetchone()
    if total != (len(rows),) or any(row != ("queued", 0) for row in rows):
        return False  # one that is locked is just being claimed, by somebody who waits for us
    execute(conn, "DELETE FROM delivery WHERE cell = %s AND order_id = %s", [cell, order_id])
    return True


def overdue(conn: Connection, now: datetime, limit: int) -> list[tuple[int, str]]:
    """Waiting items whose time is up, the longest first: (cell, id).

    An item that was escalated waits a day before it goes further."""
    return execute(
        conn,
        """SELECT cell, id::text FROM conflict
           WHERE state = 'waiting' AND due_at < %(now)s AND escalations < 2
             AND (escalated_at IS NULL OR escalated_at < %(now)s - interval '1 day')
           ORDER BY due_at, id LIMIT %(n)s""",
        {"now": now, "n": limit},
    ).fetchall()


def unanswered_by_rep(conn: Connection, now: datetime, limit: int) -> list[tuple[int, str]]:
    """Items that only their rep could answer and that nobody needs answered any more: of an order
    that is past answering, or older than two weeks."""
    return execute(
        conn,
        """SELECT c.cell, c.id::text FROM conflict c
             LEFT JOIN orders o ON o.cell = c.cell AND o.id = c.order_id
           WHERE c.state = 'waiting' AND c.needs = 'rep'
             AND (c.at < %s - interval '14 days'
                  OR (c.rep_answers @> '[["cut_rest"]]' AND o.state IN
                      ('picking', 'dispatched', 'delivered', 'invoiced', 'closed', 'rejected',
                       'cancelled', 'returned')))
           ORDER BY c.cell, c.at LIMIT %s""",
        [now, limit],
    ).fetchall()


def held_too_long(
    conn: Connection, now: datetime, limit: int
) -> list[tuple[int, str, int, str | None, str | None]]:
    """Held orders whose cut-off has passed: (cell, order, company's cell, store, banner)."""
    return execute(
        conn,
        """SELECT o.cell, o.id::text, own.cell, o.store::text, s.banner
             FROM orders o JOIN cell c ON c.cell = o.cell
             JOIN cell own ON own.company = c.company AND own.kind = 'company'
             LEFT JOIN store s ON s.cell = o.cell AND s.id = o.store
           WHERE o.state = 'held' AND o.hold_due_at < %s AND 'credit_exceeded' = ANY(o.holds)
           ORDER BY o.cell, o.hold_due_at LIMIT %s""",
        [now, limit],
    ).fetchall()


def waiting_of_order(conn: Connection, cell: int, order_id: str) -> list[str]:
    """The items of an order that wait."""
    rows = execute(
        conn,
        """SELECT id::text FROM conflict
           WHERE cell = %s AND order_id = %s AND state = 'waiting' ORDER BY id""",
        [cell, order_id],
    )
    return [row[0] for row in rows]


def owners_of_order(conn: Connection, cell: int, order_id: str) -> list[tuple[str, str | None]]:
    """(rule, owner) of what waits for the office about an order."""
    return execute(
        conn,
        """SELECT DISTINCT rule, owner FROM conflict WHERE cell = %s AND order_id = %s
           AND state = 'waiting' AND needs = 'office' ORDER BY rule, owner""",
        [cell, order_id],
    ).fetchall()


def policies(conn: Connection, company_cell: int, rules: Sequence[str]) -> list[tuple[Any, ...]]:
    """The policies about these rules: (rule, choice, store, banner, params)."""
    return execute(
        conn,
        """SELECT rule, choice, store::text, banner, params FROM policy
           WHERE cell = %s AND rule = ANY(%s)""",
        [company_cell, list(rules)],
    ).fetchall()


RENEWED = (
    *("id", "item", "decision", "yours", "now", "needs", "arguments", "says", "proposed"),
    *("answers", "rep_answers", "owner", "state", "due_at"),
)


def items_of_order(conn: Connection, cell: int, order_id: str) -> set[str]:
    """Return the ids of what was told about an order."""
    rows = execute(
        conn, "SELECT id::text FROM conflict WHERE cell = %s AND order_id = %s", [cell, order_id]
    )
    return {row[0] for row in rows}


def renew_items(conn: Connection, cell: int, rows: Sequence[Row], by: str) -> list[tuple[str, str]]:
    """Let items that nobody answered yet say what stands now; return (id, scope) of those that
    changed. Rows are in the columns of RENEWED."""
    sets = ", ".join(f"{name} = %s" for name in RENEWED[1:])
    found: list[tuple[str, str]] = []
    for row in rows:
        found += execute(
            conn,
            f"""UPDATE conflict SET version = version + 1, changed_by = %s, {sets}
                WHERE cell = %s AND id = %s AND state <> 'resolved'
                  AND (says, state) IS DISTINCT FROM (%s, %s) RETURNING id::text, scope""",
            [by, *row[1:], cell, row[0], row[7], row[12]],
        ).fetchall()
    return found
