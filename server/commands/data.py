"""What looks after the database: migrations, backups, policies, and the settings in force."""

from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from server.commands import told
from server.database import transaction

db = typer.Typer(help="The database's tables.", no_args_is_help=True)


@db.command()
def upgrade() -> None:
    """Bring the tables to this version. `talaria serve` does it by itself.

    Example: talaria db upgrade
    """
    from server import backup, migrate

    settings = told.settings()
    with told.plainly(), backup.databases(settings, told.progress) as (owner_url, app_url):
        changed = migrate.upgrade(owner_url, app_url)
        words = "are those of this version now" if changed else "were those of this version already"
        typer.echo(f"The tables {words} ({migrate.head()}).")


@db.command()
def check() -> None:
    """Compare the tables with what this version expects; exit 1 when they differ.

    Example: talaria db check
    """
    from server import backup, migrate
    from server.database import make_engine

    settings = told.settings()
    with told.plainly(), backup.databases(settings, told.progress) as (owner_url, _):
        engine = make_engine(owner_url, pool_size=1)
        at, wanted = migrate.current(engine), migrate.head()
        differences = migrate.check(engine) if at == wanted else []
        engine.dispose()
    if at != wanted:
        raise told.fail(
            f"The tables are at {at or 'nothing'}, this version wants {wanted}: talaria db upgrade"
        )
    for line in differences:
        typer.echo(line)
    if differences:
        raise told.fail("The tables differ from what this version made: somebody changed them.")
    typer.echo(f"The tables are exactly those of this version ({at}).")


def backup_to(file: Path) -> None:
    """`talaria backup FILE`."""
    from server import backup

    settings = told.settings()
    with told.plainly():
        size_bytes = backup.backup(settings, file, told.progress)
    typer.echo(
        f"{file}: {size_bytes / 1e6:,.1f} MB. It holds everything: keep it as you keep keys."
    )


def restore_from(file: Path) -> None:
    """`talaria restore FILE`."""
    from server import backup
    from server.access.epochs import begin_after_loss
    from server.running import highwater

    settings = told.settings()
    kept = highwater.read(settings.data_dir)

    def begin(conn: Connection) -> None:
        epoch = begin_after_loss(
            conn, "restored from a backup", datetime.now(UTC), kept, reason="restored"
        )
        told.progress(f"A new epoch begins: {epoch}")

    with told.plainly():
        backup.restore(settings, file, begin, told.progress)
    typer.echo(
        "Restored. Start Talaria: handhelds offer again what this backup does not know, and what "
        "may have gone out since is looked up before it is sent."
    )


def begin_new_epoch(why: str) -> None:
    """`talaria epoch`."""
    from server.access.epochs import begin_after_loss
    from server.running import highwater

    settings = told.settings()
    with told.opened() as engine:
        with transaction(engine) as conn:
            epoch = begin_after_loss(
                conn, why, datetime.now(UTC), highwater.read(settings.data_dir), reason="asked"
            )
        highwater.keep(settings.data_dir, engine)
    typer.echo(f"A new epoch begins: {epoch}. Handhelds notice at their next sync.")


def check_policies() -> None:
    """`talaria check-policies`."""
    from server.running import queries
    from sync.rules.policies import validate_policies

    with told.opened() as engine, engine.connect() as conn:
        found = queries.policies(conn)
    wrong = 0
    for company, rows in found.items():
        for fault in validate_policies(rows):
            typer.echo(f"{company}: {fault}")
            wrong += 1
    if wrong:
        raise told.fail(f"{wrong} policies cannot be followed: change them in the console.")
    typer.echo(f"{sum(map(len, found.values()))} policies, all of which can be followed.")


def show_settings(markdown: bool) -> None:
    """`talaria settings`."""
    from server.settings import SETTINGS, as_markdown

    if markdown:
        typer.echo(as_markdown(), nl=False)
        return
    settings = told.settings()
    table = Table("variable", "in force", "what it does", box=None, header_style="bold")
    for row in SETTINGS:
        value = getattr(settings, row.name)
        shown = ("(set)" if value else "(empty)") if row.secret else str(value)
        table.add_row(row.variable, "" if value is None else shown, row.says)
    Console().print(table)
