"""SQL of a handheld's requests that is not sync's own: the cells of a company."""

from sqlalchemy import Connection, select

from schemas.tables.company import cell


def company_cells(conn: Connection, company: str) -> tuple[int, tuple[int, ...]]:
    """Return (the company's own cell, its field cells)."""
    rows = conn.execute(
        select(cell.c.cell, cell.c.kind).where(cell.c.company == company).order_by(cell.c.cell)
    ).all()
    own = next(row.cell for row in rows if row.kind == "company")
    return own, tuple(row.cell for row in rows if row.kind == "field")
