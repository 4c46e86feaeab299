"""What every way of talking to a delivery system can be asked, and what its answers mean.

One contract, so that the dispatcher knows nothing of HTTP, folders or UBL, and one suite of tests
(`tests/server/delivery/contract.py`) that every adapter passes. No method raises for anything the
far end does or fails to do: whatever happened is one of the outcomes below. ValueError comes only
from making an adapter, when its target's settings cannot be used.

    outcome        of              what is certain                     what becomes of the order
    -------------  --------------  ----------------------------------  -----------------------------
    Acknowledged   send, look_up   it is there, under this number      acknowledged, for good
    HandedOver     send, look_up   it is where they take it from, or   looked up again; never sent
                                   taken; their answer comes later     again
    Refused        send, look_up   not there, and will not be          failed: the office is asked
    Retry          send            not there; try later                queued again
    Retry          look_up         nobody can say just now             stays unknown
    Unknown        send            it may be there                     looked up, not just resent
    NotFound       look_up         they state: we do not have it       sent again, once nothing of
                                                                       it can be on its way
    CannotLookUp   look_up         it cannot be asked, ever            sent again where they know
                                                                       repeats, else parked for a
                                                                       person
    News           read_status     what they said since; may be none   applied, then `confirm`ed
    Retry          read_status     nothing could be read just now      asked again later
    NoNews         read_status     they have no way of telling         never asked
    Reckoned       reckon          all they have of a day              compared with ours
    CannotReckon   reckon          they cannot be asked for a day      said so, never asked
    Retry          reckon          no whole list of it just now        asked again later

An adapter keeps no state in memory that matters: any process may send, another look up, a third
read statuses, and each of them may be killed at any line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from server.delivery.document import LineOutcome, OutgoingOrder
from server.delivery.reckoning import CannotReckon, Reckoned
from sync.delivery.status import StatusUpdate


@dataclass(frozen=True)
class Acknowledged:
    """The order is in the delivery system, under this number and with these quantities."""

    external_no: str
    lines: tuple[LineOutcome, ...] = ()


@dataclass(frozen=True)
class HandedOver:
    """The document is theirs to take, or taken; the acknowledgement is still to come.

    Healthy: it counts neither as a failure of the system nor against the order. The next order of
    the same store need not wait for it, because documents lie there in the order they were put.
    """

    reason: str


@dataclass(frozen=True)
class Refused:
    """It does not take the order, and says why.

    `permanent` when that is about this order. Without, it is about us (wrong secret, wrong path,
    no room): the next order would meet the same, so the breaker counts it.
    """

    reason: str
    permanent: bool = True


@dataclass(frozen=True)
class Retry:
    """Of a sending: it surely did nothing with the order. Of a question: no answer just now.

    `after_s` is the wait it asked for, in seconds. `alive` tells that the system answered and only
    asks for patience.
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


@dataclass(frozen=True)
class SetAside:
    """Something that came in and cannot be read: `name` as they called it, `why` for the office.

    `key` is the same every time the same thing is met, so that the office is told of it once.
    """

    key: str
    name: str
    why: str


@dataclass(frozen=True)
class News:
    """What the delivery system said since `since`.

    updates: in the order they were told, which need not be the order in which they happened; a
    repeat is known by its id. answered: references ("order/revision") whose acknowledgement came
    in: a look-up will find it now. set_aside: what could not be read. since: what to ask from next
    time (kept when the updates are). more: ask again at once. receipt: what
    `confirm` needs; nobody else looks into it.
    """

    updates: tuple[StatusUpdate, ...] = ()
    answered: tuple[str, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    since: str = ""
    more: bool = False
    receipt: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoNews:
    """This delivery system is not asked for statuses: it calls us, or tells none."""


Answer = Acknowledged | HandedOver | Refused | Retry | Unknown
Finding = Acknowledged | HandedOver | Refused | NotFound | CannotLookUp | Retry
Reading = News | NoNews | Retry
Reckoning = Reckoned | CannotReckon | Retry


@dataclass(frozen=True)
class Target:
    """A delivery target's row, as an adapter is made from it.

    url: where it is (https://..., or a folder). options: settings of the kind's own.
    """

    code: str
    kind: str
    url: str
    secret: str = ""
    can_look_up: bool = True
    dedupes: bool = False
    allow_private: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


class Adapter(Protocol):
    """A way of talking to one delivery system. `deadline_s`: seconds for the whole exchange."""

    def send(self, order: OutgoingOrder, deadline_s: float) -> Answer:
        """Hand the order over once; the same `order.delivery` and document on every attempt."""
        ...

    def look_up(self, order: OutgoingOrder, deadline_s: float) -> Finding:
        """Ask what became of `order.reference`. Changes nothing at the other end."""
        ...

    def read_status(self, since: str, deadline_s: float) -> Reading:
        """What they said since `since` ("" = from the beginning). Told again until confirmed."""
        ...

    def confirm(self, news: News) -> None:
        """The news is committed; it need not be told again. Losing this call doubles nothing."""
        ...

    def stirred(self) -> int | None:
        """A number that changes when there may be news, so cheap that it is asked every second.

        None: there is no such sign; news are asked for now and then.
        """
        ...

    def reckon(
        self, day: date, begins_at: datetime, ends_at: datetime, deadline_s: float
    ) -> Reckoning:
        """All orders they took in on a day (of the company's zone; its two ends in UTC)."""
        ...

    def forget(self, order: OutgoingOrder) -> bool:
        """A person says that it is not there any more: forget what we noted of handing it over.

        True where a look-up reads nothing but that: it must then be sent, not looked up.
        """
        ...

    def check(self, deadline_s: float) -> str:
        """A dry look at the connection, in words: sends no order. Raises `CheckFailed`."""
        ...


class CheckFailed(Exception):
    """The connection would not carry an order; the text says what to put right."""
