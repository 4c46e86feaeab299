"""All SQL about accounts, handhelds' secrets, enrolment codes and rate limits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as insert_new
from sqlalchemy.dialects.postgresql.psycopg import dialect

from schemas.tables.company import app_user, cell, company, device, enrolment
from schemas.tables.exchange import incarnation
from schemas.tables.office import rate_bucket
from sync.queries.driver import driver

Found = Any
"""A row found, its columns by name (SQLAlchemy's own type lists every column)."""

TAKE_TOKENS = text("""
    WITH wanted AS (
        SELECT * FROM unnest(
            cast(:keys AS text[]), cast(:bursts AS float[]), cast(:gains AS float[])
        ) AS w (key, burst, per_s)
    )
    INSERT INTO rate_bucket AS b (key, tokens, at)
    SELECT key, burst - 1, :now FROM wanted ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        at = greatest(b.at, excluded.at),
        tokens = (
            SELECT least(w.burst, b.tokens + w.per_s * greatest(
                0, extract(epoch FROM excluded.at - b.at))) - 1
            FROM wanted w WHERE w.key = b.key)
    WHERE (
        SELECT least(w.burst, b.tokens + w.per_s * greatest(
            0, extract(epoch FROM excluded.at - b.at)))
        FROM wanted w WHERE w.key = b.key) >= 1
    RETURNING key
""")


def take_tokens(
    conn: Connection, wanted: Sequence[tuple[str, float, float]], now: datetime
) -> set[str]:
    """Take a token of each (key, burst, tokens per second); the keys that had one.

    One statement, keys in order, so that two askers cannot deadlock.
    """
    keys, bursts, gains = zip(*wanted, strict=True)
    given = conn.execute(
        TAKE_TOKENS,
        {
            "keys": list(keys),
            "bursts": [*map(float, bursts)],
            "gains": [*map(float, gains)],
            "now": now,
        },
    )
    return set(given.scalars())


def fill_bucket(conn: Connection, key: str) -> None:
    """Give a bucket all its tokens back."""
    conn.execute(delete(rate_bucket).where(rate_bucket.c.key == key))


# --- companies and people ------------------------------------------------------------------------


def company_of(conn: Connection, code: str | None) -> Found | None:
    """The company with this code; without a code, the only company there is."""
    found = select(company.c.id, company.c.code, company.c.name, company.c.zone)
    if code:
        found = found.where(company.c.code == code)
    rows = conn.execute(found.limit(2)).all()
    return rows[0] if len(rows) == 1 else None


def person(conn: Connection, company_id: str, code: str, lock: bool = False) -> Found | None:
    """An account with its company and home cell."""
    found = (
        select(
            app_user,
            company.c.code.label("company_code"),
            company.c.name.label("company_name"),
            company.c.source.label("company_source"),
            company.c.currency,
            company.c.zone,
            cell.c.kind.label("cell_kind"),
        )
        .join_from(app_user, company, company.c.id == app_user.c.company)
        .join(cell, cell.c.cell == app_user.c.cell)
        .where(app_user.c.company == company_id, app_user.c.code == code)
    )
    return conn.execute(found.with_for_update(of=app_user) if lock else found).one_or_none()


def cells_of_company(conn: Connection, company_id: str) -> list[int]:
    found = select(cell.c.cell).where(cell.c.company == company_id).order_by(cell.c.cell)
    return list(conn.execute(found).scalars())


def company_cell(conn: Connection, company_id: str) -> int:
    """The cell that is the company itself."""
    found = select(cell.c.cell).where(cell.c.company == company_id, cell.c.kind == "company")
    return int(conn.execute(found).scalar_one())


def insert_person(conn: Connection, values: dict[str, Any]) -> bool:
    """A new account; False when the code is taken."""
    new = insert_new(app_user).values(values).on_conflict_do_nothing().returning(app_user.c.code)
    return conn.execute(new).one_or_none() is not None


def change_person(conn: Connection, company_id: str, code: str, values: dict[str, Any]) -> None:
    conn.execute(
        update(app_user)
        .where(app_user.c.company == company_id, app_user.c.code == code)
        .values(values)
    )


def end_sessions(conn: Connection, company_id: str, code: str) -> None:
    """Every open session of this person ends at its next request."""
    change_person(conn, company_id, code, {"session_no": app_user.c.session_no + 1})


# --- handhelds -----------------------------------------------------------------------------------


def insert_enrolment(conn: Connection, values: dict[str, Any]) -> None:
    conn.execute(insert(enrolment).values(values))


def present_code(conn: Connection, code_hash: bytes) -> Found | None:
    """The code with this hash, one more try counted on it, its row locked."""
    return conn.execute(
        update(enrolment)
        .where(enrolment.c.code_hash == code_hash)
        .values(tries=enrolment.c.tries + 1)
        .returning(enrolment)
    ).one_or_none()


def use_code(conn: Connection, code_hash: bytes, device_id: str, now: datetime) -> None:
    conn.execute(
        update(enrolment)
        .where(enrolment.c.code_hash == code_hash)
        .values(used_at=func.coalesce(enrolment.c.used_at, now), device=device_id)
    )


_CELLS = select(cell.c.company, cell.c.kind, cell.c.cell).subquery()
DEVICE_AND_REP = (
    select(
        device,
        select(_CELLS.c.cell)
        .where(_CELLS.c.company == device.c.company, _CELLS.c.kind == "company")
        .scalar_subquery()
        .label("company_cell"),
        select(func.array_agg(aggregate_order_by(_CELLS.c.cell, _CELLS.c.cell)))
        .where(_CELLS.c.company == device.c.company, _CELLS.c.kind == "field")
        .scalar_subquery()
        .label("cells"),
        select(incarnation.c.epoch).scalar_subquery().label("epoch"),
        app_user.c.name.label("rep_name"),
        app_user.c.state.label("rep_state"),
        app_user.c.language,
        company.c.code.label("company_code"),
        company.c.name.label("company_name"),
        company.c.currency,
        company.c.zone,
        company.c.lease_days,
    )
    .join_from(
        device,
        app_user,
        (app_user.c.company == device.c.company) & (app_user.c.code == device.c.rep),
    )
    .join(company, company.c.id == device.c.company)
)


# Asked by every request of a handheld: the text is made once, and the whole is one round trip.
_WITH_SECRET = DEVICE_AND_REP.where(device.c.secret_hash == bindparam("secret")).compile(
    dialect=dialect()  # type: ignore[no-untyped-call]
)


def device_with_secret(conn: Connection, secret_hash: bytes) -> Found | None:
    """The handheld with this secret and its rep. Ends the transaction."""
    raw = driver(conn)
    with raw.pipeline(), raw.cursor(row_factory=namedtuple_row) as found:
        found.execute(str(_WITH_SECRET), _WITH_SECRET.params | {"secret": secret_hash})
        raw.commit()
        return found.fetchone()


def device_of_install(conn: Connection, company_id: str, rep: str, install: str) -> Found | None:
    """The handheld this rep enrolled before from the same installation."""
    found = (
        select(
            device.c.cell,
            device.c.id,
            device.c.no,
            device.c.state,
            func.greatest(device.c.last_push_at, device.c.last_pull_at).label("heard_at"),
        )
        .where(device.c.company == company_id, device.c.rep == rep, device.c.install == install)
        .order_by(device.c.no.desc())
        .limit(1)
        .with_for_update()
    )
    return conn.execute(found).one_or_none()


def next_device_no(conn: Connection, company_id: str) -> int:
    """The next number of the company; its row stays locked to the end of the transaction."""
    raised = (
        update(company)
        .where(company.c.id == company_id)
        .values(last_device_no=company.c.last_device_no + 1)
        .returning(company.c.last_device_no)
    )
    return int(conn.execute(raised).scalar_one())


def insert_device(conn: Connection, values: dict[str, Any]) -> None:
    conn.execute(insert(device).values(values))


def change_device(conn: Connection, cell_no: int, device_id: str, values: dict[str, Any]) -> bool:
    done = conn.execute(
        update(device).where(device.c.cell == cell_no, device.c.id == device_id).values(values)
    )
    return done.rowcount == 1


def epoch(conn: Connection) -> str:
    """The incarnation of this database, as handhelds are told it."""
    return str(conn.execute(select(incarnation.c.epoch)).scalar_one())
