"""The one table a run prints: each claim, its floor, the ratio, the goal, and whether it is met."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bench.timing import median, p10, p99

HEAD = ("measure", "rounds", "p10", "p50", "p99", "server CPU", "floor", "ratio", "goal", "met")


@dataclass(frozen=True)
class Row:
    """One line, ready to print. `met` None = there is no goal, or nothing was measured."""

    measure: str
    rounds: str = ""
    p10: str = ""
    p50: str = ""
    p99: str = ""
    cpu: str = ""
    floor: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        met = {None: "", True: "yes", False: "NO"}[self.met]
        shown = (self.measure, self.rounds, self.p10, self.p50, self.p99, self.cpu)
        return (*shown, self.floor, self.ratio, self.goal, met)


def number(value: float) -> str:
    """Three digits that mean something: 0.45, 4.5, 45, 4,500."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def times(
    measure: str,
    samples_ms: Sequence[float],
    *,
    cpu_ms: float | None = None,
    floor_ms: Sequence[float] = (),
    floor: str = "",
    goal_ms: float | None = None,
    aim_ms: float | None = None,
) -> Row:
    """A row of times. goal_ms: what the median must stay under; aim_ms: where it should go next."""
    middle, enough = median(samples_ms), len(samples_ms) > 4
    at_least = median(floor_ms) if floor_ms else None
    return Row(
        measure,
        str(len(samples_ms)),
        f"{number(p10(samples_ms))} ms" if enough else "",
        f"{number(middle)} ms",
        f"{number(p99(samples_ms))} ms" if enough else "",
        "" if cpu_ms is None else f"{number(cpu_ms)} ms",
        "" if at_least is None else f"{number(at_least)} ms {floor}".strip(),
        "" if not at_least else f"{number(middle / at_least)} x",
        wanted("<", goal_ms, aim_ms, "ms"),
        None if goal_ms is None else middle < goal_ms,
    )


def figure(
    measure: str,
    value: float,
    unit: str,
    *,
    rounds: int = 1,
    cpu_ms: float | None = None,
    floor: float | None = None,
    floor_is: str = "",
    most: float | None = None,
    least: float | None = None,
    aim: float | None = None,
) -> Row:
    """A row of one number. most, least: the goal, whichever there is."""
    met = None
    if most is not None:
        met = value < most
    elif least is not None:
        met = value > least
    sign = "<" if least is None and not unit.startswith("/") else ">"  # rates are to be high
    goal = wanted(sign, most if least is None else least, aim, unit)
    return Row(
        measure,
        str(rounds),
        p50=f"{number(value)} {unit}".strip(),
        cpu="" if cpu_ms is None else f"{number(cpu_ms)} ms",
        floor="" if floor is None else f"{number(floor)} {unit} {floor_is}".strip(),
        ratio="" if not floor else f"{number(value / floor)} x",
        goal=goal,
        met=met,
    )


def wanted(sign: str, goal: float | None, aim: float | None, unit: str) -> str:
    """How a goal is written: < 60 ms (aim 35)."""
    if goal is None:
        return "" if aim is None else f"(aim {sign} {aim:,.10g} {unit})"
    return f"{sign} {goal:,.10g} {unit}" + ("" if aim is None else f" (aim {aim:,.10g})")


class Cells(Protocol):
    """What can be printed as a line of a table."""

    def cells(self) -> tuple[str, ...]: ...


def markdown(rows: Iterable[Cells], head: tuple[str, ...] = HEAD) -> str:
    """The table as Markdown, its columns aligned for reading as it stands."""
    cells = [head, *(row.cells() for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(head))]
    lines = [
        "| "
        + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True))
        + " |"
        for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
