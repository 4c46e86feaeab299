"""One day in order by PyVRP and by OR-Tools, where they are installed (dependency group `bench`).

Neither can tie a store's visits of several days to an allowed pattern, so beside our plans they get
the patterns of our first plan (about a quarter of a second) and order every day on their own, each
day with an equal part of the seconds. They count in whole numbers: minutes times `SCALE`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence

from routes.problem import Day, Problem, spells_of

SCALE = 1000
LONG = 10**9
Order = Callable[[Problem, Day, Sequence[int], float], "list[list[int]] | None"]
"""Problem, day, stores, seconds -> stops of each car, or None where no valid answer was found."""


def there() -> dict[str, Order]:
    """The peers that are installed here, by name."""
    found: dict[str, Order] = {}
    if importlib.util.find_spec("pyvrp") is not None:
        found["PyVRP"] = by_pyvrp
    if importlib.util.find_spec("ortools") is not None:
        found["OR-Tools"] = by_ortools
    return found


def _whole(minutes: float) -> int:
    return round(min(minutes, LONG / SCALE) * SCALE)


def _window(problem: Problem, day: Day, store: int) -> tuple[int, int]:
    if not problem.timed:
        return 0, LONG
    spell = spells_of(problem.stores[store], day)[0]
    return max(0, _whole(max(spell.from_min, 0.0))), max(0, _whole(spell.until_min))


def by_pyvrp(
    problem: Problem, day: Day, stores: Sequence[int], seconds: float
) -> list[list[int]] | None:
    """The day by PyVRP's hybrid genetic search."""
    from pyvrp import Model
    from pyvrp.stop import MaxRuntime

    model, home = Model(), len(problem.stores) + day.start
    places = [model.add_location(0, i) for i in range(len(stores) + 1)]
    limited = day.load_max < 1e8
    depot = model.add_depot(places[0])
    for place, i in zip(places[1:], stores, strict=True):
        store, (early, late) = problem.stores[i], _window(problem, day, i)
        model.add_client(
            place,
            delivery=round(store.load) if limited else [],
            service_duration=_whole(store.visit_min),
            tw_early=early,
            tw_late=late,
        )
    model.add_vehicle_type(
        day.cars,
        capacity=round(day.load_max) if limited else [],
        start_depot=depot,
        end_depot=depot,
        tw_early=_whole(day.from_min) if problem.timed else 0,
        tw_late=_whole(day.to_min) if problem.timed else LONG,
        shift_duration=_whole(day.work_max_min) if day.work_max_min < 1e8 else LONG,
    )
    nodes = [home, *stores]
    for a, one in zip(nodes, places, strict=True):
        for b, other in zip(nodes, places, strict=True):
            if a != b:
                far = _whole(problem.minutes[a][b])
                model.add_edge(one, other, distance=far, duration=far)
    result = model.solve(MaxRuntime(seconds), seed=1, display=False, collect_stats=False)
    if not result.is_feasible():
        return None
    seen: list[list[int]] = []
    for route in result.best.routes():
        seen.append([stores[int(visit.idx)] for visit in route.schedule() if visit.is_client()])
    return seen


def by_ortools(
    problem: Problem, day: Day, stores: Sequence[int], seconds: float
) -> list[list[int]] | None:
    """The day by OR-Tools' guided local search."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    nodes = [len(problem.stores) + day.start, *stores]
    index = pywrapcp.RoutingIndexManager(len(nodes), day.cars, 0)
    model = pywrapcp.RoutingModel(index)

    def travel(a: int, b: int) -> int:
        return _whole(problem.minutes[nodes[index.IndexToNode(a)]][nodes[index.IndexToNode(b)]])

    def taken(a: int, b: int) -> int:
        node = index.IndexToNode(a)
        return travel(a, b) + (_whole(problem.stores[nodes[node]].visit_min) if node else 0)

    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitCallback(travel))
    longest = _whole(day.work_max_min) if day.work_max_min < 1e8 else LONG
    clock = model.RegisterTransitCallback(taken)
    model.AddDimension(clock, LONG, LONG if problem.timed else longest, False, "clock")
    if day.load_max < 1e8:
        loads = [0, *(round(problem.stores[i].load) for i in stores)]
        load = model.RegisterUnaryTransitCallback(lambda a: loads[index.IndexToNode(a)])
        model.AddDimension(load, 0, round(day.load_max), True, "load")
    if problem.timed:
        dimension = model.GetDimensionOrDie("clock")
        for at, i in enumerate(stores, 1):
            dimension.CumulVar(index.NodeToIndex(at)).SetRange(*_window(problem, day, i))
        for car in range(day.cars):
            ends = (_whole(day.from_min), _whole(day.to_min))
            dimension.CumulVar(model.Start(car)).SetRange(ends[0], ends[0])
            dimension.CumulVar(model.End(car)).SetRange(*ends)
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = (
        routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    )
    asked.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    asked.time_limit.FromMilliseconds(max(1, round(seconds * 1000)))
    answer = model.SolveWithParameters(asked)
    if answer is None:
        return None
    seen = []
    for car in range(day.cars):
        at, stops = model.Start(car), []
        while not model.IsEnd(at):
            if index.IndexToNode(at):
                stops.append(nodes[index.IndexToNode(at)])
            at = answer.Value(model.NextVar(at))
        seen.append(stops)
    return seen
