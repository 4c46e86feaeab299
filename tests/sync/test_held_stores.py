"""Two handhelds of one store never wait for each other: a batch that will lock rows of a store out
of the one order of locks has the store to itself from its beginning."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from schemas.ids import uuid7
from sync import push as pushing
from sync.carrier import Carrier
from sync.repeats import hold
from sync.taking import turns
from tests.sync.clash import Step, clash, waits
from tests.world import CELL, World, change, let_stand, order_body

Body = dict[str, Any]
Changes = list[dict[str, Any]]


def order(n: int, store: str) -> dict[str, Any]:
    return change(n, "order", "submit", order_body(store, [("p001", n)]))


def phone(n: int, store: str) -> dict[str, Any]:
    return change(n, "store", "edit", {"id": store, "set": {"phone": str(n)}, "base": {}})


def person(n: int, store: str, contact: str) -> dict[str, Any]:
    body = {"id": contact, "store": store, "set": {"phone": str(n)}, "base": {}}
    return change(n, "contact", "save", body)


@pytest.fixture
def deadlocks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the database said to a push that then began again."""
    real, found = pushing._together, list[str]()

    def watched(*args: Any) -> Any:
        try:
            return real(*args)
        except psycopg.OperationalError as fault:
            found.append(str(fault.sqlstate))
            raise

    monkeypatch.setattr(pushing, "_together", watched)
    return found


@contextmanager
def paused(patch: pytest.MonkeyPatch, place: str) -> Iterator[tuple[Any, Any, Any]]:
    """Events: a push of this thread got there; it may go on. The act is for its failpoint."""
    begun, go_on, mine = threading.Event(), threading.Event(), set[int]()

    def stop() -> None:
        if threading.get_ident() in mine and not begun.is_set():
            begun.set()
            go_on.wait()

    def locked(*args: Any) -> Any:
        found = real(*args)
        stop()
        return found

    real = turns.lock
    if place == "rows_locked":
        patch.setattr(turns, "lock", locked)
    yield begun, go_on, (mine, lambda name: stop() if name == place else None)


def meet(
    world: World, patch: pytest.MonkeyPatch, place: str, first: tuple[Carrier, Changes],
    second: tuple[Carrier, Changes],
) -> list[str]:  # fmt: skip
    """Push the first as far as `place`, then the second until it ends or waits, then both to their
    ends; return the outcomes."""
    outcomes, ended = list[str](), threading.Event()

    def go(carrier: Carrier, changes: Changes, **more: Any) -> None:
        verdicts, answer = world.push(carrier, changes, **more)
        outcomes.extend(one["outcome"] for one in verdicts)
        outcomes.extend(answer.faults)

    with paused(patch, place) as (begun, go_on, (mine, act)):

        def begin() -> None:
            mine.add(threading.get_ident())
            go(*first, failpoint=act)

        def cross() -> None:
            go(*second)
            ended.set()

        threads = [threading.Thread(target=begin), threading.Thread(target=cross)]
        threads[0].start()
        assert begun.wait(20)
        threads[1].start()
        while not ended.wait(0.01) and not waits(world):
            pass
        go_on.set()
        for thread in threads:
            thread.join()
    return outcomes


Made = Callable[[str, str], tuple[Changes, Changes]]
MEETINGS: dict[str, tuple[str, Made]] = {
    "both order and then edit the store": (
        "after_receipts", lambda s, c: ([order(1, s), phone(2, s)], [order(3, s), phone(4, s)]),
    ),
    "one edits the store before it orders": (
        "rows_locked", lambda s, c: ([phone(1, s), order(2, s)], [order(3, s), phone(4, s)]),
    ),
    "one edits a contact before it orders": (
        "rows_locked",
        lambda s, c: ([person(1, s, c), order(2, s)], [order(3, s), person(4, s, c)]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("cells", [1, 2])
@pytest.mark.parametrize("meeting", MEETINGS)
def test_two_handhelds_of_one_store_never_wait_for_each_other(
    world: World, monkeypatch: pytest.MonkeyPatch, deadlocks: list[str], meeting: str, cells: int
) -> None:
    store, contact = world.stores[0], uuid7()
    carriers = [
        dataclasses.replace(world.add_device(f"d-{no}", no=no), cells=(CELL, 9)[:cells])
        for no in (21, 22)
    ]
    world.push(world.carrier(), [change(1, "contact", "save", {
        "id": contact, "store": store, "set": {"name": "Mary"}, "base": {}})])  # fmt: skip
    place, made = MEETINGS[meeting]
    first, second = made(store, contact)
    outcomes = meet(world, monkeypatch, place, (carriers[0], first), (carriers[1], second))
    assert deadlocks == []
    assert len(outcomes) == 4
    assert outcomes.count("held") <= 1  # the second order may look like the first
    assert world.one("SELECT count(*) FROM orders") == 2


def test_two_people_let_edits_of_one_store_stand_and_neither_waits_for_the_other(
    world: World,
) -> None:
    revoked = dataclasses.replace(world.carrier(), state="revoked")
    kept = [phone(n, world.stores[0]) for n in (1, 2)]
    verdicts, _ = world.push(revoked, kept)
    assert [one["outcome"] for one in verdicts] == ["held", "held"]
    first, second = (one["id"] for one in kept)
    edit: Any = SimpleNamespace(kind="store", act="edit", store=world.stores[0])
    steps: list[Step] = [
        lambda conn: hold(conn, CELL, [edit]),
        lambda conn: let_stand(conn, CELL, first),
    ]
    assert clash(world, steps, lambda conn: let_stand(conn, CELL, second)) == []
    assert world.one("SELECT count(*) FROM receipt WHERE outcome = 'held'") == 0
