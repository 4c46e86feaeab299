"""What a handheld offers a server that lost time: answered work, kept for 90 days.

A server put back from a backup, or a standby promoted in its place, has forgotten its last hours.
It shows in four ways: another epoch, a cursor it does not know, a lower mark than it told before
(in a push or a pull), or that it does not know this handheld at all. After any of them everything
above its mark goes out again; its receipts see to it that nothing is taken twice.

The mark itself may be another one's: a copy of this handheld, which goes by the same name, offered
first what was lost, and went on from there with its own work. So the newest change that the mark
counts goes out, too: if its number stands for another change now, the server says so, and all that
is kept goes out under a new name. If not, all below it is as it was.
"""

# ruff: noqa: S608 - only question marks and constants are put in, values are bound

import shutil
import sqlite3
from collections.abc import Sequence
from hashlib import blake2b

from handhelds.reference.answers import Page, PushAnswer
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

        After a loss of time all above its mark, whatever else waits, and the newest that the mark
        counts. Otherwise those that come before all that waits, once an epoch and mark: a server
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
            again += self._offer_counted(mark, fresh)
        if again:
            self.keep_fact("offered_again", seen)
        return again

    def _offer_counted(self, mark: int, fresh: Sequence[str]) -> int:
        """Put back the newest change the mark counts, of those answered before this answer; how
        many: 1, or 0 when none is here. A damaged one could not go."""
        counted = self.db.execute(
            "SELECT seq, id, raw, hash FROM main.change WHERE n <= ? AND outcome IS NOT NULL"
            " ORDER BY n DESC",
            (mark,),
        )
        one = next((one for one in counted if one["id"] not in fresh and is_intact(one)), None)
        if one is None:
            return 0
        self.db.execute("UPDATE main.change SET outcome = NULL WHERE seq = ?", (one["seq"],))
        return 1

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
