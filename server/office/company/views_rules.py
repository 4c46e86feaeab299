"""The manual of the rules in the console, in the reader's language."""

from flask import Blueprint, render_template, request

from server import asking
from server.auth import needs
from sync.manual.pages import WORDS, manual
from sync.sentences.languages import LANGUAGES, known

blueprint = Blueprint("rules", __name__)
NAMES = {"en": "English", "zh": "中文"}


@blueprint.get("/rules")
@needs("office", to="read the rules of conflict")
def page() -> str:
    """All rules with their rows and sentences; `language` of the address before the reader's."""
    asked = request.args.get("language", "")
    language = asked if asked in LANGUAGES else known(asking.person().language)
    rules = manual(language)
    first: dict[str, int] = {}  # a row stands under each of its rules; its anchor under the first
    for rule in rules:
        for row in rule.rows:
            first.setdefault(row.name, rule.number)
    return render_template(
        "rules.html",
        rules=rules,
        first=first,
        words=WORDS[language].PAGE,
        language=language,
        languages=[(one, NAMES[one]) for one in LANGUAGES],
    )
