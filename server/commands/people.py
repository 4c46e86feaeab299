"""Accounts of people and programs, for whoever has a shell and no console yet."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from server.commands import told
from server.commands.whose import Company, by, check_code, show, whose
from sync.audit import note

user = typer.Typer(help="Accounts of people and programs.", no_args_is_help=True)


@user.command("add")
def user_add(
    code: str,
    name: str,
    role: Annotated[list[str], typer.Option(help="A role; may be repeated. See `user roles`.")],
    company: Company = "",
    depot: Annotated[
        str, typer.Option(help="Home depot; reps need one if there are several.")
    ] = "",
    email: Annotated[str, typer.Option(help="Where to reach them.")] = "",
    password: Annotated[
        bool, typer.Option("--password", help="Ask for a password instead of printing a link.")
    ] = False,
) -> None:
    """Make an account. Prints a link with which the person sets a password.

    Example: talaria user add dee "Dee Park" --role order_desk
    """
    from server.access import people
    from server.commands import queries

    check_code(code)
    _check_roles(role)
    chosen = _ask_password(code) if password else ""
    now = datetime.now(UTC)
    with whose(company) as (conn, row):
        home = _home(queries.cells(conn, row["id"]), row, role, depot)
        roles = tuple(dict.fromkeys(role))
        if not people.invite(conn, row["id"], code, name, roles, home, now, email=email or None):
            raise told.fail(f"There is an account {code} already.")
        note(conn, home, by(), "user.made", f"user/{code}", now, after={"roles": roles})
        if chosen:
            people.set_password(conn, row["id"], code, chosen)
        elif set(role) - {"rep"}:
            _print_link(conn, row["id"], code, "invitation")
    typer.echo(f"{name} ({code}) is there: {', '.join(role)}.")
    if "rep" in role:
        typer.echo(f"A code for their handheld: talaria device code {code}")


def _home(cells: dict[str, int], row: dict[str, Any], roles: list[str], depot: str) -> int:
    depots = {code: cell for code, cell in cells.items() if cell != row["cell"]}
    if depot:
        if depot not in depots:
            raise told.fail(f"There is no depot {depot!r}; there is: {', '.join(sorted(depots))}.")
        return depots[depot]
    if "rep" not in roles:
        return int(row["cell"])
    if len(depots) != 1:
        raise told.fail(f"Name the rep's depot with --depot: {', '.join(sorted(depots))}.")
    return next(iter(depots.values()))


@user.command("list")
def user_list(company: Company = "") -> None:
    """Who has an account.

    Example: talaria user list
    """
    from server.commands import queries

    with whose(company) as (conn, row):
        show(queries.people(conn, row["id"]), "There is nobody yet: talaria user add")


@user.command("roles")
def user_roles() -> None:
    """The roles there are, and what each is for.

    Example: talaria user roles
    """
    from server.auth import ROLES

    show([{"role": role, "for": says} for role, says in ROLES.items()], "")


@user.command("reset-password")
def user_reset_password(
    code: str,
    company: Company = "",
    password: Annotated[
        bool, typer.Option("--password", help="Ask for a password instead of printing a link.")
    ] = False,
) -> None:
    """Print a link with which a person sets a new password, once, within an hour.

    Example: talaria user reset-password dee
    """
    from server.access import people
    from server.access import queries as access

    chosen = _ask_password(code) if password else ""
    with whose(company) as (conn, row):
        found = access.person(conn, row["id"], code)
        if found is None:
            raise told.fail(f"There is no account {code!r}: talaria user list")
        if found.state not in ("invited", "active"):
            raise told.fail(f"{code} is {found.state}: talaria user resume {code}")
        note(conn, found.cell, by(), "user.reset", f"user/{code}", datetime.now(UTC))
        if chosen:
            people.set_password(conn, row["id"], code, chosen)
            typer.echo(f"{code} has a new password; every open session has ended.")
        else:
            purpose = "invitation" if found.state == "invited" else "reset"
            _print_link(conn, row["id"], code, purpose)


@user.command("suspend")
def user_suspend(code: str, company: Company = "") -> None:
    """Let a person in no more. Open sessions end at once; their work stays.

    Example: talaria user suspend dee
    """
    _set_state(company, code, "suspended")


@user.command("resume")
def user_resume(code: str, company: Company = "") -> None:
    """Let a suspended person in again.

    Example: talaria user resume dee
    """
    _set_state(company, code, "active")


def _set_state(company: str, code: str, state: str) -> None:
    from server.access import queries as access

    with whose(company) as (conn, row):
        found = access.person(conn, row["id"], code, lock=True)
        if found is None:
            raise told.fail(f"There is no account {code!r}: talaria user list")
        if state == "active" and found.password_hash is None:
            state = "invited"
        access.change_person(conn, row["id"], code, {"state": state})
        access.end_sessions(conn, row["id"], code)
        note(conn, found.cell, by(), "user.changed", f"user/{code}", datetime.now(UTC),
             before={"state": found.state}, after={"state": state})  # fmt: skip
    typer.echo(f"{code} is {state}.")


def _print_link(conn: Connection, company: str, code: str, purpose: str) -> None:
    from server.access import people
    from server.access import queries as access

    settings = told.settings()
    found = access.person(conn, company, code)
    if found is None:
        raise told.fail(f"There is no account {code!r}.")
    token = people.make_link_token(settings.secret_key, purpose, company, code, found.session_no)
    hours = people.LINK_AGE_S[purpose] // 3600
    typer.echo(f"For {code}, good once and for {hours} h:")
    typer.echo(f"  {settings.public_url}/office/password/{purpose}/{token}")


def _ask_password(code: str) -> str:
    from server.access.people import password_fault

    chosen: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    fault = password_fault(chosen, code)
    if fault:
        raise told.fail(fault)
    return chosen


def _check_roles(roles: list[str]) -> None:
    from server.auth import ROLES

    for role in roles:
        if role not in ROLES:
            raise told.fail(f"There is no role {role!r}; there is: {', '.join(ROLES)}.")
