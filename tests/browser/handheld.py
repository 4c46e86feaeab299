"""The rep's app in a Chromium of its own, in front of a server that is a process of its own.

Both can be killed and come back: the browser with the same profile, the server on the same port.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import psutil
from playwright.sync_api import BrowserContext, Error, Page, Playwright

from schemas.ids import uuid7
from server.access.devices import make_enrolment_code
from sync.write import write
from tests.server.running.ports import answers, free_port, process, until
from tests.world import CELL, World

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ZONE = ZoneInfo("America/Chicago")  # of the company of tests/world.py


def code_for(world: World, rep: str = "r01") -> str:
    """A code of the office that enrols one handheld."""
    with world.begin() as conn:
        return make_enrolment_code(conn, world.company, rep, "user:admin", datetime.now(UTC))


def plan_today(world: World, stores: list[str], rep: str = "r01") -> None:
    """Put these stores on today's plan, in this order."""
    day = datetime.now(ZONE).date()
    with world.begin() as conn:
        write(
            conn, CELL, "plan_stop",
            [
                {"id": uuid7(), "rep": rep, "store": store, "day": day, "sequence": n,
                 "state": "planned", "pinned": False}
                for n, store in enumerate(stores, 1)
            ],
            "user:admin",
        )  # fmt: skip


class Server:
    """The web process, which can be killed and started again on the same port."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._said = {
            "DATABASE_URL": database_url,
            "TALARIA_DATA_DIR": str(folder / "data"),
            "TALARIA_SECRET_KEY": "k" * 40,
            "TALARIA_PORT": str(self.port),
        }
        self._log = folder / "web.log"
        self._held = contextlib.ExitStack()

    def start(self) -> None:
        running = self._held.enter_context(
            process("server.cli", "web", environ=self._said, log=self._log)
        )
        up = lambda: answers(self.port, "/healthz") or running.poll() is not None  # noqa: E731
        until(up, 60)
        assert running.poll() is None, self._log.read_text()[-2000:]

    def kill(self) -> None:
        self._held.close()
        until(lambda: not answers(self.port, "/healthz"), 20)


@contextlib.contextmanager
def server_of(database_url: str, folder: Path) -> Iterator[Server]:
    """A server that is up; killed at the end, if it still is."""
    server = Server(database_url, folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


class Handheld:
    """The app in a browser with a profile that outlives it.

    Used with `with`, it is closed at the end, and what the browser complained of fails the test.
    """

    def __init__(self, playing: Playwright, path: str, profile: Path, address: str) -> None:
        self._playing, self._path, self._profile = playing, path, profile
        self.address = f"{address}/app/"
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.context: BrowserContext | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        self.close()
        if failed is None:
            assert self.complaints == []
            assert self.foreign == []

    def open(self, hash_: str = "") -> Page:
        """Start the browser, and the app in it."""
        self.context = self._playing.chromium.launch_persistent_context(
            self._profile,
            executable_path=self._path,
            chromium_sandbox=False,
            args=FLAGS,
            viewport={"width": 360, "height": 740},
        )
        self.context.set_default_timeout(20_000)
        self.context.on("request", lambda asked: self._asked(asked.url))
        page = self.context.pages[0]
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("dialog", lambda dialog: (self.complaints.append("a dialog"), dialog.dismiss()))
        page.on("console", lambda said: self._said(said.type, said.text))
        self.prepare(page)
        page.goto(self.address + hash_)
        return page

    def prepare(self, page: Page) -> None:
        """Called before the app is opened, for those who must be there first."""

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address[:-5], "data:", "blob:")):
            self.foreign.append(url)

    def _said(self, kind: str, text: str) -> None:
        dead_line = "net::ERR" in text or "Failed to load resource" in text
        if kind == "error" and not dead_line:
            self.complaints.append(text)

    def close(self) -> None:
        if self.context is not None:
            self.context.close()
            self.context = None

    def kill(self) -> None:
        """The browser dies with all its processes, as when a battery is pulled."""
        for one in psutil.process_iter(["pid", "cmdline"]):
            if any(str(self._profile) in word for word in one.info["cmdline"] or ()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one.info["pid"], signal.SIGKILL)
        if self.context is not None:
            with contextlib.suppress(Exception):
                self.context.close()
            self.context = None


def enrolled(handheld: Handheld, code: str) -> Page:
    """Open the app by the office's picture and start the day, as soon as it is all here."""
    page = handheld.open(f"#enrol={code}")
    page.get_by_role("button", name="Start the day").click(timeout=60_000)
    kept_offline(page)
    return page


def kept_offline(page: Page) -> None:
    """Wait until the browser has the whole app and hands it out itself."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=60_000)


def wait_until(page: Page, told: str, *, seconds: float = 30) -> None:
    """Ask until it is so. A promise is true to `wait_for_function`, whatever it comes to."""
    ends = time.monotonic() + seconds
    while not _is_so(page, told):
        assert time.monotonic() < ends, told
        page.wait_for_timeout(100)


def _is_so(page: Page, told: str) -> bool:
    """What the page answers; one that is just being loaded anew does not."""
    try:
        return bool(page.evaluate(told))
    except Error as trouble:
        if "context was destroyed" not in trouble.message:
            raise
        return False
