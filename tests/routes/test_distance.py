"""Distances: the line, what trips teach, and what they do not."""

import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routes.distance import (
    URBAN,
    Distances,
    Line,
    Place,
    Trip,
    km_between,
    learn,
    matrix,
    place_by_town,
)

DES_MOINES, CEDAR_RAPIDS = Place(41.5868, -93.625), Place(41.9779, -91.6656)


def places_of(luck: Random, many: int) -> dict[str, Place]:
    return {
        f"s{i}": Place(45.4 + luck.uniform(-0.1, 0.1), 9.2 + luck.uniform(-0.14, 0.14))
        for i in range(many)
    }


def world(seed: int, many: int = 16) -> tuple[dict[str, Place], dict[tuple[str, str], float]]:
    """Places, and what ways between them truly take: another line, and a price at each door."""
    luck = Random(seed)
    places = places_of(luck, many)
    out = {a: luck.uniform(-2, 4) for a in places}
    into = {a: luck.uniform(-2, 4) for a in places}
    truth = {
        (a, b): max(1.0, 4.0 + 1.5 * km_between(p, q) + out[a] + into[b])
        for a, p in places.items()
        for b, q in places.items()
        if a != b
    }
    return places, truth


def trips_of(seed: int, truth: dict[tuple[str, str], float], many: int) -> list[Trip]:
    """Trips as reps make them: uneven, some with a coffee in between."""
    luck = Random(seed)
    ways = sorted(truth)
    made = []
    for _ in range(many):
        a, b = luck.choice(ways)
        minutes = truth[a, b] * math.exp(luck.gauss(0, 0.08))
        made.append(Trip(a, b, minutes + (luck.uniform(10, 30) if luck.random() < 0.05 else 0.0)))
    return made


def error(places: dict[str, Place], truth: dict[tuple[str, str], float], known: Distances) -> float:
    rows = matrix(places, known)
    index = {a: i for i, a in enumerate(places)}
    off = [abs(rows[index[a]][index[b]] - t) / t for (a, b), t in truth.items()]
    return sum(off) / len(off)


def test_the_great_circle_of_two_cities_is_known() -> None:
    assert math.isclose(km_between(DES_MOINES, CEDAR_RAPIDS), 168.3, abs_tol=0.5)
    assert km_between(DES_MOINES, DES_MOINES) == 0


def test_without_trips_the_line_answers() -> None:
    km = km_between(DES_MOINES, CEDAR_RAPIDS)
    rows = matrix({"a": DES_MOINES, "b": CEDAR_RAPIDS})
    assert rows == [[0.0, URBAN.minutes(km)], [URBAN.minutes(km), 0.0]]
    assert math.isclose(URBAN.minutes(km), 2.9 + 1.83 * km, rel_tol=1e-3)
    assert URBAN.minutes(0.1) < 0.4 * 2.9
    assert learn({"a": DES_MOINES}, []) == Distances(line=URBAN)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_four_weeks_of_trips_cut_the_error_by_a_fifth_and_below_a_tenth(seed: int) -> None:
    places, truth = world(seed)
    before = error(places, truth, Distances())
    known = learn(places, trips_of(seed, truth, 220))
    assert error(places, truth, known) < min(0.10, 0.8 * before)


def test_a_few_trips_move_little_and_coffees_are_outvoted() -> None:
    places, truth = world(1)
    (a, b), true = sorted(truth.items())[0]
    one = learn(places, [Trip(a, b, 90.0)])
    km = km_between(places[a], places[b])
    plain = Distances().minutes(a, b, km)
    assert plain < one.minutes(a, b, km) < plain + 0.7 * (90.0 - plain)
    calm = [Trip(a, b, true)] * 9
    known = learn(places, [*calm, Trip(a, b, true + 60.0)])
    sober = learn(places, calm)
    assert known.minutes(a, b, km) - sober.minutes(a, b, km) < 2.0


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_coffee_on_a_way_that_is_seldom_driven_is_not_believed(times: int) -> None:
    places, truth = world(5)
    (a, b), true = sorted(truth.items())[7]
    others = [t for t in trips_of(5, truth, 200) if (t.start, t.end) != (a, b)]
    calm = [*others, *[Trip(a, b, true)] * (times - 1)]
    km = km_between(places[a], places[b])
    late = learn(places, [*calm, Trip(a, b, true + 20.0)]).minutes(a, b, km)
    assert abs(late - learn(places, [*calm, Trip(a, b, true)]).minutes(a, b, km)) < 1.5


def test_a_pair_driven_often_is_known_even_where_its_places_are_ordinary() -> None:
    places, truth = world(2)
    trips = trips_of(2, truth, 200)
    (a, b), true = sorted(truth.items())[5]
    known = learn(places, [*trips, *[Trip(a, b, true + 12.0)] * 12])
    km = km_between(places[a], places[b])
    assert abs(known.minutes(a, b, km) - true - 12.0) < 3.0


def test_nonsense_is_left_out_and_no_way_is_free() -> None:
    places, _ = world(3)
    known = learn(places, [Trip("s0", "nowhere", 5), Trip("s0", "s0", 5), Trip("s0", "s1", -3)])
    assert known.trips == 0
    steep = Distances(Line(0.0, 1.0), leaving={"a": -99.0})
    assert steep.minutes("a", "b", 10.0) >= 3.0
    assert steep.minutes("a", "a", 0.0) == 0.0


def test_learning_is_the_same_twice() -> None:
    places, truth = world(4)
    trips = trips_of(4, truth, 100)
    assert learn(places, trips) == learn(places, trips)


def test_a_store_without_coordinates_stands_in_its_town_and_says_so() -> None:
    towns = {"des moines": DES_MOINES}
    assert place_by_town(" Des Moines", towns, CEDAR_RAPIDS) == (DES_MOINES, True)
    assert place_by_town("Atlantis", towns, CEDAR_RAPIDS) == (CEDAR_RAPIDS, False)
