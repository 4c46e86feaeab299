"""Databases for tests: copies of one template, emptied and used again where nothing else changed.

To copy a database costs some 0.2 s, to empty one that a test has filled a tenth of that. One whose
shape a test has changed (tables, columns, constraints, settings) is thrown away instead, and so is
every one after MOST_USES tests, before its dead rows slow it down. Whoever empties a database stays
connected to it: half of emptying would be to get to know its tables again.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from server.embedded import EmbeddedPostgres
from server.hints import conninfo

MOST_USES: Final = 25
KEPT: Final = "alembic_version"
"""The one table with a row in the template."""

Make = Callable[[], tuple[str, str]]
"""Makes a database; its addresses as (database_url, owner_url)."""

_numbers = itertools.count(1)

_SHAPE: Final = """
    SELECT md5(string_agg(one, ',' ORDER BY one)) FROM (
        SELECT concat_ws(' ', c.relname, c.relkind, c.relacl, a.attname, a.atttypid, a.atttypmod,
                         a.attnotnull, a.atthasdef) AS one
        FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL SELECT concat_ws(' ', conname, convalidated) FROM pg_constraint
        UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'
        UNION ALL SELECT array_to_string(setconfig, ' ') FROM pg_db_role_setting
            WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
        UNION ALL SELECT description FROM pg_shdescription
            WHERE objoid = (SELECT oid FROM pg_database WHERE datname = current_database())
        UNION ALL SELECT version_num FROM alembic_version) shape"""
_OTHERS: Final = """
    SELECT bool_and(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_TABLES: Final = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> %s"""


@dataclass
class Kept:
    """A database, how many tests have had it, and the connection that empties it."""

    name: str
    uses: int = 0
    raw: psycopg.Connection[tuple[Any, ...]] | None = None


class Databases:
    """The databases of one process of tests, all copies of one template."""

    def __init__(self, server: EmbeddedPostgres, template: str) -> None:
        self.server, self.template = server, template
        self.idle: list[Kept] = []
        with psycopg.connect(self._address(template), autocommit=True) as raw:
            self.shape = raw.execute(_SHAPE).fetchone()

    @contextmanager
    def lent(self) -> Iterator[Make]:
        """A function that gives one database after another; all come back at the end."""
        given: list[Kept] = []

        def make() -> tuple[str, str]:
            given.append(self.idle.pop() if self.idle else Kept(self._copied()))
            given[-1].uses += 1
            name = given[-1].name
            return named(self.server.app_url, name), named(self.server.owner_url, name)

        yield make
        for one in given:
            if one.uses < MOST_USES and self._emptied(one):
                self.idle.append(one)
            else:
                self._leave(one)
                drop(self.server, one.name)

    def close(self) -> None:
        """Leave the idle ones; they go with the server."""
        for one in self.idle:
            self._leave(one)

    def _leave(self, one: Kept) -> None:
        if one.raw is not None:
            one.raw.close()

    def _copied(self) -> str:
        return create(self.server, sql.SQL("TEMPLATE {} ").format(sql.Identifier(self.template)))

    def _emptied(self, one: Kept) -> bool:
        """Whether the database is again as its template: without rows, and of the same shape."""
        raw = self._connected(one)
        gone = raw.execute(_OTHERS).fetchone()
        if gone == (False,) or raw.execute(_SHAPE).fetchone() != self.shape:
            return False
        tables = [sql.Identifier(table) for (table,) in raw.execute(_TABLES, [KEPT]).fetchall()]
        filled = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table.as_string(), table)
            for table in tables
        )
        for (table,) in raw.execute(filled).fetchall():
            raw.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(table)))
        return True

    def _connected(self, one: Kept) -> psycopg.Connection[tuple[Any, ...]]:
        """The connection that empties it; anew where a test has cut off everybody."""
        if one.raw is not None:
            try:
                one.raw.execute("SELECT 1")
                return one.raw
            except psycopg.OperationalError:
                one.raw.close()
        one.raw = psycopg.connect(self._address(one.name), autocommit=True)
        one.raw.execute("SET session_replication_role = replica")  # no foreign key is asked
        return one.raw

    def _address(self, name: str) -> str:
        return conninfo(named(self.server.admin_url, name))


@contextmanager
def databases(server: EmbeddedPostgres, template: LiteralString) -> Iterator[Make]:
    """A function that copies a template anew each time; all copies are dropped at the end."""
    made = list[str]()

    def make() -> tuple[str, str]:
        made.append(create(server, sql.SQL("TEMPLATE {} ").format(sql.Identifier(template))))
        return named(server.app_url, made[-1]), named(server.owner_url, made[-1])

    yield make
    for name in made:
        drop(server, name)


def create(server: EmbeddedPostgres, origin: sql.Composable) -> str:
    """Make a database with a name of its own. Through the log it would cost four times as much."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    words = sql.SQL("CREATE DATABASE {} OWNER talaria_owner {} STRATEGY file_copy")
    with admin(server) as raw:
        raw.execute(words.format(sql.Identifier(name), origin))
    return name


def drop(server: EmbeddedPostgres, name: str) -> None:
    """Drop a database, whoever is still in it."""
    with admin(server) as raw:
        words = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        raw.execute(words.format(sql.Identifier(name)))


def admin(server: EmbeddedPostgres) -> psycopg.Connection[tuple[object, ...]]:
    """A connection as the server's superuser."""
    return psycopg.connect(conninfo(server.admin_url), autocommit=True)


def named(url: str, database: str) -> str:
    """The address of another database of the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)
