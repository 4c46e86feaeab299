"""Makes what is told of the rules: `python -m tests.manual` writes docs/RULES*.md, the figures of
the examples, and the table of rows that the contract publishes for policies and other programs.

Which tests prove a rule is found without running anything: by the mark `rule(number)` on a test,
on its module, or on the row's file of examples, all of which tests/sync plays.
"""

import ast
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sync.decisions.shapes import Conflict
from sync.manual.pages import markdown
from sync.rules.all import BY_NAME, RULES
from tests import spoken
from tests.sync import edit_cases, money_cases, order_edit_cases

ROOT = Path(__file__).resolve().parents[1]
CONTRACT = ROOT / "sync" / "contract"
PAGES = {"en": ROOT / "docs" / "RULES.md", "zh": ROOT / "docs" / "RULES.zh.md"}
TABLE = CONTRACT / "rules" / "_table.json"
EXAMPLES = ROOT / "sync" / "manual" / "examples.json"


def table() -> list[dict[str, Any]]:
    """Every row in the order it is asked, with all that policies and the inbox hang on."""
    return [
        {
            "rule": row.name,
            "asked": f"{kind}/{question}",
            "types": list(row.types),
            "of": list(row.of),
            "answers": list(row.answers),
            "params": {name: list(bounds) for name, bounds in row.params.items()},
            "promises": row.promises,
            "releasable": row.releasable,
            "release": row.release.__name__ if row.release else None,
            "item": row.item,
            "owner": row.owner,
            "office_answers": list(row.office_answers),
            "rep_answers": list(row.rep_answers),
        }
        for kind, questions in RULES.items()
        for question, rows in questions.items()
        for row in rows
    ]


def published() -> str:
    """The table as JSON, a row a line."""
    rows = ",\n".join(f"    {json.dumps(row)}" for row in table())
    says = (
        "The rows of the rules in the order they are asked; types: of which types of orders, empty "
        "= all. Of the answers the first is the default, the others are what a policy may choose; "
        "params: default, least, most."
    )
    return f'{{\n  "says": {json.dumps(says)},\n  "rows": [\n{rows}\n  ]\n}}\n'


def proofs() -> dict[int, list[str]]:
    """Rule -> its tests, path::name, in order."""
    found: dict[int, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for number, name in marked(path.read_text(encoding="utf-8")):
            found[number].append(f"{path.relative_to(ROOT)}::{name}")
    return {number: found[number] for number in sorted(found)}


def marked(source: str) -> Iterator[tuple[int, str]]:
    """(rule, test) for each mark in a file of tests; a mark of the module counts for all."""
    tree = ast.parse(source)
    everywhere: list[int] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            everywhere = list(_numbers(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            own = [n for one in node.decorator_list for n in _numbers(one)]
            for number in dict.fromkeys([*everywhere, *own]):
                yield number, node.name


def _numbers(node: ast.AST) -> Iterator[int]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and ast.unparse(one.func).endswith("mark.rule"):
            yield from (ast.literal_eval(number) for number in one.args)


def example_files() -> dict[str, str]:
    """Row -> its file of examples."""
    files = sorted(CONTRACT.rglob("*.json"))
    return {path.stem: str(path.relative_to(ROOT)) for path in files if path.stem in BY_NAME}


def conflicts() -> Iterator[Conflict]:
    """Every conflict of every example of the contract, decided anew."""
    for private in (False, True):
        yield from (one.conflict for one in spoken.of_rules(private=private))
    yield from (one for _, _, one in edit_cases.all_conflicts())
    for case in money_cases.CASES:
        yield from money_cases.decide_case(case).conflicts
    for case in order_edit_cases.CASES:
        yield from order_edit_cases.decide_case(case).conflicts


def example_figures() -> str:
    """The figures of one example of each answer, as JSON."""
    found: dict[str, Any] = {}
    for one in conflicts():
        figures = {**one.arguments, "yours": one.yours, "now": one.now}
        found.setdefault(f"{one.rule}/{one.decision}", figures)
    for (rule, answer), said in spoken.ANSWERED.items():
        if rule in BY_NAME:
            found.setdefault(f"{rule}/{answer}", dict(said))
    text = json.dumps(dict(sorted(found.items())), ensure_ascii=False, indent=1, sort_keys=True)
    return text + "\n"


def pages() -> dict[Path, str]:
    """Each page and what it should say."""
    tests, examples = proofs(), example_files()
    return {path: markdown(language, tests, examples) for language, path in PAGES.items()}


def main() -> int:
    """Write what differs."""
    EXAMPLES.write_text(example_figures(), encoding="utf-8")
    TABLE.write_text(published(), encoding="utf-8")
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
