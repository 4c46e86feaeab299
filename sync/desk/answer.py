"""What an answer to an item of the inbox does: the office's and the rep's, whoever is first.

`give` locks the order, then the item, and looks whether the answer is still one; then the table
DOES does it in the same transaction. Each answer is audited and syncs down to the rep. Whoever
comes second is told who was first, and changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from sync.audit import note
from sync.delivery import resend
from sync.delivery.change import drop_change
from sync.desk import cancel as cancelling
from sync.desk import lines, release
from sync.desk.answers import ANSWERS
from sync.desk.cancel import cancel
from sync.desk.payments import paid
from sync.feed import Entry
from sync.queries import inbox as queries
from sync.queries import orders as order_queries
from sync.queries.inbox import ItemRow
from sync.queries.merging import twin_of


class TooLate(LookupError):
    """The item is answered already, or what it is about has gone further. `why` is a key of
    sentences/<language>/answer.py LATE, `figures` its places."""

    def __init__(self, why: str, **figures: str) -> None:
        super().__init__(f"{why}: {figures}")
        self.why, self.figures = why, figures


class NotOffered(ValueError):
    """This party cannot give this answer to this item."""


@dataclass(slots=True)
class Given:
    """An answer on its way. `party`: office or rep; `by`: user:CODE; `marks`: changed_by of rows;
    `number`: an external number, where the answer needs one."""

    name: str
    party: str
    by: str
    now: datetime
    note: str = ""
    number: str = ""
    address: str | None = None
    marks: str = ""
    rep_decides: bool = False
    entries: list[Entry] = field(default_factory=list)

    @property
    def reason(self) -> str:
        return self.note or ("withdrawn by the rep" if self.party == "rep" else "")


Do = Callable[[Connection, int, ItemRow, Given], str | None]
"""Does an answer; returns the resolution in words, None = only noted, the item goes on waiting."""


def give(conn: Connection, cell: int, item_id: str, given: Given) -> str | None:
    """Give an answer; the entries that tell of it are in `given.entries`, for feed.publish.

    Returns the resolution, None when the item goes on waiting. Raises TooLate and NotOffered, and
    LookupError when there is no such item.
    """
    found = queries.order_of(conn, cell, item_id)
    if found is None:
        raise LookupError("there is no such item")
    if found[0] is not None:
        order_queries.lock(conn, cell, found[0])
    item = queries.lock(conn, cell, item_id)
    if item is None:
        raise LookupError("there is no such item")
    _check(item, given)
    given.marks = given.marks or given.by
    resolution = DOES[given.name](conn, cell, item, given)
    values: dict[str, Any] = {
        "answer": given.name, "answer_by": given.by, "answer_note": given.note or None,
    }  # fmt: skip
    if resolution is not None:
        values |= {
            "state": "resolved", "resolution": resolution, "resolved_by": given.by,
            "resolved_at": given.now,
        }  # fmt: skip
    changed = queries.change(conn, cell, item_id, given.marks, values)
    given.entries += [Entry(scope, "conflict", key) for key, scope in changed]
    after = {"state": values.get("state", "waiting"), "note": given.note}
    audit(
        conn, cell, item, given.by, given.now, f"item.{given.name}", given.address,
        {"state": item.state, "owner": item.owner}, after,
    )  # fmt: skip
    return resolution


def _check(item: ItemRow, given: Given) -> None:
    """Whether the answer may (still) be given."""
    if item.state == "resolved":
        raise TooLate("answered", by=item.resolved_by or "", how=item.resolution or "")
    offered = item.answers if given.party == "office" else [name for name, _ in item.rep_answers]
    if given.name not in offered or given.name not in DOES:
        raise NotOffered(f"{given.name} is no answer to this")
    if item.state != "waiting":
        raise TooLate("passed")
    if ANSWERS[given.name].needs == "number" and not given.number.strip():
        raise NotOffered("this answer needs the number the order has there")


def audit(
    conn: Connection, cell: int, item: ItemRow, by: str, now: datetime, action: str,
    address: str | None, before: Mapping[str, Any], after: Mapping[str, Any],
) -> None:  # fmt: skip
    """One line of the audit about an item, and about its subject in the same words."""
    note(
        conn, cell, by, action, f"conflict/{item.id}", now,
        before=before, after={**after, "rule": item.rule}, address=address,
    )  # fmt: skip


# --- held orders ---------------------------------------------------------------------------------


def _order(item: ItemRow) -> str:
    if item.order_id is None:
        raise NotOffered("this is about no order")
    return item.order_id


def _release(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
    return _released(conn, cell, item, given, [item.rule])


def _override(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
    if not given.note:
        raise NotOffered("to release whatever comes up, say why: the rep reads it")
    return _released(conn, cell, item, given, None)


def _released(
    conn: Connection, cell: int, item: ItemRow, given: Given, rules: list[str] | None
) -> str:
    try:
        _, entries = release.released(
            conn, cell, _order(item), rules, given.by, given.now, given.note,
            override=rules is None, address=given.address,
        )  # fmt: skip
    except release.NotHeld as late:
        raise TooLate("not_held") from late
    given.entries += entries
    return "overridden" if rules is None else "released"


def _reject(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
    if not given.note:
        raise NotOffered("to reject, say why: the rep reads it")
    return _ended(conn, cell, item, given, "reject")


def _withdraw(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
    return _ended(conn, cell, item, given, "cancel")


def _ended(conn: Connection, cell: int, item: ItemRow, given: Given, event: str) -> str:
    try:
        given.entries += release.end_held(
            conn, cell, _order(item), given.by, given.now, given.reason,
            event=event, address=given.address,
        )  # fmt: skip
    except release.NotHeld as late:
        raise TooLate("not_held") from late
    return "withdrawn" if event == "cancel" else f"rejected: {given.note}"


def _both_meant(conn: Connection, cell: int, item: ItemRow, given: Given) -> str | None:
    """The office decides; the rep does where a policy says so, else it is advice."""
    if item.order_id is None:
        return "both meant"
    if given.party == "rep" and not given.rep_decides:
        return None
    _released(conn, cell, item, given, [item.rule])
    return "both meant"


# --- lines ---------------------------------------------------------------------------------------


def _chosen(question: str, decision: str, words: str) -> Do:
    """An answer that decides a line, and with it the order anew."""

    def do(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
        try:
            given.entries += lines.choose(
                conn, cell, _order(item), f"{question}/{item.line or ''}", decision,
                given.by, given.now, given.note, given.address,
            )  # fmt: skip
        except lines.Gone as gone:
            raise TooLate("sent", state=gone.state) from gone
        return words

    return do


def _cancel_order(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
    try:
        given.entries += lines.cancel(
            conn, cell, _order(item), given.by, given.now, given.note, given.address
        )
    except lines.Gone:
        try:
            how = cancel(conn, cell, _order(item), given.by, given.now, given.reason, given.address)
        except cancelling.TooLate as late:
            raise TooLate("sent", state=late.state) from late
        return "cancelled" if how == "cancelled" else "the delivery system is asked to cancel it"
    return "cancelled"


def _keep_waiting(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
    """Of a held line it is a decision; of one that waits already it changes nothing."""
    if item.decision == "hold_for_office":
        _chosen("stock", "confirm_available_backorder_rest", "")(conn, cell, item, given)
    return "keeps waiting"


# --- everything else -----------------------------------------------------------------------------


def _let_stand(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
    from sync.desk.let_stand import NotKept, stand  # it decides changes, answers among them

    try:
        entries, _ = stand(conn, cell, item.change or "", given.by, given.now, given.address)
    except NotKept as late:
        raise NotOffered(str(late)) from late
    given.entries += entries
    return "let stand"


def _noted(words: str) -> Do:
    return lambda conn, cell, item, given: words


def _resend(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
    delivery = queries.stuck_delivery(conn, cell, _order(item))
    if delivery is None or resend.send_again(conn, cell, delivery, given.by, given.now) is None:
        raise TooLate("not_stuck")
    return "sent again"


def _enter_number(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
    delivery = queries.stuck_delivery(conn, cell, _order(item))
    try:
        found = delivery and resend.enter_number(
            conn, cell, delivery, given.number, given.by, given.now
        )
    except ValueError as fault:
        raise NotOffered(str(fault)) from fault
    if not found:
        raise TooLate("not_stuck")
    return f"is there as {given.number.strip()}"


def _accept_request(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
    from sync.desk.requests import Outdated, apply_request  # it writes edits, which make items

    try:
        given.entries += apply_request(conn, cell, item, given.by, given.now, given.address)
    except Outdated as late:
        raise NotOffered(str(late)) from late
    return "accepted"


def _store(what: str) -> Do:
    """An answer that decides about a new store."""

    def do(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
        from sync.desk import stores  # it decides orders, which make items

        store = (item.subject or "").removeprefix("store/")
        said = (given.by, given.now, given.address)
        try:
            if what == "approve":
                given.entries += stores.approve(conn, cell, store, *said)
                return "approved"
            if what == "decline":
                given.entries += stores.decline(conn, cell, store, given.note, *said)
                return f"declined: {given.note}" if given.note else "declined"
            twin = twin_of(conn, cell, item.id)
            given.entries += stores.merge(conn, cell, store, twin or "", *said)
            return "merged"
        except stores.NotSo as late:
            raise NotOffered(str(late)) from late

    return do


def _decline_request(conn: Connection, cell: int, item: ItemRow, given: Given) -> str:
    """A change of a sent order is not passed on; any other request writes nothing anyway."""
    if item.ask is not None and item.ask.get("kind") == "order":
        drop_change(conn, cell, item.ask["change"], given.now)
    return "declined"


DOES: Mapping[str, Do] = {
    "release": _release,
    "override": _override,
    "redirect": _release,
    "reject": _reject,
    "both_meant": _both_meant,
    "accept_price": _chosen("price", "apply_price_now", "today's price taken"),
    "withdraw": _withdraw,
    "keep_waiting": _keep_waiting,
    "cut_rest": _chosen("stock", "cut", "the rest is cut"),
    "take_substitute": _chosen("stock", "substitute", "the substitute comes"),
    "cancel_order": _cancel_order,
    "let_stand": _let_stand,
    "set_aside": _noted("set aside"),
    "accept_request": _accept_request,
    "decline_request": _decline_request,
    "take_theirs": _accept_request,
    "keep_mine": _noted("the rep's value stays"),
    "approve_store": _store("approve"),
    "merge_store": _store("merge"),
    "decline_store": _store("decline"),
    "resend": _resend,
    "enter_number": _enter_number,
    "seen": _noted("seen"),
    "two_payments": paid(True),
    "one_payment": paid(False),
}
