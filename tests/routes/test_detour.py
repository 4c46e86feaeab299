"""What a visit more or less does to the driving, on ways a person can add up."""

import pytest

from routes.detour import Detour, detours
from routes.problem import Call, DayRoute, Planned, Problem, Store
from routes.territory import Task, Territory
from tests.routes.rows import MONDAY

STREET = {"a": 10.0, "b": 20.0, "c": 40.0}
"""Stores along one street, minutes from home, which is at its beginning."""


def task(*days: str) -> Task:
    """Stores of the street, seen on days in these orders: "ab", "c"."""
    at = [*STREET.values(), 0.0]
    problem = Problem(
        tuple(Store(name, 30.0, ()) for name in STREET),
        (),
        [[abs(one - other) for other in at] for one in at],
    )
    routes = [
        DayRoute(n, tuple(Call(name, 0, 0, 0) for name in day), 0, 0, 0)
        for n, day in enumerate(days)
    ]
    before = Planned(tuple(routes), {}, 0.0, 0.0) if days else None
    return Task(Territory("r01", 1, MONDAY, 4, ()), problem, (), {}, before, {}, "")


def test_a_store_on_the_way_costs_nothing_and_the_last_of_a_day_its_whole_end() -> None:
    found = detours(task("abc"))
    assert found["a"].now == (0.0,)  # passed anyhow
    assert found["c"].now == (40.0,)  # twenty on from b, and back
    assert found["c"].planned


def test_one_visit_more_goes_where_it_is_cheapest() -> None:
    found = detours(task("ab", "c", "a"))["b"]
    assert found.now == (20.0,)
    assert found.places == (0.0, 20.0)  # on the way to c; ten on from a, and back
    assert found.adding_min(1) == 0.0
    assert found.adding_min(2) == 10.0


def test_what_is_left_out_first_is_what_costs_most() -> None:
    found = detours(task("abc", "ab"))["b"]
    assert found.now == (20.0, 0.0)
    assert (found.sparing_min(1), found.sparing_min(2), found.usual_min) == (20.0, 10.0, 10.0)


def test_without_a_plan_the_neighbours_say_and_it_is_said() -> None:
    found = detours(task())
    assert found["c"] == Detour((40.0,), (40.0,), planned=False)  # b to c, c to a, less b to a
    assert not found["a"].planned


def test_a_store_seen_every_day_has_no_cheaper_place_than_it_has() -> None:
    assert detours(task("a", "a"))["a"].adding_min(1) == 20.0


@pytest.mark.parametrize("days", [(), ("a",)])
def test_a_territory_of_one_store_is_there_and_back(days: tuple[str, ...]) -> None:
    at = [[0.0, 10.0], [10.0, 0.0]]
    one = task(*days)
    alone = Task(
        one.territory, Problem((Store("a", 30.0, ()),), (), at), (), {}, one.before, {}, ""
    )
    assert detours(alone)["a"].usual_min == 20.0
