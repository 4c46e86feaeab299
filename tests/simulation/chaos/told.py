"""What a run was asked for, what it counted, and both in one line."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.chaos.kills import KILLS
from tests.simulation.history import History

MOST_TOLD = 8


@dataclass(frozen=True)
class Wish:
    """How large, how long, how bad."""

    seed: int = 1
    devices: int = 100
    seconds: float = 90.0
    changes: int = 0  # it goes on until there are so many, and ...
    faults: int = 0  # ... so many of these ...
    longest_s: float = 0.0  # ... but no longer than this
    faulty: float = 0.4  # share of requests that meet a fault
    kill_p: float = 0.1  # how often a handheld's turn ends by kill -9
    twin_p: float = 0.03  # how often its program runs twice at once
    kill_every_s: float = 4.0  # of the server's machine
    kinds: tuple[str, ...] = tuple(KILLS)
    dies: float = 0.5  # how often the server's processes die at failpoints, too; 0: never
    visits: int = 30  # before each sync, at most
    stretches: int = 2  # of visits and a sync, in a turn, at most
    tries: int = 4  # of a sync that came to nothing
    stores: int = 6  # of each rep, at the beginning
    pause_s: float = 0.0  # before each turn
    most_unsent: int = 150  # changes on a handheld; with more, it only syncs
    office_s: float = 1.0  # between two acts of the office
    processes: int = 12  # that hold handhelds
    pages: bool = True  # whether the history has every page and the bytes of every change
    plant: str = ""
    dedupes: bool = True  # whether the delivery system knows repeats; if not, it is asked


@dataclass
class Told:
    """What a run counted. wrong: count -> sentences; `other` is whatever else must never be."""

    wrong: dict[str, list[str]] = field(default_factory=lambda: {"other": []})
    changes: int = 0
    orders: int = 0
    documents: int = 0
    requests: int = 0
    syncs: int = 0
    not_done: int = 0  # syncs that ended otherwise than "done", while there was trouble
    faults: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    slowest_s: float = 0.0
    most_rounds: int = 0
    pushes_s: list[float] = field(default_factory=list)
    back_s: dict[str, list[float]] = field(default_factory=dict)
    phases: dict[str, float] = field(default_factory=dict)  # seconds

    def bad(self) -> int:
        return sum(map(len, self.wrong.values()))

    def read(self, history: History) -> None:
        """Count what the history tells."""
        self.changes = history.counts["captured"]
        self.faults.update(history.faults)
        self.kills += sum(n for kind, n in history.faults.items() if "killed" in kind)
        self.wrong["other"] += [f"{one['device']}: {one['says']}" for one in history.of("broke")]
        phase = ""
        for one in history.of("let_loose", "healed", "settled", "synced"):
            if one["what"] in ("let_loose", "healed"):
                phase = one["what"]
            elif one["what"] == "synced" and phase == "let_loose":
                self.syncs += 1
                self.not_done += one["ending"] != "done"
            elif one["what"] == "settled" and phase == "healed":
                self.most_rounds = max(self.most_rounds, one["rounds"])
                self.slowest_s = max(self.slowest_s, one["took_s"])

    def line(self, wish: Wish, seconds: float) -> str:
        """Everything in one line, and what was wrong below it."""
        kinds = ", ".join(f"{name} {n}" for name, n in sorted(self.faults.items()))
        back = "; ".join(
            f"{name} {statistics.median(took):.1f}/{quantile(took, 0.95):.1f}/{max(took):.1f} s"
            f" ({len(took)})"
            for name, took in sorted(self.back_s.items())
        )
        parts: list[Any] = [
            f"seed {wish.seed}", f"{wish.devices} handhelds", f"{self.changes} changes",
            f"{self.orders} orders", f"{self.documents} documents",
            f"{self.requests} requests in {self.syncs} syncs, {self.not_done} of them cut short",
            f"{self.faults.total()} faults of {len(self.faults)} kinds ({kinds})",
            f"{self.kills} kills (-9)",
            *(f"{name} {len(said)}" for name, said in self.wrong.items()),
            f"slowest convergence {self.slowest_s:.1f} s in at most {self.most_rounds} syncs",
            f"push p50/p99 {1000 * quantile(self.pushes_s, 0.5):.0f}/"
            f"{1000 * quantile(self.pushes_s, 0.99):.0f} ms",
            f"first push taken after median/p95/longest: {back}",
            f"{seconds:.0f} s ({', '.join(f'{k} {v:.0f}' for k, v in self.phases.items())})",
        ]  # fmt: skip
        return f"chaos: {', '.join(parts)}" + "".join(
            f"\n  {name}: {one}" for name, said in self.wrong.items() for one in said[:MOST_TOLD]
        )


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
