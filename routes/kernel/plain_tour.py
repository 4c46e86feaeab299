"""All tours of a plan in plain lists: legs, prices, clocks, the cheapest place for a store.

The mirror of tour.c; see there how the clocks with and without lunch work.
"""

from __future__ import annotations

from routes.kernel.shape import Dials, Shape

FAR = 1e30
Clocks = tuple[list[float], list[float], list[float], list[float]]
Row = tuple[list[int], float, float, float, float, float, int]


class Tours:
    """Stops of every tour with what they cost, and the undoing of the running step."""

    def __init__(self, shape: Shape, dials: Dials) -> None:
        self.shape = shape
        many, stores = len(shape.tours), len(shape.service)
        self.balance, self.wanted = dials.balance, dials.work_wanted
        self.pay_load, self.pay_work = dials.pay_load, dials.pay_work
        self.stops: list[list[int]] = [[] for _ in range(many)]
        self.at = [[-1] * stores for _ in range(shape.days)]
        self.visited = [0] * stores
        self.travel, self.load, self.served = [0.0] * many, [0.0] * many, [0.0] * many
        self.price, self.excess, self.version = [0.0] * many, [0.0] * many, [0] * many
        self.versions = 0
        self.cost = self.over = 0.0
        self.clocks: list[Clocks | None] = [None] * many
        self.memo: dict[tuple[int, int], tuple[int, float, int]] = {}
        self.touched: dict[int, Row] = {}
        for tour in range(many):
            self._reprice(tour)

    # --- changing ------------------------------------------------------------------------------

    def begin(self) -> None:
        """A new step: nothing is touched yet."""
        self.touched = {}

    def _touch(self, tour: int) -> None:
        if tour not in self.touched:
            self.touched[tour] = (
                list(self.stops[tour]),
                self.travel[tour],
                self.load[tour],
                self.served[tour],
                self.price[tour],
                self.excess[tour],
                self.version[tour],
            )

    def take_back(self) -> None:
        """Undo the step (days of stores are undone by who keeps them)."""
        for tour in self.touched:
            at = self.at[self.shape.tours[tour][0]]
            for store in self.stops[tour]:
                at[store] = -1
        for tour, row in self.touched.items():
            at = self.at[self.shape.tours[tour][0]]
            self.cost -= self.price[tour]
            self.over -= self.excess[tour]
            self.stops[tour], self.travel[tour], self.load[tour], self.served[tour] = row[:4]
            self.price[tour], self.excess[tour], self.version[tour] = row[4:]
            self.cost += self.price[tour]
            self.over += self.excess[tour]
            self.clocks[tour] = None
            for store in self.stops[tour]:
                at[store] = tour

    def take_out(self, store: int, day: int) -> None:
        """The store leaves its tour of that day."""
        tour = self.at[day][store]
        self._touch(tour)
        stops = self.stops[tour]
        place = stops.index(store)
        last, following = self._sides(tour, place, place + 1)
        minutes = self.shape.minutes
        joined = minutes[last][following] if len(stops) > 1 else 0.0
        self.travel[tour] += joined - minutes[last][store] - minutes[store][following]
        self.load[tour] -= self.shape.load[store]
        self.served[tour] -= self.shape.service[store]
        del stops[place]
        self.at[day][store] = -1
        self.visited[store] &= ~(1 << day)
        self._changed(tour)

    def put_in(self, store: int, tour: int, place: int) -> None:
        """The store becomes the stop at a place of a tour."""
        self._touch(tour)
        stops, day = self.stops[tour], self.shape.tours[tour][0]
        last, following = self._sides(tour, place, place)
        minutes = self.shape.minutes
        gone = minutes[last][following] if stops else 0.0
        self.travel[tour] += minutes[last][store] + minutes[store][following] - gone
        self.load[tour] += self.shape.load[store]
        self.served[tour] += self.shape.service[store]
        stops.insert(place, store)
        self.at[day][store] = tour
        self.visited[store] |= 1 << day
        self._changed(tour)

    def _sides(self, tour: int, before: int, after: int) -> tuple[int, int]:
        """The nodes before one place and at another."""
        stops, (_, start, end) = self.stops[tour], self.shape.tours[tour]
        return (
            stops[before - 1] if before else start,
            stops[after] if after < len(stops) else end,
        )

    def _changed(self, tour: int) -> None:
        self.versions += 1
        self.version[tour] = self.versions
        self.clocks[tour] = None
        self._reprice(tour)

    # --- prices --------------------------------------------------------------------------------

    def _priced(self, tour: int, travel: float, load: float, served: float) -> tuple[float, float]:
        limits = self.shape.limits[tour]
        work, price, over = travel + served, travel, 0.0
        if load - limits.load_max > 1e-7:
            over += load - limits.load_max
            price += self.pay_load * (load - limits.load_max)
        if work - limits.work_max > 1e-7:
            over += work - limits.work_max
            price += self.pay_work * (work - limits.work_max)
        if self.balance > 0:
            price += self.balance * (work - self.wanted) ** 2 / self.wanted
        return price, over

    def _reprice(self, tour: int) -> None:
        self.cost -= self.price[tour]
        self.over -= self.excess[tour]
        price, over = self._priced(tour, self.travel[tour], self.load[tour], self.served[tour])
        if self.stops[tour]:
            price += self.shape.limits[tour].fixed
        self.price[tour], self.excess[tour] = price, over
        self.cost += price
        self.over += over

    def price_with(self, store: int, tour: int, more: float) -> float:
        """What the tour costs more with the store in it, at so many more minutes of travel."""
        shape = self.shape
        price, _ = self._priced(
            tour,
            self.travel[tour] + more,
            self.load[tour] + shape.load[store],
            self.served[tour] + shape.service[store],
        )
        fixed = 0.0 if self.stops[tour] else shape.limits[tour].fixed
        return price + fixed - self.price[tour]

    def excesses(self) -> tuple[bool, bool]:
        """Is any tour over its load, over its work?"""
        over = [tour for tour, excess in enumerate(self.excess) if excess > 1e-6]
        limits = self.shape.limits
        return (
            any(self.load[t] > limits[t].load_max + 1e-6 for t in over),
            any(self.travel[t] + self.served[t] > limits[t].work_max + 1e-6 for t in over),
        )

    def adjust(self, load_share: float, work_share: float) -> None:
        """Raise the price of an excess seen too often, lower that of one seen too seldom."""
        self.pay_load *= 1.15 if load_share > 0.6 else 0.9 if load_share < 0.4 else 1.0
        self.pay_work *= 1.15 if work_share > 0.6 else 0.9 if work_share < 0.4 else 1.0
        self.cost = sum(self.price)
        self.over = sum(self.excess)
        for tour in range(len(self.stops)):
            self._reprice(tour)

    # --- clocks --------------------------------------------------------------------------------

    def _open_from(self, day: int, store: int, t: float) -> float:
        opening, at = self.shape.opening, 4 * (day * len(self.visited) + store)
        if opening is None:
            return t
        if t <= opening[at + 1]:
            return max(t, opening[at])
        return max(t, opening[at + 2]) if t <= opening[at + 3] else FAR

    def _open_until(self, day: int, store: int, t: float) -> float:
        opening, at = self.shape.opening, 4 * (day * len(self.visited) + store)
        if opening is None:
            return t
        if t >= opening[at + 2]:
            return min(t, opening[at + 3])
        return min(t, opening[at + 1]) if t >= opening[at] else -FAR

    def _clocks_of(self, tour: int) -> Clocks:
        kept = self.clocks[tour]
        if kept is not None:
            return kept
        shape, limits, stops = self.shape, self.shape.limits[tour], self.stops[tour]
        day, start, end = shape.tours[tour]
        nodes, lunch = [start, *stops, end], limits.lunch
        legs = [shape.minutes[nodes[i]][nodes[i + 1]] for i in range(len(nodes) - 1)]
        out0 = [limits.clock_from if lunch > 0 else FAR]
        out1 = [FAR if lunch > 0 else limits.clock_from]
        for i, store in enumerate(stops):
            served, without = shape.service[store], FAR
            best = self._open_from(day, store, out1[i] + legs[i])
            if lunch > 0 and out0[i] < FAR:
                arrive = out0[i] + legs[i]
                without = self._open_from(day, store, arrive) + served
                sit = max(arrive, limits.lunch_from)
                if sit <= limits.lunch_until:
                    best = min(best, self._open_from(day, store, sit + lunch))
            out0.append(without)
            out1.append(best + served)
        in0 = [min(limits.clock_to, limits.lunch_until)]
        in1 = [limits.clock_to]
        for i in range(len(stops) - 1, -1, -1):
            store, served = stops[i], shape.service[stops[i]]
            later = self._open_until(day, store, in1[0] - legs[i + 1] - served)
            before = -FAR
            if lunch > 0:
                before = self._open_until(day, store, in0[0] - legs[i + 1] - served)
                last = min(later - lunch, limits.lunch_until)
                before = max(before, last) if last >= limits.lunch_from else before
            in1.insert(0, later)
            in0.insert(0, before)
        self.clocks[tour] = (out0, out1, in0, in1)
        return out0, out1, in0, in1

    def on_time(self, tour: int) -> bool:
        """Is everybody served in time and the rep home?"""
        stops, limits = self.stops[tour], self.shape.limits[tour]
        if self.shape.opening is None or not stops:
            return True
        out0, out1, _, _ = self._clocks_of(tour)
        home = self.shape.minutes[stops[-1]][self.shape.tours[tour][2]]
        early = min(limits.clock_to, limits.lunch_until)
        return out1[-1] + home <= limits.clock_to + 1e-6 or (
            limits.lunch > 0 and out0[-1] + home <= early + 1e-6
        )

    def all_on_time(self) -> bool:
        """The same of every tour the step changed."""
        return all(self.on_time(tour) for tour in self.touched)

    def _fits(self, store: int, tour: int, place: int, to: float, on: float) -> bool:
        limits, day = self.shape.limits[tour], self.shape.tours[tour][0]
        out0, out1, in0, in1 = self._clocks_of(tour)
        rest = self.shape.service[store] + on - 1e-9
        if out1[place] < FAR and self._open_from(day, store, out1[place] + to) + rest <= in1[place]:
            return True
        if limits.lunch <= 0 or out0[place] >= FAR:
            return False
        arrive = out0[place] + to
        if self._open_from(day, store, arrive) + rest <= in0[place]:
            return True
        sit = max(arrive, limits.lunch_from)
        eaten = sit + limits.lunch
        return sit <= limits.lunch_until and (
            self._open_from(day, store, eaten) + rest <= in1[place]
        )

    def cheapest(self, store: int, tour: int) -> tuple[float, int]:
        """(minutes more, place) of the cheapest place of a store in a tour; FAR: none."""
        known = self.memo.get((store, tour))
        if known is not None and known[0] == self.version[tour]:
            return known[1], known[2]
        shape, (_, start, end) = self.shape, self.shape.tours[tour]
        nodes = [start, *self.stops[tour], end]
        minutes, on = shape.minutes, shape.minutes[store]
        least, best, timed = FAR, -1, shape.opening is not None
        empty = len(nodes) == 2
        for place in range(len(nodes) - 1):
            last, following = nodes[place], nodes[place + 1]
            gone = 0.0 if empty else minutes[last][following]
            more = minutes[last][store] + on[following] - gone
            if more < least and (
                not timed or self._fits(store, tour, place, minutes[last][store], on[following])
            ):
                least, best = more, place
        self.memo[(store, tour)] = (self.version[tour], least, best)
        return least, best
