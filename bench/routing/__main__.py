"""`python -m bench.routing FOLDER`: measure what is not yet measured, then print the tables.

--only pvrp,tsptw        kinds, of pvrp, tsptw, territories, road_times
--names p05,rc_204.1     instances
--seconds 30             for a periodic instance, on 2 idle cores (60 CPU seconds in all)
--seeds 1                how many seeds of each
--no-peers               Talaria alone (else PyVRP and OR-Tools where they are installed)
--anew                   forget what is kept of earlier runs
--schedule hot=0.3,...   try another use of the budget (routes.plan.Schedule)
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.routing import roads, table
from bench.routing.instances import names
from bench.routing.measures import Row, by_peer, one_day, ours
from bench.routing.peers import there
from routes.kernel.choice import kind as kernel_kind
from routes.plan import Schedule

SUFFIXES = {"pvrp": ".txt", "tsptw": ".txt", "territories": ".json", "road_times": ".geojson"}
SECONDS = {"pvrp": 30.0, "tsptw": 0.3, "territories": 20.0, "road_times": 0.0}
KEPT = Path("var") / "bench-routing.jsonl"
Task = tuple[tuple[str, str, str, int, float, str], Callable[[], "list[Row] | None"]]


def main(arguments: list[str]) -> int:
    """Measure and print; 1 when a floor of the design is missed or a plan is broken."""
    asked = _parser().parse_args(arguments)
    if not asked.folder.is_dir():
        print(f"no folder {asked.folder}: name the one with the instances", file=sys.stderr)
        return 2
    if asked.anew:
        asked.kept.unlink(missing_ok=True)
    asked.kept.parent.mkdir(parents=True, exist_ok=True)
    done = _read(asked.kept)
    print(f"planner's kernel: {kernel_kind()}; kept in {asked.kept}", file=sys.stderr)
    tasks = list(_tasks(asked))
    for number, (key, measure) in enumerate(tasks, 1):
        if json.dumps(key) in done:
            continue
        rows = measure()
        done[json.dumps(key)] = rows
        with asked.kept.open("a") as kept:
            kept.write(json.dumps([key, rows]) + "\n")
        _tell(number, len(tasks), key, rows)
    wanted = [rows for key, _ in tasks if (rows := done.get(json.dumps(key)))]
    text, held = table.tables([row for rows in wanted for row in rows])
    print(text)
    return 0 if held else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("bench.routing", description="planning, measured")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default=",".join(SUFFIXES))
    parser.add_argument("--names", default="")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--anew", action="store_true")
    parser.add_argument("--kept", type=Path, default=KEPT)
    parser.add_argument("--schedule", default="")
    return parser


def _tasks(asked: argparse.Namespace) -> Iterator[Task]:
    """Every measurement asked for: Talaria's first, so that a run that is stopped has those."""
    chosen = set(asked.names.split(",")) - {""}
    schedule = _schedule(asked.schedule)
    for peer in ("", *([] if asked.no_peers else there())):
        for kind in asked.only.split(","):
            seconds = asked.seconds or SECONDS[kind]
            for name in names(asked.folder, kind, SUFFIXES[kind]):
                if chosen and name not in chosen:
                    continue
                for seed in range(1, 2 if peer or kind == "road_times" else asked.seeds + 1):
                    key = (kind, name, peer or "Talaria", seed, seconds, asked.schedule)
                    task = _task(asked.folder, kind, name, peer, seconds, seed, schedule)
                    if task is not None:
                        yield key, task


def _task(
    folder: Path,
    kind: str,
    name: str,
    peer: str,
    seconds: float,
    seed: int,
    schedule: Schedule | None,
) -> Callable[[], list[Row] | None] | None:
    if kind == "road_times":
        return None if peer else lambda: roads.learned(folder, name)
    if peer:
        order = there()[peer]

        def by_them() -> list[Row] | None:
            row = by_peer(folder, kind, name, peer, order, seconds)
            return [row] if row is not None else None

        return by_them
    if kind == "tsptw":
        return lambda: one_day(folder, name, seconds, seed)
    return lambda: [ours(folder, kind, name, seconds, seed, schedule)]


def _schedule(text: str) -> Schedule | None:
    """ "hot=0.3,starts=2" as a schedule; None for the usual one."""
    if not text:
        return None
    pairs = dict(pair.split("=") for pair in text.split(","))
    whole = {name for name, value in Schedule()._asdict().items() if isinstance(value, int)}
    values = {k: int(v) if k in whole else float(v) for k, v in pairs.items()}
    return Schedule(**values)  # type: ignore[arg-type]


def _read(kept: Path) -> dict[str, list[Row] | None]:
    """What earlier runs have measured, by its key."""
    found: dict[str, list[Row] | None] = {}
    if kept.is_file():
        for line in kept.read_text().splitlines():
            key, rows = json.loads(line)
            found[json.dumps(key)] = None if rows is None else [Row(*row) for row in rows]
    return found


def _tell(number: int, many: int, key: tuple[object, ...], rows: list[Row] | None) -> None:
    said = "no answer"
    if rows:
        said = ", ".join(f"{r.method} {r.gap:+.2%} in {r.took:.1f} CPU s" for r in rows)
        said += "".join(f" BROKEN: {r.broken[0]}" for r in rows if r.broken)
    print(f"[{number}/{many}] {key[0]} {key[1]} seed {key[3]}: {said}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
