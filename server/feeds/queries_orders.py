"""SQL of orders of the past: two staging tables, their faults, and what differs from what is there.

The staging tables are temporary and outlive transactions, because a history is written in parts:

    feed_order, feed_line        rows as read, whose texts and values are sound
    feed_order_ready             one row a header: its store, its order if it is there, its fault
    feed_line_ready              one row a line, in order of header and number, with its fault
    feed_todo                    what to do: seq of a header, whether it is new
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, LiteralString, NamedTuple

from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import Connection

from server.database import driver

TABLES = ("feed_order", "feed_line", "feed_order_ready", "feed_line_ready", "feed_todo")
ORDER = ("line", "number", "store", "captured_at", "type", "state", "rep", "deliver_on", "po_no",
         "external_no", "net_minor")  # fmt: skip
LINE = ("file", "line", "number", "n", "product", "quantity", "amount_minor")


def lock(conn: Connection, company: str) -> bool:
    """Take the one place of a load of orders for this company, on this connection; False = taken.

    Not for one transaction but for the run, which is many.
    """
    query = "SELECT pg_try_advisory_lock(hashtext('talaria load orders'), hashtext(%s))"
    row = driver(conn).execute(query, [company]).fetchone()
    return bool(row and row[0])


def unlock(conn: Connection, company: str) -> None:
    """Give the place back."""
    query = "SELECT pg_advisory_unlock(hashtext('talaria load orders'), hashtext(%s))"
    driver(conn).execute(query, [company])


def drop(conn: Connection) -> None:
    """Remove the staging tables, of this run or of one that ended badly on this connection."""
    for table in TABLES:
        driver(conn).execute(
            sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(sql.Identifier(table))
        )


def create(conn: Connection) -> None:
    """Make the empty staging tables."""
    drop(conn)
    driver(conn).execute(
        """CREATE TEMP TABLE feed_order (line int, number text, store text,
               captured_at timestamptz, type text, state text, rep text, deliver_on date,
               po_no text, external_no text, net_minor bigint)"""
    )
    driver(conn).execute(
        """CREATE TEMP TABLE feed_line (file smallint, line int, number text, n smallint,
               product text, quantity int, amount_minor bigint)"""
    )


def fill(conn: Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into feed_order or feed_line, one at a time as they are read."""
    columns = ORDER if table == "feed_order" else LINE
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with driver(conn).cursor().copy(copy) as out:
        for row in rows:
            out.write_row(row)
    driver(conn).execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def resolve(conn: Connection, own_cell: int, cells: Sequence[int], with_lines: bool) -> None:
    """Find stores, products and orders that are there already, and the fault of each row."""
    raw = driver(conn)
    raw.execute("SET LOCAL work_mem = '128MB'")
    raw.execute(
        """CREATE TEMP TABLE feed_order_ready AS
           SELECT row_number() OVER (ORDER BY f.line) AS seq, f.*, s.cell, s.id AS store_id,
               s.warehouse, o.id AS order_id,
               CASE WHEN s.id IS NULL THEN 'store'
                    WHEN row_number() OVER (PARTITION BY f.number ORDER BY f.line) > 1
                    THEN 'twice' END AS fault
           FROM feed_order f
           LEFT JOIN store s ON s.cell = ANY(%s) AND s.code = f.store
           LEFT JOIN LATERAL (
               SELECT id FROM orders WHERE orders.cell = s.cell AND orders.number = f.number
                   AND orders.device IS NULL ORDER BY id LIMIT 1) o ON true""",
        [list(cells)],
    )
    raw.execute("CREATE INDEX ON feed_order_ready (seq)")
    raw.execute("ANALYZE feed_order_ready")
    if not with_lines:
        return
    raw.execute(
        """CREATE TEMP TABLE feed_line_ready AS
           SELECT r.seq, r.order_id, r.cell, l.*,
               CASE WHEN r.seq IS NULL THEN 'order'
                    WHEN p.code IS NULL THEN 'product'
                    WHEN l.quantity = 0 OR (l.quantity < 0) <> (r.type = 'return')
                         OR l.quantity::bigint * l.amount_minor < 0 THEN 'sign'
                    WHEN lag(l.n) OVER (PARTITION BY l.number ORDER BY l.n, l.file, l.line) = l.n
                    THEN 'twice' END AS fault
           FROM feed_line l
           LEFT JOIN feed_order_ready r ON r.number = l.number AND r.fault IS NULL
           LEFT JOIN product p ON p.cell = %s AND p.code = l.product
           ORDER BY r.seq, l.n""",
        [own_cell],
    )
    raw.execute("DROP TABLE feed_line")
    raw.execute("CREATE INDEX ON feed_line_ready (seq)")
    raw.execute("ANALYZE feed_line_ready")
    raw.execute(
        """UPDATE feed_order_ready r SET fault = CASE
               WHEN EXISTS (SELECT 1 FROM feed_line_ready l WHERE l.seq = r.seq) THEN 'lines'
               ELSE 'no_lines' END
           WHERE fault IS NULL AND order_id IS NULL AND NOT EXISTS (
               SELECT 1 FROM feed_line_ready l WHERE l.seq = r.seq AND l.fault IS NULL)"""
    )


def faulty_orders(conn: Connection) -> Iterator[tuple[int, str, str, str]]:
    """(line, fault, number, store) of every header that cannot be loaded, in order."""
    yield from _stream(
        conn,
        "SELECT line, fault, number, store FROM feed_order_ready WHERE fault IS NOT NULL"
        " ORDER BY line",
    )


def faulty_lines(conn: Connection) -> Iterator[tuple[int, int, str, str, str, int]]:
    """(file, line, fault, number, product, quantity) of every line that cannot be loaded."""
    yield from _stream(
        conn,
        "SELECT file, line, fault, number, product, quantity FROM feed_line_ready"
        " WHERE fault IS NOT NULL ORDER BY file, line",
    )


def _stream(conn: Connection, query: LiteralString) -> Iterator[Any]:
    """A query read as it comes: there may be millions of rows. Named cursors live on the server."""
    with driver(conn).cursor("feed_rejects") as cursor:
        cursor.itersize = 5_000
        yield from cursor.execute(query)


_HEADER_DIFFERS = """
    ROW(o.store, o.captured_at, coalesce(r.type, o.type), coalesce(r.state, o.state),
        coalesce(r.rep, o.rep), coalesce(r.deliver_on, o.deliver_on), coalesce(r.po_no, o.po_no),
        coalesce(r.external_no, o.external_no))
    IS DISTINCT FROM
    ROW(r.store_id, r.captured_at, o.type, o.state, o.rep, o.deliver_on, o.po_no, o.external_no)
    OR coalesce(r.net_minor, o.net_minor) <> o.net_minor
"""

_LINES_DIFFER = """
    UNION SELECT coalesce(f.seq, o.seq) AS seq
    FROM (SELECT * FROM feed_line_ready WHERE fault IS NULL AND order_id IS NOT NULL) f
    FULL JOIN (
        SELECT r.seq, l.order_id, l.n, l.product, l.ordered, l.net_minor
        FROM feed_order_ready r JOIN order_line l ON l.cell = r.cell AND l.order_id = r.order_id
        WHERE r.fault IS NULL AND EXISTS (
            SELECT 1 FROM feed_line_ready x WHERE x.seq = r.seq AND x.fault IS NULL)
    ) o ON o.order_id = f.order_id AND o.n = f.n
    WHERE ROW(f.product, f.quantity, f.amount_minor)
        IS DISTINCT FROM ROW(o.product, o.ordered, o.net_minor)
"""


def compare(conn: Connection, with_lines: bool) -> tuple[int, int, int]:
    """Make feed_todo; return how many orders are new, changed and the same."""
    raw = driver(conn)
    raw.execute("SET LOCAL work_mem = '128MB'")
    lines = sql.SQL(_LINES_DIFFER if with_lines else "")
    raw.execute(
        sql.SQL(
            """CREATE TEMP TABLE feed_todo AS
               SELECT seq, true AS is_new FROM feed_order_ready
               WHERE fault IS NULL AND order_id IS NULL
               UNION ALL SELECT seq, false FROM (
                   SELECT r.seq FROM feed_order_ready r
                   JOIN orders o ON o.cell = r.cell AND o.id = r.order_id
                   WHERE r.fault IS NULL AND ({}) {}) changed"""
        ).format(sql.SQL(_HEADER_DIFFERS), lines)
    )
    raw.execute("CREATE INDEX ON feed_todo (seq)")
    raw.execute("ANALYZE feed_todo")
    row = raw.execute(
        """SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new),
               (SELECT count(*) FROM feed_order_ready WHERE fault IS NULL) - count(*)
           FROM feed_todo"""
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always answers
    return int(row[0]), int(row[1]), int(row[2])


def line_counts(conn: Connection) -> dict[int, tuple[int, int, int]]:
    """File -> its sound lines in orders that are new, changed, the same."""
    rows = driver(conn).execute(
        """SELECT l.file, count(*) FILTER (WHERE t.is_new),
               count(*) FILTER (WHERE NOT t.is_new), count(*) FILTER (WHERE t.seq IS NULL)
           FROM feed_line_ready l LEFT JOIN feed_todo t ON t.seq = l.seq
           WHERE l.fault IS NULL GROUP BY l.file"""
    )
    return {file: (new, changed, same) for file, new, changed, same in rows}


def totals_that_differ(conn: Connection) -> int:
    """How many headers name a total that their lines do not add up to."""
    row = (
        driver(conn)
        .execute(
            """SELECT count(*) FROM feed_order_ready r JOIN (
               SELECT seq, sum(amount_minor) AS total FROM feed_line_ready
               WHERE fault IS NULL GROUP BY seq) l USING (seq)
           WHERE r.fault IS NULL AND r.net_minor <> l.total"""
        )
        .fetchone()
    )
    return int(row[0]) if row else 0


def changed_sample(conn: Connection, most: int) -> list[dict[str, Any]]:
    """The first changed headers: their fields as loaded, and as they are (prefixed old_)."""
    with driver(conn).cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT r.number, s.code AS old_store, r.store, o.captured_at AS old_captured_at,
                   r.captured_at, o.type AS old_type, r.type, o.state AS old_state, r.state,
                   o.rep AS old_rep, r.rep, o.deliver_on AS old_deliver_on, r.deliver_on,
                   o.po_no AS old_po_no, r.po_no, o.external_no AS old_external_no,
                   r.external_no, o.net_minor AS old_net_minor, r.net_minor
               FROM feed_todo t JOIN feed_order_ready r USING (seq)
               JOIN orders o ON o.cell = r.cell AND o.id = r.order_id
               JOIN store s ON s.cell = o.cell AND s.id = o.store
               WHERE NOT t.is_new ORDER BY seq LIMIT %s""",
            [most],
        ).fetchall()


def new_sample(conn: Connection, most: int) -> list[str]:
    """The numbers of the first new orders."""
    rows = driver(conn).execute(
        "SELECT r.number FROM feed_todo t JOIN feed_order_ready r USING (seq)"
        " WHERE t.is_new ORDER BY seq LIMIT %s",
        [most],
    )
    return [row[0] for row in rows]


def next_part(conn: Connection, after: int, most: int) -> list[dict[str, Any]]:
    """Headers to write, from the one after `after` on, at most `most`."""
    with driver(conn).cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT t.seq, t.is_new, r.cell, r.order_id, r.number, r.store_id, r.warehouse,
                   coalesce(r.type, o.type) AS type, coalesce(r.state, o.state) AS state,
                   coalesce(r.rep, o.rep) AS rep, r.captured_at,
                   coalesce(r.deliver_on, o.deliver_on) AS deliver_on,
                   coalesce(r.po_no, o.po_no) AS po_no,
                   coalesce(r.external_no, o.external_no) AS external_no,
                   r.net_minor, o.net_minor AS old_net_minor
               FROM feed_todo t JOIN feed_order_ready r USING (seq)
               LEFT JOIN orders o ON o.cell = r.cell AND o.id = r.order_id
               WHERE t.seq > %s ORDER BY t.seq LIMIT %s""",
            [after, most],
        ).fetchall()


class StagedLine(NamedTuple):
    """A sound line of an order to write."""

    seq: int
    n: int
    product: str
    quantity: int
    amount_minor: int


def lines_of(conn: Connection, first: int, last: int) -> Iterator[StagedLine]:
    """The sound lines of the orders to write from seq `first` to `last`."""
    rows = driver(conn).execute(
        """SELECT l.seq, l.n, l.product, l.quantity, l.amount_minor
           FROM feed_line_ready l JOIN feed_todo t USING (seq)
           WHERE l.fault IS NULL AND l.seq BETWEEN %s AND %s ORDER BY l.seq, l.n""",
        [first, last],
    )
    return map(StagedLine._make, rows)


def last_day(conn: Connection, cells: Sequence[int]) -> date | None:
    """The day of the last order of the past; None without any."""
    row = (
        driver(conn)
        .execute(
            "SELECT max(captured_at)::date FROM orders WHERE cell = ANY(%s) AND device IS NULL",
            [list(cells)],
        )
        .fetchone()
    )
    return row[0] if row else None


def sold_since(
    conn: Connection, own_cell: int, cells: Sequence[int], since: date
) -> list[tuple[str, int, int]]:
    """(product, eaches sold since that day, case size) of every product, by code."""
    return (
        driver(conn)
        .execute(
            """SELECT p.code, coalesce(s.sold, 0)::bigint, coalesce(u.num / u.den, 1)
           FROM product p
           LEFT JOIN product_uom u ON u.cell = p.cell AND u.product = p.code AND u.uom = 'case'
           LEFT JOIN (
               SELECT l.product, sum(l.delivered) AS sold FROM orders o
               JOIN order_line l ON l.cell = o.cell AND l.order_id = o.id
               WHERE o.cell = ANY(%s) AND o.device IS NULL AND o.captured_at >= %s
               GROUP BY l.product) s ON s.product = p.code
           WHERE p.cell = %s ORDER BY p.code""",
            [list(cells), since, own_cell],
        )
        .fetchall()
    )
