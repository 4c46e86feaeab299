"""What a store owes: exposure against its limit, and how old its debt is.

Exposure = open items + accepted orders not invoiced yet - money on account. All in minor units
of one currency.
"""

from collections.abc import Iterable
from datetime import date

BUCKETS = ("not_due", "1_30", "31_60", "61_90", "over_90")
"""Ageing, in days past due."""


def sums_minor(items: Iterable[tuple[str, int]]) -> tuple[int, int]:
    """(open, on account) of a store's items, given as (kind, open minor units).

    Credit notes are negative and lower what is open. A cheque pending stands in the place of the
    invoices it is to pay and stays open until the bank has paid: it lowers nothing.
    """
    owed = on_account = 0
    for kind, open_minor in items:
        if kind == "on_account":
            on_account += open_minor
        else:
            owed += open_minor
    return owed, on_account


def exposure_minor(open_minor: int, ordered_minor: int, on_account_minor: int) -> int:
    """What the firm stands to lose if the store never paid again."""
    return open_minor + ordered_minor - on_account_minor


def exceeds(limit_minor: int | None, exposure: int, more_minor: int) -> bool:
    """Whether `more_minor` on top of the exposure goes over the limit; reaching it does not.

    None = no limit.
    """
    return limit_minor is not None and exposure + more_minor > limit_minor


def room_minor(limit_minor: int | None, exposure: int) -> int | None:
    """What may still be ordered, at least 0; None = no limit."""
    return None if limit_minor is None else max(0, limit_minor - exposure)


def bucket_of(due_on: date, today: date) -> str:
    """The bucket of an item; on its due day it is not due yet."""
    late_days = (today - due_on).days
    if late_days <= 0:
        return "not_due"
    return BUCKETS[min(1 + (late_days - 1) // 30, 4)]


def ageing(items: Iterable[tuple[date, int]], today: date) -> dict[str, int]:
    """Open amounts (due day, minor units) by bucket, all five of them, in order."""
    sums = dict.fromkeys(BUCKETS, 0)
    for due_on, open_minor in items:
        sums[bucket_of(due_on, today)] += open_minor
    return sums


def overdue_minor(buckets: dict[str, int]) -> int:
    """The part of an ageing that is past due."""
    return sum(amount for name, amount in buckets.items() if name != "not_due")
