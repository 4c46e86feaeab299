"""A stand-in for the server's half of the protocol: small, in memory, and knows no rules.

It enrols, gives every change a verdict (`applied` unless told otherwise), hands back the stored
one when a change comes again, and answers a first pull with its rows and later ones with what was
put since. The real server is played against in test_against_server.py.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from handhelds.reference.answers import Call, Reply
from schemas.rows import PARTS, ROWS
from tests.handhelds import double_verify

STORE = "01900000-0000-7000-8000-000000000001"
OTHER = "01900000-0000-7000-8000-000000000002"
NOW = datetime(2026, 11, 21, 10, 42, 3, tzinfo=UTC)


@dataclass
class Clock:
    """A clock the test moves."""

    wall: datetime = NOW
    ticks_ms: int = 8_000_000
    boot_id: str = "b-19"

    def now(self) -> datetime:
        return self.wall

    def monotonic_ms(self) -> int:
        return self.ticks_ms

    def boot(self) -> str:
        return self.boot_id

    def on(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.ticks_ms += round(seconds * 1000)

    def restart(self) -> None:
        """The machine starts again, and its counter from nothing."""
        self.boot_id, self.ticks_ms = f"{self.boot_id}-", 1_000


def ids(start: int = 0) -> Callable[[], str]:
    """Ids that count, in the form of UUIDv7."""
    count = start

    def new_id() -> str:
        nonlocal count
        count += 1
        return f"01990000-0000-7000-8000-{count:012x}"

    return new_id


def row(kind: str, /, **values: Any) -> list[Any]:
    """A row as it travels; what is not given is empty."""
    filled = {"version": 1, "scope": "company"} | values
    unknown = set(filled) - set(ROWS[kind])
    assert not unknown, f"{kind} has no {unknown}"
    return [filled.get(name) for name in ROWS[kind]]


def territory() -> dict[str, list[list[Any]]]:
    """A company with two stores, two products, a price list and a warehouse."""
    case_of = lambda n: [["each", 1, 1, None, True], ["case", n, 1, None, True]]  # noqa: E731
    begun = "2026-01-01T00:00:00Z"
    price = {"scope": "pl:base", "min_quantity": 1, "valid_from": begun}
    store = {
        "status": "active",
        "price_list": "base",
        "warehouse": "3",
        "lead_days": 1,
        "delivery_days": [1, 2, 3, 4, 5],
        "visits_per_4w": 4,
        "zone": "America/Chicago",
    }
    sold = {"status": "active", "min_quantity": 1, "multiple": 1}
    return {
        "product": [
            row("product", id="20041", name="Cola 1 l", brand="Kola", uoms=case_of(12), **sold),
            row("product", id="904", name="Água tónica 0.5 l", uoms=case_of(6), **sold),
        ],
        "price_list": [row("price_list", id="base", name="Base", currency="USD", level="base")],
        "price": [
            row("price", id=STORE[:-1] + "a", product="20041", price="1.29", **price),
            row("price", id=STORE[:-1] + "b", product="904", price="0.5", **price),
        ],
        "warehouse": [
            row("warehouse", id="3", scope="wh:3", name="Ankeny", zone="America/Chicago")
        ],
        "stock": [
            row("stock", id=STORE[:-1] + "c", scope="wh:3", product="20041", available=840),
            row("stock", id=STORE[:-1] + "d", scope="wh:3", product="904", available=3),
        ],
        "store": [
            row("store", id=STORE, scope=f"st:{STORE}", code="1042", name="Nick's", **store),
            row("store", id=OTHER, scope=f"st:{OTHER}", code="877", name="Hy-Vee", **store),
        ],
        "receivable": [
            row(
                "receivable",
                id=STORE,
                scope=f"st:{STORE}",
                limit_minor=200_000,
                open_minor=120_000,
                on_account_minor=5_000,
                as_of="2026-11-20T21:00:00Z",
                items=[
                    ["I-1", "invoice", "2026-10-01", "2026-10-31", 80_000, 80_000, None, False],
                    ["I-2", "invoice", "2026-11-10", "2026-12-10", 40_000, 40_000, None, False],
                ],
            )
        ],
    }


@dataclass
class Double:
    """The server's half. `calls`: every call that arrived; `lose`: answers to drop, by number."""

    clock: Clock = field(default_factory=Clock)
    rows: dict[str, list[list[Any]]] = field(default_factory=territory)
    epoch: str = "e-9"
    device: str = "d-7f3a"
    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    lose: set[int] = field(default_factory=set)
    news: list[dict[str, Any]] = field(default_factory=list)
    paged: bool = False  # every kind on a page of its own
    at_once: int = 5_000  # receipts in one answer

    def send(self, call: Call) -> Reply | None:
        self.calls.append(call)
        status, answer = self._answer(call.path, json.loads(call.body or b"{}"))
        if len(self.calls) in self.lose:
            return None
        return Reply(status, json.dumps(answer).encode())

    def _answer(self, path: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        now = self.clock.now().isoformat().replace("+00:00", "Z")
        if path.endswith("/enrol"):
            return 200, {
                "device": self.device,
                "secret": "s3cret",
                "no": 17,
                "number_prefix": "D17",
                "rep": {"code": "r07", "name": "Ana"},
                "company": {
                    "code": "iowa",
                    "name": "Iowa Wholesale",
                    "currency": "USD",
                    "zone": "America/Chicago",
                },
                "epoch": self.epoch,
                "schema": 1,
                "server_time": now,
            }
        if path.endswith("/push"):
            return 200, {
                "verdicts": [self._verdict(change) for change in asked["changes"]],
                "acknowledged_through": self.mark(),
                "epoch": self.epoch,
                "server_time": now,
            }
        if "/receipts?from_n=" in path:
            return 200, {
                "verdicts": self._receipts(int(path.rpartition("=")[2])),
                "acknowledged_through": self.mark(),
                "epoch": self.epoch,
                "server_time": now,
            }
        if path.endswith("/verify"):
            return self._compare(asked, now)
        return self._page(asked, now)

    def _compare(self, asked: dict[str, Any], now: str) -> tuple[int, dict[str, Any]]:
        upto = len(self.news) if asked["cursor"] is None else self._since(asked)
        if upto is None:
            return 409, {"title": "unknown cursor", "status": 409, "next": "verify"}
        said = double_verify.answer(double_verify.state(self.rows, self.news[:upto]), asked)
        more = {"epoch": self.epoch, "server_time": now, "cursor": f"c-{upto}", "behind": False}
        return 200, said | more | {"news": {}}

    def _verdict(self, change: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps({k: v for k, v in change.items() if k != "n"}, sort_keys=True)
        if change["id"] in self.receipts:
            assert self.bodies[change["id"]] == text, "a change came again with another body"
            return self.receipts[change["id"]] | {"replayed": True}
        verdict = {
            "n": change["n"],
            "id": change["id"],
            "outcome": "applied",
            "refs": {change["kind"]: change["body"]["id"]},
            "state": {"order": "accepted", "collection": "received"}.get(change["kind"]),
            "conflicts": [],
            "says": "Taken as sent.",
            "replayed": False,
        } | self.outcomes.get(change["body"]["id"], {})
        self.receipts[change["id"]] = verdict
        self.bodies[change["id"]] = text
        if verdict["outcome"] in ("applied", "adjusted"):
            self._feed(change, verdict["state"])
        return verdict

    def _receipts(self, from_n: int) -> list[dict[str, Any]]:
        """Stored verdicts from a number on, as many as one answer holds."""
        known = sorted(self.receipts.values(), key=lambda one: int(one["n"]))
        return [one | {"replayed": True} for one in known if one["n"] >= from_n][: self.at_once]

    def _feed(self, change: dict[str, Any], state: str | None) -> None:
        """What the change made, for the next pull, as its author gets it back."""
        kind, body = change["kind"], change["body"]
        lines = [
            [line.get("quantity") if name == "ordered" else line.get(name) for name in names]
            for names in [PARTS.get((kind, "lines"), ())]
            for line in body.get("lines", ())
        ]
        own = {name: body[name] for name in ROWS[kind] if name in body}
        if kind == "collection":
            own |= {"allocation": [[*one.values()] for one in body["allocation"]], "applied": []}
        if "captured_at" in ROWS[kind]:
            own["captured_at"] = change["captured"]["wall"]
        scope = "rep:r07" if kind == "plan_stop" else f"st:{body['store']}"
        mine = own | {"scope": scope, "rep": "r07", "state": state or body.get("state")}
        self.put(kind, row(kind, **mine | ({"lines": lines} if lines else {})))

    def forget(self, since: int, *, epoch: str | None = None) -> None:
        """Go back in time: what came under a number from `since` on was never here."""
        gone = [id for id, one in self.receipts.items() if one["n"] >= since]
        for id in gone:
            del self.receipts[id], self.bodies[id]
        self.epoch = epoch or self.epoch

    def mark(self) -> int:
        """The highest n with every n below it answered."""
        known = {one["n"] for one in self.receipts.values()}
        mark = 0
        while mark + 1 in known:
            mark += 1
        return mark

    def _page(self, asked: dict[str, Any], now: str) -> tuple[int, dict[str, Any]]:
        page: dict[str, Any] = {
            "epoch": self.epoch,
            "complete": True,
            "page": None,
            "server_time": now,
            "acknowledged_through": self.mark(),
            "as_of": {"stock": "2026-11-21T06:00:00Z", "receivable": "2026-11-20T21:00:00Z"},
            "scopes": {"added": [], "dropped": []},
            "rows": {},
            "gone": {},
            "directives": [],
        }
        upto, kind_at = len(self.news), 0
        if asked["page"]:
            upto, kind_at = map(int, asked["page"].removeprefix("p-").split("-"))
        since = self._since(asked)
        if since is None:
            return 409, {"title": "unknown cursor", "status": 409, "next": "verify"}
        whole = asked["cursor"] is None
        rows = {kind: [*rows] for kind, rows in self.rows.items()} if whole else {}
        for one in self.news[since:upto]:
            for kind, more in one.get("rows", {}).items():
                rows.setdefault(kind, []).extend(more["data"])
            page["gone"] |= one.get("gone", {})
            page["scopes"] = one.get("scopes", page["scopes"])
        kinds = sorted(rows, key=list(ROWS).index)
        last = not self.paged or kind_at >= len(kinds) - 1
        for kind in kinds[kind_at:] if last else kinds[kind_at : kind_at + 1]:
            page["rows"][kind] = {"columns": ROWS[kind], "data": rows[kind]}
        if not last:
            page |= {"complete": False, "page": f"p-{upto}-{kind_at + 1}"}
        return 200, page | {"cursor": f"c-{upto}" if last else asked["cursor"]}

    def _since(self, asked: dict[str, Any]) -> int | None:
        """How much of the news the cursor stands for; None when it is not ours."""
        if asked["cursor"] is None:
            return 0
        past = asked["cursor"].removeprefix("c-")
        known = (
            asked["epoch"] in (None, self.epoch) and past.isdigit() and int(past) <= len(self.news)
        )
        return int(past) if known else None

    def put(self, kind: str, *rows: list[Any], **more: Any) -> None:
        """Something new for the next pull."""
        self.news.append({"rows": {kind: {"columns": ROWS[kind], "data": list(rows)}}} | more)

    def pushed(self, kind: str) -> list[dict[str, Any]]:
        """Bodies of the changes of a kind that arrived, each once."""
        return [
            json.loads(text)["body"]
            for text in self.bodies.values()
            if json.loads(text)["kind"] == kind
        ]
