"""Companies, and the delivery systems their orders go to."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from server.commands import told
from server.commands.whose import Company, check_code, show, whose

company = typer.Typer(help="Companies.", no_args_is_help=True)
target = typer.Typer(help="Delivery systems that orders go to.", no_args_is_help=True)


@company.command("add")
def company_add(
    code: str,
    name: str,
    currency: Annotated[str, typer.Option(help="ISO code, such as USD or CNY.")] = "USD",
    zone: Annotated[str, typer.Option(help="Time zone, such as Europe/Berlin.")] = "UTC",
    depot: Annotated[str, typer.Option(help="Code of its first depot.")] = "depot",
    warehouse: Annotated[str, typer.Option(help="Code of the depot's warehouse.")] = "main",
) -> None:
    """Make a company with one depot and one warehouse.

    Example: talaria company add acme "Acme Drinks" --currency EUR --zone Europe/Berlin
    """
    from server.commands import queries
    from server.feeds.founding import ensure_company
    from server.feeds.mapping import MappingProblem

    check_code(code)
    if not re.fullmatch("[A-Z]{3}", currency):
        raise told.fail("--currency takes an ISO code of three capitals, such as EUR.")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise told.fail(
            f"There is no time zone {zone!r}: write one such as Europe/Berlin."
        ) from None
    with told.opened() as engine:
        with engine.connect() as conn:
            if code in [row["code"] for row in queries.companies(conn)]:
                raise told.fail(f"There is a company {code} already.")
        try:
            ensure_company(engine, {
                "company": {"code": code, "name": name, "currency": currency, "zone": zone},
                "cells": [{"code": depot, "name": depot}],
                "warehouses": [
                    {"cell": depot, "code": warehouse, "name": warehouse, "zone": zone}
                ],
            })  # fmt: skip
        except (MappingProblem, KeyError, ValueError) as why:
            raise told.fail(str(why)) from None
    typer.echo(f"{name} is there. Next: talaria user add CODE NAME --role admin")


@company.command("list")
def company_list() -> None:
    """The companies of this database.

    Example: talaria company list
    """
    from server.commands import queries

    with told.opened() as engine, engine.connect() as conn:
        found = queries.companies(conn)
    show([{k: row[k] for k in ("code", "name", "currency", "zone")} for row in found],
          "There is no company yet: talaria company add CODE NAME")  # fmt: skip


@target.command("add")
def target_add(
    code: str,
    url: str,
    company: Company = "",
    secret: Annotated[str, typer.Option(help="whsec_...; left out: one is made.")] = "",
    deadline_s: Annotated[int, typer.Option(min=1, max=300, help="Seconds for an answer.")] = 20,
    look_up: Annotated[bool, typer.Option(help="Orders can be looked up by reference.")] = True,
    dedupes: Annotated[bool, typer.Option(help="It keeps one document per webhook id.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="It stands in the own network.")
    ] = False,
) -> None:
    """Send accepted orders to this delivery system from now on (POST URL/orders, signed).

    Example: talaria target add erp https://erp.example/talaria
    """
    import base64
    import secrets

    from server.commands import queries

    check_code(code)
    if not re.match(r"https?://[^/\s]+", url):
        raise told.fail("The address is to begin with https:// (or http:// in the own network).")
    key = secret or "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with whose(company) as (conn, row):
        new = queries.add_target(conn, {
            "cell": row["cell"], "code": code, "url": url.rstrip("/"), "secret": key,
            "deadline_s": deadline_s, "can_look_up": look_up, "dedupes": dedupes,
            "allow_private": allow_private,
        })  # fmt: skip
        if not new:
            raise told.fail(f"There is a delivery system {code} already.")
    typer.echo(f"Accepted orders go to {url}.")
    if not secret:
        typer.echo(f"Its secret (shown once; it checks signatures with it): {key}")


@target.command("list")
def target_list(company: Company = "") -> None:
    """The delivery systems orders go to.

    Example: talaria target list
    """
    from server.commands import queries

    with whose(company) as (conn, row):
        show(queries.targets(conn, row["cell"]),
              "There is none yet: talaria target add CODE URL")  # fmt: skip
