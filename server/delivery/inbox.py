"""Files that a delivery system put into our `in/` folder: read whole, once, or set aside.

What becomes of a file is said first (`read`) and done afterwards (`confirm`), when what it says is
committed: a crash in between reads it again, and everything in it is known by its id. A file that
may still be being written is left alone until its marker (NAME.done) comes or it has not changed
for GRACE_S.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from server.delivery.contract import News, SetAside
from server.delivery.document import OutgoingOrder, Unreadable, read_answer
from server.delivery.drop import NAME, Away, Drop, Found, Unfit, trail_name
from server.delivery.forms.shape import Damaged, Form, Incoming, Said, Unfinished
from server.delivery.inbox_day import is_control
from server.delivery.statuses import key_of, plain
from sync.delivery.status import StatusUpdate

GRACE_S = 120.0
FILES = 200
UPDATES = 500
RECORD_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class Inbox:
    """The `in/` folder of one target."""

    drop: Drop
    form: Form
    target: str
    clock_s: Callable[[], float] = time.time

    def read(self, until_s: float) -> News:
        """Read what lies there, oldest first, as long as time.monotonic() is before `until_s`."""
        updates: list[StatusUpdate] = []
        answered: list[str] = []
        aside: list[SetAside] = []
        receipt: list[str] = []
        found = self.drop.names("in")
        names = {one.name for one in found}
        more = False
        for one in found:
            if one.name.endswith(".done") and (one.name.removesuffix(".done") in names):
                continue  # goes with its file
            if len(receipt) >= FILES or len(updates) >= UPDATES or time.monotonic() >= until_s:
                more = bool(receipt)
                break
            try:
                incoming = self._incoming(one, f"{one.name}.done" in names)
            except Damaged as why:
                aside.append(SetAside(self._key(one), plain(one.name)[:64], str(why)))
                receipt.append(json.dumps(["failed", one.name, str(why)]))
                continue
            if incoming is not None:
                updates += incoming.updates
                answered += [f"{said.order}/{said.revision}" for said in incoming.said]
                receipt.append(json.dumps(["done", one.name, ""]))
        return News(
            tuple(updates), tuple(answered), tuple(aside), more=more, receipt=tuple(receipt)
        )

    def confirm(self, news: News) -> None:
        """Move what was read to `done/` or, with its reason beside it, to `failed/`."""
        for line in news.receipt:
            to, name, why = json.loads(line)
            try:
                moved = self.drop.move(name, "in", to)
                if why:
                    text = f"{why}\nPut right, it can be moved back to in/ to be read.\n"
                    self.drop.put("failed", f"{moved}.why", text.encode("utf-8", "replace"))
                if NAME.match(f"{name}.done"):
                    self.drop.drop("in", f"{name}.done")
            except Away:
                return  # it stays, and is told again

    def _incoming(self, one: Found, marked: bool) -> Incoming | None:
        """What a file says; None while it may be unfinished, or says nothing (a lone marker)."""
        if not NAME.match(one.name):
            raise Damaged("its name is too long, or has characters that do not belong into one")
        try:
            content = self.drop.read("in", one.name)
            if content is None or one.name.endswith(".done") or is_control(one.name):
                return Incoming()
            incoming = self.form.read(one.name, content, self.target)
        except Unfit as why:
            raise Damaged(str(why)) from None
        except Unfinished as why:
            if not marked and abs(self.clock_s() - one.changed_s) < GRACE_S:
                return None
            raise Damaged(f"it ends too early: {why}") from None
        if len({(said.order, said.revision) for said in incoming.said}) != len(incoming.said):
            raise Damaged("an order is acknowledged twice in it")
        for answer in [self._checked(said) for said in incoming.said]:
            self.drop.put("sent", *answer)
        return incoming

    def _checked(self, said: Said) -> tuple[str, bytes]:
        """The record of an acknowledgement, as (name, content), once it is known to make sense."""
        named = f"order {plain(said.order)[:64]}/{said.revision}"
        record = trail_name(said.order, said.revision)
        sent = self.drop.read("sent", f"{record}.sent", RECORD_BYTES)
        if sent is None:
            raise Damaged(f"{named} was never put into this folder")
        kept = msgspec.json.decode(sent)
        del kept["name"]
        number = ""
        if not said.refused:
            try:
                answer = msgspec.json.encode(said.answer)
                number = read_answer(answer, OutgoingOrder(**kept), proof=True).external_no
            except Unreadable as why:
                raise Damaged(f"{named}: {why}") from None
        before = self.drop.read("sent", f"{record}.ack", RECORD_BYTES)
        if before is not None:
            known = msgspec.json.decode(before)
            if known["number"] and known["number"] != number:
                raise Damaged(f"{named} was acknowledged as {known['number']} before")
        content = {"answer": said.answer, "refused": said.refused, "number": number}
        return f"{record}.ack", msgspec.json.encode(content)

    def _key(self, one: Found) -> str:
        return key_of(self.target, f"{one.name}|{one.size_bytes}|{one.changed_s}".encode())
