"""How often each store is worth a visit: raise, keep or cut, with the figures it was read from.

A rep's hour is what is scarce, so advice asks of each store what one more visit would bring per
hour it takes, driving included, and what one visit less would lose; and moves visits from where an
hour brings little to where it brings much. Each advice goes one step of `STEPS`, never two: what
it does is seen before the next. Too little seen is said, and then nothing is advised.

What a step does to four weeks' sales is the larger of two estimates, never their sum, since both
look at the same sales:

- the shelf: what empty shelves lose now, less what they would lose with visits closer together;
- the usual answer of sales to visits, an elasticity (`Dials.elasticity`).

`RULES` is the rule, row by row; `Dials` its numbers and where they come from. Pure: no clock, no
database; money is integer minor units per four weeks unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from routes.detour import Detour

STEPS = (1, 2, 4, 8, 12, 20)
"""Visits in four weeks a store may be advised: monthly, fortnightly, weekly, up to every day."""
FOUR_WEEKS = 28


@dataclass(frozen=True)
class Dials:
    """The numbers of the rule.

    `elasticity`: sales answer to selling effort to this power; a little below 0.34, the mean of
    Albers, Mantrala and Sridhar 2010 ("Personal selling elasticities: a meta-analysis", Journal of
    Marketing Research 47), so that advice is careful. `lost_share`: of shoppers who meet an empty
    shelf, those who take another brand or buy nothing; 23 to 50 % in ten categories of Gruen,
    Corsten and Bharadwaj 2002 ("Retail out-of-stocks"). `often_out`: the world's mean out-of-stock
    rate there; above it no store is cut.
    `seen_at_worst`: a rep counts when the shelf is emptiest, at the end of the interval; what ran
    out at an unknown time within it was missing for half of it on the mean.
    `band`: an hour must bring half as much again as elsewhere before a visit is added, and less
    than two thirds before one is taken away: between, moving visits costs more trust than it
    earns. `made_share`: visits agreed and not made have to be made before more are agreed.
    """

    elasticity: float = 0.31
    lost_share: float = 0.35
    often_out: float = 0.083
    seen_at_worst: float = 0.5
    band: float = 1.5
    made_share: float = 0.6
    fewest_visits: int = 3
    fewest_days: int = 56
    fewest_lines: int = 20
    fewest_stores: int = 5
    fair_visits: int = 6
    good_visits: int = 12


@dataclass(frozen=True)
class Seen:
    """What was seen of one store over `days` days, up to today.

    `agreed`: visits in four weeks, None: nobody said. `made`: days with a visit; `sold`: of them
    with an order. `visit_min`: mean minutes in the store. `sales_minor`: net of what was ordered.
    `listed`, `out`: card lines of products the store should have, and of them out of stock.
    `offtake_day`: pieces the store sells a day, `offtake_minor_day` what they are worth to us;
    `counted`: whether that is from stock counts (else from orders; None: neither is known).
    """

    store: str
    agreed: int | None
    store_class: str = ""
    days: int = 0
    made: int = 0
    sold: int = 0
    visit_min: float = 25.0
    sales_minor: int = 0
    listed: int = 0
    out: int = 0
    offtake_day: float | None = None
    offtake_minor_day: float | None = None
    counted: bool = False

    @property
    def out_rate(self) -> float | None:
        """Share of lines out of stock; None where no card was filled in."""
        return self.out / self.listed if self.listed else None


@dataclass(frozen=True)
class Worth:
    """What an hour of a rep costs and what part of sales is margin; None: not known.

    Both known: a visit must also pay for itself. Else hours are compared with each other only.
    """

    hour_minor: int | None = None
    margin_percent: float | None = None

    @property
    def pays_from_minor(self) -> float | None:
        """Sales an hour must bring to pay for itself."""
        if self.hour_minor is None or not self.margin_percent:
            return None
        return self.hour_minor * 100.0 / self.margin_percent


@dataclass(frozen=True)
class Effect:
    """What a step, or many, would do to four weeks. `profit_minor` None: cost is not known."""

    visits: int = 0
    visit_min: float = 0.0
    drive_min: float = 0.0
    sales_minor: float = 0.0
    profit_minor: float | None = 0.0

    @property
    def hours(self) -> float:
        """Hours of work more (less: below 0), in stores and between them."""
        return (self.visit_min + self.drive_min) / 60.0

    def __add__(self, other: Effect) -> Effect:
        known = self.profit_minor is not None and other.profit_minor is not None
        return Effect(
            self.visits + other.visits,
            self.visit_min + other.visit_min,
            self.drive_min + other.drive_min,
            self.sales_minor + other.sales_minor,
            (self.profit_minor or 0.0) + (other.profit_minor or 0.0) if known else None,
        )


@dataclass(frozen=True)
class Bars:
    """Sales an hour must bring before a visit is added, and below which one is taken away; None:
    there is nothing to compare with."""

    add_minor: float | None
    cut_minor: float | None


class Case(NamedTuple):
    """One store before the rule: all that a row of it may ask."""

    seen: Seen
    up: int | None
    down: int | None
    more: Effect | None  # one step up
    fewer: Effect | None  # one step down
    bars: Bars
    dials: Dials


@dataclass(frozen=True)
class Advice:
    """What is advised of one store: "raise", "keep" or "cut", from `visits` to `to`; `why` is the
    name of the row of RULES that decided; `effect` is nothing where all stays. `hour_minor`: sales
    an hour more would bring (of a cut: an hour less would lose), against `bar_minor`."""

    store: str
    act: str
    why: str
    visits: int | None
    to: int | None
    confidence: str
    lost_minor: float
    hour_minor: float | None
    bar_minor: float | None
    effect: Effect
    detour: Detour
    seen: Seen


# --- the rule ----------------------------------------------------------------------------------


def _is_seen(case: Case) -> bool:
    seen, dials = case.seen, case.dials
    return seen.made >= dials.fewest_visits and seen.days >= dials.fewest_days


def _wants_more(case: Case) -> bool:
    bar = case.bars.add_minor
    return (
        bar is not None
        and case.more is not None
        and (_per_hour(case.more) >= case.dials.band * bar)
    )


def _wants_less(case: Case) -> bool:
    bar = case.bars.cut_minor
    return (
        bar is not None
        and case.fewer is not None
        and (_per_hour(case.fewer) * case.dials.band <= bar)
    )


def _are_made(case: Case) -> bool:
    seen = case.seen
    due = (seen.agreed or 0) * seen.days / FOUR_WEEKS
    return seen.made >= case.dials.made_share * due


def _runs_out(case: Case) -> bool:
    seen, dials = case.seen, case.dials
    return seen.listed >= dials.fewest_lines and (seen.out_rate or 0.0) >= dials.often_out


class Row(NamedTuple):
    """A row of the rule: the first that is true of a store answers."""

    name: str
    when: Callable[[Case], bool]
    act: str


RULES: tuple[Row, ...] = (
    Row("no_frequency", lambda case: not case.seen.agreed, "keep"),
    Row("not_enough_seen", lambda case: not _is_seen(case), "keep"),
    Row("nothing_to_compare", lambda case: case.bars.add_minor is None, "keep"),
    Row("visits_not_made", lambda case: _wants_more(case) and not _are_made(case), "keep"),
    Row("brings_more", _wants_more, "raise"),
    Row("runs_out", lambda case: _wants_less(case) and _runs_out(case), "keep"),
    Row("brings_little", _wants_less, "cut"),
    Row("as_elsewhere", lambda case: True, "keep"),
)
"""In this order; a store without the next step up or down never wants it."""


def advise(
    seen: Iterable[Seen], detours: Mapping[str, Detour], worth: Worth, dials: Dials | None = None
) -> list[Advice]:
    """Advice for the stores of one rep, in their order. `detours`: minutes of driving by store."""
    dials = dials or Dials()
    found = list(seen)
    bars = bars_of(found, detours, worth, dials)
    return [judge(one, detours.get(one.store, Detour()), worth, bars, dials) for one in found]


def judge(seen: Seen, detour: Detour, worth: Worth, bars: Bars, dials: Dials) -> Advice:
    """Advice for one store, against what hours bring elsewhere."""
    case = _case(seen, detour, worth, bars, dials)
    row = next(row for row in RULES if row.when(case))
    to, effect = seen.agreed, Effect(profit_minor=None if worth.pays_from_minor is None else 0.0)
    step, bar = case.more, bars.add_minor
    if row.name in ("brings_little", "runs_out"):
        step, bar = case.fewer, bars.cut_minor
    if row.act != "keep" and step is not None:
        to, effect = (case.up if row.act == "raise" else case.down), step
    return Advice(
        seen.store, row.act, row.name, seen.agreed, to, confidence(seen, dials),
        lost_minor(seen, dials), None if step is None else _per_hour(step), bar, effect, detour,
        seen,
    )  # fmt: skip


def confidence(seen: Seen, dials: Dials) -> str:
    """ "none", "low", "fair" or "good": how much was seen."""
    if seen.made < dials.fewest_visits or seen.days < dials.fewest_days:
        return "none"
    if seen.made < dials.fair_visits or seen.listed < dials.fewest_lines:
        return "low"
    return "fair" if seen.made < dials.good_visits else "good"


def bars_of(
    seen: Sequence[Seen], detours: Mapping[str, Detour], worth: Worth, dials: Dials
) -> Bars:
    """What an hour brings elsewhere: the median of one step more over the stores seen enough, and
    where cost and margin are known, at least what it costs."""
    nothing = Bars(None, None)
    steps = [_case(one, detours.get(one.store, Detour()), worth, nothing, dials) for one in seen]
    rates = [_per_hour(case.more) for case in steps if case.more is not None and _is_seen(case)]
    usual = median(rates) if len(rates) >= dials.fewest_stores else None
    pays = worth.pays_from_minor
    if pays is None:
        return Bars(usual, usual)
    return Bars(max(pays, usual or 0.0), pays)


def total(advice: Iterable[Advice]) -> Effect:
    """What all of it together would do, if each did what it would do alone."""
    whole: Effect | None = None
    for one in advice:
        whole = one.effect if whole is None else whole + one.effect
    return whole or Effect()


# --- what a step does --------------------------------------------------------------------------


def lost_minor(seen: Seen, dials: Dials) -> float:
    """Sales of four weeks lost on empty shelves; 0 where too few lines were seen to say."""
    if seen.listed < dials.fewest_lines or not seen.days:
        return 0.0
    missing = dials.seen_at_worst * (seen.out_rate or 0.0)
    ordered = seen.sales_minor / seen.days
    day = max(0.0, ordered, seen.offtake_minor_day or 0.0)  # cards do not count every product
    return FOUR_WEEKS * day * missing / (1.0 - missing) * dials.lost_share


def _case(seen: Seen, detour: Detour, worth: Worth, bars: Bars, dials: Dials) -> Case:
    agreed = seen.agreed or 0
    up = next((step for step in STEPS if step > agreed), None) if agreed else None
    down = next((step for step in reversed(STEPS) if step < agreed), None)
    more = _effect(seen, up, detour, worth, dials) if up is not None and seen.days else None
    fewer = _effect(seen, down, detour, worth, dials) if down is not None and seen.days else None
    return Case(seen, up, down, more, fewer, bars, dials)


def _effect(seen: Seen, to: int, detour: Detour, worth: Worth, dials: Dials) -> Effect:
    """What seeing a store `to` times in four weeks instead of as agreed would do."""
    agreed = seen.agreed or 1
    visits = to - agreed
    drive = detour.adding_min(visits) if visits > 0 else detour.sparing_min(-visits)
    four_weeks = max(0, seen.sales_minor) * FOUR_WEEKS / seen.days
    answer = four_weeks * ((to / agreed) ** dials.elasticity - 1.0)
    shelf = lost_minor(seen, dials) * (1.0 - agreed / to)
    sales = max(answer, shelf) if visits > 0 else min(answer, shelf)
    profit = None
    if worth.hour_minor is not None and worth.margin_percent:
        cost = visits * (seen.visit_min + drive) / 60.0 * worth.hour_minor
        profit = sales * worth.margin_percent / 100.0 - cost
    return Effect(visits, visits * seen.visit_min, visits * drive, sales, profit)


def _per_hour(effect: Effect) -> float:
    """Sales an hour more would bring, or an hour less would lose."""
    return effect.sales_minor / effect.hours if effect.hours else 0.0
