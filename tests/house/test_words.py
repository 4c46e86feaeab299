"""One word for one thing: names of files, classes and functions use the trade's words.

A second word for the same thing ("customer" for a store) makes two things of it in a reader's head;
an empty one ("manager") says nothing at all.
"""

import ast
import re
from itertools import pairwise

from tests.house.tree import expect_none, files, read

INSTEAD = {
    "customer": "store",
    "outlet": "store",
    "pos": "store",
    "basket": "order",
    "record": "row, line, entry or change",
    "entity": "its kind",
    "payload": "body",
    "manager": "what it does",
    "helper": "what it does",
    "util": "what it does",
    "utility": "what it does",
    "service": "what it does",
    "base": "what its heirs share",
    "handler": "what it does",
}
"""Forbidden word -> what to say. "sync item" is looked for as a pair."""
ALLOWED: dict[str, str] = {}
"""Names that another library makes us use, each with the reason."""

JS_NAMES = re.compile(r"\b(?:class|function\*?)\s+([A-Za-z_$][\w$]*)")


def words(name: str) -> list[str]:
    """The words of a name, lower case and singular: "OrderLines_v2" -> order, line, v2."""
    split = re.sub(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])", r"\1\3 \2\4", name)
    return [re.sub(r"(?<=\w\w\w)s$", "", word) for word in re.split(r"[\W_]+", split.lower())]


def forbidden(name: str) -> list[str]:
    """What is wrong with a name, one line for each forbidden word in it."""
    if name in ALLOWED:
        return []
    parts = words(name)
    found = [f"say {INSTEAD[word]}, not {word}" for word in parts if word in INSTEAD]
    if ("sync", "item") in pairwise(parts):
        found.append("say change or entry, not sync item")
    return found


def names_in(path: str, text: str) -> list[tuple[int, str]]:
    """(line, name) of the classes and functions of a file, tests left out: they are sentences."""
    if path.endswith(".py"):
        definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, definitions)]
        return [(node.lineno, node.name) for node in nodes if not node.name.startswith("test_")]
    return [
        (number, name)
        for number, line in enumerate(text.splitlines(), 1)
        for name in JS_NAMES.findall(line)
    ]


def test_names_of_files_use_our_words() -> None:
    expect_none([f"{path}: {fault}" for path in files() for fault in forbidden(path)])


def test_names_of_classes_and_functions_use_our_words() -> None:
    found = [
        f"{path}:{line}: {name}: {fault}"
        for path in files(".py", ".js", ".mjs")
        for line, name in names_in(path, read(path))
        for fault in forbidden(name)
    ]
    expect_none(found)


def test_a_forbidden_word_is_noticed_however_it_is_written() -> None:
    for name in ("CustomerStore", "customers", "get_outlet", "POSOrder", "SyncItem", "load_utils"):
        assert forbidden(name), name
    for name in ("Database", "position", "posted", "recorded", "basement", "order_line", "Store"):
        assert forbidden(name) == [], name


def test_names_are_found_in_python_and_in_browser_code() -> None:
    python = "class A:\n    async def b(self): ...\n\n\ndef test_a_record_is_kept(): ...\n"
    assert names_in("a.py", python) == [(1, "A"), (2, "b")]
    script = "export async function start() {}\nclass Board {}\n"
    assert names_in("a.js", script) == [(1, "start"), (2, "Board")]
