"""What becomes of a delivery: every answer, for every kind of delivery system."""

from __future__ import annotations

import itertools

import pytest

from server.delivery.breaker import GIVE_UP_AFTER_S
from server.delivery.contract import (
    Acknowledged,
    Answer,
    CannotLookUp,
    Finding,
    NotFound,
    Refused,
    Retry,
    Unknown,
)
from server.delivery.steps import Abilities, Step, Tried, after

BOTH = Abilities(can_look_up=True, dedupes=True, deadline_s=20, settle_s=60)
LOOKS_UP = Abilities(can_look_up=True, dedupes=False, deadline_s=20, settle_s=60)
DEDUPES = Abilities(can_look_up=False, dedupes=True, deadline_s=20, settle_s=60)
NEITHER = Abilities(can_look_up=False, dedupes=False, deadline_s=20, settle_s=60)
SENT = Tried("send", 1, 1.0, 1.0)
LOOKED = Tried("look_up", 2, 5.0, 5.0)


def test_a_number_ends_it() -> None:
    assert after(Acknowledged("DS-1"), SENT, BOTH, "d") == Step("acknowledged")


def test_a_refusal_is_for_the_office_at_once_and_never_repeated() -> None:
    step = after(Refused("unknown ship-to"), SENT, BOTH, "d")
    assert step == Step("failed", error="unknown ship-to", ask="refused")


def test_what_was_surely_not_taken_is_sent_again_later() -> None:
    step = after(Retry("HTTP 429", 30.0, alive=True), SENT, NEITHER, "d")
    assert (step.state, step.wait_s, step.ask) == ("queued", 30.0, None)


@pytest.mark.parametrize("can", [BOTH, LOOKS_UP, DEDUPES])
def test_an_unknown_outcome_stays_unknown_where_somebody_can_find_out(can: Abilities) -> None:
    step = after(Unknown("no answer"), SENT, can, "d")
    assert step.state == "unknown"
    assert 0 < step.wait_s < 2


def test_an_unknown_outcome_is_for_a_person_where_nobody_else_can_find_out() -> None:
    step = after(Unknown("no answer"), SENT, NEITHER, "d")
    assert (step.state, step.ask) == ("parked", "unknown")


def test_not_found_is_believed_only_once_the_order_cannot_be_on_its_way() -> None:
    early = after(NotFound(), Tried("look_up", 2, 30, 30), LOOKS_UP, "d")
    assert (early.state, early.wait_s) == ("unknown", 50)
    assert after(NotFound(), Tried("look_up", 3, 80, 80), LOOKS_UP, "d").state == "queued"
    assert after(NotFound(), Tried("look_up", 2, 1, 1), BOTH, "d").state == "queued"


def test_without_a_look_up_only_a_system_that_knows_repeats_is_sent_it_again() -> None:
    assert after(CannotLookUp("405"), LOOKED, DEDUPES, "d").state == "queued"
    step = after(CannotLookUp("405"), LOOKED, LOOKS_UP, "d")
    assert (step.state, step.ask) == ("parked", "unknown")


def test_a_look_up_that_fails_is_repeated_and_never_becomes_a_sending() -> None:
    assert after(Retry("look-up answered HTTP 503"), LOOKED, BOTH, "d").state == "unknown"


def test_after_three_days_a_person_takes_over() -> None:
    old = GIVE_UP_AFTER_S + 1
    sent = after(Retry("not reached"), Tried("send", 99, old, old), BOTH, "d")
    assert (sent.state, sent.ask) == ("failed", "refused")
    assert sent.error is not None
    assert "99 tries" in sent.error
    unknown = after(Unknown("no answer"), Tried("send", 99, old, old), BOTH, "d")
    assert (unknown.state, unknown.ask) == ("parked", "unknown")


ANSWERS: list[Answer | Finding] = [
    Acknowledged("1"), Refused("no"), Retry("later"), Unknown("?"), NotFound(), CannotLookUp("-"),
]  # fmt: skip


@pytest.mark.parametrize("can", [BOTH, LOOKS_UP, DEDUPES, NEITHER])
def test_an_order_whose_fate_is_unknown_is_never_queued_without_proof(can: Abilities) -> None:
    """Every answer at every age: queued again only if it surely is not there, or is harmless."""
    for answer, act, ago_s in itertools.product(ANSWERS, ("send", "look_up"), (0.0, 79.0, 81.0)):
        step = after(answer, Tried(act, 2, ago_s, ago_s), can, "d")  # type: ignore[arg-type]
        if step.state != "queued":
            continue
        untouched = isinstance(answer, Retry) and act == "send"
        absent = isinstance(answer, NotFound) and (can.dedupes or ago_s >= 80)
        harmless = isinstance(answer, CannotLookUp) and can.dedupes
        assert untouched or absent or harmless, (answer, act, ago_s)


@pytest.mark.parametrize("can", [BOTH, LOOKS_UP, DEDUPES, NEITHER])
def test_whatever_ends_without_a_number_is_shown_to_the_office(can: Abilities) -> None:
    for answer, act, old in itertools.product(ANSWERS, ("send", "look_up"), (0.0, 3e5)):
        step = after(answer, Tried(act, 2, old, old), can, "d")  # type: ignore[arg-type]
        assert (step.ask is not None) == (step.state in ("failed", "parked"))
        assert (step.state == "acknowledged") == isinstance(answer, Acknowledged)
