"""A DespatchAdvice becomes one update for each order that is on the van."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from server.delivery.ubl.documents import read
from server.delivery.ubl.safe import Refusal
from sync.delivery.status import LineStatus, StatusUpdate
from tests.server.delivery.ubl.conftest import despatch, left, ubl_order
from tests.server.delivery.ubl.schemas import faults

ORDER, OTHER = ubl_order(1), ubl_order(2)


def updates(data: bytes) -> tuple[StatusUpdate, ...]:
    assert faults(data) == []
    said = read(data, "main")
    assert isinstance(said, tuple)
    return said


def test_a_despatched_order_says_what_left_and_why_the_rest_did_not() -> None:
    (said,) = updates(despatch(ORDER, [left(1, "10", "damaged"), left(2, "6", number=2)]))
    assert said == StatusUpdate(
        id=f"DA-9|{ORDER.reference}", target="main", order=ORDER.order, revision=1,
        external_no="DS-000001", status="dispatched",
        at=datetime(2026, 11, 22, 5, 30, tzinfo=UTC),
        lines=(LineStatus(1, shipped=10, reason="damaged"), LineStatus(2, shipped=6)),
        detail="DA-9",
    )  # fmt: skip


def test_the_time_is_when_the_goods_left_where_that_is_said() -> None:
    shipment = (
        "<cac:Shipment><cbc:ID>1</cbc:ID><cac:Delivery><cac:Despatch>"
        "<cbc:ActualDespatchDate>2026-11-22</cbc:ActualDespatchDate>"
        "<cbc:ActualDespatchTime>04:00:00Z</cbc:ActualDespatchTime>"
        "</cac:Despatch></cac:Delivery></cac:Shipment>"
    )
    (said,) = updates(despatch(ORDER, [left(1, "1")], shipment=shipment))
    assert said.at == datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def test_a_van_with_two_orders_makes_two_updates() -> None:
    lines = [left(1, "12", refers=ORDER.reference), left(2, "6", refers=OTHER.reference, number=2)]
    first, second = updates(despatch(None, lines))
    assert (first.order, first.lines) == (ORDER.order, (LineStatus(1, shipped=12),))
    assert (second.order, second.lines) == (OTHER.order, (LineStatus(2, shipped=6),))
    assert first.id != second.id


def test_a_line_on_two_pallets_adds_up() -> None:
    (said,) = updates(despatch(ORDER, [left(1, "7"), left(1, "5", number=2)]))
    assert said.lines == (LineStatus(1, shipped=12),)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (despatch(None, [left(1, "1")]), "refers to no order"),
        (despatch(ORDER, []), "has no lines"),
        (despatch(ORDER, [left(1, "1.5")]), "no whole number"),
        (despatch(ORDER, [left(1, "")]), "is no quantity"),
        (despatch(ORDER, [left(1, "1", refers="elsewhere")]), "no reference of ours"),
        (despatch(ORDER, [left(1, "1").replace(">EA<", "><")]).replace(b'"EA"', b'"XCS"'), "XCS"),
        (despatch(ORDER, [left(1, "1")]).replace(b"DA-9", b""), "no ID"),
        (despatch(ORDER, [left(1, "1").replace("LineID>1", "LineID>x")]), "no line of ours"),
    ],
)
def test_an_advice_that_cannot_be_meant_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        read(data, "main")
