"""The manual of the rules tells the truth: made from this very code, whole in every language."""

import ast
import importlib
import json
import re
from collections.abc import Iterator
from typing import get_args

import pytest

from sync.facts import OrderType
from sync.manual import pages
from sync.manual.chinese import words as zh_words
from sync.manual.english import rules as en_rules
from sync.manual.pages import CODE, PARAGRAPHS, manual, markdown
from sync.rules.all import BY_NAME
from sync.sentences.languages import LANGUAGES
from tests.manual import EXAMPLES, PAGES, ROOT, example_figures, example_files, marked, proofs
from tests.manual import pages as made_pages

AGAIN = "make it anew: python -m tests.manual"
NUMBERS = set(range(1, 24))


def test_the_pages_are_those_the_code_makes() -> None:
    assert EXAMPLES.read_text(encoding="utf-8") == example_figures(), AGAIN
    pages._examples.cache_clear()
    for path, text in made_pages().items():
        assert path.read_text(encoding="utf-8") == text, AGAIN


def test_all_rules_are_there_in_every_language() -> None:
    assert PARAGRAPHS.keys() == LANGUAGES.keys() == PAGES.keys()
    for language in LANGUAGES:
        assert PARAGRAPHS[language].keys() == NUMBERS
        assert [one.number for one in manual(language)] == [*sorted(NUMBERS), 0]
        text = markdown(language, proofs(), example_files())
        assert len(re.findall(r"(?m)^## \d+\. ", text)) == 23


def test_each_rule_names_a_test_that_exists() -> None:
    found = proofs()
    assert found.keys() == NUMBERS
    for tests in found.values():
        assert tests
        for one in tests:
            path, _, name = one.partition("::")
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            assert name in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}


def test_each_row_belongs_to_rules_that_are_there_and_is_shown() -> None:
    shown = {row.name for one in manual() for row in one.rows}
    assert shown == set(BY_NAME)
    for name, row in BY_NAME.items():
        assert set(row.of) <= NUMBERS, name


def test_a_rule_without_a_row_names_the_code_that_carries_it() -> None:
    for one in manual():
        assert one.rows or one.code, one.title
    for places in CODE.values():
        for place in places:
            assert list(_found(place)), f"{place} is not there"


def _found(place: str) -> Iterator[object]:
    """What a dotted name stands for: a module, or a name in one."""
    module, _, name = place.rpartition(".")
    try:
        yield importlib.import_module(place)
    except ModuleNotFoundError:
        yield getattr(importlib.import_module(module), name)


def test_chinese_has_words_for_every_row_answer_and_setting_and_none_left_over() -> None:
    answers = {answer for row in BY_NAME.values() for answer in row.answers}
    settings = {name for row in BY_NAME.values() for name in row.params}
    assert zh_words.ROWS.keys() == BY_NAME.keys()
    assert zh_words.ANSWERS.keys() == answers
    assert zh_words.SETTINGS.keys() == settings
    asked = {row.asked_of for one in manual("en") for row in one.rows}
    assert asked <= zh_words.ASKED_OF.keys()
    assert zh_words.TYPES.keys() == set(get_args(OrderType))
    for one in manual("zh"):
        for text in (one.title, one.decides, one.why, *(row.words for row in one.rows)):
            assert re.search(r"[\u4e00-\u9fff]", text), text


def test_what_is_written_by_hand_speaks_of_rows_that_are_there() -> None:
    from sync.manual.english import words as en_words

    assert en_words.ROWS.keys() <= BY_NAME.keys()
    assert all(one.title and one.decides and one.why for one in en_rules.RULES.values())


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_answer_shows_its_sentence_with_figures(language: str) -> None:
    known = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    for one in manual(language):
        for row in one.rows:
            for answer in row.answers:
                assert answer.sentence, (row.name, answer.name)
                assert f"{row.name}/{answer.name}" in known
                assert not re.search(r"[{}]|: [a-z]+_[a-z_]+$", answer.sentence), answer.sentence


def test_a_mark_is_found_on_a_test_on_its_module_and_nowhere_else() -> None:
    source = """
import pytest
pytestmark = [pytest.mark.rule(3), pytest.mark.slow]
@pytest.mark.rule(9)
@pytest.mark.rule(10)
def test_one(): ...
class TestMore:
    def test_two(self): ...
@pytest.mark.rule(11)
def helping(): ...
"""
    assert sorted(marked(source)) == [
        (3, "test_one"), (3, "test_two"), (9, "test_one"), (10, "test_one"),
    ]  # fmt: skip
