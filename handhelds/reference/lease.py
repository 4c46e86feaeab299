"""The offline lease: a handheld that has not synced for long shows and takes nothing until it does.

A lost handheld is soon of no use to a finder who keeps it from the network. It locks the screen
and nothing else: what waits to be sent stays, is sent at the next sync, and that unlocks it.
The company says how long (`lease`, in days; 0: never); 90 days if it says nothing.
"""

from datetime import timedelta

from handhelds.reference.clock import moment
from handhelds.reference.local import Local

LEASE_DAYS = 90


def lease_days(local: Local) -> int:
    """The company's lease, as the last whole pull told it."""
    told = [one for one in local.copy.mark("directives") or () if one.get("kind") == "lease"]
    days = told[-1].get("days") if told else None
    return days if type(days) is int and days >= 0 else LEASE_DAYS


def locked(local: Local) -> str | None:
    """Why the screen is locked, in words; None when it is not. By the server's clock."""
    pulled, days = local.copy.mark("server_time"), lease_days(local)
    if not days or pulled is None:
        return None
    away = local.now() - moment(pulled)
    if away <= timedelta(days=days):
        return None
    return (
        f"this handheld has not synced for {away.days} days and is locked until it does: "
        "`sync`. Your work is kept"
    )
