"""The tables of `bench.routing`: one a kind, beside the floor and the goal each is held to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from statistics import fmean

from bench.routing.measures import Row

FLOOR = {"mean": 0.007, "worst": 0.035, "goal_mean": 0.003, "goal_worst": 0.015}
OPTIMAL = 5e-5
"""Best-known values are given to the cent: a difference below that is none."""
ROADS = {"days": 0.04, "pairs": 0.10}


def tables(rows: Sequence[Row]) -> tuple[str, bool]:
    """All tables as Markdown, and whether every floor is held."""
    said: list[str] = []
    held = True
    makers = {"pvrp": _periodic, "tsptw": _days, "territories": _territories, "road_times": _roads}
    for kind, maker in makers.items():
        mine = [row for row in rows if row.kind == kind]
        if mine:
            text, good = maker(mine)
            said += [text, ""]
            held = held and good
    return "\n".join(said), held


def _methods(rows: Sequence[Row]) -> dict[str, list[Row]]:
    ordered = sorted(rows, key=lambda row: row.method)
    grouped = {method: list(mine) for method, mine in groupby(ordered, lambda row: row.method)}
    return dict(sorted(grouped.items(), key=lambda each: not each[0].startswith("Talaria")))


def _line(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _valid(row: Row) -> bool:
    return not row.broken and not row.missed


def _periodic(rows: Sequence[Row]) -> tuple[str, bool]:
    """Gap to the best known cost, by instance and method."""
    methods = _methods(rows)
    names = sorted({row.name for row in rows})
    text = ["## Periodic planning: gap to the best known cost", "", _line("instance", *methods)]
    text.append(_line(*["---"] * (1 + len(methods))))
    for name in names:
        cells = []
        for mine in methods.values():
            gaps = [row for row in mine if row.name == name]
            cells.append(", ".join(_gap(row) for row in gaps) or "no answer")
        text.append(_line(name, *cells))
    for title, over in (("**mean**", fmean), ("**worst**", max)):
        text.append(
            _line(title, *(f"{over(r.gap for r in mine):.2%}" for mine in methods.values()))
        )
    broken = [sum(1 for row in mine if row.broken) for mine in methods.values()]
    text.append(_line("plans the checker finds broken", *broken))
    ours = methods.get("Talaria", [])
    mean, worst = fmean(r.gap for r in ours), max(r.gap for r in ours)
    held = mean <= FLOOR["mean"] and worst <= FLOOR["worst"] and not any(r.broken for r in ours)
    goal = mean <= FLOOR["goal_mean"] and worst <= FLOOR["goal_worst"]
    text += [
        "",
        f"Floor (mean <= {FLOOR['mean']:.1%}, worst <= {FLOOR['worst']:.1%}): "
        f"{'held' if held else 'MISSED'}. Goal (mean <= {FLOOR['goal_mean']:.1%}, "
        f"worst <= {FLOOR['goal_worst']:.1%}): {'reached' if goal else 'not reached'}.",
        "PyVRP and OR-Tools cannot tie visits to patterns; they order the days of our first plan.",
    ]
    return "\n".join(text), held


def _gap(row: Row) -> str:
    gap = row.gap if abs(row.gap) > OPTIMAL else 0.0
    return f"{gap:.2%}" + (" (broken)" if row.broken else "")


def _days(rows: Sequence[Row]) -> tuple[str, bool]:
    text = ["## One day with time windows", ""]
    text.append(
        _line("method", "optimal", "mean gap of valid ones", "left stores out", "mean CPU s")
    )
    text.append(_line(*["---"] * 5))
    held = True
    for method, mine in _methods(rows).items():
        whole = [row for row in mine if _valid(row)]
        best = sum(1 for row in whole if row.gap <= OPTIMAL)
        gap = f"{fmean(max(0.0, row.gap) for row in whole):.2%}" if whole else "-"
        seconds = f"{fmean(row.took for row in mine):.3f}"
        text.append(_line(method, f"{best} of {len(mine)}", gap, len(mine) - len(whole), seconds))
        if method == "Talaria":
            held = best == len(mine)
    text += ["", f"Floor (all optimal in 0.3 s on 2 cores): {'held' if held else 'MISSED'}."]
    return "\n".join(text), held


def _territories(rows: Sequence[Row]) -> tuple[str, bool]:
    text = ["## A rep's four weeks on real stores", ""]
    text.append(
        _line(
            "territory",
            "method",
            "seed",
            "driving min",
            "against reference",
            "missed or late",
            "longest day min",
            "CPU s",
        )
    )
    text.append(_line(*["---"] * 8))
    held = True
    for row in sorted(rows, key=lambda r: (r.name, not r.method.startswith("Talaria"), r.seed)):
        late = row.missed + len(row.broken)
        gap = f"{row.gap:+.2%}"
        text.append(
            _line(
                row.name,
                row.method,
                row.seed,
                f"{row.cost:.0f}",
                gap,
                late,
                f"{row.longest_min:.0f}",
                f"{row.took:.0f}",
            )
        )
        if row.method == "Talaria":
            held = held and late == 0
    text += ["", f"Floor (no late visit): {'held' if held else 'MISSED'}."]
    return "\n".join(text), held


def _roads(rows: Sequence[Row]) -> tuple[str, bool]:
    text = ["## Distances: the line, and after four weeks of trips", ""]
    text.append(_line("", *(m for m in _methods(rows))))
    text.append(_line(*["---"] * (1 + len(_methods(rows)))))
    means = {m: fmean(row.gap for row in mine) for m, mine in _methods(rows).items()}
    text.append(_line("mean", *(f"{mean:.1%}" for mean in means.values())))
    text.append(_line("worst", *(f"{max(r.gap for r in v):.1%}" for v in _methods(rows).values())))
    missed = [what for what, most in ROADS.items() if means.get(f"{what}, learned", 0.0) > most]
    text += ["", f"Floor (loss of the days <= 4 %, error of pairs <= 10 %): {_missed(missed)}."]
    return "\n".join(text), not missed


def _missed(missed: Sequence[str]) -> str:
    return f"MISSED ({', '.join(missed)})" if missed else "held"
