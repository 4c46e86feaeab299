"""The rows of the rules are those the contract publishes: what a policy may choose is a promise."""

import inspect
import json

from sync.rules.all import BY_NAME, PARAMS, RULES
from sync.rules.rule import Rule
from tests.manual import TABLE, table


def test_the_table_is_the_one_that_was_published() -> None:
    """A row that was changed on purpose is published anew: python -m tests.manual."""
    told = json.loads(TABLE.read_text(encoding="utf-8"))["rows"]
    for mine, published in zip(table(), told, strict=True):
        assert mine == published


def test_the_default_of_what_may_be_set_lies_within_its_bounds() -> None:
    for name, row in BY_NAME.items():
        for key, (default, least, most) in row.params.items():
            assert least <= default <= most, (name, key)
            assert PARAMS[name][key] == default


def test_a_row_under_several_questions_is_one_row() -> None:
    rows = [row for kind in RULES.values() for one in kind.values() for row in one]
    assert all(BY_NAME[row.name] is row for row in rows)


def test_only_what_can_be_released_says_how() -> None:
    assert all(row.releasable for row in BY_NAME.values() if row.release is not None)


def test_a_row_names_everything_but_its_question_and_answers() -> None:
    kinds = {one.name: one.kind for one in inspect.signature(Rule).parameters.values()}
    by_place = {name for name, kind in kinds.items() if kind is not inspect.Parameter.KEYWORD_ONLY}
    assert by_place == {"name", "when", "then", "instead"}
