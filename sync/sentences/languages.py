"""The languages people read: every table of sentences, joined, by language.

A new subject is a file in english/ and one of the same name in chinese/, both named here. A new
language is a folder like them, and a `Style` in figures.py. tests/sync/test_sentences.py holds
them together: the same keys, the same places.
"""

from collections.abc import Mapping

from sync.sentences.chinese import answer as zh_answer
from sync.sentences.chinese import change as zh_change
from sync.sentences.chinese import collection as zh_collection
from sync.sentences.chinese import delivery as zh_delivery
from sync.sentences.chinese import edit as zh_edit
from sync.sentences.chinese import line as zh_line
from sync.sentences.chinese import order as zh_order
from sync.sentences.chinese import order_edit as zh_order_edit
from sync.sentences.chinese import watch as zh_watch
from sync.sentences.english import (
    answer,
    change,
    collection,
    delivery,
    edit,
    line,
    order,
    order_edit,
    watch,
)

Sentences = Mapping[str, Mapping[str, str]]
"""(rule, decision) -> a sentence with places."""

ENGLISH: Sentences = {
    **order.SENTENCES,
    **line.SENTENCES,
    **delivery.SENTENCES,
    **collection.SENTENCES,
    **change.SENTENCES,
    **edit.SENTENCES,
    **order_edit.SENTENCES,
    **watch.SENTENCES,
    **order_edit.ANSWERS,
}
CHINESE: Sentences = {
    **zh_order.SENTENCES,
    **zh_line.SENTENCES,
    **zh_delivery.SENTENCES,
    **zh_collection.SENTENCES,
    **zh_change.SENTENCES,
    **zh_edit.SENTENCES,
    **zh_order_edit.SENTENCES,
    **zh_watch.SENTENCES,
    **zh_order_edit.ANSWERS,
}

LANGUAGES: Mapping[str, Sentences] = {"en": ENGLISH, "zh": CHINESE}
OUTCOMES: Mapping[str, Mapping[str, str]] = {"en": change.OUTCOMES, "zh": zh_change.OUTCOMES}
"""Language -> outcome of a change -> what is said where nothing more is."""
KEPT: Mapping[str, Mapping[str, str]] = {"en": change.KEPT, "zh": zh_change.KEPT}
"""Language -> why a whole change is kept for a person -> the sentence."""


BUTTONS: Mapping[str, Mapping[str, str]] = {"en": answer.ANSWERS, "zh": zh_answer.ANSWERS}
"""Language -> answer to an item of the inbox -> what it is called."""
OF_ANSWERS: Mapping[str, Mapping[str, str]] = {
    "en": {**answer.LATE, **answer.TAKEN, **answer.IN_TIME},
    "zh": {**zh_answer.LATE, **zh_answer.TAKEN, **zh_answer.IN_TIME},
}
"""Language -> what became of an answer -> the sentence."""


def known(language: str) -> str:
    """The language of ours that `language` asks for: "zh-Hans-CN" is "zh"; else English."""
    main = language.replace("_", "-").partition("-")[0].lower()
    return main if main in LANGUAGES else "en"
