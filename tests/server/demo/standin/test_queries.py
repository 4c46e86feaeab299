"""The stand-in's books: what is written is there, what failed is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.demo.standin.queries import Books, Order

AT = "2026-11-21T08:00:00Z"
ORDER = Order("delivery-1", "order-1", 1, "D17-000001", "S-1", "{}")


def test_a_transaction_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    books = Books(tmp_path / "standin.sqlite")

    def half_an_order() -> None:
        with books.writing() as writing:
            writing.note_arrival("delivery-1", AT)
            writing.create_document(ORDER, {"external_no": writing.next_external_no()}, AT)
            raise ConnectionError("the power went")

    with pytest.raises(ConnectionError):
        half_an_order()
    assert books.counts()["documents"] == 0
    assert books.attempts() == []


def test_attempts_of_one_delivery_are_numbered_from_one(tmp_path: Path) -> None:
    books = Books(tmp_path / "standin.sqlite")
    with books.writing() as writing:
        assert [writing.note_arrival("a", AT)[1], writing.note_arrival("a", AT)[1]] == [1, 2]
        assert writing.note_arrival("b", AT)[1] == 1
    assert [one["outcome"] for one in books.attempts("a")] == ["arrived", "arrived"]


def test_a_document_is_found_by_webhook_id_and_by_reference(tmp_path: Path) -> None:
    books = Books(tmp_path / "standin.sqlite")
    answer = {"external_no": "DS-000001", "lines": []}
    with books.writing() as writing:
        writing.create_document(ORDER, answer, AT)
        assert writing.answer_to("delivery-1") == answer
        assert writing.answer_to("delivery-2") is None
    assert books.answer_of("order-1", 1) == answer
    assert books.answer_of("order-1", 2) is None
    assert [one["external_no"] for one in books.documents()] == ["DS-000001"]


def test_counts_tell_two_documents_of_one_order_apart(tmp_path: Path) -> None:
    books = Books(tmp_path / "standin.sqlite")
    with books.writing() as writing:
        for number in ("DS-1", "DS-2"):
            writing.create_document(ORDER, {"external_no": number}, AT)
    counts = books.counts()
    assert (counts["documents"], counts["orders"], counts["webhook_ids"]) == (2, 1, 1)


def test_stock_can_be_set_over_and_forgotten(tmp_path: Path) -> None:
    books = Books(tmp_path / "standin.sqlite")
    with books.writing() as writing:
        writing.set_stock({"a": 1, "b": 2})
        writing.set_stock({"a": 5})
        assert writing.stock() == {"a": 5, "b": 2}
        writing.set_stock({"c": 1}, forget_others=True)
        assert writing.stock() == {"c": 1}
