"""A handheld in a folder of its own, and a stand-in for its server."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from handhelds.reference import link
from handhelds.reference.answers import Ending
from handhelds.reference.local import Local
from handhelds.reference.queries import Queries
from handhelds.reference.visit import Rep
from tests.handhelds.double import Clock, Double, ids


@dataclass
class Handheld:
    """Everything of one handheld, wired together."""

    local: Local
    clock: Clock
    server: Double
    rep: Rep
    queries: Queries

    def enrol(self) -> Ending:
        return link.enrol(self.local, self.server.send, "K7QX-2M4P", "test", "reference")

    def sync(self) -> Ending:
        return link.sync(self.local, self.server.send, self.clock, self.rep.new_id)

    def reopen(self) -> "Handheld":
        """As after the app was closed: same folder, nothing in memory."""
        self.local.close()
        return handheld_in(self.local.home, self.clock, self.server, start=100_000)


def handheld_in(home: Path, clock: Clock, server: Double, start: int = 0) -> Handheld:
    local = Local(home, clock)
    rep = Rep(local, clock, ids(start))
    return Handheld(local, clock, server, rep, rep.queries)


@pytest.fixture
def server() -> Double:
    return Double()


@pytest.fixture
def fresh(tmp_path: Path, server: Double) -> Iterator[Handheld]:
    """A handheld that was never enrolled."""
    handheld = handheld_in(tmp_path / "home", server.clock, server)
    yield handheld
    handheld.local.close()


@pytest.fixture
def handheld(fresh: Handheld) -> Handheld:
    """A handheld that is enrolled and has the stand-in's territory."""
    assert fresh.enrol().state == "done"
    assert fresh.sync().state == "done"
    return fresh
