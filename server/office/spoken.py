"""What was told about something, in the language of whoever reads it here.

An item keeps the sentence its rep reads. Its rule, decision and figures lie beside it, so the same
can be said to a person of the office in theirs; a sentence nobody has there stays as it was told.
"""

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, g, has_request_context

from sync.sentences.languages import LANGUAGES, OF_ANSWERS, known
from sync.sentences.words import of_answer, words

WHOLE = re.compile(r"\A-?(0|[1-9][0-9]{0,17})\Z")
JOINED = ("escalated_supervisor", "escalated_admin", "expired")
"""What time adds to an item's own sentence (desk/escalate.py)."""


def spoken(row: Any, language: str | None = None) -> str:
    """What a conflict says, to a reader of this language; without one, to who is asking."""
    told = str(row.says)
    language = known(_readers() if language is None else language)
    message, decision = getattr(row, "message", ""), getattr(row, "decision", "")
    if decision not in LANGUAGES[language].get(message, {}):
        return told
    for figures in _figures(row):
        for name in sorted(LANGUAGES, key=lambda one: one == language, reverse=True):
            first = words(message, decision, figures, name)
            if not told.startswith(first):
                continue
            rest = _joined(told.removeprefix(first), name, language)
            if rest is not None:
                return words(message, decision, figures, language) + rest
    return told


def _figures(row: Any) -> Iterator[dict[str, str | int | None]]:
    """The figures as they may have been when it was told: at rest all of them are texts, and a
    number that is a name (of a receipt, of a product) was one then too."""
    texts = {**(getattr(row, "arguments", None) or {})}
    texts |= {name: getattr(row, name, None) for name in ("yours", "now")}
    whole = {name for name, text in texts.items() if isinstance(text, str) and WHOLE.match(text)}
    money = {name for name in whole if name.endswith("_minor")}
    for numbers in (whole, money | (whole & {"yours", "now"}), money):
        yield {name: int(text) if name in numbers else text for name, text in texts.items()}


def _joined(rest: str, of: str, language: str) -> str | None:
    """What time added in one language, in another; None when it is something else."""
    said, left = "", rest
    while left:
        for key in JOINED:
            sentence = f" {of_answer(key, {}, of)}" if key in OF_ANSWERS[of] else ""
            if sentence and left.startswith(sentence):
                said, left = f"{said} {of_answer(key, {}, language)}", left.removeprefix(sentence)
                break
        else:
            return None
    return said


def _readers() -> str:
    """The language of who is asking."""
    person = g.get("person") if has_request_context() else None
    return "en" if person is None else str(person.language)


def install(blueprint: Blueprint) -> None:
    blueprint.add_app_template_filter(spoken, "spoken")
