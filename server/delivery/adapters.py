"""What a delivery system can be asked, and the adapter for those that speak HTTP.

The contract is small on purpose: `send` an order, `look_up` its reference. How an answer is
understood is the whole matter, so here it is in one table:

    what happened                              what it means for the order
    -----------------------------------------  ------------------------------------------------
    2xx, readable, with an external number     acknowledged
    2xx without, web page, too long, redirect  unknown: somebody answered, it proves nothing
    409                                        unknown: it may be there already
    408, 425, 429, 503                         retry (after Retry-After): it says it did nothing
    other 4xx                                  refused, with the reason it gives
    502, 504                                   unknown: a gateway gave up, not the system
    500 and other 5xx                          unknown where a look-up can tell, else retry
    no connection, wrong certificate           retry: not a byte of the order had left
    line lost or time over after that          unknown
    address not allowed                        refused, nothing was sent

`refused` with `permanent=False` is a refusal that is not about this order (wrong secret, wrong
path, not allowed): the next order would meet the same, so the breaker counts it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol
from urllib.parse import quote

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from server.delivery.connection import (
    Interrupted,
    NotAllowed,
    NotReached,
    Reply,
    exchange,
)
from server.delivery.document import (
    CONTENT_TYPE,
    LineOutcome,
    OutgoingOrder,
    Unreadable,
    envelope,
    read_answer,
    reason_in,
    says_absent,
)

RETRY_AFTER_MOST_S = 24 * 3600.0
_DID_NOTHING = frozenset({408, 425, 429, 503})
_ABOUT_US = frozenset({401, 403, 404, 405, 406, 407, 410, 415})


@dataclass(frozen=True)
class Acknowledged:
    """The order is in the delivery system, under this number and with these quantities."""

    external_no: str
    lines: tuple[LineOutcome, ...] = ()


@dataclass(frozen=True)
class Refused:
    """It does not take the order, and says why; `permanent` when that is about this order."""

    reason: str
    permanent: bool = True


@dataclass(frozen=True)
class Retry:
    """It surely did nothing with the order; `after_s` is the wait it asked for, in seconds.

    `alive` tells that the system answered and only asks for patience (429).
    """

    reason: str
    after_s: float | None = None
    alive: bool = False


@dataclass(frozen=True)
class Unknown:
    """Nobody can say yet whether the order arrived."""

    reason: str


@dataclass(frozen=True)
class NotFound:
    """The delivery system states that it has no document of this reference."""


@dataclass(frozen=True)
class CannotLookUp:
    """This delivery system cannot be asked for a reference."""

    reason: str


Answer = Acknowledged | Refused | Retry | Unknown
Finding = Acknowledged | NotFound | CannotLookUp | Retry


class Adapter(Protocol):
    """A way of talking to one delivery system. Neither method raises for what the far end does."""

    def send(self, order: OutgoingOrder, deadline_s: float) -> Answer:
        """Hand the order over once; the same `order.delivery` on every attempt."""
        ...

    def look_up(self, order: OutgoingOrder, deadline_s: float) -> Finding:
        """Ask what became of `order.reference`; `Retry` when it cannot say just now."""
        ...


@dataclass(frozen=True)
class HttpTarget:
    """What the HTTP adapter needs of a delivery target's row."""

    url: str
    secret: str
    can_look_up: bool
    allow_private: bool


class HttpAdapter:
    """Orders out by POST /orders, signed per Standard Webhooks; look-up by reference by GET."""

    def __init__(
        self,
        target: HttpTarget,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._target, self._clock = target, clock
        self._url = target.url.rstrip("/")
        try:
            self._webhook = Webhook(target.secret)
        except (ValueError, EmptyWebhookSecretError) as error:
            raise ValueError(
                f"the secret of this delivery target cannot be used: {error}"
            ) from None

    def send(self, order: OutgoingOrder, deadline_s: float) -> Answer:
        body = envelope(order)
        headers = {"content-type": CONTENT_TYPE, "accept": "application/json"}
        try:
            reply = self._ask("POST", "/orders", order.delivery, body, headers, deadline_s)
        except NotAllowed as error:
            return Refused(str(error), permanent=False)
        except NotReached as error:
            return Retry(f"not reached: {error}")
        except Interrupted as error:
            return Unknown(f"no answer: {error}")
        return self._understand(reply, order)

    def look_up(self, order: OutgoingOrder, deadline_s: float) -> Finding:
        if not self._target.can_look_up:
            return CannotLookUp("this delivery system cannot look orders up")
        path = f"/orders/by-reference/{quote(order.order, safe='')}/{order.revision}"
        headers = {"accept": "application/json"}
        try:
            reply = self._ask("GET", path, order.reference, b"", headers, deadline_s)
        except NotAllowed as error:
            return CannotLookUp(str(error))
        except (NotReached, Interrupted) as error:
            return Retry(f"look-up: {error}")
        if reply.whole and reply.status in (200, 404) and says_absent(reply.body, order):
            return NotFound()
        if reply.status == 200 and _plain_json(reply):
            try:
                reading = read_answer(reply.body, order, proof=True)
            except Unreadable as error:
                return Retry(f"look-up: {error}")
            return Acknowledged(reading.external_no, reading.lines)
        if reply.status in (404, 405, 501):
            return CannotLookUp(f"look-up answered HTTP {reply.status}")
        return Retry(f"look-up answered HTTP {reply.status}", self._wait_s(reply))

    def _ask(
        self,
        method: str,
        path: str,
        webhook_id: str,
        body: bytes,
        headers: dict[str, str],
        deadline_s: float,
    ) -> Reply:
        now = self._clock()
        signed = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(webhook_id, now, body.decode("utf-8")),
            "user-agent": "talaria",
        }
        return exchange(
            method,
            self._url + path,
            {**headers, **signed},
            body,
            deadline_s=deadline_s,
            allow_private=self._target.allow_private,
        )

    def _understand(self, reply: Reply, order: OutgoingOrder) -> Answer:
        status = reply.status
        if 200 <= status < 300:
            if not _plain_json(reply):
                return Unknown(f"HTTP {status} with something that is no acknowledgement")
            try:
                reading = read_answer(reply.body, order)
            except Unreadable as error:
                return Unknown(f"HTTP {status}: {error}")
            return Acknowledged(reading.external_no, reading.lines)
        if 300 <= status < 400:
            return Unknown(f"HTTP {status}: redirects are not followed; correct the address")
        said = reason_in(reply.body)
        text = f"HTTP {status}: {said}" if said else f"HTTP {status}"
        if status in _DID_NOTHING:
            return Retry(text, self._wait_s(reply), alive=status == 429)
        if status == 409:
            return Unknown(text)
        if 400 <= status < 500:
            return Refused(said or text, permanent=status not in _ABOUT_US)
        if status in (502, 504) or self._target.can_look_up:
            return Unknown(text)
        return Retry(text)

    def _wait_s(self, reply: Reply) -> float | None:
        """Seconds that Retry-After asks for, as a number or a date; None without a usable one."""
        said = reply.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit():
            return min(float(said), RETRY_AFTER_MOST_S)
        try:
            until = parsedate_to_datetime(said)
        except ValueError:
            return None
        if until.tzinfo is None:
            return None
        wait_s = (until - self._clock()).total_seconds()
        return min(max(0.0, wait_s), RETRY_AFTER_MOST_S)


def _plain_json(reply: Reply) -> bool:
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    unpacked = reply.headers.get("content-encoding", "identity").lower() == "identity"
    is_json = kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )
    return reply.whole and unpacked and is_json
