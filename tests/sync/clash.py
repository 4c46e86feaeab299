"""Two transactions in each other's way: one takes a lock, the other waits, the first takes more."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection

from sync.queries import facts
from sync.queries.driver import execute
from tests.world import CELL, World

Step = Callable[[Connection], Any]


def clash(world: World, steps: Sequence[Step], other: Step) -> list[psycopg.Error]:
    """Begin with the first of `steps`, let `other` run until it ends or waits, then take the
    others; return what the database said to either."""
    errors: list[psycopg.Error] = []
    begun, go_on = threading.Event(), threading.Event()

    def pushing() -> None:
        try:
            with world.begin() as conn:
                steps[0](conn)
                begun.set()
                go_on.wait()
                for step in steps[1:]:
                    step(conn)
        except psycopg.Error as error:
            errors.append(error)

    def crossing() -> None:
        try:
            with world.begin() as conn:
                other(conn)
        except psycopg.Error as error:
            errors.append(error)

    across(world, pushing, crossing, begun, go_on)
    return errors


def across(
    world: World, first: Callable[[], Any], second: Callable[[], Any], begun: threading.Event,
    go_on: threading.Event,
) -> None:  # fmt: skip
    """Run `first` until it has `begun` and waits for `go_on`, then `second` until it ends or waits
    for a lock, then both to their ends."""
    ended = threading.Event()

    def crossing() -> None:
        try:
            second()
        finally:
            ended.set()

    threads = [threading.Thread(target=first), threading.Thread(target=crossing)]
    threads[0].start()
    assert begun.wait(20)
    threads[1].start()
    while not ended.wait(0.01) and not waits(world):
        pass
    go_on.set()
    for thread in threads:
        thread.join()


def waits(world: World) -> bool:
    """Whether somebody waits for a lock."""
    with world.begin() as conn:
        found = execute(
            conn,
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'",
        ).fetchone()
    return bool(found and found[0])


def stock_of(product: str) -> Step:
    """Lock one row of stock, as a push does."""
    return lambda conn: facts.lock_stock(conn, CELL, ["w1"], [product])
