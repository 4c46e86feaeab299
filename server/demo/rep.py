"""A rep of the demo: the real handheld, run verb by verb as a process, as a rep would.

The handheld shares no memory with the server and knows only the address it was enrolled with.
"""

import json
import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.running.children import importable, module

VERB_S = 120.0


class VerbFailed(Exception):
    """A verb of the handheld did not do what it should have; the text is what it said."""


def command(home: Path, *words: str) -> list[str]:
    """A verb of the handheld as a command, for machines."""
    return module("handhelds.reference.cli", "--home", str(home), "--json", *words)


@dataclass
class Rep:
    """One rep and one handheld."""

    code: str
    name: str
    home: Path
    device: str = ""
    stores: list[dict[str, Any]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    """Orders that the handheld said were saved."""
    slips: list[dict[str, Any]] = field(default_factory=list)
    """Receipts for money, the same."""
    last_s: float = 0.0
    """How long the last verb took."""

    def does(self, *words: str, well: tuple[int, ...] = (0,)) -> dict[str, Any]:
        """Run a verb and return what it showed. Raises VerbFailed on an exit code not in `well`."""
        began_s = time.monotonic()
        done = subprocess.run(
            command(self.home, *words), capture_output=True, text=True, timeout=VERB_S,
            env=_environ(),
        )  # fmt: skip
        self.last_s = time.monotonic() - began_s
        if done.returncode not in well:
            raise VerbFailed(
                f"{self.name}'s handheld: {' '.join(words)} -> {done.returncode}: "
                f"{(done.stdout + done.stderr).strip()[-600:]}"
            )
        # A verb may show two screens (suggestions, then the order): the last one is the answer.
        shown = _documents(done.stdout)
        return shown[-1] if shown else {}

    def killed_at(self, after_s: float, *words: str) -> bool:
        """Begin a verb and kill the handheld after a while; whether it was still at it."""
        doing = subprocess.Popen(
            command(self.home, *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=_environ(),
        )  # fmt: skip
        time.sleep(after_s)
        busy = doing.poll() is None
        doing.send_signal(signal.SIGKILL)
        doing.wait()
        return busy

    def order(self, store: str, *words: str) -> dict[str, Any]:
        """Take an order and remember that it was said to be saved."""
        saved = self.does("order", store, *words, "--yes")
        self.taken.append(saved)
        return saved


def _environ() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TALARIA_", "DATABASE_"))
    }
    return importable(kept)


def _documents(text: str) -> list[dict[str, Any]]:
    """The JSON documents that were printed, one after the other."""
    reader, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        while at < len(text) and text[at].isspace():
            at += 1
        if at < len(text):
            document, at = reader.raw_decode(text, at)
            found.append(document)
    return found


def some_moment(least_s: float, most_s: float) -> float:
    """A moment nobody chose."""
    return random.uniform(least_s, most_s)  # noqa: S311 - when to crash, not a secret
