"""The manual put together: paragraphs, the rows that carry them, and what people read.

`manual` is what the console shows; `markdown` is the same as a page, with the tests that prove
each rule where they are known (tests/manual.py finds them).
"""

import inspect
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from sync import life
from sync.decisions.shapes import Plain
from sync.manual.chinese import rules as zh_rules
from sync.manual.chinese import words as zh_words
from sync.manual.english import rules as en_rules
from sync.manual.english import words as en_words
from sync.manual.shapes import Paragraph, RowShown, RuleShown, Said, Setting
from sync.rules.all import BY_NAME, RULES
from sync.rules.rule import Rule
from sync.sentences.languages import LANGUAGES, known
from sync.sentences.words import words

PARAGRAPHS: Mapping[str, Mapping[int, Paragraph]] = {"en": en_rules.RULES, "zh": zh_rules.RULES}
BESIDE: Mapping[str, Paragraph] = {"en": en_rules.BESIDE, "zh": zh_rules.BESIDE}
WORDS: Mapping[str, Any] = {"en": en_words, "zh": zh_words}

CODE: Mapping[int, tuple[str, ...]] = {
    2: ("sync.push.push", "sync.asking.conclude.fold"),
    6: ("sync.desk.release.release",),
    11: ("sync.terms.allocation.propose",),
    12: ("sync.taking.order_edits",),
    13: ("sync.taking.order_edits",),
    15: ("sync.lookalikes",),
    18: ("handhelds.reference.ages.age", "handhelds.reference.ages.too_old"),
    19: ("sync.batch.correct_clock",),
    20: ("server.access.devices.device_of",),
    21: ("sync.push.push", "sync.taking.turns"),
    23: ("sync.repeats.sort_out",),
}
"""What carries a rule beside its rows, as module or module.name."""


@cache
def _examples() -> dict[str, dict[str, Plain]]:
    """rule/answer -> the figures of an example of the contract."""
    text = (files("sync.manual") / "examples.json").read_text("utf-8")
    found: dict[str, dict[str, Plain]] = json.loads(text)
    return found


def manual(language: str = "en") -> list[RuleShown]:
    """The rules in their order, then the checks beside them as number 0."""
    language = known(language)
    shown = [_rule(number, one, language) for number, one in sorted(PARAGRAPHS[language].items())]
    return [*shown, _rule(0, BESIDE[language], language)]


def _rule(number: int, paragraph: Paragraph, language: str) -> RuleShown:
    rows = tuple(
        _row(row, kind, language)
        for kind, questions in RULES.items()
        for one in questions.values()
        for row in one
        if number in (row.of or (0,)) and BY_NAME[row.name] is row
    )
    unique = {row.name: row for row in reversed(rows)}
    kept = tuple(row for row in rows if unique[row.name] is row)
    return RuleShown(
        number, paragraph.title, paragraph.decides, paragraph.why, kept, CODE.get(number, ())
    )


def _row(row: Rule[...], kind: str, language: str) -> RowShown:
    told = WORDS[language]
    return RowShown(
        row.name,
        told.ASKED_OF.get(_plain(kind), _plain(kind)),
        told.ROWS.get(row.name) or _asks(row),
        tuple(_said(row.name, answer, language) for answer in row.answers),
        tuple(
            Setting(name, told.SETTINGS.get(name, _plain(name)), *bounds)
            for name, bounds in row.params.items()
        ),
        ", ".join(told.TYPES[one] for one in row.types),
    )


def _asks(row: Rule[...]) -> str:
    """What a condition asks, from its name and the first sentence of its docstring."""
    asks = _plain(row.when.__name__).capitalize()
    told = inspect.getdoc(row.when) or ""
    first = " ".join(told.split("\n\n")[0].split()).partition(". ")[0].rstrip(".")
    return f"{asks}: {first}" if first else asks


def _said(rule: str, answer: str, language: str) -> Said:
    named = WORDS[language].ANSWERS.get(answer, _plain(answer))
    figures = _examples().get(f"{rule}/{answer}")
    there = answer in LANGUAGES[language].get(rule, {})
    return Said(answer, named, words(rule, answer, figures or {}, language) if there else None)


def _plain(name: str) -> str:
    return name.replace("_", " ")


# --- as a page --------------------------------------------------------------------------------


def markdown(
    language: str = "en",
    tests: Mapping[int, Sequence[str]] | None = None,
    examples: Mapping[str, str] | None = None,
) -> str:
    """The whole manual. tests: number -> tests that prove it; examples: row -> its file of
    examples. None leaves them out: they are not where only the product is installed."""
    page = WORDS[known(language)].PAGE
    parts = [f"# {page['title']}", page["intro"]]
    if tests is not None:
        parts.append(page["made"])
    for one in manual(language):
        head = f"{one.number}. {one.title}" if one.number else one.title
        parts += [f"## {head}", one.decides, f"**{page['why']}:** {one.why}"]
        parts += [_row_text(row, page, examples or {}) for row in one.rows]
        if not one.rows:
            parts.append(page["no_rows"])
        if one.code:
            named = ", ".join(f"`{place}`" for place in one.code)
            parts.append(f"**{page['code']}:** {named}")
        if tests is not None and one.number:
            proofs = "\n".join(f"- `{test}`" for test in tests.get(one.number, ()))
            parts.append(f"**{page['tests']}:**\n\n{proofs}")
    parts += [f"## {page['life']}", page["life_says"], life.table()]
    parts.append(f"```mermaid\n{life.diagram()}\n```")
    return "\n\n".join(parts) + "\n"


def _row_text(row: RowShown, page: Mapping[str, str], examples: Mapping[str, str]) -> str:
    asked_of = f"{page['asked_of']} {row.asked_of}"
    asked_of += f", {page['of_type']} {row.types}" if row.types else ""
    lines = [f"- `{row.name}` ({asked_of}): {row.words}"]
    for at, answer in enumerate(row.answers):
        when = page["instead"] if at else page["default"]
        says = page["silent"] if answer.sentence is None else f"“{answer.sentence}”"
        lines.append(f"  - {when}: {answer.words} (`{answer.name}`): {says}")
    if row.settings:
        told = "; ".join(
            page["bounds"].format(name=f"{one.words} (`{one.name}`)", default=one.default,
                                  least=one.least, most=one.most)
            for one in row.settings
        )  # fmt: skip
        lines.append(f"  - {page['settings']}: {told}")
    if row.name in examples:
        lines.append(f"  - {page['examples']}: `{examples[row.name]}`")
    return "\n".join(lines)
