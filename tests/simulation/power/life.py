"""A rep's days on a watched handheld: the real verbs, over a line that loses answers.

Each verb that returned is told to `tale` with the number of the step at which it did.
"""

import pickle
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from handhelds.reference import edits, link, orders
from handhelds.reference.answers import Call, Reply
from handhelds.reference.local import Local
from handhelds.reference.till import Money
from handhelds.reference.visit import Rep, Wanted
from tests.handhelds.double import STORE, Double, ids, row
from tests.simulation.power.face import Connection
from tests.simulation.power.watched import Trace

Plant = Callable[["Life"], None]
USUAL_PAGES = 1_000
"""SQLite's own measure of when a log is brought into its file."""
NOTE = "Deliver before nine."


class Office(Double):
    """The stand-in server, which also takes in what it has no rows for."""

    def _feed(self, change: dict[str, Any], state: str | None) -> None:
        if change["kind"] not in ("store", "contact"):
            super()._feed(change, state)


class Promise(NamedTuple):
    """A call of Expected's, and before which step it was made."""

    before: int
    name: str
    values: tuple[Any, ...]


class Life:
    """One handheld at work. `no` makes its ids its own; `pages` is when SQLite checkpoints."""

    def __init__(
        self, trace: Trace, server: Double, no: int, pages: int, plant: Plant | None
    ) -> None:
        self.trace, self.server, self.plant, self.pages = trace, server, plant, pages
        self.home = Path(trace.place) / "home"
        self.new_id = ids(no * 1_000_000)
        self.tale: list[Promise] = []
        self.lose = 0.0
        self.chance = random.Random(no)

    def tell(self, promise: str, *values: Any) -> None:
        self.tale.append(Promise(len(self.trace.steps), promise, values))

    # --- the program ---------------------------------------------------------------------------

    def open(self) -> None:
        def connect(file: Path) -> Any:
            return Connection(file, self.pages)

        self.local = Local(self.home, self.server.clock, connect)
        self.rep = Rep(self.local, self.server.clock, self.new_id)
        if self.plant is not None:
            self.plant(self)
        self.tell("opened")

    def close(self) -> None:
        self.tell("closes")
        self.local.close()

    def reopen(self) -> None:
        self.close()
        self.open()

    # --- the line ------------------------------------------------------------------------------

    def send(self, call: Call) -> Reply | None:
        reply = self.server.send(call)
        self.server.calls.clear()
        self.server.clock.on(2)
        self.tell("talked", pickle.dumps(self.server))
        return None if self.chance.random() < self.lose else reply

    def enrol(self) -> None:
        if link.enrol(self.local, self.send, "CODE", "test", "reference").state == "done":
            self.tell("enrolled")

    def sync(self, why: str | None = None) -> str:
        state = link.sync(self.local, self.send, self.server.clock, self.new_id, why=why).state
        answered = self.rep.queries.changes("outcome IS NOT NULL")
        self.tell("showed", {one["id"]: one["outcome"] for one in answered})
        return state

    def read(self) -> None:
        unread = [one["id"] for one in self.rep.queries.unread()]
        notices = [(one["id"], one["version"]) for one in self.rep.queries.notices()]
        self.local.mark_read(unread, notices)
        self.tell("were_read", unread)

    def news(self, available: int) -> None:
        """The office has sold of the stock, and has something to say."""
        stock = {"id": STORE[:-1] + "c", "scope": "wh:3", "product": "20041"}
        self.server.put("stock", row("stock", **stock, available=available, version=available))

    # --- the rep's verbs -----------------------------------------------------------------------

    def _done(self, made: dict[str, Any]) -> dict[str, Any]:
        """Tell of what a verb handed back to the screen."""
        db = self.local.db
        found = db.execute(
            "SELECT h.kind, h.raw, c.row FROM main.change h JOIN main.captured c"
            " ON c.change_id = h.id WHERE h.id = ?",
            (made["change"],),
        ).fetchone()
        self.tell("saved", made["change"], *tuple(found))
        return made

    def order(self, store: str, *typed: tuple[str, int], **more: Any) -> str:
        wanted = [Wanted(product, str(many)) for product, many in typed]
        return str(self._done(self.rep.order(store, wanted, **more))["number"])

    def revise(self, number: str, *typed: tuple[str, int]) -> None:
        wanted = [Wanted(product, str(many)) for product, many in typed]
        self._done(orders.revise(self.rep, number, wanted))

    def cancel(self, number: str) -> None:
        self._done(orders.cancel(self.rep, number, "store changed its mind"))

    def collect(self, store: str, minor: int, cheque: str | None = None) -> None:
        self._done(self.rep.collect(store, Money("cheque" if cheque else "cash", minor, cheque)))

    def start_visit(self, store: str) -> None:
        made = self.rep.start_visit(store)
        if "change" in made:
            self._done(made)

    def end_visit(self, store: str, note: str | None = None) -> None:
        self._done(self.rep.end_visit(store, note))

    def card(self, store: str, facings: int) -> None:
        lines = [{"product": "904", "on_shelf": True, "facings": facings}]
        self._done(self.rep.card(store, lines))

    def amend_card(self, store: str, facings: int) -> None:
        lines = [{"product": "904", "facings": facings}]
        self._done(edits.amend_card(self.rep, store, lines, "counted again"))

    def plan(self, store: str, day: int) -> None:
        self._done(self.rep.plan(store, date(2026, 11, 23) + timedelta(days=day)))

    def edit_store(self, store: str, phone: str) -> None:
        self._done(edits.edit_store(self.rep, store, {"phone": phone}))

    def new_store(self, name: str) -> None:
        self._done(edits.new_store(self.rep, name, {"city": "Ames", "position": "42.03,-93.62,9"}))

    def add_contact(self, store: str, name: str) -> None:
        self._done(edits.add_contact(self.rep, store, name, {"role": "buyer"}))

    def undo(self) -> None:
        """Take the newest unsent work back."""
        waiting = self.rep.queries.changes("n IS NULL AND outcome IS NULL")
        if waiting:
            change = waiting[-1]["id"]
            self.tell("takes_back", change)
            self.rep.undo(change)
            self.tell("took_back", change)

    def wipe(self) -> None:
        """The handheld was reported lost, and obeys."""
        self.tell("wipes")
        self.local.wipe()
        self.tell("wiped_all")
