"""Which statements of the product each test asks: what is heard while the tests run.

Only the texts count, not their values, and only those that the product itself asks: what a test
says to the database to prepare or to look is the test's own. `fewest.py` picks from what was heard
the tests that ask everything again on another PostgreSQL. Not heard: tests marked browser or slow,
and programs that tests start; what only these ask is not asked again.

    TALARIA_TEST_HEARD=FOLDER   each process of tests writes there what it heard, as JSON:
                                {test: [seconds, [statement, ...]]}, statements by their digests
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Generator
from hashlib import blake2b
from pathlib import Path
from types import FrameType
from typing import Any, Final

import psycopg
import pytest
from psycopg import sql

ROOT: Final = Path(__file__).resolve().parents[1]
TESTS, INSTALLED = str(ROOT / "tests"), "site-packages"
SAYING: Final = (
    (psycopg.Cursor, ("execute", "executemany", "copy")),
    (psycopg.ServerCursor, ("execute",)),
)
"""Where psycopg takes a statement; `Connection.execute` and SQLAlchemy come by there too."""
_TEXTS: Final = re.compile(r"'(?:[^']|'')*'")
_NAMED: Final = re.compile(r"%\(\w+\)[sbt]")
_NUMBERS: Final = re.compile(r"\d+")
_REPEATED: Final = re.compile(r"(\([^()]*\)|%[sbt](?:::\w+)?)(?:, ?\1)+")


def digest(words: str) -> str:
    """A statement whatever its values, how many they are, and how its savepoints are numbered."""
    plain = _NUMBERS.sub("0", _NAMED.sub("%s", _TEXTS.sub("''", " ".join(words.split()))))
    once = _REPEATED.sub(r"\1", _REPEATED.sub(r"\1", plain))  # values, then rows of values
    return blake2b(once.encode(), digest_size=8).hexdigest()


def is_products(frame: FrameType | None) -> bool:
    """Whether it is code of the product, not of the tests, that called from here first."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(str(ROOT)) and INSTALLED not in file:
            return not file.startswith(TESTS)
        frame = frame.f_back
    return False


class Heard:
    """A plugin of pytest: hears what is asked, test by test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.of: dict[str, tuple[float, list[str]]] = {}
        self._known: dict[str, str] = {}
        self._now: set[str] = set()
        self._before: list[tuple[type, str, Any]] = []

    def listen(self) -> None:
        """From now on, hear every statement of this process, of all its threads."""
        for kind, names in SAYING:
            for name in names:
                really = getattr(kind, name)
                self._before.append((kind, name, really))
                setattr(kind, name, self._heard(really))

    def leave(self) -> None:
        for kind, name, really in self._before:
            setattr(kind, name, really)
        self._before.clear()

    def _heard(self, really: Callable[..., Any]) -> Callable[..., Any]:
        def say(cursor: Any, query: Any, *values: Any, **more: Any) -> Any:
            self.hear(query, cursor, sys._getframe(1))
            return really(cursor, query, *values, **more)

        return say

    def hear(self, query: Any, cursor: Any, frame: FrameType | None) -> None:
        words = query.as_string(cursor) if isinstance(query, sql.Composable) else str(query)
        if not is_products(frame):
            return
        found = self._known.get(words) or self._known.setdefault(words, digest(words))
        self._now.add(found)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._now, began_s = set(), time.monotonic()
        told = yield
        if self._now and not any(map(item.get_closest_marker, ("browser", "slow"))):
            self.of[item.nodeid] = time.monotonic() - began_s, sorted(self._now)
        return told

    def pytest_sessionfinish(self) -> None:
        self.leave()
        if self.of:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{os.getpid()}.json").write_text(json.dumps(self.of))
