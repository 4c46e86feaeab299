"""One PostgreSQL for a whole run of the tests, shared by every worker (`pytest -n`).

The server starts when the first test needs it. The migrations run once, into a template; every
test that asks for a database has a copy to itself (databases.py).

    database_url   address of a copy without rows, as the application's role (rows, never tables)
    owner_url      the same copy, as the role that owns the tables
    engine         an engine on database_url
    clone          a function that makes one more copy; its addresses as (database_url, owner_url)
    empty          the same, of a database without tables
    test_postgres  the server itself, for tests about servers
    pg_bin         the folder of PostgreSQL's programs, for servers of a test's own

    TALARIA_TEST_PG=15   the same on PostgreSQL 15, from where Debian or `pg_config` has it
    TALARIA_TEST_ONLY=FILE  no other tests than those of a JSON list of their names
    TALARIA_TEST_HEARD=FOLDER  what the tests ask the database is noted there (statements.py)
    TALARIA_PG_BIN       as always: the folder of PostgreSQL's programs

Nothing waits for the disk here; tests about durability start servers of their own.

Tests that need a database are marked `database`, so that they can run again on another version.
Hypothesis has no deadline: two busy cores make the quickest example slow now and then.
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import CodeType
from typing import Any, Final

import hypothesis
import psycopg
import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from psycopg import sql
from sqlalchemy import Engine
from werkzeug.routing import Rule

from schemas import versions
from server import migrate
from server.database import make_engine
from server.embedded import EmbeddedPostgres
from server.hints import conninfo
from server.programs import Programs, find_programs, installed_programs
from tests.databases import Databases, Make, admin, databases, named
from tests.statements import Heard

ROOT_VARIABLE = "TALARIA_TEST_ROOT"
TEMPLATE: Final = "talaria_template"
PREFIX = "talaria-tests-"

Clone = Make
Empty = Make

hypothesis.settings.register_profile("talaria", deadline=None)
hypothesis.settings.load_profile("talaria")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs a database (what starts servers of its own is about servers) or a browser.

    The slow ones come first: a long one begun last is what all the others' workers wait for.
    """
    if only := os.environ.get("TALARIA_TEST_ONLY"):
        names = frozenset(json.loads(Path(only).read_text()))
        config.hook.pytest_deselected(items=[one for one in items if one.nodeid not in names])
        items[:] = [one for one in items if one.nodeid in names]
    needs = {"test_postgres": "database", "chromium": "browser"}
    for item in items:
        for fixture in needs.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(needs[fixture])
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


class _Compiled(BytecodeCache):
    """Templates as compiled for the first application that showed them; all are made alike."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


def _compile_each_template_once() -> None:
    """Compiling its templates is a third of what a test of a page costs."""
    Flask.jinja_options = Flask.jinja_options | {"bytecode_cache": _Compiled()}


def _compile_each_route_once() -> None:
    """Werkzeug compiles two functions for every route of every application, most of the time an
    application takes to be made; what it compiles depends on the route's text alone."""
    compiled: dict[tuple[object, ...], Any] = {}
    really = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = really(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = once  # type: ignore[method-assign]


def pytest_configure(config: pytest.Config) -> None:
    """The first process names the run's folder and holds its lock until the run is over."""
    _compile_each_route_once()
    _compile_each_template_once()
    _listen(config)
    if ROOT_VARIABLE in os.environ:
        return
    _sweep_up()
    root = Path(tempfile.mkdtemp(prefix=PREFIX))
    os.environ[ROOT_VARIABLE] = str(root)
    held = os.open(root / "ref.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(held, fcntl.LOCK_SH)  # no worker is the last user, so none stops the server
    config.add_cleanup(lambda: _end(root, held))


def _listen(config: pytest.Config) -> None:
    """Hear what the tests of this process ask, if that is wanted; a process that leaves them to
    workers only hands the wish on, and what tests start is not asked for it."""
    if not getattr(config.option, "numprocesses", None):
        folder = os.environ.pop("TALARIA_TEST_HEARD", None)
        if folder:
            hearing = Heard(Path(folder))
            hearing.listen()
            config.pluginmanager.register(hearing)


def _end(root: Path, held: int) -> None:
    os.close(held)
    os.environ.pop(ROOT_VARIABLE, None)
    _remove(root)


def _remove(root: Path) -> None:
    """Stop whatever serves this folder, unless somebody still uses it, and remove the folder."""
    lock = os.open(root / "ref.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    finally:
        os.close(lock)
    for note in root.glob("pg*/postmaster.pid"):
        programs = _programs(int(note.parent.name.removeprefix("pg")))
        if programs is not None:
            EmbeddedPostgres(root, programs.folder).stop()
    shutil.rmtree(root, ignore_errors=True)


def _sweep_up() -> None:
    """Runs that were killed leave a server behind: stop it."""
    for root in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        with suppress(OSError):
            if root.stat().st_uid == os.geteuid():
                _remove(root)


def _programs(major: int) -> Programs | None:
    debian = Path(f"/usr/lib/postgresql/{major}/bin")
    if (debian / "postgres").is_file():
        return find_programs(debian)
    return next((found for found in installed_programs() if found.major == major), None)


def chosen_programs() -> Programs:
    """The build these tests run on; pytest stops when the one asked for is not installed."""
    asked = os.environ.get("TALARIA_TEST_PG")
    if not asked:
        named = os.environ.get("TALARIA_PG_BIN")
        return find_programs(Path(named) if named else None)
    programs = _programs(int(asked))
    if programs is None:
        pytest.exit(f"TALARIA_TEST_PG={asked}, but PostgreSQL {asked} is not installed", 4)
    return programs


@pytest.fixture(scope="session")
def pg_bin() -> Path:
    return chosen_programs().folder


@pytest.fixture(scope="session")
def test_postgres(pg_bin: Path) -> Iterator[EmbeddedPostgres]:
    root = Path(os.environ[ROOT_VARIABLE])
    with EmbeddedPostgres(root, pg_bin, durable=False) as pg:
        _make_template(pg)
        yield pg


def _make_template(pg: EmbeddedPostgres) -> None:
    lock = os.open(pg.root / "template.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = pg.root / "template.done"
        if done.exists():
            return
        template = sql.Identifier(TEMPLATE)
        with admin(pg) as raw:
            for words in (
                "DROP DATABASE IF EXISTS {}",
                "CREATE DATABASE {} OWNER talaria_owner",
                "GRANT CONNECT, TEMPORARY ON DATABASE {} TO talaria_app",
            ):
                raw.execute(sql.SQL(words).format(template))
        owner_url = named(pg.owner_url, TEMPLATE)
        migrate.upgrade(owner_url, named(pg.app_url, TEMPLATE))
        with psycopg.connect(conninfo(owner_url), autocommit=True) as raw:
            raw.execute("VACUUM (ANALYZE, FREEZE)")
        done.touch()
    finally:
        os.close(lock)


@pytest.fixture(scope="session")
def kept_databases(test_postgres: EmbeddedPostgres) -> Iterator[Databases]:
    from tests import world  # not for those who only ask whether PostgreSQL is there

    with closing(Databases(test_postgres, TEMPLATE)) as kept:
        world.keep(lambda: _engine_of(kept))
        yield kept


@contextmanager
def _engine_of(kept: Databases) -> Iterator[Engine]:
    with kept.lent() as make:
        engine = make_engine(make()[0])
        yield engine
        engine.dispose()


@pytest.fixture
def version_2_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once more: it is the last version that calls a field otherwise."""
    monkeypatch.setattr(versions, "OLDEST", 2)


@pytest.fixture
def clone(kept_databases: Databases) -> Iterator[Clone]:
    with kept_databases.lent() as make:
        yield make


@pytest.fixture
def empty(test_postgres: EmbeddedPostgres) -> Iterator[Empty]:
    with databases(test_postgres, "template1") as make:
        yield make


@contextmanager
def fresh_database(root: Path, pg_bin: Path) -> Iterator[str]:
    """An empty database of its own server below `root`, for programs beside the tests."""
    with EmbeddedPostgres(root, pg_bin, durable=False) as pg:
        _make_template(pg)
        with databases(pg, TEMPLATE) as make:
            yield make()[0]


@pytest.fixture
def addresses(clone: Clone) -> tuple[str, str]:
    return clone()


@pytest.fixture
def database_url(addresses: tuple[str, str]) -> str:
    return addresses[0]


@pytest.fixture
def owner_url(addresses: tuple[str, str]) -> str:
    return addresses[1]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url, pool_size=20)
    yield engine
    engine.dispose()
