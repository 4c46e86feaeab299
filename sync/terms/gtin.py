"""Barcodes: GTIN-8, -12, -13 and -14 read as one kind of number, and a scan turned into a product.

GS1 gives every trade item a number of at most 14 digits; the shorter ones are the same number
without its leading zeros, so all are compared at 14 digits. The last digit checks the others.
What is stored stays as it is printed on the pack; a case has a number of its own, so a scan says
which unit was in the hand. The check itself is python-stdnum's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from stdnum import ean

LENGTHS = (8, 12, 13, 14)
_DIGITS = 14
_IN_LABEL = re.compile(r"\A(?:\(01\)|01)([0-9]{14})(?:[^0-9].*|[0-9]{2}.*)?\Z", re.DOTALL)
"""A GS1-128 or DataMatrix label: application identifier 01, the number, then other fields."""
_SCANNER = re.compile(r"\A\][A-Za-z][0-9]")
"""What some scanners put before a code: which symbology it was printed in."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A barcode on a unit of a product, as it is stored."""

    gtin: str
    product: str
    uom: str


def plain(text: str) -> str:
    """The characters of a number, without the spaces and hyphens that people print between."""
    return re.sub(r"[\s\-\u2010-\u2013]", "", text)


def wrong_with(text: str) -> str | None:
    """What is wrong with a barcode, in words that say what to write instead; None = nothing."""
    digits = plain(text)
    if not (digits.isascii() and digits.isdigit()):
        return "Write a barcode of 8, 12, 13 or 14 digits, or leave it empty."
    if len(digits) not in LENGTHS:
        zeros = next((length - len(digits) for length in LENGTHS if length > len(digits)), 0)
        lost = zeros in (1, 2) and ean.is_valid(digits.zfill(len(digits) + zeros))
        says = f"This barcode has {len(digits)} digits, not 8, 12, 13 or 14"
        lost_says = f": a spreadsheet dropped {zeros} zero{'s' * (zeros > 1)} in front."
        return says + (lost_says if lost else ".")
    if not digits.strip("0"):
        return "A barcode of zeros stands for none: leave it empty."
    if not ean.is_valid(digits):
        right = ean.calc_check_digit(digits[:-1])
        return (
            f"The last digit of this barcode should be {right}, not {digits[-1]}: "
            "a digit was mistyped, or it is no barcode."
        )
    return None


def as_14(text: str) -> str | None:
    """The number at 14 digits, by which barcodes are compared; None when it is not one."""
    return None if wrong_with(text) else plain(text).zfill(_DIGITS)


def of_scan(scanned: str) -> str | None:
    """The number in what a scanner read, at 14 digits: a plain barcode, or the label of a case."""
    text = _SCANNER.sub("", scanned.strip())
    whole = as_14(text)
    if whole is not None:
        return whole
    label = _IN_LABEL.match(text)
    return None if label is None else as_14(label[1])


def find(scanned: str, printed: Iterable[Printed]) -> list[Printed]:
    """The units that carry what was scanned, in their order; one barcode may stand on several."""
    wanted = of_scan(scanned)
    if wanted is None:
        return []
    return [one for one in printed if as_14(one.gtin) == wanted]
