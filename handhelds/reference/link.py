"""The network, when there is one: plays the talks of device.py over HTTP.

One handheld pushes once at a time, whatever runs on it: a file lock that the system lets go when
its process dies. Tries that failed wait 1, 2, 4 ... 60 seconds, each shortened by chance so that
two hundred handhelds behind one revived server do not knock together; a rep's own wish never waits.
"""

import fcntl
import gzip
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from handhelds.reference import device
from handhelds.reference.answers import TRIED_AGAIN, Call, Ending, Reply
from handhelds.reference.clock import Clock
from handhelds.reference.local import Local
from handhelds.reference.queries_field import NotSaved

PRESSED_BYTES = 700
"""Below this, gzip saves nothing on a line."""
LONGEST_WAIT_S = 60.0
MOST_BYTES = 64 * 1024 * 1024
TIMEOUT = httpx.Timeout(30.0, connect=10.0, read=60.0)
"""Per step, not for the whole: on a 56 kbit/s line a page may take minutes, but never silence."""

Send = Callable[[Call], Reply | None]


class Busy(Exception):
    """Another process of this handheld is syncing right now."""


class Wire:
    """A server over HTTP. None from `send` means: no whole answer came, whatever happened there.
    `heard` is called whenever some of an answer has come."""

    def __init__(self, server: str, client: httpx.Client | None = None) -> None:
        self.client = client or httpx.Client(timeout=TIMEOUT)
        self.server = server.rstrip("/")
        self.sent_bytes = self.received_bytes = 0
        self.heard: Callable[[], None] = lambda: None

    def send(self, call: Call) -> Reply | None:
        body, headers = call.body, _headers(call)
        if len(body) > PRESSED_BYTES:
            body = gzip.compress(body, 6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        parts: list[bytes] = []
        status, first = 0, 0
        try:
            with self.client.stream(
                call.method, self.server + call.path, content=body, headers=headers
            ) as response:
                self.sent_bytes += len(body)
                status, first = response.status_code, _first(response)
                size = seen = 0
                for part in response.iter_bytes():
                    self.received_bytes += response.num_bytes_downloaded - seen
                    seen = response.num_bytes_downloaded
                    self.heard()
                    size += len(part)
                    if size > MOST_BYTES:
                        return None
                    parts.append(part)
                wait = response.headers.get("Retry-After", "")
                wait_s = float(wait) if wait.isdigit() else None
                return Reply(status, b"".join(parts), wait_s, first)
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            if call.tag is None or status not in (200, 206):
                return None
            return Reply(status, b"".join(parts), None, first, is_cut=True)

    def close(self) -> None:
        self.client.close()


def _headers(call: Call) -> dict[str, str]:
    headers = {"Accept-Encoding": "zstd, gzip"}
    if call.secret is not None:
        headers["Authorization"] = f"Bearer {call.secret}"
    if call.tag is None:
        headers["Content-Type"] = "application/json"
    elif call.first or call.stop is not None:
        last = "" if call.stop is None else str(call.stop - 1)
        headers |= {"Range": f"bytes={call.first}-{last}", "If-Range": f'"{call.tag}"'}
    return headers


def _first(response: httpx.Response) -> int:
    """Where the bytes of a partial answer begin; what cannot be read counts as the beginning."""
    found = re.match(r"bytes (\d{1,15})-", response.headers.get("Content-Range", ""))
    return int(found[1]) if found and response.status_code == 206 else 0


def play(talk: device.Talk, send: Send) -> Ending:
    """Carry a talk to its end."""
    try:
        call = next(talk)
        while True:
            call = talk.send(send(call))
    except StopIteration as over:
        ending: Ending = over.value
        return ending
    except NotSaved as trouble:  # no room even for a verdict: the server will say it again
        return Ending("no_room", str(trouble))


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold this handheld's right to sync, or raise Busy at once."""
    with open(home / "sync.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy("another program of this handheld is syncing just now") from None
        yield


def enrol(local: Local, send: Send, code: str, model: str, app: str) -> Ending:
    """Enrol with a code of the office."""
    with only_one(local.home):
        return play(device.enrol(local, code, model, app), send)


def sync(
    local: Local,
    send: Send,
    clock: Clock,
    new_id: device.NewId,
    *,
    tries: int = 1,
    wait: Callable[[float], None] = time.sleep,
    chance: Callable[[], float] = random.random,
    tell: Callable[[Ending, float], None] = lambda ending, wait_s: None,
    why: str | None = None,
) -> Ending:
    """Push and pull; on a cut line or a busy server up to `tries` times, waiting in between.

    tell: called with each failed ending and the seconds until the next try. why: "asked" verifies
    the copy at the end although no night has passed.
    """
    with only_one(local.home):
        for count in range(1, tries + 1):
            ending = play(device.sync(local, clock, new_id, why), send)
            if ending.state not in TRIED_AGAIN or count == tries:
                return ending
            wait_s = wait_before(count, ending.retry_after_s, chance)
            tell(ending, wait_s)
            wait(wait_s)
    return Ending("later")


def wait_before(count: int, asked_s: float | None, chance: Callable[[], float]) -> float:
    """Seconds before the next try after `count` failed ones: at least what the server asked for,
    at most a minute, jittered over the upper half."""
    longest = min(LONGEST_WAIT_S, 2.0 ** (count - 1))
    return min(LONGEST_WAIT_S, max(asked_s or 0.0, longest * (0.5 + chance() / 2)))
