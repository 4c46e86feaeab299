"""What rep and office read when a delivery system says something: items of the inbox they share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from schemas.ids import derived
from sync.batch import Told
from sync.decisions.shapes import Plain
from sync.feed import Entry
from sync.inbox import kept_as, raise_item
from sync.queries import deliveries as queries
from sync.queries.orders import language_of
from sync.sentences.words import words

SHORT, UNDELIVERED = "delivery_short", "delivery_undelivered"
GIVEN_UP, STATUS = "delivery_given_up", "delivery_status"
CHANGE = "delivery_change"
Order = dict[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """What an item follows from: a delivery, or an event of a delivery system."""

    target: str
    id: str


SEEN = frozenset(
    ("delivery_short", "delivery_undelivered", "delivery_given_up", "delivery_cancelled")
)
"""Bad news that the rep must have seen: the store waits for goods that will not come."""


class Event(Protocol):
    """Of a StatusUpdate, what a sentence about it needs."""

    @property
    def id(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def order(self) -> str | None: ...
    @property
    def external_no(self) -> str | None: ...
    @property
    def status(self) -> str: ...
    @property
    def at(self) -> datetime: ...


def tell(
    conn: Connection,
    cell: int,
    key: str,
    order: Order | None,
    rule: str,
    decision: str,
    figures: dict[str, Plain],
    by: str,
    at: datetime,
    *,
    line: int | None = None,
    yours: str | None = None,
    now: str | None = None,
    needs_office: bool = False,
    private: bool = False,
) -> Entry:
    """Write one item about an order; its id is `key`, so that it is written once.

    private, or without an order: for the office alone.
    """
    rep = None if order is None else order["rep"]
    language = language_of(conn, cell, rep) if rep else "en"
    item, owner = kept_as(rule)
    bad_news = rule in SEEN and rep is not None and not needs_office
    needs = "office" if needs_office else "rep" if bad_news else None
    told = Told(
        key, rule, line, yours, now, decision, needs, rule,
        {name: None if value is None else str(value) for name, value in figures.items()},
        words(rule, decision, {**figures, "yours": yours, "now": now}, language),
        private=private, item=item, owner=owner if needs_office else None,
        subject=f"order/{order['id']}" if order else None,
        rep_answers=("seen",) if bad_news else (),
    )  # fmt: skip
    change = queries.submitting_change(conn, cell, order["id"]) if order else None
    return raise_item(
        conn, cell, told, by=by, at=at, rep=rep, store=order["store"] if order else None,
        order_id=order["id"] if order else None, language=language, change=change,
    )  # fmt: skip


def tell_short(
    conn: Connection, cell: int, order: Order,
    line: tuple[int, str, tuple[int, int, int, int], str | None], about: About, by: str,
    at: datetime,
) -> Entry:  # fmt: skip
    """Of a line less comes than was promised. line: (n, product, (ordered, allocated, backordered,
    cut), reason)."""
    n, product, (ordered, allocated, backordered, cut), reason = line
    figures: dict[str, Plain] = {
        "number": order["number"], "product": _name(conn, cell, order, product),
        "allocated": allocated, "backordered": backordered, "cut": cut,
        "reason": None if reason in (None, "delivery_system") else reason,
    }  # fmt: skip
    key = derived("conflict", about.target, about.id, SHORT, n)
    return tell(
        conn, cell, key, order, SHORT, "as_answered", figures, by, at,
        line=n, yours=str(ordered), now=str(allocated),
    )  # fmt: skip


def tell_left(
    conn: Connection, cell: int, order: Order, change: str, line: Mapping[str, Any], by: str,
    at: datetime,
) -> Entry:  # fmt: skip
    """Of a line of a change that was taken less is left by now than when it was asked."""
    n, promised = line["n"], line["confirmed"]
    figures: dict[str, Plain] = {
        "number": order["number"], "product": _name(conn, cell, order, line["product"]),
        "allocated": promised, "backordered": line["backordered"], "cut": line["cut"],
        "reason": None,
    }  # fmt: skip
    return tell(
        conn, cell, derived("conflict", change, SHORT, n), order, SHORT, "left_by_others", figures,
        by, at, line=n, yours=str(line["ordered"]), now=str(promised),
    )  # fmt: skip


def tell_over_budget(
    conn: Connection, cell: int, order: Order, change: str, over_minor: int, by: str, at: datetime
) -> Entry:
    """A change that was taken gives more than its promotions have left: the office alone hears."""
    store, _ = queries.names_of(conn, cell, order["id"], [])
    figures: dict[str, Plain] = {
        "number": order["number"], "store": store, "over_minor": over_minor,
        "currency": order["currency"],
    }  # fmt: skip
    key = derived("conflict", change, CHANGE, "over_budget")
    return tell(
        conn, cell, key, order, CHANGE, "over_budget", figures, by, at,
        needs_office=True, private=True,
    )  # fmt: skip


def tell_undelivered(
    conn: Connection, cell: int, order: Order,
    line: tuple[int, str, tuple[int, int], str], about: About, by: str, at: datetime,
) -> Entry:  # fmt: skip
    """Of a line less was taken at the door than was shipped. line: (n, product, (shipped,
    delivered), reason)."""
    n, product, (shipped, delivered), reason = line
    figures: dict[str, Plain] = {
        "number": order["number"], "product": _name(conn, cell, order, product),
        "delivered": delivered, "shipped": shipped, "missing": shipped - delivered,
        "reason": reason or None,
    }  # fmt: skip
    key = derived("conflict", about.target, about.id, UNDELIVERED, n)
    return tell(
        conn, cell, key, order, UNDELIVERED, "as_answered", figures, by, at,
        line=n, yours=str(shipped), now=str(delivered),
    )  # fmt: skip


def tell_given_up(
    conn: Connection, cell: int, order: Order, word: str, about: About, by: str, at: datetime
) -> Entry:
    """The delivery system ended an order by itself. word: "cancelled" or "rejected"."""
    store, _ = queries.names_of(conn, cell, order["id"], [])
    figures: dict[str, Plain] = {"number": order["number"], "store": store, "state": word}
    key = derived("conflict", about.target, about.id, GIVEN_UP)
    return tell(conn, cell, key, order, GIVEN_UP, "as_answered", figures, by, at)


def ask_about_status(
    conn: Connection, cell: int, order: Order | None, event: Event, why: str, by: str, at: datetime
) -> Entry:
    """An event that cannot be taken waits for the office. why: the decision of its sentence."""
    figures: dict[str, Plain] = {
        "target": event.target, "status": event.status,
        "number": order["number"] if order else event.external_no or event.order,
        "state": order["state"] if order else None, "at": event.at.isoformat(),
    }  # fmt: skip
    return tell(
        conn, cell, _status_key(event), order, STATUS, why, figures, by, at,
        needs_office=True, private=True,
    )  # fmt: skip


def retire(conn: Connection, cell: int, event: Event, by: str, at: datetime) -> list[Entry]:
    """Close the item of an event that could be taken in the end."""
    closed = queries.resolve(conn, cell, [_status_key(event)], "taken", by, at)
    return [Entry(scope, "conflict", key) for key, scope in closed]


def _status_key(event: Event) -> str:
    return derived("conflict", event.target, event.id, STATUS)


def _name(conn: Connection, cell: int, order: Order, product: str) -> str:
    _, names = queries.names_of(conn, cell, order["id"], [product])
    return names.get(product, product)
