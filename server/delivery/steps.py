"""What becomes of a delivery after an answer: the next state, and who must hear of it. Pure.

The one rule that must never break: an order whose outcome is unknown is not sent again before
somebody can tell that it is not there - the delivery system by a look-up, the system's own memory
of webhook ids (a repeat is then harmless), or a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.delivery.breaker import next_try_s
from server.delivery.contract import (
    Acknowledged,
    Answer,
    CannotLookUp,
    Finding,
    HandedOver,
    NotFound,
    Refused,
    Retry,
    Unknown,
)

HANDED_WAIT_S = 60.0
"""A look for an acknowledgement is only the safety net: its coming brings the look-up forward."""

Act = Literal["send", "look_up"]
State = Literal["queued", "handed", "unknown", "acknowledged", "failed", "parked"]


@dataclass(frozen=True)
class Abilities:
    """What a delivery system can do, and the times that go with it, in seconds.

    `settle_s`: how long after the deadline an order may still turn up there. A system that was
    slow rather than deaf commits after our patience ended; "not found" before that proves nothing.
    """

    can_look_up: bool
    dedupes: bool
    deadline_s: float
    settle_s: float


@dataclass(frozen=True)
class Tried:
    """How often a delivery was tried (this one included), for how long, and how long ago it was
    last sent (None: never since it was queued)."""

    act: Act
    tries: int
    waited_s: float
    sent_ago_s: float | None


@dataclass(frozen=True)
class Step:
    """The state that follows, the wait in it, and what the office is asked, if anything."""

    state: State
    wait_s: float = 0.0
    error: str | None = None
    ask: Literal["refused", "unknown"] | None = None


def after(answer: Answer | Finding, tried: Tried, can: Abilities, seed: str) -> Step:
    """The step that follows an answer. `seed` (the delivery's id) spreads the waits."""
    match answer:
        case Acknowledged():
            return Step("acknowledged")
        case HandedOver(reason):
            return _await(reason, tried, seed)
        case Refused(reason):
            return Step("failed", error=reason, ask="refused")
        case Retry(reason, asked_s):
            return _again(reason, asked_s, tried, seed)
        case Unknown(reason):
            if not can.can_look_up and not can.dedupes:
                return Step("parked", error=reason, ask="unknown")
            return _wait_unknown(reason, None, tried, seed)
        case NotFound():
            return _resend(tried, can)
        case CannotLookUp(reason):
            if can.dedupes:
                return Step("queued", error=f"{reason}; it knows repeats, so it is sent again")
            return Step("parked", error=reason, ask="unknown")


def _await(reason: str, tried: Tried, seed: str) -> Step:
    """It lies where they take it from: its answer is looked for until a person is asked."""
    wait_s = next_try_s(tried.tries, seed, tried.waited_s, None)
    if wait_s is None:
        return Step("parked", error=f"no acknowledgement came: {reason}", ask="unknown")
    return Step("handed", max(HANDED_WAIT_S, wait_s), reason)


def _again(reason: str, asked_s: float | None, tried: Tried, seed: str) -> Step:
    """Not there for sure (a sending), or no answer about it (a look-up): later."""
    if tried.act == "look_up":
        return _wait_unknown(reason, asked_s, tried, seed)
    wait_s = next_try_s(tried.tries, seed, tried.waited_s, asked_s)
    if wait_s is None:
        text = f"given up after {tried.tries} tries: {reason}"
        return Step("failed", error=text, ask="refused")
    return Step("queued", wait_s, reason)


def _wait_unknown(reason: str, asked_s: float | None, tried: Tried, seed: str) -> Step:
    wait_s = next_try_s(tried.tries, seed, tried.waited_s, asked_s)
    if wait_s is None:
        text = f"given up after {tried.tries} tries: {reason}"
        return Step("parked", error=text, ask="unknown")
    return Step("unknown", wait_s, reason)


def _resend(tried: Tried, can: Abilities) -> Step:
    """The system says it is not there; believed once it cannot be on its way any more."""
    on_its_way_s = can.deadline_s + can.settle_s
    if can.dedupes or tried.sent_ago_s is None or tried.sent_ago_s >= on_its_way_s:
        return Step("queued")
    text = "not there yet; looked up once more before it is sent again"
    return Step("unknown", on_its_way_s - tried.sent_ago_s, text)
