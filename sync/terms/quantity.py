"""Case and each: turn what was typed into eaches and back, and round where it must be done.

One rounding everywhere: half up, away from zero (2.5 -> 3, -2.5 -> -3). A unit's ratio is a pair
(num, den): one of that unit is num/den each, so a case of 12 is (12, 1).
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
"""Arithmetic with room for every number the wire lets through, whatever the thread's own is."""

_TYPED = re.compile(r"\A[0-9]{1,12}(?:\.[0-9]{1,6})?\Z")


def round_half_up(value: Decimal) -> int:
    """The nearest whole number; a half goes away from zero."""
    return int(value.to_integral_value(ROUND_HALF_UP, EXACT))


def ratio_half_up(num: int, den: int) -> int:
    """num/den to the nearest whole number, a half away from zero. `den` above 0."""
    whole = (2 * abs(num) + den) // (2 * den)
    return whole if num >= 0 else -whole


def each_of(typed: str, ratio: tuple[int, int]) -> int | None:
    """Eaches in what was typed, or None when it is no number or not a whole number of eaches."""
    num, den = ratio
    if typed.isdigit() and len(typed) <= 12 and typed.isascii():
        whole, rest = divmod(int(typed) * num, den)
        return None if rest else whole
    if not _TYPED.match(typed):
        return None
    top, bottom = Decimal(typed).as_integer_ratio()
    whole, rest = divmod(top * num, bottom * den)
    return None if rest else whole


def case_and_each(quantity: int, ratio: tuple[int, int]) -> tuple[int, int]:
    """Whole units of this ratio and the eaches left over, as both are shown side by side.

    A unit that is no whole number of eaches cannot be shown so: (0, quantity).
    """
    num, den = ratio
    if den != 1 or num < 1 or quantity < 0:
        return 0, quantity
    return divmod(quantity, num)


def is_allowed(quantity: int, minimum: int, multiple: int) -> bool:
    """Whether a product with this minimum and multiple may be ordered in this quantity."""
    return quantity >= minimum and quantity % multiple == 0


def raise_to_allowed(quantity: int, minimum: int, multiple: int) -> int:
    """The smallest allowed quantity that is not below `quantity`."""
    return -(-max(quantity, minimum) // multiple) * multiple
