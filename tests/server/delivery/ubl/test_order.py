"""What is written can be read back, holds to the standard's schemas, and takes any text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from server.delivery.ubl.names import CAC, CBC, CHANGE
from server.delivery.ubl.order import NotInUbl, written
from server.delivery.ubl.writing import fit
from sync.terms.price import minor_digits
from tests.server.delivery.ubl.conftest import revised, ubl_order
from tests.server.delivery.ubl.reader import read_order
from tests.server.delivery.ubl.schemas import faults

NS = {"cac": CAC, "cbc": CBC}
HOSTILE = st.sampled_from(
    [
        "]]>", "<!-- x -->", "<b>&amp;</b>", "&lt;", '"\'', "\x00\x08", "\ud800", "￾", "‮abc",
        "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<?pi?>", "\r\n", "é́", "𠀀店", "a&b<c>d", " ",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    HOSTILE, st.text(min_size=1, max_size=30), st.builds("{}x{}".format, HOSTILE, HOSTILE)
)
CODES = st.text("ABCXYZ0123456789-_/.& <é店", min_size=1, max_size=20)
OPTIONAL = st.none() | TEXTS
PRICES = st.decimals("0", "99999", places=6, allow_nan=False).map(lambda one: f"{one:f}")


@st.composite
def lines(draw: st.DrawFn, n: int) -> dict[str, Any]:
    quantity = draw(st.integers(1, 10**6))
    return {
        "n": n, "product": draw(CODES), "name": draw(TEXTS),
        "gtin": draw(st.sampled_from([None, "4006381333931", "96385074"])),
        "uom": draw(st.sampled_from(["each", "case", "pallet", "Kiste 24"])),
        "typed": draw(st.sampled_from(["1", "0.5", "12"])), "quantity": quantity,
        "promised": draw(st.integers(0, quantity)), "unit_price": draw(PRICES),
        "discount_minor": draw(st.integers(0, 10**6)), "net_minor": draw(st.integers(0, 10**9)),
    }  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    made = [draw(lines(n)) for n in range(1, draw(st.integers(1, 4)) + 1)]
    off_minor = draw(st.integers(-(10**6), 10**6))
    return {
        "number": draw(CODES), "type": draw(st.sampled_from(["sale", "free", "van"])),
        "company": draw(CODES), "rep": draw(CODES), "warehouse": draw(CODES),
        "currency": draw(st.sampled_from(["USD", "JPY", "KWD", "CNY"])), "lines": made,
        "net_minor": sum(one["net_minor"] for one in made) - off_minor,
        "po_no": draw(OPTIONAL), "note": draw(OPTIONAL),
        "deliver_on": draw(st.none() | st.dates().map(lambda day: day.isoformat())),
        "store": {
            "code": draw(CODES), "name": draw(TEXTS),
            **{name: draw(OPTIONAL) for name in ("address", "city", "region", "postcode")},
            "gln": draw(st.sampled_from([None, "4006381000017"])),
        },
    }  # fmt: skip


def as_xml_carries(said: Any) -> Any:
    """The document with what XML cannot carry at all replaced, as `fit` says."""
    if isinstance(said, dict):
        return {name: as_xml_carries(value) for name, value in said.items()}
    if isinstance(said, list):
        return [as_xml_carries(value) for value in said]
    return fit(said) if isinstance(said, str) else said


@given(documents())
def test_an_order_read_back_is_the_order_that_was_written(said: dict[str, Any]) -> None:
    order = ubl_order(**said)
    read = read_order(written(order), minor_digits(order.document["currency"]))
    assert read == as_xml_carries(order.document)


@given(documents())
def test_every_order_holds_to_the_schema_of_the_standard(said: dict[str, Any]) -> None:
    assert faults(written(ubl_order(**said))) == []


@given(st.text())
def test_a_text_that_xml_can_carry_is_not_touched(text: str) -> None:
    kept = fit(text)
    assert len(kept) == len(text)
    assert all(one == other or other == "\ufffd" for one, other in zip(text, kept, strict=True))
    assert fit(kept) == kept
    etree.Element("a").text = kept  # lxml itself takes it


def test_the_schemas_would_notice_an_order_that_does_not_hold() -> None:
    spoiled = written(ubl_order()).replace(b"cbc:IssueDate>2026", b"cbc:IssueDate>in 2026")
    assert faults(spoiled) != []
    moved = written(ubl_order()).replace(b"cbc:CustomerReference", b"cbc:CustomerFerences")
    assert faults(moved) != []


def test_the_same_order_gives_the_same_bytes() -> None:
    assert written(ubl_order()) == written(ubl_order())


def test_an_order_names_itself_its_parties_and_how_it_was_typed() -> None:
    root = etree.fromstring(written(ubl_order()))
    wanted = {
        "cbc:ID": "0198f000-0000-7000-8000-000000000001/1",
        "cbc:UUID": "0198f000-0000-7000-9000-000000000001",
        "cbc:CustomizationID": "urn:fdc:peppol.eu:poacc:trns:order:3",
        "cbc:ProfileID": "urn:fdc:peppol.eu:poacc:bis:advanced_ordering:3",
        "cac:BuyerCustomerParty/cac:Party/cbc:EndpointID[@schemeID='0088']": "4006381000017",
        "cac:Delivery/cac:DeliveryLocation/cbc:ID[@schemeID='0088']": "4006381000017",
        "cac:Delivery/cac:RequestedDeliveryPeriod/cbc:EndDate": "2026-11-23",
        "cac:OrderLine[1]/cac:LineItem/cbc:Quantity[@unitCode='EA']": "12",
        "cac:OrderLine[1]/cac:LineItem/cbc:MaximumBackorderQuantity": "5",
        "cac:OrderLine[1]/cac:LineItem/cac:AllowanceCharge/cbc:Amount[@currencyID='USD']": "0.50",
        "cac:OrderLine[1]/cac:LineItem/cac:Item/cac:AdditionalItemProperty/"
        "cbc:ValueQuantity[@unitCode='XCS']": "1",
        "cac:AnticipatedMonetaryTotal/cbc:PayableAmount": "22.72",
    }
    for path, value in wanted.items():
        assert root.findtext(path, namespaces=NS) == value, path


def test_a_discount_on_the_whole_order_is_an_allowance_of_the_order() -> None:
    root = etree.fromstring(written(ubl_order(net_minor=2000)))
    assert root.findtext("cac:AllowanceCharge/cbc:Amount", namespaces=NS) == "2.72"
    assert root.findtext("cac:AllowanceCharge/cbc:ChargeIndicator", namespaces=NS) == "false"


def test_a_gtin_with_a_wrong_check_digit_is_left_out() -> None:
    order = ubl_order()
    order.document["lines"][0]["gtin"] = "4006381333930"
    assert b"StandardItemIdentification" not in written(order)


@pytest.mark.parametrize("act", ["change", "cancel"])
def test_a_revision_of_what_is_there_names_what_it_replaces(act: str) -> None:
    order = revised(ubl_order(), 3, act=act, replaces=1, external_no="DS-000001", reason="closed")
    data = written(order)
    root = etree.fromstring(data)
    assert faults(data) == []
    assert root.findtext("cac:OrderReference/cbc:ID", namespaces=NS) == f"{order.order}/1"
    assert root.findtext("cac:OrderReference/cbc:SalesOrderID", namespaces=NS) == "DS-000001"
    assert root.findtext("cbc:ID", namespaces=NS) == f"{order.order}/3"
    assert (etree.QName(root).namespace == CHANGE) == (act == "change")


def test_a_return_has_no_document_in_ubl_and_that_is_said() -> None:
    with pytest.raises(NotInUbl, match="coming back"):
        written(ubl_order(type="return"))
