"""What decides asks nobody for the time, an id or luck: these are arguments.

import-linter sees modules; a clock can also hide in a class (`datetime.now`), so this looks at
calls.
"""

import ast
import re

from tests.house.tree import expect_none, faults, files

PURE = re.compile(
    r"^sync/(facts|life|owners|lookalikes)\.py$"
    r"|^sync/(rules|asking|subjects|terms|conditions|decisions|tell|sentences)/"
)
PURE_ROUTES = re.compile(
    r"^routes/(frequency|plan|problem|sequence|timetable|distance|replan|checker|adviser|opening"
    r"|detour|territory|places|cycle|missed|daysoff|year|agenda|balance)\.py$"
    r"|^routes/kernel/(shape|plain_tour)\.py$"
)
IMPURE = frozenset(
    """now utcnow today time monotonic perf_counter uuid1 uuid4 uuid7 random randint choice shuffle
    token_hex token_bytes urandom getenv environ open print input""".split()
)


def impure_calls(path: str, text: str) -> list[str]:
    """Calls that answer differently at another time or on another machine."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            target = node.func
            name = getattr(target, "attr", None) or getattr(target, "id", None)
            if name in IMPURE:
                found.append(f"{path}:{node.lineno}: asks {name}()")
    return found


def test_what_decides_is_pure() -> None:
    pure = tuple(p for p in files(".py") if PURE.search(p) or PURE_ROUTES.search(p))
    expect_none(faults(impure_calls, pure))


def test_a_hidden_clock_is_noticed() -> None:
    planted = "from datetime import datetime, UTC\nLATE = datetime.now(UTC)\n"
    assert impure_calls("sync/rules/orders.py", planted) == ["sync/rules/orders.py:2: asks now()"]
    assert impure_calls("sync/rules/orders.py", "import uuid\nx = uuid.uuid4()\n") != []
    assert (
        impure_calls("sync/rules/orders.py", "def late(now, cut_off):\n    return now > cut_off\n")
        == []
    )
