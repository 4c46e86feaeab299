"""Nobody gives an order a state but through the table of its life (sync/life.py)."""

import re

from sync.life import STATES
from tests.house.tree import expect_none, faults, files

WORDS = "|".join(sorted(STATES))
SQL = re.compile(rf"\borders\b(?:(?!\"\"\").)*?\bSET\b(?:(?!\bWHERE\b|\"\"\").)*?\bstate = "
                 rf"(?:CASE\b(?:(?!\bEND\b).)*?THEN )?'({WORDS})'", re.DOTALL)  # fmt: skip
VALUE = re.compile(rf"restate\((?:(?!\n\n).)*?\"state\": \"({WORDS})\"", re.DOTALL)
SET = re.compile(rf"\b(?:order|decision)\.state(?:, \w+)? = [^=\n(]*\"({WORDS})\"")
ALLOWED = ("sync/life.py",)
LOADED = "server/feeds/"
"""Orders of years before come with the state they ended in: they were never ours to move."""


def states_set(path: str, text: str) -> list[str]:
    """Places that write a state's name into an order."""
    found = [match for pattern in (SQL, VALUE, SET) for match in pattern.finditer(text)]
    return [
        f"{path}:{text.count(chr(10), 0, match.end()) + 1}: sets an order to {match[1]!r}; take it "
        "from sync.life"
        for match in found
    ]


def test_a_planted_state_is_found() -> None:
    assert states_set("a.py", '"""UPDATE orders o SET version = 1, state = \'sent\' WHERE"""')
    assert states_set("a.py", '"""UPDATE orders SET state = CASE WHEN x THEN \'sent\' END"""')
    assert states_set("a.py", 'restate(\n    conn, cell, one, by, {"state": "rejected"}\n)')
    assert states_set("a.py", 'decision.state = "held"')
    assert not states_set("a.py", '"""UPDATE orders SET note = 1 WHERE state = \'sent\'"""')
    assert not states_set("a.py", 'if order.state == "held":')
    assert not states_set("a.py", '"""UPDATE delivery SET state = \'queued\' WHERE"""')


def test_the_life_of_an_order_is_written_in_one_place() -> None:
    paths = tuple(
        path
        for path in files(".py")
        if path.startswith(("sync/", "server/")) and not path.startswith(LOADED)
        and path not in ALLOWED
    )  # fmt: skip
    assert len(paths) > 100
    expect_none(faults(states_set, paths))
