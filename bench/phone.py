"""A handheld's line without the handheld: one kept connection, bytes counted as they travel.

`Phone` speaks HTTP to the web process; `Inside` calls the application in this process with the
very same requests, so the difference of the two is what HTTP and the process border cost.
"""

import gzip
import http.client
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec
import zstandard
from flask import Flask

from bench import work
from bench.company import Company, Rep
from bench.timing import timed

PRESSED_BYTES = 700
Talk = tuple[int, dict[str, str], bytes]


class Answer(msgspec.Struct):
    """What came back: bytes as they travelled, inflated when asked for, and milliseconds."""

    status: int
    wire: bytes
    encoding: str
    ms: float

    @property
    def plain(self) -> bytes:
        if self.encoding == "zstd":
            return zstandard.ZstdDecompressor().decompressobj().decompress(self.wire)
        return gzip.decompress(self.wire) if self.encoding == "gzip" else self.wire

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.plain)


class Line(Protocol):
    """Sends one request, returns status, headers and body as they came."""

    def talk(self, path: str, body: bytes, headers: dict[str, str]) -> Talk: ...


class Kept:
    """A kept HTTP connection."""

    def __init__(self, url: str) -> None:
        self._line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)

    def talk(self, path: str, body: bytes, headers: dict[str, str]) -> Talk:
        self._line.request("POST", path, body, headers)
        answer = self._line.getresponse()
        return answer.status, dict(answer.headers), answer.read()


class Inside:
    """The application in this process."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()

    def talk(self, path: str, body: bytes, headers: dict[str, str]) -> Talk:
        answer = self._client.post(path, data=body, headers=headers)
        return answer.status_code, dict(answer.headers), answer.data


class Phone:
    """A rep's enrolled handheld at one end of a line."""

    def __init__(self, line: Line, made: Company, rep: Rep, accept: str = "zstd, gzip") -> None:
        self.line, self.made, self.rep = line, made, rep
        self.cursor: str | None = None
        self._accept = accept

    def post(self, verb: str, body: bytes) -> Answer:
        """One request, timed from its first byte to the last of its answer."""
        headers = {
            "Authorization": f"Bearer {self.rep.secret}",
            "Content-Type": "application/json",
            "Accept-Encoding": self._accept,
        }
        if len(body) > PRESSED_BYTES:
            body = gzip.compress(body, 6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        talk: Callable[[], Talk] = lambda: self.line.talk(f"/sync/v1/{verb}", body, headers)  # noqa: E731
        (status, told, wire), ms = timed(talk)
        answer = Answer(status, wire, told.get("Content-Encoding", ""), ms)
        if status != 200:
            raise AssertionError(f"{verb} answered {status}: {answer.plain[:400]!r}")
        return answer

    def push(self, changes: list[work.Change]) -> Answer:
        """A batch; every change must have been decided as an order or a card of this company."""
        return self.pushed(work.batch(self.made, self.rep, changes), len(changes))

    def pushed(self, body: bytes, number: int) -> Answer:
        answer = self.post("push", body)
        outcomes = [one["outcome"] for one in answer.json["verdicts"]]
        odd = sorted({one for one in outcomes if one not in ("applied", "adjusted")})
        assert len(outcomes) == number, f"{len(outcomes)} verdicts for {number} changes"
        assert not odd, f"changes were {odd}"
        return answer

    def page(self, page: str | None = None) -> Answer:
        return self.post("pull", work.ask(self.made, self.rep, self.cursor, page))

    def pull(self) -> tuple[list[Answer], int]:
        """Everything new: the pages, and how many rows they carried."""
        pages, page, rows = [], None, 0
        while True:
            answer = self.page(page)
            told = answer.json
            pages.append(answer)
            rows += sum(len(one["data"]) for one in told["rows"].values())
            page = told["page"]
            if told["complete"]:
                self.cursor = told["cursor"]
                return pages, rows
