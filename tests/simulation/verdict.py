"""The counts that must be zero, and the line that tells them."""

from dataclasses import dataclass, field

from tests.simulation.faults import KILLS
from tests.simulation.history import History


@dataclass
class Result:
    """What a run was, and what was wrong in it."""

    seed: int
    devices: int
    wrong: dict[str, list[str]]
    history: History
    seconds: float = 0.0
    slowest_rounds: int = 0
    slowest_ms: float = 0.0
    push_ms: list[float] = field(default_factory=list)

    @property
    def bad(self) -> int:
        return sum(len(one) for one in self.wrong.values())

    @property
    def kills(self) -> int:
        return sum(n for kind, n in self.history.faults.items() if kind in KILLS)

    def line(self) -> str:
        """Everything in one line."""
        counts, faults = self.history.counts, self.history.faults
        told = [
            f"seed {self.seed}", f"devices {self.devices}", f"changes {counts['captured']}",
            f"requests {counts['request']}", f"faults {faults.total()} of {len(faults)} kinds",
            f"kills {self.kills}",
            *(f"{name} {len(found)}" for name, found in self.wrong.items()),
            f"slowest convergence {self.slowest_rounds} rounds {self.slowest_ms:.0f} ms",
            f"push p50 {_quantile(self.push_ms, 0.5):.1f} ms",
            f"p99 {_quantile(self.push_ms, 0.99):.1f} ms",
            f"{self.seconds:.0f} s", f"history {self.history.digest[:12]}",
        ]  # fmt: skip
        return ", ".join(told)

    def by_kind(self) -> str:
        """The faults, kind by kind."""
        found = sorted(self.history.faults.items(), key=lambda one: (-one[1], one[0]))
        return ", ".join(f"{kind} {n}" for kind, n in found)

    def told_wrong(self, at_most: int = 8) -> str:
        return "\n".join(
            f"  {name}: {one}" for name, found in self.wrong.items() for one in found[:at_most]
        )


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
