"""Who is due, and on which days: from call frequencies to allowed patterns of days.

A frequency is visits per cycle (the cycle: four weeks, or any number). Its patterns keep the rhythm
the trade wants: the same weekdays every week, every second week, once in four; never closer than
the least gap. Holidays, appointments and locked days bend a pattern instead of forbidding it: a
visit on a closed day moves within its week, and what cannot move is counted as missed, so that a
plan can say so. Only calendars and arithmetic: no clock, no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise

from routes.problem import Day, Pattern, bits, days_in

MISSED_MIN = 1000.0
"""What a due visit left out costs, minutes of travel: more than any detour within a day's work."""


@dataclass(frozen=True)
class Frequency:
    """How often a store is to be seen.

    `weekdays`: where visits may fall (0 Monday), empty: any. `gap_days`: least days between two
    visits of one week. `worth`: how bad a missed visit is (1: usual; an A store more).
    """

    visits: int
    gap_days: int = 2
    weekdays: frozenset[int] = frozenset()
    worth: float = 1.0


@dataclass(frozen=True)
class Rule:
    """One row of the frequency rules; the first that fits a store decides.

    A field that is None fits every store. `visits` are per cycle.
    """

    visits: int
    store_class: str | None = None
    banner: str | None = None
    store: str | None = None
    gap_days: int = 2
    worth: float = 1.0


def frequency_of(
    rules: Iterable[Rule], store: str, store_class: str = "", banner: str = ""
) -> Frequency | None:
    """The frequency the rules give a store; None where no row fits, which is told, not guessed."""
    for rule in rules:
        fits = (
            rule.store in (None, store)
            and rule.store_class in (None, store_class)
            and rule.banner in (None, banner)
        )
        if fits:
            return Frequency(rule.visits, rule.gap_days, worth=rule.worth)
    return None


def debt_visits(
    frequency: Frequency, cycle_days: int, since: date, today: date, made: int
) -> float:
    """Visits a store is behind (below 0: ahead): what was due since then, less what was made."""
    return frequency.visits * (today - since).days / cycle_days - made


def next_due(frequency: Frequency, cycle_days: int, last: date) -> date:
    """The day by which the next visit is due: the last one and one interval of the frequency."""
    interval = cycle_days // max(1, frequency.visits)
    return date.fromordinal(last.toordinal() + interval)


# --- patterns ----------------------------------------------------------------------------------


def patterns(
    frequency: Frequency,
    days: Sequence[Day],
    must: Iterable[int] = (),
    never: Iterable[int] = (),
    optional: bool = True,
) -> tuple[Pattern, ...]:
    """The allowed patterns over these days, full ones first.

    `must`: days with an appointment or a locked visit; `never`: days it may not be seen on beside
    those (locked days of others, days the store is closed). With `optional` each pattern may also
    lose visits, at `MISSED_MIN` each: then every store has a place, if only the empty pattern.
    """
    fixed, closed = bits(must), bits(never)
    closed |= bits(day.number for day in days if not day.working)
    closed &= ~fixed
    full: dict[int, Pattern] = {}
    for wanted in _rhythms(frequency, days):
        for bent in _bend(wanted, fixed, closed, days):
            if bent.days not in full or _worse(full[bent.days], bent):
                full[bent.days] = bent
    if not full:
        full = {fixed: Pattern(fixed, max(0, frequency.visits - fixed.bit_count()))}
    # fewest missed, then no visit more than due: an appointment stands for one of them
    least = min((p.missed, p.days.bit_count()) for p in full.values())
    found = {p.days: p for p in full.values() if (p.missed, p.days.bit_count()) == least}
    if optional:
        for pattern in list(found.values()):
            for fewer in _losing(pattern, fixed):
                if fewer.days not in found or found[fewer.days].missed > fewer.missed:
                    found[fewer.days] = fewer
    price = MISSED_MIN * frequency.worth
    made = (p._replace(cost_min=p.cost_min + price * p.missed) for p in found.values())
    return tuple(sorted(made, key=lambda p: (p.missed, p.moved, p.days)))


def _worse(one: Pattern, other: Pattern) -> bool:
    return (one.missed, one.moved) > (other.missed, other.moved)


def _rhythms(frequency: Frequency, days: Sequence[Day]) -> list[list[tuple[int, int]]]:
    """Sets of (week, weekday) that keep the rhythm, whatever holidays say."""
    weeks = sorted({day.week for day in days})
    weekdays = sorted({day.weekday for day in days if day.working})
    if frequency.weekdays:
        weekdays = [w for w in weekdays if w in frequency.weekdays] or weekdays
    visits = min(frequency.visits, len(weeks) * len(weekdays))
    if visits <= 0 or not weekdays:
        return []
    each, more = divmod(visits, len(weeks))
    found = []
    for some in _apart(weekdays, each, frequency.gap_days):
        for extra in _apart([w for w in weekdays if w not in some], 1 if more else 0, 1):
            if extra and not _spaced(sorted({*some, *extra}), frequency.gap_days):
                continue
            for chosen in _spread(weeks, more):
                rhythm = [(week, w) for week in weeks for w in some]
                found.append(rhythm + [(week, w) for week in chosen for w in extra])
    return found


def _spaced(weekdays: Sequence[int], gap: int) -> bool:
    """Whether weekdays repeated every week are never closer than the gap."""
    around = [*weekdays, weekdays[0] + 7]
    return all(later - one >= gap for one, later in pairwise(around))


def _apart(weekdays: Sequence[int], many: int, gap: int) -> list[tuple[int, ...]]:
    """Ways to choose so many weekdays with the gap kept, or with the widest gap that can be."""
    if many == 0:
        return [()]
    ways = list(combinations(weekdays, many))
    while gap > 1 and not any(_spaced(way, gap) for way in ways):
        gap -= 1
    return [way for way in ways if _spaced(way, gap)] or ways


def _spread(weeks: Sequence[int], many: int) -> list[tuple[int, ...]]:
    """Ways to choose so many of the weeks, as evenly over the cycle as it goes."""
    if many == 0:
        return [()]
    size = len(weeks)

    def evenness(way: tuple[int, ...]) -> int:
        around = [*way, way[0] + size]
        return min(later - one for one, later in pairwise(around))

    ways = list(combinations(range(size), many))
    best = max(map(evenness, ways))
    return [tuple(weeks[i] for i in way) for way in ways if evenness(way) == best]


def _bend(
    rhythm: Sequence[tuple[int, int]], fixed: int, closed: int, days: Sequence[Day]
) -> list[Pattern]:
    """A rhythm on the real calendar: fixed days taken in, closed ones left, within their weeks."""
    by_place = {(day.week, day.weekday): day for day in days}
    chosen = fixed
    moved = missed = 0
    for week in sorted({week for week, _ in rhythm}):
        wanted = [weekday for w, weekday in rhythm if w == week]
        there = [days_.number for days_ in days if days_.week == week]
        given = [day for day in there if fixed >> day & 1]
        # an appointment stands for the visit nearest to it
        for day in given:
            if wanted:
                weekday = next(d.weekday for d in days if d.number == day)
                nearest = min(wanted, key=lambda w: (abs(w - weekday), w))
                moved += nearest != weekday
                wanted.remove(nearest)
        for weekday in wanted:
            place = by_place.get((week, weekday))
            if place is not None and not (closed | chosen) >> place.number & 1:
                chosen |= 1 << place.number
                continue
            free = [d for d in days if d.week == week and not (closed | chosen) >> d.number & 1]
            if free:
                nearest_day = min(free, key=lambda d: (abs(d.weekday - weekday), d.weekday))
                chosen |= 1 << nearest_day.number
                moved += 1
            else:
                missed += 1
    return [Pattern(chosen, missed, float(moved), moved)]


def _losing(pattern: Pattern, fixed: int) -> list[Pattern]:
    """The pattern with visits left out: one, every second one, all that are not fixed."""
    free = days_in(pattern.days & ~fixed)
    ways = [*((day,) for day in free), tuple(free[::2]), tuple(free[1::2]), tuple(free)]
    return [
        pattern._replace(days=pattern.days & ~bits(way), missed=pattern.missed + len(way))
        for way in ways
        if way
    ]


def rules_by_class(visits: Mapping[str, int]) -> list[Rule]:
    """Rules from a plain table of class -> visits per cycle."""
    return [Rule(count, store_class=name) for name, count in visits.items()]
