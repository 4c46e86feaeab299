"""What commands about people and things share: whose company it is, tables on a screen, codes."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from server.commands import told

Company = Annotated[str, typer.Option("--company", help="Code of the company, if several.")]


def by() -> str:
    """Whoever has the shell, as the audit trail names them."""
    return f"command line: {getpass.getuser()}"


@contextmanager
def whose(wanted: str) -> Iterator[tuple[Connection, dict[str, Any]]]:
    """A transaction and the company it is about."""
    with told.opened() as engine, engine.begin() as conn:
        yield conn, company_of(conn, wanted)


def company_of(conn: Connection, wanted: str) -> dict[str, Any]:
    """The company with this code, or the only one; else exit 1."""
    from server.commands import queries

    found = [row for row in queries.companies(conn) if wanted in ("", row["code"])]
    if not found and not wanted:
        raise told.fail("There is no company yet: talaria company add CODE NAME")
    if len(found) != 1:
        codes = ", ".join(row["code"] for row in queries.companies(conn))
        raise told.fail(f"Name the company with --company; there is: {codes}.")
    return found[0]


def check_code(code: str) -> None:
    """Codes are typed on small keyboards and stand in addresses: exit 1 for one that cannot."""
    from server.access.people import CODE

    if not CODE.fullmatch(code):
        raise told.fail(
            f"{code!r} cannot be a code: use small letters, digits, dots and dashes, at most 32."
        )


def show(rows: list[dict[str, Any]], none: str) -> None:
    """Rows as a table, or what to do when there is none."""
    if not rows:
        typer.echo(none)
        return
    table = Table(box=None, header_style="bold")
    for name in rows[0]:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*[_text(value) for value in row.values()])
    screen = Console()
    Console(width=None if screen.is_terminal else max(screen.width, 160)).print(table)


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%d %b %H:%M")
    return str(value).replace("[", "\\[")  # what people typed is no markup
