"""A stock of the day for data that has none: made from how fast each product sells, and marked.

Nobody's real stock is known from orders, but a demonstration needs one that behaves: most
products cover some weeks of sales, some run short, a few are out and due. The draw hangs on the
product's code and a seed alone, so the same orders give the same stock every time.
"""

import csv
import io
import math
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import blake2b
from typing import NamedTuple

WEEKS = 13
SEED = "talaria"
OUT, SHORT = 0.03, 0.10
COVER_WEEKS = (1.5, 6.0)
SLOW_MOST = 24
COLUMNS = ("item_no", "on_hand", "due_bottles", "due_date")


class Stock(NamedTuple):
    """Eaches of a product on hand, and what is due when."""

    product: str
    on_hand: int
    due_quantity: int | None
    due_on: date | None


def draws(product: str, seed: str) -> tuple[float, float]:
    """Two numbers from 0 to 1 that follow from the product and the seed."""
    digest = blake2b(f"{seed}/{product}".encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8]) / 2**64, int.from_bytes(digest[8:]) / 2**64


def stock_of(product: str, sold: int, case_size: int, day: date, seed: str = SEED) -> Stock:
    """The stock of a product that sold `sold` eaches in the last `WEEKS` weeks.

    3 % are out and 7 % short (less than half a week); both are due within ten days. The others
    cover 1.5 to 6 weeks, in whole cases. What did not sell lies in the corner: 0 to 24 eaches.
    """
    kind, much = draws(product, seed)
    if sold <= 0:
        return Stock(product, math.floor(much * (SLOW_MOST + 1)), None, None)
    weekly = sold / WEEKS
    low, high = COVER_WEEKS
    refill = math.ceil(weekly * high / case_size) * case_size
    due = day + timedelta(days=1 + math.floor(much * 10))
    if kind < OUT:
        return Stock(product, 0, refill, due)
    if kind < SHORT:
        return Stock(product, math.ceil(weekly * much / 2), refill, due)
    cases = math.ceil(weekly * (low + much * (high - low)) / case_size)
    return Stock(product, cases * case_size, None, None)


def as_csv(rows: Iterable[Stock]) -> bytes:
    """Stock as a feed file, in the columns of the mapping of the Iowa wholesale record."""
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    for one in rows:
        out.writerow((one.product, one.on_hand, one.due_quantity, one.due_on))
    return text.getvalue().encode()
