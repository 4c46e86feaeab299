"""Plays the session cases of sync/contract/sessions on the reference handheld.

A case is a list of steps, each one member of an object:
    make    a change the rep makes, as it will travel but without n; or its name in _world.json
    undo    the id of a change taken back
    enrol, push, pull, verify   a talk: `turns`, each what the handheld must ask and what it is
            answered (null = no answer came), and `ends`, the state it must end in
    reopen  the handheld is closed and opened again
    days    so many days pass
    expect  what must be true now: outbox (change ids, in order), rows and absent rows by kind,
            greyed scopes, notices (verdicts to be read), cursor
An answer that is `like` a named one of _world.json has that one's members but for its own.
What a handheld asks is compared as a subset: objects may hold more than the case names.
"""

import base64
import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from handhelds.reference import device
from handhelds.reference.answers import Call, Reply
from handhelds.reference.link import play
from handhelds.reference.local import Local
from handhelds.reference.queries import Queries, parts
from handhelds.reference.verify import verify
from schemas.rows import PARTS
from tests.handhelds.double import Clock, ids

FOLDER = Path(__file__).resolve().parents[2] / "sync" / "contract" / "sessions"
Case = dict[str, Any]


@cache
def world() -> dict[str, Any]:
    """Enrolment and first page that most cases begin with."""
    found: dict[str, Any] = json.loads((FOLDER / "_world.json").read_text(encoding="utf-8"))
    return found


def files() -> list[Path]:
    return sorted(path for path in FOLDER.glob("*.json") if not path.name.startswith("_"))


def cases() -> list[Case]:
    """Every case of every file."""
    return [
        case for path in files() for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
    ]


def difference(wanted: Any, found: Any, at: str = "") -> str | None:
    """Where `found` is not at least `wanted`; None when it is."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict):
            return f"{at}: {found!r} is no object"
        for name, value in wanted.items():
            if name not in found:
                return f"{at}.{name} is missing"
            deeper = difference(value, found[name], f"{at}.{name}")
            if deeper:
                return deeper
        return None
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            return f"{at}: {found!r} instead of {wanted!r}"
        inner = (
            difference(a, b, f"{at}[{n}]")
            for n, (a, b) in enumerate(zip(wanted, found, strict=True))
        )
        return next((one for one in inner if one), None)
    return None if wanted == found else f"{at}: {found!r} instead of {wanted!r}"


class Player:
    """One reference handheld under one case."""

    def __init__(self, home: Path) -> None:
        self.home, self.clock, self.new_id = home, Clock(), ids()
        self.local = Local(home, self.clock)

    def play(self, case: Case) -> None:
        """Play every step; AssertionError names the step that failed."""
        if case["from"] == "stocked":
            for verb, name in (("enrol", "enrolment"), ("pull", "first_page")):
                turn = {"answer": {"like": name, "body": {}}}
                self._step({verb: {"turns": [turn], "ends": "done"}})
        for number, step in enumerate(case["steps"], 1):
            try:
                self._step(step)
            except AssertionError as wrong:
                raise AssertionError(f"{case['id']}, step {number}: {wrong}") from None

    def _step(self, step: dict[str, Any]) -> None:
        ((verb, value),) = step.items()
        getattr(self, f"_{verb}")(value)

    def _make(self, change: dict[str, Any] | str) -> None:
        made = world()["changes"][change] if isinstance(change, str) else change
        with self.local.writing():
            self.local.save(made)

    def _undo(self, change_id: str) -> None:
        self.local.undo(change_id)

    def _days(self, days: int) -> None:
        self.clock.wall += timedelta(days=days)

    def _reopen(self, _: bool) -> None:
        self.local.close()
        self.local = Local(self.home, self.clock)

    def _enrol(self, talk: dict[str, Any]) -> None:
        code = talk.get("code", "K7QX-2M4P")
        self._talk(device.enrol(self.local, code, "test", "reference"), talk)

    def _push(self, talk: dict[str, Any]) -> None:
        even_empty = talk.get("even_empty", False)
        self._talk(device.push(self.local, self.clock, self.new_id, ask_mark=even_empty), talk)

    def _pull(self, talk: dict[str, Any]) -> None:
        self._talk(device.pull(self.local, self.clock), talk)

    def _verify(self, talk: dict[str, Any]) -> None:
        self._talk(verify(self.local, self.new_id, talk["why"]), talk)

    def _talk(self, talk: device.Talk, told: dict[str, Any]) -> None:
        turns = iter(told["turns"])

        def answer(call: Call) -> Reply | None:
            turn = next(turns, None)
            assert turn is not None, f"it asked once more: {call.path} {call.body.decode()}"
            wrong = difference(turn.get("asks", {}), _asked(call), call.path)
            assert wrong is None, wrong
            return _reply(turn["answer"])

        ending = play(talk, answer)
        left = list(turns)
        assert not left, f"it never asked for {left}"
        assert ending.state == told["ends"], f"it ended {ending}"

    def _expect(self, wanted: dict[str, Any]) -> None:
        found = self._state(wanted)
        for name, value in wanted.items():
            if name == "absent":
                for kind, missing in value.items():
                    there = {row["id"] for row in self._queries.rows(kind)}
                    assert not there & set(missing), f"{kind} {missing} should not be there"
            else:
                wrong = difference(value, found[name], name)
                assert wrong is None, wrong

    @property
    def _queries(self) -> Queries:
        return Queries(self.local.db)

    def _state(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """What the handheld shows, of the kinds the case asks about."""
        queries = self._queries
        return {
            "outbox": [one["id"] for one in queries.changes()],
            "kept": [one["id"] for one in queries.changes("outcome IS NOT NULL")],
            "rows": {
                kind: {row["id"]: _named(kind, row) for row in queries.rows(kind)}
                for kind in wanted.get("rows", {})
            },
            "greyed": [row[0] for row in self.local.db.execute("SELECT scope FROM copy.greyed")],
            "notices": [
                {
                    "change": one["id"],
                    "outcome": one["outcome"],
                    "says": [c["says"] for c in one["verdict"]["conflicts"]],
                }
                for one in queries.unread()
            ],
            "cursor": self.local.copy.mark("cursor"),
        }


def _named(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row with its parts named, so that a case need not count columns."""
    inner = {name: parts(kind, name, row[name]) for k, name in PARTS if k == kind}
    return row | inner


def _asked(call: Call) -> dict[str, Any]:
    """The body of a request; of a segment, which one and from which byte on; of receipts, from
    which number on."""
    if call.method == "GET" and "/receipts?from_n=" in call.path:
        return {"receipts_from": int(call.path.rpartition("=")[2])}
    if call.method == "GET":
        return {"segment": call.path.rpartition("/")[2], "from": call.first}
    body: dict[str, Any] = json.loads(call.body)
    return body


def _reply(answer: dict[str, Any] | None) -> Reply | None:
    """A status of 200 unless told; `text` is an answer that is no JSON."""
    if answer is None:
        return None
    if "bytes" in answer:
        data = base64.b64decode(answer["bytes"])
        status, first = answer.get("status", 200), answer.get("from", 0)
        return Reply(status, data, None, first, is_cut=answer.get("cut", False))
    text = answer["text"] if "text" in answer else json.dumps(body_of(answer))
    return Reply(answer.get("status", 200), text.encode())


def body_of(answer: dict[str, Any]) -> dict[str, Any]:
    """The whole body of an answer: members of the named one it is like, its own in their place."""
    like = world()["answers"][answer["like"]] if "like" in answer else {}
    return like | answer["body"]
