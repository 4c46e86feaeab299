"""SQL of the nightly comparison: which days are due, what is ours, and what came of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from server.delivery.compare import Compared, Ours
from server.delivery.queries import _rows
from sync.queries.driver import columns, execute

Row = Mapping[str, Any]
_json = msgspec.json.Encoder().encode
AT_ONCE = 1_000

# --- which days ----------------------------------------------------------------------------------


def ask_nightly(conn: Connection, moment: datetime, hour: int, days: int) -> int:
    """Ask for yesterday of every enabled system, from `hour` o'clock in its company's zone on, for
    those of the last `days` days that were missed since it was first compared (nobody ran then),
    and again for those that still have open differences. Returns how many."""
    asked = execute(
        conn,
        """WITH place AS (
               SELECT t.cell, t.code, (%(now)s AT TIME ZONE c.zone) AS local
               FROM delivery_target t JOIN cell k ON k.cell = t.cell
               JOIN company c ON c.id = k.company WHERE t.enabled
           ), since AS (
               SELECT cell, code, local::date - 1 AS yesterday, least(local::date - 1, (
                          SELECT min(day) FROM reconciliation r
                          WHERE r.cell = place.cell AND r.target = place.code)) AS first
               FROM place WHERE extract(hour FROM local) >= %(hour)s
           ), due AS (
               SELECT cell, code, yesterday - back AS day
               FROM since CROSS JOIN generate_series(0, %(days)s - 1) back
               WHERE yesterday - back >= first
           ), made AS (
               INSERT INTO reconciliation (cell, target, day, state, asked_by, asked_at, next_at,
                   tries, ours, theirs, moved, under_way, says)
               SELECT cell, code, day, 'asked', 'job:reconcile', %(now)s, %(now)s, 0, '{}', '{}',
                      0, 0, '' FROM due
               ON CONFLICT DO NOTHING RETURNING cell, target, day
           ), again AS (
               UPDATE reconciliation r SET state = 'asked', asked_by = 'job:reconcile',
                   asked_at = %(now)s, next_at = %(now)s, tries = 0
               FROM made WHERE r.cell = made.cell AND r.target = made.target
                 AND r.day < made.day AND r.day >= made.day - %(days)s AND r.state = 'differs'
               RETURNING 1
           )
           SELECT (SELECT count(*) FROM made) + (SELECT count(*) FROM again)""",
        {"now": moment, "hour": hour, "days": days},
    ).fetchone()
    return int(asked[0]) if asked else 0


def due(conn: Connection, moment: datetime) -> Sequence[Row]:
    """The days to be compared now, with everything to talk to their systems."""
    return _rows(
        conn,
        """SELECT r.day, r.tries, r.asked_by, t.*, c.id::text AS company, c.zone, c.currency,
                  (%(now)s AT TIME ZONE c.zone)::date AS today,
                  r.day::timestamp AT TIME ZONE c.zone AS begins_at,
                  (r.day + 1)::timestamp AT TIME ZONE c.zone AS ends_at,
                  ARRAY(SELECT f.cell FROM cell f WHERE f.company = c.id AND f.kind = 'field'
                        ORDER BY f.cell) AS cells
           FROM reconciliation r
           JOIN delivery_target t ON t.cell = r.cell AND t.code = r.target
           JOIN cell k ON k.cell = r.cell JOIN company c ON c.id = k.company
           WHERE r.state IN ('asked', 'unanswered') AND r.next_at <= %(now)s
           ORDER BY r.next_at, r.cell, r.target, r.day LIMIT 50""",
        {"now": moment},
    )


# --- what is ours --------------------------------------------------------------------------------

# Quantities and value are of what stands: what was cut is in neither.
_OURS = """
    SELECT d.cell, d.order_id::text, d.revision, d.id::text, d.state, o.state, o.number,
           coalesce(s.name, ''), d.external_no, o.currency, l.lines, l.quantity, o.net_minor,
           CASE WHEN d.state = 'acknowledged' THEN d.changed_at END,
           greatest(d.changed_at, (SELECT max(u.received_at) FROM status_update u
                                   WHERE u.cell = d.cell AND u.order_id = d.order_id))
    FROM delivery d JOIN orders o ON o.cell = d.cell AND o.id = d.order_id
    LEFT JOIN store s ON s.cell = d.cell AND s.id = d.store
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE confirmed + backordered > 0)::int AS lines,
               coalesce(sum(confirmed + backordered), 0)::int AS quantity
        FROM order_line WHERE cell = d.cell AND order_id = d.order_id) l
"""


def of_day(
    conn: Connection, cells: Sequence[int], target: str, begins_at: datetime, ends_at: datetime
) -> list[Ours]:
    """What was acknowledged in a span of time; of an order that was sent in several revisions,
    the last acknowledged one."""
    found: list[Ours] = []
    for cell in cells:  # cell by cell: each may be on another machine
        rows = execute(
            conn,
            """SELECT DISTINCT order_id::text FROM delivery
               WHERE cell = %s AND target = %s AND state = 'acknowledged'
                 AND changed_at >= %s AND changed_at < %s""",
            [cell, target, begins_at, ends_at],
        ).fetchall()
        for known in of_orders(conn, [cell], target, [row[0] for row in rows]).values():
            last = max((one for one in known if one.acknowledged_at is not None), key=_revision)
            if last.acknowledged_at is not None and begins_at <= last.acknowledged_at < ends_at:
                found.append(last)
    return found


def _revision(one: Ours) -> int:
    return one.revision


def of_orders(
    conn: Connection, cells: Sequence[int], target: str, orders: Sequence[str]
) -> dict[str, list[Ours]]:
    """Every delivery to a system of these orders, by order id.

    So many at a time: each statement stays short, however long the day was.
    """
    found: dict[str, list[Ours]] = {}
    for cell in cells:
        for chunk in (orders[i : i + AT_ONCE] for i in range(0, len(orders), AT_ONCE)):
            rows = execute(
                conn,
                _OURS + "WHERE d.cell = %s AND d.target = %s AND d.order_id = ANY(%s::uuid[])",
                [cell, target, list(chunk)],
            ).fetchall()
            for row in rows:
                found.setdefault(row[1], []).append(Ours(*row))
    return found


def to_look_up(conn: Connection, cell: int, deliveries: Sequence[str]) -> Sequence[Row]:
    """What a look-up needs of deliveries: their ids, documents and moments."""
    return _rows(
        conn,
        """SELECT id::text, order_id::text, revision, document, created_at FROM delivery
           WHERE cell = %s AND id = ANY(%s::uuid[]) AND document IS NOT NULL""",
        [cell, list(deliveries)],
    )


# --- what came of it -----------------------------------------------------------------------------


def finish(
    conn: Connection, row: Row, found: Compared, says: str, as_of: datetime, at: datetime
) -> int:
    """Write a comparison: sums, and each difference; what is not there any more is `gone`.

    What is under way is left as it was: a repair has its time. Returns how many differences are
    open.
    """
    key = {"cell": row["cell"], "target": row["code"], "day": row["day"], "at": at}
    lines = [
        (
            one.kind, one.subject[:200],
            one.ours.cell if one.ours else None, one.ours.order if one.ours else None,
            one.ours.delivery if one.ours else None,
            _json(one.ours).decode() if one.ours else None,
            _json(one.theirs).decode(), one.note[:400],
        )
        for one in found.differences
    ]  # fmt: skip
    execute(
        conn,
        """UPDATE reconciliation SET ran_at = %(at)s, as_of = %(as_of)s,
               ours = %(ours)s, theirs = %(theirs)s, moved = %(moved)s, under_way = %(under_way)s,
               says = %(says)s, tries = tries + 1
           WHERE cell = %(cell)s AND target = %(target)s AND day = %(day)s""",
        {
            **key, "as_of": as_of,
            "ours": _json(found.ours.as_json()).decode(),
            "theirs": _json(found.theirs.as_json()).decode(),
            "moved": found.moved, "under_way": len(found.waiting), "says": says,
        },
    )  # fmt: skip
    _write_lines(conn, key, lines, sorted(found.waiting))
    left = execute(
        conn,
        """UPDATE reconciliation r SET state = CASE WHEN n.open > 0 THEN 'differs' ELSE 'agrees' END
           FROM (SELECT count(*) AS open FROM reconciliation_line
                 WHERE cell = %(cell)s AND target = %(target)s AND day = %(day)s
                   AND state <> 'gone') n
           WHERE r.cell = %(cell)s AND r.target = %(target)s AND r.day = %(day)s
           RETURNING n.open""",
        key,
    ).fetchone()
    return int(left[0]) if left else 0


def _write_lines(
    conn: Connection, key: Mapping[str, Any], lines: Sequence[Sequence[Any]], waiting: list[str]
) -> None:
    """Write the differences of a day. One that was seen before keeps the moment it was first seen
    and what a person asked for meanwhile; one that is not seen any more is gone."""
    names = "kind subject order_cell order_id delivery ours theirs note".split()
    types = "text text int2 uuid uuid jsonb jsonb text".split()
    given = dict(zip(names, columns(lines, len(names)), strict=True))
    arrays = ", ".join(f"%({name})s::{kind}[]" for name, kind in zip(names, types, strict=True))
    execute(
        conn,
        f"""INSERT INTO reconciliation_line (cell, target, day, state, first_seen_at, seen_at,
                {", ".join(names)})
            SELECT %(cell)s, %(target)s, %(day)s, 'open', %(at)s, %(at)s, u.*
            FROM unnest({arrays}) AS u({", ".join(names)})
            ON CONFLICT (cell, target, day, kind, subject) DO UPDATE SET
                state = CASE reconciliation_line.state WHEN 'asked' THEN 'asked' ELSE 'open' END,
                seen_at = %(at)s, delivery = excluded.delivery, ours = excluded.ours,
                theirs = excluded.theirs, note = excluded.note,
                first_seen_at = CASE WHEN reconciliation_line.state = 'gone' THEN %(at)s
                                     ELSE reconciliation_line.first_seen_at END""",  # noqa: S608
        {**key, **given},
    )
    execute(
        conn,
        """UPDATE reconciliation_line SET state = 'gone', seen_at = %(at)s
           WHERE cell = %(cell)s AND target = %(target)s AND day = %(day)s AND state <> 'gone'
             AND seen_at < %(at)s AND subject <> ALL(%(waiting)s)
             AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.cell = order_cell AND d.id = delivery
                 AND d.state IN ('queued', 'sending', 'handed', 'unknown'))""",
        {**key, "waiting": waiting},
    )


def to_repair(conn: Connection) -> Sequence[Row]:
    """Differences that a person had repaired by something the worker has to do."""
    return _rows(
        conn,
        """SELECT l.day, l.kind AS difference, l.subject, l.order_cell, l.repair, l.repaired_by,
                  l.delivery::text AS to_take_up, t.*
           FROM reconciliation_line l
           JOIN delivery_target t ON t.cell = l.cell AND t.code = l.target
           WHERE l.state = 'asked' ORDER BY l.repaired_at LIMIT 200""",
    )


def repaired(conn: Connection, row: Row, state: str, note: str, next_at: datetime) -> None:
    """Note what became of a repair, and have the day compared again at `next_at`."""
    key = [row["cell"], row["code"], row["day"]]
    execute(
        conn,
        """UPDATE reconciliation_line SET state = %s, note = %s
           WHERE cell = %s AND target = %s AND day = %s AND kind = %s AND subject = %s""",
        [state, note[:400], *key, row["difference"], row["subject"]],
    )
    execute(
        conn,
        """UPDATE reconciliation SET state = 'asked', next_at = %s, tries = 0
           WHERE cell = %s AND target = %s AND day = %s""",
        [next_at, *key],
    )


def postpone(
    conn: Connection, row: Row, state: str, says: str, next_at: datetime, at: datetime
) -> None:
    """Note that a day could not be compared, why, and when it is tried again."""
    execute(
        conn,
        """UPDATE reconciliation SET state = %s, says = %s, next_at = %s, ran_at = %s,
               tries = tries + 1
           WHERE cell = %s AND target = %s AND day = %s""",
        [state, says[:400], next_at, at, row["cell"], row["code"], row["day"]],
    )


def targets(conn: Connection, company: str) -> Sequence[Row]:
    """A company's delivery systems."""
    return _rows(
        conn,
        """SELECT t.cell, t.code, t.enabled FROM delivery_target t JOIN cell k ON k.cell = t.cell
           WHERE k.company = %s ORDER BY t.code""",
        [company],
    )


def report(conn: Connection, company: str, day: date | None) -> list[dict[str, Any]]:
    """Each system's last compared day, or the given one, with its open differences as `lines`."""
    days = _rows(
        conn,
        """SELECT DISTINCT ON (r.cell, r.target) r.*, c.currency, c.zone
           FROM reconciliation r JOIN cell k ON k.cell = r.cell JOIN company c ON c.id = k.company
           WHERE c.id = %(company)s AND (%(day)s::date IS NULL OR r.day = %(day)s)
           ORDER BY r.cell, r.target, r.day DESC""",
        {"company": company, "day": day},
    )
    for row in days:
        row["lines"] = _rows(
            conn,
            """SELECT * FROM reconciliation_line
               WHERE cell = %s AND target = %s AND day = %s AND state <> 'gone'
               ORDER BY kind, first_seen_at, subject""",
            [row["cell"], row["target"], row["day"]],
        )
    return days
