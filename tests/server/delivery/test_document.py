"""The order on the wire is canonical, and an answer is believed only when it proves something."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.delivery.document import (
    LineOutcome,
    Unreadable,
    envelope,
    read_answer,
    reason_in,
    says_absent,
)
from tests.server.delivery.conftest import outgoing

ORDER = outgoing()


def answer(**changed: object) -> bytes:
    return json.dumps({"external_no": "DS-1", "lines": [], **changed}).encode()


def test_the_envelope_carries_the_event_attributes_and_the_order() -> None:
    event = json.loads(envelope(ORDER))
    assert event["specversion"] == "1.0"
    assert event["id"] == "delivery-1"
    assert event["type"] == "talaria.order.accepted.v1"
    assert event["source"] == "/talaria/acme"
    assert event["subject"] == "order-1/1"
    assert event["time"] == "2026-11-21T08:00:00Z"
    assert event["data"] == ORDER.document


def test_the_same_order_is_the_same_bytes_however_its_document_was_put_together() -> None:
    backwards = dict(reversed(list(ORDER.document.items())))
    shuffled = dataclasses.replace(ORDER, document=backwards)
    assert list(shuffled.document) != list(ORDER.document)
    assert envelope(shuffled) == envelope(ORDER)
    assert "店".encode() in envelope(ORDER)
    assert b", " not in envelope(ORDER)


def test_an_answer_without_lines_takes_the_order_as_asked() -> None:
    reading = read_answer(answer(), ORDER)
    assert reading.external_no == "DS-1"
    assert reading.lines == (LineOutcome(1, 12, 0, 0), LineOutcome(2, 6, 0, 0))


def test_a_short_line_tells_what_is_backordered_and_what_is_cut() -> None:
    line = {"n": 1, "allocated": 5, "backordered": 4, "reason": "not enough\u202e on hand"}
    reading = read_answer(answer(lines=[line]), ORDER)
    assert reading.lines[0] == LineOutcome(1, 5, 4, 3, "not enough on hand")
    assert reading.lines[1] == LineOutcome(2, 6, 0, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"OK",
        b"<!doctype html>",
        b"[]",
        b"null",
        b'{"external_no": "DS-1"',
        b'{"external_no": "DS-1", "x": NaN}',
        b"\xff\xfe",
        b'{"external_no": "DS-' + b"\xff" + b'"}',
        b'{"external_no": "DS-1", "x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        answer(external_no=None),
        answer(external_no=""),
        answer(external_no="   "),
        answer(external_no=12),
        answer(external_no=["DS-1"]),
        answer(external_no="D" * 65),
        answer(external_no="DS\x00-1"),
        answer(external_no="DS\u202e-1"),
        answer(order="order-2", revision=1),
        answer(order="order-1", revision=2),
        answer(order="order-1"),
        answer(lines={}),
        answer(lines=[{"n": 3, "allocated": 1}]),
        answer(lines=[{"n": 1, "allocated": 12}, {"n": 1, "allocated": 12}]),
        answer(lines=[{"n": 1, "allocated": 13}]),
        answer(lines=[{"n": 1, "allocated": -1}]),
        answer(lines=[{"n": 1, "allocated": 1.5}]),
        answer(lines=[{"n": 1, "allocated": True}]),
        answer(lines=[{"n": 1, "allocated": "12"}]),
        answer(lines=[{"n": 1, "allocated": 10, "backordered": 1, "cut": 0}]),
        answer(lines=[{"n": 1, "allocated": 10, "backordered": 3}]),
        answer(lines=[{"allocated": 12}]),
    ],
)
def test_an_answer_that_proves_nothing_is_not_believed(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_answer(body, ORDER)


def test_a_looked_up_answer_must_say_whose_it_is() -> None:
    with pytest.raises(Unreadable, match="another order"):
        read_answer(answer(), ORDER, proof=True)
    named = answer(order="order-1", revision=1)
    assert read_answer(named, ORDER, proof=True).external_no == "DS-1"


def test_only_a_statement_about_this_very_order_says_that_it_is_absent() -> None:
    def said(**what: object) -> bytes:
        return json.dumps({"found": False, "order": "order-1", "revision": 1, **what}).encode()

    assert says_absent(said(), ORDER)
    for other in (said(found=True), said(order="order-2"), said(revision=2), b"", b"Not Found"):
        assert not says_absent(other, ORDER)
    assert not says_absent(b'{"error": "not found"}', ORDER)


def test_a_reason_is_one_short_printable_line() -> None:
    assert reason_in(b'{"error": "  credit\\n\\u0000stopped "}') == "credit stopped"
    assert reason_in(b'{"title": "Unknown product"}') == "Unknown product"
    assert len(reason_in(json.dumps({"error": "x" * 5000}).encode())) == 200
    for silent in (b"", b"<h1>no</h1>", b"[1]", b'{"error": 5}', b'{"error": " "}'):
        assert reason_in(silent) == ""


@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_the_reading(body: bytes) -> None:
    says_absent(body, ORDER)
    reason_in(body)
    with pytest.raises(Unreadable):
        read_answer(body, ORDER)


@given(
    st.integers(0, 12), st.integers(0, 12), st.integers(0, 12) | st.none(), st.text(max_size=300)
)
def test_whatever_is_believed_adds_up_to_what_was_asked(
    allocated: int, backordered: int, cut: int | None, reason: str
) -> None:
    reason = reason.encode("utf-8", "replace").decode()
    line = {"n": 1, "allocated": allocated, "backordered": backordered, "reason": reason}
    if cut is not None:
        line["cut"] = cut
    try:
        told = read_answer(json.dumps({"external_no": "1", "lines": [line]}).encode(), ORDER)
    except Unreadable:
        assert allocated + backordered + (cut or 0) != 12
    else:
        first = told.lines[0]
        assert first.allocated + first.backordered + first.cut == 12
        assert (first.allocated, first.backordered) == (allocated, backordered)
        assert first.reason.isprintable() or first.reason == ""
