"""SQL of the field day: what is stored, looked at from outside the product."""

from typing import Any

from psycopg import Connection

Raw = Connection[Any]
Found = list[tuple[str, int]]


def orders_of(raw: Raw, rep: str) -> Found:
    """(id, lines) of the orders a rep pushed."""
    return raw.execute(
        """SELECT o.id::text, count(l.n)::int FROM orders o
           LEFT JOIN order_line l ON l.cell = o.cell AND l.order_id = o.id
           WHERE o.rep = %s GROUP BY o.id""",
        [rep],
    ).fetchall()


def cards_of(raw: Raw, rep: str) -> Found:
    """(id, lines) of a rep's visit cards, those loaded before the day too."""
    return raw.execute(
        "SELECT id::text, jsonb_array_length(lines) FROM visit_card WHERE rep = %s", [rep]
    ).fetchall()


def contacts(raw: Raw) -> list[dict[str, Any]]:
    """Every contact as it stands."""
    rows = raw.execute("SELECT id::text, name, role, phone, preferred_time FROM contact")
    names = ("id", "name", "role", "phone", "preferred_time")
    return [dict(zip(names, row, strict=True)) for row in rows]


def tidy(raw: Raw) -> None:
    raw.execute("VACUUM ANALYZE")
