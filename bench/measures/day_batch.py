"""A day's batch in one request: 20 orders of 10 lines and 20 cards of 15, decided and committed."""

import threading
from collections.abc import Iterator
from itertools import cycle

from bench import queries
from bench.company import Rep
from bench.floors import Floor
from bench.phone import Inside, Kept, Phone
from bench.run import Run
from bench.table import Row, figure, times
from bench.work import batch, day
from server.hints import conninfo

GOAL_MS, AIM_MS = 60, 35
AIM_CPU_MS = 20
AT_ONCE = 8
AIM_REPLAY_MS = 8  # 5,000 documents a second
NAME = "a day's batch (40 documents, 500 lines)"


def measure(run: Run) -> list[Row]:
    rows = alone(run)
    rows += commits(run)
    run.age()
    return rows + at_once(run)


def alone(run: Run) -> list[Row]:
    """One rep at a time: over HTTP, its replay, the floors, in process, in turns."""
    rounds = run.rounds(quick=8, full=30)
    floor = Floor(conninfo(run.ground.pg.owner_url))
    over, again, within = [], [], []
    copied, copied_all, unnested = [], [], []
    cpu_ms = 0.0
    reps = pushing(run)
    for n in range(-3, rounds):
        phone = Phone(Kept(run.ground.url), run.company, next(reps))
        changes = day(run.company, phone.rep)
        body = batch(run.company, phone.rep, changes)
        meter = run.ground.server_cpu()
        pushed = phone.pushed(body, len(changes))
        spent_ms = meter.ms()
        repeated = phone.pushed(body, len(changes))
        assert all(one.get("replayed") for one in repeated.json["verdicts"]), "decided twice"
        rows = floor.rows_of(changes)
        figures = floor.copy_ms(rows), floor.copy_all_ms(rows), floor.unnest_ms(rows)
        here = Phone(Inside(run.ground.app), run.company, next(reps))
        inside = here.push(day(run.company, here.rep))
        if n < 0:
            continue  # warming up
        cpu_ms += spent_ms / rounds
        over.append(pushed.ms)
        again.append(repeated.ms)
        within.append(inside.ms)
        for into, ms in zip((copied, copied_all, unnested), figures, strict=True):
            into.append(ms)
    floor.close()
    least = "(documents, unnest)"
    return [
        times(f"{NAME}: HTTP", over, cpu_ms=cpu_ms, floor_ms=unnested, floor=least,
              goal_ms=GOAL_MS, aim_ms=AIM_MS),
        times(f"{NAME}: HTTP", over, floor_ms=copied, floor="(documents, COPY)"),
        times(f"{NAME}: HTTP", over, floor_ms=copied_all,
              floor="(with receipts, entries, deliveries, COPY)"),
        times(f"{NAME}: in process", within, floor_ms=unnested, floor=least, goal_ms=GOAL_MS,
              aim_ms=AIM_MS),
        figure(f"{NAME}: server CPU", cpu_ms, "ms", rounds=rounds, aim=AIM_CPU_MS),
        times(f"{NAME}: the same again (replay)", again, floor_ms=unnested, floor=least,
              aim_ms=AIM_REPLAY_MS),
    ]  # fmt: skip


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


def at_once(run: Run) -> list[Row]:
    """Eight reps push at the same moment, again and again."""
    rounds = run.rounds(quick=3, full=9)
    reps = list(run.company.reps.values())[:AT_ONCE]
    floors = [Floor(conninfo(run.ground.pg.owner_url), f"_{n}") for n in range(AT_ONCE)]
    phones = [Phone(Kept(run.ground.url), run.company, rep) for rep in reps]
    over: list[float] = []
    least: list[float] = []
    cpu_ms = 0.0
    for n in range(-1, rounds):
        batches = [day(run.company, phone.rep) for phone in phones]
        meter = run.ground.server_cpu()
        took = together(
            [_pusher(phone, changes) for phone, changes in zip(phones, batches, strict=True)]
        )
        spent_ms = meter.ms()
        rows = [floor.rows_of(changes) for floor, changes in zip(floors, batches, strict=True)]
        plain = together([_floor(floor, one) for floor, one in zip(floors, rows, strict=True)])
        if n >= 0:
            over += took
            least += plain
            cpu_ms += spent_ms / rounds / AT_ONCE
    for floor in floors:
        floor.close()
    return [
        times(f"{NAME}: {AT_ONCE} reps at once, each", over, cpu_ms=cpu_ms, floor_ms=least,
              floor=f"(unnest, {AT_ONCE} connections)", aim_ms=60),
        figure(f"{NAME}: {AT_ONCE} reps at once, documents a second",
               40 * AT_ONCE * 1000 / _mean_longest(over), "/s", rounds=rounds,
               floor=40 * AT_ONCE * 1000 / _mean_longest(least), floor_is="(unnest)", aim=2500),
    ]  # fmt: skip


def _mean_longest(samples_ms: list[float]) -> float:
    """The mean time until all of a round had their answer, in milliseconds."""
    rounds = [samples_ms[at : at + AT_ONCE] for at in range(0, len(samples_ms), AT_ONCE)]
    return sum(max(one) for one in rounds) / len(rounds)


def _pusher(phone: Phone, changes):  # type: ignore[no-untyped-def]
    body = batch(phone.made, phone.rep, changes)
    return lambda: phone.pushed(body, len(changes)).ms


def _floor(floor: Floor, rows):  # type: ignore[no-untyped-def]
    return lambda: floor.unnest_ms(rows)


def together(work) -> list[float]:  # type: ignore[no-untyped-def]
    """Do all of `work` at the same moment, a thread each; what each returned."""
    gate = threading.Barrier(len(work))
    found: list[float | None] = [None] * len(work)

    def do(at: int) -> None:
        gate.wait()
        found[at] = work[at]()

    threads = [threading.Thread(target=do, args=(at,)) for at in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in found, "one of the reps got no answer"
    return [one for one in found if one is not None]


def pushing(run: Run) -> Iterator[Rep]:
    """The reps who push, in turn."""
    return cycle(rep for code, rep in run.company.reps.items() if code not in ("r01", "wide"))
