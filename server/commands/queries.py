"""All SQL of the commands: companies, accounts, handhelds and delivery systems as lists."""

import json
from typing import Any

from sqlalchemy import Connection

from sync.queries.driver import execute

Row = dict[str, Any]


def _rows(conn: Connection, sql: str, args: Row | None = None) -> list[Row]:
    cursor = execute(conn, sql, args or {})
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def companies(conn: Connection) -> list[Row]:
    """Every company with its own cell."""
    return _rows(
        conn,
        """SELECT c.id::text, c.code, c.name, c.currency, c.zone, k.cell
           FROM company c JOIN cell k ON k.company = c.id AND k.kind = 'company'
           ORDER BY c.code""",
    )


def cells(conn: Connection, company: str) -> dict[str, int]:
    """Code -> number of a company's cells, its own included."""
    found = _rows(
        conn, "SELECT code, cell FROM cell WHERE company = %(company)s", {"company": company}
    )
    return {row["code"]: row["cell"] for row in found}


def people(conn: Connection, company: str) -> list[Row]:
    return _rows(
        conn,
        """SELECT u.code, u.name, array_to_string(u.roles, ', ') AS roles, k.code AS home, u.state,
                  u.last_login_at
           FROM app_user u JOIN cell k ON k.cell = u.cell
           WHERE u.company = %(company)s ORDER BY u.code""",
        {"company": company},
    )


def devices(conn: Connection, company: str) -> list[Row]:
    return _rows(
        conn,
        """SELECT d.id, d.no, d.rep, d.model, d.state, d.last_push_at, d.last_pull_at,
                  d.queue_depth, d.cell
           FROM device d WHERE d.company = %(company)s ORDER BY d.no""",
        {"company": company},
    )


def targets(conn: Connection, cell: int) -> list[Row]:
    """The delivery systems of a company; their secrets are not for lists."""
    return _rows(
        conn,
        """SELECT code, kind, url, deadline_s, can_look_up, dedupes, allow_private, enabled,
                  options::text AS settings
           FROM delivery_target WHERE cell = %(cell)s ORDER BY code""",
        {"cell": cell},
    )


def target(conn: Connection, cell: int, code: str) -> Row | None:
    """One delivery system with everything its adapter is made from."""
    found = _rows(
        conn,
        """SELECT code, kind, url, secret, deadline_s, can_look_up, dedupes, allow_private, options
           FROM delivery_target WHERE cell = %(cell)s AND code = %(code)s""",
        {"cell": cell, "code": code},
    )
    return found[0] if found else None


def words(conn: Connection, cell: int, target: str) -> list[Row]:
    """What a delivery system's own words for statuses mean."""
    return _rows(
        conn,
        """SELECT code AS word, status AS means FROM delivery_code
           WHERE cell = %(cell)s AND target = %(target)s ORDER BY code""",
        {"cell": cell, "target": target},
    )


def add_target(conn: Connection, values: Row) -> bool:
    """A new delivery system; False when its code is taken."""
    done = execute(
        conn,
        """INSERT INTO delivery_target (cell, code, kind, url, secret, deadline_s, can_look_up,
                                        dedupes, allow_private, enabled, options)
           VALUES (%(cell)s, %(code)s, %(kind)s, %(url)s, %(secret)s, %(deadline_s)s,
                   %(can_look_up)s, %(dedupes)s, %(allow_private)s, true, %(options)s::jsonb)
           ON CONFLICT DO NOTHING""",
        {**values, "options": json.dumps(values["options"])},
    )
    return done.rowcount == 1
