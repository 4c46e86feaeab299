"""Sends the day's requests to a server; writes down what came back, or compares it with then.

What the server makes up anew each time (a device's name, secrets, cursors) stands in a recording
as `$cursor3$`: its kind, and which of them it was.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from tests.recordings.compare import Copy, differences, differing_copies
from tests.recordings.office import ACTS
from tests.recordings.world import BEGIN, Clock
from tests.world import World

MADE_UP = ("device", "secret", "epoch", "cursor", "page")
MOST_PAGES = 500
Step = dict[str, Any]
_TOKEN = re.compile(r"\$([a-z]+\d+)\$")


class Names:
    """What the server made up, by the name it has in a recording, and back."""

    def __init__(self) -> None:
        self.real: dict[str, str] = {}
        self.token: dict[str, str] = {}

    def learn(self, answer: Any, keys: tuple[str, ...] = MADE_UP) -> None:
        """Give names to what is new in an answer."""
        for key in keys:
            value = answer.get(key) if isinstance(answer, dict) else None
            if isinstance(value, str) and value not in self.token:
                known = sum(name.startswith(key) for name in self.real)
                self.put(f"{key}{known + 1}", value)

    def match(self, then: Any, now: Any, keys: tuple[str, ...] = MADE_UP) -> None:
        """Learn what stands today where a recording has a name."""
        for key in keys:
            value, name = now.get(key), _TOKEN.fullmatch(str(then.get(key)))
            if isinstance(value, str) and name:
                self.put(name[1], value)

    def put(self, name: str, value: str) -> None:
        self.real[name], self.token[value] = value, name

    def hidden(self, value: Any) -> Any:
        """JSON with names in place of what was made up."""
        text = json.dumps(value)
        for real, name in self.token.items():
            text = text.replace(real, f"${name}$")
        return json.loads(text)

    def shown(self, text: str) -> str:
        """Text with what was made up in place of its names."""
        return _TOKEN.sub(lambda found: self.real.get(found[1], found[0]), text)


class Line:
    """One handheld's line to a server whose clock is set by hand."""

    def __init__(self, client: FlaskClient, world: World, clock: Clock) -> None:
        self.client, self.world, self.clock = client, world, clock
        self.names = Names()
        self.secret: str | None = None

    def send(self, method: str, path: str, body: str | None) -> tuple[int, Any]:
        """Send a request as it stands; its status and answer, decoded if it is JSON."""
        headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        data = None if body is None else body.encode()
        reply = self.client.open(path, method=method, data=data, headers=headers)
        answer = json.loads(reply.data) if "json" in (reply.content_type or "") else reply.text
        if isinstance(answer, dict) and "secret" in answer:
            self.secret = answer["secret"]
        return reply.status_code, answer

    def office(self, name: str) -> dict[str, str]:
        told = ACTS[name](self.world, self.clock)
        self.names.learn(told, tuple(told))
        return told


class Recorder(Line):
    """Plays a day for the first time."""

    def __init__(self, client: FlaskClient, world: World, clock: Clock) -> None:
        super().__init__(client, world, clock)
        self.steps: list[Step] = []

    def _keep(self, **step: Any) -> None:
        at = int((self.clock.at - BEGIN).total_seconds())
        self.steps.append({"at_s": at, **self.names.hidden(step)})
        self.clock.advance()

    def act(self, name: str) -> dict[str, str]:
        told = self.office(name)
        self._keep(office=name, told=told)
        return told

    def exchange(self, method: str, path: str, body: Any = None) -> Any:
        """One request; `body` is JSON, or text to be sent as it stands."""
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        status, answer = self.send(method, path, text)
        self.names.learn(answer)
        self._keep(request=[method, path, body], answer=[status, answer])
        return answer

    def pull(self, body: dict[str, Any]) -> list[Any]:
        """A whole pull, page by page."""
        pages: list[Any] = []
        while not pages or not pages[-1]["complete"]:
            page = pages[-1]["page"] if pages else None
            status, answer = self.send("POST", "/sync/v1/pull", json.dumps(body | {"page": page}))
            assert status == 200, answer
            self.names.learn(answer)
            pages.append(answer)
        self._keep(pull=body, pages=pages)
        return pages


class Replayer(Line):
    """Plays a recorded day again, and says what its handheld would notice."""

    def __init__(self, client: FlaskClient, world: World, clock: Clock) -> None:
        super().__init__(client, world, clock)
        self.then, self.now = Copy(), Copy()

    def play(self, steps: Iterable[Step]) -> Iterator[str]:
        for no, step in enumerate(steps, 1):
            self.clock.at = BEGIN + timedelta(seconds=step["at_s"])
            if "office" in step:
                told = self.office(step["office"])
                self.names.match(step["told"], told, tuple(told))
                continue
            found = self._pull(step) if "pull" in step else self._exchange(step)
            about = "pull" if "pull" in step else " ".join(step["request"][:2])
            yield from (f"step {no}, {about}: {one}" for one in found)

    def _exchange(self, step: Step) -> Iterator[str]:
        method, path, body = step["request"]
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        shown = None if text is None else self.names.shown(text)
        status, answer = self.send(method, self.names.shown(path), shown)
        then = step["answer"]
        if isinstance(then[1], dict) and isinstance(answer, dict):
            self.names.match(then[1], answer)
        yield from differences(then, [status, self.names.hidden(answer)])

    def _pull(self, step: Step) -> Iterator[str]:
        pages: list[Any] = []
        body = json.loads(self.names.shown(json.dumps(step["pull"])))
        while not pages or not pages[-1]["complete"]:
            page = pages[-1]["page"] if pages else None
            status, answer = self.send("POST", "/sync/v1/pull", json.dumps(body | {"page": page}))
            if status != 200 or len(pages) > MOST_PAGES:
                yield f"answered {status}: {answer}"
                return
            pages.append(answer)
        last = step["pages"][-1]
        self.names.match(last, pages[-1])
        afresh = body["cursor"] is None
        self.then.take(step["pages"], afresh=afresh)
        self.now.take(self.names.hidden(pages), afresh=afresh)
        yield from differing_copies(self.then, self.now)
        about = ("as_of", "acknowledged_through", "server_time", "epoch")
        now = self.names.hidden(pages[-1])
        yield from differences({k: last[k] for k in about}, now)
