"""Rejects are counted by row, kept on disk, and worded for the person who sent the file."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.feed_rows import FEED_ROWS, OrderLineRow
from server.feeds.binding import Trouble
from server.feeds.validate import Rejects, checker


def test_a_row_with_two_troubles_is_one_row_and_two_lines_of_rejects(tmp_path: Path) -> None:
    with Rejects() as rejects:
        rejects.add(7, [Trouble("a", "x", "Mend a."), Trouble("b", 'y"\n,', "Mend b.")])
        rejects.add(9, [Trouble("a", "", "Fill it in.")])
        rejects.save(tmp_path / "r.csv")
    assert rejects.rows == 2
    with (tmp_path / "r.csv").open(newline="", encoding="utf-8") as text:
        assert list(csv.reader(text)) == [
            ["line", "field", "value", "remedy"],
            ["7", "a", "x", "Mend a."],
            ["7", "b", 'y"\n,', "Mend b."],
            ["9", "a", "", "Fill it in."],
        ]


def test_a_million_wrong_rows_are_not_kept_in_memory(tmp_path: Path) -> None:
    with Rejects(kept=3) as rejects:
        for line in range(50_000):
            rejects.add(line, [Trouble("a", "x" * 1_000, "Mend it.")])
        rejects.save(tmp_path / "r.csv")
    assert (rejects.rows, len(rejects.first)) == (50_000, 3)
    assert len(rejects.first[0][2]) == 200
    with (tmp_path / "r.csv").open() as text:
        assert sum(1 for _ in text) == 50_001


def test_what_breaks_the_schema_is_a_sentence_about_its_field() -> None:
    check = checker(OrderLineRow)
    row = {"order": "A1", "n": 0, "product": "p\u202e1", "quantity": 1, "amount_minor": 5}
    assert check(row) == [
        ("n", "This must be between 1 and 32767."),
        ("product", "This must be a code of printable characters."),
    ]
    assert check(row | {"n": 1, "product": "p1"}) == []


@pytest.mark.parametrize("feed", sorted(FEED_ROWS))
def test_every_feed_has_a_fast_check_of_its_rows(feed: str) -> None:
    assert checker(FEED_ROWS[feed])({}) != []


VALUES = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.booleans(), st.floats())


@given(st.dictionaries(st.sampled_from(["order", "n", "product", "quantity", "extra"]), VALUES))
def test_the_fast_check_never_takes_what_the_contract_refuses(row: dict[str, object]) -> None:
    row = {"order": "A", "n": 1, "product": "p", "quantity": 1, "amount_minor": 1} | row
    try:
        OrderLineRow().load(row)
        refused = False
    except ValidationError:
        refused = True
    assert bool(checker(OrderLineRow)(row)) == refused
