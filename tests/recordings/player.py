"""Sends the day's requests to a server; writes down what came back, or compares it with then.

What the server makes up anew each time (a device's name, secrets, cursors) stands in a recording
as `$cursor3$`: its kind, and which of them it was.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import zstandard
from flask.testing import FlaskClient

from schemas.versions import is_served
from tests.recordings.compare import Copy, differences, differing_copies
from tests.recordings.office import ACTS
from tests.recordings.verifying import Verifying
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
        self.kept: dict[str, str] = {}
        """Ids of items about a used id, today's -> the recording's: they hang on the device's."""

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

    def match_kept(self, then: Any, now: Any) -> None:
        """Learn today's ids of items about changes that are kept under a used id or number."""
        found = {
            one["id"]: item["id"]
            for one in now.get("verdicts", ())
            for item in one["conflicts"]
            if item["rule"] == "id_reused"
        }
        for one in then.get("verdicts", ()):
            for item in one["conflicts"]:
                if item["rule"] == "id_reused" and one["id"] in found:
                    self.kept[found[one["id"]]] = item["id"]

    def put(self, name: str, value: str) -> None:
        self.real[name], self.token[value] = value, name

    def hidden(self, value: Any) -> Any:
        """JSON with names in place of what was made up."""
        text = json.dumps(value)
        for real, name in self.token.items():
            text = text.replace(real, f"${name}$")
        for now, then in self.kept.items():
            text = text.replace(now, then)
        return json.loads(text)

    def shown(self, text: str) -> str:
        """Text with what was made up in place of its names."""
        for now, then in self.kept.items():
            text = text.replace(then, now)
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

    def pull_whole(self, body: dict[str, Any]) -> tuple[str, list[Any]]:
        """Pull to the end, segments fetched beside their pages; what went wrong, and the pages."""
        pages: list[Any] = []
        while not pages or not pages[-1]["complete"]:
            page = pages[-1]["page"] if pages else None
            status, answer = self.send("POST", "/sync/v1/pull", json.dumps(body | {"page": page}))
            if status != 200 or len(pages) > MOST_PAGES:
                return f"answered {status}: {answer}", pages
            fetched = [self.fetch(one) for one in answer.get("segments", ())]
            pages.append(answer | {"fetched": fetched} if fetched else answer)
        return "", pages

    def fetch(self, named: dict[str, Any]) -> Any:
        """The rows of a segment that a page names; its bytes are what the page says."""
        headers = {"Authorization": f"Bearer {self.secret}"}
        reply = self.client.get(f"/sync/v1/segments/{named['id']}", headers=headers)
        assert (reply.status_code, len(reply.data)) == (200, named["bytes"])
        assert sha256(reply.data).hexdigest() == named["sha256"]
        return json.loads(zstandard.ZstdDecompressor().decompress(reply.data))

    def verify(self, copy: Copy, body: dict[str, Any], spoil: list[list[Any]]) -> dict[str, Any]:
        """Verify a copy; then spoil it, verify it again and take the repair: what came of it.

        spoil: kind, id, and a column with a wrong value; null: the row is missing; "copy of": a row
        that is not the server's.
        """
        told: dict[str, Any] = {"equal": [self._ask(copy, body)["equal"]]}
        for kind, key, column, value in spoil:
            if column is None:
                del copy.rows[kind][key]
            elif column == "copy of":
                copy.rows[kind][key] = copy.rows[kind][value] | {"id": key}
            else:
                copy.rows[kind][key] |= {column: value}
        said = self._ask(copy, body)
        found = Verifying(copy, said["news"])
        told["differing"] = scopes = found.differing(said["scopes"])
        ask = [{"scope": one, "at": ""} for one in scopes]
        parts = self._ask(copy, body, digest=None, ask=ask)["slices"]
        have = [found.laid_open(*one) for one in found.slices(scopes, parts)]
        repair = self._ask(copy, body, digest=None, have=have)
        told["answered"] = repair["answered"] == len(have)
        told["rows"] = {k: sorted(r[0] for r in one["data"]) for k, one in repair["rows"].items()}
        told["gone"] = repair["gone"]
        copy.put(repair["rows"])
        for kind, keys in repair["gone"].items():
            for key in keys:
                copy.rows[kind].pop(key, None)
        told["equal"] += [said["equal"], self._ask(copy, body)["equal"]]
        return told

    def _ask(self, copy: Copy, body: dict[str, Any], **more: Any) -> Any:
        whole = {"digest": Verifying(copy, {}).digest()}
        status, answer = self.send("POST", "/sync/v1/verify", json.dumps(body | whole | more))
        assert status == 200, answer
        return answer

    def office(self, name: str) -> dict[str, str]:
        told = ACTS[name](self.world, self.clock)
        return told


class Recorder(Line):
    """Plays a day for the first time."""

    def __init__(self, client: FlaskClient, world: World, clock: Clock) -> None:
        super().__init__(client, world, clock)
        self.steps: list[Step] = []
        self.copy = Copy()

    def _keep(self, **step: Any) -> None:
        at = int((self.clock.at - BEGIN).total_seconds())
        self.steps.append({"at_s": at, **self.names.hidden(step)})
        self.clock.advance()

    def act(self, name: str) -> dict[str, str]:
        told = self.office(name)
        self.names.learn(told, tuple(told))
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
        fault, pages = self.pull_whole(body)
        assert not fault, fault
        for page in pages:
            self.names.learn(page)
        self.copy.take(pages, afresh=body["cursor"] is None)
        self._keep(pull=body, pages=pages)
        return pages

    def verified(self, body: dict[str, Any], spoil: list[list[Any]]) -> None:
        """A verification of what was pulled so far, once as it is and once with wrong rows."""
        told = self.verify(self.copy, body, spoil)
        self._keep(verify=body, spoil=spoil, told=told)


class Replayer(Line):
    """Plays a recorded day again, and says what its handheld would notice."""

    def __init__(self, client: FlaskClient, world: World, clock: Clock) -> None:
        super().__init__(client, world, clock)
        self.then, self.now = Copy(), Copy()

    def play(self, steps: Iterable[Step], version: int) -> Iterator[str]:
        for no, step in enumerate(steps, 1):
            self.clock.at = BEGIN + timedelta(seconds=step["at_s"])
            if "office" in step:
                told = self.office(step["office"])
                self.names.match(step["told"], told, tuple(told))
                continue
            how = next(name for name in ("pull", "verify", "request") if name in step)
            found = getattr(self, f"_{how}")(step) if is_served(version) else self._unserved(step)
            yield from (f"step {no}, {how}: {one}" for one in found)

    def _unserved(self, step: Step) -> Iterator[str]:
        """Of a version that is served no more: no news, but all that was captured is taken."""
        for name, path in (("pull", "/sync/v1/pull"), ("verify", "/sync/v1/verify")):
            if name in step:
                status, answer = self.send("POST", path, self.names.shown(json.dumps(step[name])))
                if (status, answer.get("code")) != (409, "schema_unsupported"):
                    yield f"answered {status}: {answer}"
                return
        if not step["request"][1].endswith("/pull"):
            yield from self._request(step)

    def _request(self, step: Step) -> Iterator[str]:
        method, path, body = step["request"]
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        shown = None if text is None else self.names.shown(text)
        status, answer = self.send(method, self.names.shown(path), shown)
        then = step["answer"]
        if isinstance(then[1], dict) and isinstance(answer, dict):
            self.names.match(then[1], answer)
            self.names.match_kept(then[1], answer)
        yield from differences(then, [status, self.names.hidden(answer)])

    def _pull(self, step: Step) -> Iterator[str]:
        body = json.loads(self.names.shown(json.dumps(step["pull"])))
        fault, pages = self.pull_whole(body)
        if fault:
            yield fault
            return
        last = step["pages"][-1]
        self.names.match(last, pages[-1])
        afresh = body["cursor"] is None
        self.then.take(step["pages"], afresh=afresh)
        self.now.take(self.names.hidden(pages), afresh=afresh)
        yield from differing_copies(self.then, self.now)
        about = ("as_of", "acknowledged_through", "server_time", "epoch")
        now = self.names.hidden(pages[-1])
        yield from differences({k: last[k] for k in about}, now)

    def _verify(self, step: Step) -> Iterator[str]:
        body = json.loads(self.names.shown(json.dumps(step["verify"])))
        spoil = json.loads(self.names.shown(json.dumps(step["spoil"])))
        told = self.verify(self.real_copy(), body, spoil)
        yield from differences(step["told"], self.names.hidden(told))

    def real_copy(self) -> Copy:
        """What is held, with what the server made up as it is and not by name."""
        copy = Copy()
        copy.rows = json.loads(self.names.shown(json.dumps(self.now.rows)))
        return copy
