"""A handheld as the simulation has it: its folder, its clock, its line, and what it captured.

What is on its disk is the truth about what was captured: after every verb, and after every death,
the outbox is read and what is new goes into the history.
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from handhelds.reference import link
from handhelds.reference.answers import Call, Ending, Reply
from handhelds.reference.local import Local
from handhelds.reference.pad import Refused
from handhelds.reference.queries_field import NotSaved
from handhelds.reference.visit import Rep
from schemas.failpoint import failpoint
from tests.simulation.clocks import PhoneClock, ids_of
from tests.simulation.history import History
from tests.simulation.network import Killed

APP = "reference sim"
SAVING = ("between_change_and_row", "before_commit", "after_commit")
SYNCING = ("before_commit", "after_commit", "between_pages", "before_swap_commit",
           "after_swap_commit")  # fmt: skip


@dataclass
class Phone:
    """One handheld."""

    name: str
    rep_code: str
    home: Path
    clock: PhoneClock
    luck: Random
    history: History
    send: Callable[[Call], Reply | None]
    known: dict[str, bool] = field(default_factory=dict)  # id -> it was on the disk when we looked
    seen_seq: int = 0
    copies: list[Path] = field(default_factory=list)  # older states of the folder
    offline_until: Any = None
    refused: int = 0
    rotten: bool = False  # its copy is wrong somewhere, and only a comparison can tell

    def __post_init__(self) -> None:
        self.ids = ids_of(self.clock, self.luck)
        self.open()

    # --- its program ---------------------------------------------------------------------------

    def open(self) -> None:
        self.local = Local(self.home, self.clock)
        self.local.db.execute("PRAGMA main.synchronous = OFF")  # power is cut elsewhere, tests of
        self.local.db.execute("PRAGMA copy.synchronous = OFF")  # tests/handhelds; here it is quick
        self.rep = Rep(self.local, self.clock, self.ids)

    def close(self) -> None:
        self.local.close()

    def dies(self) -> None:
        """The system kills the program, and somebody starts it again."""
        self.local.db.close()
        self.local.opened.abandon()
        self.open()
        self.look("crashed")

    def keeps_a_copy(self, folder: Path) -> None:
        """Somebody copies the folder, for later."""
        self.close()
        shutil.copytree(self.home, folder)
        self.copies.append(folder)
        self.open()

    def is_put_back(self, folder: Path) -> None:
        """The folder is replaced by an older one of itself."""
        self.close()
        shutil.rmtree(self.home)
        shutil.copytree(folder, self.home)
        self.open()
        there = {row["id"] for row in self.local.db.execute("SELECT id FROM main.change")}
        gone = sorted(set(self.known) - there)
        if gone:
            self.history.note(
                self.clock.time.at, "vanished", device=self.name, ids=gone, how="restored"
            )
        self.known = dict.fromkeys(sorted(there), True)
        self._catch_up()

    # --- what it captures ----------------------------------------------------------------------

    def look(self, how: str = "saved", **more: Any) -> int:
        """Note what is on the disk and was not before; how many."""
        found = self.local.db.execute(
            "SELECT seq, id, kind, act, row_id, store, raw FROM main.change WHERE seq > ?"
            " ORDER BY seq", (self.seen_seq,),
        ).fetchall()  # fmt: skip
        for one in found:
            self.seen_seq = one["seq"]
            self.known[one["id"]] = True
            self.history.note(
                self.clock.time.at, "captured", device=self.name, rep=self.rep_code, id=one["id"],
                kind=one["kind"], act=one["act"], row=one["row_id"], store=one["store"],
                raw=bytes(one["raw"]).decode("utf-8", "replace"), how=how, **more,
            )  # fmt: skip
        return len(found)

    def _catch_up(self) -> None:
        row = self.local.db.execute("SELECT max(seq) FROM main.change").fetchone()
        self.seen_seq = row[0] or 0

    def does(self, verb: Callable[[Rep], object], **more: Any) -> int:
        """Let the rep do something; how many changes it made. A refusal makes none."""
        try:
            verb(self.rep)
        except (Refused, NotSaved):
            self.refused += 1
            if made := self.look(**more):
                raise AssertionError(f"refused, and {made} changes were saved") from None
            return 0
        return self.look(**more)

    def does_and_dies(self, verb: Callable[[Rep], object]) -> str:
        """The same, and the program is killed at some point of the saving; at which one."""
        place = self._cord(SAVING, 1)
        with suppress(Killed, Refused, NotSaved):
            verb(self.rep)
        self.dies()
        return place

    def _cord(self, places: tuple[str, ...], most: int) -> str:
        """Draw where the program will die: at the n-th passing of a place."""
        place, left = self.luck.choice(places), [self.luck.randint(1, most)]

        def act(name: str) -> None:
            if name == place:
                left[0] -= 1
                if left[0] == 0:
                    raise Killed

        self.local.failpoint = act
        return place

    # --- what it exchanges ---------------------------------------------------------------------

    def enrol(self, code: str) -> Ending:
        ending = link.enrol(self.local, self.send, code, "sim", APP)
        kept = self.local.identity()
        self.history.note(
            self.clock.time.at, "enrolled", device=self.name, ending=ending.state,
            of=kept.device if kept else None, install=kept.install if kept else None,
        )  # fmt: skip
        return ending

    def sync(self, why: str | None = None) -> Ending:
        ending = link.sync(self.local, self.send, self.clock, self.ids, why=why)
        self.note_sync(ending.state, ending.answered, ending.repaired, ending.detail)
        return ending

    def syncs_and_dies(self) -> str:
        place = self._cord(SYNCING, 4)
        try:
            link.sync(self.local, self.send, self.clock, self.ids)
            state = "done"
        except Killed:
            state = "killed"
        self.dies()
        self.note_sync(state, 0, 0, place)
        return place

    def note_sync(self, state: str, answered: int, repaired: int, detail: str = "") -> None:
        self.history.note(
            self.clock.time.at, "synced", device=self.name, ending=state, answered=answered,
            repaired=repaired, detail=detail[:120], pending=self.local.queue().pending,
        )  # fmt: skip

    def calms(self) -> None:
        """No cord is pulled any more."""
        self.local.failpoint = failpoint

    # --- what it holds -------------------------------------------------------------------------

    def stores(self) -> list[str]:
        """Codes of the stores it carries."""
        found = self.local.db.execute(
            "SELECT code FROM copy.store WHERE scope NOT IN (SELECT scope FROM copy.greyed)"
            " AND status IN ('active', 'pending') ORDER BY code"
        )
        return [row["code"] for row in found]

    def unsent(self) -> list[str]:
        """Ids of the changes that have no number yet, oldest first."""
        found = self.local.db.execute(
            "SELECT id FROM main.change WHERE outcome IS NULL AND n IS NULL ORDER BY seq"
        )
        return [row["id"] for row in found]

    def outcomes(self) -> dict[str, tuple[int | None, str | None]]:
        """Change -> (n, what the server answered), of all that is still kept."""
        found = self.local.db.execute("SELECT id, n, outcome FROM main.change")
        return {row["id"]: (row["n"], row["outcome"]) for row in found}

    def held(self) -> dict[tuple[str, str], int]:
        """(kind, id) -> hash of each row of its copy as it would travel; greyed ones left out."""
        return {(one.kind, one.id): one.hash for one in self.local.checked._rows(None)}

    def raw_of(self, change: str) -> dict[str, Any]:
        row = self.local.db.execute("SELECT raw FROM main.change WHERE id = ?", (change,))
        found: dict[str, Any] = msgspec.json.decode(row.fetchone()["raw"])
        return found
