"""A lens, not a claim: which statements and which functions a request spends its time in.

    python -m bench.statements            every statement of a push, a delta, an empty and a
                                          first pull: how often, and milliseconds as they wait
    python -m bench.statements --python   the functions of Python too (their times then mislead
                                          about statements: the profiler slows Python alone)
"""

import argparse
import cProfile
import io
import pstats
import re
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench import company, history
from bench.ground import ground_in
from bench.measures.delta import change
from bench.measures.nothing_new import elsewhere
from bench.phone import Inside, Phone
from bench.run import Progress, Run
from bench.work import day

Spent = dict[str, list[float]]


@contextmanager
def watched() -> Iterator[Spent]:
    """Every statement of this process by its words: the milliseconds of each time."""
    spent: Spent = defaultdict(list)
    execute, commit, rollback = (
        psycopg.Cursor.execute, psycopg.Connection.commit, psycopg.Connection.rollback,
    )  # fmt: skip
    leave = psycopg.Copy.__exit__

    def note(words: Any, began_s: float) -> None:
        text = words if isinstance(words, str) else bytes(words).decode() if isinstance(words, bytes) else str(words)
        spent[re.sub(r"\s+", " ", text).strip()[:110]].append((time.perf_counter() - began_s) * 1000)

    def watched_execute(self: Any, query: Any, *args: Any, **more: Any) -> Any:
        began_s = time.perf_counter()
        try:
            return execute(self, query, *args, **more)
        finally:
            note(query, began_s)

    def watched_leave(self: Any, *args: Any) -> Any:
        began_s = time.perf_counter()
        try:
            return leave(self, *args)
        finally:
            note(f"(end of copy) {self.cursor._query.query.decode() if self.cursor._query else ''}", began_s)

    def watched_commit(self: Any) -> None:
        began_s = time.perf_counter()
        commit(self)
        note("COMMIT", began_s)

    def watched_rollback(self: Any) -> None:
        began_s = time.perf_counter()
        rollback(self)
        note("ROLLBACK", began_s)

    psycopg.Cursor.execute = watched_execute  # type: ignore[method-assign]
    psycopg.Connection.commit = watched_commit  # type: ignore[method-assign]
    psycopg.Connection.rollback = watched_rollback  # type: ignore[method-assign]
    psycopg.Copy.__exit__ = watched_leave  # type: ignore[method-assign]
    try:
        yield spent
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]
        psycopg.Connection.commit = commit  # type: ignore[method-assign]
        psycopg.Connection.rollback = rollback  # type: ignore[method-assign]
        psycopg.Copy.__exit__ = leave  # type: ignore[method-assign]


def look(name: str, times: int, before: Callable[[], Any], work: Callable[[Any], Any], python: bool) -> None:
    """Print the statements of `work`, done `times` times, each after `before`."""
    for _ in range(3):
        work(before())
    whole: list[float] = []
    cpu: list[float] = []
    profile = cProfile.Profile()
    every: Spent = defaultdict(list)
    for _ in range(times):
        made = before()
        with watched() as spent:
            if python:
                profile.enable()
            began_s, began_cpu_s = time.perf_counter(), time.process_time()
            work(made)
            whole.append((time.perf_counter() - began_s) * 1000)
            cpu.append((time.process_time() - began_cpu_s) * 1000)
            if python:
                profile.disable()
        for words, ms in spent.items():
            every[words] += ms
    middle, middle_cpu = sorted(whole)[times // 2], sorted(cpu)[times // 2]
    trips = sum(len(ms) for ms in every.values()) / times
    waited = sum(sum(ms) for ms in every.values()) / times
    print(f"\n## {name}: {middle:.1f} ms, CPU of Python {middle_cpu:.1f} ms, "
          f"{trips:.1f} statements that wait {waited:.1f} ms in all\n")  # fmt: skip
    for words, ms in sorted(every.items(), key=lambda one: -sum(one[1])):
        print(f"{sum(ms) / times:8.2f} ms {len(ms) / times:5.1f} x  best {min(ms):6.2f}  {words}")
    if python:
        out = io.StringIO()
        pstats.Stats(profile, stream=out).sort_stats("tottime").print_stats(28)
        print(re.sub(r"/\S*/(site-packages|lib)/", "", out.getvalue()))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.statements", description=__doc__)
    parser.add_argument("--python", action="store_true", help="profile the functions too")
    parser.add_argument("--times", type=int, default=20)
    asked = parser.parse_args(arguments)
    progress = Progress()
    folder = Path(tempfile.mkdtemp(prefix="talaria-bench-"))
    try:
        with ground_in(folder, progress) as ground:
            made = company.found(ground.engine, progress, reps=6)
            history.lay_down(made, made.reps["r01"], progress)
            ground.tidy()
            run = Run(ground, made, quick=True, long=False)
            _look_at_all(run, asked.times, asked.python)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _look_at_all(run: Run, times: int, python: bool) -> None:
    line = Inside(run.ground.app)
    reps = [run.company.reps[code] for code in ("r02", "r03", "r04", "r05")]

    def a_day() -> Any:
        reps.append(reps.pop(0))
        phone = Phone(line, run.company, reps[0])
        return phone, day(run.company, phone.rep)

    look("push of a day", times, a_day, lambda it: it[0].push(it[1]), python)
    wide = Phone(line, run.company, run.company.reps["wide"])
    wide.pull()
    look("empty pull, heads still", times, lambda: None, lambda _: wide.page(), python)
    look("empty pull, heads moved", times, lambda: elsewhere(run), lambda _: wide.page(), python)
    carried = Phone(line, run.company, run.company.reps["r01"])
    carried.pull()
    look("pull of 550 rows", times, lambda: change(run), lambda _: carried.pull(), python)
    fresh = Phone(line, run.company, run.company.reps["r01"], accept="identity")

    def forget() -> None:
        fresh.cursor = None

    look("first pull", 3, forget, lambda _: fresh.pull(), python)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
