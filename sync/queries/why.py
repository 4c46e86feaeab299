"""SQL of explaining why a row is on a handheld: the row, its entries, grants and the cursor."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from sync.queries.driver import execute
from sync.write import SHAPES


class RowAt(NamedTuple):
    """Where a row lies."""

    cell: int
    depot: str
    scope: str
    version: int
    changed_by: str


class Told(NamedTuple):
    """An entry about a row."""

    cell: int
    depot: str
    scope: str
    pos: int
    act: str
    at: datetime


class Grant(NamedTuple):
    """When a rep carried a scope, and why."""

    valid_from: datetime
    valid_to: datetime | None
    reason: str


class Span(NamedTuple):
    """An assignment of a store: its first day, the day on which it no longer is (None: open)."""

    first: date
    end: date | None
    lent_by: str | None
    made_by: str


class Handheld(NamedTuple):
    """Whose a handheld is, and how it stands."""

    rep: str
    no: int
    state: str
    schema: int
    last_pull_at: datetime | None


class Cursor(NamedTuple):
    """How far a handheld has pulled to the end."""

    made_at: datetime
    positions: dict[int, int]
    scopes: frozenset[tuple[int, str]]


def handheld(conn: Connection, home: int, device: str) -> Handheld | None:
    row = execute(
        conn,
        "SELECT rep, no, state, schema, last_pull_at FROM device WHERE cell = %s AND id = %s",
        [home, device],
    ).fetchone()
    return None if row is None else Handheld(*row)


def row(conn: Connection, home: int, kind: str, key: str) -> RowAt | None:
    """Find a row by its id, in any cell of the company."""
    shape = SHAPES[kind]
    found = execute(
        conn,
        f"""SELECT t.cell, c.code, t.scope, t.version, t.changed_by
            FROM cell h JOIN cell c ON c.company = h.company
            JOIN {shape.table.name} t ON t.cell = c.cell
            WHERE h.cell = %s AND t.{shape.key}::text = %s ORDER BY t.cell LIMIT 1""",
        [home, key],
    ).fetchone()
    return None if found is None else RowAt(*found)


def entries(conn: Connection, home: int, kind: str, key: str) -> list[Told]:
    """Return the newest entry about a row in each scope, the last written first."""
    rows = execute(
        conn,
        """SELECT e.cell, c.code, e.scope, e.pos, e.act, e.at
           FROM cell h JOIN cell c ON c.company = h.company
           JOIN entry e ON e.cell = c.cell AND e.kind = %s AND e.key = %s
           WHERE h.cell = %s ORDER BY e.at DESC, e.pos DESC""",
        [kind, key, home],
    )
    return [Told(*one) for one in rows]


def grants(conn: Connection, home: int, rep: str, cell: int, scope: str) -> list[Grant]:
    """Return a rep's grants of a scope, the newest first."""
    rows = execute(
        conn,
        """SELECT valid_from, valid_to, reason FROM scope_grant
           WHERE cell = %s AND rep = %s AND scope_cell = %s AND scope = %s
           ORDER BY valid_to IS NULL DESC, valid_from DESC""",
        [home, rep, cell, scope],
    )
    return [Grant(*one) for one in rows]


def assignments(conn: Connection, cell: int, scope: str, rep: str) -> list[Span]:
    """Return the assignments of the store that a scope is of, the latest first."""
    rows = execute(
        conn,
        """SELECT valid_from, valid_to, substitute_for, made_by FROM assignment
           WHERE cell = %s AND store = %s AND rep = %s
             AND (valid_to IS NULL OR valid_to > valid_from)
           ORDER BY valid_from DESC LIMIT 5""",
        [cell, scope[3:], rep],
    )
    return [Span(*one) for one in rows]


def newest_cursor(conn: Connection, home: int, device: str) -> Cursor | None:
    """Return where a handheld's last whole pull stands."""
    found: Any = execute(
        conn,
        """SELECT made_at, positions, scopes FROM cursor
           WHERE cell = %s AND device = %s AND page IS NULL ORDER BY made_at DESC LIMIT 1""",
        [home, device],
    ).fetchone()
    if found is None:
        return None
    scopes = frozenset((int(text.partition(" ")[0]), text.partition(" ")[2]) for text in found[2])
    return Cursor(found[0], {int(cell): pos for cell, pos in found[1].items()}, scopes)


def handhelds_named(conn: Connection, home_cells: list[int], named: str) -> list[Any]:
    """Return (home cell, id, number, rep) of handhelds by id, number, or their rep."""
    return execute(
        conn,
        """SELECT cell, id, no, rep FROM device
           WHERE cell = ANY(%s) AND (id = %s OR no::text = %s OR rep = %s) ORDER BY no""",
        [home_cells, named, named.removeprefix("D"), named],
    ).fetchall()


def ids_named(conn: Connection, cells: list[int], kind: str, named: str) -> list[str]:
    """Return ids of rows of a kind by id, or by what people call them: a code or a number."""
    shape = SHAPES[kind]
    columns = {shape.key, *({"code", "number"} & set(shape.table.columns.keys()))}
    names = ", ".join(f"{name}::text" for name in sorted(columns))
    rows = execute(
        conn,
        f"""SELECT {shape.key}::text FROM {shape.table.name}
            WHERE cell = ANY(%s) AND %s IN ({names})
            ORDER BY 1 LIMIT 5""",
        [cells, named],
    )
    return [one[0] for one in rows]
