"""A day's batch in one request: 20 orders of 10 lines and 20 cards of 15, decided and committed."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, cycle

from bench import queries
from bench.company import Rep
from bench.floors import Floor, Rows
from bench.ground import stop
from bench.phone import Inside, Kept, Phone
from bench.run import Run
from bench.table import Row, figure, times
from bench.work import Change, batch, day
from server.hints import conninfo

GOAL_MS, AIM_MS = 60, 35
AIM_CPU_MS = 20
AT_ONCE = 8
AIM_REPLAY_MS = 8  # 5,000 documents a second
DOCUMENTS = 40
WARM = 3
NAME = "a day's batch (40 documents, 500 lines)"


def measure(run: Run) -> list[Row]:
    rows = alone(run)
    rows += commits(run)
    run.age()
    rows += at_once(run, f"{AT_ONCE} reps at once")
    stop(run.ground.web)
    run.ground.start_web(processes=2)
    rows += at_once(run, f"{AT_ONCE} reps at once, two web processes")
    stop(run.ground.web)
    run.ground.start_web()
    return rows


def alone(run: Run) -> list[Row]:
    """One rep at a time: over HTTP, its replay, the floors, in process, in turns."""
    rounds = run.rounds(quick=8, full=30)
    floor = Floor(conninfo(run.ground.pg.owner_url))
    took: dict[str, list[float]] = defaultdict(list)
    reps = pushing(run)
    for n in range(-WARM, rounds):
        one = _one_round(run, floor, next(reps), next(reps))
        for name, ms in one.items() if n >= 0 else ():
            took[name].append(ms)
    floor.close()
    cpu_ms = sum(took["cpu"]) / rounds
    plain = took["unnest"], "(documents, unnest)"
    return [
        _times("HTTP", took["http"], plain, cpu_ms=cpu_ms, goal_ms=GOAL_MS, aim_ms=AIM_MS),
        _times("HTTP", took["http"], (took["copy"], "(documents, COPY)")),
        _times("HTTP", took["http"], (took["copy_all"], "(and all it leaves behind, COPY)")),
        _times("in process", took["in"], plain, goal_ms=GOAL_MS, aim_ms=AIM_MS),
        _times("the same again (replay), HTTP", took["replay"], plain, aim_ms=AIM_REPLAY_MS),
        figure(f"{NAME}: server CPU", cpu_ms, "ms", rounds=rounds, aim=AIM_CPU_MS),
    ]


def _times(
    words: str,
    samples_ms: list[float],
    floor: tuple[list[float], str],
    *,
    cpu_ms: float | None = None,
    goal_ms: float | None = None,
    aim_ms: float | None = None,
) -> Row:
    return times(
        f"{NAME}: {words}", samples_ms, cpu_ms=cpu_ms, floor_ms=floor[0], floor=floor[1],
        goal_ms=goal_ms, aim_ms=aim_ms,
    )  # fmt: skip


def _one_round(run: Run, floor: Floor, first: Rep, second: Rep) -> dict[str, float]:
    """Milliseconds of each way, one after the other."""
    phone = Phone(Kept(run.ground.url), run.company, first)
    changes = day(run.company, first)
    body = batch(run.company, first, changes)
    meter = run.ground.server_cpu()
    pushed = phone.pushed(body, len(changes))
    spent_ms = meter.ms()
    repeated = phone.pushed(body, len(changes))
    assert all(one.get("replayed") for one in repeated.json["verdicts"]), "decided twice"
    rows = floor.rows_of(changes)
    inside = Phone(Inside(run.ground.app), run.company, second)
    return {
        "http": pushed.ms,
        "cpu": spent_ms,
        "replay": repeated.ms,
        "copy": floor.copy_ms(rows),
        "copy_all": floor.copy_all_ms(rows),
        "unnest": floor.unnest_ms(rows),
        "in": inside.push(day(run.company, second)).ms,
    }


def commits(run: Run) -> list[Row]:
    """How often a batch waits for the disk. In process, so that no other request is counted."""
    number = run.rounds(quick=5, full=10)
    reps = pushing(run)
    phones = [Phone(Inside(run.ground.app), run.company, next(reps)) for _ in range(number)]
    batches = [day(run.company, phone.rep) for phone in phones]
    with run.ground.plain() as raw:
        run.flush_statistics()
        before = queries.commits_and_syncs(raw)
        for phone, changes in zip(phones, batches, strict=True):
            phone.push(changes)
        run.flush_statistics()
        after = queries.commits_and_syncs(raw)
    done = [(b - a) / number for a, b in zip(before, after, strict=True)]
    return [
        figure(f"{NAME}: flushes of the log", done[1], "", rounds=number, most=1.5, floor=1),
        figure(f"{NAME}: transactions, reading ones too", done[0], "", rounds=number),
        figure(f"{NAME}: log written", done[2] / 1024, "kB", rounds=number),
    ]


def at_once(run: Run, words: str) -> list[Row]:
    """Eight reps of one warehouse push at the same moment, again and again."""
    rounds = run.rounds(quick=3, full=9)
    floors = [Floor(conninfo(run.ground.pg.owner_url), f"_{n}") for n in range(AT_ONCE)]
    reps = pushing(run)
    phones = [Phone(Kept(run.ground.url), run.company, next(reps)) for _ in range(AT_ONCE)]
    over: list[list[float]] = []
    least: list[list[float]] = []
    cpu_ms = 0.0
    for n in range(-1, rounds):
        batches = [day(run.company, phone.rep) for phone in phones]
        meter = run.ground.server_cpu()
        took = together([_push(*one) for one in zip(phones, batches, strict=True)])
        spent_ms = meter.ms()
        rows = [floor.rows_of(changes) for floor, changes in zip(floors, batches, strict=True)]
        plain = together([_unnest(*one) for one in zip(floors, rows, strict=True)])
        if n >= 0:
            over.append(took)
            least.append(plain)
            cpu_ms += spent_ms / rounds / AT_ONCE
    for floor in floors:
        floor.close()
    return [
        _times(words, [*chain(*over)], ([*chain(*least)], f"(unnest, {AT_ONCE} connections)"),
               cpu_ms=cpu_ms, aim_ms=60),
        figure(f"{NAME}: {words}, documents a second", _a_second(over), "/s", rounds=rounds,
               floor=_a_second(least), floor_is="(unnest)", aim=2500),
    ]  # fmt: skip


def _a_second(rounds: list[list[float]]) -> float:
    """Documents a second, counted until the last of a round had its answer."""
    spent_s = sum(max(one) for one in rounds) / 1000
    return DOCUMENTS * AT_ONCE * len(rounds) / spent_s


def _push(phone: Phone, changes: list[Change]) -> Callable[[], float]:
    body = batch(phone.made, phone.rep, changes)
    return lambda: phone.pushed(body, len(changes)).ms


def _unnest(floor: Floor, rows: Rows) -> Callable[[], float]:
    return lambda: floor.unnest_ms(rows)


def together(work: list[Callable[[], float]]) -> list[float]:
    """Do all of `work` at the same moment, a thread each; what each returned."""
    gate = threading.Barrier(len(work))

    def do(one: Callable[[], float]) -> float:
        gate.wait()
        return one()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(do, work))


def pushing(run: Run) -> Iterator[Rep]:
    """The reps who push, in turn: not r01, whose territory is measured as it was laid down."""
    return cycle(rep for code, rep in run.company.reps.items() if code not in ("r01", "wide"))
