"""What every form shares: texts, totals, and telling cut off from wrong."""

from __future__ import annotations

import pytest

from server.delivery.forms.shape import Damaged, Totals, Unfinished, add_up, text_of, totals_of
from tests.server.delivery.conftest import outgoing


def test_totals_are_those_of_the_document() -> None:
    assert totals_of(outgoing()) == Totals(1, 2, 18, 2322)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert text_of(b"\xef\xbb\xbfid") == "id"


@pytest.mark.parametrize("content", [b"", b" \r\n", b"\n\n"])
def test_an_empty_file_may_still_be_being_written(content: bytes) -> None:
    with pytest.raises(Unfinished):
        text_of(content)


@pytest.mark.parametrize("told", [{"rows": 2}, {"rows": "1"}, {"rows": 1.0}, {"lines": 1}])
def test_totals_that_do_not_add_up_are_named(told: dict[str, object]) -> None:
    add_up("a file", {"rows": 1}, {"rows": 1})
    with pytest.raises(Damaged):
        add_up("a file", {"rows": 1}, told)
