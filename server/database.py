"""The one engine of a process and its transactions.

Everything goes through SQLAlchemy's pool; COPY and unnest too: `driver` gives the connection
underneath, inside the same transaction. Open engines after the fork, never before it.
"""

import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast
from uuid import UUID

import msgspec
import psycopg
from psycopg import pq
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.types.string import TextLoader
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from server import queries
from server.settings import Settings
from sync.queries.driver import driver as driver

T = TypeVar("T")


class _IdLoader(Loader):
    """Reads PostgreSQL's 16 bytes of a uuid as text; used by cursors that ask for binary."""

    format = pq.Format.BINARY

    def load(self, data: Buffer) -> str:
        return str(UUID(bytes=bytes(data)))


TRY_AGAIN = ("40001", "40P01")
"""SQLSTATEs of a transaction that lost a race through no fault of its own: serialization
failure, deadlock. Nothing of it happened; the same work may simply be done again."""
TRIES = 3
IDLE_S = 15
"""So long a web or worker process may say nothing in a transaction. One that hangs there keeps its
rows, somebody's stock, and everybody who needs them waits until it is found and killed (60 s)."""


def engine_for(settings: Settings) -> Engine:
    """The engine of a web or worker process; DATABASE_URL is set by then, embedded or not."""
    return make_engine(
        settings.database_url,
        pool_size=settings.pool_size,
        pool_wait_s=settings.pool_wait_s,
        statement_timeout_s=settings.statement_timeout_s,
        lock_timeout_s=settings.lock_timeout_s,
        idle_s=IDLE_S,
        prepare_threshold=settings.prepare_threshold,
    )


def make_engine(
    url: str,
    *,
    pool_size: int = 16,
    pool_wait_s: float = 1,
    statement_timeout_s: float = 5,
    lock_timeout_s: float = 2,
    idle_s: float = 0,
    prepare_threshold: int | None = 5,
) -> Engine:
    """A pool of at most `pool_size` connections, opened when first needed.

    A connection that died is found out on the way out of the pool and replaced (a restart of the
    database costs no request); the socket knows, so nobody is asked. Limits of 0 s mean none.
    `prepare_threshold` None is for a pooler in transaction mode: nothing is then kept on a
    connection from one transaction to the next.
    """
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=pool_wait_s,
        use_native_hstore=False,  # saves a question on every new connection
        json_serializer=_json_text,
        json_deserializer=msgspec.json.decode,
        connect_args={
            "prepare_threshold": prepare_threshold,
            "application_name": "talaria",
            "connect_timeout": 5,
            "keepalives_idle": 20,
            "keepalives_interval": 10,
            "keepalives_count": 3,
        },
    )
    limits = {
        "statement_timeout": f"{int(statement_timeout_s * 1000)}ms",
        "lock_timeout": f"{int(lock_timeout_s * 1000)}ms",
        "idle_in_transaction_session_timeout": f"{int(idle_s * 1000)}ms",
        "timezone": "UTC",
    }
    pooled_elsewhere = prepare_threshold is None

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, entry: ConnectionPoolEntry) -> None:
        raw = cast(queries.Raw, connection)
        raw.adapters.register_loader("uuid", TextLoader)  # ids are text everywhere in Python
        raw.adapters.register_loader("uuid", _IdLoader)
        if not pooled_elsewhere:
            raw.autocommit = True
            queries.set_limits(raw, limits)
            raw.autocommit = False

    @event.listens_for(engine, "checkout")
    def on_checkout(connection: Any, entry: ConnectionPoolEntry, proxy: object) -> None:
        if _has_hung_up(cast(queries.Raw, connection)):
            raise DisconnectionError("the database has closed this connection")

    if pooled_elsewhere:

        @event.listens_for(engine, "begin")
        def on_begin(connection: Connection) -> None:
            # Not `driver`, which would begin what is just beginning.
            raw = cast(queries.Raw, connection.connection.driver_connection)
            queries.set_limits(raw, limits, local=True)

    return engine


def _has_hung_up(raw: queries.Raw) -> bool:
    """Whether the other end of an idle connection is gone: only then is there anything to read."""
    if raw.closed:
        return True
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def transaction(engine: Engine, patience_s: float | None = None) -> Iterator[Connection]:
    """One READ COMMITTED transaction: committed at the end, rolled back by any error. patience_s:
    how long its statements may wait for rows of others, where the settings say too little."""
    with engine.begin() as connection:
        if patience_s is not None:
            wait = f"{int(patience_s * 1000)}ms"
            raw = driver(connection)
            limits = {"lock_timeout": wait, "statement_timeout": wait}
            queries.set_limits(raw, limits, local=True)
        yield connection


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees the database as it was at its first statement, and cannot write."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


def in_transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    """What `work` returns, done in one transaction; done again when it lost a race.

    `work` must have no effect but through its connection. An error of the last of TRIES attempts
    is raised as it came.
    """
    for _ in range(TRIES - 1):
        try:
            with transaction(engine) as connection:
                return work(connection)
        except (DBAPIError, psycopg.Error) as error:  # hot statements go to psycopg directly
            if not lost_race(error):
                raise
    with transaction(engine) as connection:
        return work(connection)


def lost_race(error: BaseException) -> bool:
    """Whether what failed may simply be done again: a deadlock, or a lost serialization."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) in TRY_AGAIN


def answers(engine: Engine) -> bool:
    """Whether the database can be read at this moment."""
    try:
        with engine.connect() as connection:
            return queries.answer(driver(connection))
    except Exception:  # whatever is wrong, the answer is no
        return False


def _json_text(value: object) -> str:
    return msgspec.json.encode(value).decode()
