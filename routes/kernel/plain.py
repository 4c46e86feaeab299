"""The kernel in Python, for machines where the C cannot be built: the same limits, fewer steps.

It mirrors ruin.c, place.c and search.c with plain lists (plain_tour.py mirrors tour.c). It keeps no
account of single tours' undoing: a step remembers the tours it changed and puts their old lists
back when it is not accepted.
"""

from __future__ import annotations

import math
from random import Random

from routes.kernel.plain_tour import FAR, Tours
from routes.kernel.shape import Dials, Plan, Shape


class PlainSearch:
    """One search in plain Python; see `shape.Search` for what each call promises."""

    chunk = 10

    def __init__(self, shape: Shape, dials: Dials, seed: int) -> None:
        self.shape = shape
        self.dials = dials
        self.luck = Random(seed)  # noqa: S311 - a plan is no secret, and must be repeatable
        self.tours = Tours(shape, dials)
        stores = len(shape.service)
        self.of_day: list[list[int]] = [[] for _ in range(shape.days)]
        for tour, (day, _, _) in enumerate(shape.tours):
            self.of_day[day].append(tour)
        self.near = [
            sorted(
                (o for o in range(stores) if o != s),
                key=lambda o, s=s: shape.minutes[s][o] + shape.minutes[o][s],  # type: ignore[misc]
            )
            for s in range(stores)
        ]
        self.chosen = [-1] * stores
        self.dear = 0.0  # price of all chosen patterns
        self.best: tuple[float, Plan] | None = None
        self.moved: dict[int, tuple[int, int]] = {}
        self.loose: list[int] = []
        self.seen: list[tuple[bool, bool]] = []  # excess of load, of work, after the last steps

    # --- the calls of shape.Search -------------------------------------------------------------

    def load(self, plan: Plan) -> bool:
        self._clear()
        for tour, stops in enumerate(plan.tours()):
            self._copy(stops, tour)
        return self._settle(plan.chosen, None)

    def cross(self, one: Plan, other: Plan) -> bool:
        lean = 0.2 + 0.6 * self.luck.random()
        self._clear()
        rows, others = one.tours(), other.tours()
        late: list[int] = []
        for day, tours in enumerate(self.of_day):
            way, mixed = self.luck.random(), self.luck.random() < 0.4
            for tour in tours:
                mine = (self.luck.random() if mixed else way) < lean
                if self.shape.frozen >> day & 1:
                    mine = True
                if mine:
                    self._copy(rows[tour], tour)
                if not mine or mixed:
                    late.append(tour)
        for tour in late:
            of_day = self.of_day[self.shape.tours[tour][0]]
            free = tour if not self.tours.stops[tour] else None
            for each in of_day:
                if free is None and not self.tours.stops[each]:
                    free = each
            if free is not None:
                self._copy(others[tour], free)
        return self._settle(one.chosen, other.chosen)

    def run(self, steps: int, hot: float, cold: float) -> float:
        heat, cooling = hot, (cold / hot) ** (1.0 / max(1, steps))
        tours = self.tours
        self._keep_best()
        for _ in range(steps):
            self._begin()
            before = tours.cost + self.dear
            self._ruin()
            limit = before - heat * math.log(self.luck.random() + 1e-300)
            if self._place_all() and tours.cost + self.dear < limit:
                self._keep_best()
            else:
                self._take_back()
            heat *= cooling
            load, work = tours.excesses() if tours.over > 1e-6 else (False, False)
            self.seen.append((load, work))
            if len(self.seen) == 64:
                tours.adjust(*(sum(each) / 64 for each in zip(*self.seen, strict=True)))
                self.seen = []
        return self.best[0] if self.best else FAR

    def forget(self) -> None:
        self.best = None

    def cost(self) -> tuple[float, float]:
        return self.tours.cost + self.dear, self.tours.over

    def plan(self, best: bool = True) -> Plan:
        if best and self.best:
            return self.best[1]
        rows = self.tours.stops
        stop = tuple(store for row in rows for store in row)
        return Plan(tuple(self.chosen), tuple(len(row) for row in rows), stop)

    # --- a step --------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.tours.begin()
        self.moved, self.loose = {}, []

    def _take_back(self) -> None:
        self.tours.take_back()
        for store, (chosen, visited) in self.moved.items():
            if chosen >= 0:
                self._choose(store, chosen)
            self.tours.visited[store] = visited

    def _keep_best(self) -> None:
        cost = self.tours.cost + self.dear
        if self.tours.over < 1e-6 and (self.best is None or cost < self.best[0] - 1e-7):
            self.best = (cost, self.plan(best=False))

    def _choose(self, store: int, pattern: int) -> None:
        price = self.shape.pattern_cost
        self.dear += price[pattern] - (price[self.chosen[store]] if self.chosen[store] >= 0 else 0)
        self.chosen[store] = pattern

    def _loosen(self, store: int) -> None:
        if store not in self.moved:
            self.moved[store] = (self.chosen[store], self.tours.visited[store])
        if store not in self.loose:
            self.loose.append(store)

    def _leave(self, store: int, day: int, whole: bool) -> None:
        self._loosen(store)
        for each in self._days(store) if whole else [day]:
            if self.tours.visited[store] >> each & 1:
                self.tours.take_out(store, each)

    def _days(self, store: int) -> list[int]:
        """Days the store is seen on and may leave."""
        days = self.tours.visited[store] & ~self.shape.frozen
        return [day for day in range(days.bit_length()) if days >> day & 1]

    def _ruin(self) -> None:
        luck, dials = self.luck, self.dials
        seed = luck.randrange(len(self.chosen))
        absent = [s for s, v in enumerate(self.tours.visited) if not v]
        for store in luck.sample(absent, min(8, len(absent))):
            self._loosen(store)
        days = self._days(seed)
        whole = luck.random() < dials.whole_share or not days
        self._loosen(seed)
        if whole and luck.random() < dials.near_share:
            self._leave(seed, 0, True)
            for store in self.near[seed][: luck.randrange(int(dials.out_mean))]:
                self._leave(store, 0, True)
            return
        used = [len(stops) for stops in self.tours.stops if stops]
        longest = min(dials.string_max, sum(used) / len(used) if used else 1.0)
        strings = int(1 + luck.random() * (4 * dials.out_mean / (1 + longest) - 1))
        day, cut, out = luck.choice(days) if days else -1, set(), set()
        for store in [seed, *self.near[seed]]:
            if strings <= 0:
                break
            mine = self._days(store)
            on = day if not whole or day in mine else (luck.choice(mine) if mine else -1)
            if store in out or on not in mine:
                continue
            tour = self.tours.at[on][store]
            if tour in cut:
                continue
            cut.add(tour)
            stops = self.tours.stops[tour]
            length = 1 + int(luck.random() * min(len(stops), longest))
            length = min(length, len(stops))
            here = stops.index(store)
            first = luck.randint(max(0, here - length + 1), min(here, len(stops) - length))
            for each in stops[first : first + length]:
                out.add(each)
                self._leave(each, on, whole)
            strings -= 1

    def _place_all(self) -> bool:
        way, home = self.luck.randrange(14), self.shape.tours[0][1]
        minutes, shape = self.shape.minutes, self.shape

        def key(store: int) -> float:
            many = shape.pattern[shape.pattern_from[store]].bit_count()
            if 4 <= way < 7:
                return -many * (shape.load[store] + shape.service[store])
            if 7 <= way < 10:
                return minutes[home][store] if way == 9 else -minutes[home][store]
            return self.luck.random() - (many if way >= 10 else 0)

        self.loose.sort(key=key)
        return all(self._place(store) for store in self.loose) and self.tours.all_on_time()

    def _place(self, store: int) -> bool:
        found = self._pattern(store, self.dials.skip) or self._pattern(store, 0.0)
        if found is None and self._days(store):
            for day in self._days(store):
                self.tours.take_out(store, day)
            found = self._pattern(store, 0.0)
        if found is None:
            return False
        pattern, places = found
        for tour, place in places:
            self.tours.put_in(store, tour, place)
        self._choose(store, pattern)
        return True

    def _pattern(self, store: int, skip: float) -> tuple[int, list[tuple[int, int]]] | None:
        """The pattern that costs least, and where the store goes on its days."""
        shape, here = self.shape, self.tours.visited[store]
        asked: dict[int, tuple[float, int, int]] = {}
        least, best = FAR / 2, None
        for p in range(shape.pattern_from[store], shape.pattern_from[store + 1]):
            days = shape.pattern[p]
            if days & here != here:
                continue
            total, places, days = shape.pattern_cost[p], [], days & ~here
            while days and total < least:
                day = (days & -days).bit_length() - 1
                days &= days - 1
                if day not in asked:
                    asked[day] = self._ask(store, day, skip)
                more, tour, place = asked[day]
                total += more
                places.append((tour, place))
            if total < least:
                least, best = total, (p, places)
        return best

    def _ask(self, store: int, day: int, skip: float) -> tuple[float, int, int]:
        least, empty = (FAR, -1, -1), False
        for tour in self.of_day[day]:
            if not self.tours.stops[tour]:
                if empty:
                    continue
                empty = True
            if skip and self.luck.random() < skip:
                continue
            more, place = self.tours.cheapest(store, tour)
            if more < FAR:
                price = self.tours.price_with(store, tour, more)
                if price < least[0]:
                    least = (price, tour, place)
        return least

    # --- whole plans ---------------------------------------------------------------------------

    def _clear(self) -> None:
        self.tours = Tours(self.shape, self.dials)
        self.chosen = [-1] * len(self.chosen)
        self.dear = 0.0
        self._begin()

    def _copy(self, stops: list[int], tour: int) -> None:
        shape, day = self.shape, self.shape.tours[tour][0]
        for store in stops:
            if self.tours.at[day][store] >= 0:
                continue
            want = self.tours.visited[store] | 1 << day
            of_store = range(shape.pattern_from[store], shape.pattern_from[store + 1])
            if any(shape.pattern[p] & want == want for p in of_store):
                self.tours.put_in(store, tour, len(self.tours.stops[tour]))
        if not shape.frozen >> day & 1:
            while self.tours.stops[tour] and not self.tours.on_time(tour):
                self.tours.take_out(self.tours.stops[tour][-1], day)

    def _settle(self, chosen: tuple[int, ...], other: tuple[int, ...] | None) -> bool:
        self._begin()
        for store, days in enumerate(self.tours.visited):
            for pattern in (chosen[store], other[store] if other else -1):
                if pattern >= 0 and self.shape.pattern[pattern] == days:
                    self._choose(store, pattern)
                    break
            else:
                self._loosen(store)
        return self._place_all()
