"""What people read about a rule: one sentence for each answer, in the reader's language.

A sentence is found by (rule, decision) and its places are filled from the conflict: `yours`,
`now` and its arguments, shown as figures.py says. The tables are english/ and chinese/; a
sentence missing in a language falls back to English.

A name written from right to left stands between two marks that keep it together (FSI and PDI of
Unicode's bidirectional algorithm): without them it would turn the words and figures around it.
"""

from collections.abc import Mapping

from sync.decisions.shapes import Conflict, Plain
from sync.sentences.figures import STYLES, Style, shown
from sync.sentences.languages import (
    BUTTONS,
    ENGLISH,
    LANGUAGES,
    OF_ANSWERS,
    OUTCOMES,
    known,
)

__all__ = ["ENGLISH", "LANGUAGES", "button", "kept", "of_answer", "received", "sentence", "words"]


def sentence(conflict: Conflict, language: str = "en") -> str:
    """What a person reads about a conflict; English where the language has no such sentence."""
    figures = {**conflict.arguments, "yours": conflict.yours, "now": conflict.now}
    return words(conflict.message, conflict.decision, figures, language)


def words(message: str, decision: str, figures: Mapping[str, Plain], language: str = "en") -> str:
    """The same from the figures alone, as they lie in the wire or in a stored conflict."""
    for name in (known(language), "en"):
        template = LANGUAGES[name].get(message, {}).get(decision)
        if template is not None:
            return _filled(template, figures, STYLES[name])
    return f"{message}: {decision}"


def received(outcome: str, language: str = "en") -> str:
    """What is said of a change of which there is nothing more to say than its outcome."""
    return OUTCOMES[known(language)][outcome]


def button(answer: str, language: str = "en") -> str:
    """What an answer of the inbox is called where one gives it."""
    return BUTTONS[known(language)].get(answer) or BUTTONS["en"][answer]


def of_answer(key: str, figures: Mapping[str, Plain], language: str = "en") -> str:
    """What became of an answer: a key of LATE or TAKEN in sentences/<language>/answer.py."""
    name = known(language)
    return _filled(OF_ANSWERS[name][key], figures, STYLES[name])


def kept(rule: str, figures: Mapping[str, Plain], language: str = "en") -> str:
    """Why a whole change is kept for a person. Raises KeyError for a reason nobody has."""
    name = known(language)
    answers = LANGUAGES[name][rule]
    template = answers.get("hold_for_office") or answers["refuse_change"]
    return _filled(template, figures, STYLES[name])


def _filled(template: str, figures: Mapping[str, Plain], style: Style) -> str:
    currency = str(figures.get("currency") or "")
    places = {name: shown(name, value, currency, style) for name, value in figures.items()}
    return template.format_map(_Places(style.unknown, places))


class _Places(dict[str, str]):
    """A place nobody filled reads "unknown" rather than breaking the page it stands on."""

    def __init__(self, unknown: str, places: Mapping[str, str]) -> None:
        super().__init__(places)
        self.unknown = unknown

    def __missing__(self, key: str) -> str:
        return self.unknown
