"""Turns of the pushes of one depot: few at a time, in order, and nobody waits for ever."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from server.turnstile import Full, Turnstile

LONG_S = 30.0


@contextmanager
def others(n: int) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(n) as pool:
        yield pool


def until_waiting(turnstile: Turnstile, n: int) -> None:
    """Threads get there in their own time."""
    while turnstile.waiting() < n:
        threading.Event().wait(0.001)


def test_so_many_are_inside_and_each_is_told_whether_it_is_alone() -> None:
    turnstile = Turnstile(at_once=2, most_waiting=0)
    with turnstile.turn(1) as first, turnstile.turn(1) as second:
        assert (first, second) == (False, True)
        with pytest.raises(Full), turnstile.turn(1):
            pass
    with turnstile.turn(1) as again:
        assert again is False


def test_another_depot_does_not_wait() -> None:
    turnstile = Turnstile(at_once=1, most_waiting=0)
    with turnstile.turn(1), turnstile.turn(2) as crowded:
        assert crowded is False


def test_those_outside_come_in_as_they_came() -> None:
    turnstile, came = Turnstile(at_once=1, most_waiting=8, wait_s=LONG_S), list[int]()

    def go(no: int) -> None:
        with turnstile.turn(1) as crowded:
            assert crowded is True
            came.append(no)

    with others(8) as pool:
        done: list[Future[None]] = []
        with turnstile.turn(1):
            for no in range(8):
                done.append(pool.submit(go, no))
                until_waiting(turnstile, no + 1)
        for one in done:
            one.result(LONG_S)
    assert came == list(range(8))


def test_never_more_than_so_many_are_inside_and_all_get_there() -> None:
    turnstile, lock = Turnstile(at_once=3, most_waiting=40, wait_s=LONG_S), threading.Lock()
    three = threading.Barrier(3, timeout=LONG_S)  # nobody leaves before there are three
    inside, most, total = 0, 0, 0

    def go(_: int) -> None:
        nonlocal inside, most, total
        with turnstile.turn(1):
            with lock:
                inside += 1
                most, total = max(most, inside), total + 1
            three.wait()
            with lock:
                inside -= 1

    with others(24) as pool:
        list(pool.map(go, range(198)))
    assert (most, total, turnstile.waiting()) == (3, 198, 0)


def test_who_waited_too_long_is_told_so_and_leaves_its_place_to_the_next() -> None:
    turnstile = Turnstile(at_once=1, most_waiting=2, wait_s=0.01)
    with turnstile.turn(1):
        with pytest.raises(Full), turnstile.turn(1):
            pass
        assert turnstile.waiting() == 0
    with turnstile.turn(1) as crowded:
        assert crowded is False


def test_a_fault_inside_frees_the_place() -> None:
    turnstile = Turnstile(at_once=1, most_waiting=0)

    def fails() -> None:
        with turnstile.turn(1):
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            fails()
