"""What finance does with money that reps took: hand in, post, bounce, refuse; and what follows.

Posting settles the items a receipt was meant for as far as they are open now, oldest wish first;
the rest becomes an item on account under the receipt's own number. A bounce gives back exactly
what was posted. The account is locked first, as a push does, so both cannot change it at once;
every step is audited and syncs down.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from schemas.ids import derived
from sync.audit import note
from sync.batch import Told
from sync.feed import Entry, publish
from sync.inbox import raise_item
from sync.queries import facts as fact_queries
from sync.queries import money as queries
from sync.queries.orders import language_of
from sync.sentences.words import words
from sync.terms.allocation import OpenItem, propose, settle
from sync.terms.collection import STEPS, after
from sync.terms.credit import sums_minor
from sync.write import put

_json = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Moved:
    """What became of a bulk step: receipts that took it, and why others did not."""

    done: list[str] = field(default_factory=list)
    amount_minor: int = 0
    left: dict[str, str] = field(default_factory=dict)  # receipt's number -> why, in words


class Reasonless(ValueError):
    """This step must say why."""


def move(
    conn: Connection,
    cell: int,
    ids: Sequence[str],
    step: str,
    by: str,
    now: datetime,
    *,
    reason: str = "",
    oldest_first: bool = False,
    note_of: str = "",
    address: str | None = None,
) -> Moved:
    """Take receipts of a cell one step further, each as far as it may go, and tell handhelds.

    step: of STEPS; "post" posts transfers too. oldest_first: post to the items that are due
    first instead of those the receipt was meant for. note_of: kept in the audit trail (a cash-up's
    difference). address: where it was done from. Raises Reasonless.
    """
    moved, entries = moved_by(
        conn, cell, ids, step, by, now, reason=reason, oldest_first=oldest_first, note_of=note_of,
        address=address,
    )  # fmt: skip
    publish(conn, cell, entries)
    return moved


def moved_by(
    conn: Connection, cell: int, ids: Sequence[str], step: str, by: str, now: datetime, *,
    reason: str = "", oldest_first: bool = False, note_of: str = "", address: str | None = None,
) -> tuple[Moved, list[Entry]]:  # fmt: skip
    """The same, its entries not published yet."""
    if STEPS[step].needs_reason and not reason:
        raise Reasonless(step)
    books = _Books(conn, cell, by, now)
    books.lock(queries.stores_of(conn, cell, ids))
    moved = Moved()
    for one in queries.lock(conn, cell, ids):
        name = "post_transfer" if step == "post" and one.method == "transfer" else step
        state = after(name, one.state, one.method)
        why_not = _why_not(conn, cell, one, name, state)
        if state is None or why_not is not None:
            moved.left[one.number] = why_not or f"it is {one.state.replace('_', ' ')}"
            continue
        values: dict[str, Any] = {"state": state, "reason": reason or None}
        values |= _stamps(step, state, by, now)
        if state == "posted":
            values |= books.post(one, oldest_first)
        elif one.state == "posted":
            books.take_back(one)
            values["bounced_at"] = now
        books.restate(one, values)
        _audit(conn, cell, one, step, by, now, values, note_of, address)
        books.settle_items(one, state)
        if state in ("bounced", "refused"):
            books.tell_rep(one, state, reason)
        moved.done.append(one.id)
        moved.amount_minor += one.amount_minor
    return moved, books.close()


def clear(
    conn: Connection, cell: int, ids: Sequence[str], by: str, now: datetime,
    *, address: str | None = None,
) -> tuple[Moved, list[Entry]]:  # fmt: skip
    """Note that these receipts are payments of their own, whatever they look like; what asked
    about that is answered. Returns the entries to publish."""
    moved, entries = Moved(), list[Entry]()
    for one in queries.lock(conn, cell, ids):
        if not queries.clear(conn, cell, one.id):
            moved.left[one.number] = "somebody said so already"
            continue
        subject = f"collection/{one.id}"
        note(conn, cell, by, "collection.clear", subject, now, address=address)
        done = queries.resolve(conn, cell, subject, "two payments", by, now, ("duplicate",))
        entries += [Entry(scope, "conflict", key) for key, scope in done]
        moved.done.append(one.id)
        moved.amount_minor += one.amount_minor
    return moved, entries


def _why_not(
    conn: Connection, cell: int, one: queries.Lying, step: str, state: str | None
) -> str | None:
    """Why a receipt cannot be posted although its state would allow it."""
    if state != "posted":
        return None
    if one.amount_minor <= 0:
        return "it is over nothing: refuse it and say why"
    shop = queries.shop(conn, cell, one.store)
    if shop is None:
        return "its store is not known here"
    if shop[1] != one.currency:
        return f"it is in {one.currency} and the store pays in {shop[1]}"
    return None


def _stamps(step: str, state: str, by: str, now: datetime) -> dict[str, Any]:
    if step == "hand_in":
        return {"handed_in_at": now, "handed_in_by": by}
    if step in ("take_back", "reopen"):
        return {"handed_in_at": None, "handed_in_by": None}
    if state == "posted":
        return {"posted_at": now, "posted_by": by, "bounced_at": None}
    return {}


def _audit(
    conn: Connection, cell: int, one: queries.Lying, step: str, by: str, now: datetime,
    values: dict[str, Any], note_of: str, address: str | None,
) -> None:  # fmt: skip
    kept = ("state", "reason", "on_account_minor")
    said: dict[str, Any] = {name: values[name] for name in kept if name in values}
    if note_of:
        said["note"] = note_of
    if "applied" in values:
        said["applied"] = msgspec.json.decode(values["applied"])
    elif one.state == "posted":
        said |= {"applied": one.applied, "on_account_minor": one.on_account_minor}
    note(
        conn, cell, by, f"collection.{step}", f"collection/{one.id}", now,
        before={"state": one.state, "amount_minor": one.amount_minor}, after=said,
        address=address,
    )  # fmt: skip


class _Books:
    """The accounts and items of some stores while receipts are posted to them."""

    def __init__(self, conn: Connection, cell: int, by: str, now: datetime) -> None:
        self.conn, self.cell, self.by, self.now = conn, cell, by, now
        self.items: dict[str, dict[str, dict[str, Any]]] = {}
        self.accounts: dict[str, dict[str, Any]] = {}
        self.changed: set[tuple[str, str]] = set()
        self.entries: list[Entry] = []
        self.today: date = now.astimezone(ZoneInfo(queries.zone_of(conn, cell))).date()

    def lock(self, stores: Sequence[str]) -> None:
        """Lock the stores' accounts, making those that are missing, and read their items."""
        for store in stores:
            if queries.open_account(self.conn, self.cell, store, self.by):
                self.entries.append(Entry(f"st:{store}", "receivable", store))
        fact_queries.lock_credit(self.conn, self.cell, stores)
        self.accounts = {
            one["store"]: one for one in queries.accounts(self.conn, self.cell, stores)
        }
        for item in queries.whole_items(self.conn, self.cell, stores):
            self.items.setdefault(item["store"], {})[item["number"]] = item

    def post(self, one: queries.Lying, oldest_first: bool) -> dict[str, Any]:
        """Settle what the receipt is meant for; returns what it has become."""
        mine = self.items.setdefault(one.store, {})
        payable = {n: i["open_minor"] for n, i in mine.items() if i["kind"] == "invoice"}
        wished = [(str(number), int(minor)) for number, minor in one.allocation]
        if oldest_first:
            wished = list(propose(one.amount_minor, [_open(item) for item in mine.values()]))
        settled = settle(one.amount_minor, wished, payable)
        for number, minor in settled.uses:
            self._pay(one.store, number, minor)
        rest = settled.on_account_minor
        if rest:
            self._put_on_account(one, rest)
        return {"applied": _json(settled.uses).decode(), "on_account_minor": rest}

    def take_back(self, one: queries.Lying) -> None:
        """Open again what a posting had settled."""
        for number, minor in one.applied:
            self._pay(one.store, str(number), -int(minor))
        if one.on_account_minor:
            self._put_on_account(one, -one.on_account_minor)

    def _pay(self, store: str, number: str, minor: int) -> None:
        """Take from what is open of an item, or give back, within its own amount."""
        item = self.items[store].get(number)
        if item is None:
            return
        item["open_minor"] = min(max(0, item["open_minor"] - minor), max(0, item["amount_minor"]))
        item["paid_on"] = self.today if item["open_minor"] == 0 else None
        self.changed.add((store, number))

    def _put_on_account(self, one: queries.Lying, minor: int) -> None:
        item = self.items[one.store].get(one.number)
        if item is None:
            item = {
                "store": one.store, "number": one.number, "kind": "on_account",
                "issued_on": one.day, "due_on": one.day, "amount_minor": 0, "open_minor": 0,
                "paid_on": None, "disputed": False,
            }  # fmt: skip
            self.items[one.store][one.number] = item
        item["amount_minor"] = max(0, item["amount_minor"] + minor)
        item["open_minor"] = max(0, min(item["open_minor"] + minor, item["amount_minor"]))
        self.changed.add((one.store, one.number))

    def restate(self, one: queries.Lying, values: dict[str, Any]) -> None:
        scope = queries.restate(self.conn, self.cell, one.id, self.by, values)
        self.entries.append(Entry(scope, "collection", one.id))

    def settle_items(self, one: queries.Lying, state: str) -> None:
        """What waited for finance about a receipt is answered by what finance does with it."""
        if state not in ("posted", "refused"):
            return
        subject = f"collection/{one.id}"
        done = queries.resolve(self.conn, self.cell, subject, state, self.by, self.now)
        self.entries += [Entry(scope, "conflict", key) for key, scope in done]

    def tell_rep(self, one: queries.Lying, state: str, reason: str) -> None:
        """Say to the rep that the money did not stand."""
        conn, cell, rule = self.conn, self.cell, f"collection_{state}"
        shop = queries.shop(conn, cell, one.store)
        figures: dict[str, str | int | None] = {
            "number": one.number, "amount_minor": one.amount_minor, "currency": one.currency,
            "store": shop and shop[0], "reason": reason, "method": one.method,
        }  # fmt: skip
        language = language_of(conn, cell, one.rep)
        told = Told(
            derived("conflict", one.id, rule, self.now.isoformat()), rule, None,
            str(one.amount_minor), None, "as_answered", None, rule,
            {key: None if value is None else str(value) for key, value in figures.items()},
            words(rule, "as_answered", figures, language), subject=f"collection/{one.id}",
        )  # fmt: skip
        self.entries.append(
            raise_item(
                conn,
                cell,
                told,
                by=self.by,
                at=self.now,
                rep=one.rep,
                store=one.store,
                language=language,
            )
        )

    def close(self) -> list[Entry]:
        """Write items and accounts, and recount what is on its way; returns what tells of it."""
        stores = sorted({store for store, _ in self.changed})
        for store in stores:
            kinds = ((one["kind"], one["open_minor"]) for one in self.items[store].values())
            account = self.accounts[store]
            account["open_minor"], account["on_account_minor"] = sums_minor(kinds)
        if stores:
            parts = [self.items[store][number] for store, number in sorted(self.changed)]
            rows = [self.accounts[store] for store in stores]
            told = put(
                self.conn, self.cell, "receivable", rows, self.by, parts={"open_item": parts}
            )
            self.entries += told.entries
        queries.recount(self.conn, self.cell, sorted(self.accounts))
        return self.entries


def _open(item: dict[str, Any]) -> OpenItem:
    return OpenItem(
        item["number"], item["due_on"], item["open_minor"], item["kind"], item["disputed"]
    )
