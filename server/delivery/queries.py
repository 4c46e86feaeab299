"""All SQL of deliveries: what is due, claims and their fences, answers.

A claim raises `attempt`, and every later write of that claim names the number it got: whoever
held the delivery before finds its number gone and writes nothing. Cell by cell, because rows of
many cells cannot be locked in one statement on a distributed PostgreSQL.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sync.queries.driver import columns, execute

Row = dict[str, Any]


def _rows(conn: Connection, sql: str, args: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
    cursor = execute(conn, sql, args)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def now(conn: Connection) -> datetime:
    """The database's clock: the one clock that all dispatchers share."""
    moment: datetime = execute(conn, "SELECT clock_timestamp()").fetchone()[0]  # type: ignore[index]
    return moment


def epoch_began(conn: Connection) -> datetime | None:
    """When this incarnation of the database began."""
    row = execute(conn, "SELECT began_at FROM incarnation").fetchone()
    return row[0] if row else None


_DUE = """state IN ('queued', 'sending', 'handed', 'unknown') AND not_before <= %(now)s
          AND (lease_until IS NULL OR lease_until < %(now)s)"""


def lanes(conn: Connection, moment: datetime) -> list[Row]:
    """Return each (cell, delivery system) with something due, and how to talk to the system."""
    return _rows(
        conn,
        f"""WITH due AS (SELECT DISTINCT cell, target FROM delivery WHERE {_DUE})
            SELECT due.cell, c.code AS company, t.cell AS company_cell, t.code AS target, t.kind,
                   t.url, t.secret, t.deadline_s, t.can_look_up, t.dedupes, t.allow_private,
                   t.options
            FROM due JOIN cell f ON f.cell = due.cell JOIN company c ON c.id = f.company
            JOIN cell k ON k.company = f.company AND k.kind = 'company'
            JOIN delivery_target t ON t.cell = k.cell AND t.code = due.target AND t.enabled
            ORDER BY due.cell, t.code""",  # noqa: S608 - composed from the constant above
        {"now": moment},
    )


_IN_DOUBT = """EXISTS (
    SELECT FROM (
        SELECT began_at AS since FROM incarnation WHERE why <> 'first start'
        UNION ALL SELECT %(started)s::timestamptz WHERE %(started)s::timestamptz IS NOT NULL
    ) i JOIN orders o ON o.cell = d.cell AND o.id = d.order_id
    WHERE CASE WHEN o.captured_uncertain
               THEN least(o.captured_at, to_timestamp(
                   ('x' || left(replace(o.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0
               )) < i.since + interval '1 day'
               ELSE o.captured_at < i.since + interval '5 minutes'
                    AND o.captured_at > i.since - interval '400 days' END
      AND NOT EXISTS (SELECT FROM delivery_attempt a WHERE a.cell = d.cell AND a.delivery = d.id
                      AND a.began_at >= i.since))"""
"""A queued order that hours lost to a restore may have sent already: it was captured before this
epoch began, and nothing was tried in it. It is looked up before it is sent. A handheld restarted
since, with a clock that is wrong by years now or was then, is believed the earlier of two times:
the corrected one, and the one in the order's own id. `started`: the same of
a start, where a look-up costs nothing but itself; a database may have been put back unnoticed."""

# An array, not a join: a freshly filled table has no statistics, and a join was then planned so
# that one claim among 10,000 took 0.8 s; this takes 16 ms, with statistics 11. The 64 to spare are
# for rows that another dispatcher is just claiming.
_CLAIM = f"""
WITH heads AS MATERIALIZED (
    SELECT DISTINCT ON (store) id, state, not_before, lease_until, created_at FROM delivery
    WHERE cell = %(cell)s AND target = %(target)s AND state IN ('queued', 'sending', 'unknown')
    ORDER BY store, created_at, order_id, revision
), waiting AS MATERIALIZED (
    SELECT id, state, not_before, lease_until, created_at FROM delivery
    WHERE cell = %(cell)s AND target = %(target)s AND state = 'handed' AND {_DUE}
    UNION ALL
    SELECT id, state, not_before, lease_until, created_at FROM heads WHERE {_DUE}
), due AS (
    SELECT d.cell, d.id,
        CASE WHEN d.state = 'queued' AND {_IN_DOUBT} THEN 'doubtful' ELSE d.state END AS state
    FROM delivery d
    WHERE d.cell = %(cell)s AND {_DUE} AND d.id = ANY(ARRAY(
        SELECT id FROM waiting ORDER BY created_at LIMIT %(n)s + 64))
    ORDER BY d.created_at, d.order_id, d.revision
    LIMIT %(n)s FOR UPDATE SKIP LOCKED
)
UPDATE delivery d SET attempt = d.attempt + 1, lease_until = %(until)s, claimed_by = %(worker)s,
    changed_at = %(now)s,
    state = CASE due.state WHEN 'queued' THEN 'sending' WHEN 'handed' THEN 'handed'
                           ELSE 'unknown' END
FROM due WHERE d.cell = due.cell AND d.id = due.id
RETURNING d.cell, d.id::text, d.order_id::text, d.revision, d.target, d.attempt, d.document,
          d.created_at, CASE WHEN due.state = 'queued' THEN 'send' ELSE 'look_up' END AS act
"""  # noqa: S608


def claim(
    conn: Connection,
    cell: int,
    target: str,
    moment: datetime,
    until: datetime,
    worker: str,
    n: int,
    started: datetime | None = None,
) -> list[Row]:
    """Claim up to n due deliveries until `until`, for each store the oldest open one.

    One that was handed over holds up no other: what follows it lies behind it in the same folder.
    `act` says what may be done with it: `send` a queued one; `look_up` one whose outcome is
    unknown, that somebody was sending when its lease ran out, or that an epoch now lost may have
    sent (_IN_DOUBT).
    """
    args = {
        "cell": cell, "target": target, "now": moment, "until": until, "worker": worker, "n": n,
        "started": started,
    }  # fmt: skip
    claimed = _rows(conn, _CLAIM, args)
    execute(
        conn,
        """INSERT INTO delivery_attempt (cell, delivery, attempt, act, began_at)
           SELECT %s, u.delivery, u.attempt, u.act, %s
           FROM unnest(%s::uuid[], %s::int[], %s::text[]) AS u(delivery, attempt, act)""",
        [cell, moment, *columns([(c["id"], c["attempt"], c["act"]) for c in claimed], 3)],
    )
    return claimed


def orders(conn: Connection, cell: int, ids: Sequence[str]) -> dict[str, Row]:
    """Return orders by id, with their store, company and `lines`, for document.build."""
    found = _rows(
        conn,
        """SELECT o.id::text, o.revision, o.number, o.type, o.rep, o.stock_owner, o.currency,
                  o.net_minor, o.po_no, o.note, o.captured_at, o.deliver_on, c.code AS company,
                  s.code AS store_code, s.name AS store_name, s.address AS store_address,
                  s.city AS store_city, s.region AS store_region, s.postcode AS store_postcode,
                  s.gln AS store_gln
           FROM orders o JOIN store s ON s.cell = o.cell AND s.id = o.store
           JOIN cell k ON k.cell = o.cell JOIN company c ON c.id = k.company
           WHERE o.cell = %s AND o.id = ANY(%s::uuid[])""",
        [cell, list(ids)],
    )
    by_id = {order["id"]: {**order, "lines": []} for order in found}
    for line in _rows(
        conn,
        """SELECT l.order_id::text, l.n, l.product, l.uom, l.typed, l.unit_price, l.discount_minor,
                  l.net_minor, l.confirmed, l.backordered, l.promotions, p.name, u.gtin
           FROM order_line l JOIN cell f ON f.cell = l.cell
           JOIN cell k ON k.company = f.company AND k.kind = 'company'
           LEFT JOIN product p ON p.cell = k.cell AND p.code = l.product
           LEFT JOIN LATERAL (
               SELECT gtin FROM product_uom WHERE cell = k.cell AND product = l.product
                 AND num = den AND gtin IS NOT NULL ORDER BY uom LIMIT 1) u ON true
           WHERE l.cell = %s AND l.order_id = ANY(%s::uuid[]) ORDER BY l.order_id, l.n""",
        [cell, list(ids)],
    ):
        if line["order_id"] in by_id:
            by_id[line["order_id"]]["lines"].append(line)
    return by_id


def changes(conn: Connection, cell: int, ids: Sequence[str]) -> dict[tuple[str, int], Row]:
    """Return changes asked of these orders by (order, revision), for document.build_change."""
    found = _rows(
        conn,
        """SELECT order_id::text, revision, replaces, act, reason, proposal FROM order_change
           WHERE cell = %s AND order_id = ANY(%s::uuid[])""",
        [cell, list(ids)],
    )
    return {(change["order_id"], change["revision"]): change for change in found}


def promotions(conn: Connection, cell: int, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return (code, name) of promotions of a cell's company by id, also of those that are over."""
    found = _rows(
        conn,
        """SELECT r.id::text, r.code, r.name FROM promotion r JOIN cell k ON k.cell = r.cell
           JOIN cell f ON f.company = k.company
           WHERE f.cell = %s AND k.kind = 'company' AND r.id = ANY(%s::uuid[])""",
        [cell, list(ids)],
    )
    return {row["id"]: (row["code"], row["name"]) for row in found}


def keep_documents(conn: Connection, cell: int, documents: Sequence[tuple[str, str]]) -> None:
    """Write the documents (delivery, JSON text) that every later attempt sends again."""
    execute(
        conn,
        """UPDATE delivery d SET document = u.document FROM unnest(%s::uuid[], %s::jsonb[])
           AS u(id, document) WHERE d.cell = %s AND d.id = u.id""",
        [*columns(documents, 2), cell],
    )


def hold_on(conn: Connection, cell: int, delivery: str, attempt: int) -> bool:
    """Lock a delivery that is still ours under this number; False when it no longer is."""
    row = execute(
        conn,
        """SELECT 1 FROM delivery WHERE cell = %s AND id = %s AND attempt = %s
             AND lease_until IS NOT NULL AND state IN ('sending', 'handed', 'unknown')
           FOR UPDATE""",
        [cell, delivery, attempt],
    ).fetchone()
    return row is not None


def settle(
    conn: Connection,
    cell: int,
    delivery: str,
    attempt: int,
    *,
    state: str,
    not_before: datetime,
    moment: datetime,
    external_no: str | None = None,
    answer: str | None = None,
    error: str | None = None,
) -> None:
    """Write what a claim came to and end its lease; only after `hold_on`."""
    execute(
        conn,
        """UPDATE delivery SET state = %s, not_before = %s, changed_at = %s, error = %s,
               external_no = coalesce(%s, external_no), answer = coalesce(%s::jsonb, answer),
               lease_until = NULL, claimed_by = NULL
           WHERE cell = %s AND id = %s AND attempt = %s""",
        [state, not_before, moment, error, external_no, answer, cell, delivery, attempt],
    )


def end_attempt(
    conn: Connection,
    cell: int,
    delivery: str,
    attempt: int,
    moment: datetime,
    outcome: str,
    detail: str | None,
) -> None:
    execute(
        conn,
        """UPDATE delivery_attempt SET ended_at = %s, outcome = %s, detail = %s
           WHERE cell = %s AND delivery = %s AND attempt = %s""",
        [moment, outcome, detail, cell, delivery, attempt],
    )


def tries(conn: Connection, cell: int, delivery: str) -> tuple[int, datetime, datetime | None]:
    """Return (tries, when the first began, when the last sending began).

    Counted since a person last had it sent again: an attempt that ended it begins the count anew.
    """
    row = execute(
        conn,
        """SELECT count(*), min(began_at), max(began_at) FILTER (WHERE act = 'send')
           FROM delivery_attempt WHERE cell = %(cell)s AND delivery = %(id)s
             AND attempt > coalesce((SELECT max(attempt) FROM delivery_attempt
                 WHERE cell = %(cell)s AND delivery = %(id)s
                   AND outcome IN ('refused', 'failed', 'parked', 'taken_up')), 0)""",
        {"cell": cell, "id": delivery},
    ).fetchone()
    if row is None or row[1] is None:
        raise LookupError(f"delivery {delivery} was never tried")
    return row[0], row[1], row[2]
