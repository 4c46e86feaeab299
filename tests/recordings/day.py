"""A field day of one handheld, in every word of a version: played once a version, then recorded.

It must touch every kind and act, every shape of answer, and each way things go wrong that a
handheld must understand. Extend it before the next version is made, never afterwards.
"""

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

from tests.recordings.player import Recorder
from tests.recordings.world import ids
from tests.world import change, order_body

Body = dict[str, Any]
INSTALL = "i-recorded"


class Day:
    """The handheld of the day: what it is called, what it counts, what it made."""

    def __init__(self, line: Recorder, version: int) -> None:
        self.line, self.version = line, version
        self.new_id, self.n, self.told = ids(2), 0, 0
        self.device = self.epoch = ""
        self.made: dict[str, Body] = {}
        self.stores = line.world.stores
        self.opening = "opening" if version < 3 else "opening_hours"

    # --- words of the version ---------------------------------------------------------------------

    def _clock(self, ago_ms: int = 0) -> Body:
        at = self.line.clock.at
        spent_ms = int(at.timestamp()) % 1_000_000 * 1_000
        return {
            "wall": (at - timedelta(milliseconds=ago_ms)).astimezone(UTC).isoformat(),
            "monotonic_ms": spent_ms - ago_ms,
            "boot": "b-1",
        }

    def change(self, name: str, kind: str, act: str, body: Body, **more: Any) -> Body:
        """The next change, kept by name."""
        self.n += 1
        body = {"id": self.new_id()} | body
        self.made[name] = change(
            self.n, kind, act, body, id=self.new_id(), captured=self._clock(60_000),
            **{"v": self.version, **more},
        )  # fmt: skip
        return self.made[name]

    def order(
        self, name: str, lines: list[tuple[str, int]], depends_on: Sequence[str] = (), **more: Any
    ) -> Body:
        body = order_body(self.stores[0], lines, number=f"D2-{self.n + 1:06d}")
        body |= {"id": self.new_id()} | more
        return self.change(name, "order", "submit", body, depends_on=depends_on)

    def again(self, name: str) -> Body:
        return self.made[name]

    def row(self, name: str) -> str:
        """The id of the row that a change made."""
        return str(self.made[name]["body"]["id"])

    # --- requests ---------------------------------------------------------------------------------

    def enrol(self, code: str) -> None:
        body = {"code": code, "install": INSTALL, "model": "recorded", "app": "recorded 1"}
        answer = self.line.exchange("POST", "/sync/v1/enrol", body)
        self.device, self.epoch = answer.get("device", ""), answer.get("epoch", "")

    def me(self, **more: Any) -> Body:
        return {"device": self.device, "install": INSTALL, "epoch": self.epoch} | more

    def push(self, *changes: Body, **more: Any) -> Any:
        body = self.me(batch=self.new_id(), clock=self._clock(), changes=list(changes))
        body |= {"acknowledged_through": self.told}
        answer = self.line.exchange("POST", "/sync/v1/push", body | more)
        self.told = answer.get("acknowledged_through", self.told)
        return answer

    def pull_body(self, cursor: str | None, limit: int = 5_000, **more: Any) -> Body:
        queue = {"pending": 0, "oldest": None, "acknowledged_through": self.told}
        body = self.me(cursor=cursor, page=None, schema=self.version, limit=limit, outbox=queue)
        body |= {"clock": self._clock(), "app": "recorded 1", "free_bytes": 10**9}
        return body | more

    def pull(self, cursor: str | None, limit: int = 5_000, **more: Any) -> str:
        return str(self.line.pull(self.pull_body(cursor, limit, **more))[-1]["cursor"])

    def verify(self, cursor: str, *spoil: list[Any]) -> None:
        body = self.me(cursor=cursor, schema=self.version, run=f"run-{self.n}", why="nightly")
        self.line.verified(body, list(spoil))

    def refused_pull(self, **more: Any) -> None:
        self.line.exchange("POST", "/sync/v1/pull", self.pull_body(None) | more)


def play(line: Recorder, version: int) -> None:
    """The whole day."""
    day = Day(line, version)
    _begin(day)
    cursor = day.pull(None, limit=10)
    _morning(day)
    cursor = day.pull(cursor)
    cursor = day.pull(cursor)
    line.act("opening_hours_found_out")
    line.act("contacts_changed")
    line.act("product_ends")
    cursor = day.pull(cursor)
    _meanwhile(day)
    line.act("stores_change_hands")
    cursor = day.pull(cursor, limit=10)
    _odd(day)
    cursor = day.pull(cursor)
    _verified(day, cursor)
    line.act("segments_built")
    day.pull(None, segments=True, turned=True)
    line.act("segments_apart")
    cursor = day.pull(None, limit=1, segments=True, turned=True)
    _end(day, cursor)


def _begin(day: Day) -> None:
    """Enrolled, and once more because the answer was lost."""
    day.enrol("AAAA-AAAA")
    code = day.line.act("code_for_ana")["code"]
    day.enrol(code)
    day.enrol(code)
    day.push()


def _morning(day: Day) -> None:
    """A visit with everything that is captured in one."""
    here, there = day.stores[:2]
    day.line.act("stock_is_short")
    visit = day.change(
        "visit", "visit", "save",
        {"store": here, "state": "started", "started_at": day._clock()["wall"],
         "lat_deg": "42.03001", "lon_deg": "-93.62002"},
    )  # fmt: skip
    card = [
        {"product": "p001", "on_shelf": True, "facings": 3, "shelf_stock": 9, "price_minor": 299},
        {"product": "p002", "on_shelf": False, "out_of_stock": True},
    ]
    kola = {"name": "Kola Zero", "price_minor": 129, "facings": 4, "promotion_seen": True,
            "note": "by the till"}  # fmt: skip
    beside: Body = {"competitors": [kola, {"name": "Own brand"}]} if day.version >= 4 else {}
    stop = {"id": _stop(day), "store": here, "day": "2026-11-24", "sequence": 1}
    day.push(
        visit,
        day.change("card", "card", "submit", {"store": here, "visit": visit["body"]["id"],
                                              "lines": card, **beside}, depends_on=[visit["id"]]),
        day.order("good", [("p001", 24), ("p002", 12)], depends_on=[visit["id"]]),
        day.order("short", [("p004", 12)]),
        day.order("wrong", [("p001", 1)], net_minor=1),
        day.order("dropped", [("p005", 2)]),
        day.change("moved", "plan_stop", "save", stop | {
            "state": "planned",
            "base": {"day": "2026-11-23", "sequence": 1, "state": "planned"}}),
        _cash(day), _cheque(day),
        *_edits(day, here),
        day.change("new", "store", "create", {
            "code": "D2-S001", "name": "Corner", "city": "Ames", day.opening: "daily",
            "lat_deg": "42.1", "lon_deg": "-93.1", "accuracy_m": 20}),
        day.change("left", "visit", "save", {
            "id": visit["body"]["id"], "store": here, "state": "done", "note": "Shelf cleaned"}),
        day.change("later", "order", "cancel", {"id": day.new_id(), "store": there},
                   depends_on=[day.new_id()]),
    )  # fmt: skip
    day.push(day.again("good"), day.again("visit"))
    day.line.exchange("GET", "/sync/v1/receipts?from_n=1")
    day.line.exchange("GET", "/sync/v1/receipts?from_n=9")


def _stop(day: Day) -> str:
    sql = "SELECT id::text FROM plan_stop ORDER BY sequence LIMIT 1"
    return str(day.line.world.one(sql))


def _contact(day: Day, n: int) -> str:
    return str(day.line.world.rows("SELECT id::text FROM contact ORDER BY id")[n][0])


def _cash(day: Day) -> Body:
    return day.change("cash", "collection", "submit", {
        "number": "D2-R000001", "store": day.stores[0], "method": "cash", "amount_minor": 6_000,
        "currency": "USD", "allocation": [{"number": "I-5", "amount_minor": 6_000}]})  # fmt: skip


def _cheque(day: Day) -> Body:
    return day.change("cheque", "collection", "submit", {
        "number": "D2-R000002", "store": day.stores[0], "method": "cheque", "amount_minor": 9_000,
        "currency": "USD", "cheque_no": "77", "cheque_bank": "First", "cheque_on": "2026-11-23",
        "allocation": [{"number": "I-20", "amount_minor": 9_000}]})  # fmt: skip


def _edits(day: Day, store: str) -> list[Body]:
    """Of a store, of the office's fields, of contacts old and new, of the card."""
    mail = {"email": "kim@example.com"} if day.version >= 2 else {}
    amended = {"product": "p001", "set": {"facings": 4}, "base": {"facings": 3}}
    return [
        day.change("hours", "store", "edit", {
            "id": store, "set": {day.opening: "Mo-Fr 9-17", "phone": "555-0177"},
            "base": {day.opening: "Mo-Fr 8-18", "phone": "555-0101"}}),
        day.change("asked", "store", "edit", {
            "id": store, "set": {"terms_days": 45}, "base": {"terms_days": 30}}),
        day.change("placed", "store", "edit", {
            "id": store, "set": {"position": "42.03100,-93.62100,5"},
            "base": {"position": "42.03000,-93.62000,9"}}),
        day.change("kim", "contact", "save", {
            "id": _contact(day, 0), "store": store,
            "set": {"role": "owner"} | mail, "base": {"role": "buyer"} | dict.fromkeys(mail)}),
        day.change("pat", "contact", "save", {
            "store": store, "set": {"name": "Pat", "phone": "1"} | mail, "base": {}}),
        day.change("fixed", "card", "amend", {
            "id": day.row("card"), "store": store, "reason": "counted twice",
            "lines": [amended]}, depends_on=[day.made["card"]["id"]]),
    ]  # fmt: skip


def _meanwhile(day: Day) -> None:
    """Edits of what the office changed since, the orders of the morning again, and an answer."""
    here = day.stores[0]
    day.line.act("store_edited_meanwhile")
    good = day.made["good"]["body"]
    lines = [{**good["lines"][0], "quantity": 36, "typed": "36", "net_minor": 9_000}]
    item, offered = day.line.world.rows(
        "SELECT id::text, rep_answers FROM conflict WHERE rule = 'stock_short'"
    )[0]
    day.push(
        day.change("hours again", "store", "edit", {
            "id": here, "set": {day.opening: "Mo-Th 9-17", "city": "Boone"},
            "base": {day.opening: "Mo-Fr 9-17", "city": "Ames"}}),
        day.change("gone", "contact", "remove", {
            "id": day.row("pat"), "store": here, "base": {"name": "Pat"}}),
        day.change("more", "order", "revise", good | {
            "lines": lines, "net_minor": 9_000, "base_revision": 1}),
        day.change("off", "order", "cancel", {
            "id": day.row("dropped"), "store": here, "base_revision": 1, "reason": "not wanted"}),
        day.change("said", "conflict", "answer", {"conflict": item, "answer": "no_such_answer"}),
        day.change("meant", "conflict", "answer", {
            "conflict": item, "answer": offered[0][0], "note": "as told", "store": here}),
    )  # fmt: skip


def _odd(day: Day) -> None:
    """What cannot be read or must not be, and requests that are refused."""
    order = day.made["good"]
    day.push(
        order | {"body": order["body"] | {"note": "another text"}},
        day.change("unread", "order", "submit", {"store": 7}),
        day.change("unknown field", "store", "edit", {
            "id": day.stores[0], "set": {"colour": "red"}, "base": {}}),
        day.change("too long", "store", "create", {
            "code": "D2-S002", "name": "Long", day.opening: "x" * 300}),
        day.change("newer", "visit", "save", {"store": day.stores[0], "state": "done"}, v=999),
        day.change("nothing", "banquet", "hold", {"store": day.stores[0]}),
    )  # fmt: skip
    day.line.exchange("POST", "/sync/v1/push", "{ this is no JSON")
    day.push(clock=None)
    day.push(device="d-someone-else")
    day.refused_pull(cursor="c-nobody-made-this")
    day.refused_pull(page="p-nobody-made-this")
    day.refused_pull(schema=999)
    day.refused_pull(cursor="c-nobody-made-this", epoch="e-another")


def _verified(day: Day, cursor: str) -> None:
    """A row with a wrong value, one that is missing, and one that was never there."""
    rows = day.line.copy.rows
    contact, order, visit = (min(rows[kind]) for kind in ("contact", "order", "visit"))
    day.verify(
        cursor,
        ["product", "p001", "name", "Something else"],
        ["contact", contact, None, None],
        ["order", order, "net_minor", 1],
        ["visit", day.new_id(), "copy of", visit],
    )  # fmt: skip


def _end(day: Day, cursor: str) -> None:
    """The handheld is taken out of use: its pulls are refused, its last work is kept."""
    day.line.act("revoke")
    day.refused_pull(cursor=cursor)
    day.push(day.order("last", [("p001", 1)]))
    day.refused_pull(wiped=True)
