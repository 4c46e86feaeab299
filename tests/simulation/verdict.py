"""The counts that must be zero, and the line that tells them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.faults import KILLS
from tests.simulation.history import History

SHOWN = 8


@dataclass
class Told:
    """What a run was and what was wrong in it, as numbers and words: a part of a larger run is
    told to its parent so."""

    seed: int
    devices: int
    changes: int
    requests: int
    faults: dict[str, int]
    wrong: dict[str, list[str]]
    slowest_rounds: int
    slowest_ms: float
    push_ms: list[float]
    seconds: float
    processor_s: float
    history: str
    """A hash of it."""
    steps: int

    @property
    def bad(self) -> int:
        return sum(len(one) for one in self.wrong.values())

    @property
    def kills(self) -> int:
        return sum(n for kind, n in self.faults.items() if kind in KILLS)

    def line(self) -> str:
        """Everything in one line."""
        told = [
            f"seed {self.seed}", f"devices {self.devices}", f"changes {self.changes}",
            f"requests {self.requests}",
            f"faults {sum(self.faults.values())} of {len(self.faults)} kinds",
            f"kills {self.kills}",
            *(f"{name} {len(found)}" for name, found in self.wrong.items()),
            f"slowest convergence {self.slowest_rounds} rounds {self.slowest_ms:.0f} ms",
            f"push p50 {_quantile(self.push_ms, 0.5):.1f} ms",
            f"p99 {_quantile(self.push_ms, 0.99):.1f} ms",
            f"{self.seconds:.0f} s", f"processor {self.processor_s:.0f} s",
            f"history {self.history}",
        ]  # fmt: skip
        return ", ".join(told)

    def by_kind(self) -> str:
        """The faults, kind by kind."""
        found = sorted(self.faults.items(), key=lambda one: (-one[1], one[0]))
        return ", ".join(f"{kind} {n}" for kind, n in found)

    def told_wrong(self, at_most: int = SHOWN) -> str:
        return "\n".join(
            f"  {name}: {one}" for name, found in self.wrong.items() for one in found[:at_most]
        )


def summed(parts: Sequence[Told]) -> Told:
    """Several firms played side by side, as one: what can be added is, of the rest the worst."""
    wrong: dict[str, list[str]] = {}
    for part in parts:
        for name, found in part.wrong.items():
            wrong.setdefault(name, []).extend(found)
    return Told(
        seed=parts[0].seed,
        devices=sum(one.devices for one in parts),
        changes=sum(one.changes for one in parts),
        requests=sum(one.requests for one in parts),
        faults=dict(sum((Counter(one.faults) for one in parts), Counter[str]())),
        wrong=wrong,
        slowest_rounds=worst(one.slowest_rounds for one in parts),
        slowest_ms=max(one.slowest_ms for one in parts),
        push_ms=[ms for one in parts for ms in one.push_ms],
        seconds=max(one.seconds for one in parts),
        processor_s=sum(one.processor_s for one in parts),
        history="+".join(one.history for one in parts),
        steps=sum(one.steps for one in parts),
    )


def worst(rounds: Iterable[int]) -> int:
    """The most; -1 stands for a handheld that never came to rest."""
    there = list(rounds)
    return -1 if -1 in there else max(there)


@dataclass
class Result:
    """The same with the whole history, where it was played."""

    seed: int
    devices: int
    wrong: dict[str, list[str]]
    history: History
    seconds: float = 0.0
    slowest_rounds: int = 0
    slowest_ms: float = 0.0
    push_ms: list[float] = field(default_factory=list)
    processor_s: float = 0.0

    @property
    def bad(self) -> int:
        return self.told().bad

    def told_wrong(self) -> str:
        return self.told().told_wrong()

    def told(self) -> Told:
        played: dict[str, Any] = next(self.history.of("played"), {"steps": 0})
        return Told(
            self.seed, self.devices, self.history.counts["captured"],
            self.history.counts["request"], dict(self.history.faults), self.wrong,
            self.slowest_rounds, self.slowest_ms, self.push_ms, self.seconds, self.processor_s,
            self.history.digest[:12], played["steps"],
        )  # fmt: skip


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
