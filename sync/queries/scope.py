"""SQL of assignments and grants."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from sync.queries.driver import columns, execute


def home_cell(conn: Connection, cell: int, rep: str) -> int:
    """Return the home cell of a rep of the company that a cell belongs to."""
    row = execute(
        conn,
        """SELECT u.cell FROM app_user u JOIN cell c ON c.company = u.company
           WHERE c.cell = %s AND u.code = %s""",
        [cell, rep],
    ).fetchone()
    if row is None:
        raise LookupError(f"no user {rep} in the company of cell {cell}")
    return int(row[0])


def day_of(conn: Connection, cell: int, now: datetime) -> date:
    """Return the day it is at a moment where the company of a cell is at home."""
    row = execute(
        conn,
        """SELECT (%s::timestamptz AT TIME ZONE co.zone)::date
           FROM cell c JOIN company co ON co.id = c.company WHERE c.cell = %s""",
        [now, cell],
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no cell {cell}")
    found: date = row[0]
    return found


def insert_assignments(
    conn: Connection, cell: int, stores: Sequence[tuple[str, str]], rest: tuple[Any, ...]
) -> int:
    """Write assignments (id, store) of one rep, but those of which the rep has all days already."""
    rep, function, valid_from, valid_to, substitute_for, by, now = rest
    return execute(
        conn,
        """INSERT INTO assignment (cell, id, rep, store, function, valid_from, valid_to,
                                   substitute_for, made_by, made_at)
           SELECT %(cell)s, u.id, %(rep)s, u.store, %(function)s, %(valid_from)s, %(valid_to)s,
                  %(substitute_for)s, %(by)s, %(now)s
           FROM unnest(%(ids)s::uuid[], %(stores)s::uuid[]) AS u(id, store)
           JOIN store s ON s.cell = %(cell)s AND s.id = u.store
           WHERE NOT EXISTS (SELECT FROM assignment a WHERE a.cell = %(cell)s
               AND a.rep = %(rep)s AND a.store = u.store AND a.function = %(function)s
               AND a.valid_from <= %(valid_from)s
               AND (a.valid_to IS NULL OR a.valid_to >= %(valid_to)s::date))""",
        {
            "cell": cell, "rep": rep, "function": function, "valid_from": valid_from,
            "valid_to": valid_to, "substitute_for": substitute_for, "by": by, "now": now,
            "ids": [row[0] for row in stores], "stores": [row[1] for row in stores],
        },
    ).rowcount  # fmt: skip


def end_assignments(
    conn: Connection, cell: int, rep: str, stores: Sequence[str], day: date, first: date
) -> int:
    """End assignments on a day; what begins after `first`, or began on that day, never was."""
    return execute(
        conn,
        """UPDATE assignment a SET valid_to = new.day
           FROM (SELECT cell, id, CASE WHEN valid_from > %s THEN valid_from ELSE %s END AS day
                 FROM assignment WHERE cell = %s AND rep = %s AND store = ANY(%s::uuid[])) new
           WHERE a.cell = new.cell AND a.id = new.id
             AND (a.valid_to IS NULL OR a.valid_to > new.day)""",
        [first, day, cell, rep, list(stores)],
    ).rowcount


_IS_FOR = """(l.code = mine.price_list OR l.level = 'banner' AND l.banner = mine.banner
               OR l.level = 'channel' AND l.channel = mine.channel
               OR l.level = 'channel_class' AND l.channel = mine.channel
                  AND l.store_class = mine.store_class)"""
"""Whether a price list counts for a store, beside the base lists (terms/price.py)."""


SPOKEN_TO = "has told the rep something"
_SPOKEN = f"""SELECT {{home}} AS home, {{rep}} AS rep, c.cell, 'rep:' || {{rep}} AS scope,
                      '{SPOKEN_TO}' AS reason
               FROM cell h JOIN cell c ON c.company = h.company AND c.kind = 'field'
               WHERE h.cell = {{home}} AND c.cell <> {{home}} AND EXISTS (
                   SELECT FROM entry e WHERE e.cell = c.cell AND e.scope = 'rep:' || {{rep}}
                     AND e.kind = 'conflict')"""
"""A depot the rep carries nothing of any more, yet where items of the rep's live: those of a store
that moved there, or of what was captured for a store of others."""


def _spoken(home: str, rep: str) -> str:
    return _SPOKEN.format(home=home, rep=rep)


def wanted_scopes(
    conn: Connection, home: int, rep: str, day: date
) -> list[tuple[tuple[int, str], str]]:
    """Return ((cell, scope), why) of all a rep should carry on a day."""
    own = _spoken("%(home)s::int", "%(rep)s::text")
    rows = execute(
        conn,
        f"""WITH mine AS (
               SELECT s.cell, s.id, s.price_list, s.banner, s.channel, s.store_class, s.warehouse,
                      a.substitute_for
               FROM cell h JOIN cell c ON c.company = h.company
               JOIN assignment a ON a.cell = c.cell AND a.rep = %(rep)s
                   AND a.valid_from <= %(day)s AND (a.valid_to IS NULL OR a.valid_to > %(day)s)
               JOIN store s ON s.cell = a.cell AND s.id = a.store
               WHERE h.cell = %(home)s
           ), company AS (
               SELECT c.cell FROM cell h JOIN cell c ON c.company = h.company
               WHERE h.cell = %(home)s AND c.kind = 'company'
           )
           SELECT cell, 'st:' || id, CASE WHEN bool_or(substitute_for IS NULL) THEN 'assignment'
                  ELSE 'stand-in for ' || min(substitute_for) END FROM mine GROUP BY cell, id
           UNION SELECT cell, 'wh:' || warehouse, 'serves a store' FROM mine
           UNION SELECT company.cell, 'pl:' || l.code,
                        CASE l.level WHEN 'base' THEN 'for every store' ELSE 'prices a store' END
               FROM company JOIN price_list l ON l.cell = company.cell
               WHERE l.level = 'base' OR EXISTS (SELECT FROM mine WHERE {_IS_FOR})
           UNION SELECT cell, scope, reason FROM ({own}) own""",
        {"home": home, "rep": rep, "day": day},
    )
    return [((cell, scope), reason) for cell, scope, reason in rows]


def open_grants(conn: Connection, home: int, rep: str) -> list[tuple[str, int, str]]:
    """Return (id, cell, scope) of the grants a rep holds."""
    return execute(
        conn,
        """SELECT id::text, scope_cell, scope FROM scope_grant
           WHERE cell = %s AND rep = %s AND told_begin AND NOT told_end""",
        [home, rep],
    ).fetchall()


def insert_grants(
    conn: Connection,
    home: int,
    rep: str,
    grants: Sequence[tuple[str, int, str, str]],
    now: datetime,
) -> None:
    """Write grants (id, cell, scope, reason) that begin now."""
    if grants:
        execute(
            conn,
            """INSERT INTO scope_grant (cell, id, rep, scope_cell, scope, valid_from, reason,
                                        told_begin, told_end)
               SELECT %s, u.id, %s, u.cell, u.scope, %s, u.reason, true, false
               FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::text[])
                   AS u(id, cell, scope, reason)""",
            [home, rep, now, *columns(grants, 4)],
        )


def end_grants(conn: Connection, home: int, ids: Sequence[str], now: datetime) -> None:
    """End grants now."""
    if ids:
        execute(
            conn,
            """UPDATE scope_grant SET valid_to = %s, told_end = true
               WHERE cell = %s AND id = ANY(%s::uuid[])""",
            [now, home, list(ids)],
        )


def lock_rep(conn: Connection, home: int, rep: str) -> None:
    """Wait for whoever is changing what a rep carries."""
    execute(
        conn,
        "SELECT FROM app_user WHERE cell = %s AND code = %s FOR NO KEY UPDATE",
        [home, rep],
    )


def reps_out_of_line(conn: Connection, now: datetime) -> list[tuple[int, str]]:
    """Return (home cell, rep) of reps whose grants are not those `wanted_scopes` has for the day
    it is at their company."""
    return execute(
        conn,
        f"""WITH rep AS (
               SELECT u.cell AS home, u.company, u.code,
                      (%(now)s::timestamptz AT TIME ZONE co.zone)::date AS day
               FROM app_user u JOIN company co ON co.id = u.company
               WHERE EXISTS (SELECT FROM scope_grant g WHERE g.cell = u.cell AND g.rep = u.code)
                  OR EXISTS (SELECT FROM cell c JOIN assignment a ON a.cell = c.cell
                             WHERE c.company = u.company AND a.rep = u.code)
           ), mine AS (
               SELECT rep.home, rep.company, rep.code, s.cell, s.id, s.price_list, s.banner,
                      s.channel, s.store_class, s.warehouse
               FROM rep JOIN cell c ON c.company = rep.company
               JOIN assignment a ON a.cell = c.cell AND a.rep = rep.code
                   AND a.valid_from <= rep.day AND (a.valid_to IS NULL OR a.valid_to > rep.day)
               JOIN store s ON s.cell = a.cell AND s.id = a.store
           ), lists AS (
               SELECT c.company, l.cell, l.code, l.level, l.banner, l.channel, l.store_class
               FROM cell c
               JOIN price_list l ON l.cell = c.cell WHERE c.kind = 'company'
           ), wanted AS (
               SELECT home, code AS rep, cell, 'st:' || id AS scope FROM mine
               UNION SELECT home, code, cell, 'wh:' || warehouse FROM mine
               UNION SELECT rep.home, rep.code, l.cell, 'pl:' || l.code
               FROM rep JOIN lists l ON l.company = rep.company AND l.level = 'base'
               UNION SELECT mine.home, mine.code, l.cell, 'pl:' || l.code
               FROM mine JOIN lists l ON l.company = mine.company AND {_IS_FOR}
               UNION SELECT rep.home, rep.code, own.cell, own.scope
               FROM rep, LATERAL ({_spoken("rep.home", "rep.code")}) own
           ), held AS (
               SELECT cell AS home, rep, scope_cell AS cell, scope FROM scope_grant
               WHERE told_begin AND NOT told_end
           )
           SELECT DISTINCT home, rep FROM (
               (TABLE wanted EXCEPT TABLE held) UNION ALL (TABLE held EXCEPT TABLE wanted)) differ
           WHERE rep IN (SELECT code FROM rep) ORDER BY home, rep""",
        {"now": now},
    ).fetchall()
