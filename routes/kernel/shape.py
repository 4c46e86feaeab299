"""What the kernel is told and what it answers: a problem and a plan as plain rows of numbers.

Stores are 0..n-1, homes follow as further nodes; days and tours are numbered, tours in the order of
their days. A pattern is a set of days as the bits of a number. problem.py makes a `Shape` of a
territory; nothing else has to know these rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Limits(NamedTuple):
    """What one tour may be: load and work are kept in every result, clocks in every step."""

    load_max: float = 1e9
    work_max: float = 1e9  # travel and time in stores, minutes
    clock_from: float = 0.0
    clock_to: float = 1e9
    lunch_from: float = 0.0
    lunch_until: float = 0.0
    lunch: float = 0.0  # minutes; 0: no lunch
    fixed: float = 0.0  # what using the tour costs, minutes


class Dials(NamedTuple):
    """How the search behaves; none of it changes what a valid plan is, but `balance` its cost."""

    balance: float = 0.0  # x (work - work_wanted)^2 / work_wanted minutes are paid for a day
    work_wanted: float = 1.0
    pay_load: float = 1.0  # at the start, per unit over; the search adjusts both
    pay_work: float = 1.0
    whole_share: float = 0.3  # how often stores leave the whole plan, not one day of it
    near_share: float = 0.15  # of these, how often simply stores side by side
    out_mean: float = 15.0  # about so many stops leave at once
    string_max: float = 15.0
    skip: float = 0.01  # how often a place is overlooked, against narrowness


class Shape(NamedTuple):
    """One planning problem as rows of numbers."""

    days: int
    minutes: Sequence[Sequence[float]]  # [node][node]
    service: Sequence[float]
    load: Sequence[float]
    pattern_from: Sequence[int]  # [store] and one more: where its patterns begin
    pattern: Sequence[int]
    pattern_cost: Sequence[float]
    opening: Sequence[float] | None  # [day][store][from, until, from2, until2], flat
    tours: Sequence[tuple[int, int, int]]  # (day, node it starts from, node it ends at)
    limits: Sequence[Limits]
    frozen: int = 0  # days, as bits, whose stops and order stay


class Plan(NamedTuple):
    """Pattern of each store (an index into `Shape.pattern`; -1: any), stops of each tour."""

    chosen: tuple[int, ...]
    counts: tuple[int, ...]
    stops: tuple[int, ...]

    def tours(self) -> list[list[int]]:
        """Stops of each tour as lists."""
        at, rows = 0, []
        for count in self.counts:
            rows.append(list(self.stops[at : at + count]))
            at += count
        return rows


class Search(Protocol):
    """One running search over plans of one shape, deterministic for its seed and its calls."""

    shape: Shape
    chunk: int
    """Steps worth running between two looks at a budget: some milliseconds."""

    def load(self, plan: Plan) -> bool:
        """Go on from this plan: what does not fit is placed anew. False: some store has no place
        at all (not even the empty pattern)."""

    def cross(self, one: Plan, other: Plan) -> bool:
        """Go on from a child of two plans."""

    def run(self, steps: int, hot: float, cold: float) -> float:
        """So many steps, cooling from one heat to the other (minutes); cost of the best plan."""

    def forget(self) -> None:
        """Begin a new best."""

    def cost(self) -> tuple[float, float]:
        """Of the present plan: its cost, and by how much it is over limits (0: valid)."""

    def plan(self, best: bool = True) -> Plan:
        """The best valid plan seen since `forget`, or the present one."""


def nothing(shape: Shape) -> Plan:
    """The plan without a stop, from which `load` builds a first one."""
    return Plan((-1,) * len(shape.service), (0,) * len(shape.tours), ())
