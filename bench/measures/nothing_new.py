"""A pull with nothing new, at 300 scopes: what every handheld asks all day."""

from collections.abc import Callable

from bench import queries
from bench.company import CELL
from bench.phone import Inside, Kept, Phone
from bench.run import Run
from bench.table import Row, times
from bench.timing import timed
from server.database import transaction
from sync.feed import Entry, publish

GOAL_MS, AIM_MS = 10, 6
NAME = "nothing-new pull, 300 scopes"


def measure(run: Run) -> list[Row]:
    """Heads that stand still, and heads that another rep's work moves before every pull."""
    rounds = run.rounds(quick=40, full=200)
    rep = run.company.reps["wide"]
    outside, inside = Phone(Kept(run.ground.url), run.company, rep), None
    outside.pull()
    inside = Phone(Inside(run.ground.app), run.company, rep)
    inside.cursor = outside.cursor
    floor = run.ground.plain()

    def least() -> float:
        ms = timed(lambda: queries.heads(floor))[1]
        floor.commit()
        return ms

    def still() -> None:
        return None

    rows = []
    for words, before in (
        ("heads still", still),
        ("heads moved by others", lambda: elsewhere(run)),
    ):
        for _ in range(10):
            before()
            _empty(outside)
            _empty(inside)
        cpu_ms = _cpu(run, rounds, before, lambda: _empty(outside))
        over, within, at_least = [], [], []
        for _ in range(rounds):
            before()
            over.append(_empty(outside))
            before()
            within.append(_empty(inside))
            at_least.append(least())
        said = {"floor_ms": at_least, "floor": "(SELECT heads)"}
        goals = {"goal_ms": GOAL_MS, "aim_ms": AIM_MS}
        rows.append(times(f"{NAME}, {words}: HTTP", over, cpu_ms=cpu_ms, **said, **goals))  # type: ignore[arg-type]
        rows.append(times(f"{NAME}, {words}: in process", within, **said, **goals))  # type: ignore[arg-type]
    floor.close()
    return rows


def _cpu(run: Run, rounds: int, before: Callable[[], None], work: Callable[[], object]) -> float:
    """Server CPU of one `work`, without what `before` costs."""
    meter = run.ground.server_cpu()
    for _ in range(rounds):
        before()
        work()
    both_ms = meter.ms()
    meter = run.ground.server_cpu()
    for _ in range(rounds):
        before()
    return max(0.0, both_ms - meter.ms()) / rounds


def elsewhere(run: Run) -> None:
    """Something happens in a store that `wide` does not carry."""
    store = run.company.stores[-1]
    with transaction(run.company.engine) as conn:
        publish(conn, CELL, [Entry(f"st:{store}", "store", store)])


def _empty(phone: Phone) -> float:
    answer = phone.page()
    told = answer.json
    assert told["complete"], "a pull with nothing new took more than a page"
    assert not told["rows"], f"something was new: {list(told['rows'])}"
    phone.cursor = told["cursor"]
    return answer.ms
