"""A store goes to another depot: an explicit transfer from one cell to another.

All that hangs on it goes with it under the same ids: orders, cards, visits, contacts, receipts for
money, its account and open items, deliveries, what delivery systems said, items of the inbox, the
answers its changes got, who carries it. Handhelds learn it as removals in the old feed and rows in
the new one; a change that was under way when the store left is decided where the store is now.

Goods do not move. What orders keep of stock that no delivery system has yet is kept of the new
warehouse's instead, whether it is there or not: a promise stands, and the office sees what is
over-promised. What delivery systems have already is picked where it was: it counts as allocated
there until that warehouse is counted again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from schemas.ids import uuid7
from sync import life
from sync.audit import note
from sync.feed import Entry
from sync.kinds import KINDS
from sync.moving.hand_over import Moved, NotSo
from sync.queries import facts as fact_queries
from sync.queries import push as push_queries
from sync.queries import relocating as queries
from sync.scope import publish_all, regrant_all
from sync.write import SHAPES, put

HERE = tuple(name for name, state in life.STATES.items() if state.rank <= life.rank("accepted"))
"""States of orders that no delivery system has yet."""
STILL = tuple(name for name in life.STATES if name not in life.KEEPS_NOTHING)
KINDS_THAT_GO = tuple(
    kind for kind in KINDS if kind == "conflict" or KINDS[kind].scope == "st:<store>"
)


@dataclass(frozen=True, slots=True)
class Relocated:
    """What went: rows by table, and the reps, (home cell, code), whose handhelds are told."""

    rows: dict[str, int]
    reps: tuple[tuple[int, str], ...]


def relocate(
    conn: Connection,
    old: int,
    new: int,
    store: str,
    warehouse: str,
    by: str,
    now: datetime,
    address: str | None = None,
) -> Relocated:
    """Take a store, and those merged into it, from one cell of a company to another.

    warehouse: of the new cell, which serves it from now on. by: `user:CODE`. Raises NotSo. Takes
    feed counters: commit at once after it.
    """
    return relocate_all(conn, [(old, store)], new, warehouse, by, now, address)


def relocate_all(
    conn: Connection,
    stores: Sequence[tuple[int, str]],
    new: int,
    warehouse: str,
    by: str,
    now: datetime,
    address: str | None = None,
) -> Relocated:
    """The same for several stores, (cell, id), in one go: locks in a push's order, feeds last.

    Until commit no push for these stores, nor one that orders what they keep of stock, is decided:
    let them be few (some tens) and commit at once.
    """
    entries: dict[int, list[Entry]] = {}
    rows: Counter[str] = Counter()
    reps: set[tuple[int, str]] = set()
    spoken_to: dict[str, tuple[int, str]] = {}
    for old, asked in _by_cell(stores).items():
        if not queries.keep_loads_out(conn, old):
            raise NotSo("a file is being loaded at this moment: try again when it is done")
        queries.lock_stores(conn, old, asked)
        going = _may_go(conn, old, new, asked, warehouse)
        rows.update(_go(conn, old, new, going, warehouse, by, now, entries))
        for store in sorted(asked):
            _note(conn, old, new, store, warehouse, by, now, address)
        own = {one.scope for one in entries[old] if one.scope.startswith("rep:")}
        reps |= set(queries.reps_of(conn, old, new, going, sorted(own)))
        spoken_to |= {scope.removeprefix("rep:"): (new, scope) for scope in own}
    for cell, told in regrant_all(conn, reps, now, spoken_to).items():
        entries.setdefault(cell, []).extend(told)
    publish_all(conn, entries)
    return Relocated({name: n for name, n in rows.items() if n}, tuple(sorted(reps)))


def write_for_show(
    conn: Connection, stores: Sequence[tuple[int, str]], new: int, warehouse: str, by: str
) -> Moved:
    """Write only what decides who carries these stores then, for a transaction that is rolled back
    (preview.py): nobody who syncs waits for it. Raises NotSo, but for what is so at this moment
    only: a file that is being loaded, an order on the wire."""
    reps: set[tuple[int, str]] = set()
    spoken_to: dict[str, tuple[int, str]] = {}
    for old, asked in _by_cell(stores).items():
        going = _may_go(conn, old, new, asked, warehouse)
        items = queries.keys_in(conn, SHAPES["conflict"].table, "id", old, going)
        own = {scope for _, scope in items if scope.startswith("rep:")}
        queries.go_for_show(conn, old, new, going, warehouse, by)
        reps |= set(queries.reps_of(conn, old, new, going, sorted(own)))
        spoken_to |= {scope.removeprefix("rep:"): (new, scope) for scope in own}
    return Moved(0, 0, tuple(sorted(reps)), spoken_to)


def _by_cell(stores: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for cell, store in sorted(set(stores)):
        found.setdefault(cell, []).append(store)
    return found


def _may_go(
    conn: Connection, old: int, new: int, asked: Sequence[str], warehouse: str
) -> list[str]:
    """See that stores may go; return them and those that go along. Locks nothing."""
    if old == new:
        raise NotSo("it is there already")
    if not queries.is_depot(conn, old, new):
        raise NotSo("there is no such depot in this company")
    if warehouse not in queries.warehouses(conn, new):
        raise NotSo(f"that depot has no warehouse {warehouse!r}")
    found = {row[0]: row[1:] for row in queries.with_merged(conn, old, asked)}
    if not set(asked) <= found.keys():
        raise NotSo("the store is not in this depot")
    if any(found[store][1] == "merged" for store in asked):
        raise NotSo("it was merged into another store: move that one, and it goes along")
    taken = queries.codes_taken(conn, new, [code for code, _ in found.values()])
    if taken:
        raise NotSo(f"that depot has a store {taken[0]!r} already")
    return list(found)


def _go(
    conn: Connection, old: int, new: int, stores: Sequence[str], warehouse: str, by: str,
    now: datetime, entries: dict[int, list[Entry]],
) -> dict[str, int]:  # fmt: skip
    """Move the rows of stores that are locked; add what both feeds are to be told."""
    queries.lock_orders(conn, old, stores)
    if queries.being_sent(conn, old, stores):
        raise NotSo("an order of it is being sent at this moment: try again in a minute")
    fact_queries.lock_credit(conn, old, stores)
    gone = entries.setdefault(old, [])
    come = entries.setdefault(new, [])
    come += _promises(conn, old, new, stores, warehouse, by, now)
    for kind in KINDS_THAT_GO:
        shape = SHAPES[kind]
        for key, scope in queries.keys_in(conn, shape.table, shape.key, old, stores):
            gone.append(Entry(scope, kind, key, "gone"))
            come.append(Entry(scope, kind, key))
    rows = queries.go(conn, old, new, stores, by)
    queries.settle_in(conn, old, new, stores, warehouse, HERE, STILL)
    return rows


def _note(
    conn: Connection, old: int, new: int, store: str, warehouse: str, by: str, now: datetime,
    address: str | None,
) -> None:  # fmt: skip
    """Both depots' audits tell of it."""
    for cell, other in ((old, new), (new, old)):
        note(
            conn, cell, by, "store.relocated", f"store/{store}", now, address=address,
            before={"cell": old}, after={"cell": new, "warehouse": warehouse, "seen_from": other},
        )  # fmt: skip


def _promises(
    conn: Connection, old: int, new: int, stores: Sequence[str], warehouse: str, by: str,
    now: datetime,
) -> list[Entry]:  # fmt: skip
    """Move what orders keep of stock; return what the new cell is to be told of it."""
    kept = queries.kept(conn, old, stores, HERE)
    if not kept:
        return []
    wanted: dict[str, int] = {}
    for is_here, _, product, each in kept:
        if is_here:
            wanted[product] = wanted.get(product, 0) + each
    missing = sorted(wanted.keys() - queries.products_of(conn, new, warehouse))
    told = put(
        conn, new, "stock",
        [
            {"id": uuid7(), "warehouse": warehouse, "product": product, "on_hand": 0,
             "allocated": 0, "blocked": 0, "safety": 0, "published": 0, "as_of": now}
            for product in missing
        ],
        by,
    )  # fmt: skip
    owners = sorted({row[1] for row in kept})
    locks = {old: (owners, sorted({row[2] for row in kept})), new: ([warehouse], sorted(wanted))}
    for cell in sorted(locks):
        fact_queries.lock_stock(conn, cell, *locks[cell])
    freed: dict[tuple[str, str], int] = {}
    for _, owner, product, each in kept:
        freed[owner, product] = freed.get((owner, product), 0) - each
    push_queries.reserve(conn, old, [(*key, each) for key, each in sorted(freed.items())])
    queries.allocate(conn, old, [row[1:] for row in kept if not row[0]])
    push_queries.reserve(conn, new, [(warehouse, *one) for one in sorted(wanted.items())])
    return told.entries
