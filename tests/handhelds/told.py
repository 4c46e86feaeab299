"""What the server says of a rep's work, as the browser's handheld has it: words/*_told.js.

`python -m tests.handhelds.told` writes them after a sentence changed; a test holds them in step.
"""

import json
from pathlib import Path

from sync.sentences.figures import STYLES
from sync.sentences.languages import BUTTONS, LANGUAGES, OF_ANSWERS, OUTCOMES

WORDS = Path(__file__).resolve().parents[2] / "handhelds" / "pwa" / "words"
NAMES = {"en": "English", "zh": "Simplified Chinese"}
HEAD = """\
// What the server says of a rep's work, in {name}, for a rep who reads another language here than
// the server knows of (told.js). Written from its own tables by tests/handhelds/told.py.

/** @type {{import("../told.js").Table}} */
export const told = {{
"""


def written(language: str) -> str:
    """The module of one language: a line a sentence, under "message/decision"."""
    style = STYLES[language]
    sentences = {
        f"{message}/{decision}": says
        for message, answers in LANGUAGES[language].items()
        for decision, says in answers.items()
    }
    tables = {
        "sentences": sentences,
        "outcomes": OUTCOMES[language],
        "answers": OF_ANSWERS[language],
        "buttons": BUTTONS[language],
    }
    lines = [HEAD.format(name=NAMES[language])]
    for name, table in tables.items():
        lines.append(f"  {name}: {{\n")
        lines += [f"    {_text(key)}: {_text(says)},\n" for key, says in sorted(table.items())]
        lines.append("  },\n")
    lines.append(f"  unknown: {_text(style.unknown)},\n")
    lines.append(f"  absent: {_text(dict(sorted(style.absent.items())))},\n")
    lines.append(f"  codes: {_text(dict(sorted(style.codes.items())))},\n}};\n")
    return "".join(lines)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    for language in NAMES:
        (WORDS / f"{language}_told.js").write_text(written(language), encoding="utf-8")
