"""The one way replicated rows are written in bulk: rows and their entries together.

Loads and the office go through here; a push has statements of its own (effects.py). Rows that
do not differ are not written and make no entry, so loading a file twice tells nobody anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table

from schemas.tables import company, exchange, money, trade
from schemas.tables import field as captured
from sync.feed import Entry, publish
from sync.kinds import KINDS, scope_family
from sync.queries import write as queries


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a kind lies at rest: its table, key, scope column and parts."""

    table: Table
    key: str
    scope_of: str | None  # the column that names the scope; None: the company's
    parts: Mapping[str, tuple[Table, tuple[str, ...]]] = field(default_factory=dict)
    birth: Mapping[str, Any] = field(default_factory=dict)
    begun: Mapping[str, str] = field(default_factory=dict)
    settled: Mapping[str, str] = field(default_factory=dict)
    quiet: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()  # columns in whose order a push locks its rows; empty: the key


_AVAILABLE = (
    "excluded.on_hand - excluded.allocated - excluded.blocked - excluded.safety - t.reserved"
)

ORDERED = """(SELECT coalesce(sum(o.exposure_minor), 0) FROM orders o
    WHERE o.cell = %s AND o.store = s.store)"""
"""What a store has ordered before it had an account."""

SHAPES: dict[str, Shape] = {
    "product": Shape(
        trade.product, "code", None,
        parts={"product_uom": (trade.product_uom, ("product", "uom"))},
    ),
    "price_list": Shape(trade.price_list, "code", None),
    "price": Shape(trade.price, "id", "list"),
    "promotion": Shape(
        trade.promotion, "id", None,
        birth={"used_minor": 0, "tier_by": "quantity", "tiers": "[]", "stacks": False},
    ),
    "tax_rate": Shape(trade.tax_rate, "id", None),
    "must_stock": Shape(trade.must_stock, "id", None),
    "period": Shape(trade.period, "code", None),
    "policy": Shape(company.policy, "id", None),
    "warehouse": Shape(company.warehouse, "code", "code"),
    "stock": Shape(
        trade.stock, "id", "warehouse", birth={"reserved": 0},
        settled={"published": _AVAILABLE}, quiet=frozenset({"as_of", "source"}),
        order=("warehouse", "product"),
    ),
    "plan_stop": Shape(captured.plan_stop, "id", "rep"),
    "target": Shape(captured.sales_target, "id", "rep"),
    "conflict": Shape(exchange.conflict, "id", "rep"),
    "store": Shape(trade.store, "id", "id"),
    "contact": Shape(trade.contact, "id", "store"),
    "receivable": Shape(
        trade.credit_account, "store", "store",
        birth={"collected_minor": 0}, begun={"ordered_minor": ORDERED},
        parts={"open_item": (trade.open_item, ("store", "number"))}, quiet=frozenset({"as_of"}),
    ),
    "collection": Shape(money.collection, "id", "store"),
    "visit": Shape(captured.visit, "id", "store"),
    "card": Shape(captured.visit_card, "id", "store"),
    "order": Shape(
        captured.orders, "id", "store",
        parts={"order_line": (captured.order_line, ("order_id", "n"))},
    ),
}  # fmt: skip


@dataclass(slots=True)
class Written:
    """What a write did: rows new, changed and found the same, and the keys of those written."""

    new: int = 0
    changed: int = 0
    same: int = 0
    keys: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def scope_of(kind: str, row: Mapping[str, Any]) -> str:
    """Return the scope a row of this kind lives in."""
    column = SHAPES[kind].scope_of
    family = scope_family(KINDS[kind].scope)
    return family if column is None else f"{family}:{row[column]}"


def write(
    conn: Connection,
    cell: int,
    kind: str,
    rows: Sequence[Mapping[str, Any]],
    by: str,
    *,
    parts: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
    whole_parts: bool = False,
) -> Written:
    """Insert or update rows of one kind, their parts, and write the entries that follow.

    rows: mappings with the same columns each (without cell, scope, version, changed_by).
    parts: rows of the kind's part tables (product_uom, open_item, order_line) by table name; a
    part's parent must be among `rows` or at rest. whole_parts: a parent's parts that are not
    among those given are deleted. Takes the feed's counter, so do nothing slow after it.
    """
    told = put(conn, cell, kind, rows, by, parts=parts, whole_parts=whole_parts)
    publish(conn, cell, told.entries)
    return told


def put(
    conn: Connection,
    cell: int,
    kind: str,
    rows: Sequence[Mapping[str, Any]],
    by: str,
    *,
    parts: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
    whole_parts: bool = False,
) -> Written:
    """The same without the feed: the caller publishes `entries` at the end of its transaction."""
    shape, told = SHAPES[kind], Written()
    staged = bool(rows)
    if staged:
        columns = ("scope", *rows[0])
        queries.stage(
            conn, shape.table, columns, ({"scope": scope_of(kind, row), **row} for row in rows)
        )
    touched: set[str] = set()
    late: list[tuple[Table, tuple[str, ...], list[Mapping[str, Any]]]] = []
    for name, given in (parts or {}).items():
        table, keys = shape.parts[name]
        late.append((table, keys, list(given)))
    entries: list[Entry] = []
    written: list[tuple[str, str, bool]] = []
    if staged:
        left = queries.moved(conn, shape.table, cell, shape.key)
        entries += [Entry(scope, kind, key, "gone") for key, scope in left]
        written = queries.upsert(
            conn, shape.table, cell, shape.key, columns, by=by, birth=_birth(shape, rows[0]),
            begun={name: text for name, text in shape.begun.items() if name not in rows[0]},
            settled=shape.settled, quiet=shape.quiet, touched=(), order=shape.order or (shape.key,),
        )  # fmt: skip
    for table, keys, given_rows in late:
        touched.update(_write_parts(conn, cell, table, keys, given_rows, whole_parts))
    done = {key for key, _, _ in written}
    bumped = queries.touch(conn, shape.table, cell, shape.key, sorted(touched - done), by)
    told.new = sum(new for _, _, new in written)
    told.changed = len(written) - told.new + len(bumped)
    told.same = max(len(rows) - len(written) - len(bumped), 0)
    told.keys = [key for key, _, _ in (*written, *bumped)]
    told.entries = entries + [Entry(scope, kind, key) for key, scope, _ in (*written, *bumped)]
    return told


def _birth(shape: Shape, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shape.birth.items() if name not in row}


def _write_parts(
    conn: Connection,
    cell: int,
    table: Table,
    keys: tuple[str, ...],
    rows: list[Mapping[str, Any]],
    whole: bool,
) -> list[str]:
    if not rows:
        return []
    columns = tuple(rows[0])
    queries.stage(conn, table, columns, rows)
    touched = queries.upsert_parts(conn, table, cell, keys, columns, {})
    return touched + (queries.delete_parts(conn, table, cell, keys) if whole else [])


def remove(conn: Connection, cell: int, kind: str, keys: Sequence[str]) -> int:
    """Delete rows of one kind and tell handhelds they are gone. Returns how many there were."""
    shape = SHAPES[kind]
    dead = queries.remove(conn, shape.table, cell, shape.key, keys)
    return publish(conn, cell, [Entry(scope, kind, key, "gone") for key, scope in dead])


def publish_stock(conn: Connection) -> int:
    """Tell handhelds what reservations have done to availability; returns rows told.

    Pushes move `stock.reserved` all day; this runs every few seconds and tells the sum.
    """
    by_cell: dict[int, list[Entry]] = {}
    for cell, key, scope in queries.publish_stock(conn):
        by_cell.setdefault(cell, []).append(Entry(scope, "stock", key))
    return sum(publish(conn, cell, by_cell[cell]) for cell in sorted(by_cell))
