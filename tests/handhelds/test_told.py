"""A rep reads verdicts in the language chosen in the app, whatever the server's account says.

Every sentence there is, told in each language by the server's own code, is said anew by the
browser's handheld exactly as the server itself would say it to a reader of the other.
"""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from server.office.spoken import spoken as said_by_server
from sync.effects import told_of
from sync.sentences.languages import BUTTONS, OF_ANSWERS, OUTCOMES
from sync.sentences.words import button, of_answer, sentence
from tests import spoken
from tests.handhelds import told
from tests.handhelds.test_pwa import run

LANGUAGES = ("en", "zh")


def said(asked: dict[str, Any]) -> Any:
    whole = {
        language: {"conflicts": [], "verdicts": [], "buttons": []} | some
        for language, some in asked.items()
    }
    return json.loads(run("tests/handhelds/pwa/told_told.js", told=json.dumps(whole)))


def row_of(one: spoken.Spoken, language: str) -> dict[str, Any]:
    """A conflict as a verdict carries it: every figure a text."""
    made = told_of(one.conflict, "01919191-0000-7000-8000-000000000000", None, language)
    names = ("message", "decision", "arguments", "yours", "now", "says")
    return {name: getattr(made, name) for name in names}


def everything() -> list[spoken.Spoken]:
    found = spoken.of_rules()
    found += spoken.of_rules(spoken.RIGHT_TO_LEFT)
    return found + [spoken.of_answer(key, told) for key, told in spoken.ANSWERED.items()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_handheld_has_the_servers_own_sentences(language: str) -> None:
    there = (told.WORDS / f"{language}_told.js").read_text(encoding="utf-8")
    assert there == told.written(language), "run: python -m tests.handhelds.told"


def test_every_sentence_told_in_one_language_is_said_in_the_other_as_the_server_would() -> None:
    rows = [row_of(one, of) for one in everything() for of in LANGUAGES]
    answer = said({language: {"conflicts": rows} for language in LANGUAGES})
    for language in LANGUAGES:
        expected = [said_by_server(SimpleNamespace(**row), language) for row in rows]
        assert answer[language]["conflicts"] == expected
    same = [one.conflict for one in everything()]
    chinese = answer["zh"]["conflicts"][::2]
    anew = sum(one == sentence(told, "zh") for one, told in zip(chinese, same, strict=True))
    assert anew > 0.98 * len(same)  # the rest is a figure whose look a text does not tell


def test_what_time_added_to_an_item_is_said_with_it() -> None:
    row = row_of(everything()[0], "en")
    row["says"] += " " + of_answer("escalated_supervisor", {})
    [anew] = said({"zh": {"conflicts": [row]}})["zh"]["conflicts"]
    assert anew == said_by_server(SimpleNamespace(**row), "zh")
    assert anew.endswith(of_answer("escalated_supervisor", {}, "zh"))


def test_outcomes_buttons_and_what_became_of_an_answer_are_said_in_the_language_chosen() -> None:
    outcomes = [{"outcome": one, "says": says} for one, says in OUTCOMES["en"].items()]
    figures = {"by": "Sue", "how": "", "state": "", "answer": ""}
    taken = {key: figures | {"how": button("withdraw"), "answer": button("withdraw")}
             for key in OF_ANSWERS["en"]}  # fmt: skip
    answers = [
        {"outcome": "rejected", "says": of_answer(key, told | {"state": "picking"})}
        for key, told in taken.items()
    ]
    buttons = [{"name": name, "says": says} for name, says in BUTTONS["en"].items()]
    answer = said({"zh": {"verdicts": outcomes + answers, "buttons": buttons}})["zh"]
    own = button("withdraw", "zh")
    assert answer["verdicts"] == list(OUTCOMES["zh"].values()) + [
        of_answer(key, {"by": "Sue", "how": own, "answer": own, "state": "picking"}, "zh")
        for key in OF_ANSWERS["en"]
    ]
    assert answer["buttons"] == [BUTTONS["zh"][name] for name in BUTTONS["en"]]


def test_what_nobody_here_has_words_for_stays_as_the_server_said_it() -> None:
    row = row_of(everything()[0], "en")
    odd = [
        row | {"message": "of_a_newer_server"},
        row | {"says": row["says"] + " And more."},
        row | {"arguments": {}, "yours": None, "now": None},
    ]
    asked = {"conflicts": odd, "verdicts": [{"outcome": "applied", "says": "Well done."}],
             "buttons": [{"name": "dance", "says": "Dance"}]}  # fmt: skip
    answer = said({"zh": asked})["zh"]
    assert answer["conflicts"] == [one["says"] for one in odd]
    assert (answer["verdicts"], answer["buttons"]) == (["Well done."], ["Dance"])
