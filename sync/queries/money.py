"""SQL of money that reps took: what a receipt meets, its steps, and what it does to the account."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from sync.queries.driver import execute

Rows = list[tuple[Any, ...]]
ON_ITS_WAY = ["received", "handed_in"]
_SHOP = """FROM store s JOIN cell f ON f.cell = s.cell JOIN company co ON co.id = f.company
           JOIN cell own ON own.company = f.company AND own.kind = 'company'
           LEFT JOIN price_list l ON l.cell = own.cell AND l.code = s.price_list"""
"""A store with the company and the price list that name the currency it pays in."""


class Lying(NamedTuple):
    """A receipt at rest, locked."""

    id: str
    store: str
    rep: str
    number: str
    method: str
    amount_minor: int
    currency: str
    state: str
    allocation: list[list[Any]]
    applied: list[list[Any]]
    on_account_minor: int
    posted_at: datetime | None
    reason: str | None
    day: date


def lock_cheque(conn: Connection, key: str) -> None:
    """Let two receipts of one cheque wait for each other until commit, whatever their stores."""
    execute(conn, "SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [f"cheque {key}"])


def owner(conn: Connection, cell: int, receipt: str) -> str | None:
    """Return who took the receipt with this id, if it is here."""
    row = execute(
        conn, "SELECT rep FROM collection WHERE cell = %s AND id = %s", [cell, receipt]
    ).fetchone()
    return row[0] if row else None


def open_account(conn: Connection, cell: int, store: str, by: str) -> bool:
    """Make a credit account for a store that has none; say whether it is new. It begins with what
    the store has ordered before."""
    row = execute(
        conn,
        """INSERT INTO credit_account (cell, store, scope, version, changed_by, open_minor,
               on_account_minor, ordered_minor, collected_minor)
           SELECT s.cell, s.id, s.scope, 1, %s, 0, 0, (
               SELECT coalesce(sum(o.exposure_minor), 0) FROM orders o
               WHERE o.cell = s.cell AND o.store = s.id), 0
           FROM store s WHERE s.cell = %s AND s.id = %s
           ON CONFLICT DO NOTHING RETURNING store""",
        [by, cell, store],
    ).fetchone()
    return row is not None


def items(conn: Connection, cell: int, store: str) -> Rows:
    """Return (number, due_on, open, kind, disputed) of a store's items; what receipts on their
    way are meant for is not open any more."""
    return execute(
        conn,
        """SELECT i.number, i.due_on, (i.open_minor - coalesce(s.minor, 0))::int8, i.kind,
                  i.disputed
           FROM open_item i LEFT JOIN (
               SELECT a ->> 0 AS number, sum((a ->> 1)::int8) AS minor
               FROM collection k, jsonb_array_elements(k.allocation) a
               WHERE k.cell = %(cell)s AND k.store = %(store)s AND k.state = ANY(%(way)s)
               GROUP BY 1) s ON s.number = i.number
           WHERE i.cell = %(cell)s AND i.store = %(store)s""",
        {"cell": cell, "store": store, "way": ON_ITS_WAY},
    ).fetchall()


def earlier(
    conn: Connection, cells: Sequence[int], cell: int, number: str, cheque: str | None,
    store: str, amount_minor: int,
) -> Rows:  # fmt: skip
    """Return receipts of this number or cheque, or of this store and amount, the oldest first."""
    return execute(
        conn,
        """SELECT id::text, number, store::text, rep, method, amount_minor, currency, captured_at,
                  day, cheque_key
           FROM collection
           WHERE state <> 'refused' AND (
               cell = ANY(%(cells)s) AND (number = %(number)s OR cheque_key = %(cheque)s)
               OR cell = %(cell)s AND store = %(store)s AND amount_minor = %(amount)s)
           ORDER BY received_at, id LIMIT 100""",
        {
            "cells": list(cells), "cell": cell, "number": number, "cheque": cheque,
            "store": store, "amount": amount_minor,
        },
    ).fetchall()  # fmt: skip


def insert(conn: Connection, cell: int, row: dict[str, Any]) -> None:
    """Write a receipt as it was received."""
    names = ("cell", "version", "state", "applied", "on_account_minor", "is_cleared", *row)
    marks = ", ".join(f"%({name})s" for name in names)
    execute(
        conn,
        f"INSERT INTO collection ({', '.join(names)}) VALUES ({marks})",
        {"cell": cell, "version": 1, "state": "received", "applied": "[]",
         "on_account_minor": 0, "is_cleared": False, **row},
    )  # fmt: skip


def recount(conn: Connection, cell: int, stores: Sequence[str]) -> None:
    """Bring what accounts say of cash and transfers on their way up to date; lock them first.

    Money of another currency than the store pays in is no part of it: it cannot be posted."""
    execute(
        conn,
        f"""UPDATE credit_account c SET collected_minor = coalesce((
               SELECT sum(greatest(k.amount_minor, 0)) FROM collection k
               WHERE k.cell = c.cell AND k.store = c.store AND k.method <> 'cheque'
                 AND k.state = ANY(%s) AND k.currency = (
                     SELECT coalesce(l.currency, co.currency) {_SHOP}
                     WHERE s.cell = c.cell AND s.id = c.store)), 0)
           WHERE c.cell = %s AND c.store = ANY(%s::uuid[])""",
        [ON_ITS_WAY, cell, list(stores)],
    )


# --- a receipt's later life ----------------------------------------------------------------------


def stores_of(conn: Connection, cell: int, ids: Sequence[str]) -> list[str]:
    """Return the stores of these receipts, sorted, without locking anything."""
    rows = execute(
        conn,
        "SELECT DISTINCT store::text FROM collection WHERE cell = %s AND id = ANY(%s::uuid[])"
        " ORDER BY 1",
        [cell, list(ids)],
    )
    return [row[0] for row in rows]


def lock(conn: Connection, cell: int, ids: Sequence[str]) -> list[Lying]:
    """Lock these receipts, sorted, and return them in the order they were taken."""
    rows = execute(
        conn,
        """SELECT id::text, store::text, rep, number, method, amount_minor, currency, state,
                  allocation, applied, on_account_minor, posted_at, reason, day
           FROM collection WHERE cell = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE""",
        [cell, list(ids)],
    )
    return sorted((Lying(*row) for row in rows), key=lambda one: (one.store, one.day, one.id))


def accounts(conn: Connection, cell: int, stores: Sequence[str]) -> list[dict[str, Any]]:
    """Return the accounts of these stores in the columns of a load."""
    names = ("store", "limit_minor", "open_minor", "on_account_minor", "blocked_reason", "as_of")
    rows = execute(
        conn,
        """SELECT store::text, limit_minor, open_minor, on_account_minor, blocked_reason, as_of
           FROM credit_account WHERE cell = %s AND store = ANY(%s::uuid[])""",
        [cell, list(stores)],
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


ITEM = (
    "store", "number", "kind", "issued_on", "due_on", "amount_minor", "open_minor", "paid_on",
    "disputed",
)  # fmt: skip


def whole_items(conn: Connection, cell: int, stores: Sequence[str]) -> list[dict[str, Any]]:
    """Return every item of these stores, as the books have them."""
    rows = execute(
        conn,
        f"""SELECT store::text, {", ".join(ITEM[1:])} FROM open_item
            WHERE cell = %s AND store = ANY(%s::uuid[])""",
        [cell, list(stores)],
    )
    return [dict(zip(ITEM, row, strict=True)) for row in rows]


def shop(conn: Connection, cell: int, store: str) -> tuple[str, str] | None:
    """Return (name, currency its debts are in) of a store; None when it is not here."""
    row = execute(
        conn,
        f"""SELECT s.name, coalesce(l.currency, co.currency) {_SHOP}
           WHERE s.cell = %s AND s.id = %s""",
        [cell, store],
    ).fetchone()
    return (row[0], row[1]) if row else None


def restate(conn: Connection, cell: int, receipt: str, by: str, values: dict[str, Any]) -> str:
    """Write what a receipt has become; return its scope."""
    sets = ", ".join(f"{name} = %({name})s" for name in values)
    row = execute(
        conn,
        f"UPDATE collection SET version = version + 1, changed_by = %(by)s, {sets}"
        " WHERE cell = %(cell)s AND id = %(id)s RETURNING scope",
        {**values, "cell": cell, "id": receipt, "by": by},
    ).fetchone()
    if row is None:
        raise LookupError(f"receipt {receipt} is not in cell {cell}")
    return str(row[0])


def clear(conn: Connection, cell: int, receipt: str) -> bool:
    """Note that a receipt is a payment of its own; say whether it was not noted before. No
    handheld is told: nothing of it travels."""
    done = execute(
        conn,
        """UPDATE collection SET is_cleared = true, possible_duplicate_of = NULL
           WHERE cell = %s AND id = %s AND NOT is_cleared""",
        [cell, receipt],
    )
    return done.rowcount > 0


def resolve(
    conn: Connection, cell: int, subject: str, how: str, by: str, now: datetime,
    items: Sequence[str] = (),
) -> list[tuple[str, str]]:  # fmt: skip
    """Resolve what waits about a subject, of these kinds of items if any are named; return
    (id, scope)."""
    return execute(
        conn,
        """UPDATE conflict SET state = 'resolved', resolution = %s, resolved_by = %s,
               resolved_at = %s, version = version + 1, changed_by = %s
           WHERE cell = %s AND subject = %s AND state = 'waiting'
             AND (item = ANY(%s) OR %s) RETURNING id::text, scope""",
        [how, by, now, by, cell, subject, list(items), not items],
    ).fetchall()


def zone_of(conn: Connection, cell: int) -> str:
    row = execute(
        conn,
        "SELECT co.zone FROM cell c JOIN company co ON co.id = c.company WHERE c.cell = %s",
        [cell],
    ).fetchone()
    return row[0] if row else "UTC"


def told_since(
    conn: Connection, cells: Sequence[int], stores: Sequence[str], as_of: datetime
) -> Rows:
    """Return (store, number, minor) that the books of a moment did not know yet: postings since
    then, less bounces since then of postings they did know."""
    return execute(
        conn,
        """SELECT k.store::text, a ->> 0,
                  sum(CASE WHEN k.posted_at > %(as_of)s THEN (a ->> 1)::int8
                           ELSE -(a ->> 1)::int8 END)::int8
           FROM collection k, jsonb_array_elements(
               k.applied || jsonb_build_array(jsonb_build_array(k.number, -k.on_account_minor))) a
           WHERE k.cell = ANY(%(cells)s) AND k.store = ANY(%(stores)s::uuid[]) AND (
               k.state = 'posted' AND k.posted_at > %(as_of)s
               OR k.state <> 'posted' AND k.posted_at <= %(as_of)s AND k.bounced_at > %(as_of)s)
             AND (a ->> 1)::int8 <> 0
           GROUP BY 1, 2""",
        {"cells": list(cells), "stores": list(stores), "as_of": as_of},
    ).fetchall()


def may_fit(conn: Connection, rules: Sequence[str], limit: int) -> list[tuple[int, str]]:
    """Return (cell, id) of orders held for nothing but these rules whose store is not blocked and
    has room for them, cash not posted yet counted in; the oldest first."""
    return execute(
        conn,
        """SELECT o.cell, o.id::text FROM orders o
           JOIN credit_account c ON c.cell = o.cell AND c.store = o.store
           JOIN store s ON s.cell = o.cell AND s.id = o.store
           WHERE o.state = 'held' AND o.holds <@ %s::text[] AND cardinality(o.holds) > 0
             AND c.blocked_reason IS NULL AND s.status = 'active'
             AND (c.limit_minor IS NULL OR c.limit_minor >= c.open_minor + c.ordered_minor
                  - c.on_account_minor - c.collected_minor + o.net_minor)
           ORDER BY o.received_at, o.id LIMIT %s""",
        [list(rules), limit],
    ).fetchall()
