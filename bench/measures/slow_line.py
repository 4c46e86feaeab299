"""A rep's day over a bad line: push of the day and pull, 56 kbit/s and 600 ms a round trip.

The real handheld, work taken with its own verbs, the stock of the day and 50 receivables changed
meanwhile: what a rep waits for in front of the last store.
"""

from bench.field import Handheld
from bench.line import SlowLine
from bench.measures.delta import change
from bench.run import Run
from bench.table import Row, figure
from bench.timing import timed

GOAL_S = 15
STORES = 20


def measure(run: Run) -> list[Row]:
    handheld = Handheld(run.ground.folder / "handheld-slow")
    handheld.enrol(run.company, "r02", run.ground.url)
    handheld.sync(run.ground.url)
    codes = handheld.codes()
    rows: list[Row] = []
    days = [("40 documents", False), ("40 documents and 20 visits", True)]
    for n, (words, visits) in enumerate(days[1:] if run.quick else days):
        changes = handheld.day(run.company, codes[n * STORES :][:STORES], visits=visits)
        change(run)
        with SlowLine(run.ground.url) as line:
            answered, ms = timed(lambda: handheld.sync(line.url))
            up_kb, down_kb = line.up.bytes / 1024, line.down.bytes / 1024
            connections = line.connections
        assert answered == changes == handheld_changes(visits), f"{answered} of {changes} answered"
        least_s = (up_kb + down_kb) * 1024 / line.up.bytes_s + 0.6 * (2 + connections)
        name = f"a rep's day ({words}, 550 rows back) over 56 kbit/s, 600 ms"
        rows.append(
            figure(name, ms / 1000, "s", floor=least_s, floor_is="(bits and 3 round trips)",
                   most=GOAL_S)
        )  # fmt: skip
        run.notes.append(
            f"{name}: {up_kb:.1f} kB up, {down_kb:.1f} kB down with headers, "
            f"{connections} connection(s), {changes} changes."
        )
    handheld.close()
    return rows


def handheld_changes(visits: bool) -> int:
    return STORES * (4 if visits else 2)
