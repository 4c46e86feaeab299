"""Sixteen writers against four readers: does a cursor ever step over a committed row?

The same workload drives three cursors: the feed's counter, a sequence and a timestamp. The last
two are known to lose rows, so the harness is known to be able to fail.
"""

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from schemas.ids import uuid7
from schemas.versions import NEWEST
from server.database import snapshot, transaction
from sync.feed import Entry, publish
from sync.queries import feed as feed_queries
from sync.queries import pull as pull_queries
from sync.queries.driver import execute
from tests.world import CELL

SCOPE = "rep:harness"


class Cursor(Protocol):
    """How rows are written and how a reader finds those it has not seen."""

    def insert(self, conn: Connection, key: str) -> None: ...
    def finish(self, conn: Connection, keys: list[str]) -> None: ...
    def poll(self, conn: Connection, since: Any) -> tuple[list[str], Any]: ...


class Counter:
    """The real one: rows, then the feed's counter and entries last."""

    def insert(self, conn: Connection, key: str) -> None:
        execute(
            conn,
            """INSERT INTO plan_stop VALUES (%s, %s, %s, 1, 'test', 'harness', %s, '2026-11-21',
                                             1, 'planned', false, NULL, NULL)""",
            [CELL, key, SCOPE, key],
        )

    def finish(self, conn: Connection, keys: list[str]) -> None:
        publish(conn, CELL, [Entry(SCOPE, "plan_stop", key) for key in keys])

    def poll(self, conn: Connection, since: Any) -> tuple[list[str], Any]:
        since = since or 0
        head = feed_queries.heads(conn, [CELL])[CELL]
        found = pull_queries.entries(conn, CELL, [SCOPE], since, head, 1_000_000, NEWEST)
        keys = [key for _, key, _ in found]
        rows = execute(
            conn, "SELECT id::text FROM plan_stop WHERE cell = %s AND id = ANY(%s::uuid[])",
            [CELL, keys],
        ).fetchall()  # fmt: skip
        assert len(rows) == len(keys), "an entry was seen before its row"
        return keys, head


class Numbered:
    """A wrong one: rows numbered by a sequence, or stamped when their transaction began."""

    def __init__(self, column: str) -> None:
        self.column = column

    def insert(self, conn: Connection, key: str) -> None:
        execute(conn, "INSERT INTO probe (key) VALUES (%s)", [key])

    def finish(self, conn: Connection, keys: list[str]) -> None:
        return None

    def poll(self, conn: Connection, since: Any) -> tuple[list[str], Any]:
        where = "" if since is None else f"WHERE {self.column} > %s"
        rows = execute(
            conn, f"SELECT key, {self.column} FROM probe {where}",
            [] if since is None else [since],
        ).fetchall()  # fmt: skip
        return [row[0] for row in rows], max([row[1] for row in rows], default=since)


@dataclass
class Result:
    """What was committed and what each reader saw."""

    committed: set[str] = field(default_factory=set)
    seen: list[list[str]] = field(default_factory=list)

    @property
    def lost(self) -> int:
        return sum(len(self.committed - set(keys)) for keys in self.seen)

    @property
    def doubled(self) -> int:
        return sum(len(keys) - len(set(keys)) for keys in self.seen)

    @property
    def phantom(self) -> int:
        return sum(len(set(keys) - self.committed) for keys in self.seen)


def run(
    engine: Engine, cursor: Cursor, seconds: float, *, writers: int = 16, readers: int = 4,
    hold_s: float = 3.0, seed: int = 1,
) -> Result:  # fmt: skip
    """Let writers and readers loose, drain, and return what happened."""
    result, lock, stop = Result(), threading.Lock(), threading.Event()
    faults: list[BaseException] = []

    def guarded(work: Any, *args: Any) -> None:
        try:
            work(*args)
        except BaseException as fault:
            faults.append(fault)
            stop.set()

    def write(n: int) -> None:
        dice = random.Random(f"{seed}-{n}")
        while not stop.is_set():
            keys = _transaction(engine, cursor, dice, hold_s if n == 0 else 0)
            with lock:
                result.committed.update(keys)

    def read(keys: list[str]) -> None:
        since: Any = None
        while True:
            last = stop.is_set() and not any(one.is_alive() for one in writing)
            with snapshot(engine) as conn:
                found, since = cursor.poll(conn, since)
            keys += found
            if last:
                return
            time.sleep(0.002)

    result.seen = [[] for _ in range(readers)]
    writing = [threading.Thread(target=guarded, args=(write, n)) for n in range(writers)]
    reading = [threading.Thread(target=guarded, args=(read, keys)) for keys in result.seen]
    for thread in (*writing, *reading):
        thread.start()
    stop.wait(seconds)
    stop.set()
    for thread in (*writing, *reading):
        thread.join()
    if faults:
        raise faults[0]
    return result


class _RolledBack(Exception):
    pass


def _transaction(engine: Engine, cursor: Cursor, dice: random.Random, hold_s: float) -> list[str]:
    """One to four writes, some in savepoints, some rolled back; returns what was committed."""
    keys: list[str] = []
    try:
        with transaction(engine) as conn:
            for _ in range(dice.randint(1, 4)):
                key = uuid7()
                if dice.random() < 0.3:
                    nested = conn.begin_nested()
                    cursor.insert(conn, key)
                    if dice.random() < 0.3:
                        nested.rollback()
                        continue
                    nested.commit()
                else:
                    cursor.insert(conn, key)
                keys.append(key)
                time.sleep(dice.random() * 0.02)
            if hold_s:
                time.sleep(hold_s)
            if dice.random() < 0.1:
                raise _RolledBack
            cursor.finish(conn, keys)
    except _RolledBack:
        return []
    return keys
