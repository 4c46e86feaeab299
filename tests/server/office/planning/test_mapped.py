"""The map of a week: points, lines and what cannot be put anywhere."""

import math
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest

from routes.distance import Place
from server.office.planning.board import board_of
from server.office.planning.mapped import EDGE, WIDTH, picture, shape
from tests.server.office.planning.test_timing import MONDAY, SETTING, card


def test_points_lie_inside_north_up_and_to_scale() -> None:
    cards = [card(1, 10), replace(card(2), place=Place(41.6, -93.4)), card(3, -4)]
    drawn = picture(board_of(SETTING, cards, MONDAY, 1), 0)
    by_store = {point.store: point for point in drawn.points}
    for point in drawn.points:
        assert EDGE - 1 <= point.x <= WIDTH - EDGE + 1
        assert EDGE - 1 <= point.y <= drawn.height - EDGE + 1
    assert by_store["s1"].y < drawn.home[1] < by_store["s3"].y, "north is up"
    assert by_store["s2"].x > drawn.home[0], "east is right"
    km = (drawn.home[1] - by_store["s1"].y) / (drawn.scale_px / drawn.scale_km)
    assert km == pytest.approx(10, rel=0.01)


def test_a_days_line_goes_from_home_through_its_stops_in_order_and_back() -> None:
    drawn = picture(board_of(SETTING, [card(2, 5), card(1, 10)], MONDAY, 1), 0)
    ways = drawn.days[0].points.split(" ")
    home = f"{drawn.home[0]},{drawn.home[1]}"
    assert (ways[0], ways[-1], len(ways)) == (home, home, 4)
    assert [point.store for point in drawn.points] == ["s1", "s2"], "by sequence"
    assert ways[1] == f"{drawn.points[0].x},{drawn.points[0].y}"


def test_one_day_alone_and_what_has_no_place_and_what_nobody_knows() -> None:
    tuesday = replace(card(2, 5), day=MONDAY + timedelta(1), placed="town")
    lost = replace(card(3, 3), day=None)
    board = board_of(SETTING, [card(1, 10), tuesday, lost], MONDAY, 1)
    drawn = picture(board, 0, only=0)
    assert [point.store for point in drawn.points] == ["s1"]
    assert {(spot.store, spot.lost) for spot in drawn.spots} == {("s2", False), ("s3", True)}
    assert [one.store for one in drawn.unplaced] == ["s2"]
    assert [len(line.points) > 0 for line in drawn.days] == [True, False], (
        "in the legend all the same"
    )


def test_an_empty_week_and_a_single_place_are_drawn_too() -> None:
    assert picture(board_of(SETTING, [], MONDAY, 1), 0).points == ()
    assert picture(board_of(SETTING, [card(1)], MONDAY, 1), 0).height > 0


def test_each_day_has_a_shape_of_its_own() -> None:
    assert len({shape(day) for day in range(7)}) == 7


def test_visits_of_one_place_stand_side_by_side_and_far_stores_are_counted() -> None:
    twins = [card(n, 10) for n in (1, 2, 3)]
    far = replace(card(4, 900), day=MONDAY + timedelta(7))
    drawn = picture(board_of(SETTING, [*twins, far], MONDAY, 2), 0)
    there = [(point.x, point.y) for point in drawn.points]
    assert min(math.dist(a, b) for a, b in combinations(there, 2)) >= 20
    assert (drawn.spots, drawn.beyond) == ((), 1)
