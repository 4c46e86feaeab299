"""Money taken at the store: its states, who may move it where, and what it does to the credit.

    captured -> received -> handed in -> posted
                    \\-> refused              \\-> bounced -> handed in again

A receipt is captured on the handheld and received by the server; cash and cheques are handed in
to the office; posted means finance has it in the books: of a cheque, that it has cleared. What is
not posted lowers no debt: cash and transfers are shown as paid and not posted yet, cheques as
pending. A bounce takes a posting back; refused money was never there (a twin, a slip).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

METHODS = ("cash", "cheque", "transfer")
STATES = ("captured", "received", "handed_in", "posted", "bounced", "refused")
PENDING = ("captured", "received", "handed_in")
"""States of money that is on its way and in no books yet."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from which states, to which, of which methods; whether it needs a reason."""

    before: tuple[str, ...]
    after: str
    methods: tuple[str, ...] = METHODS
    needs_reason: bool = False


STEPS: Mapping[str, Step] = {
    "receive": Step(("captured",), "received"),
    "hand_in": Step(("received",), "handed_in", ("cash", "cheque")),
    "take_back": Step(("handed_in",), "received", ("cash", "cheque")),
    "post": Step(("handed_in",), "posted"),
    "post_transfer": Step(("received",), "posted", ("transfer",)),
    "bounce": Step(("handed_in", "posted"), "bounced", needs_reason=True),
    "present_again": Step(("bounced",), "handed_in", ("cheque",)),
    "refuse": Step(("received", "handed_in"), "refused", needs_reason=True),
    "reopen": Step(("refused",), "received"),
}
"""The whole life of a receipt; code, tests and manual read it here."""


def after(step: str, state: str, method: str) -> str | None:
    """The state a step leads to; None when it cannot be taken from here."""
    one = STEPS.get(step)
    if one is None or state not in one.before or method not in one.methods:
        return None
    return one.after


def steps_from(state: str, method: str) -> tuple[str, ...]:
    """The steps that may be taken now, in order of the table."""
    return tuple(step for step in STEPS if after(step, state, method) is not None)


@dataclass(frozen=True, slots=True)
class Pending:
    """Money taken and not posted: cash and transfers, and cheques, which may still bounce."""

    paid_minor: int
    cheques_minor: int


def pending(collections: Iterable[tuple[str, str, int]]) -> Pending:
    """Sum what is on its way, from (method, state, amount in minor units)."""
    paid = cheques = 0
    for method, state, amount_minor in collections:
        if state not in PENDING or amount_minor <= 0:
            continue
        if method == "cheque":
            cheques += amount_minor
        else:
            paid += amount_minor
    return Pending(paid, cheques)


def exposure_counting(exposure_minor: int, paid_minor: int, counts_at_once: bool) -> int:
    """The exposure an order meets: unposted cash and transfers lower it only where the firm says
    so, cheques never before they have cleared."""
    return exposure_minor - paid_minor if counts_at_once else exposure_minor


def cheque_key(bank: str | None, number: str | None) -> str | None:
    """What two receipts of one cheque share, however they were typed; None without a number.

    Letters without case, digits without leading zeros, nothing else: "0012-345" is "12345".
    """
    plain = _letters(number).lstrip("0")
    return f"{_letters(bank)}/{plain}" if plain else None


def _letters(text: str | None) -> str:
    return re.sub(r"[\W_]+", "", (text or "").casefold())
