"""What the planner's distances are worth, with real road times as the truth.

A rep calls on every place of a city once a week for four weeks: five days a week, each a group of
places near each other that stays (a plan is stable), put in order anew each week by what is known
so far. Every trip is seen as a handheld would see it: check-out to check-in, with traffic (10 % up
and down) and, one time in twenty, a coffee of 5 to 25 minutes. Then, against the road:

    days        how much longer the rep's own five days are than days ordered on road times
    all places  the same of one tour through all places, which nobody ever drove
    pairs       how far off the time between two places is, mean over all pairs, driven or not
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from random import Random

from bench.routing.instances import read_road
from bench.routing.measures import Row
from routes.distance import Place, Trip, learn, matrix
from routes.kernel.choice import search
from routes.plan import improve, steps_budget
from routes.problem import Day, Pattern, Problem, Store, shape_of

Matrix = list[list[float]]
WEEKS, DAYS = 4, 5
STEPS = 4_000


def tour(minutes: Matrix, nodes: list[int], seed: int) -> list[int]:
    """A (near-)shortest round trip through these nodes, the first of them as home."""
    home, *rest = nodes
    stores = tuple(Store(str(i), 0.0, (Pattern(1),)) for i in rest)
    rows = [[minutes[a][b] for b in (*rest, home)] for a in (*rest, home)]
    problem = Problem(stores, (Day(0, 0, 0),), rows, timed=False)
    shape, dials = shape_of(problem)
    one = search(shape, dials._replace(whole_share=0.0), seed)
    start = one.plan(best=False)
    _, best = improve([one], steps_budget(STEPS), start, seed)
    return [home, *(rest[i] for i in best.stops)]


def length(minutes: Matrix, nodes: list[int]) -> float:
    """Minutes of a round trip."""
    return sum(minutes[a][b] for a, b in zip(nodes, [*nodes[1:], nodes[0]], strict=True))


def days_of(known: Matrix, luck: Random) -> list[list[int]]:
    """Five days of places near each other, as far as is known before anybody drove."""
    left, groups = set(range(1, len(known))), []
    each = -(-len(left) // DAYS)
    while left:
        middle = luck.choice(sorted(left))
        group = sorted(left, key=lambda i: (known[middle][i] + known[i][middle], i))[:each]
        left -= set(group)
        groups.append([0, *group])
    return groups


def loss(known: Matrix, truth: Matrix, groups: list[list[int]]) -> float:
    """How much longer round trips ordered on `known` are than those ordered on the truth."""
    planned = sum(length(truth, tour(known, group, 1)) for group in groups)
    best = sum(min(length(truth, tour(truth, group, s)) for s in (1, 2)) for group in groups)
    return planned / best - 1


def week(known: Matrix, truth: Matrix, groups: list[list[int]], luck: Random) -> list[Trip]:
    """One week of trips, in the order that what is known suggests, with times by the truth."""
    trips = []
    for group in groups:
        order = tour(known, group, 1)
        for a, b in zip(order, [*order[1:], 0], strict=True):
            minutes = max(1.0, truth[a][b]) * math.exp(luck.gauss(0.0, 0.1))
            minutes += luck.uniform(5.0, 25.0) if luck.random() < 0.05 else 0.0
            trips.append(Trip(str(a), str(b), minutes))
    return trips


def pair_error(known: Matrix, truth: Matrix) -> float:
    """Mean relative error over all pairs that lie apart by road."""
    off = [
        abs(known[a][b] - minutes) / minutes
        for a, row in enumerate(truth)
        for b, minutes in enumerate(row)
        if a != b and minutes > 0
    ]
    return sum(off) / len(off)


def learned(folder: Path, name: str) -> list[Row]:
    """Six rows: three losses, before any trip and after four weeks."""
    told = read_road(folder, name)
    truth: Matrix = told["minutes"]
    places = {str(i): Place(*place) for i, place in enumerate(told["places"])}
    luck, began = Random(1), time.process_time()
    rows, trips, known = [], list[Trip](), matrix(places)
    groups, everything = days_of(known, luck), [list(range(len(truth)))]
    for weeks in range(WEEKS + 1):
        if weeks in (0, WEEKS):
            word = "the line" if weeks == 0 else "learned"
            found = {
                "days": loss(known, truth, groups),
                "all places": loss(known, truth, everything),
                "pairs": pair_error(known, truth),
            }
            for what, value in found.items():
                took = time.process_time() - began
                method = f"{what}, {word}"
                rows.append(Row("road_times", name, method, 1, 0.0, took, value, value, [], 0.0, 0))
        if weeks < WEEKS:
            trips += week(known, truth, groups, luck)
            known = matrix(places, learn(places, trips))
    return rows
