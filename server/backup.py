"""Backup and restore: one file, by PostgreSQL's own pg_dump and pg_restore.

A restored database is an older incarnation of itself: handhelds have seen feed entries that it
does not hold. So restoring ends with `after_restore`, which begins a new epoch, and until that
is done the database carries a remark that keeps the server from starting on it.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import pq
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection

from server import migrate, queries
from server.database import driver
from server.embedded import EmbeddedPostgres, Progress, quiet
from server.files import whole_file
from server.hints import conninfo
from server.programs import client_folder, find_programs, plain_environment
from server.settings import Settings

MADE_AGAIN = ("segment",)
"""Tables left empty in a backup: what they hold is made again from the others."""


class BackupError(Exception):
    """No backup was made, or nothing was restored. The message says why and what to do."""


def backup(settings: Settings, target: Path, progress: Progress = quiet) -> int:
    """Write the whole database to `target`; returns its size in bytes.

    It is one consistent moment, taken while everything goes on running. The file appears under
    its name only when it is whole, on the disk and readable; an older one is replaced then.
    Raises BackupError or ProgramsError.
    """
    target = Path(os.path.abspath(target.expanduser()))
    if not target.parent.is_dir():
        raise BackupError(f"There is no folder {target.parent}: make it, or name another file.")
    with databases(settings, progress) as (owner_url, _):
        clients = _clients(settings, owner_url)
        progress(f"Writing {target}")
        with whole_file(target) as file:
            # Named, not as its standard output: there pg_dump appends what it should write over.
            command = [str(clients / "pg_dump"), "--format=custom", f"--file={file.name}"]
            command += [f"--exclude-table-data=public.{name}" for name in MADE_AGAIN]
            said = _run([*command, "--no-password"], _login(owner_url))
            if said.returncode != 0:
                raise BackupError(f"pg_dump could not read the database: {said.stderr.strip()}")
            _look_into(clients, Path(file.name))
    return target.stat().st_size


def restore(
    settings: Settings,
    source: Path,
    after_restore: Callable[[Connection], None],
    progress: Progress = quiet,
) -> None:
    """Fill an empty database from a backup, bring it to this version, begin a new epoch.

    `after_restore` gets the owner's connection; it and the removal of the remark that keeps the
    server away are one transaction. Raises BackupError when the database holds anything, when
    the file is no backup, or when either cannot be read; the database is then as empty as it was.
    """
    source = Path(os.path.abspath(source.expanduser()))
    if not source.is_file():
        raise BackupError(f"There is no file {source}.")
    with databases(settings, progress) as (owner_url, app_url):
        clients = _clients(settings, owner_url)
        _look_into(clients, source)
        with migrate.owner_connection(owner_url) as connection:
            raw = driver(connection)
            held = queries.table_names(raw)
            if held:
                raise BackupError(
                    f"The database already holds {len(held)} tables ({', '.join(held[:3])} ...) "
                    "and a restore writes over nothing. " + _how_to_empty(settings)
                )
            queries.write_remark(raw, migrate.UNFINISHED)
        progress(f"Reading {source}")
        try:
            _fill(clients, owner_url, source)
        except BackupError:
            _remark(owner_url, "")
            raise
        progress("Bringing the database to this version")
        migrate.upgrade(owner_url, app_url, finishing_restore=True)
        with migrate.owner_connection(owner_url) as connection:
            after_restore(connection)
            queries.write_remark(driver(connection), "")


@contextmanager
def databases(settings: Settings, progress: Progress = quiet) -> Iterator[tuple[str, str]]:
    """Addresses of the database as owner and as application; runs the embedded one meanwhile."""
    if settings.embedded:
        with EmbeddedPostgres(settings.data_dir / "pg", settings.pg_bin, progress=progress) as pg:
            yield pg.owner_url, pg.app_url
    else:
        yield settings.owner_database_url, settings.database_url


def _fill(clients: Path, owner_url: str, source: Path) -> None:
    command = [
        *(str(clients / "pg_restore"), "--exit-on-error", "--single-transaction"),
        *("--no-owner", "--no-privileges", "--no-password"),
        f"--dbname={make_conninfo(dbname=_login(owner_url)['PGDATABASE'])}",
        str(source),
    ]
    said = _run(command, _login(owner_url))
    if said.returncode != 0:
        raise BackupError(f"pg_restore could not read {source}: {said.stderr.strip()}")


def _look_into(clients: Path, file: Path) -> None:
    """Raise BackupError unless the file has the table of contents of a backup of ours."""
    command = [str(clients / "pg_restore"), "--list", str(file)]
    said = _run(command, plain_environment())
    if said.returncode != 0 or "TABLE DATA public alembic_version" not in said.stdout:
        why = said.stderr.strip() or "it holds no Talaria"
        raise BackupError(f"{file} is not a backup of Talaria: {why}")


def _clients(settings: Settings, owner_url: str) -> Path:
    """The folder of a pg_dump of the server's own major: another writes what that cannot read."""
    if settings.embedded:
        return find_programs(settings.pg_bin).folder
    with migrate.owner_connection(owner_url) as connection:
        major = queries.server_major(driver(connection))
    folder = client_folder(major, settings.pg_bin)
    if folder is None:
        raise BackupError(
            f"The server is PostgreSQL {major}, and pg_dump {major} was not found: install "
            f"PostgreSQL {major}'s client programs and name their folder in TALARIA_PG_BIN."
        )
    return folder


def _run(command: list[str], environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, errors="replace", env=environ)


def _login(url: str) -> dict[str, str]:
    """The address as environment variables: a password on a command line is there for all."""
    options = pq.Conninfo.parse(conninfo(url).encode())
    named = {each.envvar: each.val for each in options if each.envvar and each.val}
    return plain_environment() | {name.decode(): value.decode() for name, value in named.items()}


def _remark(owner_url: str, remark: str) -> None:
    with migrate.owner_connection(owner_url) as connection:
        queries.write_remark(driver(connection), remark)


def _how_to_empty(settings: Settings) -> str:
    if settings.embedded:
        return f"Stop Talaria, move {settings.data_dir / 'pg'} aside, and restore again."
    return (
        "Make an empty database with the same owner, name it in DATABASE_URL and "
        "DATABASE_OWNER_URL, and restore again."
    )
