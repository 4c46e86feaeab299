"""UBL in a folder passes the suite of every adapter; what its files may and may not say."""

from __future__ import annotations

import pytest

from server.delivery.contract import Acknowledged, HandedOver, News, Refused
from server.delivery.forms.shape import Damaged, Incoming, Unfinished
from server.delivery.ubl.form import AsUbl
from tests.server.delivery.contract import DEADLINE_S, Contract, FarEnd, heard
from tests.server.delivery.ubl.conftest import despatch, left, line, response, ubl_order
from tests.server.delivery.ubl.far import UblFolder, ubl_folder

__all__ = ["ubl_folder"]
ORDER = ubl_order()


class TestContract(Contract):
    @pytest.fixture
    def far(self, ubl_folder: UblFolder) -> FarEnd:
        return ubl_folder


def read(content: bytes) -> Incoming:
    return AsUbl().read("1.xml", content, "main")


def test_a_file_that_is_cut_off_may_still_be_being_written() -> None:
    whole = response(ORDER, "CA", lines=[line(1, "3", "5", "7")])
    assert read(whole).said
    for length in range(len(whole)):
        with pytest.raises(Unfinished):
            read(whole[:length])


def test_a_file_that_is_whole_and_wrong_is_damaged() -> None:
    whole = response(ORDER, "AP")
    for wrong in (
        whole.replace(b"</OrderResponse>", b"</Order>"), whole + b"x", whole.replace(b"AP", b"XX"),
        b"<!DOCTYPE x>" + whole, b"order;revision\r\n", b'{"colour": "red"}',
    ):  # fmt: skip
        with pytest.raises(Damaged):
            read(wrong)


def test_received_without_a_number_says_nothing_yet() -> None:
    assert read(response(ORDER, "AB", number="")) == Incoming()
    assert read(response(ORDER, "AB")).said[0].answer["external_no"] == "DS-000001"


def test_a_despatch_advice_in_the_folder_is_a_status(ubl_folder: UblFolder) -> None:
    adapter = ubl_folder.adapter()
    assert isinstance(adapter.send(ORDER, DEADLINE_S), HandedOver)
    ubl_folder.put("despatch", despatch(ORDER, [left(1, "10", "damaged")]))
    (update,) = heard(adapter)[0]
    assert (update.order, update.status, update.lines[0].shipped) == (
        ORDER.order, "dispatched", 10,
    )  # fmt: skip


def test_received_first_and_accepted_later_under_the_same_number(ubl_folder: UblFolder) -> None:
    adapter = ubl_folder.adapter()
    adapter.send(ORDER, DEADLINE_S)
    for code in ("AB", "AP"):
        ubl_folder.put("ack", response(ORDER, code))
        news = adapter.read_status("", DEADLINE_S)
        assert isinstance(news, News)
        assert (news.answered, news.set_aside) == ((ORDER.reference,), ())
        adapter.confirm(news)
        assert isinstance(adapter.look_up(ORDER, DEADLINE_S), Acknowledged)


def test_hostile_xml_is_set_aside_with_its_reason(ubl_folder: UblFolder) -> None:
    adapter = ubl_folder.adapter()
    adapter.send(ORDER, DEADLINE_S)
    ubl_folder.put("ack", b'<!DOCTYPE x [<!ENTITY e "1">]>' + response(ORDER, "AP"))
    news = adapter.read_status("", DEADLINE_S)
    assert isinstance(news, News)
    assert "document type declaration" in news.set_aside[0].why
    adapter.confirm(news)
    assert "document type declaration" in ubl_folder.why()[0]
    assert isinstance(adapter.look_up(ORDER, DEADLINE_S), HandedOver)


def test_a_return_is_refused_in_words_and_not_put(ubl_folder: UblFolder) -> None:
    answer = ubl_folder.adapter().send(ubl_order(type="return"), DEADLINE_S)
    assert isinstance(answer, Refused)
    assert "coming back" in answer.reason
    assert list((ubl_folder.root / "out").iterdir()) == []
