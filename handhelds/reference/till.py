"""Money at the store: what it owes and has paid, which items a payment is for, and what looks odd.

Receipts on their way to the books are counted apart: cash and transfers as paid and not posted,
cheques as pending. What they are meant for is not proposed again. The rep's own unsent receipts
are among them, as everywhere on the handheld.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from handhelds.reference.clock import moment
from handhelds.reference.queries import Queries, Row, parts
from sync.terms.allocation import OpenItem, Use, propose
from sync.terms.collection import PENDING, Pending, cheque_key, pending
from sync.terms.cutoff import local_day


@dataclass(frozen=True, slots=True)
class Money:
    """Money as a rep types it in. `wished` None = propose, oldest due first."""

    method: str
    amount_minor: int
    cheque_no: str | None = None
    cheque_bank: str | None = None
    cheque_on: date | None = None
    wished: tuple[Use, ...] | None = None
    note: str | None = None


class Till:
    """Reads about money of one handheld."""

    def __init__(self, queries: Queries) -> None:
        self.queries = queries

    def receipts(self, store: Row) -> list[Row]:
        """The store's receipts, the newest first."""
        found = self.queries.rows("collection", store["id"])
        return sorted(found, key=lambda one: str(one["captured_at"] or ""), reverse=True)

    def pending(self, store: Row) -> Pending:
        """Money of the store that is in no books yet."""
        rows = self.queries.rows("collection", store["id"])
        return pending((one["method"], one["state"], one["amount_minor"]) for one in rows)

    def items(self, store: Row) -> list[Row]:
        """The store's items: those open first, by the day they were due; `spoken_minor` = what
        receipts on their way are meant to settle of it."""
        receivable = self.queries.row("receivable", store["id"]) or {}
        spoken = self._spoken_for(store)
        rows = [
            item | {"spoken_minor": spoken.get(item["number"], 0)}
            for item in parts("receivable", "items", receivable.get("items"))
        ]
        return sorted(rows, key=lambda one: (one["open_minor"] == 0, one["due_on"], one["number"]))

    def _spoken_for(self, store: Row) -> dict[str, int]:
        sums: dict[str, int] = {}
        for one in self.queries.rows("collection", store["id"]):
            if one["state"] in PENDING:
                for number, minor in one["allocation"] or ():
                    sums[number] = sums.get(number, 0) + minor
        return sums

    def proposal(self, store: Row, amount_minor: int) -> tuple[Use, ...]:
        """What a payment would settle: the oldest due first."""
        return propose(amount_minor, [_open(item) for item in self.items(store)])

    def warnings(self, store: Row, money: Money, uses: Sequence[Use], today: date) -> list[str]:
        """What a rep should think of before writing this receipt, in words; empty = nothing."""
        said = self._duplicates(store, money, today)
        there = {item["number"]: _open(item) for item in self.items(store)}
        for number, minor in uses:
            item = there.get(number)
            if item is None or item.kind != "invoice":
                said.append(f"{number} is none of the store's open items")
            elif item.open_minor <= 0:
                said.append(f"{number} is paid already")
            elif minor > item.open_minor:
                said.append(f"{number} has less open than that")
            elif item.disputed:
                said.append(f"{number} is disputed by the store")
        if sum(minor for _, minor in uses) > money.amount_minor:
            said.append("the items come to more than the money")
        if money.cheque_on is not None and money.cheque_on > today:
            said.append(f"the cheque is dated {money.cheque_on}")
        return said

    def _duplicates(self, store: Row, money: Money, today: date) -> list[str]:
        """Receipts this may be the same money as; any of the handheld's for a cheque."""
        said: list[str] = []
        mine = cheque_key(money.cheque_bank, money.cheque_no) if money.cheque_no else None
        for one in self.queries.rows("collection"):
            if one["state"] == "refused":
                continue
            key = cheque_key(one["cheque_bank"], one["cheque_no"])
            if mine is not None and one["method"] == "cheque" and key == mine:
                said.append(f"this cheque is on receipt {one['number']} already")
            elif (one["store"], one["amount_minor"]) == (store["id"], money.amount_minor) and (
                day_of(one, store) == today
            ):
                said.append(f"the same amount was taken today by receipt {one['number']}")
        return said


def day_of(receipt: Row, store: Row) -> date:
    """The day a receipt was taken, on the store's wall."""
    if receipt.get("day"):
        return date.fromisoformat(receipt["day"])
    return local_day(moment(receipt["captured_at"]), store.get("zone") or "UTC")


def body_of(money: Money, store: Row, uses: Sequence[Use], currency: str) -> dict[str, Any]:
    """What travels of a receipt, but for its id, number and visit."""
    return {
        "store": store["id"],
        "method": money.method,
        "amount_minor": money.amount_minor,
        "currency": currency,
        "cheque_no": money.cheque_no,
        "cheque_bank": money.cheque_bank,
        "cheque_on": money.cheque_on.isoformat() if money.cheque_on else None,
        "allocation": [{"number": number, "amount_minor": minor} for number, minor in uses],
        "note": money.note,
    }


def counts_at_once(queries: Queries, store: Row) -> bool:
    """Whether the firm lets cash count for the credit before it is posted: the policy of the
    store, else of its banner, else of the company."""
    found, strength = False, -1
    for row in queries.pulled("policy", "rule = 'credit_exceeded'"):
        mine = 2 if row["store"] else 1 if row["banner"] else 0
        if row["store"] not in (None, store["id"]) or row["banner"] not in (
            None, store.get("banner"),
        ):  # fmt: skip
            continue
        value = (row["params"] or {}).get("count_unposted_cash")
        if value is not None and mine > strength:
            found, strength = value == 1, mine
    return found


def _open(item: Row) -> OpenItem:
    return OpenItem(
        item["number"],
        date.fromisoformat(item["due_on"]),
        item["open_minor"] - item["spoken_minor"],
        item["kind"],
        bool(item["disputed"]),
    )
