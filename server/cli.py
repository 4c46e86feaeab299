"""`talaria`: the command line of whoever runs it.

Every command imports what it needs when it is called, and whole groups are read only when one of
theirs is, so that --help and typing errors answer at once. A command that cannot do what was asked
says in one line why and what to do, and exits 1; 2 is a mistake in how it was called, or rows that
a load rejected.
"""

import sys
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

Hidden = Annotated[bool, typer.Option("--follow-parent", hidden=True)]
Planted = Annotated[str, typer.Option("--plant", hidden=True)]

LATER = {
    "company": "Companies: add, list.",
    "user": "Accounts: add, list, reset-password, suspend, resume, roles.",
    "device": "Handhelds: code, list, revoke.",
    "target": "Delivery systems: add, list.",
    "plan": "Visit routes: draw (or just the reps), learn, balance, calendar.",
    "db": "The database's tables: upgrade, check.",
    "rules": "The rules of conflict, as a page (--language zh: in Chinese).",
}
"""Groups that are read when one of their commands is called, and their lines in --help."""
GROUPS = {
    "company": ("server.commands.companies", "company"),
    "user": ("server.commands.people", "user"),
    "device": ("server.commands.devices", "device"),
    "target": ("server.commands.targets", "target"),
    "plan": ("server.commands.plan_words", "plan"),
    "db": ("server.commands.data", "db"),
    "rules": ("server.commands.rules", "rules"),
}
"""Where they are."""


class Lazy(TyperGroup):
    """Reads a group's module when one of its commands is called; --help needs none of them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *LATER]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = super().get_command(ctx, cmd_name)
        return found or (_named(cmd_name) if cmd_name in LATER else None)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in LATER:
            return args[0], _found(args[0]), args[1:]
        return super().resolve_command(ctx, args)


def _named(name: str) -> Any:
    """What stands in --help for a command that is not read yet."""

    def later() -> None: ...

    later.__doc__ = LATER[name]
    shown = typer.Typer(add_completion=False)
    shown.command(name)(later)
    return get_command(shown)


def _found(name: str) -> Any:
    """The group itself."""
    module, attribute = GROUPS[name]
    found = get_command(getattr(import_module(module), attribute))
    found.name = name
    return found


app = typer.Typer(
    cls=Lazy,
    help="Talaria: orders taken without a network, decided, and delivered once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def serve() -> None:
    """Run everything: database, web and worker, until Ctrl-C.

    Example: TALARIA_PORT=9000 talaria serve
    """
    from server.commands.run import serve_all

    serve_all()


@app.command()
def web(follow_parent: Hidden = False, plant: Planted = "") -> None:
    """Answer requests only; for set-ups with DATABASE_URL and processes of their own.

    Example: DATABASE_URL=postgresql://... talaria web
    """
    from server.commands.run import web_only

    web_only(follow_parent, plant)


@app.command()
def worker(follow_parent: Hidden = False) -> None:
    """Run scheduled jobs and deliveries only; any number of workers may run.

    Example: DATABASE_URL=postgresql://... talaria worker
    """
    from server.commands.run import worker_only

    worker_only(follow_parent)


@app.command()
def load(
    feed: Annotated[
        str,
        typer.Argument(help="stores, products, prices, stock, receivables, orders; or all."),
    ],
    file: Annotated[Path | None, typer.Argument(help="CSV, plain or gzip; not for all.")] = None,
    data: Annotated[Path | None, typer.Option(help="The folder of files, for all.")] = None,
    map: Annotated[
        str, typer.Option(help="Mapping: a TOML file, a folder of them, or a name: plain, iowa.")
    ] = "plain",
    lines: Annotated[
        list[Path] | None, typer.Option(help="A file of lines of the orders; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="All rows or none.")] = False,
    full: Annotated[
        bool, typer.Option("--full", help="What the file leaves out is gone (stock) or paid.")
    ] = False,
    company: Annotated[str | None, typer.Option(help="Its code, if there are several.")] = None,
    cell: Annotated[str | None, typer.Option(help="Code of the depot of new stores.")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(help="When the data is of; else when this file was first loaded."),
    ] = None,
    delimiter: Annotated[str | None, typer.Option(help="Such as ';' or tab.")] = None,
    shift_days: Annotated[int, typer.Option(help="Move every day of the data by so many.")] = 0,
) -> None:
    """Load what other systems know, from CSV. Exit code 2: rows were rejected.

    Example: talaria load all --data ./record --map iowa
    """
    from server.commands import told
    from server.feeds.command import run_load
    from server.feeds.load import Ask

    ask = Ask("command line", company, cell, dry_run, strict, full, as_of, shift_days)
    code = run_load(told.opened, feed, file, data, map, lines or [], delimiter, ask)
    raise typer.Exit(code)


@app.command()
def demo(
    day: Annotated[bool, typer.Option("--day", help="Play the day alone, check it, end.")] = False,
    data_dir: Annotated[str, typer.Option(help="Where the demo keeps its data.")] = "",
    port: Annotated[int, typer.Option(help="Port of the server; 0 takes a free one.")] = -1,
) -> None:
    """A company with stores, reps and a delivery system, on this machine.

    Example: talaria demo --day
    """
    from server.commands.demo import demo as run_demo

    raise typer.Exit(run_demo(day, data_dir, port))


@app.command()
def backup(file: Path) -> None:
    """Write everything to one file, while all goes on running.

    Example: talaria backup monday.dump
    """
    from server.commands.data import backup_to

    backup_to(file)


@app.command()
def restore(file: Path) -> None:
    """Fill an empty database from a backup; handhelds then offer again what it does not know.

    Example: talaria restore monday.dump
    """
    from server.commands.data import restore_from

    restore_from(file)


@app.command()
def epoch(
    why: Annotated[str, typer.Argument(help="What happened, for the trail.")],
) -> None:
    """Begin a new epoch by hand: the database lost time and nobody noticed (a promote hook).

    Example: talaria epoch "standby promoted"
    """
    from server.commands.data import begin_new_epoch

    begin_new_epoch(why)


@app.command()
def settings(
    markdown: Annotated[bool, typer.Option("--markdown", help="As in the README.")] = False,
) -> None:
    """Every setting, its value in force, and what it does.

    Example: talaria settings
    """
    from server.commands.data import show_settings

    show_settings(markdown)


@app.command()
def reconcile(
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Left out: yesterday.")
    ] = None,
    target: Annotated[str, typer.Option(help="Only this delivery system.")] = "",
    company: Annotated[str, typer.Option(help="Its code, if there are several.")] = "",
    show: Annotated[bool, typer.Option("--show", help="Show the last comparison only.")] = False,
) -> None:
    """Compare a day with what delivery systems have of it. Exit code 2: something differs.

    Example: talaria reconcile --day 2026-11-21
    """
    from server.commands.reconcile import reconcile as compare

    raise typer.Exit(compare(day.date() if day else None, company, target, not show))


@app.command()
def repairs(
    device: Annotated[str, typer.Option(help="Only of this handheld, by its id.")] = "",
    company: Annotated[str, typer.Option(help="Its code, if there are several.")] = "",
) -> None:
    """Rows of handhelds that were wrong and were repaired. Exit code 2: there are some.

    Example: talaria repairs
    """
    from server.commands.repairs import list_repairs

    raise typer.Exit(list_repairs(company, device))


@app.command()
def why(
    handheld: Annotated[str, typer.Argument(help="Its number (D7), its id, or its rep's code.")],
    kind: Annotated[str, typer.Argument(help="store, order, price, contact ...")],
    row: Annotated[str, typer.Argument(help="The row's code, number or id.")],
    company: Annotated[str, typer.Option(help="Its code, if there are several.")] = "",
) -> None:
    """Why a row is, or is not, on a handheld. Exit code 0: it is; 2: it is not, or not yet.

    Example: talaria why D7 store 1042
    """
    from server.commands.moves import explain

    raise typer.Exit(explain(handheld, kind, row, company))


@app.command("check-policies")
def check_policies() -> None:
    """Look for policies that no rule can follow; exit 1 if there are any.

    Example: talaria check-policies
    """
    from server.commands import data

    data.check_policies()


@app.command()
def version() -> None:
    """Print the version.

    Example: talaria version
    """
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as version_of

    try:
        typer.echo(version_of("talaria"))
    except PackageNotFoundError:
        from server.app import VERSION

        typer.echo(VERSION)


def main() -> None:
    """The command `talaria`."""
    try:
        app(prog_name="talaria")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
