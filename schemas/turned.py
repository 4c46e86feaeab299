"""Rows turned on their side: one array a column in place of one array a row.

Values of one column resemble each other, so a compressor that meets them side by side makes them
a quarter smaller, and a rep on a rural line waits a quarter less. Arrays inside rows (an order's
lines) are turned too, all rows' lines together, with how many each row has:

    {"columns": ["id", "lines"],
     "turned": [["a", "b"], {"counts": [2, 1], "turned": [[1, 2, 1], ["p1", "p2", "p3"]]}]}

stands for the rows ["a", [[1, "p1"], [2, "p2"]]] and ["b", [[1, "p3"]]]. A count of null is a
value of null. What cannot be turned (lines of different widths) stays as it is: a plain array.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

Row = Sequence[Any]


def turn(columns: Sequence[str], rows: Sequence[Row], parts: Iterable[str] = ()) -> dict[str, Any]:
    """The rows on their side. parts: columns that hold arrays of arrays.

    Rows must be as long as `columns`. ValueError: they are not.
    """
    if not rows:
        return {"columns": list(columns), "turned": [[] for _ in columns]}
    turned: list[Any] = [list(column) for column in zip(*rows, strict=True)]
    if len(turned) != len(columns):
        raise ValueError(f"rows of {len(turned)} values for {len(columns)} columns")
    for name in parts:
        at = columns.index(name)
        turned[at] = _turn_parts(turned[at])
    return {"columns": list(columns), "turned": turned}


def _turn_parts(column: list[list[Row] | None]) -> Any:
    """Parts of all rows together; the column as it is where they are not of one width."""
    flat = [part for value in column if value is not None for part in value]
    try:
        sides = [list(side) for side in zip(*flat, strict=True)]
    except ValueError:
        return column
    if flat and not sides:  # parts of nothing
        return column
    return {
        "counts": [None if value is None else len(value) for value in column],
        "turned": sides,
    }


def straighten(columns: Sequence[str], turned: Sequence[Any]) -> list[list[Any]]:
    """The rows again, of one width. ValueError: the arrays do not fit each other."""
    if len(columns) != len(turned):
        raise ValueError(f"{len(turned)} arrays for {len(columns)} columns")
    sides = [_straight_parts(side) if isinstance(side, dict) else side for side in turned]
    if not all(isinstance(side, list) for side in sides):
        raise ValueError("a column is no array")
    return [list(row) for row in zip(*sides, strict=True)]


def _straight_parts(side: dict[str, Any]) -> list[list[list[Any]] | None]:
    counts, sides = side.get("counts"), side.get("turned")
    if not isinstance(counts, list) or not isinstance(sides, list):
        raise ValueError("parts without counts")
    if not all(isinstance(one, list) for one in sides):
        raise ValueError("a column of parts is no array")
    flat = (list(part) for part in zip(*sides, strict=True))
    found: list[list[list[Any]] | None] = []
    for count in counts:
        if count is None:
            found.append(None)
            continue
        if type(count) is not int or count < 0:
            raise ValueError(f"a count of {count!r}")
        value = list(islice(flat, count))
        if len(value) != count:
            raise ValueError("fewer parts than counted")
        found.append(value)
    if next(flat, None) is not None:
        raise ValueError("more parts than counted")
    return found
