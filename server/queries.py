"""The SQL that looks after the database itself: roles, grants, hints, what state it is in.

Nothing here knows a table of the product; each department keeps its own queries.
"""

from collections.abc import Mapping
from typing import Any

from psycopg import Connection, sql

Raw = Connection[Any]

OWNER = "talaria_owner"
APP = "talaria_app"
DATABASE = "talaria"


def first_words(owner_password: str, app_password: str) -> str:
    """What a new cluster is told before its first start, one command a line.

    The owner migrates; the application reads and writes rows and can change no table.
    Passwords are hexadecimal, so they need no quoting.
    """
    lines = [
        f"CREATE ROLE {OWNER} LOGIN PASSWORD '{owner_password}'",
        f"CREATE ROLE {APP} LOGIN PASSWORD '{app_password}'",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP}",
    ]
    return "\n".join(lines) + "\n"


def grant_rows(raw: Raw, app: str) -> None:
    """Let the application's role write rows: in the tables there are and in those to come.

    Run as the owner. The note of the schema's version stays the owner's to write.
    """
    role = sql.Identifier(app)
    for command in (
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
        "REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {}",
    ):
        raw.execute(sql.SQL(command).format(role))


def role_exists(raw: Raw, name: str) -> bool:
    return raw.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone() is not None


def lock_migrations(raw: Raw) -> None:
    """One migration at a time; held to the end of the transaction, so a pooler is no trouble."""
    raw.execute("SELECT pg_advisory_xact_lock(hashtext('talaria migrations'))")


def table_names(raw: Raw) -> list[str]:
    """The tables, views and sequences of the schema, by name."""
    rows = raw.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') ORDER BY 1"
    )
    return [str(name) for (name,) in rows]


def read_remark(raw: Raw) -> str:
    """The remark on the database itself; empty when there is none."""
    row = raw.execute(
        "SELECT coalesce(shobj_description(oid, 'pg_database'), '')"
        " FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    return str(row[0]) if row else ""


def write_remark(raw: Raw, remark: str) -> None:
    """Set the remark on the database (its owner may); empty removes it."""
    raw.execute(
        sql.SQL("COMMENT ON DATABASE {} IS {}").format(
            sql.Identifier(raw.info.dbname), sql.Literal(remark or None)
        )
    )


def server_major(raw: Raw) -> int:
    return raw.info.server_version // 10_000


def answer(raw: Raw) -> bool:
    """Whether the server answers on this connection."""
    return raw.execute("SELECT 1").fetchone() is not None


def set_limits(raw: Raw, limits: Mapping[str, str], *, local: bool = False) -> None:
    """Set server settings for the connection, or (local) for the transaction, in one trip."""
    words = sql.SQL("SET LOCAL {} = {}") if local else sql.SQL("SET {} = {}")
    commands = [
        words.format(sql.Identifier(name), sql.Literal(value)) for name, value in limits.items()
    ]
    raw.execute(sql.SQL("; ").join(commands))


def notify(raw: Raw, channel: str, text: str) -> None:
    raw.execute("SELECT pg_notify(%s, %s)", (channel, text))


def listen(raw: Raw, channel: str) -> None:
    raw.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
