"""Instance files of the literature and of real territories, read into problems.

INSTANCES is a folder with `pvrp/NAME.txt` (Cordeau's format), `tsptw/NAME.txt` (a matrix and
windows), `territories/NAME.json` and `road_times/NAME.geojson`; `best_known.csv` beside the first
two. A kind whose folder is missing is left out.
"""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any, NamedTuple

from routes.frequency import Frequency, patterns
from routes.problem import Day, Pattern, Problem, Spell, Store

EARTH_KM = 6371.0088


class Instance(NamedTuple):
    """One problem with the cost to beat (its own unit: kilometres, minutes)."""

    kind: str
    name: str
    problem: Problem
    reference: float


def names(folder: Path, kind: str, suffix: str) -> list[str]:
    """Names of the instances of a kind, in order."""
    return sorted(path.name.removesuffix(suffix) for path in (folder / kind).glob(f"*{suffix}"))


def best_known(folder: Path, kind: str) -> dict[str, float]:
    """Best known cost by instance name."""
    path = folder / kind / "best_known.csv"
    if not path.is_file():
        return {}
    with path.open(newline="") as lines:
        rows = csv.DictReader(lines)
        return {r["instance"].removesuffix(".txt"): float(r["best_known_cost"]) for r in rows}


def read_pvrp(folder: Path, name: str) -> Problem:
    """Days of several cars with a load and a duration each; no hours. Stores without visits are
    left out, so is the all-zero row that one file ends with."""
    lines = (folder / "pvrp" / f"{name}.txt").read_text().splitlines()
    rows = [[float(word) for word in line.split()] for line in lines if line.strip()]
    cars, many = int(rows[0][1]), int(rows[0][3])
    days = tuple(
        Day(
            number=i,
            week=0,
            weekday=i % 7,
            cars=cars,
            work_max_min=limit[0] or 1e9,
            load_max=limit[1] or 1e9,
        )
        for i, limit in enumerate(rows[1 : 1 + many])
    )
    home, *rest = rows[1 + many :]
    due = [row for row in rest if len(row) > 6 and row[5] > 0 and row[6] > 0]
    stores = tuple(
        Store(
            id=str(int(row[0])),
            visit_min=row[3],
            load=row[4],
            patterns=tuple(
                Pattern(sum(1 << d for d in range(many) if int(code) >> (many - 1 - d) & 1))
                for code in row[7 : 7 + int(row[6])]
            ),
        )
        for row in due
    )
    places = [(row[1], row[2]) for row in [*due, home]]
    minutes = [[math.dist(a, b) for b in places] for a in places]
    return Problem(stores, days, minutes, timed=False)


def read_tsptw(folder: Path, name: str) -> Problem:
    """One day, one rep, hours; time in a store is part of the matrix there."""
    lines = (folder / "tsptw" / f"{name}.txt").read_text().splitlines()
    rows = [[float(word) for word in line.split()] for line in lines if line.strip()]
    many = int(rows[0][0])
    matrix, windows = rows[1 : 1 + many], rows[1 + many : 1 + 2 * many]
    order = [*range(1, many), 0]
    minutes = [[matrix[a][b] if a != b else 0.0 for b in order] for a in order]
    stores = tuple(
        Store(
            id=str(i),
            visit_min=0.0,
            patterns=(Pattern(1), Pattern(0, 1, 1e5)),
            spells={0: (Spell(windows[i][0], windows[i][1]),)},
        )
        for i in range(1, many)
    )
    day = Day(0, 0, 0, from_min=windows[0][0], to_min=windows[0][1])
    return Problem(stores, (day,), minutes)


def read_territory(folder: Path, name: str) -> Instance:
    """Four weeks of one rep on real stores; every visit due costs much to leave out."""
    told = json.loads((folder / "territories" / f"{name}.json").read_text())
    start, end = float(told["day_start_min"]), float(told["day_end_min"])
    days = tuple(Day(i, i // 5, i % 5, start, end) for i in range(int(told["days"])))
    stores = tuple(
        Store(
            id=row["store_no"],
            visit_min=row["service_min"],
            patterns=patterns(Frequency(row["visits_per_4w"]), days),
            spells={w: (Spell(row["earliest_min"], row["latest_start_min"]),) for w in range(5)},
        )
        for row in told["stores"]
    )
    places = [(row["lat"], row["lon"]) for row in [*told["stores"], told["home"]]]
    minutes = [
        [0.0 if a == b else 2.9 + 1.83 * apart_km(p, q) for b, q in enumerate(places)]
        for a, p in enumerate(places)
    ]
    problem = Problem(stores, days, minutes)
    return Instance("territories", name, problem, float(told["reference"]["travel_min"]))


def apart_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude) in degrees."""
    lat, lat2 = math.radians(one[0]), math.radians(other[0])
    half = math.sin((lat2 - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(lat2) * math.sin(math.radians(other[1] - one[1]) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


def read_road(folder: Path, name: str) -> dict[str, Any]:
    """Places (latitude, longitude) and the minutes by road between them, asymmetric."""
    told = json.loads((folder / "road_times" / f"{name}.geojson").read_text())
    places = [tuple(reversed(each["geometry"]["coordinates"])) for each in told["features"]]
    return {"places": places, "minutes": told["duration"]}


def read(folder: Path, kind: str, name: str) -> Instance:
    """One instance of `pvrp`, `tsptw` or `territories`."""
    if kind == "territories":
        return read_territory(folder, name)
    reader = {"pvrp": read_pvrp, "tsptw": read_tsptw}[kind]
    reference = best_known(folder, kind).get(name, math.nan)
    return Instance(kind, name, reader(folder, name), reference)
