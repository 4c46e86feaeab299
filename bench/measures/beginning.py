"""A handheld begins by prepared rows: the field day's 3,400 rows, alone and eight at once, and a
territory with its history, over HTTP; how soon it is usable; and what preparing costs.

Rows are counted as the goals count them: stores, products, stock rows, receivables, and lines of
visit cards; prices, orders and visits come too and are not counted.
"""

import hashlib
import http.client
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
import zstandard

from bench import work
from bench.company import CELL, Company, Rep
from bench.run import Run
from bench.table import Row, figure, times
from bench.timing import median, timed
from schemas.ids import uuid7
from schemas.rows import PARTS
from schemas.turned import straighten
from schemas.versions import NEWEST
from server.database import transaction
from sync import segments
from sync.queries import segments as segment_queries
from sync.write import write

AT_ONCE, CARDS, CARD_LINES = 8, 134, 15
GOAL_ROWS_S, GOAL_MS, GOAL_KB = 120_000, 40, 180
NAME = "beginning by prepared rows"
COUNTED = ("store", "product", "stock", "receivable")
Parts = dict[str, Any]


class Beginner:
    """A handheld with nothing, on a connection of its own. Keeps what came, unread."""

    def __init__(self, url: str, made: Company, rep: Rep) -> None:
        self.line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        self.made, self.rep = made, rep
        self.pages: list[bytes] = []
        self.fetched: list[tuple[bytes, str]] = []
        self.wire_bytes = self.usable_bytes = self.requests = 0

    def begin(self) -> "Beginner":
        """Pull from nothing to the end, with every segment that is named."""
        self.pages, self.fetched = [], []
        self.wire_bytes = self.usable_bytes = self.requests = 0
        page: str | None = None
        while True:
            asked = msgspec.json.decode(work.ask(self.made, self.rep, None, page))
            asked |= {"segments": True, "turned": True}
            body = self._talk("POST", "/sync/v1/pull", msgspec.json.encode(asked))
            self.pages.append(body)
            head = msgspec.json.decode(body, type=Head)
            for one in head.segments:
                found = self._talk("GET", f"/sync/v1/segments/{one['id']}", b"")
                self.fetched.append((found, one["sha256"]))
            if head.usable and not self.usable_bytes:
                self.usable_bytes = self.wire_bytes
            if head.complete:
                return self
            page = head.page

    def _talk(self, method: str, path: str, body: bytes) -> bytes:
        headers = {"Authorization": f"Bearer {self.rep.secret}", "Accept-Encoding": "zstd"}
        self.line.request(method, path, body, headers)
        answer = self.line.getresponse()
        came = answer.read()
        assert answer.status == 200, f"{path} answered {answer.status}: {came[:300]!r}"
        self.wire_bytes += len(came)
        self.requests += 1
        if answer.headers.get("Content-Encoding") == "zstd":
            return zstandard.ZstdDecompressor().decompressobj().decompress(came)
        return came

    def counted(self) -> tuple[int, int]:
        """Rows as the goals count them, and lines of orders; every checksum is compared."""
        parts: list[Parts] = []
        for body, sha256 in self.fetched:
            assert hashlib.sha256(body).hexdigest() == sha256, "a segment is not what was named"
            parts.append(msgspec.json.decode(zstandard.ZstdDecompressor().decompress(body)))
        for page in self.pages:
            told = msgspec.json.decode(page)
            parts += [*told.get("inside", ()), told["rows"]]
        found: dict[str, dict[str, int]] = {}
        for part in parts:
            for kind, rows in part.items():
                for row in _upright(rows):
                    found.setdefault(kind, {})[row["id"]] = len(row.get("lines") or ())
        rows = sum(len(found.get(kind, ())) for kind in COUNTED)
        rows += sum(found.get("card", {}).values())
        return rows, sum(found.get("order", {}).values())


class Head(msgspec.Struct):
    """What a beginner must read of a page before it goes on."""

    complete: bool
    usable: bool
    page: str | None
    segments: list[dict[str, Any]] = []


def _upright(part: Parts) -> list[dict[str, Any]]:
    columns = part["columns"]
    rows = straighten(columns, part["turned"]) if "turned" in part else part["data"]
    return [dict(zip(columns, row, strict=True)) for row in rows]


def measure(run: Run) -> list[Row]:
    prepared = _prepare(run)
    reps = [run.company.reps[f"r{n:02d}"] for n in range(2, 2 + AT_ONCE)]
    for rep in reps:
        _cards_of(run.company, rep)
    run.ground.tidy()
    return [*_alone(run, reps[0]), _together(run, reps), *_territory(run), *prepared]


def _prepare(run: Run) -> list[Row]:
    """Build every segment, as the scheduler does; what that takes."""
    taken: list[float] = []
    size = 0
    with transaction(run.company.engine) as conn:
        scopes = segment_queries.shared_scopes(conn)
    for _ in range(run.rounds(quick=2, full=5)):
        meter, size = run.ground.here_cpu(), 0
        for cell, scope in scopes:
            with transaction(run.company.engine) as conn:
                size += segments.build(conn, cell, scope, NEWEST)
        taken.append(meter.ms())
    rows = 1_500
    return [
        figure("preparing company, list and warehouse: CPU", median(taken), "ms",
               rounds=len(taken)),
        figure(f"... of which {rows:,} rows come to", size / 1024, "kB"),
    ]  # fmt: skip


def _cards_of(made: Company, rep: Rep) -> None:
    """2,010 card lines of a rep, as the field day has them."""
    rows = []
    for n in range(CARDS):
        store = rep.stores[n]
        seen = work.card(made, store, CARD_LINES)["lines"]
        lines = [[line.get(name) for name in PARTS["card", "lines"]] for line in seen]
        rows.append(
            {"id": uuid7(), "store": store, "visit": None, "rep": rep.code,
             "captured_at": made.now - timedelta(days=7, minutes=n), "state": "closed",
             "lines": msgspec.json.encode(lines).decode(), "amendments": "[]"}
        )  # fmt: skip
    with transaction(made.engine) as conn:
        write(conn, CELL, "card", rows, f"device:{rep.device}")


def _alone(run: Run, rep: Rep) -> list[Row]:
    one = Beginner(run.ground.url, run.company, rep)
    taken, cpu_ms, rounds = [], 0.0, run.rounds(quick=6, full=30)
    for n in range(-3, rounds):
        meter = run.ground.server_cpu()
        _, ms = timed(one.begin)
        if n >= 0:
            cpu_ms += meter.ms() / rounds
            taken.append(ms)
    rows, _ = one.counted()
    assert rows == 2 * 200 + 2 * 500 + CARDS * CARD_LINES, f"{rows} rows came"
    run.notes.append(f"A field day begins with {rows:,} rows in {one.requests} requests.")
    return [
        times(f"{NAME}: field day, alone", taken, cpu_ms=cpu_ms, goal_ms=GOAL_MS),
        figure(f"{NAME}: field day, on the wire", one.wire_bytes / 1024, "kB", most=GOAL_KB),
    ]


def _together(run: Run, reps: list[Rep]) -> Row:
    """Eight handhelds at once, each beginning twice in a row."""
    fleet = [Beginner(run.ground.url, run.company, rep) for rep in reps]
    rates, cpu_ms, rounds = [], 0.0, run.rounds(quick=3, full=12)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for n in range(-1, rounds):
            meter = run.ground.server_cpu()
            _, ms = timed(lambda: list(pool.map(_twice, fleet)))
            if n >= 0:
                cpu_ms += meter.ms() / rounds / (2 * len(fleet))
                rates.append(2 * sum(one.counted()[0] for one in fleet) * 1000 / ms)
    return figure(
        f"{NAME}: field day, eight at once, rows a second", median(rates), "/s",
        rounds=rounds, cpu_ms=cpu_ms, least=GOAL_ROWS_S,
    )  # fmt: skip


def _twice(one: Beginner) -> None:
    one.begin()
    one.begin()


def _territory(run: Run) -> list[Row]:
    """The rep with thirteen visits of history in every store, ten stores planned for today."""
    rep = run.company.reps["r01"]
    stops = [
        {"id": uuid7(), "rep": rep.code, "store": store, "day": run.company.now.date(),
         "sequence": n, "state": "planned", "pinned": False, "reason": None, "visit": None}
        for n, store in enumerate(rep.stores[90:100], 1)
    ]  # fmt: skip
    with transaction(run.company.engine) as conn:
        write(conn, CELL, "plan_stop", stops, "user:admin")
    one = Beginner(run.ground.url, run.company, rep)
    taken, cpu_ms, rounds = [], 0.0, run.rounds(quick=2, full=6)
    for n in range(-1, rounds):
        meter = run.ground.server_cpu()
        _, ms = timed(one.begin)
        if n >= 0:
            cpu_ms += meter.ms() / rounds
            taken.append(ms)
    rows, ordered = one.counted()
    return [
        times(f"{NAME}: territory of {rows + ordered:,} lines", taken, cpu_ms=cpu_ms),
        figure(f"{NAME}: territory, on the wire", one.wire_bytes / 1024, "kB"),
        figure(f"{NAME}: ... before it is usable", one.usable_bytes / 1024, "kB"),
    ]
