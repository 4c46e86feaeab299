"""CSV files: one row a line out, a TOTAL row at the end of what comes in."""

from __future__ import annotations

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.delivery.forms.as_csv import OUT, AsCsv
from server.delivery.forms.shape import Damaged, Unfinished
from tests.server.delivery.conftest import outgoing

FORM = AsCsv()
HEAD = "order,revision,external_no,line,allocated\r\n"
STATUS = "id,order,status,at,line,delivered\r\n"
AT = "2026-11-21T14:05:00Z"


def read(text: str) -> tuple[int, int]:
    """(acknowledgements, updates) of a file."""
    found = FORM.read("x.csv", text.encode(), "main")
    return len(found.said), len(found.updates)


def test_an_order_is_a_row_a_line_with_its_own_columns_on_each() -> None:
    once = FORM.write(outgoing())
    assert once == FORM.write(outgoing())
    rows = list(csv.DictReader(io.StringIO(once.decode(), newline="")))
    assert tuple(rows[0]) == OUT
    assert [row["line_quantity"] for row in rows] == ["12", "6"]
    assert {row["order_id"] for row in rows} == {"order-1"}
    assert rows[0]["store_name"] == "Café Zürich 店"
    assert (rows[0]["order_po_no"], rows[0]["order_act"]) == ("", "new")


def test_a_change_and_a_cancellation_say_what_they_are() -> None:
    order = outgoing(act="cancel", replaces=1, reason="=store closed")
    rows = list(csv.DictReader(io.StringIO(FORM.write(order).decode(), newline="")))
    assert {(row["order_act"], row["order_replaces"]) for row in rows} == {("cancel", "1")}
    assert rows[0]["order_reason"] == "'=store closed"


def test_rows_of_one_order_are_one_acknowledgement() -> None:
    assert read(HEAD + "a,1,F-1,1,5\r\na,1,F-1,2,3\r\nb,1,F-2,,\r\nTOTAL,3,8\r\n") == (2, 0)
    assert read(STATUS + f"e,a,delivered,{AT},1,5\r\ne,a,delivered,{AT},2,3\r\nTOTAL,2,8\r\n") == (
        0, 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD + "a,1,F-1,1,5\r\nTOTAL,2,5\r\n", "rows = 2, and it holds 1"),
        (HEAD + "a,1,F-1,1,5\r\nTOTAL,1,6\r\n", "quantity = 6, and it holds 5"),
        (HEAD + "a,1,F-1,1,5\r\nTOTAL,1\r\n", "has to say rows and quantity"),
        (HEAD + "a,1,F-1,1,x\r\nTOTAL,1,5\r\n", "not a whole number"),
        (HEAD + "a,1,F-1,1,-5\r\nTOTAL,1,5\r\n", "not a whole number"),
        (HEAD + "a,1,F-1,1,٣\r\nTOTAL,1,3\r\n", "not a whole number"),
        (HEAD + "a,1,F-1,1\r\nTOTAL,1,0\r\n", "row 2 has 4 cells"),
        (HEAD + ",1,F-1,1,5\r\nTOTAL,1,5\r\n", "whose it is"),
        (HEAD + "a,1,F-1,1,5\r\na,1,F-2,2,5\r\nTOTAL,2,10\r\n", "do not agree"),
        (HEAD + "TOTAL,0,0\r\na,1,F-1,1,5\r\nTOTAL,1,5\r\n", "rows follow it"),
        ("order,colour\r\nTOTAL,0,0\r\n", "column 'colour'"),
        ("order,order\r\nTOTAL,0,0\r\n", "twice in its head"),
        (STATUS + "e,a,delivered,yesterday,1,5\r\nTOTAL,1,5\r\n", "update 'e'"),
        (STATUS + f"e,a,x,{AT},1,5\r\ne,a,y,{AT},2,3\r\nTOTAL,2,8\r\n", "do not agree"),
    ],
)
def test_what_makes_no_sense_is_damaged_and_says_why(text: str, why: str) -> None:
    with pytest.raises(Damaged, match=why):
        read(text)


WHOLE = HEAD + "a,1,F-1,1,5\r\nb,1,F-2,1,7\r\nTOTAL,2,12\r\n"


@pytest.mark.parametrize("end", range(len(WHOLE) - 1))
def test_every_beginning_of_a_file_is_known_to_be_one(end: int) -> None:
    """A number that lost its last digits is the reason for the TOTAL row and its line end."""
    with pytest.raises(Unfinished):
        read(WHOLE[:end])


@given(st.text(max_size=200))
def test_whatever_text_comes_it_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Damaged, Unfinished):
        read(text.encode("utf-8", "replace").decode() + "\nTOTAL,1,1\n")
