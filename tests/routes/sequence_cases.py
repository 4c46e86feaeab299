"""The cases of `sync/contract/sequences`: days in order, the same for every handheld.

`python -m tests.routes.sequence_cases` writes them anew; that changes the contract, so only when
the rule of `routes/sequence.py: order_quickly` is changed on purpose.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from routes.problem import Day, Lunch, Problem, Spell, Store
from routes.sequence import Sequenced, order_quickly

FOLDER = Path(__file__).resolve().parents[2] / "sync" / "contract" / "sequences"
Given = dict[str, Any]


def read() -> list[dict[str, Any]]:
    """Every case of the folder."""
    found = []
    for path in sorted(FOLDER.glob("[!_]*.json")):
        found += json.loads(path.read_text(encoding="utf-8"))["cases"]
    return found


def problem_of(given: Mapping[str, Any]) -> tuple[Problem, list[int]]:
    """What a case gives, as the one-day problem it means, and the stops that are made already."""
    day, lunch = given["day"], given["day"]["lunch"]
    stores = tuple(
        Store(
            id=str(i),
            visit_min=float(stop["visit_min"]),
            patterns=(),
            spells_on={} if stop["open"] is None else {0: spells(stop["open"])},
        )
        for i, stop in enumerate(given["stops"])
    )
    eaten = None if lunch is None else Lunch(*(float(lunch[k]) for k in ("from", "until", "min")))
    one = Day(0, 0, 0, float(day["from"]), float(day["to"]), lunch=eaten)
    minutes = [[float(m) for m in row] for row in given["minutes"]]
    return Problem(stores, (one,), minutes), [int(i) for i in given["made"]]


def spells(opened: list[list[str]]) -> tuple[Spell, ...]:
    return tuple(Spell(float(begin), float(end)) for begin, end in opened)


def play(given: Mapping[str, Any]) -> Sequenced:
    """The day in order, by the quick rule."""
    problem, made = problem_of(given)
    return order_quickly(problem, problem.days[0], range(len(problem.stores)), made)


def expected(done: Sequenced) -> dict[str, Any]:
    """What a case expects: order, who is left out, and when each stop begins (whole seconds)."""
    return {
        "order": [str(i) for i in done.stops],
        "left_out": [str(i) for i in done.left_out],
        "begins": [f"{call.begin_min:.2f}" for call in done.route.calls],
        "home": f"{done.route.home_min:.2f}",
        "travel_min": f"{done.travel_min:.2f}",
    }


# --- writing them ------------------------------------------------------------------------------


def _strewn(seed: int, many: int, one_way: bool = False) -> list[list[str]]:
    """Minutes between so many stops and home (the last row), in tenths."""
    luck = Random(seed)
    at = [(luck.uniform(0, 40), luck.uniform(0, 40)) for _ in range(many + 1)]
    rows = []
    for a in at:
        row = []
        for b in at:
            far = 0.0 if a == b else 2.5 + ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5
            row.append(f"{far * (1.3 if one_way and a[0] < b[0] else 1.0):.1f}")
        rows.append(row)
    return rows


def _stops(many: int, opened: Mapping[int, list[list[str]]] | None = None) -> list[Given]:
    return [{"visit_min": "12", "open": (opened or {}).get(i)} for i in range(many)]


def _given(
    minutes: list[list[str]],
    stops: list[Given],
    lunch: dict[str, str] | None = None,
    made: tuple[int, ...] = (),
    to: str = "1020",
) -> Given:
    day = {"from": "480", "to": to, "lunch": lunch}
    return {"minutes": minutes, "stops": stops, "day": day, "made": [str(i) for i in made]}


LUNCH = {"from": "690", "until": "780", "min": "30"}


def cases() -> list[tuple[str, str, Given]]:
    """(id, says, given) of every case."""
    luck = Random(9)
    hours = {
        i: [[str(h), str(h + 150)]] for i in range(16) if (h := luck.choice([0, 480, 600, 780]))
    }
    return [
        ("nobody", "A day without stops is driven by nobody.", _given([["0"]], [])),
        (
            "along_a_road",
            "Four stops along a road are seen on the way out and back.",
            _given(
                [[str(abs(a - b)) for b in (30, 10, 40, 20, 0)] for a in (30, 10, 40, 20, 0)],
                _stops(4),
            ),
        ),
        (
            "opens_late",
            "A near store that opens in the afternoon is seen on the way home.",
            _given(
                [[str(abs(a - b)) for b in (5, 60, 70, 0)] for a in (5, 60, 70, 0)],
                _stops(3, {0: [["780", "900"]]}),
            ),
        ),
        (
            "closed_over_noon",
            "A store that is closed over noon is seen in one of its two spells.",
            _given(_strewn(3, 6), _stops(6, {2: [["480", "540"], ["840", "960"]]})),
        ),
        (
            "closed_today",
            "A store that is closed all day is left out, and named.",
            _given(_strewn(4, 4), _stops(4, {1: []})),
        ),
        (
            "lunch",
            "Lunch is eaten on arrival at a stop, and nobody is served late for it.",
            _given(_strewn(5, 9), _stops(9, {4: [["700", "790"]]}), LUNCH),
        ),
        (
            "home_before_lunch",
            "Who is home before lunch has to begin needs none.",
            _given(_strewn(6, 3), _stops(3), LUNCH),
        ),
        *_harder_cases(hours),
    ]


def _harder_cases(hours: dict[int, list[list[str]]]) -> list[tuple[str, str, Given]]:
    return [
        (
            "made_already",
            "Stops already made stay first, in their order.",
            _given(_strewn(7, 8), _stops(8), None, (5, 2)),
        ),
        (
            "too_short_a_day",
            "In a day too short for all, who does not fit is named.",
            _given(_strewn(8, 10), _stops(10), None, (), "640"),
        ),
        (
            "one_way_streets",
            "The way there may take longer than the way back.",
            _given(_strewn(10, 12, one_way=True), _stops(12)),
        ),
        (
            "sixteen",
            "Sixteen stops with hours and a lunch, one of a usual day's size.",
            _given(_strewn(11, 16), _stops(16, hours), LUNCH),
        ),
    ]


def write() -> None:
    """Write the file anew, one line a case's part so that a change can be read."""
    made = [
        {"id": f"sequences.{name}", "says": says, "given": given, "expect": expected(play(given))}
        for name, says, given in cases()
    ]
    text = json.dumps({"cases": made}, indent=1)
    text = text.replace("\n      ", " ").replace("\n     ]", " ]").replace("\n       ", " ")
    (FOLDER / "day.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
    sys.exit(0)
