"""First pull of a territory: bytes on the wire, server time, and taking it into SQLite."""

import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from bench import queries
from bench.field import Handheld
from bench.phone import Answer, Inside, Kept, Phone
from bench.run import Run
from bench.table import Row, figure, times
from bench.timing import median, timed
from schemas.rows import ROWS

GOAL_KB, GOAL_LINES_S = 1_500, 30_000
AIM_ROWS_S = 120_000
NAME = "first pull of a territory"
ZSTD_LEVEL = 3


def measure(run: Run) -> list[Row]:
    rounds = run.rounds(quick=2, full=6)
    rep = run.company.reps["r01"]
    pressed = Phone(Kept(run.ground.url), run.company, rep)
    inside = Phone(Inside(run.ground.app), run.company, rep, accept="identity")
    over, within, least = [], [], []
    cpu_ms = 0.0
    for n in range(-1, rounds):
        pressed.cursor = inside.cursor = None
        meter = run.ground.server_cpu()
        pages, rows = pressed.pull()
        spent_ms = meter.ms()
        plain, _ = inside.pull()
        text, ms = timed(lambda: _floor(run, rep.stores))
        if n >= 0:
            cpu_ms += spent_ms / rounds
            over.append(sum(page.ms for page in pages))
            within.append(sum(page.ms for page in plain))
            least.append(ms)
    gzipped, _ = Phone(Kept(run.ground.url), run.company, rep, accept="gzip").pull()
    lines = sum(_lines(page.json) for page in plain)
    run.notes.append(
        f"A territory is {rows:,} rows, {lines:,} lines; {len(pages)} pages, "
        f"{sum(len(page.plain) for page in pages) / 1024:,.0f} kB as JSON, "
        f"{len(text) / 1024:,.0f} kB as COPY text."
    )
    smallest = len(zstandard.ZstdCompressor(ZSTD_LEVEL).compress(text)) / 1024
    least_is = "(COPY TO STDOUT)"
    return [
        figure(f"{NAME}: on the wire, zstd", _wire_kb(pages), "kB", most=GOAL_KB, floor=smallest,
               floor_is="(COPY text, zstd)"),
        figure(f"{NAME}: on the wire, gzip", _wire_kb(gzipped), "kB", floor=smallest,
               floor_is="(COPY text, zstd)"),
        times(f"{NAME}: HTTP, all pages", over, cpu_ms=cpu_ms, floor_ms=least, floor=least_is),
        times(f"{NAME}: in process, not pressed", within, floor_ms=least, floor=least_is),
        figure(f"{NAME}: lines a second served", lines * 1000 / median(over), "/s",
               rounds=rounds, floor=lines * 1000 / median(least), aim=AIM_ROWS_S),
        _applied(run, [page.plain for page in plain], lines),
    ]  # fmt: skip


def _wire_kb(pages: list[Answer]) -> float:
    return sum(len(page.wire) for page in pages) / 1024


def _lines(told: dict[str, Any]) -> int:
    """Lines as the goals count them: each line of a card or an order, else each row."""
    number = 0
    for kind, part in told["rows"].items():
        at = ROWS[kind].index("lines") if kind in ("card", "order") else None
        number += sum(1 if at is None else len(row[at]) for row in part["data"])
    return number


def _floor(run: Run, stores: list[str]) -> bytes:
    """The same rows as COPY writes them."""
    with run.ground.plain() as raw:
        return b"".join(
            piece
            for table, which in queries.TERRITORY.items()
            for piece in queries.text_out(raw, table, which, {"stores": stores})
        )


def _applied(run: Run, bodies: list[bytes], lines: int) -> Row:
    """The real handheld taking the pages in, and the same rows into bare tables of SQLite."""
    rounds = run.rounds(quick=2, full=4)
    took, bare = [], []
    for n in range(rounds):
        handheld = Handheld(run.ground.folder / f"handheld-{n}")
        handheld.enrol(run.company, "r01", run.ground.url)
        took.append(timed(lambda: handheld.apply(bodies))[1])  # noqa: B023
        handheld.close()
        bare.append(_bare_sqlite(run.ground.folder / f"bare-{n}.sqlite", bodies))
    return figure(
        f"{NAME}: applied by the handheld, lines a second", lines * 1000 / median(took), "/s",
        rounds=rounds, floor=lines * 1000 / median(bare), floor_is="(bare SQLite)",
        least=GOAL_LINES_S,
    )  # fmt: skip


def _bare_sqlite(path: Path, bodies: list[bytes]) -> float:
    """Milliseconds to put the rows, ready made, into tables without indexes, one commit."""
    rows: dict[str, list[list[Any]]] = {}
    for body in bodies:
        for kind, part in msgspec.json.decode(body)["rows"].items():
            rows.setdefault(kind, []).extend(
                [msgspec.json.encode(v).decode() if isinstance(v, list | dict) else v for v in row]
                for row in part["data"]
            )
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    for kind in rows:
        db.execute(f'CREATE TABLE "{kind}" ({", ".join(f"c{n}" for n in range(len(ROWS[kind])))})')

    def put() -> None:
        db.execute("BEGIN")
        for kind, found in rows.items():
            db.executemany(
                f'INSERT INTO "{kind}" VALUES ({", ".join("?" * len(ROWS[kind]))})', found
            )
        db.execute("COMMIT")

    ms = timed(put)[1]
    db.close()
    return ms
