"""Small made-up territories for the tests of planning."""

from __future__ import annotations

import math
from random import Random

from routes.frequency import Frequency, patterns
from routes.problem import Day, Lunch, Problem, Spell, Store

LUNCH = Lunch(690.0, 810.0, 30.0)


def week_days(weeks: int, lunch: Lunch | None = LUNCH, holidays: tuple[int, ...] = ()) -> list[Day]:
    """Working weeks of five days, numbered on; holidays by number."""
    return [
        Day(
            5 * week + weekday,
            week,
            weekday,
            working=5 * week + weekday not in holidays,
            lunch=lunch,
        )
        for week in range(weeks)
        for weekday in range(5)
    ]


def territory(
    seed: int,
    stores: int = 12,
    weeks: int = 2,
    lunch: Lunch | None = LUNCH,
    far: float = 40.0,
    visit_min: float = 15.0,
    holidays: tuple[int, ...] = (),
) -> Problem:
    """Stores strewn around a home, some with opening hours, on one to four visits."""
    luck = Random(seed)
    days = week_days(weeks, lunch, holidays)
    places = [(luck.uniform(-far, far), luck.uniform(-far, far)) for _ in range(stores)]
    places.append((0.0, 0.0))
    made = []
    for i in range(stores):
        spells = {}
        if luck.random() < 0.5:
            opens = luck.choice([480.0, 540.0, 600.0, 780.0])
            spells = {w: (Spell(opens, opens + 180.0),) for w in range(5)}
            if luck.random() < 0.4:
                spells = {w: (Spell(480.0, 600.0), Spell(840.0, 960.0)) for w in range(5)}
            if luck.random() < 0.3:
                del spells[luck.randrange(5)]
        visits = luck.choice([1, 1, 2, weeks])
        closed = [d.number for d in days if spells and d.weekday not in spells]
        allowed = patterns(Frequency(visits), days, never=closed)
        made.append(Store(f"s{i}", visit_min, allowed, spells))
    minutes = [[math.dist(a, b) * 0.9 + (3.0 if a != b else 0.0) for b in places] for a in places]
    return Problem(tuple(made), tuple(days), minutes)
