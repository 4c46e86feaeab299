"""What commands share: settings, an open database, and errors told in one line."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from sqlalchemy import Engine

from server import logs
from server.settings import Settings, SettingsError, from_environment, unknown_variables


def fail(words: str) -> typer.Exit:
    """Say what is wrong; `raise fail(...)`."""
    Console(stderr=True).print(words, style="red", highlight=False, markup=False)
    return typer.Exit(1)


def settings() -> Settings:
    """The settings in force, or exit 1 with every one that is wrong."""
    for slip in unknown_variables(os.environ):
        Console(stderr=True).print(slip, style="yellow", highlight=False, markup=False)
    try:
        return from_environment()
    except SettingsError as error:
        raise fail(str(error)) from None


def begin(process: str) -> Settings:
    """Settings read and logs set up, for a process that stays."""
    found = settings()
    logs.configure(process, found.log_level)
    return found


def progress(words: str) -> None:
    """Progress for people, on the error stream."""
    Console(stderr=True).print(words, style="dim", highlight=False, markup=False)


@contextmanager
def plainly() -> Iterator[None]:
    """Errors that carry their own remedy end the command with that remedy, not a stack."""
    from sqlalchemy.exc import OperationalError

    from server.backup import BackupError
    from server.migrate import MigrateError
    from server.programs import ProgramsError
    from server.running.serve import ServeError

    try:
        yield
    except (BackupError, MigrateError, ProgramsError, ServeError) as error:
        raise fail(str(error)) from None
    except OperationalError as error:
        said = str(error.orig).strip().splitlines()[0]
        raise fail(f"The database does not answer: {said}. Is DATABASE_URL right?") from None


@contextmanager
def opened(found: Settings | None = None) -> Iterator[Engine]:
    """The database, up and of this version; runs the embedded one meanwhile."""
    from server.database import make_engine
    from server.running.serve import prepared

    with plainly(), prepared(found or settings(), lambda words: None) as url:
        engine = make_engine(url, pool_size=4, statement_timeout_s=0, lock_timeout_s=30)
        try:
            yield engine
        finally:
            engine.dispose()


def refuse_windows() -> None:
    if sys.platform == "win32":
        raise fail(
            "serve, web and worker need UNIX (gunicorn does): on Windows run Talaria in WSL 2. "
            "Handhelds and the console work on any system."
        )
