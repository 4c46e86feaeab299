"""A pull after 550 changed rows: a fresh stock of the day and 50 receivables of the territory."""

from typing import Any

import zstandard

from bench import queries
from bench.company import CELL, accounts, open_items, stock_rows
from bench.measures.first_pull import ZSTD_LEVEL
from bench.phone import Answer, Kept, Phone
from bench.run import Run
from bench.table import Row, figure, times
from bench.timing import median, timed
from server.database import transaction
from sync.write import write

AIM_KB, AIM_CPU_MS, AIM_ROWS_S = 40, 6, 60_000
STORES = 50
NAME = "pull after 550 changed rows"


def measure(run: Run) -> list[Row]:
    rounds = run.rounds(quick=4, full=15)
    phone = Phone(Kept(run.ground.url), run.company, run.company.reps["r01"])
    phone.pull()
    over, least, kilobytes, smallest = [], [], [], []
    cpu_ms, changed = 0.0, 0
    for n in range(-2, rounds):
        stores = change(run)
        meter = run.ground.server_cpu()
        pages, changed = phone.pull()
        spent_ms = meter.ms()
        text, ms = timed(lambda: _floor(run, stores))  # noqa: B023
        if n >= 0:
            cpu_ms += spent_ms / rounds
            over.append(sum(page.ms for page in pages))
            kilobytes.append(_kb(pages))
            least.append(ms)
            smallest.append(len(zstandard.ZstdCompressor(ZSTD_LEVEL).compress(text)) / 1024)
    assert changed > 480 + STORES, f"{changed} rows came"  # a short product may be as short again
    return [
        times(f"{NAME}: HTTP", over, cpu_ms=cpu_ms, floor_ms=least, floor="(COPY TO STDOUT)",
              aim_ms=round(changed * 1000 / AIM_ROWS_S, 1)),
        figure(f"{NAME}: on the wire, zstd", median(kilobytes), "kB", rounds=rounds,
               floor=median(smallest), floor_is="(COPY text, zstd)", aim=AIM_KB),
        figure(f"{NAME}: server CPU", cpu_ms, "ms", rounds=rounds, aim=AIM_CPU_MS),
    ]  # fmt: skip


def _kb(pages: list[Answer]) -> float:
    return sum(len(page.wire) for page in pages) / 1024


def change(run: Run) -> list[str]:
    """Load a fresh stock and what 50 stores of r01 owe; returns those stores."""
    made = run.company
    stores = made.chance.sample(made.reps["r01"].stores, STORES)
    items: list[dict[str, Any]] = [item for store in stores for item in open_items(made, store)]
    with transaction(made.engine) as conn:
        write(conn, CELL, "stock", stock_rows(made), "load:stock")
    with transaction(made.engine) as conn:
        write(conn, CELL, "receivable", accounts(made, stores, items), "load:receivables",
              parts={"open_item": items}, whole_parts=True)  # fmt: skip
    return stores


def _floor(run: Run, stores: list[str]) -> bytes:
    with run.ground.plain() as raw:
        return b"".join(
            piece
            for table in ("stock", "credit_account", "open_item")
            for piece in queries.text_out(raw, table, queries.TERRITORY[table], {"stores": stores})
        )
