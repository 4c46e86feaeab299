"""A hunt: seed after seed with a mistake planted, until something is wrong that is not without it.

What a whole run has come to so far is kept as lines of JSON (`Notes`), so that a run that was
broken off goes on where it was. A line counts only for the code it was played with.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from server.embedded import EmbeddedPostgres
from tests.simulation.planted.firms import plays
from tests.simulation.planted.plant import Bug
from tests.simulation.run import spent_s

ROOT: Final = Path(__file__).resolve().parents[3]
CODE: Final = ("schemas", "sync", "server", "handhelds/reference", "tests/simulation", "tests/sync")
NOTHING: Final = Bug("nothing", "Nothing is planted.", lambda planting: None)


class Found(NamedTuple):
    """What a hunt came to: the processor time it took, the seed, and what was wrong; "": nothing
    was."""

    seconds: float
    seed: int
    how: str


def code() -> str:
    """A hash of all that a hunt depends on."""
    told = blake2b(digest_size=8)
    for file in sorted(file for part in CODE for file in (ROOT / part).rglob("*.py")):
        if not file.name.startswith("test_"):
            told.update(file.read_bytes())
    return told.hexdigest()


@dataclass
class Notes:
    """What is known already: of hunts by mistake, and of firms without any by (firm, seed)."""

    file: Path | None = None
    found: dict[str, Found] = field(default_factory=dict)
    clean: dict[tuple[str, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.code = code()
        for line in self._lines():
            if line["code"] != self.code:
                continue
            if "bug" in line:
                self.found[line["bug"]] = Found(line["seconds"], line["seed"], line["how"])
            else:
                self.clean[line["firm"], line["seed"]] = line["how"]

    def _lines(self) -> Iterator[dict[str, str | int | float]]:
        if self.file is not None and self.file.exists():
            for line in self.file.read_bytes().splitlines():
                yield msgspec.json.decode(line)

    def _write(self, **said: object) -> None:
        if self.file is not None:
            with self.file.open("ab") as out:
                out.write(msgspec.json.encode({**said, "code": self.code}) + b"\n")

    def keep(self, bug: Bug, found: Found) -> None:
        self.found[bug.name] = found
        self._write(bug=bug.name, **found._asdict())

    def without(self, pg: EmbeddedPostgres, firm: str, seed: int) -> str:
        """What a firm finds where nothing is planted; played once."""
        if (firm, seed) not in self.clean:
            how = plays(pg, nothing(firm), seed)
            self.clean[firm, seed] = how
            self._write(firm=firm, seed=seed, how=how)
        return self.clean[firm, seed]


def nothing(firm: str) -> Bug:
    """No mistake at all, looked for by one of the firms."""
    return NOTHING._replace(firm=firm)


def hunt(pg: EmbeddedPostgres, bug: Bug, most_s: float, notes: Notes) -> Found:
    """Play seed after seed with the mistake planted, until something is wrong or time is over.

    Seconds are those of the processors, the database's too: what else the machine does meanwhile
    makes no mistake harder to find.

    What is wrong without it too is no finding: the seed is played again, to see, off the clock.
    """
    took_s, seed = 0.0, 0
    while took_s < most_s:
        seed += 1
        began_s = spent_s(pg)
        how = plays(pg, bug, seed)
        took_s += spent_s(pg) - began_s
        if how and not notes.without(pg, bug.firm, seed):
            return Found(took_s, seed, how)
    return Found(took_s, seed, "")
