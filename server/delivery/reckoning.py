"""What a delivery system says it has of a day: its orders and their sums, as JSON or CSV. Pure.

    {"day": "2026-11-21", "as_of": "2026-11-22T08:00:00Z",
     "totals": {"orders": 1, "lines": 2, "quantity": 18, "value_minor": 2322},
     "orders": [{"order": "<id>", "revision": 1, "external_no": "DS-000001",
                 "lines": 2, "quantity": 18, "value_minor": 2322}],
     "next": "<where to go on>"}

One row an order it took in on the day, by our reference. `lines`, `quantity` (eaches) and
`value_minor` are of what stands: a line that was cut is not counted, one on backorder is, until the
order is invoiced (what has not come by then does not come). `quantity` and `value_minor`
may be left out everywhere. `totals` are of the whole day and control the list: a list that does not
add up to them is not whole, and proves nothing. `as_of` is when the list was made; `next` is there
as long as more pages follow.

As CSV the same columns, and at the end a row TOTAL with the sums:

    order,revision,external_no,lines,quantity,value_minor
    0198f...,1,DS-000001,2,18,2322
    TOTAL,1,,2,18,2322
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

import msgspec

from server.delivery.compare import Theirs

ORDERS = 200_000
_COLUMNS = ["order", "revision", "external_no", "lines", "quantity", "value_minor"]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
_Value = Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15)]


class NotWhole(Exception):
    """The list cannot be read or is not whole; the text says what is wrong with it."""


@dataclass(frozen=True)
class Reckoned:
    """All they have of a day. `as_of`: when the list was made (UTC), None if they do not say.

    look_up_proves: a look-up asks their books, so an order that is not in the list may still be
    found by it. (In a folder it only reads our own notes.)
    """

    orders: tuple[Theirs, ...]
    as_of: datetime | None = None
    look_up_proves: bool = True


@dataclass(frozen=True)
class CannotReckon:
    """This delivery system has no way of telling what it has of a day; the text is for people."""

    reason: str


class _Order(msgspec.Struct):
    order: _Name
    external_no: _Name
    lines: _Count
    revision: Annotated[int, msgspec.Meta(ge=1, le=32_767)] = 1
    quantity: _Count | None = None
    value_minor: _Value | None = None


class Totals(msgspec.Struct):
    """Their sums of a day; what they do not count is None."""

    orders: _Count
    lines: _Count | None = None
    quantity: _Count | None = None
    value_minor: _Value | None = None


class _Page(msgspec.Struct):
    day: date
    orders: list[_Order]
    totals: Totals
    as_of: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    next: Annotated[str, msgspec.Meta(max_length=200)] = ""


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    orders: tuple[Theirs, ...]
    totals: Totals
    as_of: datetime | None
    next: str


def read_page(body: bytes, day: date) -> Page:
    """Read one page of JSON about `day`. Raises NotWhole."""
    try:
        page = msgspec.json.decode(body, type=_Page)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NotWhole(f"no list of a day: {' '.join(str(error).split())[:200]}") from None
    if page.day != day:
        raise NotWhole(f"it is the list of {page.day}, and {day} was asked for")
    as_of = None if page.as_of is None else page.as_of.astimezone(UTC)
    orders = tuple(
        Theirs(one.order, one.revision, one.external_no, one.lines, one.quantity, one.value_minor)
        for one in page.orders
    )
    return Page(orders, page.totals, as_of, page.next)


def whole(pages: Sequence[Page]) -> Reckoned:
    """All pages as one list, held to its totals. Raises NotWhole."""
    orders = tuple(one for page in pages for one in page.orders)
    _add_up(orders, pages[-1].totals)
    made = [page.as_of for page in pages if page.as_of is not None]
    return Reckoned(orders, min(made, default=None))


def read_json(body: bytes, day: date) -> Reckoned:
    """A whole list in one JSON document. Raises NotWhole."""
    page = read_page(body, day)
    if page.next:
        raise NotWhole("it says that more follows, and a file has no second page")
    return whole([page])


def read_csv(body: bytes) -> Reckoned:
    """A whole list in one CSV file. Raises NotWhole."""
    try:
        text = body.decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotWhole(f"no CSV in UTF-8: {str(error)[:100]}") from None
    if len(rows) < 2 or [one.strip() for one in rows[0]] != _COLUMNS:
        raise NotWhole(f"its first row is not {','.join(_COLUMNS)}")
    if rows[-1][0].strip() != "TOTAL":
        raise NotWhole("it does not end with a row TOTAL: it may be cut off")
    found = [_row(n, row) for n, row in enumerate(rows[1:-1], 2)]
    total = [one.strip() for one in rows[-1]]
    if len(total) != len(_COLUMNS):
        raise NotWhole("its row TOTAL has not as many cells as the first")
    sums = Totals(
        _number(total[1], "TOTAL") or 0,
        *(_number(one, "TOTAL") for one in (total[3], total[4], total[5])),
    )
    _add_up(found, sums)
    return Reckoned(tuple(found))


def _row(n: int, row: list[str]) -> Theirs:
    cells = [one.strip() for one in row]
    if len(cells) != len(_COLUMNS):
        raise NotWhole(f"row {n} has {len(cells)} cells, the first row {len(_COLUMNS)}")
    order, revision, number, lines, quantity, value = cells
    where = f"row {n}"
    if not order or not number or len(order) > 64 or len(number) > 64:
        raise NotWhole(f"{where} does not say whose it is (order, external_no)")
    return Theirs(
        order, _number(revision, where) or 1, number, _number(lines, where) or 0,
        _number(quantity, where), _number(value, where),
    )  # fmt: skip


def _number(text: str, where: str) -> int | None:
    digits = text.removeprefix("-")
    if not text:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
        raise NotWhole(f"{where}: {text[:20]!r} is no whole number")
    return int(text)


def _add_up(orders: Sequence[Theirs], totals: Totals) -> None:
    """Hold a list to its totals; a total of None was not counted."""
    if len(orders) > ORDERS:
        raise NotWhole(f"it has more than {ORDERS:,} orders")
    if len(orders) != totals.orders:
        raise NotWhole(f"its total says {totals.orders} orders, and it lists {len(orders)}")
    sums = {
        "lines": sum(one.lines for one in orders),
        "quantity": sum(one.quantity or 0 for one in orders),
        "value_minor": sum(one.value_minor or 0 for one in orders),
    }
    for name, found in sums.items():
        said = getattr(totals, name)
        if said is not None and said != found:
            raise NotWhole(f"its total says {name} = {said}, and its orders sum to {found}")
