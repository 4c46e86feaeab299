"""The clock of one day: when the rep is where, how far it is, and what is wrong with it.

The same arithmetic as the planner's (routes/timetable.py, routes/sequence.py), asked of a day that
people put together: they may insist on a visit the planner would not have made, and are told.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise

from routes.distance import km_between, name_of
from routes.frequency import Frequency, patterns
from routes.opening import read, spells
from routes.problem import ALWAYS, Day, Lunch, Problem, Spell, Store, bits, spells_of
from routes.sequence import order_quickly
from routes.territory import LUNCH_FROM_MIN, LUNCH_UNTIL_MIN
from routes.timetable import keeps_hours, timetable
from server.office.planning.cards import Card, Setting

HOME = ""
"""What home is called where distances are learned by place."""
LEAST_MIN = 0.5
LONG_MIN = 2_880.0
"""No day ends later: where the usual end has to give way."""
_ALWAYS = (Spell(*ALWAYS),)


@dataclass(frozen=True)
class Clock:
    """One day's times. `begins`: when each visit begins, in order (minutes after midnight);
    `closed`: ids of visits at which the store is not open then; `over_min`: how much longer than
    the rep's day it is."""

    begins: tuple[float, ...]
    leaves_min: float
    home_min: float
    drive_min: float
    lunch_min: float | None
    closed: frozenset[str]
    over_min: float

    @property
    def minutes(self) -> float:
        """From leaving home to being back."""
        return self.home_min - self.leaves_min


def drive_min(setting: Setting, cards: Sequence[Card]) -> float:
    """Minutes of driving from home through these visits and back, as the planner reckons them."""
    if not cards:
        return 0.0
    minutes = _minutes(setting, cards)
    home = len(cards)
    return sum(minutes(one, other) for one, other in pairwise([home, *range(home), home]))


def _minutes(setting: Setting, cards: Sequence[Card]) -> Callable[[int, int], float]:
    """Travel between visits by index; home is the index after the last."""
    named = [*(card.store for card in cards), HOME]
    places = [*(card.place for card in cards), setting.home]

    def between(one: int, other: int) -> float:
        if one != other and setting.road_min:
            by_road = setting.road_min.get((name_of(places[one]), name_of(places[other])))
            if by_road is not None:
                return max(LEAST_MIN, by_road)
        km = km_between(places[one], places[other])
        return setting.known.minutes(named[one], named[other], km)

    return between


def day_of(setting: Setting, day: date, number: int = 0) -> Day:
    """A date as a day of the planner, as long as the rep's usual day."""
    work = setting.workday
    ends = work.starts_min + work.length_min
    eats = work.lunch_min > 0 and work.starts_min <= LUNCH_FROM_MIN and ends >= LUNCH_UNTIL_MIN
    lunch = Lunch(LUNCH_FROM_MIN, LUNCH_UNTIL_MIN, work.lunch_min) if eats else None
    working = setting.off(day) is None
    return Day(number, 0, day.weekday(), work.starts_min, ends, working, lunch)


@cache
def _hours(text: str, visit_min: float) -> Mapping[int, tuple[Spell, ...]]:
    hours = read(text)
    if hours is None:
        return {}
    return spells(hours, visit_min) or {-1: ()}


def _store(card: Card, insisted: bool) -> Store:
    """A card as the planner's store; an appointment stands whatever its hours."""
    on = {0: _ALWAYS} if insisted or card.is_locked else {}
    return Store(card.id, card.visit_min, (), _hours(card.hours, card.visit_min), on)


def _problem(
    setting: Setting, cards: Sequence[Card], day: Day, insisted: Set[str] = frozenset()
) -> Problem:
    """One day's visits as a problem, home last. `insisted`: visits made whatever the hours."""
    between, nodes = _minutes(setting, cards), range(len(cards) + 1)
    minutes = [[between(one, other) for other in nodes] for one in nodes]
    made = tuple(_store(card, card.id in insisted) for card in cards)
    return Problem(made, (day,), minutes)


def clock(setting: Setting, on: date, cards: Sequence[Card]) -> Clock:
    """The times of a day's visits in the order they have. A day that is too long is shown as long
    as it is; a store that is closed when its turn comes is visited all the same, and named."""
    day = day_of(setting, on)
    if not cards:
        return Clock((), day.from_min, day.from_min, 0.0, None, frozenset(), 0.0)
    long, insisted = replace(day, to_min=LONG_MIN), set[str]()
    as_open = problem = _problem(setting, cards, long)
    order, shut = range(len(cards)), -1
    route = timetable(problem, long, order)
    while route is None:
        shut = _first_shut(problem, long, shut + 1)
        if shut < 0:
            break
        insisted.add(cards[shut].id)
        stores = tuple(_store(card, card.id in insisted) for card in cards)
        problem = replace(problem, stores=stores)
        route = timetable(problem, long, order)
    if route is None:  # no lunch fits at all: hours of driving across noon
        hungry = replace(long, locked=(), lunch=None)
        stores = tuple(_store(card, True) for card in cards)
        route = timetable(replace(problem, stores=stores), hungry, order)
    if route is None:
        raise AssertionError("a locked day always has times")
    closed = _closed(as_open, day, [call.begin_min for call in route.calls])
    return Clock(
        tuple(call.begin_min for call in route.calls), route.leave_home_min, route.home_min,
        route.travel_min, route.lunch_min, frozenset(cards[i].id for i in closed),
        max(0.0, route.home_min - day.to_min),
    )  # fmt: skip


def _first_shut(problem: Problem, day: Day, start: int) -> int:
    """The first visit in order, from `start` on, that no timing of those up to it allows; -1: none.
    Those before `start` are known to go."""
    for many in range(start + 1, len(problem.stores) + 1):
        if not keeps_hours(problem, day, range(many)):
            return many - 1
    return -1


def _closed(problem: Problem, day: Day, begins: Sequence[float]) -> list[int]:
    """Visits (by index) that begin while their store is not open for them."""
    return [
        i
        for i, store in enumerate(problem.stores)
        if not any(s.from_min <= begins[i] + 1e-6 and begins[i] <= s.until_min + 1e-6
                   for s in spells_of(store, day))
    ]  # fmt: skip


def ordered(setting: Setting, on: date, cards: Sequence[Card]) -> list[Card]:
    """The same visits in the best order found: within hours and the day's length if that can be,
    then in a longer day, then whatever hours say. Nobody is left out: people decided."""
    day = day_of(setting, on)
    long, insisted = replace(day, to_min=LONG_MIN), set[str]()
    for each in (day, long, long):
        done = order_quickly(_problem(setting, cards, each, insisted), each, range(len(cards)))
        if not done.left_out:
            return [cards[i] for i in done.stops]
        if each is long:
            insisted |= {cards[i].id for i in done.left_out}
    whenever = replace(_problem(setting, cards, day), timed=False)
    return [cards[i] for i in order_quickly(whenever, day, range(len(cards))).stops]


def rhythm_kept(
    setting: Setting, first: date, weeks: int, on: Sequence[date], due: int, hours: str,
    visit_min: float, fixed: Sequence[date] = (),
) -> bool:  # fmt: skip
    """Whether a store's days are a pattern the planner allows, or one with visits left out."""
    numbers = [(day - first).days for day in on]
    if len(set(numbers)) < len(numbers):
        return False
    days = tuple(
        replace(day_of(setting, date.fromordinal(first.toordinal() + n), n), week=n // 7)
        for n in range(7 * weeks)
    )
    open_ = _hours(hours, visit_min)
    shut = frozenset(range(7)) - set(open_) if open_ else frozenset()
    must = frozenset((day - first).days for day in fixed)
    allowed = _allowed(due, days, shut, must)
    there = bits(numbers)
    return any(there & ~pattern == 0 for pattern in allowed)


@cache
def _allowed(
    due: int, days: tuple[Day, ...], shut: frozenset[int], must: frozenset[int]
) -> tuple[int, ...]:
    never = {day.number for day in days if day.weekday in shut} - must
    return tuple(p.days for p in patterns(Frequency(due), days, must, never, optional=False))
