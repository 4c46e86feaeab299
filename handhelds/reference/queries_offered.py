"""What a handheld offers a server that lost time: answered work, kept for 90 days.

A server put back from a backup, or a standby promoted in its place, has forgotten its last hours.
It shows in four ways: another epoch, a cursor it does not know, a lower mark than it told before
(in a push or a pull), or that it does not know this handheld at all. After any of them everything
above its mark goes out again; its receipts see to it that nothing is taken twice.

What the mark counts is not sure either. A copy of this handheld, which goes by the same name, may
have offered first what was lost, and gone on from there with its own work; or a late copy of a push
came to the restored server and was decided anew, with nobody there to hear it. So before anything
else goes out, the server's receipts are compared with the answers kept here: what it decided
otherwise is the answer now, what it does not have goes out again, and where a number stands for
another change now, all that is kept goes out under a new name.
"""

# ruff: noqa: S608 - only question marks and constants are put in, values are bound

import shutil
import sqlite3
from hashlib import blake2b

import msgspec

from handhelds.reference.answers import Kept, Page, PushAnswer, Verdict
from handhelds.reference.clock import instant, moment
from handhelds.reference.device import Health
from handhelds.reference.queries_field import Field
from handhelds.reference.verify import PROGRAM

KEPT_DAYS = 90


def hash_of(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=16).digest()


def is_intact(row: sqlite3.Row) -> bool:
    """Whether a change's bytes are those that were saved."""
    return type(row["raw"]) is bytes and hash_of(row["raw"]) == row["hash"]


class Offered(Field):
    """The part of the field file that knows what was answered, and where."""

    def must_offer(self) -> bool:
        """Whether the server may have lost time since we last offered what it no longer knows: it
        has another epoch, knew no cursor of ours, or named a lower mark. A push, even an empty
        one, then learns how far it knows us."""
        return self.fact("enrolment") is not None and (
            bool(self.fact("offer")) or self.fact("offered_in") != self.fact("epoch")
        )

    def note_loss(self) -> None:
        """The server did not know our cursor: it may have lost what we pushed since, too."""
        with self.writing():
            self.keep_fact("offer", True)

    def offered(self, answer: PushAnswer) -> None:
        self.keep_fact("offered_in", answer.epoch)
        self.keep_fact("offer", None)

    def offer_again(self, answer: PushAnswer) -> int:
        """Put changes back that the server once answered and no longer knows; how many.

        After a loss of time all above its mark, whatever else waits; what the mark counts is to be
        compared. Otherwise those that come before all that waits, once an epoch and mark: a server
        that repeats itself must not make us send for ever. Those older than 90 days are not here
        any more.
        """
        mark = answer.acknowledged_through
        lost = (
            bool(self.fact("offer"))
            or answer.epoch != self.fact("offered_in")
            or mark < int(self.fact("acknowledged_through") or 0)
        )
        seen = f"{answer.epoch}:{mark}"
        if not lost and self.fact("offered_again") == seen:
            return 0
        fresh = [one.id for one in answer.verdicts]
        marks = ", ".join("?" * len(fresh))
        before = "n < coalesce((SELECT min(n) FROM main.change WHERE outcome IS NULL), n + 1)"
        again = self.db.execute(
            "UPDATE main.change SET outcome = NULL WHERE n > ? AND outcome IS NOT NULL"
            f" AND ({'1' if lost else before}) AND id NOT IN ({marks})",
            (mark, *fresh),
        ).rowcount
        if lost:
            unsure = self.db.execute(
                f"SELECT min(n) FROM main.change WHERE outcome IS NOT NULL AND id NOT IN ({marks})",
                fresh,
            ).fetchone()[0]
            self.keep_fact("unsure", unsure)
        if again:
            self.keep_fact("offered_again", seen)
        return again

    def unsure_from(self) -> int | None:
        """The first number whose answer is still to be compared with the server's receipts, since
        it lost time; None when there is none."""
        begin = self.fact("unsure")
        return None if begin is None else self._answered_from(begin)

    def _answered_from(self, n: int) -> int | None:
        found: int | None = self.db.execute(
            "SELECT min(n) FROM main.change WHERE n >= ? AND outcome IS NOT NULL", (n,)
        ).fetchone()[0]
        return found

    def keep_receipts(self, answer: PushAnswer, from_n: int) -> Kept:
        """Compare the answers kept here, from this number on, with what the server has; its
        receipts end at the last one told, or there are no more. Where a number is another's all
        stays unsure, so that all goes out under the next name."""
        now = instant(moment(answer.server_time))
        there = {one.n: one for one in answer.verdicts if one.n >= from_n}
        last = max(there, default=None)
        answered = shared = again = 0
        with self.writing():
            for kept in self.db.execute(
                "SELECT * FROM main.change WHERE n >= ? AND n <= coalesce(?, n)"
                " AND outcome IS NOT NULL ORDER BY n",
                (from_n, last),
            ).fetchall():
                one = there.get(kept["n"])
                if one is None:
                    self._put_back(kept["id"])
                    again += 1
                elif one.id != kept["id"]:
                    self._mark_anothers(kept["id"])
                    shared += 1
                elif not _is_same(one, kept):
                    is_answer = self.take(one, kept, answer.epoch, now)
                    answered += is_answer
                    shared += not is_answer
            more = last is not None and self._answered_from(last + 1) is not None
            if shared:
                self.leave_name()
            else:
                self.keep_fact("unsure", last + 1 if last is not None and more else None)
        return Kept(answered, again, shared > 0)

    def _put_back(self, change_id: str) -> None:
        """Into the outbox with it; a damaged one stays there, to be shown to the rep."""
        self.db.execute("UPDATE main.change SET outcome = NULL WHERE id = ?", (change_id,))

    def _mark_anothers(self, change_id: str) -> None:
        """Note that the id, or the number, of a change stands for another one's at the server."""
        self.db.execute("UPDATE main.change SET moved = 1 WHERE id = ?", (change_id,))

    def take(self, one: Verdict, known: sqlite3.Row, epoch: str, now: str) -> bool:
        """Keep the answer to a change; inside `writing`. False: it is none, but says for the first
        time that a copy of us was before us."""
        if one.says_reused() and not known["moved"]:
            self._mark_anothers(one.id)
            return False
        self.db.execute(
            "UPDATE main.change SET outcome = ?, verdict = ?, answered_at = ?, epoch = ?,"
            " answer = ?, read_at = NULL, moved = 0 WHERE id = ?",
            (one.outcome, msgspec.json.encode(one), now, epoch, self.count_up("answer"), one.id),
        )
        return True

    def leave_name(self) -> None:
        """Inside `writing`: enrolled as a new install, it is no copy of another any more."""
        self.keep_fact("set_back", True)
        self.keep_fact("install", None)

    def stop_being(self) -> None:
        """Another handheld goes by our name: go on as a new one, once enrolled."""
        with self.writing():
            self.leave_name()

    def health(self) -> Health:
        free_bytes = shutil.disk_usage(self.home).free
        return Health(PROGRAM, free_bytes, bool(self.fact("wiped")))

    def note_mark(self, page: Page) -> None:
        """A mark below the one we were told means: the server lost what it had of us."""
        told = int(self.fact("acknowledged_through") or 0)
        if page.acknowledged_through is not None and page.acknowledged_through < told:
            self.note_loss()

    def drop_old(self, now: str) -> None:
        """Forget what was answered 90 days ago: no server loses more than that."""
        self.db.execute(
            "DELETE FROM main.change WHERE outcome IS NOT NULL"
            f" AND julianday(answered_at) < julianday(?) - {KEPT_DAYS}",
            (now,),
        )


def _is_same(one: Verdict, kept: sqlite3.Row) -> bool:
    """Whether a receipt says what was answered; a repeat is marked as one. What a failing disk has
    damaged says nothing."""
    try:
        known = msgspec.json.decode(kept["verdict"], type=Verdict)
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError):
        return False
    return msgspec.structs.replace(one, replayed=known.replayed) == known
