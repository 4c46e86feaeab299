"""JSON files: written the same each time, read whole or not at all."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.delivery.forms.as_json import AsJson
from server.delivery.forms.shape import Damaged, Unfinished
from tests.server.delivery.conftest import outgoing

FORM = AsJson()


def read(value: Any) -> Any:
    return FORM.read("x.json", json.dumps(value).encode(), "main")


def test_an_order_is_written_the_same_each_time_with_its_totals() -> None:
    once = FORM.write(outgoing())
    assert once == FORM.write(outgoing())
    whole = json.loads(once)
    assert whole["totals"] == {"documents": 1, "lines": 2, "quantity": 18, "value_minor": 2322}
    assert (whole["reference"], whole["delivery"]) == ("order-1/1", "delivery-1")
    assert whole["order"]["store"]["name"] == "Café Zürich 店"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([], "the file is"),
        ({}, "neither"),
        ({"acknowledgements": 7}, "not a list"),
        ({"acknowledgements": [7]}, "acknowledgement 1 is not"),
        ({"acknowledgements": [{"order": ""}]}, "whose it is"),
        ({"acknowledgements": [{"order": "a", "revision": "1"}]}, "whose it is"),
        ({"acknowledgements": [{"order": "a", "lines": 3}]}, "a list"),
        ({"acknowledgements": [], "totals": 7}, "not names with numbers"),
        ({"acknowledgements": [], "totals": {"documents": 1}}, "documents = 1, and it holds 0"),
        ({"acknowledgements": [], "totals": {"documents": True}}, "and it holds 0"),
        ({"acknowledgements": [], "totals": {"pages": 1}}, "no total of 'pages'"),
        ({"updates": [{"id": "e"}]}, "update 1"),
        ({"updates": [], "totals": {"updates": 2}}, "updates = 2, and it holds 0"),
    ],
)
def test_what_makes_no_sense_is_damaged_and_says_why(value: Any, why: str) -> None:
    with pytest.raises(Damaged, match=why):
        read(value)


@given(st.binary(max_size=300))
def test_whatever_bytes_come_it_is_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(Damaged, Unfinished):
        FORM.read("x.json", content, "main")


@given(st.integers(0, 130))
def test_every_beginning_of_a_file_may_still_be_being_written(end: int) -> None:
    whole = json.dumps({"acknowledgements": [
        {"order": "order-1", "revision": 1, "external_no": "F-1 ü", "lines": []}
    ]}, ensure_ascii=False).encode()  # fmt: skip
    if end >= len(whole):
        return
    with pytest.raises((Unfinished, Damaged)) as told:
        FORM.read("x.json", whole[:end], "main")
    # only a letter that was cut in the middle is taken for something worse
    assert told.type is Unfinished or "UTF-8" in str(told.value)
