"""Migrations: the tables at rest brought to what schemas/tables says, by Alembic's API.

The role that migrates owns the tables; the application's role is granted their rows and nothing
else. Writing a migration needs no database of one's own, a throw-away one is used:

    python -m server.migrate revision "credit limits by banner"
    python -m server.migrate rewrite-first     # only before the first release
"""

import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

import schemas
from schemas.tables.all import METADATA
from server import queries
from server.database import driver

FOLDER = Path(schemas.__path__[0]) / "migrations"
UNFINISHED = "talaria: a restore was begun here and has not ended"


class MigrateError(Exception):
    """The database cannot be migrated. The message says why and what to do."""


def upgrade(owner_url: str, app_url: str = "", *, finishing_restore: bool = False) -> bool:
    """Bring the database to the newest version, all or nothing; True when anything changed.

    Two processes may do this at once: the second waits, then finds nothing to do. The role of
    `app_url` is granted the rows of every table, unless it is the owner's own. Raises
    MigrateError when that role does not exist, when the database is newer than this program, or
    when a restore into it was never finished.
    """
    with owner_connection(owner_url) as connection:
        raw = driver(connection)
        queries.lock_migrations(raw)
        if queries.read_remark(raw) == UNFINISHED and not finishing_restore:
            raise MigrateError(
                "A restore into this database was interrupted, so part of the field's work may "
                "be missing: make an empty database and restore again."
            )
        before = _version(connection)
        if before != head():
            _refuse_newer(before)
            command.upgrade(_config(connection), "head")
        _grant(raw, owner_url, app_url)
        return before != head()


def current(engine: Engine) -> str | None:
    """The version a database is at, None when it was never migrated."""
    with engine.connect() as connection:
        return _version(connection)


def head() -> str | None:
    """The newest version this program knows."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def check(engine: Engine) -> list[str]:
    """How the database differs from schemas/tables, one line each; empty when it does not.

    Alembic compares tables, columns, types, defaults, keys and indexes, not CHECK constraints;
    the test of migrations compares those as well.
    """
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return [repr(difference) for difference in compare_metadata(context, METADATA)]


def write_revision(message: str) -> Path:
    """Write the migration that leads from the newest version to schemas/tables; return its file.

    It is a draft: read it, and add what no comparison finds (CHECK constraints, data).
    """
    number = f"{int(head() or 0) + 1:04d}"
    with throw_away_owner() as owner_url:
        if head() is not None:
            upgrade(owner_url)
        with owner_connection(owner_url) as connection:
            script = command.revision(
                _config(connection), message, autogenerate=True, rev_id=number
            )
    path = Path(getattr(script, "path"))  # noqa: B009 - Alembic's type admits a list as well
    _tidy(path)
    return path


def rewrite_first() -> Path:
    """Write 0001_core.py anew from schemas/tables. Refused once there is a second migration."""
    found = sorted(path.name for path in (FOLDER / "versions").glob("[0-9]*.py"))
    if [name for name in found if name != "0001_core.py"]:
        raise MigrateError(f"0001_core.py is not the only migration: {', '.join(found)}")
    (FOLDER / "versions" / "0001_core.py").unlink(missing_ok=True)
    return write_revision("core")


@contextmanager
def owner_connection(owner_url: str) -> Iterator[Connection]:
    """One transaction as the owner, on a connection of its own and without time limits."""
    engine = create_engine(owner_url, poolclass=NullPool, connect_args={"prepare_threshold": None})
    with engine.begin() as connection:
        yield connection


@contextmanager
def throw_away_owner(bin_dir: Path | None = None) -> Iterator[str]:
    """An empty database that exists for a moment; yields its owner's address."""
    from server.embedded import EmbeddedPostgres  # only who has no database of his own needs it

    with (
        tempfile.TemporaryDirectory(prefix="talaria-draft-", ignore_cleanup_errors=True) as room,
        EmbeddedPostgres(Path(room) / "pg", bin_dir, durable=False) as pg,
    ):
        yield pg.owner_url


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(version: str | None) -> None:
    known = {script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions()}
    if version is not None and version not in known:
        raise MigrateError(
            f"The database is at version {version}, which this program does not know (its newest "
            f"is {head()}): it was used by a newer Talaria. Start that one again."
        )


def _grant(raw: queries.Raw, owner_url: str, app_url: str) -> None:
    owner = make_url(owner_url).username
    app = make_url(app_url).username if app_url else None
    if app is None or app == owner:
        return
    if not queries.role_exists(raw, app):
        raise MigrateError(
            f"DATABASE_URL names the role {app}, which the server does not have. As its "
            f"administrator: CREATE ROLE {app} LOGIN PASSWORD '...'"
        )
    queries.grant_rows(raw, app)


def _tidy(path: Path) -> None:
    """Lay a draft out like the rest of the code, where the tool for it is installed."""
    lines = [line.rstrip() for line in path.read_text().splitlines()]
    path.write_text("\n".join(line for line in lines if "# ###" not in line) + "\n")
    if importlib.util.find_spec("ruff") is not None:
        ruff = [sys.executable, "-m", "ruff"]
        for words in (["format", "--quiet"], ["check", "--fix", "--quiet", "--exit-zero"]):
            subprocess.run([*ruff, *words, str(path)], capture_output=True, check=True)


def main(arguments: list[str]) -> int:
    """`revision MESSAGE` or `rewrite-first`; returns the exit code."""
    if arguments[:1] == ["revision"] and len(arguments) == 2:
        print(write_revision(arguments[1]))
    elif arguments == ["rewrite-first"]:
        print(rewrite_first())
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
