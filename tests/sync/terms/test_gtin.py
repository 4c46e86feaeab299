"""Barcodes: the cases of the contract, and what must hold for every number and every slip."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.terms.gtin import LENGTHS, Printed, as_14, find, of_scan, wrong_with
from tests.sync.terms.played import cases, play

ASKS = {
    "as_14": lambda g: as_14(g["text"]),
    "wrong_with": lambda g: wrong_with(g["text"]),
    "of_scan": lambda g: of_scan(g["text"]),
    "find": lambda g: [
        [one.product, one.uom] for one in find(g["text"], [Printed(*row) for row in g["printed"]])
    ],
}


def check_digit(body: str) -> str:
    """GS1's own words: weigh 3, 1, 3, ... from the right, and fill up to the next ten."""
    total = sum(int(one) * (3, 1)[n % 2] for n, one in enumerate(reversed(body)))
    return str(-total % 10)


bodies = st.sampled_from(LENGTHS).flatmap(
    lambda n: st.integers(1, 10 ** (n - 1) - 1).map(lambda body: str(body).zfill(n - 1))
)
numbers = bodies.map(lambda body: body + check_digit(body))


@pytest.mark.parametrize("case", cases("gtin"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, ASKS)


@given(numbers)
def test_every_number_with_its_check_digit_is_taken_at_14_digits(number: str) -> None:
    assert wrong_with(number) is None
    assert as_14(number) == number.zfill(14)
    assert of_scan(number) == of_scan(f"01{number.zfill(14)}") == number.zfill(14)


@given(numbers, st.integers(0, 13), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(number: str, place: int, more: int) -> None:
    place %= len(number)
    digit = str((int(number[place]) + more) % 10)
    assert wrong_with(number[:place] + digit + number[place + 1 :]) is not None


@given(st.text(max_size=20))
def test_whatever_is_scanned_is_a_number_of_14_digits_or_none(text: str) -> None:
    found = of_scan(text)
    assert found is None or (len(found) == 14 and found.isascii() and found.isdigit())


def test_a_scan_finds_the_unit_in_the_hand() -> None:
    printed = [
        Printed("4006381333931", "20041", "each"),
        Printed("14006381333938", "20041", "case"),
        Printed("082184001172", "904", "each"),
        Printed("0082184001172", "905", "each"),
        Printed("4006381333930", "906", "each"),
    ]
    assert find("4006381333931", printed) == printed[:1]
    assert find("]C10114006381333938", printed) == printed[1:2]
    assert find("82184001172", printed) == []
    assert find("4006381333930", printed) == []
    both = find("0082184001172", printed)
    assert both == printed[2:4], "one barcode may stand on several products"
