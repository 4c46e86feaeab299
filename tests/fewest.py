"""The fewest tests that ask every statement that all of them ask (of what statements.py heard).

With the standard library alone: make.py asks, and runs outside the environment of the tests.
"""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

ALWAYS = (
    *("tests/server/test_backup.py", "tests/server/test_database.py", "tests/server/test_hints.py"),
    *("tests/server/test_migrate.py", "tests/server/test_migrate_versions.py"),
    *("tests/sync/queries/", "tests/sync/test_races.py", "tests/routes/test_queries.py"),
)
"""Tests of what no statement's text tells: dumps, migrations, locks, notices, arrays."""


class Asked(NamedTuple):
    """What one test asked, and how long it took, in seconds."""

    seconds: float
    statements: frozenset[str]


def of_folder(folder: Path) -> dict[str, Asked]:
    """What every process of the tests wrote, by test."""
    return {
        test: Asked(seconds, frozenset(statements))
        for file in sorted(folder.glob("*.json"))
        for test, (seconds, statements) in json.loads(file.read_text()).items()
    }


def fewest(asked: Mapping[str, Asked], always: Collection[str] = ALWAYS) -> list[str]:
    """Tests that together ask everything, each time the one that asks most that is new a second;
    those `always` wanted (by how their names begin) among them."""
    chosen = {test for test in asked if test.startswith(tuple(always))}
    left = frozenset[str]().union(*(one.statements for one in asked.values()))
    left -= frozenset[str]().union(*(asked[test].statements for test in chosen))
    others = {test: one for test, one in asked.items() if test not in chosen}
    while left:
        new = {test: len(one.statements & left) for test, one in others.items()}
        others = {test: one for test, one in others.items() if new[test]}
        best = max(others, key=lambda test: (new[test] / (others[test].seconds + 0.2), test))
        chosen.add(best)
        left -= others.pop(best).statements
    return sorted(chosen)
