"""The line between handhelds and the application, and what happens to requests on their way.

The application is called in this process, through its one WSGI door. What is drawn for a request
is told in its entry of the history. `kill` says where the server dies: at that failpoint all that
is not committed is gone, and no answer comes.
"""

import gzip
import io
import time as machine
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec
import psycopg
from flask import Flask

from handhelds.reference.answers import Call, Reply
from schemas.failpoint import acting
from tests.simulation.clocks import Time
from tests.simulation.history import History

PUSH, PULL, VERIFY = "/sync/v1/push", "/sync/v1/pull", "/sync/v1/verify"
PUSH_POINTS = ("after_receipts", "before_write", "before_commit", "after_numbers")
LATEST_S = 24 * 3600.0
PORTAL = b"<html><body>Welcome! Please accept our terms to go online.</body></html>"

ANY = ("cut_before", "cut_within", "cut_after", "cut_answer", "torn_answer", "twice", "late_copy",
       "late", "bad_gzip", "slow", "portal", "bad_gateway", "busy", "hung_up")  # fmt: skip
OF_PUSH = ("die_in_push", "die_after_push", "race", "stumble", "backend_killed", "cut_after")
OF_PULL = ("die_in_pull", "cut_answer", "torn_answer")


Trouble = Callable[[], None]


class Killed(BaseException):
    """The process is gone at this failpoint: nothing of it catches this."""


@dataclass
class Raw:
    """A request as bytes on the wire."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]
    announced: int  # how long it said it would be


@dataclass
class Network:
    """The line. `rate`: what share of requests something happens to."""

    app: Flask
    time: Time
    luck: Random
    history: History
    rate: float = 0.1
    late: list[tuple[datetime, str, Raw, list[Any]]] = field(default_factory=list)
    took_ms: dict[str, list[float]] = field(default_factory=dict)
    hang_up: Trouble = lambda: None  # the database cuts all connections of the application
    next: list[str | None] = field(default_factory=list)
    """What happens to the next requests, one each, whatever chance says."""

    def line(self, device: str, address: str) -> Callable[[Call], Reply | None]:
        """How one handheld reaches the server."""
        return lambda call: self._send(device, address, call)

    # --- one request ---------------------------------------------------------------------------

    def _send(self, device: str, address: str, call: Call) -> Reply | None:
        self.time.pass_s(self.luck.choice((0.02, 0.05, 0.4, 2.5)))
        fault, raw = self._drawn(call), self._raw(call, address)
        changes = changes_of(call)
        told: dict[str, Any] = {"arrived": 0, "killed": None, "status": None}
        began_s = machine.perf_counter()
        try:
            reply = self._carried(fault, raw, call, told, device, changes)
        finally:
            took_ms = (machine.perf_counter() - began_s) * 1000
            self.took_ms.setdefault(call.path.rpartition("/")[2][:8], []).append(took_ms)
        told["status"] = None if reply is None else reply.status
        if told.pop("missed", False):
            fault = None  # the server did not come by the place where it would have been
        if fault is not None:
            self.history.note(self.time.at, "fault", kind=fault, device=device, path=call.path)
        self.history.note(
            self.time.at, "request", device=device, path=call.path, changes=changes, fault=fault,
            **told,
        )  # fmt: skip
        if reply is not None and reply.status == 200:
            self._read(device, call, reply)
        return reply

    def _drawn(self, call: Call) -> str | None:
        if self.next:
            return self.next.pop(0)
        if self.luck.random() >= self.rate:
            return None
        return self.luck.choice((*ANY, *{PUSH: OF_PUSH, PULL: OF_PULL}.get(call.path, ())))

    def _raw(self, call: Call, address: str) -> Raw:
        headers = {"Content-Type": "application/json", "X-Forwarded-For": address}
        if call.secret is not None:
            headers["Authorization"] = f"Bearer {call.secret}"
        if call.tag is not None and (call.first or call.stop is not None):
            last = "" if call.stop is None else str(call.stop - 1)
            headers |= {"Range": f"bytes={call.first}-{last}", "If-Range": f'"{call.tag}"'}
        return Raw(call.method, call.path, call.body, headers, len(call.body))

    def _carried(
        self, fault: str | None, raw: Raw, call: Call, told: dict[str, Any], device: str,
        changes: list[Any],
    ) -> Reply | None:  # fmt: skip
        if fault in ("cut_before", "portal", "bad_gateway", "busy"):
            return {
                "portal": Reply(200, PORTAL), "bad_gateway": Reply(502, b"<h1>502</h1>"),
                "busy": Reply(503, b"{}", 7.0),
            }.get(fault)  # fmt: skip
        if fault in ("late", "late_copy"):
            due = self.time.now + timedelta(seconds=self.luck.uniform(30, LATEST_S))
            self.late.append((due, device, raw, changes))
            if fault == "late":
                return None
        if fault == "cut_within":
            raw.body = raw.body[: self.luck.randrange(len(raw.body) + 1)]
        elif fault == "bad_gzip":
            raw = self._spoilt(raw)
        elif fault == "hung_up":
            self.hang_up()
        elif fault == "slow":
            self.time.pass_s(self.luck.uniform(20, 400))
        reply = self._asked(raw, told, *self._places(fault))
        if fault == "twice":
            reply = self._asked(raw, told) or reply
        if reply is None or fault in ("cut_after", "cut_within"):
            return None
        return self._torn(reply, fault, call)

    def _spoilt(self, raw: Raw) -> Raw:
        """Packed, and then some of its bytes are wrong or missing."""
        packed = bytearray(gzip.compress(raw.body, 1, mtime=0))
        if self.luck.random() < 0.5:
            for _ in range(self.luck.randint(1, 4)):
                packed[self.luck.randrange(10, len(packed))] ^= 1 << self.luck.randrange(8)
        else:
            del packed[self.luck.randrange(len(packed)) :]
        headers = raw.headers | {"Content-Encoding": "gzip"}
        return Raw(raw.method, raw.path, bytes(packed), headers, len(packed))

    def _torn(self, reply: Reply, fault: str | None, call: Call) -> Reply | None:
        if fault not in ("cut_answer", "torn_answer"):
            return reply
        half = reply.body[: self.luck.randrange(len(reply.body) + 1)]
        if call.tag is not None and fault == "cut_answer":
            return Reply(reply.status, half, None, reply.first, is_cut=True)
        if fault == "cut_answer":
            return None
        return Reply(reply.status, half, None, reply.first)

    def _places(self, fault: str | None) -> tuple[str, Trouble | None]:
        """Where the server passes when something happens to it, and what."""
        if fault == "die_after_push":
            return "after_commit", _dies
        if fault == "die_in_pull":
            return "before_cursor", _dies
        within = self.luck.choice(PUSH_POINTS) if fault in OF_PUSH else ""
        if fault == "backend_killed":
            return within, self.hang_up
        return within, TROUBLES.get(fault or "")

    def _asked(
        self, raw: Raw, told: dict[str, Any], place: str = "", trouble: Trouble | None = None
    ) -> Reply | None:
        """The request reaches the server; at `place`, once, there is trouble."""
        told["arrived"] += 1
        left = [trouble] if trouble is not None else []

        def act(name: str) -> None:
            if name == place and left:
                told["killed"] = name if left[0] is _dies else told["killed"]
                left.pop()()

        with acting(act):
            reply = answer_of(self.app, raw)
        told |= {"missed": True} if left else {}
        return reply

    # --- what comes late -----------------------------------------------------------------------

    def late_arrivals(self, *, all_of_them: bool = False) -> None:
        """Requests that wandered about arrive now; nobody waits for their answers."""
        due = [one for one in self.late if all_of_them or one[0] <= self.time.now]
        self.late = [one for one in self.late if one not in due]
        for _, device, raw, changes in due:
            self.time.pass_s(0.3)
            told: dict[str, Any] = {"arrived": 0, "killed": None, "status": None}
            reply = self._asked(raw, told)
            told["status"] = None if reply is None else reply.status
            self.history.note(
                self.time.at, "request", device=device, path=raw.path, changes=changes,
                fault="late", **told,
            )  # fmt: skip

    # --- what a handheld was told --------------------------------------------------------------

    def _read(self, device: str, call: Call, reply: Reply) -> None:
        if call.path not in (PUSH, PULL, VERIFY):
            return
        try:
            told = msgspec.json.decode(reply.body)
        except msgspec.DecodeError:
            return
        if call.path == PULL and "rows" in told:
            self.history.note(
                self.time.at, "pulled", device=device, complete=told["complete"],
                cursor=told["cursor"], rows=rows_of(told), gone=told["gone"], epoch=told["epoch"],
                **told["scopes"],
            )  # fmt: skip
        if call.path == VERIFY and (told.get("rows") or told.get("gone")):
            self.history.note(
                self.time.at, "repaired", device=device, rows=rows_of(told), gone=told["gone"],
                epoch=told["epoch"],
            )  # fmt: skip
        of = msgspec.json.decode(call.body)["device"]
        for one in told.get("verdicts", ()):
            self.history.note(
                self.time.at, "verdict", device=device, of=of, n=one["n"], id=one["id"],
                outcome=one["outcome"], state=one.get("state"), refs=one.get("refs"),
                rules=[rule.get("rule") for rule in one.get("conflicts", ())],
                replayed=one.get("replayed", False),
            )  # fmt: skip


def rows_of(told: dict[str, Any]) -> dict[str, list[list[Any]]]:
    """Kind -> [[id, version]] of the rows of an answer, sorted: no order of them is promised."""
    found = {}
    for kind, part in told["rows"].items():
        at = [part["columns"].index(name) for name in ("id", "version")]
        if "data" in part:
            found[kind] = sorted([row[i] for i in at] for row in part["data"])
        else:
            columns = [part["turned"][i] for i in at] if part["turned"] else [[], []]
            found[kind] = sorted(list(one) for one in zip(*columns, strict=True))
    return found


def _dies() -> None:
    raise Killed


def _races() -> None:
    raise psycopg.errors.DeadlockDetected("planted: deadlock detected")


def _stumbles() -> None:
    raise RuntimeError("planted: the server stumbles")


TROUBLES: dict[str, Trouble] = {"die_in_push": _dies, "race": _races, "stumble": _stumbles}


def changes_of(call: Call) -> list[Any]:
    """[[n, id]] of the changes a call pushes."""
    if call.path != PUSH:
        return []
    return [[one.get("n"), one.get("id")] for one in msgspec.json.decode(call.body)["changes"]]


def answer_of(app: Flask, raw: Raw) -> Reply | None:
    """Ask the application; None when it died."""
    path, _, query = raw.path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": raw.method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
        "SERVER_NAME": "sim", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "10.0.0.1", "CONTENT_LENGTH": str(raw.announced),
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(raw.body),
        "wsgi.errors": io.StringIO(), "wsgi.multithread": False, "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }  # fmt: skip
    for name, value in raw.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    heard: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc: Any = None) -> Any:
        heard.update(status=int(status[:3]), headers=dict(headers))

    with ExitStack() as held:
        try:
            parts = app.wsgi_app(environ, start)
            held.callback(getattr(parts, "close", lambda: None))
            body = b"".join(parts)
        except Killed:
            return None
    wait = heard["headers"].get("Retry-After", "")
    span = heard["headers"].get("Content-Range", "")
    first = int(span[6:].partition("-")[0]) if span.startswith("bytes ") else 0
    return Reply(heard["status"], body, float(wait) if wait.isdigit() else None, first)


@contextmanager
def calm(network: Network) -> Iterator[None]:
    """Nothing happens to requests meanwhile."""
    rate, network.rate = network.rate, 0.0
    try:
        yield
    finally:
        network.rate = rate
