"""Two pushes that meet: one goes as far as a place, the other until it ends or waits, then both go
to their ends. What the database said when they waited for each other is kept."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from sync import push as pushing
from sync.carrier import Carrier
from sync.taking import turns
from tests.sync.clash import across
from tests.world import World, change, order_body

Changes = list[dict[str, Any]]


def order(n: int, store: str, *products: str, **more: Any) -> dict[str, Any]:
    body = order_body(store, [(product, n) for product in products or ("p001",)], **more)
    return change(n, "order", "submit", body)


def phone(n: int, store: str) -> dict[str, Any]:
    return change(n, "store", "edit", {"id": store, "set": {"phone": str(n)}, "base": {}})


def person(n: int, store: str, contact: str) -> dict[str, Any]:
    body = {"id": contact, "store": store, "set": {"phone": str(n)}, "base": {}}
    return change(n, "contact", "save", body)


def deadlocks(patch: pytest.MonkeyPatch) -> list[str]:
    """What the database says from now on to a push that then begins again."""
    real, found = pushing._together, list[str]()

    def watched(*args: Any) -> Any:
        try:
            return real(*args)
        except psycopg.OperationalError as fault:
            found.append(str(fault.sqlstate))
            raise

    patch.setattr(pushing, "_together", watched)
    return found


@contextmanager
def paused(patch: pytest.MonkeyPatch, place: str) -> Iterator[tuple[Any, Any, Any]]:
    """Events: a push of this thread got there; it may go on. The act is for its failpoint.

    place: a failpoint; or rows_locked, those of a run of edits; or one_alone, the first change of
    those decided one by one."""
    begun, go_on, mine = threading.Event(), threading.Event(), set[int]()

    def stop() -> None:
        if threading.get_ident() in mine and not begun.is_set():
            begun.set()
            go_on.wait()

    def then_stop(real: Callable[..., Any]) -> Callable[..., Any]:
        def stops(*args: Any) -> Any:
            found = real(*args)
            stop()
            return found

        return stops

    if place == "rows_locked":
        patch.setattr(turns, "lock", then_stop(turns.lock))
    elif place == "one_alone":
        patch.setattr(pushing, "_alone", then_stop(pushing._alone))
    yield begun, go_on, (mine, lambda name: stop() if name == place else None)


def meet(
    world: World, patch: pytest.MonkeyPatch, place: str, first: tuple[Carrier, Changes],
    second: tuple[Carrier, Changes] | Callable[[], Any],
) -> list[str]:  # fmt: skip
    """Push the first as far as `place`, then the second (or do what else it is) until it ends or
    waits, then both to their ends; return the outcomes."""
    outcomes = list[str]()

    def go(carrier: Carrier, changes: Changes, **more: Any) -> None:
        verdicts, answer = world.push(carrier, changes, **more)
        outcomes.extend(one["outcome"] for one in verdicts)
        outcomes.extend(answer.faults)

    with paused(patch, place) as (begun, go_on, (mine, act)):

        def begin() -> None:
            mine.add(threading.get_ident())
            go(*first, failpoint=act)

        def cross() -> None:
            go(*second) if isinstance(second, tuple) else second()

        across(world, begin, cross, begun, go_on)
    return outcomes
