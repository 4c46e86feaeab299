"""One batch in, one verdict for each change out.

Steps, as in PROTOCOL.md, in one transaction for each cell the batch touches:
1. the handheld's turn, and what was answered before;
2. locks, sorted: credit accounts, promotions, stock;
3. only then the facts of all changes;
4. decide in order of n, each decision folded into the facts of the next;
5. write, one statement a table, receipts too;
6. feed counter and entries, commit.
If that transaction fails, its changes are decided again one by one with savepoints, so a change
the server stumbles over costs its neighbours time and never their result.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import Connection

from schemas.failpoint import Act, failpoint
from schemas.strict import ChangeRaw
from sync.batch import Pushed, correct_clock, read
from sync.carrier import Carrier
from sync.effects import Effects, announce, flush
from sync.feed import Entry
from sync.known import Known
from sync.queries import push as queries
from sync.repeats import cells_waiting, find_cells, sort_out, staying
from sync.taking.ahead import lock_ahead
from sync.taking.turns import decide_all
from sync.verdicts import replayed, verdict

Begin = Callable[[], AbstractContextManager[Connection]]
DEADLOCKED = ("40001", "40P01")
TRIES = 3


@dataclass(slots=True)
class PushAnswer:
    """The answer to a push: verdicts as JSON text, ready to send, and what else to say."""

    verdicts: list[str]
    acknowledged_through: int
    epoch: str
    cells: set[int] = field(default_factory=set)  # cells in which something was written
    faults: list[str] = field(default_factory=list)  # for the log: what the server stumbled over


@dataclass(slots=True)
class Batch:
    """A batch while it is decided."""

    carrier: Carrier
    clock: Any
    received_at: datetime
    failpoint: Act = failpoint
    check_receipts: bool = True  # False only in tests that plant the bug
    faults: list[str] = field(default_factory=list)
    strayed: dict[int, Pushed] = field(default_factory=dict)  # its store left the cell meanwhile
    bound: set[int] = field(default_factory=set)  # decided where it is looked for, come what may
    moved_on: bool = False  # something that waited here waits elsewhere now
    epoch: str = ""
    known: Known = field(default_factory=Known)

    @property
    def offset_ms(self) -> int:
        return int((self.received_at - self.clock.wall).total_seconds() * 1000)

    def effects(self, cell: int) -> Effects:
        """Nothing yet to be written in a cell."""
        return Effects(
            cell, self.carrier, self.received_at, offset_ms=self.offset_ms, epoch=self.epoch,
            known=self.known,
        )  # fmt: skip


def push(
    begin: Begin,
    carrier: Carrier,
    clock: Any,
    changes: Sequence[ChangeRaw],
    received_at: datetime,
    *,
    epoch: str = "",
    failpoint: Act = failpoint,
    check_receipts: bool = True,
    known: Known | None = None,
) -> PushAnswer:
    """Decide a batch and say what became of each change.

    begin: opens a READ COMMITTED transaction that commits when left in peace. clock: the decoded
    schemas.change.Clock of the envelope. epoch: the database's, said again in the answer. known:
    what the process remembers of companies. Raises only what the database raises when it is gone.
    """
    batch = Batch(
        carrier, clock, received_at, failpoint, check_receipts, epoch=epoch, known=known or Known()
    )
    pushed = [read(change, carrier.device) for change in changes]
    for one in pushed:
        correct_clock(one, clock, received_at)
    answer = PushAnswer([], 0, epoch)
    told: dict[tuple[str, int | None], Pushed] = {}
    left = pushed
    while True:
        cells = find_cells(begin, carrier, left)
        for cell in cells:
            mine = [one for one in left if one.cell == cell]
            _take(begin, batch, answer, told, cell, mine)
        if not batch.strayed:
            break
        batch.bound |= batch.strayed.keys()
        left, batch.strayed = list(batch.strayed.values()), {}
    decided = -1
    while (len(cells) > 1 or batch.moved_on) and decided != (decided := _decided(told)):
        for cell in cells_waiting(begin, carrier):  # for what another cell has decided just now
            _take(begin, batch, answer, told, cell, [])
    answer.verdicts = [
        replayed(one.stored) if one.stored is not None else verdict(one, carrier.language)
        for one in sorted(told.values(), key=lambda one: (one.n or 0, one.id))
    ]
    answer.faults = batch.faults
    return answer


def _decided(told: dict[tuple[str, int | None], Pushed]) -> int:
    return sum(one.outcome != "waiting" for one in told.values())


def _take(
    begin: Begin, batch: Batch, answer: PushAnswer, told: dict[tuple[str, int | None], Pushed],
    cell: int, pushed: list[Pushed],
) -> None:  # fmt: skip
    """Decide one cell's part, and note what is to be answered."""
    done, answer.acknowledged_through, wrote = _cell(begin, batch, cell, pushed)
    told |= {(one.id, one.n): one for one in done}
    if wrote:
        answer.cells.add(cell)


def _cell(
    begin: Begin, batch: Batch, cell: int, pushed: list[Pushed]
) -> tuple[list[Pushed], int, bool]:
    """Decide one cell's part: together, or one by one if that fails."""
    for attempt in range(TRIES):
        try:
            with begin() as conn:
                return _together(conn, batch, cell, pushed)
        except psycopg.OperationalError as fault:
            if fault.sqlstate not in DEADLOCKED:
                raise
            if attempt == TRIES - 1:
                batch.faults.append(f"{type(fault).__name__}: {fault}"[:300])
        except Exception as fault:
            batch.faults.append(f"{type(fault).__name__}: {fault}"[:300])
            break
        _forget_all(pushed)
    _forget_all(pushed)
    with begin() as conn:
        return _one_by_one(conn, batch, cell, pushed)


def _forget_all(pushed: list[Pushed]) -> None:
    """Take back what a failed transaction made of the changes, and what it knew of them."""
    for one in pushed:
        _forget(one)
        one.stored = None
        one.receipt_id, one.again, one.n_taken = one.id, False, False


def _forget(one: Pushed) -> None:
    """Take back what was decided of a change; its receipt stays the one it is to get."""
    one.outcome, one.state, one.says = "", None, ""
    one.refs, one.told, one.keep_body = {}, [], False


def _together(
    conn: Connection, batch: Batch, cell: int, pushed: list[Pushed]
) -> tuple[list[Pushed], int, bool]:
    """Steps 1 to 6 for all changes at once."""
    carrier = batch.carrier
    acknowledged, _ = queries.lock_device(conn, carrier.cell, carrier.device)
    everyone = _here(conn, batch, cell, pushed)
    batch.failpoint("after_receipts")
    effects = batch.effects(cell)
    decide_all(conn, effects, everyone)
    batch.failpoint("before_write")
    flush(conn, effects, everyone, batch.offset_ms)
    wrote = any(one.stored is None for one in everyone)
    acknowledged = _acknowledge(conn, batch, acknowledged, wrote)
    batch.failpoint("before_commit")
    announce(conn, effects)
    batch.failpoint("after_numbers")
    return _answered(everyone, pushed), acknowledged, wrote


def _one_by_one(
    conn: Connection, batch: Batch, cell: int, pushed: list[Pushed]
) -> tuple[list[Pushed], int, bool]:
    """The same for each change alone behind a savepoint; a change that fails again is held."""
    carrier = batch.carrier
    acknowledged, _ = queries.lock_device(conn, carrier.cell, carrier.device)
    everyone = _here(conn, batch, cell, pushed)
    fresh = [one for one in everyone if one.stored is None and one.body is not None]
    lock_ahead(conn, batch.effects(cell), fresh, apart=True)
    entries: list[Entry] = []
    left = sorted(everyone, key=lambda one: one.n or 0)
    while left:
        for one in left:
            entries += _alone(conn, batch, cell, one)
        waits = [one for one in left if one.outcome == "waiting" and one.stored is None]
        left = waits if len(waits) < len(left) else []
        for one in left:
            one.waited = True  # it has a receipt now, and perhaps what it waited for
    wrote = any(one.stored is None for one in everyone)
    acknowledged = _acknowledge(conn, batch, acknowledged, wrote)
    announce(conn, Effects(cell, carrier, batch.received_at, entries=entries))
    return _answered(everyone, pushed), acknowledged, wrote


def _alone(conn: Connection, batch: Batch, cell: int, one: Pushed) -> list[Entry]:
    """Decide and write one change behind a savepoint; return the entries that tell of it."""
    effects = batch.effects(cell)
    try:
        with conn.begin_nested():
            decide_all(conn, effects, [one])
            flush(conn, effects, [one], batch.offset_ms)
    except psycopg.OperationalError:
        raise
    except Exception as fault:
        if one.stored is not None:
            raise
        batch.faults.append(f"{one.id}: {type(fault).__name__}: {fault}"[:300])
        _forget(one)
        effects = batch.effects(cell)
        effects.hold(one, "server_fault")
        flush(conn, effects, [one], batch.offset_ms)
    return effects.entries


def _answered(everyone: list[Pushed], asked: list[Pushed]) -> list[Pushed]:
    """Those to answer: what was asked, and what waited and has now been decided."""
    ids = {one.id for one in asked}
    return [one for one in everyone if one.id in ids or one.outcome != "waiting"]


def _here(conn: Connection, batch: Batch, cell: int, pushed: list[Pushed]) -> list[Pushed]:
    """What is to be decided or repeated in this cell; what has moved on is noted for its new one,
    and followed there once. What waited here and has moved on is answered as waiting: it waits
    there now, and is looked at again with all that waits."""
    everyone = _repeats(conn, batch, cell, pushed)
    here, strayed = staying(conn, batch.carrier, cell, everyone)
    asked = {id(one) for one in pushed}
    batch.strayed |= {
        id(one): one for one in strayed if id(one) in asked and id(one) not in batch.bound
    }
    bound = [one for one in strayed if id(one) in batch.bound]
    waited = {one.id for one in strayed if id(one) not in asked}
    moved_on = [one for one in pushed if one.outcome == "waiting" and one.id in waited]
    batch.moved_on |= bool(moved_on)
    return here + bound + moved_on


def _repeats(conn: Connection, batch: Batch, cell: int, pushed: list[Pushed]) -> list[Pushed]:
    """Find what was answered before, and what waited for this batch."""
    return sort_out(conn, batch.carrier, cell, pushed) if batch.check_receipts else list(pushed)


def _acknowledge(conn: Connection, batch: Batch, known: int, wrote: bool) -> int:
    """Work out the highest n below which everything is answered, and note it."""
    one = batch.carrier
    return queries.acknowledge(conn, one.cell, one.cells, one.device, known, batch.offset_ms, wrote)
