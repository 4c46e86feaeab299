"""Handhelds: the code that enrols one, which there are, and taking one out of use."""

from datetime import UTC, datetime

import typer

from server.commands import told
from server.commands.whose import Company, by, show, whose
from sync.audit import note

device = typer.Typer(help="Handhelds.", no_args_is_help=True)


@device.command("code")
def device_code(rep: str, company: Company = "") -> None:
    """Print a code that makes one handheld this rep's; good once, for a quarter of an hour.

    Example: talaria device code ana
    """
    from server.access.devices import CODE_AGE, make_enrolment_code

    with whose(company) as (conn, row):
        try:
            code = make_enrolment_code(conn, row["id"], rep, by(), datetime.now(UTC))
        except LookupError as why:
            raise told.fail(f"{why} See: talaria user list") from None
    minutes = int(CODE_AGE.total_seconds() // 60)
    typer.echo(f"{code}   (good once, for {minutes} minutes)")
    typer.echo(
        f"On the handheld: talaria-handheld enrol {code} --server {told.settings().public_url}"
    )


@device.command("list")
def device_list(company: Company = "") -> None:
    """The handhelds, what they have not sent, and when they were last heard of.

    Example: talaria device list
    """
    from server.commands import queries

    with whose(company) as (conn, row):
        found = queries.devices(conn, row["id"])
    show([{k: v for k, v in one.items() if k != "cell"} for one in found],
          "There is no handheld yet: talaria device code REP")  # fmt: skip


@device.command("revoke")
def device_revoke(device_id: str, company: Company = "") -> None:
    """Take a handheld out of use. What it captured is still taken, and held for the office.

    Example: talaria device revoke d-3f2a9c0112345678
    """
    from server.access import queries as access
    from server.commands import queries

    now = datetime.now(UTC)
    with whose(company) as (conn, row):
        for one in queries.devices(conn, row["id"]):
            if device_id in (one["id"], str(one["no"])):
                break
        else:
            raise told.fail(f"There is no handheld {device_id!r}: talaria device list")
        access.change_device(conn, one["cell"], one["id"], {"state": "revoked"})
        note(conn, one["cell"], by(), "device.revoked", f"device/{one['id']}", now,
             before={"state": one["state"]}, after={"state": "revoked"})  # fmt: skip
    typer.echo(f"Handheld {one['no']} of {one['rep']} is revoked.")
