"""The psycopg connection under a SQLAlchemy one, for COPY and unnest in the same transaction."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from psycopg import Connection as Driver
from psycopg import Cursor
from sqlalchemy import Connection


def driver(conn: Connection) -> Driver[Any]:
    """Return the psycopg connection that `conn` holds; SQLAlchemy's transaction is begun first."""
    if not conn.in_transaction():
        conn.begin()
    return cast("Driver[Any]", conn.connection.driver_connection)


def execute(conn: Connection, sql: str, args: Sequence[Any] | dict[str, Any] = ()) -> Cursor[Any]:
    """Run one statement on the driver connection."""
    return driver(conn).execute(sql, args)


@contextmanager
def together(conn: Connection) -> Iterator[None]:
    """Send what is asked within in one go: one round trip however many statements.

    They run in their order, each seeing what those before it did. Fetch their rows afterwards: to
    fetch within is to wait. The first that fails raises at the end. COPY does not fit in here.
    """
    with driver(conn).pipeline():
        yield


def columns(rows: Sequence[Sequence[Any]], width: int) -> list[Any]:
    """Turn rows into one array a column, as unnest takes them; `width` empty ones for no rows."""
    return [array(column) for column in zip(*rows, strict=True)] if rows else ["{}"] * width


_PLAIN = re.compile(r"[A-Za-z0-9_:.-]+(?:[, ][A-Za-z0-9_:.-]+)*")


def array(values: Iterable[Any]) -> Any:
    """An array as PostgreSQL writes it: plain texts and whole numbers go as one text, which costs a
    tenth of what the driver takes over a list; anything else stays a list for the driver.

    The statement must say the type (`%s::uuid[]`), or compare with a column that does.
    """
    found = list(values)
    if not found:
        return "{}"
    kinds = set(map(type, found))
    if kinds == {int}:
        return "{" + ",".join(map(str, found)) + "}"
    if kinds != {str}:
        return found
    text = ",".join(found)
    plain = _PLAIN.fullmatch(text) is not None and text.count(",") == len(found) - 1
    if not plain or "null" in text.lower():
        return found
    return "{" + text + "}"
