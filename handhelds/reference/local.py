"""SQLite on the handheld: what is kept, and the one transaction that saves a row and its change.

Two files, see schema.sql; queries_field.py opens them. A rep's work commits with synchronous=FULL
before a verb returns; the copy of the server's rows can be had again and is written faster:
queries_pulled.py takes it in. What the screens read is in queries.py.
"""

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from handhelds.reference.answers import EnrolAnswer, Kept, Page, PushAnswer
from handhelds.reference.clock import Clock, instant, moment, offset_ms
from handhelds.reference.device import Identity, Outgoing, Position, Queue
from handhelds.reference.fetching import Shelf
from handhelds.reference.queries_field import Connect, NotSaved, connect
from handhelds.reference.queries_offered import Offered, hash_of, is_intact
from handhelds.reference.queries_pulled import Pulled
from handhelds.reference.queries_verify import Checked
from handhelds.reference.shown import row_of
from handhelds.reference.verify import due

ROOM_FOR_ORDERS_BYTES = 20 * 1024 * 1024
"""A pull stops while less than this is free, so that the disk fills up with orders, not news."""


class Local(Offered):
    """One handheld's folder, open: the rep's work and what was pulled."""

    def __init__(self, home: Path, clock: Clock, connect: Connect = connect) -> None:
        super().__init__(home, clock, connect)
        self.copy = Pulled(self.db, clock)
        self.checked = Checked(self.db, self.copy, clock)
        if self.opened.unclean and self.copy.mark("cursor") is not None:
            self.checked.keep(due="crash")

    def save(self, change: dict[str, Any], row: dict[str, Any] | None = None) -> None:
        """Put a change into the outbox with the row it makes; inside `writing`.

        change: what travels (id, kind, act, v, depends_on, captured, seen, body), without n.
        row: what the screens show of it, where that does not follow from the change alone.
        """
        raw, body = msgspec.json.encode(change), change["body"]
        store = body.get("store", body["id"])
        self.db.execute(
            "INSERT INTO main.change (id, kind, act, row_id, store, captured_at, raw, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                change["id"],
                change["kind"],
                change["act"],
                body["id"],
                store,
                change["captured"]["wall"],
                raw,
                hash_of(raw),
            ),
        )
        self.failpoint("between_change_and_row")
        if row is None:
            row = row_of(change, self.fact("enrolment")["rep"]["code"])
        self.db.execute(
            "INSERT INTO main.captured VALUES (?, ?, ?, ?, ?)",
            (
                change["id"],
                change["kind"],
                body["id"],
                store,
                msgspec.json.encode(row).decode(),
            ),
        )

    def undo(self, change_id: str) -> None:
        """Take back a change that was never put into a batch. NotSaved says why it cannot be."""
        with self.writing():
            found = self.db.execute(
                "SELECT n, outcome FROM main.change WHERE id = ?", (change_id,)
            ).fetchone()
            if found is None:
                raise NotSaved("there is no such work here")
            if found["n"] is not None or found["outcome"] is not None:
                raise NotSaved("it was sent already, or may have been: the office can change it")
            for other in self.db.execute("SELECT id, raw FROM main.change WHERE n IS NULL"):
                if change_id in msgspec.json.decode(other["raw"]).get("depends_on", ()):
                    raise NotSaved("later work depends on it: undo that first")
            self.db.execute("DELETE FROM main.change WHERE id = ?", (change_id,))

    def mark_read(self, change_ids: Sequence[str], notices: Sequence[tuple[str, int]]) -> None:
        """The rep has seen these verdicts, and these notices (id, version)."""
        now = instant(self.clock.now())
        with self.writing():
            self.db.executemany(
                "UPDATE main.change SET read_at = ? WHERE id = ?", [(now, i) for i in change_ids]
            )
            self.db.executemany("INSERT OR REPLACE INTO main.seen VALUES (?, ?)", notices)

    # --- what device.py asks to have remembered ----------------------------------------------

    def install(self) -> str:
        """This handheld's own random id, made once."""
        kept = self.fact("install")
        if kept is None:
            with self.writing():
                kept = self.fact("install") or f"i-{uuid4().hex[:20]}"
                self.keep_fact("install", kept)
        return str(kept)

    def identity(self) -> Identity | None:
        kept = self.fact("enrolment")
        if kept is None:
            return None
        return Identity(kept["device"], kept["install"], kept["secret"], self.fact("epoch"))

    def keep_identity(self, answer: EnrolAnswer) -> str | None:
        """Remember who we are; returns why not, if it cannot be.

        Another device than before counts its changes from 1 again, so what is still unsent gets
        new numbers; its ids stay, and no change is ever doubled. So does what waits at the server
        for another change, which may come under the new name only. If it is another device in spite
        of the same install, or the epoch is not the one of the name we had, then the server lost
        what it had of us: all that is kept goes out again. Another rep starts from nothing, and
        not before the last one's work was sent: it would go out under the wrong name.
        """
        before, install = self.fact("enrolment"), self.install()
        other_rep = before is not None and before["rep"] != answer.rep
        other = before is not None and before["device"] != answer.device
        if other_rep and self.queue().pending:
            return f"unsent work of {before['rep']['name']} is here: send it first"
        if other_rep:
            self.copy.wipe()  # before the name changes: nobody sees the other's stores under it
        with self.writing():
            if other_rep:
                self.db.execute("DELETE FROM main.change")
            if other:
                # Under a name that another one used too, its mark was no measure of ours.
                epochs = {answer.epoch, before["epoch"], self.fact("offered_in")}
                in_doubt = len(epochs) > 1 or self.unsure_from() is not None
                lost = before["install"] == install or in_doubt
                if lost and not other_rep:
                    self.db.execute("UPDATE main.change SET outcome = NULL")
                # What waits there waits under a name that nobody answers to any more.
                self.db.execute("UPDATE main.change SET outcome = NULL WHERE outcome = 'waiting'")
                self.db.execute("UPDATE main.change SET n = NULL")
                self.db.execute(
                    "DELETE FROM main.counter WHERE name IN ('change', 'order', 'receipt')"
                )
                self.keep_fact("acknowledged_through", 0)
                self.keep_fact("unsure", None)
            if other or before is None:
                self.keep_fact("offered_in", answer.epoch)
            self.db.execute("DELETE FROM main.fact WHERE name IN ('set_back', 'wiped')")
            self.keep_fact("enrolment", msgspec.to_builtins(answer) | {"install": install})
            self.keep_fact("epoch", answer.epoch)
            self._keep_time(answer.server_time)
        if other and not other_rep:
            self.copy.forget_cursor()
        return None

    def batch(self, at_most: int, at_most_bytes: int, after_n: int) -> Sequence[Outgoing]:
        """The oldest waiting changes with n above `after_n`, in order; those without n get one.

        A change whose bytes are damaged is left out and shown by `damaged`.
        """
        waiting: list[Outgoing] = []
        size = 0
        with self.writing():
            for one in self.db.execute(
                "SELECT seq, n, id, raw, hash FROM main.change WHERE outcome IS NULL"
                " AND (n IS NULL OR n > ?) ORDER BY n IS NULL, n, seq",
                (after_n,),
            ).fetchall():
                if not is_intact(one):
                    continue
                raw = one["raw"]
                size += len(raw)
                if len(waiting) == at_most or (waiting and size > at_most_bytes):
                    break
                n = one["n"]
                if n is None:
                    n = self.count_up("change")
                    self.db.execute("UPDATE main.change SET n = ? WHERE seq = ?", (n, one["seq"]))
                waiting.append(Outgoing(n, one["id"], raw))
        return waiting

    def damaged(self) -> list[str]:
        """Ids of waiting changes whose bytes are not what was saved."""
        rows = self.db.execute("SELECT id, raw, hash FROM main.change WHERE outcome IS NULL")
        return [row["id"] for row in rows if not is_intact(row)]

    def keep_verdicts(self, answer: PushAnswer) -> Kept:
        """Take answered changes out of the outbox, and notice a server that lost its last hours
        (offer those changes again) or a handheld set back to an older copy of itself.

        We never use an id or an n twice. Where the server says so, or knows more changes of ours
        than we ever made, a copy of this handheld did: those changes stay in the outbox, and go
        out when the handheld was enrolled anew. Reused under that name, too, the id itself is
        another's: the server keeps both, and that is its answer. What waited for something may be
        answered anew by any later push.
        """
        now = instant(moment(answer.server_time))  # ours may be years off
        answered = 0
        shared = 0
        with self.writing():
            for one in answer.verdicts:
                known = self.db.execute(
                    "SELECT outcome, moved FROM main.change WHERE id = ? AND n = ?"
                    " AND (outcome IS NULL OR outcome = 'waiting')",
                    (one.id, one.n),
                ).fetchone()
                if known is None or known["outcome"] == one.outcome:
                    continue
                is_answer = self.take(one, known, answer.epoch, now)
                answered += is_answer
                shared += not is_answer
            again = self.offer_again(answer)
            self.offered(answer)
            set_back = shared > 0 or answer.acknowledged_through > self.counted("change")
            if set_back:
                self.leave_name()
            other_epoch = self.fact("epoch") != answer.epoch
            self.keep_fact("epoch", answer.epoch)
            self.keep_fact("acknowledged_through", answer.acknowledged_through)
            self._keep_time(answer.server_time)
            # What the server lost may be old work: none of it is let go of yet.
            if not again and not set_back and self.fact("unsure") is None:
                self.drop_old(now)
        if other_epoch:
            self.copy.forget_cursor()
        self.copy.drop_greyed()
        return Kept(answered, again, set_back)

    def _keep_time(self, server_time: str) -> None:
        """Remember what time the server said it was, and when on a counter no one can set."""
        at = {"monotonic_ms": self.clock.monotonic_ms(), "boot": self.clock.boot()}
        offset = {"offset_ms": offset_ms(server_time, self.clock)}
        self.keep_fact("time", {"server": server_time} | at | offset)

    def now(self) -> datetime:
        """The time by the server's clock, as well as it can be known here.

        Since the last talk: its time plus what the counter says has passed, whatever happened to
        the wall clock. After a restart of the machine: the wall clock plus the offset measured
        then, but never earlier than that talk.
        """
        kept = self.fact("time")
        if kept is None:
            return self.clock.now()
        then = moment(kept["server"])
        passed_ms = self.clock.monotonic_ms() - kept["monotonic_ms"]
        if kept["boot"] == self.clock.boot() and passed_ms >= 0:
            return then + timedelta(milliseconds=passed_ms)
        return max(then, self.clock.now() + timedelta(milliseconds=kept["offset_ms"]))

    def is_set_back(self) -> bool:
        return bool(self.fact("set_back"))

    def has_waiting(self) -> bool:
        """Whether the server holds a change of ours until another one comes."""
        found = self.db.execute("SELECT 1 FROM main.change WHERE outcome = 'waiting'").fetchone()
        return found is not None

    def queue(self) -> Queue:
        row = self.db.execute(
            "SELECT count(*), min(captured_at) FROM main.change WHERE outcome IS NULL"
        ).fetchone()
        return Queue(row[0], row[1], int(self.fact("acknowledged_through") or 0))

    def position(self) -> Position:
        return self.copy.position()

    def stage(self, page: Page, body: bytes) -> None:
        self.note_mark(page)
        self.copy.stage(page, body, self.counted("answer"))

    def swap_in(self, page: Page | None = None) -> int:
        """Take the staged pages and this last one in, all at once; how many rows came.

        page: None when the last one is staged too, because its segments were still to come."""
        if page is not None:
            self.note_mark(page)
        rows, last = self.copy.swap_in(page, self.counted("answer"), self.failpoint)
        if last is not None:
            with self.writing():
                self.keep_fact("epoch", last.epoch)
                self._keep_time(last.server_time)
        return rows

    @property
    def shelf(self) -> Shelf:
        return self.copy.shelf

    def is_staged_whole(self) -> bool:
        return self.copy.is_staged_whole()

    def use_what_came(self) -> bool:
        return self.copy.use_what_came()

    def forget_staged(self) -> None:
        self.copy.forget_staged()

    def forget_cursor(self) -> None:
        self.copy.forget_cursor()

    def verify_due(self) -> str | None:
        """Why the copy is to be compared with the server's now; None when it is not."""
        kept = self.fact("enrolment")
        if kept is None:
            return None
        zone = kept["company"].get("zone", "UTC")
        return due(self.checked, self.now(), zone, kept["install"])

    def has_room(self) -> bool:
        return shutil.disk_usage(self.home).free > ROOM_FOR_ORDERS_BYTES

    def wipe(self) -> None:
        """Forget the company's data. Only what the server has not answered stays."""
        self.copy.wipe()
        with self.writing():
            self.db.execute("DELETE FROM main.change WHERE outcome IS NOT NULL")
            self.keep_fact("wiped", True)
        self.db.execute("VACUUM main")
        self.db.execute("PRAGMA main.wal_checkpoint(TRUNCATE)")
        with self.writing():
            pass  # as in the copy: syncs that the log is empty
