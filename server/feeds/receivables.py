"""Receivables in: open and paid items of each store, and the sums its credit is checked against.

A store's account is locked while its items are compared, as a push locks it while deciding an
order: both cannot change it at once. Items missing from a file stay as they are, unless the file
is said to be full: then they are settled.

The load is the truth as of its own moment. Money posted here after that moment is taken off what
it says is open, and what bounced after it is put back: a payment counts once, whether the books
knew it when the file was written or not.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from sqlalchemy import Connection

from server.feeds import queries
from server.feeds.plan import Plan, Run, differing
from server.feeds.validate import Line
from sync.delivery.settle import settle_credit
from sync.queries import money
from sync.terms.credit import sums_minor

ITEM = ("kind", "issued_on", "due_on", "amount_minor", "open_minor", "paid_on", "disputed")
BIRTH = {"kind": "invoice", "paid_on": None, "disputed": False}
ACCOUNT = ("store", "limit_minor", "open_minor", "on_account_minor", "blocked_reason", "as_of")

Items = dict[str, dict[str, Any]]
Since = Mapping[str, int]
"""Item -> what was settled of it here that the file cannot know; below zero: opened again."""


def plan_receivables(conn: Connection, run: Run, lines: Sequence[Line]) -> Plan:
    """Compare items by store and number, and work out every touched account anew."""
    plan = Plan()
    stores = {row["code"]: row for row in queries.store_keys(conn, run.field_cells())}
    by_store: dict[str, list[Line]] = defaultdict(list)
    named: dict[str, set[str]] = defaultdict(set)
    for code, number in run.unread:
        if code in stores:
            named[stores[code]["id"]].add(number)
    limits: dict[str, int | None] = {}
    for line in lines:
        store = stores.get(line.row["store"])
        if store is None:
            run.reject(line, "store", "Load the store first, or correct its code.")
            continue
        named[store["id"]].add(line.row["number"])
        if _sound(run, line, limits, store["id"]):
            by_store[store["id"]].append(line)
    cells = run.field_cells()
    touched = {
        row["id"]: row["cell"] for row in stores.values() if run.full or row["id"] in by_store
    }
    for cell in sorted(set(touched.values())):
        mine = [store for store, where in touched.items() if where == cell]
        listed = {store: {line.row["number"] for line in by_store.get(store, ())} for store in mine}
        settle_credit(conn, cell, listed, run.as_of)
    accounts = {row["store"]: row for row in queries.lock_accounts(conn, cells, sorted(touched))}
    items: dict[str, Items] = defaultdict(dict)
    for row in queries.items(conn, cells, sorted(touched)):
        items[row["store"]][row["number"]] = dict(row)
    since: dict[str, dict[str, int]] = defaultdict(dict)
    for store, number, minor in money.told_since(conn, cells, sorted(touched), run.as_of):
        since[store][number] = minor
    for store in sorted(touched):
        changed = _put(plan, items[store], by_store.get(store, []), since[store])
        if run.full:
            changed += _settle(run, plan, items[store], named[store], since[store])
        account = _account(run, store, accounts.get(store), items[store].values(), limits)
        if changed or account is not None:
            rows = plan.rows_for(touched[store], "receivable")
            rows.rows.append(account or {name: accounts[store][name] for name in ACCOUNT})
            rows.parts.setdefault("open_item", []).extend(
                _part(store, number, items[store][number]) for number in changed
            )
    return plan


def _part(store: str, number: str, item: Mapping[str, Any]) -> dict[str, Any]:
    return {"store": store, "number": number, **{name: item[name] for name in ITEM}}


def _sound(run: Run, line: Line, limits: dict[str, int | None], store: str) -> bool:
    """Reject an item whose amounts contradict each other."""
    row = line.row
    amount, left, kind = row["amount_minor"], row["open_minor"], row.get("kind", "invoice")
    limit = limits.get(store, row.get("limit_minor"))
    if kind == "credit_note" and amount > 0:
        run.reject(line, "amount_minor", "Write a credit note with a minus.")
    elif kind != "credit_note" and amount < 0:
        run.reject(line, "amount_minor", "Write it without a minus, or as a credit note.")
    elif abs(left) > abs(amount) or left * amount < 0:
        run.reject(line, "open_minor", "No more can be open than the whole amount.")
    elif left and row.get("paid_on") is not None:
        run.reject(line, "paid_on", "Leave the day of payment empty while something is open.")
    elif row["due_on"] < row["issued_on"]:
        run.reject(line, "due_on", "It is due before it was issued: correct one of the days.")
    elif row.get("limit_minor", limit) != limit:
        run.reject(line, "limit_minor", "Another line gives this store another limit.")
    else:
        if "limit_minor" in row:
            limits[store] = limit
        return True
    return False


def _standing(said: Mapping[str, Any], since: int, before: Mapping[str, Any]) -> dict[str, Any]:
    """What stands of an item: what the file says is open, less what was settled here since."""
    amount = said.get("amount_minor", before.get("amount_minor", 0))
    left = min(max(0, said["open_minor"] - since), max(0, amount))
    paid_on = said.get("paid_on") or before.get("paid_on")
    return {**said, "open_minor": left, "paid_on": None if left else paid_on}


def _put(plan: Plan, items: Items, lines: Iterable[Line], since: Since) -> list[str]:
    """Put the lines into the store's items; return the numbers of those that differ."""
    changed = []
    for line in lines:
        number = line.row["number"]
        row = {name: line.row[name] for name in ITEM if name in line.row}
        old = items.get(number)
        if number in since:
            row = _standing(row, since[number], old or {})
        if plan.tell(f"{line.row['store']} {number}", None if old is None else differing(old, row)):
            items[number] = BIRTH | (old or {}) | row
            changed.append(number)
    return changed


def _settle(run: Run, plan: Plan, items: Items, named: Set[str], since: Since) -> list[str]:
    """Settle what a full file does not name, not even in a line that was rejected; return the
    numbers of those that differ."""
    changed = []
    for number, old in items.items():
        if number not in named and (old["open_minor"] or number in since):
            settled = {"open_minor": 0, "paid_on": run.as_of.astimezone(run.company.zone).date()}
            if number in since:
                settled = _standing(settled, since[number], old)
            if plan.tell(number, differing(old, settled)):
                items[number] = old | settled
                changed.append(number)
    return changed


def _account(
    run: Run, store: str, old: Mapping[str, Any] | None, items: Iterable[Mapping[str, Any]],
    limits: Mapping[str, int | None],
) -> dict[str, Any] | None:  # fmt: skip
    """The account as it should be, or None if it is so already."""
    owed, on_account = sums_minor((item["kind"], item["open_minor"]) for item in items)
    said: dict[str, int | None] = {"open_minor": owed, "on_account_minor": on_account}
    if store in limits:
        said["limit_minor"] = limits[store]
    if old is not None and not differing(old, said):
        return None
    kept = dict(old) if old is not None else {"limit_minor": None, "blocked_reason": None}
    full = kept | said | {"store": store, "as_of": run.as_of}
    return {name: full[name] for name in ACCOUNT}
