"""Compares what is at rest with what handhelds are told, and every sum with its parts.

    auditor = Auditor(world)
    ... anything that writes ...
    assert auditor.look() == []

Each look also compares with the look before: a row that changed on the wire must have a newer
entry, and an entry must tell something.
"""

from collections import Counter
from typing import Any

import msgspec

from schemas.versions import NEWEST
from sync.queries import pull as pulled
from sync.write import SHAPES
from tests.world import CELL, World

Row = tuple[int, str, str, str]  # cell, kind, key, scope

SUMS = {
    "stock.reserved": """
        SELECT s.cell || ' ' || s.warehouse || ' ' || s.product, s.reserved, coalesce(l.kept, 0)
        FROM stock s LEFT JOIN (
            SELECT o.cell, o.stock_owner, l.product, sum(l.reserved) AS kept FROM order_line l
            JOIN orders o ON o.cell = l.cell AND o.id = l.order_id GROUP BY 1, 2, 3) l
        ON l.cell = s.cell AND l.stock_owner = s.warehouse AND l.product = s.product""",
    "reserved without stock": """
        SELECT l.order_id::text, 0, sum(l.reserved) FROM order_line l
        JOIN orders o ON o.cell = l.cell AND o.id = l.order_id
        WHERE NOT EXISTS (SELECT FROM stock s WHERE s.cell = o.cell AND s.product = l.product
            AND s.warehouse = o.stock_owner) GROUP BY 1""",
    "credit_account.ordered_minor": """
        SELECT c.store::text, c.ordered_minor, coalesce(sum(o.exposure_minor), 0)
        FROM credit_account c LEFT JOIN orders o ON o.cell = c.cell AND o.store = c.store
        GROUP BY c.cell, c.store, c.ordered_minor""",
    "promotion.used_minor": """
        SELECT p.id::text, p.used_minor, coalesce(sum((c.value)::int8), 0) FROM promotion p
        LEFT JOIN (SELECT t.key, t.value FROM orders o, jsonb_each_text(o.caps) t) c
        ON c.key = p.id::text GROUP BY p.cell, p.id, p.used_minor""",
    "lines without their order": """
        SELECT l.order_id::text, 0, count(*) FROM order_line l WHERE NOT EXISTS (
            SELECT FROM orders o WHERE o.cell = l.cell AND o.id = l.order_id) GROUP BY 1""",
    "orders.net_minor": """
        SELECT o.id::text, o.net_minor, coalesce(sum(l.net_minor), 0) FROM orders o
        LEFT JOIN order_line l ON l.cell = o.cell AND l.order_id = o.id
        GROUP BY o.cell, o.id, o.net_minor""",
    "credit_account.open_minor": """
        SELECT c.store::text, c.open_minor, coalesce(sum(i.open_minor), 0) FROM credit_account c
        LEFT JOIN open_item i ON i.cell = c.cell AND i.store = c.store AND i.kind <> 'on_account'
        GROUP BY c.cell, c.store, c.open_minor""",
    "credit_account.on_account_minor": """
        SELECT c.store::text, c.on_account_minor, coalesce(sum(i.open_minor), 0)
        FROM credit_account c
        LEFT JOIN open_item i ON i.cell = c.cell AND i.store = c.store AND i.kind = 'on_account'
        GROUP BY c.cell, c.store, c.on_account_minor""",
    "credit_account.collected_minor": """
        SELECT c.store::text, c.collected_minor, coalesce(sum(k.amount_minor), 0)
        FROM credit_account c LEFT JOIN collection k ON k.cell = c.cell AND k.store = c.store
          AND k.method <> 'cheque' AND k.state IN ('received', 'handed_in') AND k.amount_minor > 0
          AND k.currency = (
            SELECT coalesce(l.currency, co.currency) FROM store s
            JOIN cell f ON f.cell = s.cell JOIN company co ON co.id = f.company
            LEFT JOIN price_list l ON l.code = s.price_list AND l.cell IN (
                SELECT own.cell FROM cell own WHERE own.company = f.company)
            WHERE s.cell = c.cell AND s.id = c.store)
        GROUP BY c.cell, c.store, c.collected_minor""",
    "posted money": """
        SELECT k.number, k.amount_minor, k.on_account_minor + coalesce((
            SELECT sum((a ->> 1)::int8) FROM jsonb_array_elements(k.applied) a), 0)
        FROM collection k WHERE k.state = 'posted'""",
    "receipts that made a collection": """
        SELECT k.id::text, 1, count(r.change) FROM collection k LEFT JOIN receipt r
        ON r.cell = k.cell AND r.subject = 'collection/' || k.id AND r.device = k.device
        AND r.verdict::json #>> '{refs,collection}' = k.id::text GROUP BY k.cell, k.id""",
    "collections under one id": "SELECT id::text, 1, count(*) FROM collection GROUP BY id",
    "deliveries of an order": """
        SELECT o.id::text, count(d.id),
               CASE WHEN o.state = 'held' THEN 0
                    WHEN o.state IN ('rejected', 'cancelled') THEN count(d.id)
                    ELSE (SELECT count(*) FROM delivery_target WHERE enabled) END
        FROM orders o LEFT JOIN delivery d ON d.cell = o.cell AND d.order_id = o.id
          AND d.revision = o.revision
        GROUP BY o.cell, o.id, o.state""",
    "receipts that made an order": """
        SELECT o.id::text, 1, count(r.change) FROM orders o LEFT JOIN receipt r
        ON r.cell = o.cell AND r.subject = 'order/' || o.id AND r.device = o.device
        AND r.verdict::json #>> '{refs,order}' = o.id::text GROUP BY o.cell, o.id""",
    "caps of an ended order": """
        SELECT o.id::text, (SELECT count(*) FROM jsonb_object_keys(o.caps)), 0 FROM orders o
        WHERE o.state IN ('rejected', 'cancelled')""",
    "a budget beyond its end": """
        SELECT p.id::text, sum((t.value)::int8) > p.cap_minor, false
        FROM promotion p, promotion v, orders o, jsonb_each_text(o.caps) t
        WHERE p.cap_minor IS NOT NULL AND t.key = v.id::text AND o.released = '{}'
        AND v.cell = p.cell AND (v.id = p.id OR v.code = p.code)
        AND NOT EXISTS (SELECT FROM promotion n WHERE n.cell = p.cell AND n.code = p.code
            AND n.id > p.id)
        AND NOT EXISTS (SELECT FROM audit a WHERE a.subject = 'order/' || o.id
            AND a.action = 'order.overridden') GROUP BY p.cell, p.id""",
    "deliveries that ask for a change": """
        SELECT c.id::text, EXISTS (SELECT FROM delivery d WHERE d.cell = c.cell
            AND d.order_id = c.order_id AND d.revision = c.revision
            AND d.state <> 'acknowledged'), true FROM order_change c WHERE c.state = 'asked'""",
    "orders under one id": "SELECT id::text, 1, count(*) FROM orders GROUP BY id",
}
"""What each figure is, and what it must be: (which, is, should be)."""

MADE = {
    **{"order": "orders", "visit": "visit", "card": "visit_card", "plan_stop": "plan_stop"},
    "collection": "collection",
}


def rows_at_rest(world: World) -> dict[Row, str]:
    """Each replicated row of a database as it travels."""
    found = {}
    for kind, shape in SHAPES.items():
        for cell, key, scope, value in world.rows(
            f"SELECT cell, {shape.key}::text, scope, {pulled.row_text(kind, NEWEST)}"
            f" FROM {shape.table.name} t"
        ):
            found[cell, kind, key, scope] = value
    return found


class Auditor:
    """Looks at a whole database; remembers what it saw."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: dict[Row, str] = {}
        self.places: dict[Row, int] = {}
        self.stores: dict[str, str] = {}
        self.look()

    def look(self) -> list[str]:
        """Everything that is wrong, in words; empty = nothing."""
        rows, entries = rows_at_rest(self.world), self._entries()
        places = {row: pos for row, (pos, act) in entries.items() if act == "put"}
        wrong = [f"no entry for {row}" for row in rows.keys() - places.keys()]
        wrong += [f"an entry without its row: {row}" for row in places.keys() - rows.keys()]
        for row, value in rows.items():
            moved = places.get(row, 0) != self.places.get(row, 0)
            if moved and self.rows.get(row) == value:
                wrong.append(f"an entry that tells nothing: {row}")
            if not moved and self.rows.get(row, value) != value:
                wrong.append(f"changed without an entry: {row}\n{self.rows[row]}\n{value}")
        for row in self.rows.keys() - rows.keys():
            if entries.get(row, (0, ""))[1] != "gone":
                wrong.append(f"gone without an entry: {row}")
        self.rows, self.places = rows, places
        return wrong + self._sums() + self._receipts() + self._feeds() + self._homes()

    def _entries(self) -> dict[Row, tuple[int, str]]:
        sql = "SELECT cell, kind, key, scope, pos, act FROM entry WHERE kind <> 'grant'"
        return {tuple(row[:4]): (row[4], row[5]) for row in self.world.rows(sql)}

    def _sums(self) -> list[str]:
        return [
            f"{name} of {which} is {stands}, should be {should}"
            for name, sql in SUMS.items()
            for which, stands, should in self.world.rows(sql)
            if stands != should
        ]

    def _receipts(self) -> list[str]:
        """A receipt says what was done exactly when it was done."""
        wrong, told = [], Counter[tuple[str, str]]()
        for outcome, body, text in self.world.rows("SELECT outcome, body, verdict FROM receipt"):
            verdict = msgspec.json.decode(text)
            if verdict["outcome"] != outcome and outcome != "applied":
                wrong.append(f"receipt and verdict of {verdict['id']} differ")
            if outcome == "waiting" and body is None:
                wrong.append(f"{verdict['id']} waits and is not kept")
            told.update((kind, key) for kind, key in verdict["refs"].items())
        for kind, table in MADE.items():
            there = {row[0] for row in self.world.rows(f"SELECT id::text FROM {table}")}
            named = {key for made, key in told if made == kind}
            wrong += [f"{kind} {key} was never told of" for key in there - named]
            wrong += [f"{kind} {key} was told of and is not there" for key in named - there]
        return wrong

    def _homes(self) -> list[str]:
        """An order stays with its store, unless that one was merged into another."""
        found = "SELECT id::text, merged_into::text FROM store WHERE merged_into IS NOT NULL"
        merged = {tuple(row) for row in self.world.rows(found)}
        stores = dict(self.world.rows("SELECT id::text, store::text FROM orders"))
        before, self.stores = self.stores, stores
        return [
            f"order {order} went from store {before[order]} to {store}"
            for order, store in stores.items()
            if before.get(order, store) != store and (before[order], store) not in merged
        ]

    def _feeds(self) -> list[str]:
        """No number twice, and none above the head."""
        sql = """SELECT e.cell, count(*), count(DISTINCT e.pos), max(e.pos) <= max(f.pos)
                 FROM entry e JOIN feed f ON f.cell = e.cell GROUP BY e.cell"""
        return [
            f"the feed of cell {cell} counts wrongly"
            for cell, entries, places, below in self.world.rows(sql)
            if entries != places or not below
        ]


def carried(world: World, rep: str) -> dict[str, dict[str, Any]]:
    """What a rep's handhelds should hold: rows[kind][id] -> row, by the grants; of what is the
    rep's own, what the depots keep that serve a store of the rep's."""
    scopes = world.rows(
        "SELECT scope_cell, scope FROM scope_grant WHERE rep = %s AND NOT told_end", rep
    )
    kinds = dict(world.rows("SELECT cell, kind FROM cell"))
    own = {(cell, f"rep:{rep}") for cell, _ in [*scopes, (CELL, "")] if kinds[cell] == "field"}
    held = {*scopes, *own, *((cell, "company") for cell in kinds if kinds[cell] == "company")}
    found: dict[str, dict[str, Any]] = {}
    for (cell, kind, key, scope), value in Auditor(world).rows.items():
        if (cell, scope) in held:
            found.setdefault(kind, {})[key] = msgspec.json.decode(value)
    return found
