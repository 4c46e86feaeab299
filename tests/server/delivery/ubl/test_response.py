"""What each code of an OrderResponse makes of an order, and what nobody may guess about."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.delivery.document import LineOutcome, OutgoingOrder, Unreadable, read_answer
from server.delivery.ubl.documents import read
from server.delivery.ubl.response import Response, as_answer
from server.delivery.ubl.safe import Refusal
from tests.server.delivery.ubl.conftest import line, response, ubl_order
from tests.server.delivery.ubl.schemas import faults

ORDER = ubl_order()  # line 1 asks for 12, line 2 for 6
AS_ASKED = (LineOutcome(1, 12, 0, 0), LineOutcome(2, 6, 0, 0))


def outcomes(said: Response, order: OutgoingOrder) -> tuple[LineOutcome, ...]:
    """The lines as every adapter reads an answer."""
    return read_answer(json.dumps(as_answer(said)).encode(), order, proof=True).lines


def answer(data: bytes) -> Response:
    assert faults(data) == []  # what the tests pretend to receive is UBL
    said = read(data, "main")
    assert isinstance(said, Response)
    return said


def test_an_accepted_order_is_taken_as_asked() -> None:
    said = answer(response(ORDER, "AP"))
    assert (said.code, said.external_no, said.order, said.revision) == (
        "AP", "DS-000001", ORDER.order, 1,
    )  # fmt: skip
    assert said.at == datetime(2026, 11, 21, 8, 0, 5, tzinfo=UTC)
    assert outcomes(said, ORDER) == AS_ASKED


def test_a_received_order_has_no_lines_and_its_number_only_if_given() -> None:
    assert answer(response(ORDER, "AB")).external_no == "DS-000001"
    assert answer(response(ORDER, "AB", number="")).external_no == ""
    with pytest.raises(Refusal, match="nothing is decided"):
        read(response(ORDER, "AB", lines=[line(1)]), "main")


def test_a_decision_without_a_number_is_known_by_the_answers_own() -> None:
    assert answer(response(ORDER, "AP", number="")).external_no == "OR-77"


def test_a_rejected_order_says_why() -> None:
    said = answer(response(ORDER, "RE", note="unknown ship-to\n1042"))
    assert (said.code, said.reason) == ("RE", "unknown ship-to 1042")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (line(1, "5"), LineOutcome(1, 12, 0, 0)),
        (line(1, "5", "12"), LineOutcome(1, 12, 0, 0)),
        (line(1, ""), LineOutcome(1, 12, 0, 0)),
        (line(1, "42"), LineOutcome(1, 12, 0, 0)),
        (line(1, "7", note="not carried"), LineOutcome(1, 0, 0, 12, "not carried")),
        (line(1, "3", "5", "7"), LineOutcome(1, 5, 7, 0)),
        (line(1, "3", "5", note="short"), LineOutcome(1, 5, 0, 7, "short")),
        (line(1, "3", "0", "12"), LineOutcome(1, 0, 12, 0)),
        (line(1, "3", "12.000"), LineOutcome(1, 12, 0, 0)),
        (line(1, "3", "4", unit="C62"), LineOutcome(1, 4, 0, 8)),
    ],
)
def test_a_changed_line_is_what_its_code_says(told: str, expected: LineOutcome) -> None:
    said = answer(response(ORDER, "CA", lines=[told]))
    assert outcomes(said, ORDER) == (expected, AS_ASKED[1])


def test_a_line_replaced_by_another_product_is_cut_and_says_by_which() -> None:
    other = (
        "<cac:SellerSubstitutedLineItem><cbc:ID>1</cbc:ID><cac:Item><cbc:Name>y</cbc:Name>"
        "<cac:SellersItemIdentification><cbc:ID>20043</cbc:ID></cac:SellersItemIdentification>"
        "</cac:Item></cac:SellerSubstitutedLineItem>"
    )
    said = answer(response(ORDER, "CA", lines=[line(1, "3", "12", more=other)]))
    assert outcomes(said, ORDER)[0] == LineOutcome(1, 0, 0, 12, "replaced there by 20043")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "names no line"),
        ([line(3, "5", "1")], "not a line of the order"),
        ([line(1, "3")], "does not say to how much"),
        ([line(1, "5"), line(1, "7")], "answered twice"),
        ([line(1, "1", "5")], "none of 3, 5, 7, 42"),
        ([line(1, "3", "13")], "do not add up"),
        ([line(1, "3", "6", "7")], "do not add up"),
        ([line(1, "5", "11")], "do not add up"),
        ([line(1, "3", "1", unit="XCS")], "in XCS; quantities are taken in eaches"),
        ([line(1, "3", "1.5")], "no whole number"),
        ([line(1, "3", "-1")], "is no quantity"),
        ([line(1, "3", "NaN")], "is no quantity"),
        ([line(1, "3", "1e3")], "do not add up"),
        ([line(1, "3", "9999999999999")], "is no quantity"),
        ([line(1, "3", "١")], "is no quantity"),
    ],
)
def test_lines_that_do_not_fit_the_order_are_refused(lines: list[str], why: str) -> None:
    with pytest.raises((Refusal, Unreadable), match=why):
        outcomes(read(response(ORDER, "CA", lines=lines), "main"), ORDER)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["", "XX", "ap", "AP ", "30"])
def test_a_code_that_is_not_in_the_table_is_refused(code: str) -> None:
    if code == "AP ":
        assert answer(response(ORDER, code)).code == "AP"
        return
    with pytest.raises(Refusal, match="none of AB, AP, CA and RE"):
        read(response(ORDER, code), "main")


@pytest.mark.parametrize("refers", ["x", "/1", "x/", "x/-1", "x/1234567", "x/١"])
def test_an_answer_that_refers_to_no_order_of_ours_is_refused(refers: str) -> None:
    with pytest.raises(Refusal, match="no reference of ours"):
        read(response(ORDER, "AP", refers=refers), "main")


def test_a_number_that_could_not_be_kept_is_refused() -> None:
    for number in ("x" * 65, "a\u202eb"):
        with pytest.raises(Refusal, match="no printable text"):
            read(response(ORDER, "AP", number=number), "main")


def test_a_date_that_is_none_is_refused() -> None:
    for day in (b"2026-13-01", b"yesterday", b"0001-01-01"):
        data = response(ORDER, "AP").replace(b"2026-11-21", day)
        if day == b"0001-01-01":
            data = data.replace(b"08:00:05Z", b"00:00:00+14:00")
        with pytest.raises(Refusal, match="IssueDate"):
            read(data, "main")


@given(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=2, max_size=2))
def test_what_comes_now_later_and_not_at_all_is_what_was_asked(said: Any) -> None:
    lines = [line(n, "3", str(now), str(later)) for n, (now, later) in enumerate(said, 1)]
    told = read(response(ORDER, "CA", lines=lines), "main")
    assert isinstance(told, Response)
    fits = all(now + later <= asked for (now, later), asked in zip(said, (12, 6), strict=True))
    if not fits:
        with pytest.raises(Unreadable):
            outcomes(told, ORDER)
        return
    for one, asked in zip(outcomes(told, ORDER), (12, 6), strict=True):
        assert one.allocated + one.backordered + one.cut == asked
