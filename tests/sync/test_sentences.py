"""Every answer of every rule has its sentence, and no sentence has a place nobody fills."""

import json
import re
from typing import Any

import pytest

from sync.ask import decide
from sync.decisions.shapes import Conflict
from sync.rules import BY_NAME
from sync.sentences.words import ENGLISH, LANGUAGES, sentence, words
from tests.sync.cases import case_files, world

CASES = [
    case
    for path in case_files("rules")
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
]
MAY_HOLD = {"move_to_next_delivery", "apply_typed"}
"""Answers that become a hold where they cannot be given."""
ANSWERED = ("delivery_short", "delivery_refused", "delivery_unknown")
"""What the delivery system answered: sentences of the same table, no rules of ours."""


def conflict(**more: Any) -> Conflict:
    """A conflict with these arguments."""
    return Conflict(
        *("stock_short", 1, 12, 3, "confirm_available_backorder_rest", "rep", "stock_short"), more
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_one_sentence_and_no_sentence_is_left_over(language: str) -> None:
    table = LANGUAGES[language]
    assert {name for name in table if not name.startswith(ANSWERED)} == set(BY_NAME)
    for name, row in BY_NAME.items():
        answers = set(row.answers)
        if MAY_HOLD & answers:
            answers.add("hold_for_office")
        assert set(table[name]) == answers, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_of_every_sentence_is_filled(language: str) -> None:
    """Over all examples of the rules: what a sentence asks for, its rule tells."""
    for case in CASES:
        order, facts = world(
            case.get("order"), case.get("facts"), case.get("policy"), case.get("released")
        )
        for one in decide(order, facts).conflicts:
            places = re.findall(r"\{(\w+)\}", LANGUAGES[language][one.message][one.decision])
            assert set(places) <= {"yours", "now", *one.arguments}, (case["id"], one.decision)
            assert "{" not in sentence(one, language)


def test_languages_fill_the_same_places() -> None:
    for table in LANGUAGES.values():
        for name, sentences in table.items():
            for decision, text in sentences.items():
                places = set(re.findall(r"\{(\w+)\}", ENGLISH[name][decision]))
                assert set(re.findall(r"\{(\w+)\}", text)) == places


def test_figures_read_as_people_write_them() -> None:
    figures = {
        **{"store": "Corner Shop", "number": "D17-000123", "currency": "USD"},
        **{"exposure_minor": 1234567, "order_minor": -5, "over_minor": 1, "limit_minor": 100},
    }
    assert words("credit_exceeded", "let_pass", figures) == (
        "Corner Shop owes 12,345.67 USD; with order D17-000123 of -0.05 USD that is 0.01 USD over "
        "its limit of 1.00 USD. The order goes on all the same."
    )
    assert "1,234,567 JPY" in words("credit_exceeded", "let_pass", {**figures, "currency": "JPY"})
    assert "1,234.567 KWD" in words("credit_exceeded", "let_pass", {**figures, "currency": "KWD"})


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    one = conflict(product="Cola", captured="2026-11-21T03:42:00-06:00", stock_as_of=None)
    assert sentence(one) == (
        "You ordered 12 of Cola at 21 Nov 03:42, with stock as of an unknown time; only 3 left. "
        "unknown confirmed, unknown on backorder."
    )


def test_a_language_without_the_sentence_falls_back_to_english() -> None:
    one = conflict(product="Cola", confirmed=3, backordered=9)
    assert sentence(one, "tlh") == sentence(one, "en")


def test_a_conflict_of_a_rule_without_words_still_shows_something() -> None:
    assert words("moon_full", "howl", {}) == "moon_full: howl"


def test_braces_in_a_name_do_no_harm() -> None:
    one = conflict(product="{yours.__class__} 100%", captured=None, stock_as_of=None)
    assert "{yours.__class__} 100%" in sentence(one)


def test_a_name_written_from_right_to_left_turns_nothing_around_it() -> None:
    one = conflict(product="\u0643\u0648\u0644\u0627 1 l", captured=None, stock_as_of=None)
    assert "12 of \u2068\u0643\u0648\u0644\u0627 1 l\u2069 at" in sentence(one)
    for name in ("Caf\u00e9 \u65e5\u672c 24/7", "Cola 1 l"):
        assert not {"\u2068", "\u2069"} & set(sentence(conflict(product=name)))


def test_no_sentence_shows_a_code_or_a_time_of_machines() -> None:
    for case in CASES:
        order, facts = world(
            case.get("order"), case.get("facts"), case.get("policy"), case.get("released")
        )
        for one in decide(order, facts).conflicts:
            said = sentence(one)
            assert not re.search(r"[a-z]_[a-z]|\d\dT\d\d|\dZ\b|None|unknown$", said), said
