"""SQL of the feeds: what is there already, to compare with what came; and the log of loads."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Uuid, any_, bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import Select

from schemas.tables import company as who
from schemas.tables import office, trade

Rows = list[Mapping[str, Any]]


def no_hurry(conn: Connection) -> None:
    """Loads may take minutes, and wait for the pushes before them; for this transaction only."""
    conn.execute(text("SET LOCAL statement_timeout = 0"))
    conn.execute(text("SET LOCAL lock_timeout = '60s'"))


def one_at_a_time(conn: Connection, feed: str, company: str) -> None:
    """Loads of one feed of one company wait for each other, so that none sees half of another."""
    words = text("SELECT pg_advisory_xact_lock(hashtext(:feed), hashtext(:company))")
    conn.execute(words, {"feed": f"talaria load {feed}", "company": company})


def _all(conn: Connection, query: Select[Any]) -> Rows:
    return [dict(row) for row in conn.execute(query).mappings()]


# --- whose feed ----------------------------------------------------------------------------------


def companies(conn: Connection) -> Rows:
    """Every company of this server."""
    return _all(conn, select(who.company).order_by(who.company.c.code))


def cells(conn: Connection, company: str) -> Rows:
    """The cells of a company: its own and its depots'."""
    table = who.cell
    return _all(conn, select(table).where(table.c.company == company).order_by(table.c.cell))


def next_cell(conn: Connection) -> int:
    """A number for a new cell; the table is locked so that two founders cannot take the same."""
    conn.execute(text("LOCK TABLE cell IN SHARE ROW EXCLUSIVE MODE"))
    return int(conn.execute(text("SELECT coalesce(max(cell), 0) + 1 FROM cell")).scalar_one())


def add_company(conn: Connection, row: Mapping[str, Any]) -> None:
    conn.execute(insert(who.company).values(**row))


def add_cell(conn: Connection, row: Mapping[str, Any]) -> None:
    """Add a cell; its feed is opened by `sync`."""
    conn.execute(insert(who.cell).values(**row))


# --- what is there -------------------------------------------------------------------------------


def stores(conn: Connection, in_cells: Sequence[int]) -> Rows:
    """Every store of these cells, whole."""
    return _all(conn, select(trade.store).where(trade.store.c.cell.in_(in_cells)))


def store_keys(conn: Connection, in_cells: Sequence[int]) -> Rows:
    """id, cell, code of every store of these cells."""
    table = trade.store
    return _all(
        conn, select(table.c.id, table.c.cell, table.c.code).where(table.c.cell.in_(in_cells))
    )


def warehouses(conn: Connection, in_cells: Sequence[int]) -> dict[str, int]:
    """Code of each warehouse -> its cell."""
    table = who.warehouse
    rows = conn.execute(select(table.c.code, table.c.cell).where(table.c.cell.in_(in_cells)))
    return {str(code): int(cell) for code, cell in rows}


def warehouse(conn: Connection, cell: int, code: str) -> dict[str, Any]:
    """One warehouse: code, name, zone, cut_off, stock_as_of."""
    table = who.warehouse
    columns = (table.c.code, table.c.name, table.c.zone, table.c.cut_off, table.c.stock_as_of)
    query = select(*columns).where(table.c.cell == cell, table.c.code == code)
    return dict(conn.execute(query).mappings().one())


def accounts(conn: Connection, in_cells: Sequence[int], lock: bool = False) -> Rows:
    """The credit account of every store of these cells, locked as a push locks them if asked."""
    table = trade.credit_account
    query = select(table).where(table.c.cell.in_(in_cells)).order_by(table.c.store)
    return _all(conn, query.with_for_update() if lock else query)


def lock_accounts(conn: Connection, in_cells: Sequence[int], stores: Sequence[str]) -> Rows:
    """Lock the accounts of these stores in the order a push locks them, and return them."""
    table = trade.credit_account
    query = select(table).where(table.c.cell.in_(in_cells), table.c.store == _any_id(stores))
    return _all(conn, query.order_by(table.c.store).with_for_update())


def items(conn: Connection, in_cells: Sequence[int], stores: Sequence[str]) -> Rows:
    """The open and paid items of these stores."""
    table = trade.open_item
    return _all(
        conn, select(table).where(table.c.cell.in_(in_cells), table.c.store == _any_id(stores))
    )


def _any_id(ids: Sequence[str]) -> Any:
    """= ANY of one array: a list of parameters could not hold 70,000 stores."""
    return any_(bindparam(None, list(ids), ARRAY(Uuid(as_uuid=False))))


def products(conn: Connection, cell: int) -> Rows:
    """Every product, whole."""
    return _all(conn, select(trade.product).where(trade.product.c.cell == cell))


def product_codes(conn: Connection, cell: int) -> set[str]:
    """The code of every product."""
    table = trade.product
    return set(conn.execute(select(table.c.code).where(table.c.cell == cell)).scalars())


def product_uoms(conn: Connection, cell: int) -> Rows:
    """The units of every product."""
    return _all(conn, select(trade.product_uom).where(trade.product_uom.c.cell == cell))


def price_list_codes(conn: Connection, cell: int) -> set[str]:
    """The code of every price list."""
    table = trade.price_list
    return set(conn.execute(select(table.c.code).where(table.c.cell == cell)).scalars())


def price_lists(conn: Connection, cell: int) -> Rows:
    """Every price list, whole."""
    return _all(conn, select(trade.price_list).where(trade.price_list.c.cell == cell))


def promotions(conn: Connection, cell: int) -> Rows:
    """Every version of every promotion, locked as a push locks them, oldest first."""
    table = trade.promotion
    query = select(table).where(table.c.cell == cell).order_by(table.c.id).with_for_update()
    return _all(conn, query)


def tax_rates(conn: Connection, cell: int) -> Rows:
    """Every tax rate."""
    return _all(conn, select(trade.tax_rate).where(trade.tax_rate.c.cell == cell))


def prices(conn: Connection, cell: int) -> Rows:
    """Every price that no other has taken the place of, future ones too."""
    table = trade.price
    return _all(conn, select(table).where(table.c.cell == cell, table.c.superseded_at.is_(None)))


def stock(conn: Connection, in_cells: Sequence[int], in_warehouses: Sequence[str]) -> Rows:
    """Lock the stock of these warehouses in the order a push locks it, and return it."""
    table = trade.stock
    query = select(table).where(table.c.cell.in_(in_cells), table.c.warehouse.in_(in_warehouses))
    return _all(conn, query.order_by(table.c.warehouse, table.c.product).with_for_update())


# --- the log of loads ----------------------------------------------------------------------------


def first_loaded(conn: Connection, cell: int, feed: str, sha256: str) -> datetime | None:
    """When this very file was first loaded into this feed; None = never."""
    table = office.load
    query = (
        select(table.c.began_at)
        .where(table.c.cell == cell, table.c.feed == feed, table.c.sha256 == sha256)
        .order_by(table.c.began_at)
        .limit(1)
    )
    return conn.execute(query).scalar()


def log_load(conn: Connection, row: Mapping[str, Any]) -> None:
    """Write down a run of a feed."""
    conn.execute(insert(office.load).values(**row))
