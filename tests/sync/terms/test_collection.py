"""The life of a receipt and what it does to the credit: the contract's cases, and properties."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.terms.collection import (
    METHODS,
    PENDING,
    STATES,
    STEPS,
    after,
    cheque_key,
    exposure_counting,
    pending,
    steps_from,
)
from tests.sync.terms.played import cases, play


def _pending(g: dict[str, Any]) -> dict[str, int]:
    found = pending((method, state, int(minor)) for method, state, minor in g["collections"])
    return {"paid_minor": found.paid_minor, "cheques_minor": found.cheques_minor}


ASKS = {
    "after": lambda g: after(g["step"], g["state"], g["method"]),
    "pending": _pending,
    "exposure_counting": lambda g: exposure_counting(
        int(g["exposure_minor"]), int(g["paid_minor"]), g["counts_at_once"]
    ),
    "cheque_key": lambda g: cheque_key(g["bank"], g["number"]),
}
method, state = st.sampled_from(METHODS), st.sampled_from(STATES)
rows = st.lists(st.tuples(method, state, st.integers(-100, 10_000)), max_size=20)


@pytest.mark.parametrize("case", cases("collection"), ids=lambda case: case["id"])
@pytest.mark.rule(11)
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, ASKS)


def test_every_state_is_reached_and_named_once() -> None:
    reached = {"captured"} | {step.after for step in STEPS.values()}
    assert reached == set(STATES)
    assert all(set(step.before) <= set(STATES) for step in STEPS.values())
    assert set(PENDING) < set(STATES)


@pytest.mark.parametrize("taken", METHODS)
def test_nothing_reaches_the_books_but_by_posting(taken: str) -> None:
    """And what is in the books leaves them only as bounced."""
    into = {name for name, step in STEPS.items() if step.after == "posted"}
    assert into == {"post", "post_transfer"}
    assert steps_from("posted", taken) == ("bounce",)


def test_what_takes_money_away_from_a_rep_must_say_why() -> None:
    assert {name for name, step in STEPS.items() if step.needs_reason} == {"bounce", "refuse"}


@given(state, method)
def test_the_steps_offered_are_those_that_may_be_taken(now: str, taken: str) -> None:
    assert set(steps_from(now, taken)) == {s for s in STEPS if after(s, now, taken) is not None}


@given(rows, rows)
def test_what_is_pending_adds_up(one: list[Any], other: list[Any]) -> None:
    both, first, second = pending(one + other), pending(one), pending(other)
    assert both.paid_minor == first.paid_minor + second.paid_minor
    assert both.cheques_minor == first.cheques_minor + second.cheques_minor
    assert both.paid_minor >= 0
    assert both.cheques_minor >= 0


@given(st.text(max_size=12), st.integers(1, 10**9))
def test_a_cheque_is_known_however_its_number_was_typed(bank: str, number: int) -> None:
    typed = f"00{number}"
    spaced = "-".join(typed)
    assert (
        cheque_key(bank, typed) == cheque_key(f" {bank} ", spaced) == cheque_key(bank, str(number))
    )


@pytest.mark.parametrize(
    ("step", "state", "to", "methods"),
    [
        ("receive", "captured", "received", {"cash", "cheque", "transfer"}),
        ("hand_in", "received", "handed_in", {"cash", "cheque"}),
        ("take_back", "handed_in", "received", {"cash", "cheque"}),
        ("post_transfer", "received", "posted", {"transfer"}),
        ("present_again", "bounced", "handed_in", {"cheque"}),
        ("refuse", "received", "refused", {"cash", "cheque", "transfer"}),
    ],
)
def test_a_step_is_for_some_ways_of_paying(
    step: str, state: str, to: str, methods: set[str]
) -> None:
    found = {how: after(step, state, how) for how in ("cash", "cheque", "transfer")}
    assert {how for how, then in found.items() if then is not None} == methods
    assert {found[how] for how in methods} == {to}


def test_the_smallest_amount_is_pending() -> None:
    assert pending([("cash", "received", 1), ("cheque", "captured", 1)]).paid_minor == 1
    assert pending([("cheque", "captured", 1)]).cheques_minor == 1
