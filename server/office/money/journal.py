"""The journal of posted money as CSV, for the system that keeps the books.

One line for each item settled and for what went on account; a bounce is the same lines with a
minus. Read from the audit, so a period gives the same lines whenever it is asked for. Text that a
spreadsheet would take for a formula begins with an apostrophe.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from server.office.spreadsheet import Figure, line
from sync.terms.price import minor_digits

COLUMNS = (
    "booked_at", "booking", "receipt", "taken_on", "store_code", "store", "rep", "method",
    "currency", "item", "amount", "receipt_amount", "cheque_no", "cheque_bank", "cheque_on",
    "booked_by",
)  # fmt: skip
ON_ACCOUNT = "on_account"


def lines(rows: Iterable[Any]) -> Iterator[str]:
    """The journal line by line, its headings first; rows as queries.journal gives them."""
    yield line(COLUMNS)
    for row in rows:
        sign = 1 if row.action == "collection.post" else -1
        booking = "posting" if sign == 1 else "bounce"
        uses = [(str(number), int(minor)) for number, minor in row.after.get("applied") or ()]
        rest = int(row.after.get("on_account_minor") or 0)
        for item, minor in [*uses, *([(ON_ACCOUNT, rest)] if rest else [])]:
            yield line(
                (
                    row.at.astimezone(UTC).isoformat(timespec="seconds"), booking, row.number,
                    row.day.isoformat(), row.store_code or "", row.store_name or "", row.rep,
                    row.method, row.currency, item, _amount(sign * minor, row.currency),
                    _amount(row.amount_minor, row.currency), row.cheque_no or "",
                    row.cheque_bank or "", row.cheque_on.isoformat() if row.cheque_on else "",
                    row.who.removeprefix("user:"),
                )
            )  # fmt: skip


def _amount(minor: int, currency: str) -> Figure:
    """In major units with a point, such as -125.00."""
    digits = minor_digits(currency)
    whole, part = divmod(abs(minor), 10**digits)
    return Figure(f"{'-' if minor < 0 else ''}{whole}" + (f".{part:0{digits}d}" if digits else ""))
