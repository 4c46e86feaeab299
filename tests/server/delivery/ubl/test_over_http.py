"""UBL over HTTP passes the suite of every adapter, and believes no answer that is not UBL."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.delivery.connection import Reply
from server.delivery.contract import Acknowledged, HandedOver, Refused, Retry, Target, Unknown
from server.delivery.document import LineOutcome
from server.delivery.ubl.over_http import UblAdapter
from tests.server.delivery.contract import Contract, FarEnd
from tests.server.delivery.ubl.conftest import despatch, left, line, response, ubl_order
from tests.server.delivery.ubl.far import UblServer, ubl_server
from tests.server.demo.standin.conftest import SECRET

__all__ = ["ubl_server"]
ORDER, OTHER = ubl_order(1), ubl_order(2)
XML = {"content-type": "application/xml; charset=utf-8"}


class TestContract(Contract):
    @pytest.fixture
    def far(self, ubl_server: UblServer) -> FarEnd:
        return ubl_server


def adapter() -> UblAdapter:
    return UblAdapter(Target("main", "ubl", "https://delivery.example", SECRET))


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, response(ORDER, "AP"), Acknowledged),
        (201, response(ORDER, "CA", lines=[line(1, "7")]), Acknowledged),
        (200, response(ORDER, "AB"), Acknowledged),
        (200, response(ORDER, "AB", number=""), HandedOver),
        (202, b"", HandedOver),
        (200, b"", Unknown),
        (202, b"<html/>", Unknown),
        (200, response(ORDER, "RE", note="no"), Refused),
        (200, response(OTHER, "AP"), Unknown),
        (200, response(ORDER, "XX"), Unknown),
        (200, response(ORDER, "CA", lines=[line(1, "3", "99")]), Unknown),
        (200, despatch(ORDER, [left(1, "1")]), Unknown),
        (200, b"<!DOCTYPE x>" + response(ORDER, "AP"), Unknown),
        (302, response(ORDER, "AP"), Unknown),
        (422, response(ORDER, "AP"), Refused),
        (500, response(ORDER, "AP"), Unknown),
    ],
)
def test_what_an_answer_to_a_sending_means(status: int, body: bytes, expected: type) -> None:
    assert isinstance(adapter()._understand(Reply(status, XML, body, whole=True), ORDER), expected)


def test_xml_under_another_name_or_cut_or_packed_proves_nothing() -> None:
    body = response(ORDER, "AP")
    for reply in (
        Reply(200, {"content-type": "text/html"}, body, whole=True),
        Reply(200, XML, body, whole=False),
        Reply(200, {**XML, "content-encoding": "gzip"}, body, whole=True),
    ):
        assert isinstance(adapter()._understand(reply, ORDER), Unknown)
        assert adapter().found(reply, ORDER) is None


def test_a_look_up_that_answers_about_another_order_is_no_finding() -> None:
    reply = Reply(200, XML, response(OTHER, "AP"), whole=True)
    assert isinstance(adapter().found(reply, ORDER), Retry)


def test_lines_of_an_answer_reach_the_order(ubl_server: UblServer) -> None:
    ubl_server.shall("short")
    answer = ubl_server.adapter().send(ORDER, 5)
    assert answer == Acknowledged("H-1", (LineOutcome(1, 5, 7, 0), LineOutcome(2, 6, 0, 0)))


def test_a_return_is_refused_in_words_and_not_sent(ubl_server: UblServer) -> None:
    answer = ubl_server.adapter().send(ubl_order(type="return"), 5)
    assert isinstance(answer, Refused)
    assert "coming back" in answer.reason
    assert ubl_server.holds() == []


def test_hostile_xml_in_an_answer_opens_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret")
    dtd = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'.encode()
    body = dtd + response(ORDER, "AP").replace(b"DS-000001", b"&e;")
    answer = adapter()._understand(Reply(200, XML, body, whole=True), ORDER)
    assert isinstance(answer, Unknown)
    assert "DTD" in answer.reason
    assert "a secret" not in answer.reason
