"""The adapter for delivery systems that read and write files in a folder (drop.py).

Handing over, and what a crash after each step leaves:

    1  out/NAME         whole, under its own name          unmarked: nobody may take it
    2  sent/REF.sent    our record of what it is           unmarked still
    3  out/NAME.done    the marker, with control totals    theirs to take

A look-up reads that trail: no record, or a document without its marker, means that nobody can have
taken it (not found: it is written again, the same under the same name); a marker, or neither of the
two any more, means that it is theirs. Their acknowledgement files are read by whoever comes first,
checked against our record and kept beside it as sent/REF.ack, and the next look-up finds them
there. So no step is remembered anywhere but in the folder, and any process may do the next one.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import msgspec

from schemas.failpoint import Act, failpoint
from server.delivery.contract import (
    Acknowledged,
    Answer,
    CannotLookUp,
    CheckFailed,
    Finding,
    HandedOver,
    News,
    NotFound,
    Reading,
    Reckoning,
    Refused,
    Retry,
    Target,
)
from server.delivery.document import OutgoingOrder, read_answer
from server.delivery.drop import Away, Drop, safe, trail_name
from server.delivery.forms.as_csv import AsCsv
from server.delivery.forms.as_json import AsJson
from server.delivery.forms.shape import Form, Unwritable, totals_of
from server.delivery.inbox import Inbox
from server.delivery.inbox_day import list_in
from server.delivery.prune import DAY_S, prune
from server.delivery.ubl.form import AsUbl

FORMS: dict[str, Callable[[], Form]] = {"json": AsJson, "csv": AsCsv, "ubl": AsUbl}
OPTIONS = {"form": "json, csv or ubl"}
RECORD_BYTES = 16 * 1024 * 1024


class FileAdapter:
    """Orders out as files with a marker; acknowledgements and statuses in as files."""

    def __init__(
        self,
        target: Target,
        form: Form,
        *,
        clock_s: Callable[[], float] = time.time,
        failpoint: Act = failpoint,
    ) -> None:
        self._target, self._form, self._failpoint = target, form, failpoint
        self._drop = Drop(folder_of(target.url))
        self._inbox = Inbox(self._drop, form, target.code, clock_s)
        self._clock_s, self._pruned_s = clock_s, 0.0

    def send(self, order: OutgoingOrder, deadline_s: float) -> Answer:
        until_s = time.monotonic() + deadline_s
        try:
            found = self._found(order)
            if isinstance(found, (Acknowledged, HandedOver)):
                return found  # the same document again: theirs already
            if isinstance(found, Refused):
                self._forget(order)  # a person had it sent again
            return self._put(order, until_s)
        except Unwritable as why:
            return Refused(str(why))
        except Away as error:
            return Retry(str(error))

    def look_up(self, order: OutgoingOrder, deadline_s: float) -> Finding:
        if not self._target.can_look_up:
            return CannotLookUp("this folder is not to be looked into")
        try:
            return self._found(order)
        except Away as error:
            return Retry(str(error))

    def read_status(self, since: str, deadline_s: float) -> Reading:
        try:
            if self._clock_s() - self._pruned_s > DAY_S:
                self._pruned_s = self._clock_s()
                prune(self._drop, self._pruned_s)
            return self._inbox.read(time.monotonic() + deadline_s)
        except Away as error:
            return Retry(str(error))

    def confirm(self, news: News) -> None:
        self._inbox.confirm(news)

    def stirred(self) -> int | None:
        try:
            return self._drop.changed_ns("in")
        except Away:
            return None

    def reckon(
        self, day: date, begins_at: datetime, ends_at: datetime, deadline_s: float
    ) -> Reckoning:
        try:
            return list_in(self._drop, day)
        except Away as error:
            return Retry(str(error))

    def forget(self, order: OutgoingOrder) -> bool:
        with contextlib.suppress(Away):
            self._forget(order)
        return True

    def check(self, deadline_s: float) -> str:
        """Write, read and delete a file of ours in each folder, and count what lies there."""
        try:
            for folder in ("out", "in", "done", "failed", "sent"):
                self._drop.put(folder, ".talaria-check", b"")
                self._drop.drop(folder, ".talaria-check")
            lying = [one for one in self._drop.names("out") if one.name.endswith(".done")]
            waiting, failed = self._drop.names("in"), self._drop.names("failed")
        except Away as error:
            raise CheckFailed(str(error)) from None
        return (
            f"all five folders can be written; {len(lying)} documents wait to be taken, "
            f"{len(waiting)} files to be read, {len(failed)} lie in failed"
        )

    # -- the trail ------------------------------------------------------------------------------

    def _found(self, order: OutgoingOrder) -> Acknowledged | HandedOver | NotFound | Refused:
        """What the folder says of an order."""
        record = trail_name(order.order, order.revision)
        answer = self._drop.read("sent", f"{record}.ack", RECORD_BYTES)
        if answer is not None:
            said = msgspec.json.decode(answer)
            if said["refused"]:
                return Refused(said["refused"])
            reading = read_answer(msgspec.json.encode(said["answer"]), order, proof=True)
            return Acknowledged(reading.external_no, reading.lines)
        name = self._name(order)
        recorded = self._drop.there("sent", f"{record}.sent")
        # In this order: they take the document first, so a marker seen after it is no old one.
        lies, marked = self._drop.there("out", name), self._drop.there("out", f"{name}.done")
        if not recorded or (lies and not marked):
            return NotFound()
        return HandedOver("not taken yet" if lies else "taken, no acknowledgement file yet")

    def _put(self, order: OutgoingOrder, until_s: float) -> Answer:
        name, record = self._name(order), trail_name(order.order, order.revision)
        content = self._form.write(order)
        self._failpoint("before_document")
        if time.monotonic() >= until_s:
            return Retry("not written: the time for it is over")
        self._drop.put("out", name, content)
        self._failpoint("before_record")
        kept = {"name": name, **asdict(order)}
        self._drop.put("sent", f"{record}.sent", json.dumps(kept, ensure_ascii=False).encode())
        self._failpoint("before_marker")
        if time.monotonic() >= until_s:
            return Retry("not marked: the time for it is over")
        marker = {"file": name, "bytes": len(content), **asdict(totals_of(order))}
        self._drop.put("out", f"{name}.done", json.dumps(marker).encode() + b"\n")
        self._failpoint("after_marker")
        return HandedOver("put into the folder")

    def _forget(self, order: OutgoingOrder) -> None:
        record = trail_name(order.order, order.revision)
        self._drop.drop("sent", f"{record}.sent")
        self._drop.drop("sent", f"{record}.ack")

    def _name(self, order: OutgoingOrder) -> str:
        """Names sort by the order's id, which begins with its time."""
        number = safe(str(order.document["number"]))
        record = trail_name(order.order, order.revision)
        return f"order_{record}_{number}{self._form.suffix}"


def make(target: Target) -> FileAdapter:
    """The adapter of a target of kind files. ValueError when its settings cannot be used."""
    check_options(target, OPTIONS)
    named = target.options.get("form", "json")
    form = FORMS.get(named) if isinstance(named, str) else None
    if form is None:
        raise ValueError(f"form is one of: {', '.join(FORMS)}")
    return FileAdapter(target, form())


def check_options(target: Target, known: dict[str, str]) -> None:
    """ValueError when the target has a setting its kind does not know."""
    unknown = sorted(set(target.options) - known.keys())
    if unknown:
        names = ", ".join(known)
        raise ValueError(f"{target.kind} has no setting {unknown[0]!r}; it has: {names}")


def folder_of(url: str) -> Path:
    """The folder a target's url names: an absolute path, or file:///path. ValueError otherwise."""
    text = url.removeprefix("file://")
    path = Path(text)
    if not path.is_absolute() or ".." in path.parts or "\0" in text or path == Path("/"):
        raise ValueError(f"{url!r} is no absolute path of a folder, such as /srv/drops/main")
    return path


def set_up(target: Target) -> None:
    """Make the five folders of a new target. ValueError when its folder is not there."""
    try:
        Drop(folder_of(target.url)).make()
    except Away as error:
        raise ValueError(f"{error} (make the folder first, writable for talaria)") from None
