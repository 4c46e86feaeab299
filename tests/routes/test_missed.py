"""Why a visit has no place: the quick answer is that of trying everything, and quick it is."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from routes.missed import A_DAY_MIN, Missed, why_missed
from routes.plan import plan
from routes.problem import Day, Pattern, Planned, Problem, Spell, Store, bits, spells_of
from routes.timetable import keeps_hours, timetable
from tests.routes.territories import LUNCH, territory
from tests.routes.test_plan import KERNELS


def by_trying(problem: Problem, planned: Planned) -> dict[str, tuple[str, float]]:
    """The same answers from every day and every place, one after the other."""
    number = {store.id: i for i, store in enumerate(problem.stores)}
    orders = {r.day: [number[c.store] for c in r.calls] for r in planned.routes}
    found = {}
    for index, store in enumerate(problem.stores):
        chosen = planned.chosen[store.id]
        if not chosen.missed:
            continue
        days = {
            day.number: day for day in problem.days if day.working and spells_of(store, day)
            and any(p.missed < chosen.missed and p.days & chosen.days == chosen.days
                    and (p.days & ~chosen.days) >> day.number & 1 for p in store.patterns)
        }  # fmt: skip
        lacking = [tried(problem, day, orders.get(n, []), index) for n, day in days.items()]
        if not lacking:
            found[store.id] = ("closed", 0.0)
        elif min(lacking) == 0.0:
            found[store.id] = ("dear", 0.0)
        else:
            least = min(lacking)
            found[store.id] = ("full", round(least, 6)) if least < A_DAY_MIN else ("hours", 0.0)
    return found


def tried(problem: Problem, day: Day, stops: Sequence[int], store: int) -> float:
    ways = [[*stops[:i], store, *stops[i:]] for i in range(len(stops) + 1)]
    if any(keeps_hours(problem, day, way) for way in ways):
        return 0.0
    long = replace(day, to_min=day.to_min + A_DAY_MIN)
    routes = [timetable(problem, long, way) for way in ways]
    homes = [route.home_min - day.to_min for route in routes if route is not None]
    return min([A_DAY_MIN, *homes])


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 100_000),
    visit=st.sampled_from([30.0, 60.0, 150.0]),
    lunch=st.sampled_from([None, LUNCH]),
)
def test_the_quick_answer_is_that_of_trying_everything(
    seed: int, visit: float, lunch: object
) -> None:
    problem = territory(seed, stores=14, weeks=1, visit_min=visit, lunch=lunch)  # type: ignore[arg-type]
    planned = plan(problem, 1, lambda _: 1.0, KERNELS[0])
    said = {m.store: (m.why, round(m.lacking_min, 6)) for m in why_missed(problem, planned)}
    assert said == by_trying(problem, planned)


def one_day(store: Store, *others: Store, order: Sequence[int]) -> tuple[Missed, ...]:
    """What is said of a store that has no place on the only day, with the others in this order."""
    day = replace(territory(1, stores=1, weeks=1, lunch=None).days[0], to_min=600.0)
    stores = (store, *others)
    minutes = [[0.0 if a == b else 10.0 for b in range(len(stores) + 1)] for a in range(9)]
    problem = Problem(stores, (day,), minutes)
    before = plan(
        replace(problem, stores=(replace(store, patterns=(Pattern(0, 1),)), *others),
                previous_routes=((0, tuple(others[i].id for i in order)),)),
        1, lambda _: 1.0, KERNELS[0],
    )  # fmt: skip
    return why_missed(problem, before)


def test_a_full_day_says_what_it_lacks_and_hours_that_exclude_each_other_say_so() -> None:
    day = (Pattern(bits([0])), Pattern(0, 1, 1000.0))
    busy = Store("busy", 60.0, day[:1])
    assert one_day(Store("late", 50.0, day), busy, order=[0]) == (Missed("late", 1, "full", 20.0),)
    early = {0: (Spell(480.0, 495.0),)}
    first = Store("first", 60.0, day[:1], early)
    assert one_day(Store("too", 20.0, day, early), first, order=[0]) == (
        Missed("too", 1, "hours", 0.0),
    )


def test_a_day_its_rhythm_forbids_is_no_room() -> None:
    """Seen on day 0 already: only day 2 goes with it, and that is a day off. Day 1 has room."""
    days = territory(1, stores=1, weeks=1, lunch=None).days[:3]
    days = (*days[:2], replace(days[2], working=False))
    store = Store("s", 10.0, (Pattern(bits([0, 2])), Pattern(bits([1])), Pattern(bits([0]), 1)))
    problem = Problem((store,), days, [[0.0, 1.0], [1.0, 0.0]])
    seen = plan(replace(problem, stores=(replace(store, patterns=store.patterns[2:]),)), 1,
                lambda _: 1.0, KERNELS[0])  # fmt: skip
    assert why_missed(problem, seen) == (Missed("s", 1, "closed", 0.0),)
