"""What tax comes on top of an order: prices are net, tax is added class by class.

A product has a tax class, a class has dated rates. The nets of all lines of a class are summed
first and the tax is worked out on the sum, rounded half up once for each class: so it is what a
tax office works out from the invoice, and lines never carry cents of rounding. Tax decides
nothing about an order; credit and budgets look at nets.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from sync.terms.quantity import ratio_half_up


class TaxRate(Protocol):
    """A rate of a class, in percent: from `valid_from` until and with `valid_to`."""

    @property
    def tax_class(self) -> str: ...
    @property
    def percent(self) -> Decimal: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax of one class. `percent` and `tax_minor` None = nobody gave a rate for the day."""

    tax_class: str
    percent: Decimal | None
    net_minor: int
    tax_minor: int | None


def rate_at(rates: Iterable[TaxRate], tax_class: str, day: date) -> Decimal | None:
    """The rate of a class on a day; of several the one that began last."""
    held = [
        (one.valid_from, one.percent)
        for one in rates
        if one.tax_class == tax_class
        and one.valid_from <= day
        and (one.valid_to is None or day <= one.valid_to)
    ]
    return max(held)[1] if held else None


def tax_minor(net_minor: int, percent: Decimal) -> int:
    """Tax on a net amount in minor units, rounded half up, away from zero (returns too)."""
    num, den = percent.as_integer_ratio()
    return ratio_half_up(net_minor * num, den * 100)


def taxes(
    lines: Iterable[tuple[str | None, int]], rates: Iterable[TaxRate], day: date
) -> list[Tax]:
    """The tax of lines of (tax class, net in minor units), a row for each class, by its name.

    A line without a class has no tax. Whoever adds the rows up knows the total only where no row
    has an unknown rate.
    """
    nets: dict[str, int] = {}
    for tax_class, net_minor in lines:
        if tax_class is not None:
            nets[tax_class] = nets.get(tax_class, 0) + net_minor
    known = list(rates)
    found = []
    for tax_class, net_minor in sorted(nets.items()):
        percent = rate_at(known, tax_class, day)
        tax = None if percent is None else tax_minor(net_minor, percent)
        found.append(Tax(tax_class, percent, net_minor, tax))
    return found
