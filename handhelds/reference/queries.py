"""What the screens read: pulled rows with the rep's own unsent work laid over them.

Rows come as dicts in the columns of their kind, arrays decoded, with `unsent` (no verdict yet),
`outcome` (of the newest change of this row, None while unsent or for rows of others) and, for
rows of a store taken away, `grey`.
"""

# ruff: noqa: S608 - names of tables and columns come from schemas/rows.py, values are bound

import sqlite3
from typing import Any

import msgspec

from handhelds.reference.queries_pulled import folded
from handhelds.reference.queries_tables import ARRAYS
from schemas.rows import PARTS, ROWS
from schemas.versions import today_name

Row = dict[str, Any]

_decode = msgspec.json.decode


def parts(kind: str, name: str, rows: list[list[Any]] | None) -> list[Row]:
    """An aggregate's part, such as an order's lines, as dicts with PARTS' names."""
    return [dict(zip(PARTS[kind, name], row, strict=False)) for row in rows or ()]


def _decoded(text: Any) -> Any:
    """JSON text of a column; None where a failing disk has made it unreadable. The row is repaired
    when the copy is next compared; until then it keeps no other from being read."""
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError):
        return None


def _readable(raw: Any) -> Row:
    """A stored change; one whose bytes were damaged on the disk reads as empty."""
    found = _decoded(raw)
    return (
        found if isinstance(found, dict) and isinstance(found.get("body"), dict) else {"body": {}}
    )


def _of_today(kind: str, row: Row) -> Row:
    """A row as captured, perhaps by an older program, which called fields otherwise."""
    return {today_name(kind, name): value for name, value in row.items()}


class Queries:
    """Reads of one handheld. Everything here works without a network, always."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def pulled(self, kind: str, where: str = "1", *values: Any) -> list[Row]:
        """Rows of the copy alone."""
        names = ", ".join(f'"{name}"' for name in ROWS[kind])
        found = self.db.execute(f'SELECT {names} FROM copy."{kind}" WHERE {where}', values)
        return [self._row(kind, one) for one in found]

    def _row(self, kind: str, one: sqlite3.Row) -> Row:
        row = dict(one)
        for name in ARRAYS.get(kind, ()):
            if type(row[name]) is str:
                row[name] = _decoded(row[name])
        return row | {"unsent": False, "outcome": None}

    def rows(self, kind: str, store: str | None = None) -> list[Row]:
        """Rows of a kind (of one store), own live work laid over them."""
        where, values = ("1", ()) if store is None else ("store = ?", (store,))
        return self._laid_over(kind, where, *values)

    def row(self, kind: str, id: str) -> Row | None:
        """One row by id, own live work laid over it; None when there is none."""
        return next(iter(self._laid_over(kind, "id = ?", id)), None)

    def _laid_over(self, kind: str, where: str, *values: Any) -> list[Row]:
        """Pulled rows, each with the rep's live changes laid over it in order of capture; work
        that was not taken is shown only where no pulled row says otherwise."""
        pulled = {row["id"]: row for row in self.pulled(kind, where, *values)}
        found = dict(pulled)
        for one in self.db.execute(
            f"SELECT * FROM live WHERE kind = ? AND {where} ORDER BY seq", (kind, *values)
        ):
            if one["above"] or one["id"] not in pulled:
                below = found.get(one["id"]) or dict.fromkeys(ROWS[kind]) | {"version": 0}
                told = {"unsent": one["outcome"] is None, "outcome": one["outcome"]}
                found[one["id"]] = below | _of_today(kind, _decoded(one["row"]) or {}) | told
        return list(found.values())

    def search(self, kind: str, words: str, at_most: int = 20) -> list[Row]:
        """Products or stores in which every word occurs, those that begin so first."""
        parts = [folded(word) for word in words.split()] or [""]
        test = " AND ".join("instr(search, ?) > 0" for _ in parts)
        return self.pulled(
            kind,
            f"{test} ORDER BY instr(search, ?) > 1, name, id LIMIT ?",
            *parts,
            parts[0],
            at_most,
        )

    def store(self, named: str) -> Row | None:
        """A store by its code or id."""
        ids = self.db.execute(
            "SELECT id FROM copy.store WHERE code = ? OR id = ? UNION ALL"
            " SELECT id FROM live WHERE kind = 'store' AND (row ->> 'code' = ? OR id = ?) LIMIT 1",
            (named, named, named, named),
        ).fetchone()
        found = None if ids is None else self.row("store", ids["id"])
        if found is None or found["code"] is None:
            return None
        grey = self.db.execute(
            "SELECT 1 FROM copy.greyed WHERE scope = ?", (found["scope"],)
        ).fetchone()
        return found | {"grey": grey is not None}

    def new_stores(self, words: str) -> list[Row]:
        """Stores found by the rep that no pull has brought yet, in which every word occurs."""
        parts = folded(words).split()
        known = {row[0] for row in self.db.execute("SELECT id FROM copy.store")}
        rows = [row for row in self.rows("store") if row["id"] not in known and row["code"]]
        return [
            row
            for row in rows
            if all(part in folded(f"{row['code']} {row['name']} {row['city']}") for part in parts)
        ]

    def product(self, code: str) -> Row | None:
        """A product by its code."""
        return next(iter(self.pulled("product", "id = ?", code)), None)

    def stock(self, warehouse: str, product: str) -> Row | None:
        """Stock of the day of one product in a warehouse."""
        found = self.pulled("stock", "product = ? AND scope = ?", product, f"wh:{warehouse}")
        return found[0] if found else None

    def prices(self, product: str) -> list[Row]:
        """Every price version of a product on this handheld; `list` is taken from the scope."""
        found = self.pulled("price", "product = ?", product)
        return [row | {"list": row["scope"].removeprefix("pl:")} for row in found]

    def changes(self, where: str = "outcome IS NULL", *values: Any) -> list[Row]:
        """Changes of this handheld, oldest first; `raw` and `verdict` decoded."""
        found = self.db.execute(f"SELECT * FROM main.change WHERE {where} ORDER BY seq", values)
        return [
            dict(one)
            | {
                "raw": _readable(one["raw"]),
                "verdict": None if one["verdict"] is None else _decode(one["verdict"]),
            }
            for one in found
        ]

    def unread(self) -> list[Row]:
        """Changes whose verdict says more than "taken as sent" and was not read yet."""
        return self.changes("outcome IS NOT NULL AND outcome <> 'applied' AND read_at IS NULL")

    def notices(self, *, everything: bool = False) -> list[Row]:
        """What office and delivery system say of the rep's work, newest first: not what a verdict
        told already, unless it has been answered since; only unread ones unless `everything`."""
        told = {
            conflict.get("id")
            for change in self.changes("verdict IS NOT NULL")
            for conflict in change["verdict"].get("conflicts", ())
        }
        seen = (
            "SELECT 1 FROM main.seen s WHERE s.id = conflict.id AND s.version >= conflict.version"
        )
        where = "1" if everything else f"NOT EXISTS ({seen})"
        found = self.pulled("conflict", f"{where} ORDER BY coalesce(resolved_at, at) DESC")
        return [row for row in found if row["id"] not in told or row["resolution"]]

    def to_read(self) -> int:
        """How many verdicts and notices wait to be read."""
        return len(self.unread()) + len(self.notices())

    def needs_rep(self) -> int:
        """How many items wait for the rep's answer, but those answered already."""
        found = self.db.execute(
            "SELECT count(*) FROM copy.conflict c WHERE state = 'waiting' AND answers <> '[]'"
            " AND NOT EXISTS (SELECT 1 FROM main.change m WHERE m.outcome IS NULL"
            " AND m.kind = 'conflict' AND m.raw ->> '$.body.conflict' = c.id)"
        ).fetchone()
        return int(found[0])

    def counts(self) -> dict[str, int]:
        """How many rows of each kind the copy holds."""
        return {
            kind: self.db.execute(f'SELECT count(*) FROM copy."{kind}"').fetchone()[0]
            for kind in ROWS
        }
