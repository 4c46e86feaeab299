"""SQL of a store that goes to another cell: what hangs on it is written there and deleted here.

A cell may one day be another machine: a row is inserted there, with its id, and deleted here.
"""

from collections.abc import Sequence
from typing import LiteralString

from psycopg import sql
from sqlalchemy import Connection, Table

from schemas.tables import company, exchange, field, life, money, office, trade
from sync.queries.driver import driver, execute

_OF_STORE = "t.store = ANY(%(stores)s::uuid[])"
_OF_ORDER = """t.order_id IN (SELECT id FROM orders WHERE cell = %(old)s
                   AND store = ANY(%(stores)s::uuid[]))"""
_ITEM = f"""({_OF_STORE} OR {_OF_ORDER})
            AND coalesce(t.subject, '') NOT LIKE 'plan_stop/%%'"""
"""Items about the plan of a rep's day stay where the plan is: in the rep's own cell."""
_SUBJECTS = """t.subject IN (
    SELECT 'store/' || s FROM unnest(%(stores)s::text[]) s
    UNION ALL SELECT 'order/' || id FROM orders
        WHERE cell = %(old)s AND store = ANY(%(stores)s::uuid[])
    UNION ALL SELECT 'visit/' || id FROM visit
        WHERE cell = %(old)s AND store = ANY(%(stores)s::uuid[])
    UNION ALL SELECT 'card/' || id FROM visit_card
        WHERE cell = %(old)s AND store = ANY(%(stores)s::uuid[])
    UNION ALL SELECT 'contact/' || id FROM contact
        WHERE cell = %(old)s AND store = ANY(%(stores)s::uuid[])
    UNION ALL SELECT 'collection/' || id FROM collection
        WHERE cell = %(old)s AND store = ANY(%(stores)s::uuid[]))"""
_OTHERS = " AND ".join(
    f"""NOT EXISTS (SELECT FROM {table} o WHERE o.cell = %(old)s AND t.subject = '{kind}/' || o.id
                    AND o.store <> ALL(%(stores)s::uuid[]))"""
    for kind, table in (("order", "orders"), ("visit", "visit"), ("card", "visit_card"))
)
_SENT = "convert_from(t.body, 'UTF8')::json"
_ABOUT = f"""coalesce({_SENT} #>> '{{body,store}}',
        CASE t.kind WHEN 'store' THEN {_SENT} #>> '{{body,id}}' END) = ANY(%(stores)s::text[])"""
_REUSED = f"""CASE WHEN t.outcome = 'held' AND t.body IS NOT NULL AND t.subject IN (
        SELECT subject FROM conflict WHERE cell = %(old)s AND rule = 'id_reused')
    THEN {_SENT} ->> 'id' <> t.change::text ELSE false END"""
"""What came under a used id has a receipt of its own; it goes with the store it was sent for."""
_RECEIPT = f"""(CASE WHEN {_REUSED} THEN t.kind <> 'plan_stop' AND {_ABOUT} ELSE {_SUBJECTS}
    OR t.outcome = 'held' AND t.change IN (
        SELECT t.change FROM conflict t WHERE t.cell = %(old)s AND t.change IS NOT NULL AND {_ITEM})
        AND {_OTHERS}
    OR t.outcome = 'waiting' AND t.body IS NOT NULL AND t.kind <> 'plan_stop' AND {_ABOUT} END)"""
"""What was answered about its rows, what is held of it without a row, and what waits for it."""
_ITEMS = """t.subject IN (SELECT 'item/' || t.id FROM conflict t WHERE t.cell = %(old)s AND {})"""

GOES: tuple[tuple[Table, LiteralString], ...] = (
    (trade.store, "t.id = ANY(%(stores)s::uuid[])"),
    (trade.contact, _OF_STORE),
    (trade.credit_account, _OF_STORE),
    (trade.open_item, _OF_STORE),
    (field.visit, _OF_STORE),
    (field.visit_card, _OF_STORE),
    (field.orders, _OF_STORE),
    (field.order_line, _OF_ORDER),
    (money.collection, _OF_STORE),
    (exchange.delivery, _OF_ORDER),
    (
        exchange.delivery_attempt,
        f"""t.delivery IN (SELECT t.id FROM delivery t WHERE t.cell = %(old)s AND {_OF_ORDER})""",
    ),
    (life.status_update, _OF_ORDER),
    (life.order_change, _OF_ORDER),
    (exchange.receipt, _RECEIPT),
    (exchange.conflict, _ITEM),
    (company.assignment, _OF_STORE),
    (office.audit, f"({_SUBJECTS} OR {_ITEMS.format(_ITEM)})"),
)
"""Each table of which rows go with a store, and which; parents before their parts."""

TOUCHED: dict[str, LiteralString] = {"version": "t.version + 1", "changed_by": "%(by)s"}
CHANGES: dict[tuple[str, str], LiteralString] = {
    ("receipt", "n"): """CASE WHEN NOT EXISTS (SELECT FROM receipt o WHERE o.cell = %(new)s
        AND o.device = t.device AND o.n = t.n) THEN t.n END""",
}
"""Columns that do not go as they are. A number that two changes had in two cells is the first's."""

STAYS = {
    "photo": "its row is in the cell of the handheld that took it, and names the store",
    "plan_visit": "of plans not published, which ask where the store is now",
    "plan_stop": "the plan of a rep is in the rep's own cell, wherever the stores are",
    **dict.fromkeys(("policy", "promotion"), "the company's cell has it, and names the store"),
    "reconciliation_line": "the company's cell has it; it is told where the order is now",
    "stock": "goods do not move with a store; of promises see sync/moving/relocate.py",
}
"""Tables that speak of stores or orders and whose rows stay, and why."""


def with_merged(conn: Connection, cell: int, stores: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return (id, code, status) of stores and those merged into them, by id; locks nothing."""
    return execute(
        conn,
        """WITH RECURSIVE found AS (
               SELECT cell, id, code, status FROM store
               WHERE cell = %(cell)s AND id = ANY(%(stores)s::uuid[])
               UNION SELECT s.cell, s.id, s.code, s.status FROM store s
               JOIN found f ON s.cell = f.cell AND s.merged_into = f.id)
           SELECT id::text, code, status FROM found ORDER BY id""",
        {"cell": cell, "stores": list(stores)},
    ).fetchall()


def lock_stores(conn: Connection, cell: int, stores: Sequence[str]) -> list[tuple[str, str, str]]:
    """Lock stores and those merged into them, in one order; return (id, code, status) of each."""
    return execute(
        conn,
        """SELECT id::text, code, status FROM store WHERE cell = %s AND id = ANY(%s::uuid[])
           ORDER BY id FOR UPDATE""",
        [cell, [row[0] for row in with_merged(conn, cell, stores)]],
    ).fetchall()


def hold_stores(conn: Connection, cell: int, stores: Sequence[str]) -> set[str]:
    """Keep stores in this cell until commit; return those that are in it."""
    rows = execute(
        conn,
        """SELECT id::text FROM store WHERE cell = %s AND id = ANY(%s::uuid[])
           ORDER BY id FOR KEY SHARE""",
        [cell, list(stores)],
    )
    return {row[0] for row in rows}


def keep_loads_out(conn: Connection, cell: int) -> bool:
    """Whether nothing is being loaded that finds stores in their cells; until commit nothing will
    (server/feeds/queries.py takes the same locks)."""
    row = execute(
        conn,
        """SELECT bool_and(pg_try_advisory_xact_lock(
               hashtext('talaria load ' || feed), hashtext(c.company::text)))
           FROM cell c, unnest(ARRAY['stores', 'receivables', 'orders']) feed WHERE c.cell = %s""",
        [cell],
    ).fetchone()
    return row is None or bool(row[0])


def is_depot(conn: Connection, old: int, new: int) -> bool:
    """Whether `new` is a depot of the company that cell `old` belongs to."""
    row = execute(
        conn,
        """SELECT FROM cell a JOIN cell b ON b.company = a.company
           WHERE a.cell = %s AND b.cell = %s AND b.kind = 'field'""",
        [old, new],
    ).fetchone()
    return row is not None


def warehouses(conn: Connection, cell: int) -> list[str]:
    rows = execute(conn, "SELECT code FROM warehouse WHERE cell = %s ORDER BY code", [cell])
    return [row[0] for row in rows]


def codes_taken(conn: Connection, cell: int, codes: Sequence[str]) -> list[str]:
    rows = execute(
        conn,
        "SELECT code FROM store WHERE cell = %s AND code = ANY(%s) ORDER BY code",
        [cell, list(codes)],
    )
    return [row[0] for row in rows]


def lock_orders(conn: Connection, cell: int, stores: Sequence[str]) -> None:
    execute(
        conn,
        """SELECT FROM orders WHERE cell = %s AND store = ANY(%s::uuid[])
           ORDER BY id FOR UPDATE""",
        [cell, list(stores)],
    )


def being_sent(conn: Connection, cell: int, stores: Sequence[str]) -> int:
    """Lock the deliveries of stores; return how many are on the wire at this moment."""
    rows = execute(
        conn,
        """SELECT state = 'sending' AND lease_until > clock_timestamp() FROM delivery
           WHERE cell = %s AND order_id IN (
               SELECT id FROM orders WHERE cell = %s AND store = ANY(%s::uuid[]))
           ORDER BY id FOR UPDATE""",
        [cell, cell, list(stores)],
    )
    return sum(bool(row[0]) for row in rows)


def kept(
    conn: Connection, cell: int, stores: Sequence[str], here: Sequence[str]
) -> list[tuple[bool, str, str, int]]:
    """Return (is still with us, warehouse, product, each) of what orders of stores keep of stock.
    here: the states of orders that no delivery system has yet."""
    return execute(
        conn,
        """SELECT o.state = ANY(%s), o.stock_owner, l.product, sum(l.reserved)::int8
           FROM orders o JOIN order_line l ON l.cell = o.cell AND l.order_id = o.id
           WHERE o.cell = %s AND o.store = ANY(%s::uuid[]) AND l.reserved > 0
           GROUP BY 1, 2, 3 ORDER BY 2, 3, 1""",
        [list(here), cell, list(stores)],
    ).fetchall()


def allocate(conn: Connection, cell: int, rows: Sequence[tuple[str, str, int]]) -> None:
    """Count (warehouse, product, each) as allocated by the warehouse itself."""
    for warehouse, product, each in rows:
        execute(
            conn,
            """UPDATE stock SET allocated = allocated + %s
               WHERE cell = %s AND warehouse = %s AND product = %s""",
            [each, cell, warehouse, product],
        )


def products_of(conn: Connection, cell: int, warehouse: str) -> set[str]:
    rows = execute(
        conn, "SELECT product FROM stock WHERE cell = %s AND warehouse = %s", [cell, warehouse]
    )
    return {row[0] for row in rows}


def keys_in(
    conn: Connection, table: Table, key: str, cell: int, stores: Sequence[str]
) -> list[tuple[str, str]]:
    """Return (key, scope) of the rows of a table that go with stores."""
    where = {one.name: text for one, text in GOES}[table.name]
    query = sql.SQL("SELECT t.{}::text, t.scope FROM {} t WHERE t.cell = %(old)s AND ").format(
        sql.Identifier(key), sql.Identifier(table.name)
    )
    args = {"old": cell, "stores": list(stores)}
    return driver(conn).execute(query + sql.SQL(where), args).fetchall()


def go(conn: Connection, old: int, new: int, stores: Sequence[str], by: str) -> dict[str, int]:
    """Write all that hangs on stores in the new cell and delete it in the old; rows by table.

    Each row is locked as it is read: who is changing it is waited for, and no change is lost."""
    args = {"old": old, "new": new, "by": by, "stores": list(stores)}
    raw = driver(conn)
    found = {table.name: raw.execute(_copy(table, where, True), args).rowcount
             for table, where in GOES}  # fmt: skip
    for table, where in _last_first():
        raw.execute(_delete(table, where), args)
    return found


def go_for_show(
    conn: Connection, old: int, new: int, stores: Sequence[str], warehouse: str, by: str
) -> None:
    """Write what decides who carries these stores as if they were in the new cell, for a
    transaction that is rolled back. Locks assignments and no row that a push or a pull needs."""
    args = {"old": old, "new": new, "by": by, "stores": list(stores), "warehouse": warehouse}
    raw, where = driver(conn), {table.name: text for table, text in GOES}
    for table in (trade.store, company.assignment):
        raw.execute(_copy(table, where[table.name], False), args)
    raw.execute(_delete(company.assignment, where["assignment"]), args)
    execute(conn, _SERVED, args)


def _copy(table: Table, where: LiteralString, lock: bool) -> sql.Composed:
    names = [column.name for column in table.columns if column.name != "cell"]
    values = [
        sql.SQL(CHANGES[table.name, name] if (table.name, name) in CHANGES else TOUCHED[name])
        if (table.name, name) in CHANGES or (name in TOUCHED and "scope" in names)
        else sql.SQL("t.{}").format(sql.Identifier(name))
        for name in names
    ]
    return sql.SQL(
        "INSERT INTO {table} (cell, {names}) SELECT %(new)s, {values} FROM ("
        "SELECT * FROM {table} t WHERE t.cell = %(old)s AND {where} {lock}) t"
    ).format(
        where=sql.SQL(where),
        table=sql.Identifier(table.name),
        names=sql.SQL(", ").join(map(sql.Identifier, names)),
        values=sql.SQL(", ").join(values),
        lock=sql.SQL("FOR UPDATE" if lock else ""),
    )


def _delete(table: Table, where: LiteralString) -> sql.Composed:
    query = sql.SQL("DELETE FROM {} t WHERE t.cell = %(old)s AND ")
    return query.format(sql.Identifier(table.name)) + sql.SQL(where)


def _last_first() -> list[tuple[Table, LiteralString]]:
    """What names a row by what hangs on it goes before it."""
    first = ("audit", "receipt", "conflict")
    return [one for name in first for one in GOES if one[0].name == name] + [
        one for one in reversed(GOES) if one[0].name not in first
    ]


_SERVED = """UPDATE store SET warehouse = %(warehouse)s
    WHERE cell = %(new)s AND id = ANY(%(stores)s::uuid[])"""


def settle_in(
    conn: Connection, old: int, new: int, stores: Sequence[str], warehouse: str,
    here: Sequence[str], still: Sequence[str],
) -> None:  # fmt: skip
    """Let what arrived be served by its new warehouse.

    here: states of orders that no delivery system has. still: of those that may keep stock again.
    """
    args = {
        "old": old, "new": new, "stores": list(stores), "warehouse": warehouse,
        "here": list(here), "still": list(still),
    }  # fmt: skip
    for statement in (
        _SERVED,
        """UPDATE order_line l SET reserved = 0, base = CASE WHEN l.base IS NULL THEN NULL
               ELSE jsonb_set(l.base, '{kept}', '0') END
           FROM orders o WHERE o.cell = %(new)s AND o.store = ANY(%(stores)s::uuid[])
             AND o.state <> ALL(%(here)s) AND l.cell = o.cell AND l.order_id = o.id
             AND (l.reserved > 0 OR (l.base ->> 'kept')::int > 0)""",
        """UPDATE orders SET stock_owner = %(warehouse)s
           WHERE cell = %(new)s AND store = ANY(%(stores)s::uuid[]) AND state = ANY(%(still)s)""",
        """UPDATE order_change c
           SET proposal = jsonb_set(proposal, '{order,stock_owner}', to_jsonb(%(warehouse)s::text))
           FROM orders o WHERE o.cell = %(new)s AND o.store = ANY(%(stores)s::uuid[])
             AND c.cell = o.cell AND c.order_id = o.id AND c.state IN ('office', 'asked')
             AND c.proposal #> '{order,stock_owner}' IS NOT NULL""",
        """UPDATE reconciliation_line SET order_cell = %(new)s
           WHERE order_cell = %(old)s AND order_id IN (
               SELECT id FROM orders WHERE cell = %(new)s AND store = ANY(%(stores)s::uuid[]))""",
    ):
        execute(conn, statement, args)


def reps_of(
    conn: Connection, old: int, new: int, stores: Sequence[str], scopes: Sequence[str]
) -> list[tuple[int, str]]:
    """Return (home cell, rep) of those who carry these stores, or to whom items went with them."""
    return execute(
        conn,
        """SELECT DISTINCT u.cell, u.code FROM cell c JOIN app_user u ON u.company = c.company
           WHERE c.cell = %(new)s AND (
               'rep:' || u.code = ANY(%(own)s)
               OR EXISTS (SELECT FROM assignment a WHERE a.cell = %(new)s AND a.rep = u.code
                          AND a.store = ANY(%(stores)s::uuid[]))
               OR EXISTS (SELECT FROM scope_grant g WHERE g.cell = u.cell AND g.rep = u.code
                          AND g.scope_cell = %(old)s AND g.scope = ANY(%(scopes)s)
                          AND NOT g.told_end))
           ORDER BY 1, 2""",
        {
            "old": old, "new": new, "stores": list(stores), "own": list(scopes),
            "scopes": [f"st:{store}" for store in stores],
        },
    ).fetchall()  # fmt: skip
