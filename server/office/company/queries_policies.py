"""SQL of the policies page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

Found = Any


def policies(conn: Connection, cell: int) -> list[Found]:
    """Every policy of a company (its cell), company-wide ones first."""
    found = text("""
        SELECT p.id::text, p.rule, p.banner, p.store::text, p.choice, p.params, p.changed_by,
               u.name AS who_name,
               (SELECT s.name FROM store s JOIN cell sc ON sc.cell = s.cell
                 WHERE sc.company = c.company AND s.id = p.store LIMIT 1) AS store_name
          FROM policy p JOIN cell c ON c.cell = p.cell
          LEFT JOIN app_user u ON u.company = c.company AND p.changed_by = 'user:' || u.code
         WHERE p.cell = :cell
         ORDER BY p.rule, p.store IS NOT NULL, p.banner NULLS FIRST, p.id
    """)
    return list(conn.execute(found, {"cell": cell}))


def banners(conn: Connection, cells: Sequence[int]) -> list[str]:
    """The banners there are stores of."""
    found = text("""
        SELECT DISTINCT banner FROM store
         WHERE cell = ANY(:cells) AND banner IS NOT NULL ORDER BY banner
    """)
    return [row.banner for row in conn.execute(found, {"cells": list(cells)})]


def store_of(conn: Connection, cells: Sequence[int], code: str) -> str | None:
    """The id of a store by its code."""
    found = text("SELECT id::text FROM store WHERE cell = ANY(:cells) AND code = :code LIMIT 1")
    return conn.execute(found, {"cells": list(cells), "code": code}).scalar_one_or_none()


def changes(conn: Connection, cell: int) -> dict[str, Found]:
    """Rule -> who changed a policy of it last, and when."""
    found = text("""
        SELECT DISTINCT ON (a.subject) a.subject, a.at, a.who, u.name AS who_name
          FROM audit a JOIN cell c ON c.cell = a.cell
          LEFT JOIN app_user u ON u.company = c.company AND a.who = 'user:' || u.code
         WHERE a.cell = :cell AND a.subject LIKE 'policy/%' ORDER BY a.subject, a.at DESC
    """)
    rows = conn.execute(found, {"cell": cell})
    return {row.subject.partition("/")[2]: row for row in rows}
