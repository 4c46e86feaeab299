"""The breaker and the schedule, walked through weeks without waiting a second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from server.delivery.breaker import (
    COOL_DOWN_MOST_S,
    FAILURES_TO_OPEN,
    GIVE_UP_AFTER_S,
    JITTER,
    LATER_WAIT_S,
    PROBE_FREE_AFTER_S,
    Breaker,
    cool_down_s,
    next_try_s,
    wait_s,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def opened() -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES_TO_OPEN):
        breaker = breaker.failed(NOON)
    return breaker


def test_it_opens_after_five_failures_in_a_row_and_not_before() -> None:
    breaker = Breaker()
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker = breaker.failed(NOON)
    assert breaker.state(NOON) == "closed"
    assert breaker.succeeded().failed(NOON).state(NOON) == "closed"
    assert breaker.failed(NOON).state(NOON) == "open"


def test_while_open_nothing_goes_and_after_the_cool_down_one_may_try() -> None:
    breaker = opened()
    assert breaker.room(later(1.9), 10) == 0
    assert breaker.room(later(2), 10) == 1
    probing = breaker.sending(later(2))
    assert probing.room(later(2.1), 10) == 0
    assert probing.not_sent().room(later(2.1), 10) == 1


def test_the_probe_closes_it_by_success_and_opens_it_for_longer_by_failure() -> None:
    probing = opened().sending(later(2))
    assert probing.succeeded().room(later(2.5), 10) == 10
    failed = probing.failed(later(3))
    assert failed.state(later(3 + 3.9)) == "open"
    assert failed.state(later(3 + 4)) == "half_open"


def test_failures_of_requests_that_began_before_it_opened_do_not_prolong_it() -> None:
    breaker = opened()
    assert breaker.failed(later(1)).open_until == breaker.open_until


def test_a_probe_that_never_ends_frees_its_place() -> None:
    probing = opened().sending(later(2))
    assert not probing.allows(later(2 + PROBE_FREE_AFTER_S - 1))
    assert probing.allows(later(2 + PROBE_FREE_AFTER_S))


def test_patience_asked_for_is_given_and_is_no_failure() -> None:
    breaker = Breaker().failed(NOON).asked_for_patience(NOON, 30)
    assert breaker.failures == 0
    assert not breaker.allows(later(29))
    assert breaker.allows(later(30))
    assert breaker.asked_for_patience(NOON, 5).quiet_until == later(30)
    assert breaker.succeeded().quiet_until == later(30)


def test_the_cool_down_doubles_up_to_a_minute() -> None:
    assert [cool_down_s(trips) for trips in (1, 2, 3, 4, 5, 6, 7)] == [2, 4, 8, 16, 32, 60, 60]
    assert cool_down_s(10_000) == COOL_DOWN_MOST_S


class Walk(RuleBasedStateMachine):
    """Any order of answers and pauses, checked against what a breaker is for."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker, self.now = Breaker(), NOON
        self.in_a_row = 0

    @rule(seconds=st.floats(0, 300))
    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.breaker.allows(self.now))
    @rule()
    def send_well(self) -> None:
        self.breaker = self.breaker.sending(self.now).succeeded()
        self.in_a_row = 0

    @precondition(lambda self: self.breaker.allows(self.now))
    @rule()
    def send_badly(self) -> None:
        self.breaker = self.breaker.sending(self.now).failed(self.now)
        self.in_a_row += 1

    @rule()
    def a_straggler_fails(self) -> None:
        self.breaker = self.breaker.failed(self.now)
        self.in_a_row += 1

    @invariant()
    def it_never_closes_the_way_for_longer_than_the_longest_cool_down(self) -> None:
        after = self.now + timedelta(seconds=max(COOL_DOWN_MOST_S, PROBE_FREE_AFTER_S))
        assert self.breaker.allows(after)

    @invariant()
    def it_is_closed_until_enough_failures_in_a_row(self) -> None:
        if self.in_a_row < FAILURES_TO_OPEN:
            assert self.breaker.state(self.now) == "closed"
        else:
            assert self.breaker.room(self.now, 10) <= 1


TestWalk = Walk.TestCase


@given(st.integers(1, 500), st.text(max_size=20))
def test_a_wait_is_repeatable_and_within_a_fifth_of_its_step(attempt: int, seed: str) -> None:
    seed = seed.encode("utf-8", "replace").decode()
    wait = wait_s(attempt, seed)
    assert wait == wait_s(attempt, seed)
    assert (1 - JITTER) * 1.0 <= wait <= (1 + JITTER) * LATER_WAIT_S
    if attempt > 1:
        assert wait > wait_s(attempt - 1, seed) * (1 - JITTER) / (1 + JITTER)


def test_deliveries_that_failed_together_do_not_come_back_together() -> None:
    waits = {round(wait_s(4, f"delivery-{n}"), 3) for n in range(100)}
    assert len(waits) > 95
    assert max(waits) - min(waits) > 0.3 * 60


@given(st.integers(1, 30), st.floats(0, 86_400))
def test_what_the_system_asked_for_is_never_undercut(attempt: int, asked_s: float) -> None:
    given_s = next_try_s(attempt, "d", 0.0, asked_s)
    assert given_s is not None
    assert given_s >= max(asked_s, wait_s(attempt, "d"))


@given(st.text(min_size=1, max_size=8, alphabet="abcdef"))
def test_a_delivery_is_tried_for_three_days_and_then_given_to_a_person(seed: str) -> None:
    waited, attempt = 0.0, 1
    while (step := next_try_s(attempt, seed, waited, None)) is not None:
        waited += step
        attempt += 1
    assert GIVE_UP_AFTER_S <= waited <= GIVE_UP_AFTER_S + 1.2 * LATER_WAIT_S
    assert 120 < attempt < 220


def test_attempts_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        wait_s(0, "d")
