"""Items of the inbox that rep and office share: how one is written, whoever makes it.

A push makes them through effects.py; what the server finds by itself (a delivery that is stuck, a
mass change, a request of the office) through `raise_item`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from sync.batch import Told
from sync.decisions.shapes import Item
from sync.desk.answers import of_item
from sync.feed import Entry
from sync.queries import push as queries
from sync.rules.all import BY_NAME
from sync.sentences.words import button

OFFICE = "office"  # a scope no handheld carries: items a rep may not see
_json = msgspec.json.Encoder().encode

KEPT: Mapping[str, tuple[Item, str]] = {
    "unreadable": ("fault", "admin"),
    "version_unknown": ("fault", "admin"),
    "server_fault": ("fault", "admin"),
    "id_reused": ("duplicate", "order_desk"),
    "row_known": ("duplicate", "order_desk"),
    "collection_impossible": ("fault", "finance"),
    "device_revoked": ("hold", "supervisor"),
    "delivery_refused": ("delivery", "order_desk"),
    "delivery_unknown": ("delivery", "order_desk"),
    "delivery_short": ("delivery", "order_desk"),
    "delivery_undelivered": ("delivery", "order_desk"),
    "delivery_given_up": ("delivery", "order_desk"),
    "delivery_status": ("delivery", "order_desk"),
    "delivery_change": ("delivery", "order_desk"),
    "delivery_cancelled": ("notice", "order_desk"),
    "delivery_set_aside": ("delivery", "admin"),
    "delivery_silent": ("alarm", "admin"),
    "delivery_differs": ("alarm", "order_desk"),
}
"""What the server itself keeps or tells, by its reason: the kind of item, and who owns it."""

ANSWERED: Mapping[str, tuple[str, ...]] = {
    "delivery_status": ("set_aside",),
    "delivery_change": ("seen",),
    "delivery_set_aside": ("set_aside",),
}
"""The office's answers by reason, where those of the kind cannot be given: here no delivery is
stuck, so there is nothing to send again. What was set aside is taken all the same should it ever
fit: a status once its word has a meaning, its order is here, its hour has come."""


def kept_as(rule: str) -> tuple[Item, str]:
    """The kind of item and the owner of something kept for this reason."""
    row = BY_NAME.get(rule)
    if row is not None:
        return row.item or "hold", row.owner
    return KEPT.get(rule, ("hold", "order_desk"))


def is_waiting(told: Told) -> bool:
    """Whether somebody is to answer it: the office always, the rep where answers are offered."""
    return told.needs == "office" or (told.needs == "rep" and bool(told.rep_answers))


def labelled(names: tuple[str, ...], language: str) -> list[list[str]]:
    """Answers with what stands on their buttons, in the reader's language."""
    return [[name, button(name, language)] for name in names]


def row_of(
    told: Told,
    *,
    by: str,
    rep: str | None,
    store: str | None,
    order_id: str | None,
    change: str | None,
    at: datetime,
    language: str,
) -> tuple[Any, ...]:
    """The row of an item, in the columns of queries.insert_conflicts.

    language: what the rep reads. An item of no rep, or not for the rep's eyes, lies in OFFICE.
    """
    rep_answers = () if told.private else told.rep_answers
    answers = told.answers
    if told.needs == "office" and not answers:
        answers = ANSWERED.get(told.rule) or of_item(told.item, is_order=order_id is not None)
    return (
        told.id, scope_of(told, rep), 1, by, told.item, rep, store, order_id, told.subject, change,
        told.line, told.field, told.rule, told.decision, told.base, told.yours, told.now,
        told.needs, told.message, _json(told.arguments).decode(), told.says, told.proposed,
        list(answers), _json(labelled(rep_answers, language)).decode(),
        None if told.ask is None else _json(told.ask).decode(),
        told.owner or ("rep" if is_waiting(told) else None),
        "waiting" if is_waiting(told) else "told", told.due_at, 0, at,
    )  # fmt: skip


def scope_of(told: Told, rep: str | None) -> str:
    return OFFICE if told.private or rep is None else f"rep:{rep}"


def raise_item(
    conn: Connection,
    cell: int,
    told: Told,
    *,
    by: str,
    at: datetime,
    rep: str | None = None,
    store: str | None = None,
    order_id: str | None = None,
    change: str | None = None,
    language: str = "en",
) -> Entry:
    """Write an item outside of a push; return the entry that tells of it, for feed.publish.

    `by`: user:CODE, job:NAME or delivery:TARGET. An item without answers of its own gets those of
    its kind. The cell is the store's, or the rep's home cell.
    """
    row = row_of(
        told, by=by, rep=rep, store=store, order_id=order_id, change=change, at=at,
        language=language,
    )  # fmt: skip
    queries.insert_conflicts(conn, cell, [row])
    return Entry(scope_of(told, rep), "conflict", told.id)
