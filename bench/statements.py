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
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from bench import company, history
from bench.ground import ground_in
from bench.measures.delta import change
from bench.measures.nothing_new import elsewhere
from bench.phone import Inside, Phone
from bench.run import Progress, Run
from bench.work import batch, day

Spent = dict[str, list[tuple[float, float]]]
"""By the statement's words: milliseconds waited and milliseconds of PostgreSQL's CPU, each time."""

WORDS = 110
WARM = 12  # times before the first one counts: by then statements are prepared


class Watch:
    """While open, notes every statement that goes through psycopg in this process.

    PostgreSQL's CPU is what the kernel counts for the connection's own server process, so it
    means the same on a busy machine; where there is no /proc it stays 0.
    """

    def __init__(self) -> None:
        self.spent: Spent = defaultdict(list)
        self._real: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> Spent:
        self._replace(psycopg.Cursor, "execute", lambda cursor, query, *_: (cursor, query))
        self._replace(psycopg.Copy, "__exit__", lambda copy, *_: (copy.cursor, _end_of(copy)))
        self._replace(psycopg.Connection, "commit", lambda conn: (conn, "COMMIT"))
        self._replace(psycopg.Connection, "rollback", lambda conn: (conn, "ROLLBACK"))
        return self.spent

    def __exit__(self, *_: object) -> None:
        for owner, name, real in self._real:
            setattr(owner, name, real)

    def _replace(self, owner: Any, name: str, about: Callable[..., tuple[Any, Any]]) -> None:
        real = getattr(owner, name)
        self._real.append((owner, name, real))

        def noted(thing: Any, *args: Any, **more: Any) -> Any:
            where, query = about(thing, *args)
            pid = getattr(where, "connection", where).info.backend_pid
            before_ms, began_s = _cpu_ms(pid), time.perf_counter()
            try:
                return real(thing, *args, **more)
            finally:
                waited_ms = (time.perf_counter() - began_s) * 1000
                self.spent[_words(query)].append((waited_ms, _cpu_ms(pid) - before_ms))

        setattr(owner, name, noted)


def _end_of(copy: Any) -> str:
    query = copy.cursor._query
    return f"(end of) {query.query.decode()}" if query else "(end of) COPY"


def _words(query: Any) -> str:
    text = query.decode() if isinstance(query, bytes) else str(query)
    return re.sub(r"\s+", " ", text).strip()[:WORDS]


def _cpu_ms(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except OSError:
        return 0.0


def look(
    name: str, times: int, before: Callable[[], Any], work: Callable[[Any], Any], python: bool
) -> None:
    """Print the statements of `work`, done `times` times, each after `before`."""
    for _ in range(min(times, WARM)):
        work(before())
    whole: list[float] = []
    cpu: list[float] = []
    profile = cProfile.Profile(time.thread_time)  # CPU, not the wall: others run here too
    every: Spent = defaultdict(list)
    for _ in range(times):
        made = before()
        with Watch() as spent:
            if python:
                profile.enable()
            began_s, began_cpu_s = time.perf_counter(), time.process_time()
            work(made)
            whole.append((time.perf_counter() - began_s) * 1000)
            cpu.append((time.process_time() - began_cpu_s) * 1000)
            if python:
                profile.disable()
        for words, spells in spent.items():
            every[words] += spells
    middle, middle_cpu = sorted(whole)[times // 2], sorted(cpu)[times // 2]
    trips = sum(len(spells) for spells in every.values()) / times
    waited_ms, spent_ms = (
        sum(one[at] for s in every.values() for one in s) / times for at in (0, 1)
    )
    print(f"\n## {name}: {middle:.1f} ms, CPU of Python {middle_cpu:.1f} ms, PostgreSQL "
          f"{spent_ms:.1f} ms, {trips:.1f} statements in {waited_ms:.1f} ms\n")  # fmt: skip
    print(f"{'CPU':>8} {'waited':>8} {'times':>6}  a request")
    for words, spells in sorted(every.items(), key=lambda one: -sum(ms for _, ms in one[1])):
        waited_ms, spent_ms = (sum(one[at] for one in spells) / times for at in (0, 1))
        print(f"{spent_ms:8.2f} {waited_ms:8.2f} {len(spells) / times:6.1f}  {words}")
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

    def an_order() -> Any:
        reps.append(reps.pop(0))
        return Phone(line, run.company, reps[0]), day(run.company, reps[0], 1, 0)

    def again() -> Any:
        phone, changes = a_day()
        body = batch(run.company, phone.rep, changes)
        phone.pushed(body, len(changes))
        return phone, body, len(changes)

    look("push of a day", times, a_day, lambda it: it[0].push(it[1]), python)
    look("push of one order", times, an_order, lambda it: it[0].push(it[1]), python)
    look("the same day again (replay)", times, again, lambda it: it[0].pushed(*it[1:]), python)
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
