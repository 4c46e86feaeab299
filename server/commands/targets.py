"""The delivery systems that a company's orders go to: added, checked, listed, given words."""

import base64
import re
import secrets
from typing import Annotated

import typer

from server.commands import told
from server.commands.whose import Company, by, check_code, show, whose

target = typer.Typer(help="Delivery systems that orders go to.", no_args_is_help=True)
CHECK_S = 20.0


@target.command("add")
def target_add(
    code: str,
    url: Annotated[str, typer.Argument(help="https://..., or the path of a folder.")],
    company: Company = "",
    kind: Annotated[str, typer.Option(help="http, files or ubl.")] = "http",
    secret: Annotated[str, typer.Option(help="whsec_...; left out: one is made.")] = "",
    deadline_s: Annotated[int, typer.Option(min=1, max=300, help="Seconds for an answer.")] = 20,
    look_up: Annotated[bool, typer.Option(help="Orders can be looked up by reference.")] = True,
    dedupes: Annotated[bool, typer.Option(help="It keeps one document per webhook id.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="It stands in the own network.")
    ] = False,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="A setting of the kind: NAME=VALUE.")
    ] = None,
) -> None:
    """Send accepted orders to this delivery system from now on.

    http: POST URL/orders, signed; --set ask_status=true where statuses are to be asked for.
    files: a folder with out, in, done, failed and sent, which are made; --set form=csv or json.

    Examples: talaria target add erp https://erp.example/talaria
              talaria target add depot /srv/drops/depot --kind files --set form=csv
    """
    from server.commands import queries
    from server.delivery.adapters import make
    from server.delivery.contract import Target
    from server.delivery.over_files import set_up

    check_code(code)
    key = secret or "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    said = Target(
        code, kind, url.rstrip("/"), key, look_up, dedupes, allow_private, _settings(setting or [])
    )
    try:
        make(said)
        if kind == "files":
            set_up(said)
    except ValueError as why:
        raise told.fail(f"{str(why)[:1].upper()}{str(why)[1:]}.") from None
    with whose(company) as (conn, row):
        new = queries.add_target(conn, {
            "cell": row["cell"], "code": code, "kind": kind, "url": said.url, "secret": key,
            "deadline_s": deadline_s, "can_look_up": look_up, "dedupes": dedupes,
            "allow_private": allow_private, "options": dict(said.options),
        })  # fmt: skip
        if not new:
            raise told.fail(f"There is a delivery system {code} already.")
    typer.echo(f"Accepted orders go to {url}.")
    if not secret and kind != "files":
        typer.echo(f"Its secret (shown once; it checks signatures with it): {key}")
    typer.echo(f"Next: talaria target test {code}")


def _settings(words: list[str]) -> dict[str, object]:
    """NAME=VALUE words; true and false are what they say, anything else is text."""
    found: dict[str, object] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not re.fullmatch("[a-z_]+", name):
            raise told.fail(f"--set takes NAME=VALUE, such as form=csv, not {word!r}.")
        found[name] = {"true": True, "false": False}.get(value.lower(), value)
    return found


@target.command("test")
def target_test(code: str, company: Company = "") -> None:
    """Try the connection to a delivery system; sends no order.

    Example: talaria target test erp
    """
    from server.commands import queries
    from server.delivery.adapters import adapter_for
    from server.delivery.contract import CheckFailed

    with whose(company) as (conn, row):
        found = queries.target(conn, row["cell"], code)
    if found is None:
        raise told.fail(f"There is no delivery system {code}: talaria target list")
    try:
        says = adapter_for(found).check(min(CHECK_S, found["deadline_s"]))
    except (CheckFailed, ValueError) as why:
        raise told.fail(f"{code}: {why}") from None
    typer.echo(f"{code}: {says}.")


@target.command("list")
def target_list(company: Company = "") -> None:
    """The delivery systems orders go to.

    Example: talaria target list
    """
    from server.commands import queries

    with whose(company) as (conn, row):
        show(queries.targets(conn, row["cell"]),
              "There is none yet: talaria target add CODE URL")  # fmt: skip


@target.command("alarm")
def target_alarm(
    code: str,
    minutes: Annotated[int, typer.Argument(min=0, max=10_080, help="0: never.")],
    company: Company = "",
) -> None:
    """After how many minutes without an acknowledgement, while orders wait, the office is told.

    It is 30 unless said otherwise; a system that answers at night needs more.

    Example: talaria target alarm erp 60
    """
    from server.commands import queries
    from server.delivery.queries_silence import set_minutes

    with whose(company) as (conn, row):
        if queries.target(conn, row["cell"], code) is None:
            raise told.fail(f"There is no delivery system {code}: talaria target list")
        set_minutes(conn, row["cell"], code, minutes)
    after = f"after {minutes} minutes of silence" if minutes else "never"
    typer.echo(f"{code}: the office is told {after}.")


@target.command("word")
def target_word(
    code: str,
    word: Annotated[str, typer.Argument(help="As the delivery system writes it.")] = "",
    means: Annotated[str, typer.Argument(help="One of ours; left out: forget it.")] = "",
    company: Company = "",
) -> None:
    """Say what a delivery system's own word for a status means, or list what was said.

    What was parked for want of a meaning is taken then.

    Example: talaria target word erp KOMMISSIONIERT picking
    """
    from datetime import UTC, datetime

    from server.commands import queries
    from server.database import transaction
    from sync.delivery.meanings import OURS, forget, give

    with whose(company) as (conn, row):
        cell = row["cell"]
        if queries.target(conn, cell, code) is None:
            raise told.fail(f"There is no delivery system {code}: talaria target list")
        if not word:
            show(queries.words(conn, cell, code), f"{code} says everything in our words.")
            return
    with told.opened() as engine:
        if not means:
            forget(lambda: transaction(engine), cell, code, word)
            typer.echo(f"{word} means nothing from now on.")
            return
        try:
            taken = give(
                lambda: transaction(engine), cell, code, word, means, by(), datetime.now(UTC)
            )
        except ValueError as why:
            raise told.fail(f"{why}. Ours are: {', '.join(OURS)}.") from None
    typer.echo(f"{word} means {means}; {taken} updates that had waited for it were taken.")
