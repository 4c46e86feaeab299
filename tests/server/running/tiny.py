"""A tiny application under our gunicorn, for tests of how requests arrive and answers leave.

Run as `python -m tests.server.running.tiny PORT THREADS TIMEOUT_S`.
"""

import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from server import logs
from server.running.web import Web
from server.settings import load

BIG_BYTES = 8 * 1024 * 1024


def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """/length counts the body; /big is 8 MB; /stream trickles; /nap takes a second."""
    path = environ["PATH_INFO"]
    if path == "/stream":
        start("200 OK", [("Content-Type", "text/event-stream")])
        return _stream()
    if path == "/length":
        if int(environ.get("CONTENT_LENGTH") or 0) > 1024 * 1024:
            return _plain(start, b"too much", "413 Too Large")
        return _plain(start, str(len(environ["wsgi.input"].read())).encode())
    if path == "/big":
        return _plain(start, b"x" * BIG_BYTES)
    if path == "/nap":
        time.sleep(1)
    return _plain(start, str(threading.active_count()).encode())


def _plain(start: Any, body: bytes, status: str = "200 OK") -> list[bytes]:
    start(status, [("Content-Length", str(len(body)))])
    return [body]


def _stream() -> Iterable[bytes]:
    while True:
        yield b": still here\n\n"
        time.sleep(0.2)


class Tiny(Web):
    """Our configuration, another application."""

    def load(self) -> Any:
        return answer


def main(port: str, threads: str, timeout_s: str) -> None:
    logs.configure("tiny", "warning")
    settings = replace(
        load({"TALARIA_PORT": port, "TALARIA_WEB_THREADS": threads}),
        body_timeout_s=float(timeout_s), max_body_bytes=1024 * 1024,
    )  # fmt: skip
    Tiny(settings).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
