"""Databases for tests: copies of one template, emptied and used again where nothing else changed.

To copy a database costs some 0.2 s, to empty one that a test has filled a tenth of that. One whose
shape a test has changed (tables, columns, constraints, settings) is thrown away instead, and so is
every one after MOST_USES tests, before its dead rows slow it down.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, LiteralString

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


class Databases:
    """The databases of one process of tests, all copies of one template."""

    def __init__(self, server: EmbeddedPostgres, template: str) -> None:
        self.server, self.template = server, template
        self.idle: list[tuple[str, int]] = []
        with psycopg.connect(self._address(template), autocommit=True) as raw:
            self.shape = raw.execute(_SHAPE).fetchone()

    @contextmanager
    def lent(self) -> Iterator[Make]:
        """A function that gives one database after another; all come back at the end."""
        given: list[tuple[str, int]] = []

        def make() -> tuple[str, str]:
            name, uses = self.idle.pop() if self.idle else (self._copied(), 0)
            given.append((name, uses + 1))
            return named(self.server.app_url, name), named(self.server.owner_url, name)

        yield make
        for name, uses in given:
            if uses < MOST_USES and self._emptied(name):
                self.idle.append((name, uses))
            else:
                drop(self.server, name)

    def _copied(self) -> str:
        return create(self.server, sql.SQL("TEMPLATE {} ").format(sql.Identifier(self.template)))

    def _emptied(self, name: str) -> bool:
        """Whether the database is again as its template: without rows, and of the same shape."""
        with psycopg.connect(self._address(name), autocommit=True) as raw:
            gone = raw.execute(_OTHERS).fetchone()
            if gone == (False,) or raw.execute(_SHAPE).fetchone() != self.shape:
                return False
            raw.execute("SET session_replication_role = replica")  # no foreign key is asked
            tables = [sql.Identifier(one) for (one,) in raw.execute(_TABLES, [KEPT]).fetchall()]
            filled = sql.SQL(" UNION ALL ").join(
                sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(one.as_string(), one)
                for one in tables
            )
            for (table,) in raw.execute(filled).fetchall():
                raw.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(table)))
        return True

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
