"""The table that is printed: each figure beside its budget, and whether it is met."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.table import number
from bench.timing import median

HEAD = ("measure", "times", "p50", "worst", "budget", "met")


@dataclass(frozen=True)
class Figure:
    """One line. `met` is empty where nothing was promised."""

    measure: str
    times: str
    p50: str
    worst: str = ""
    budget: str = ""
    met: str = ""

    def cells(self) -> tuple[str, ...]:
        return (self.measure, self.times, self.p50, self.worst, self.budget, self.met)


def measured(
    measure: str, samples: Sequence[float], unit: str, *, below: float | None = None,
    most: float | None = None,
) -> Figure:  # fmt: skip
    """A line of these samples. below: what they must stay under; most: what they may reach.

    Met is "yes" when the worst of them keeps to it, "p50" when half of them do, else "NO".
    """
    middle, worst = median(samples), max(samples)
    met, budget = "", ""
    if below is not None:
        budget = f"< {below:,.10g} {unit}"
        met = "yes" if worst < below else "p50" if middle < below else "NO"
    elif most is not None:
        budget = f"<= {most:,.10g} {unit}"
        met = "yes" if worst <= most else "p50" if middle <= most else "NO"
    return Figure(
        measure, str(len(samples)), f"{number(middle)} {unit}".strip(),
        f"{number(worst)} {unit}".strip() if len(samples) > 1 else "", budget, met,
    )  # fmt: skip


def counted(measure: str, value: int, most: int) -> Figure:
    """A line of taps and keys."""
    return Figure(measure, "1", str(value), "", f"<= {most}", "yes" if value <= most else "NO")


def not_measured(measure: str, trouble: Exception) -> Figure:
    """A line for what broke: it is not met."""
    why = " ".join(str(trouble).split())[:100]
    return Figure(measure, "0", f"not measured: {type(trouble).__name__}: {why}", met="NO")
