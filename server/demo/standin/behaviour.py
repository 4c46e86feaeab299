"""How well or badly the stand-in shall behave, and what that means for one attempt.

Pure: no clock, no network. Every throw of the dice is a hash of (seed, webhook id, number of the
attempt, question), so a run can be repeated whatever order the threads came in.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any


class Lie(StrEnum):
    """Answers that look like success or like an answer, and are neither."""

    HTML = "html"  # 200 and a web page, as a captive portal or a proxy does
    NO_NUMBER = "no_number"  # 200 and JSON, but no external number
    EMPTY_NUMBER = "empty_number"  # 200 and a number of no characters
    NUMBER_NOT_TEXT = "number_not_text"  # 200 and a number that is a list
    BAD_JSON = "bad_json"  # 200 and half a document
    WRONG_ORDER = "wrong_order"  # 200 and the number of somebody else's order
    WRONG_LINES = "wrong_lines"  # 200 and more units than were ordered
    REDIRECT = "redirect"  # 307 to another address
    HUGE = "huge"  # 200 and a body of 1 GB
    DRIP = "drip"  # 200 and one byte every now and then, for ever
    DRIP_HEADERS = "drip_headers"  # the same before the headers are complete
    PACKED = "packed"  # 200 and a gzip body nobody asked for


class Act(StrEnum):
    """What one attempt meets, decided before the order is looked at."""

    TAKE = "take"
    TAKE_AND_STALL = "take_and_stall"
    TAKE_AND_CUT = "take_and_cut"
    TAKE_AND_DENY = "take_and_deny"
    LOSE = "lose"
    REFUSE = "refuse"
    FAIL = "fail"
    RATE_LIMIT = "rate_limit"
    LIE = "lie"


_SHORT = tuple(one for one in Lie if one not in (Lie.HUGE, Lie.DRIP, Lie.DRIP_HEADERS))
ANY = "any"
"""As a lie: one of those that end soon, every other time with the order taken behind it."""
_CHANCES = ("fail_p", "rate_limit_p", "timeout_p", "lie_p", "delay_p", "lose_p", "deny_p",
            "refuse_p", "look_up_fail_p")  # fmt: skip


@dataclass(frozen=True)
class Behaviour:
    """The settings of `/behave` and of the command line. Probabilities are 0..1, times seconds."""

    delay_s: float = 0.0  # thinking time before the order is even looked at
    delay_p: float = 1.0  # how often it takes that time
    lose_p: float = 0.0  # the connection is dropped, and nothing was taken
    deny_p: float = 0.0  # takes the order and says no, with deny_status
    deny_status: int = 500
    look_up_fail_p: float = 0.0  # a look-up meets a 503, half an answer, or a dropped connection
    refuse: str = ""  # a reason: every order is refused with it
    refuse_p: float = 1.0  # only so many of the sendings, when there is a reason
    refuse_status: int = 422
    fail_p: float = 0.0
    fail_first: int = 0  # so many first attempts of every delivery fail
    fail_status: int = 503
    rate_limit_first: int = 0  # so many first attempts of every delivery get 429
    rate_limit_p: float = 0.0
    retry_after_s: int = 1
    timeout_p: float = 0.0  # takes the order, then no answer comes
    timeout_first: int = 0  # so many first attempts of every delivery meet that
    timeout_how: str = "stall"  # or "cut": the connection is dropped at once
    stall_s: float = 60.0
    lie: str = ""  # one of Lie, or ANY
    lie_p: float = 1.0
    lie_first: int = 0  # only so many first attempts of every delivery (0: by lie_p)
    lie_takes: bool = False  # whether the order is taken behind the lie
    refuse_products: list[str] = field(default_factory=list)
    stock: dict[str, int] = field(default_factory=dict)  # units left; not named = plenty
    short_as: str = "backorder"  # or "cut": what becomes of the rest of a short line
    dedupe: bool = True  # one document per webhook id
    look_up: bool = True
    reconcile: bool = True  # it has a list of a day
    stage_s: float = 0.0  # so long an order stays in each stage (progress.py); 0: until told
    status_url: str = ""  # where every stage is told; "": nowhere, it can be asked for
    status_doubled: bool = False  # every event is told twice
    status_shuffled: bool = False  # and in any order
    seed: int = 1

    def __post_init__(self) -> None:
        for name in _CHANCES:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a probability between 0 and 1")
        for name in ("delay_s", "stall_s", "stage_s", "retry_after_s", "fail_first"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} cannot be negative")
        if self.lie and self.lie not in {ANY, *(lie.value for lie in Lie)}:
            raise ValueError("lie is one of " + ", ".join(lie.value for lie in Lie))
        if self.timeout_how not in ("stall", "cut"):
            raise ValueError('timeout_how is "stall" or "cut"')
        if self.short_as not in ("backorder", "cut"):
            raise ValueError('short_as is "backorder" or "cut"')

    def changed(self, wishes: dict[str, Any]) -> Behaviour:
        """Return the behaviour with `wishes` applied; ValueError names a wish it cannot follow."""
        defaults = {one.name: getattr(Behaviour(), one.name) for one in fields(Behaviour)}
        for name, value in wishes.items():
            if name not in defaults:
                raise ValueError(f"{name} is no behaviour; there are: " + ", ".join(defaults))
            wanted = type(defaults[name])
            whole_for_float = wanted is float and type(value) is int
            if type(value) is not wanted and not whole_for_float:
                raise ValueError(f"{name} takes {wanted.__name__}")
        return replace(self, **wishes)

    def act(self, webhook_id: str, attempt: int) -> Act:
        """What the `attempt`-th (from 1) sending of this delivery meets."""
        if self.refuse and self._dice("refuse", webhook_id, attempt) < self.refuse_p:
            return Act.REFUSE
        if self._dice("lose", webhook_id, attempt) < self.lose_p:
            return Act.LOSE
        if self._dice("deny", webhook_id, attempt) < self.deny_p:
            return Act.TAKE_AND_DENY
        if attempt <= self.rate_limit_first or self._dice("rate", webhook_id, attempt) < (
            self.rate_limit_p
        ):
            return Act.RATE_LIMIT
        if attempt <= self.fail_first or self._dice("fail", webhook_id, attempt) < self.fail_p:
            return Act.FAIL
        if self._lies(webhook_id, attempt):
            return Act.LIE
        if attempt <= self.timeout_first or self._dice("time", webhook_id, attempt) < (
            self.timeout_p
        ):
            return Act.TAKE_AND_STALL if self.timeout_how == "stall" else Act.TAKE_AND_CUT
        return Act.TAKE

    def wait_s(self, webhook_id: str, attempt: int) -> float:
        """The thinking time of one attempt."""
        thinks = self._dice("delay", webhook_id, attempt) < self.delay_p
        return self.delay_s if thinks else 0.0

    def lie_of(self, webhook_id: str, attempt: int) -> tuple[Lie, bool]:
        """Which lie one attempt is told, and whether the order is taken behind it."""
        if self.lie != ANY:
            return Lie(self.lie), self.lie_takes
        throw = self._dice("which", webhook_id, attempt)
        return _SHORT[int(throw * len(_SHORT))], self._dice("took", webhook_id, attempt) < 0.5

    def look_up_fails(self, reference: str, attempt: int) -> float:
        """Below 1: this look-up fails, and the number says how. 1: it is answered."""
        throw = self._dice("look_up", reference, attempt)
        return throw / self.look_up_fail_p if throw < self.look_up_fail_p else 1.0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def _lies(self, webhook_id: str, attempt: int) -> bool:
        if not self.lie:
            return False
        if self.lie_first:
            return attempt <= self.lie_first
        return self._dice("lie", webhook_id, attempt) < self.lie_p

    def _dice(self, question: str, webhook_id: str, attempt: int) -> float:
        text = f"{self.seed}|{question}|{webhook_id}|{attempt}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=7).digest(), "big") / 2**56


def allocate(
    lines: list[dict[str, Any]], left: dict[str, int], behaviour: Behaviour
) -> list[dict[str, Any]]:
    """Answer each order line from what is `left` (product -> units, lowered in place).

    A product that `left` does not name is plentiful. Each answered line carries the line's own
    number `n`, `quantity` as ordered, and `allocated` + `backordered` + `cut`, adding up to it.
    """
    answered = []
    for line in lines:
        product, quantity = str(line["product"]), int(line["quantity"])
        reason, rest_goes_to = "", behaviour.short_as
        if product in behaviour.refuse_products:
            allocated, rest_goes_to, reason = 0, "cut", "not carried by the warehouse"
        else:
            allocated = min(quantity, max(0, left.get(product, quantity)))
            if allocated < quantity:
                reason = "not enough on hand"
        if product in left:
            left[product] -= allocated
        rest = quantity - allocated
        answered.append(
            {
                "n": line["n"],
                "product": product,
                "quantity": quantity,
                "allocated": allocated,
                "backordered": rest if rest_goes_to == "backorder" else 0,
                "cut": rest if rest_goes_to == "cut" else 0,
                "reason": reason,
            }
        )
    return answered
