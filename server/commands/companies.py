"""Companies."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from server.commands import told
from server.commands.whose import check_code, show

company = typer.Typer(help="Companies.", no_args_is_help=True)


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


@company.command("year")
def company_year(
    country: Annotated[
        str | None,
        typer.Option(help="Whose public holidays are free, such as DE or US-IA; '' for none."),
    ] = None,
    periods: Annotated[str, typer.Option(help="13x4, 4-4-5 or months.")] = "",
    company: Annotated[str, typer.Option(help="Its code, if there are several.")] = "",
) -> None:
    """Say, or show, whose holidays are free and how the year is cut into periods.

    Example: talaria company year --country US-IA --periods 13x4
    """
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from routes.queries import year_of
    from routes.year import period_of
    from server.commands.whose import by, company_of
    from server.database import transaction
    from server.years import set_year
    from sync.desk.edits import Hand, Refused

    now = datetime.now(UTC)
    with told.opened() as engine, transaction(engine) as conn:
        firm = company_of(conn, company)["id"]
        row = year_of(conn, firm)
        if country is not None or periods:
            wanted = row["country"] if country is None else country
            try:
                set_year(conn, firm, wanted, periods or row["calendar"], Hand(by(), now))
            except Refused as no:
                raise told.fail(str(no)) from None
            row = year_of(conn, firm)
    today = now.astimezone(ZoneInfo(row["zone"])).date()
    period = period_of(row["calendar"], today)
    typer.echo(
        f"Public holidays of {row['country'] or 'nobody'} are free. Periods: "
        f"{row['calendar']}; today is in {period}, {period.first_day} to {period.last_day}."
    )


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
