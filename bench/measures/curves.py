"""Costs as work grows: a document by size of its batch, and everything by orders in the tables."""

from collections.abc import Callable

from bench import queries
from bench.company import CELL
from bench.measures.day_batch import pushing
from bench.measures.delta import change
from bench.phone import Kept, Phone
from bench.run import Run
from bench.table import Row, number
from bench.timing import median
from bench.work import documents

SIZES = (1, 10, 40, 160, 500)
FLAT = 1.5
"""So much dearer may noise make what should cost the same."""


def young(run: Run) -> list[Row]:
    """A company on its first day, with not one order at rest: what all others are compared with."""
    row, run.first_day_cpu_ms = _at_rest(run, _orders(run), None)
    return [row]


def measure(run: Run) -> list[Row]:
    """The curve of batches, then batches and pulls again with many more orders at rest."""
    rows = [_batches(run, SIZES)]
    levels = [20_000] if run.quick else [100_000]
    if run.long:
        levels.append(1_000_000)
    row, few = _at_rest(run, _orders(run), run.first_day_cpu_ms)
    few = run.first_day_cpu_ms or few
    rows.append(row)
    for level in levels:
        run.said(f"  filling up to {level:,} orders")
        with run.ground.plain() as raw:
            begun = queries.count(raw, "orders")
            spared = run.company.reps["r01"].stores
            queries.grow(raw, CELL, begun, max(0, level - begun), spared)
        run.age()
        rows.append(_at_rest(run, _orders(run), few)[0])
    return rows


def _orders(run: Run) -> int:
    with run.ground.plain() as raw:
        return queries.count(raw, "orders")


def _batches(run: Run, sizes: tuple[int, ...]) -> Row:
    """Milliseconds and CPU of a document, by how many go together."""
    rounds = run.rounds(quick=2, full=5)
    reps = pushing(run)
    each: dict[int, list[float]] = {size: [] for size in sizes}
    cpu: dict[int, float] = dict.fromkeys(sizes, 0.0)
    for n in range(-1, rounds):
        for size in sizes:
            phone = Phone(Kept(run.ground.url), run.company, next(reps))
            changes = documents(run.company, phone.rep, size)
            meter = run.ground.server_cpu()
            answer = phone.push(changes)
            if n >= 0:
                cpu[size] += meter.ms() / rounds / size
                each[size].append(answer.ms / size)
        run.age()
    middle = {size: median(each[size]) for size in sizes}
    first, last = middle[sizes[0]] / middle[40], middle[sizes[-1]] / middle[40]
    return Row(
        "push, ms a document in batches of " + ", ".join(map(str, sizes)),
        str(rounds),
        p50=" / ".join(number(middle[size]) for size in sizes),
        cpu=" / ".join(number(cpu[size]) for size in sizes),
        ratio=f"{number(first)} x (1 : 40), {number(last)} x (500 : 40)",
        goal="no dearer than at 40",
        met=last < FLAT,
    )


def _at_rest(run: Run, orders: int, few: list[float] | None) -> tuple[Row, list[float]]:
    """A day's batch, a pull of 550 changed rows, an empty pull: a row, and the CPU of each.

    Compared by CPU: the two levels are minutes apart, and so are the moods of a shared machine.
    few: the CPU of each with few orders at rest.
    """
    rounds = run.rounds(quick=3, full=10)
    reps = pushing(run)
    pulling = Phone(Kept(run.ground.url), run.company, run.company.reps["r01"])
    pulling.pull()
    waited: list[list[float]] = [[], [], []]
    spent: list[list[float]] = [[], [], []]
    for n in range(-2, rounds):
        phone = Phone(Kept(run.ground.url), run.company, next(reps))
        changes = documents(run.company, phone.rep, 40)
        work: list[Callable[[], float]] = [
            lambda: phone.push(changes).ms,  # noqa: B023
            lambda: sum(page.ms for page in pulling.pull()[0]),
            lambda: sum(page.ms for page in pulling.pull()[0]),
        ]
        change(run)
        for at, one in enumerate(work):
            meter = run.ground.server_cpu()
            ms = one()
            if n >= 0:
                waited[at].append(ms)
                spent[at].append(meter.ms())
    cpu = [median(samples) for samples in spent]
    more = [] if few is None else [a / b for a, b in zip(cpu, few, strict=True)]
    row = Row(
        f"with {orders:,} orders: batch of 40, pull of 550 rows, empty pull",
        str(rounds),
        p50=" / ".join(number(median(samples)) for samples in waited) + " ms",
        cpu=" / ".join(map(number, cpu)) + " ms",
        ratio=" / ".join(f"{number(one)} x" for one in more) + (" CPU" if more else ""),
        goal="as with few" if more else "",
        met=all(one < FLAT for one in more) if more else None,
    )
    return row, cpu
