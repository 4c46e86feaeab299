"""A real Chromium in front of a real server, for what only a browser can tell.

The server runs in a thread of the test, so a test can reach into it; the company behind it is
tests/world.py's. Every page that is opened is watched: a word of the browser about its content
security policy, a script error or a dialog fails the test that caused it.
"""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)
from sqlalchemy import Engine
from werkzeug.serving import make_server

from server.hints import Hints
from tests.browser.handheld import FLAGS, Handheld
from tests.server.console import PASSWORD, enlist, make_app
from tests.world import World, build

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ROOT = Path(__file__).resolve().parents[2]
BUILT = {"server/office/static/vendor": "htmx.min.js", "handhelds/pwa/vendor": "shell.js"}
"""What the set-up fetches for browsers, each by one file of it."""
MAPPED = "talaria_browser"

OpenPage = Callable[..., Page]
NewHandheld = Callable[[str], Handheld]


def looking(width: int, scheme: str) -> dict[str, Any]:
    """How a page is looked at: in a window so wide, on a light or a dark screen."""
    return {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}


@pytest.fixture(scope="session")
def playing() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = os.environ.get("TALARIA_TEST_CHROMIUM") or next(
        (found for name in NAMES if (found := shutil.which(name))), None
    )
    if path is None:
        pytest.skip("no Chromium here: `make system-deps` installs one")
    for folder, name in BUILT.items():
        assert (ROOT / folder / name).exists(), f"{folder} is missing: `make test` makes it"
    return path


@pytest.fixture(scope="session")
def chromium(playing: Playwright, chromium_path: str) -> Iterator[Browser]:
    browser = playing.chromium.launch(
        executable_path=chromium_path, chromium_sandbox=False, args=FLAGS
    )
    yield browser
    browser.close()


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, stores=4, products=4, on_hand=100, limit_minor=50_000)


@pytest.fixture
def app(world: World, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(world.engine, database_url, tmp_path, TALARIA_HINT_CHANNEL=MAPPED)
    hints = Hints(database_url, MAPPED)
    app.extensions["hint"] = hints.send
    enlist(world, "dora", "order_desk")
    enlist(world, "alma", "admin")
    yield app
    hints.close()
    if "live" in app.extensions:
        app.extensions["live"].close()


class Answering:
    """Counts the requests of an app that are being answered."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._requests = 0
        self._changed = threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # Not by `close`: this server forgets it when the browser hangs up at the wrong moment.
        with self._changed:
            self._requests += 1
        try:
            yield from self._app(environ, start_response)
        finally:
            with self._changed:
                self._requests -= 1
                self._changed.notify_all()

    def wait(self) -> None:
        """Until every answer is given: a request uses the database to its end."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._requests == 0, 20)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the server listens, as a browser writes it."""
    answering = Answering(app)
    server = make_server("127.0.0.1", 0, answering, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.block_on_close = False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    if "live" in app.extensions:
        app.extensions["live"].end()
    server.shutdown()
    server.server_close()
    thread.join(5)
    answering.wait()


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[OpenPage]:
    """Open a page of one's own browser, signed in as CODE unless that is empty."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(path: str = "/office/", code: str = "dora", **more: object) -> Page:
        context = chromium.new_context(base_url=address, **more)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: _note(complaints, said.type, said.text))
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("dialog", lambda dialog: (complaints.append("a dialog"), dialog.dismiss()))
        page.goto("/office/sign-in" if code else path)
        if code:
            sign_in(page, code)
            page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def handheld(playing: Playwright, chromium_path: str, tmp_path: Path) -> Iterator[NewHandheld]:
    """Hand out the rep's app of a server at an address, each in a browser of its own."""
    made: list[Handheld] = []
    with contextlib.ExitStack() as held:

        def make(address: str) -> Handheld:
            profile = tmp_path / f"profile{len(made)}"
            made.append(held.enter_context(Handheld(playing, chromium_path, profile, address)))
            return made[-1]

        yield make


def _note(complaints: list[str], kind: str, text: str) -> None:
    refused = "status of 401" in text or "status of 503" in text  # tests of refusals expect these
    if kind == "error" and not refused:
        complaints.append(text)


def sign_in(page: Page, code: str, password: str = PASSWORD) -> None:
    page.get_by_label("User name").fill(code)
    page.get_by_label("Password").fill(password)
    with page.expect_event("load"):  # or the next step overtakes the answer
        page.get_by_role("button", name="Sign in").click()


def expect_live(page: Page) -> None:
    """Wait until the page hears of changes by itself."""
    expect(page.locator("#live")).to_have_attribute("data-is", "live", timeout=20_000)
