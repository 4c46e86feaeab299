"""The adapter for delivery systems that speak HTTP, signed per Standard Webhooks.

    POST URL/orders                                send
    GET  URL/orders/by-reference/<order>/<rev>     look up, where the target can
    GET  URL/orders/status?since=<cursor>          read statuses, where the target is asked for them
    GET  URL/reconcile?day=<date>&from=&to=        what they have of a day (reckoning.py)

How an answer to a sending is understood is the whole matter, so here it is in one table:

    what happened                              what it means for the order
    -----------------------------------------  ------------------------------------------------
    2xx, readable, with an external number     acknowledged
    2xx without, web page, too long, redirect  unknown: somebody answered, it proves nothing
    409                                        unknown: it may be there already
    408, 425, 429, 503                         retry (after Retry-After): it says it did nothing
    other 4xx                                  refused, with the reason it gives
    500, 502, 504 and other 5xx                unknown: it may have failed after it was taken
    no connection, wrong certificate           retry: not a byte of the order had left
    line lost or time over after that          unknown
    address not allowed                        refused, nothing was sent

`refused` with `permanent=False` is a refusal that is not about this order (wrong secret, wrong
path, not allowed): the next order would meet the same, so the breaker counts it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated
from urllib.parse import quote

import msgspec
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from server.delivery.connection import (
    ANSWER_BYTES,
    Interrupted,
    NotAllowed,
    NotReached,
    Reply,
    check_url,
    exchange,
)
from server.delivery.contract import (
    Acknowledged,
    Answer,
    CannotLookUp,
    CheckFailed,
    Finding,
    News,
    NoNews,
    NotFound,
    Reading,
    Reckoning,
    Refused,
    Retry,
    Target,
    Unknown,
)
from server.delivery.document import (
    CONTENT_TYPE,
    OutgoingOrder,
    Unreadable,
    envelope,
    read_answer,
    reason_in,
    says_absent,
)
from server.delivery.forms.shape import Unwritable
from server.delivery.over_http_day import list_of_day, plain_json
from server.delivery.statuses import Unreadable as Unintelligible
from server.delivery.statuses import plain, read_batch

RETRY_AFTER_MOST_S = 24 * 3600.0
STATUS_BYTES = 1024 * 1024
"""The most of a page of statuses or of a day's list; other answers stay within ANSWER_BYTES."""
_DID_NOTHING = frozenset({408, 425, 429, 503})
_ABOUT_US = frozenset({401, 403, 404, 405, 406, 407, 410, 415})


OPTIONS = {"ask_status": "ask it for statuses (GET /orders/status?since=)"}
_NOWHERE = "/orders/by-reference/talaria-check/1"


class _StatusPage(msgspec.Struct):
    next: Annotated[str, msgspec.Meta(max_length=200)]
    updates: list[msgspec.Raw] = []
    more: bool = False


def make(target: Target) -> HttpAdapter:
    """The adapter of a target of kind http. ValueError when its settings cannot be used."""
    check_target(target)
    return HttpAdapter(target)


def check_target(target: Target) -> None:
    """ValueError when a target that is reached over HTTP has settings that cannot be used."""
    unknown = sorted(set(target.options) - OPTIONS.keys())
    if unknown:
        raise ValueError(
            f"{target.kind} has no setting {unknown[0]!r}; it has: {', '.join(OPTIONS)}"
        )
    for name, value in target.options.items():
        if not isinstance(value, bool):
            raise ValueError(f"{name} is true or false")
    try:
        check_url(target.url, target.allow_private)
    except NotAllowed as error:
        raise ValueError(str(error)) from None


class HttpAdapter:
    """Orders out by POST /orders, signed per Standard Webhooks; look-up by reference by GET."""

    def __init__(
        self,
        target: Target,
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
        try:
            body, kind = self.written(order)
        except Unwritable as why:
            return Refused(str(why))
        headers = {"content-type": kind, "accept": self.accept}
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
        headers = {"accept": self.accept}
        try:
            reply = self._ask("GET", path, order.reference, b"", headers, deadline_s)
        except NotAllowed as error:
            return CannotLookUp(str(error))
        except (NotReached, Interrupted) as error:
            return Retry(f"look-up: {error}")
        if reply.whole and reply.status in (200, 404) and says_absent(reply.body, order):
            return NotFound()
        if (found := self.found(reply, order)) is not None:
            return found
        if reply.status in (404, 405, 501):
            return CannotLookUp(f"look-up answered HTTP {reply.status}")
        return Retry(f"look-up answered HTTP {reply.status}", self._wait_s(reply))

    def read_status(self, since: str, deadline_s: float) -> Reading:
        if not self._target.options.get("ask_status"):
            return NoNews()
        path = f"/orders/status?since={quote(since, safe='')}"
        try:
            reply = self._ask(
                "GET", path, f"status/{since}", b"", {"accept": "application/json"}, deadline_s,
                most_bytes=STATUS_BYTES,
            )  # fmt: skip
        except (NotAllowed, NotReached, Interrupted) as error:
            return Retry(f"statuses: {error}")
        if reply.status != 200 or not plain_json(reply):
            return Retry(f"statuses: HTTP {reply.status}", self._wait_s(reply))
        try:
            page = msgspec.json.decode(reply.body, type=_StatusPage)
            updates, set_aside = read_batch(reply.body, self._target.code)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, Unintelligible) as error:
            return Retry(f"statuses: {plain(str(error))}")
        more = page.more and page.next != since
        return News(tuple(updates), set_aside=tuple(set_aside), since=page.next, more=more)

    def confirm(self, news: News) -> None:
        """Nothing: what was read is remembered by `since`."""

    def stirred(self) -> int | None:
        return None

    def reckon(
        self, day: date, begins_at: datetime, ends_at: datetime, deadline_s: float
    ) -> Reckoning:
        def ask(path: str, webhook_id: str, left_s: float) -> Reply:
            headers = {"accept": "application/json"}
            return self._ask("GET", path, webhook_id, b"", headers, left_s, STATUS_BYTES)

        return list_of_day(ask, self._wait_s, day, begins_at, ends_at, deadline_s)

    def forget(self, order: OutgoingOrder) -> bool:
        return False

    def check(self, deadline_s: float) -> str:
        """Look up a reference that cannot exist; the answer shows address, certificate, secret."""
        try:
            reply = self._ask("GET", _NOWHERE, "talaria-check/1", b"", {}, deadline_s)
        except (NotAllowed, NotReached, Interrupted) as error:
            raise CheckFailed(str(error)) from None
        if reply.status in (401, 403):
            raise CheckFailed(
                f"it answered HTTP {reply.status}: does it have the same secret, and the time of "
                f"day? {reason_in(reply.body)}".rstrip()
            )
        if 300 <= reply.status < 400:
            raise CheckFailed(
                f"HTTP {reply.status}: redirects are not followed; correct the address"
            )
        if not self._target.can_look_up:
            return f"it answers (HTTP {reply.status}); it is not asked to look orders up"
        if reply.whole and reply.status in (200, 404) and _says_absent(reply.body):
            return "it answers, knows our signature, and looks orders up"
        raise CheckFailed(
            f"HTTP {reply.status} to a look-up, and not the words "
            '{"found": false, "order": ..., "revision": ...}: orders whose answer got lost could '
            "not be looked up (or set it up with --no-look-up)"
        )

    # -- the order and its answer: what another kind of document over HTTP does differently --------

    accept = "application/json"

    def written(self, order: OutgoingOrder) -> tuple[bytes, str]:
        """The body that goes out and its content type. Raises Unwritable."""
        return envelope(order), CONTENT_TYPE

    def taken(self, reply: Reply, order: OutgoingOrder) -> Answer:
        """What a 2xx to a sending says of the order."""
        if not plain_json(reply):
            return Unknown(f"HTTP {reply.status} with something that is no acknowledgement")
        try:
            reading = read_answer(reply.body, order)
        except Unreadable as error:
            return Unknown(f"HTTP {reply.status}: {error}")
        return Acknowledged(reading.external_no, reading.lines)

    def found(self, reply: Reply, order: OutgoingOrder) -> Finding | None:
        """What an answer to a look-up says of the order, None when it says nothing."""
        if reply.status != 200 or not plain_json(reply):
            return None
        try:
            reading = read_answer(reply.body, order, proof=True)
        except Unreadable as error:
            return Retry(f"look-up: {error}")
        return Acknowledged(reading.external_no, reading.lines)

    # -- one exchange ---------------------------------------------------------------------------

    def _ask(
        self,
        method: str,
        path: str,
        webhook_id: str,
        body: bytes,
        headers: dict[str, str],
        deadline_s: float,
        most_bytes: int = ANSWER_BYTES,
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
            most_bytes=most_bytes,
        )

    def _understand(self, reply: Reply, order: OutgoingOrder) -> Answer:
        status = reply.status
        if 200 <= status < 300:
            return self.taken(reply, order)
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
        return Unknown(text)

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


def _says_absent(body: bytes) -> bool:
    try:
        said = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("found") is False
