"""SQL of the alarm: what waits for each delivery system, since when, and its last sign of life."""

from datetime import datetime

from sqlalchemy import Connection

from server.delivery.queries import Row, _rows
from sync.queries.driver import execute

# A delivery waits since it was made, or since it was last taken up again by a person. The oldest
# 200 are enough to know it, and a long queue costs no more than a short one.
_LOOK = """
SELECT t.cell, t.code AS target, c.zone, t.enabled, coalesce(s.after_min, 30) AS after_min,
       s.since AS raised, w.waiting, w.oldest, a.last, greatest(w.oldest, a.last) AS since,
       (SELECT min(f.cell) FROM cell f WHERE f.company = k.company AND f.kind = 'field')
           AS item_cell,
       (t.enabled AND coalesce(s.after_min, 30) > 0 AND w.waiting > 0
        AND greatest(w.oldest, a.last)
            <= %(now)s - make_interval(mins => coalesce(s.after_min, 30))) IS TRUE AS silent
FROM delivery_target t JOIN cell k ON k.cell = t.cell
JOIN company c ON c.id = k.company
LEFT JOIN delivery_silence s ON s.cell = t.cell AND s.target = t.code
CROSS JOIN LATERAL (
    SELECT sum(one.waiting)::int AS waiting, min(one.oldest) AS oldest FROM cell f,
    LATERAL (
        SELECT (SELECT count(*) FROM delivery d WHERE d.cell = f.cell AND d.target = t.code
                  AND d.state IN ('queued', 'sending', 'handed', 'unknown')) AS waiting,
               (SELECT min(greatest(o.created_at, (
                        SELECT max(a.ended_at) FROM delivery_attempt a
                        WHERE a.cell = o.cell AND a.delivery = o.id
                          AND a.outcome IN ('refused', 'failed', 'parked', 'taken_up'))))
                FROM (SELECT d.cell, d.id, d.created_at FROM delivery d
                      WHERE d.cell = f.cell AND d.target = t.code
                        AND d.state IN ('queued', 'sending', 'handed', 'unknown')
                      ORDER BY d.created_at LIMIT 200) o) AS oldest
    ) one WHERE f.company = k.company AND f.kind = 'field'
) w
CROSS JOIN LATERAL (
    SELECT max(one.last) AS last FROM cell f, LATERAL (
        SELECT max(d.changed_at) AS last FROM delivery d
        WHERE d.cell = f.cell AND d.target = t.code AND d.state = 'acknowledged'
    ) one WHERE f.company = k.company AND f.kind = 'field'
) a
ORDER BY t.cell, t.code
"""


def look(conn: Connection, moment: datetime) -> list[Row]:
    """Each delivery system: waiting, since when it acknowledged nothing, whether that is silence,
    and `raised`: since when the alarm stands, if it does."""
    return _rows(conn, _LOOK, {"now": moment})


def raise_alarm(conn: Connection, row: Row, at: datetime) -> None:
    execute(
        conn,
        """INSERT INTO delivery_silence (cell, target, since, waiting, raised_at)
           VALUES (%(cell)s, %(target)s, %(since)s, %(waiting)s, %(at)s)
           ON CONFLICT (cell, target) DO UPDATE SET since = excluded.since, cleared_at = NULL,
               waiting = excluded.waiting, raised_at = excluded.raised_at""",
        {**row, "at": at},
    )


def clear_alarm(conn: Connection, row: Row, at: datetime) -> None:
    execute(
        conn,
        """UPDATE delivery_silence SET since = NULL, waiting = 0, cleared_at = %s
           WHERE cell = %s AND target = %s""",
        [at, row["cell"], row["target"]],
    )


def set_minutes(conn: Connection, cell: int, target: str, minutes: int) -> None:
    """After how many minutes without an acknowledgement a system is silent; 0: never."""
    execute(
        conn,
        """INSERT INTO delivery_silence (cell, target, after_min) VALUES (%s, %s, %s)
           ON CONFLICT (cell, target) DO UPDATE SET after_min = excluded.after_min""",
        [cell, target, minutes],
    )
