"""Talaria as the yardstick's runner drives it: the methods of its `adapters/base.py`, duck-typed.

The web process is the one a company runs, on the cluster of all peers, with its defaults but for
the number of processes, which every peer served by gunicorn has two of. The worker, which sends
orders on to delivery systems, is not started: no other peer has one.
"""

import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import zstandard

from bench.ground import ROOT
from bench.peers import queries
from bench.peers.load import (
    CELL,
    WAREHOUSE,
    load,
    prepare,
    secret_of,
    stand_in,
    stock_rows,
    write_receivables,
)
from bench.peers.wire import Row, Sender, plan_of, rows_of
from server import migrate
from server.database import make_engine, transaction
from sync.feed import known_epoch
from sync.write import write

JSON = {"Content-Type": "application/json"}
PRESSED = {"Content-Encoding": "gzip"}
KINDS = {"product": "products", "stock": "stock", "store": "stores", "receivable": "receivables",
         "card": "cards", "order": "orders", "contact": "plans"}  # fmt: skip
"""Our kinds by the names the runner counts."""
TAKEN = ("applied", "adjusted", "merged", "held")


class Head(msgspec.Struct):
    """What a pull needs of a page before it asks for the next; its rows are parsed later."""

    cursor: str | None
    complete: bool
    page: str | None
    segments: list[Row] = []


@dataclass
class Pull:
    """What one pull brought, still unparsed."""

    parts: list[tuple[str, Any]] = field(default_factory=list)
    wire: int = 0
    requests: int = 0


@dataclass
class Ack:
    """How the documents of a push were answered."""

    accepted: int = 0
    told: int = 0
    errors: int = 0
    note: str = ""
    conflicts: dict[str, Row] = field(default_factory=dict)


class Talaria:
    """One round of the field day against a freshly loaded server."""

    name = "talaria"
    what = "Talaria, gunicorn 2 processes, all rules decided"
    durable = "WAL fsync per batch"
    yardstick = ""  # the package of the folder
    web_workers = "2"
    uses_pg = True
    max_concurrency = 99
    repeat = 1
    push_path = "/sync/v1/push"
    database = "peers_talaria"

    def __init__(self, day: Any) -> None:
        self.wl = day
        self.tmp = tempfile.mkdtemp(prefix="peer-talaria-", dir=os.environ.get("PEERS_TMP"))
        self.base = importlib.import_module(f"{self.yardstick}.adapters.base")
        self.http = importlib.import_module(f"{self.yardstick}.httpc")
        self.codes = {one["id"]: one["sku"] for one in day.products}
        self.owed = {one["store_id"]: one["id"] for me in day.by_rep for one in me["receivables"]}
        self.process: subprocess.Popen[bytes] | None = None
        self.senders: dict[str, Sender] = {}

    # --- life ------------------------------------------------------------------------------------

    def start(self) -> None:
        """A copy of the loaded database, or an empty one, and the web process on it."""
        self.template = self.base.template_name(self.database, (self.wl.p, migrate.head()))
        self.loaded = self.base.pg_recreate(self.database, self.template)
        self.url = self.base.pg_url(self.database, "postgresql+psycopg")
        self.engine = make_engine(self.url, statement_timeout_s=0, lock_timeout_s=30)
        if not self.loaded:
            migrate.upgrade(self.url)
            load(self.engine, self.wl)
            prepare(self.engine)
        with transaction(self.engine) as conn:
            self.epoch = known_epoch(conn)
        self.port = self.base.free_port()
        environ = {
            "DATABASE_URL": self.url, "TALARIA_DATA_DIR": self.tmp,
            "TALARIA_PORT": str(self.port), "TALARIA_SECRET_KEY": "bench" * 10,
            "TALARIA_WEB_WORKERS": self.web_workers,
        }  # fmt: skip
        with (Path(self.tmp) / "web.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server.cli", "web"], cwd=ROOT, stdout=log, stderr=log,
                env={**os.environ, **environ}, start_new_session=True,
            )  # fmt: skip
        self.http.wait_port(self.port, path="/readyz")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(30)
        if hasattr(self, "engine"):
            self.engine.dispose()
        shutil.rmtree(self.tmp, ignore_errors=True)

    def root_pids(self) -> list[int]:
        return [] if self.process is None else [self.process.pid]

    def setup(self) -> None:
        """Keep what was loaded for later rounds."""
        if self.loaded:
            return
        with psycopg.connect(self.base.pg(self.database), autocommit=True) as raw:
            queries.tidy(raw)
        self.stop()
        self.base.pg_save_template(self.database, self.template)
        Path(self.tmp).mkdir(exist_ok=True)
        self.start()

    def handheld(self, rep: int) -> Row:
        """A rep's handheld on a connection of its own, with nothing pulled."""
        code = self.wl.rep_codes[rep]
        sender = self.senders.setdefault(
            code, Sender(rep + 1, f"d-{code}", f"i-{code}", self.epoch)
        )
        headers = {"Authorization": f"Bearer {secret_of(code)}", "Accept-Encoding": "zstd, gzip"}
        conn = self.http.Conn(self.port, headers)
        return {"rep": code, "conn": conn, "sender": sender, "cursor": None, "plans": {}}

    # --- pulls -----------------------------------------------------------------------------------

    def bootstrap(self, h: Row) -> Pull:
        h["cursor"] = None
        return self.delta(h)

    def delta(self, h: Row) -> Pull:
        """Everything new, page by page."""
        pull, page = Pull(), None
        while True:
            asked = h["sender"].ask(h["cursor"], page)
            answer = h["conn"].ok("POST", "/sync/v1/pull", asked)
            plain = _plain(answer)
            pull.parts.append(("*", plain))
            pull.wire += answer.wire
            pull.requests += 1
            head = msgspec.json.decode(plain, type=Head)
            for one in head.segments:
                answer = h["conn"].ok("GET", f"/sync/v1/segments/{one['id']}")
                rows = zstandard.ZstdDecompressor().decompress(answer.raw)
                pull.parts.append(("*", b'{"rows":%s}' % rows))
                pull.wire += answer.wire
                pull.requests += 1
            if head.complete:
                h["next"] = head.cursor
                return pull
            page = head.page

    def absorb(self, h: Row, pull: Pull) -> Row:
        """The rows by kind and id, under the day's own ids; moves the cursor."""
        found: Row = {"card_lines": {}}
        for _, plain in pull.parts:
            for kind, row in rows_of(msgspec.json.decode(plain)):
                key = self.owed[row["id"]] if kind == "receivable" else row["id"]
                found.setdefault(KINDS.get(kind, kind), {})[key] = self._row(kind, row)
                if kind == "card":
                    lines = range(len(row["lines"]))
                    found["card_lines"] |= {(key, n): 1 for n in lines}
        h["plans"] |= found.get("plans", {})
        h["cursor"] = h.pop("next")
        return found

    def _row(self, kind: str, row: Row) -> Row:
        return row | {"on_hand": row["available"]} if kind == "stock" else row

    # --- pushes ----------------------------------------------------------------------------------

    def prepare(self, h: Row, batch: Row) -> bytes:
        body: bytes = h["sender"].day(batch, self.codes)
        return body

    def push(self, h: Row, prepared: bytes) -> Ack:
        answer = h["conn"].request("POST", self.push_path, prepared, PRESSED)
        if answer.status != 200:
            return Ack(errors=self.wl.p.batch_docs, note=f"{answer.status}")
        ack = Ack()
        for one in msgspec.json.decode(_plain(answer))["verdicts"]:
            taken = one["outcome"] in TAKEN
            ack.accepted += taken
            ack.errors += not taken
            ack.told += bool(one["conflicts"]) or one["replayed"]
            ack.note = ack.note or ("" if taken else f"{one['outcome']}: {one['says']}"[:80])
        return ack

    replay = push

    def server_changes(self, changes: Row) -> None:
        """The office loads fresh stock and receivables."""
        now = datetime.now(UTC)
        with transaction(self.engine) as conn:
            write(conn, CELL, "stock", stock_rows(changes["stock"], self.codes, now), WAREHOUSE)
        if changes["receivables"]:
            with transaction(self.engine) as conn:
                write_receivables(conn, changes["receivables"], now)

    # --- two reps, the same documents ------------------------------------------------------------

    def read_plans(self, h: Row) -> Row:
        """The plans as this handheld has pulled them; the second rep is let into the stores."""
        if h["rep"] != self.wl.rep_codes[0]:
            stores = sorted({plan["store_id"] for plan in self.wl.plans})
            stand_in(self.engine, h["rep"], stores)
        self.absorb(h, self.delta(h))
        return dict(h["plans"])

    def edit(self, h: Row, base: Row, edits: Row) -> Ack:
        return self.push(h, h["sender"].edits(base, edits))

    def resolve(self, h: Row, base: Row, edits: Row, ack: Ack) -> Ack:
        """Nothing is left to the handheld: the server has merged and told."""
        return ack

    def plans_now(self) -> Row:
        with psycopg.connect(self.base.pg(self.database)) as raw:
            return {row["id"]: plan_of(row) for row in queries.contacts(raw)}

    def hidden_branches(self) -> int:
        return 0

    def pushed(self, rep: int) -> Row:
        code = self.wl.rep_codes[rep]
        with psycopg.connect(self.base.pg(self.database)) as raw:
            return {"orders": queries.orders_of(raw, code), "cards": queries.cards_of(raw, code)}


def _plain(answer: Any) -> bytes:
    if answer.headers.get("content-encoding") == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress(answer.raw)
    body: bytes = answer.body()
    return body


def variants(yardstick: str) -> list[Any]:
    """Talaria with two web processes, as the peers have, and with one, as it starts by itself."""
    two = type("Talaria", (Talaria,), {"yardstick": yardstick})
    alone = {"yardstick": yardstick, "name": "talaria-1w", "web_workers": "1",
             "what": "Talaria, one process, all rules decided"}  # fmt: skip
    return [two, type("TalariaAlone", (Talaria,), alone)]
