"""Where the changes of a batch belong, which were answered before, and what waited for them.

A change is known by its id. The same again gets its stored verdict; another body under its id, or
under its number, is kept and takes no effect. What waits belongs to the handheld that sent it last.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection

from schemas.ids import derived
from sync.batch import Pushed, reread
from sync.carrier import Carrier
from sync.queries import edits as edit_queries
from sync.queries import facts as fact_queries
from sync.queries import push as queries
from sync.queries import relocating
from sync.taking.table import way_of
from sync.verdicts import renumbered

Begin = Callable[[], AbstractContextManager[Connection]]


def find_cells(begin: Begin, carrier: Carrier, pushed: list[Pushed]) -> list[int]:
    """Find each change's cell; return all cells to go through, also those where something waits.

    A change belongs to its store's cell; a plan, or an unknown store, to the rep's own. What was
    answered before, or shares its id or number with a change that was, belongs where that was:
    its store may have gone to another cell since, with or without its receipt.
    """
    cells: dict[str, int] = {}
    known: dict[str | int, int] = {}
    through = {carrier.cell}
    if len(carrier.cells) > 1:
        ids = [name for one in pushed for name in (one.id, _reused_id(carrier, one))]
        ns = [one.n for one in pushed if one.n is not None]
        stores = {one.store for one in pushed if one.store is not None}
        with begin() as conn:
            cells = fact_queries.store_cells(conn, carrier.company, sorted(stores))
            found = queries.receipt_cells(conn, carrier.cells, carrier.device, ids, ns)
            for cell, change, n in found:
                known[change] = cell
                known.setdefault(n, cell)
            through |= queries.waiting_cells(conn, carrier.cells, carrier.device)
    for one in pushed:
        at_home = one.kind == "plan_stop" or one.store is None
        one.cell = carrier.cell if at_home else cells.get(one.store or "", carrier.cell)
        one.cell = known.get(one.id, known.get(one.n or 0, one.cell))
        one.cell = known.get(_reused_id(carrier, one), one.cell)
        known.setdefault(one.id, one.cell)
        if one.n is not None:
            known.setdefault(one.n, one.cell)
        through.add(one.cell)
    return sorted(through)


def staying(
    conn: Connection, carrier: Carrier, cell: int, everyone: list[Pushed]
) -> tuple[list[Pushed], list[Pushed]]:
    """Keep the stores of what is to be decided in this cell until commit; return the changes whose
    stores are here, or nowhere, and those whose store has gone to another cell meanwhile."""
    about = [one for one in everyone if one.stored is None and one.kind != "plan_stop"]
    if len(carrier.cells) < 2 and not _takes_more_later(about):
        return everyone, []
    at_hand = hold(conn, cell, about)
    if len(carrier.cells) < 2:
        return everyone, []
    missing = sorted({one.store for one in about if one.store is not None} - at_hand)
    gone = fact_queries.store_cells(conn, carrier.company, missing).keys() if missing else set()
    here, strayed = list[Pushed](), list[Pushed]()
    for one in everyone:
        left = one.stored is None and one.store in gone and one.kind != "plan_stop"
        (strayed if left else here).append(one)
    return here, strayed


def hold(conn: Connection, cell: int, changes: Sequence[Pushed]) -> set[str]:
    """Keep the stores of changes in this cell until commit; return those that are in it.

    What locks rows of a store later, out of the one order of locks, has the store to itself from
    here on: who shared it would wait for the other to let it go, and the other for his account.
    """
    stores = sorted({one.store for one in changes if one.store is not None})
    if _takes_more_later(changes):
        return set(edit_queries.lock_rows(conn, cell, "store", stores))
    return relocating.hold_stores(conn, cell, stores)


def _takes_more_later(changes: Sequence[Pushed]) -> bool:
    """Whether rows are locked one after the other while these are decided. Receipts lock ahead
    (taking/ahead.py), as all that is decided together does."""
    return any(way_of(one) != "batched" and one.kind != "collection" for one in changes)


def cells_waiting(begin: Begin, carrier: Carrier) -> list[int]:
    """Return the cells in which a change of the handheld waits."""
    with begin() as conn:
        return sorted(queries.waiting_cells(conn, carrier.cells, carrier.device))


def sort_out(conn: Connection, carrier: Carrier, cell: int, pushed: list[Pushed]) -> list[Pushed]:
    """Mark what was answered before, and return the batch with what waited for it in this cell.

    Call it in the handheld's turn (queries.lock_device).
    """
    ids = [name for one in pushed for name in (one.id, _reused_id(carrier, one))]
    ns = [one.n for one in pushed if one.n is not None]
    found = queries.receipts(conn, cell, carrier.device, ids, ns)
    if _adopt(conn, carrier, cell, pushed, found):
        found = queries.receipts(conn, cell, carrier.device, ids, ns)
    everyone = _marked(carrier, pushed, found)
    stored = queries.waiting(conn, cell, carrier.device)
    waited = [reread(bytes(raw), at, unsure) for raw, at, unsure in stored]
    mine = {one.id for one in waited}
    return [one for one in everyone if one.outcome != "waiting" or one.id not in mine] + waited


def _marked(carrier: Carrier, pushed: list[Pushed], found: list[queries.Row]) -> list[Pushed]:
    """The changes, each once, with what was answered before or the receipt it is to get."""
    by_id = {row[0]: row for row in found}
    taken = {row[2] for row in found if row[1] == carrier.device and row[2] is not None}
    ids: set[str] = set()
    seen: set[tuple[Any, ...]] = set()
    everyone: list[Pushed] = []
    for one in pushed:
        if (one.id, one.n, one.hash) in seen:
            continue
        same = by_id.get(one.id)
        one.n_taken = one.n in taken
        reused = _reused_id(carrier, one)
        if same is not None and (same[3], same[6]) == (one.hash, carrier.rep):
            _repeat(one, same, carrier.device)
        elif reused in by_id:  # answered so before; what has its id may be in another cell by now
            one.receipt_id, one.stored = reused, by_id[reused][5]
        elif same is not None or one.n_taken or one.id in ids:
            one.receipt_id = reused
        seen.add((one.id, one.n, one.hash))
        ids.add(one.id)
        taken.add(one.n)
        everyone.append(one)
    return everyone


def _repeat(one: Pushed, same: queries.Row, device: str) -> None:
    """Give a change its stored verdict; from another handheld of the rep it gets a receipt too."""
    one.stored, one.outcome = same[5], same[4]
    if (same[1], same[2]) == (device, one.n):
        return
    one.stored = renumbered(same[5], one.n)
    if same[1] != device and not one.n_taken and one.outcome != "waiting":
        one.again, one.receipt_id = True, derived("again", device, one.n, one.id)


def _reused_id(carrier: Carrier, one: Pushed) -> str:
    """The receipt that keeps a change apart, of this handheld alone: enrolled as another one it
    may send the same change under the same number, and it is taken then."""
    return derived("reused", carrier.device, one.id, one.n, one.hash.hex())


def _adopt(
    conn: Connection, carrier: Carrier, cell: int, pushed: list[Pushed], found: list[queries.Row]
) -> bool:
    """Let what waits under another handheld of the rep wait under this one, which sent it now."""
    waiting = {row[0]: row for row in found if row[4] == "waiting" and row[6] == carrier.rep}
    taken = {row[2] for row in found if row[1] == carrier.device}
    mine: dict[str, tuple[str, int | None, bytes]] = {}
    for one in pushed:
        if one.id in waiting and waiting[one.id][3] == one.hash and one.n not in taken:
            mine[one.id] = (one.id, one.n, one.raw)
            taken.add(one.n)
    queries.adopt_waiting(conn, cell, carrier.device, list(mine.values()))
    return bool(mine)
