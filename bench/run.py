"""One run of bench: what all measures share, and how thorough to be."""

import sys
import time
from dataclasses import dataclass, field

from bench import queries
from bench.company import Company
from bench.ground import Ground
from server.database import driver


@dataclass
class Run:
    """Handed to every measure. `said` prints progress with the seconds since the start."""

    ground: Ground
    company: Company
    quick: bool
    long: bool
    notes: list[str] = field(default_factory=list)
    first_day_cpu_ms: list[float] | None = None  # of curves.young

    def rounds(self, *, quick: int, full: int) -> int:
        return quick if self.quick else full

    def said(self, words: str) -> None:
        self.ground.progress(words)

    def age(self) -> None:
        """A week passes: what was ordered so far has no say in what comes next."""
        with self.ground.plain() as raw:
            queries.age_orders(raw)
        self.ground.tidy()

    def flush_statistics(self) -> None:
        """Make the connection that the application here uses tell PostgreSQL's counters."""
        with self.ground.engine.connect() as conn:
            queries.flush_statistics(driver(conn))


class Progress:
    """Progress on the error stream, so that the table alone is the output."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()

    def __call__(self, words: str) -> None:
        elapsed_s = time.monotonic() - self._began_s
        print(f"{elapsed_s:6.1f} s  {words}", file=sys.stderr, flush=True)
