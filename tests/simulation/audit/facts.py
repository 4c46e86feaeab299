"""What becomes of visits, cards, stops of the plan, and receipts for money.

Each function takes the change's body and what is at rest, and returns (outcome, told); what is
kept of it is for the auditor to note.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from tests.simulation.audit.book import Book, when

Told = tuple[str, int | None, str, str | None]
Became = tuple[str, list[Told]]
OF_NO_STORE = {"collection_not_mine", "collection_number_known", "collection_not_positive",
               "collection_currency_differs", "collection_absurd"}  # fmt: skip
FURTHER = {"planned": 0, "skipped": 0, "started": 1, "done": 2}
HOLD, PASS = "hold_for_office", "let_pass"


def answer(book: Book, rule: str, store: str | None, default: str) -> str:
    return book.policy(rule, store)[0] or default


def grace(book: Book, rule: str, store: str, days: int) -> int:
    return book.policy(rule, store)[1].get("grace_days", days)


def fact(
    book: Book,
    rep: str,
    store: str,
    captured: datetime,
    state: str | None,
    rest: Mapping[str, Any] | None,
) -> tuple[str, list[Told], str]:
    """A visit (`state`, and the one at rest) or a card (state None): outcome, told, its store."""
    told: list[Told] = []
    where = book.stores.get(store, {})
    if not book.carries(rep, store, captured, grace(book, "fact_not_mine", store, 3)):
        says = answer(book, "fact_not_mine", store, HOLD)
        told.append(("fact_not_mine", None, says, None))
        if says == HOLD:
            return "held", told, store
    outcome = "applied"
    if where.get("status") == "merged":
        says = answer(book, "fact_store_merged", store, "follow_survivor")
        if says == "follow_survivor" and where.get("merged_into") not in book.stores:
            says = HOLD
        told.append(("fact_store_merged", None, says, None))
        if says == HOLD:
            return "held", told, store
        if says == "follow_survivor":
            outcome, store = "adjusted", str(where["merged_into"])
    elif where.get("status") == "closed":
        says = answer(book, "fact_store_closed", store, PASS)
        told.append(("fact_store_closed", None, says, None))
        if says == HOLD:
            return "held", told, store
    if state is not None and rest is not None and FURTHER[rest["state"]] > FURTHER[state]:
        told.append(("visit_further_on", None, "stay_further_on", rest["state"]))
        outcome = "merged" if outcome == "applied" else outcome
    return outcome, told, store


def stop(
    book: Book,
    rep: str,
    body: Mapping[str, Any],
    captured: datetime,
    rest: Mapping[str, Any] | None,
) -> tuple[str, list[Told], dict[str, Any] | None]:
    """A stop of the plan: outcome, told, and what is at rest then (None: as before)."""
    store, begun = body["store"], FURTHER[body["state"]] > 0
    now = {"store": store, "rep": rep, "day": body["day"], "state": body["state"]}
    carries = book.carries(rep, store, captured, grace(book, "stop_not_mine", store, 0))
    told: list[Told] = []
    if not carries and not begun:
        says = answer(book, "stop_not_mine", store, "refuse_edit")
        outcome = {"refuse_edit": "rejected", HOLD: "held"}.get(says, "applied")
        told.append(("stop_not_mine", None, says, None))
        if outcome != "applied":
            return outcome, told, None
    if rest is None or not carries:
        return "applied", told, now
    if FURTHER[rest["state"]] > FURTHER[body["state"]]:
        kept = now | {"state": rest["state"], "day": rest["day"], "pinned": rest.get("pinned")}
        return "merged", [("stop_further_on", None, "stay_further_on", rest["state"])], kept
    base = (body.get("base") or {}).get("day", rest["day"])
    moved, theirs = body["day"] != base, rest["day"] != base
    rule, default = "", "move_as_office"
    if not begun and body["day"] != rest["day"] and moved:
        if rest.get("pinned"):
            rule = "stop_pinned"
        elif theirs and _week(body["day"]) == _week(rest["day"]):
            rule, default = "stop_moved_within_week", "move_as_rep"
        elif theirs:
            rule = "stop_moved_to_other_week"
    now["pinned"] = rest.get("pinned")
    if not rule:
        return "applied", [], now if moved or begun else now | {"day": rest["day"]}
    says = answer(book, rule, store, default)
    outcome = {"move_as_rep": "merged", "move_as_office": "adjusted"}.get(says, "held")
    if says != "move_as_rep":
        now["day"] = rest["day"]
    return outcome, [(rule, None, says, rest["day"])], now


def _week(day: str) -> tuple[int, int]:
    year, week, _ = date.fromisoformat(day).isocalendar()
    return year, week


def cheque_key(one: Mapping[str, Any]) -> tuple[str, str] | None:
    if not one.get("cheque_no"):
        return None
    bank = "".join(c for c in (one.get("cheque_bank") or "").lower() if c.isalnum())
    return bank, one["cheque_no"].strip().lstrip("0")


def money(
    book: Book,
    one: Mapping[str, Any],
    items: Mapping[str, Any],
    earlier: Sequence[Mapping[str, Any]],
) -> tuple[str, list[Told], list[tuple[str, int]], int]:
    """A receipt: outcome, told, what it is to pay (a proposal), and what stays on account."""
    store, amount = one["store"], int(one["amount_minor"])
    captured = min(when(one["captured_at"]), book.now)
    place, said = book.stores.get(store), list[Told]()

    def says(rule: str, default: str, is_true: bool) -> bool:
        if is_true:
            said.append((rule, None, answer(book, rule, store, default), None))
        return is_true

    keep, listed = "keep_for_finance", "list_as_duplicate"
    days = grace(book, "collection_not_mine", store, 3)
    mine = place is None or book.carries(one["rep"], store, captured, days)
    says("collection_store_unknown", keep, place is None) or says(
        "collection_not_mine", PASS, not mine
    )
    others = [e for e in earlier if e["id"] != one["id"]]
    says("collection_number_known", keep, any(e["number"] == one["number"] for e in others))
    most = book.policy("collection_absurd", store)[1].get("maximum_minor", 10_000_000)
    currency = None if place is None else place.get("currency")
    foreign = currency not in (None, one["currency"])
    (
        says("collection_not_positive", keep, amount <= 0)
        or says("collection_currency_differs", keep, foreign)
        or says("collection_absurd", keep, amount > most)
    )
    is_cheque, key, twice = one["method"] == "cheque", cheque_key(one), False
    if is_cheque:
        twice = key is not None and any(
            e["method"] == "cheque" and cheque_key(e) == key for e in others
        )
        later = (one.get("cheque_on") or "") > day_of(book, one)
        (
            says("cheque_incomplete", keep, key is None)
            or says("cheque_known", listed, twice)
            or says("cheque_post_dated", PASS, later)
        )
    same = ("store", "amount_minor", "currency")
    alike = any(
        all(str(e[name]) == str(one[name]) for name in same)
        and day_of(book, e) == day_of(book, one)
        for e in others
    )
    says("collection_twin", listed, alike and not twice)
    uses, rest = _uses(one, items, amount, foreign, said)
    told = list(said)
    if not mine:  # what the store owes is not for this rep's eyes
        told = [t for t in said if t[0] in OF_NO_STORE]
    return "adjusted" if said else "applied", told, uses, rest


def _uses(
    one: Mapping[str, Any], items: Mapping[str, Any], amount: int, foreign: bool, said: list[Told]
) -> tuple[list[tuple[str, int]], int]:
    wishes = [(number, int(minor)) for number, minor in one.get("allocation") or ()]
    if amount <= 0:
        return [], 0
    if foreign:
        return [], amount
    if sum(minor for _, minor in wishes) > amount:
        said.append(("allocation_exceeds", None, "limit_to_amount", None))
    left, open_ = amount, {number: int(row["open_minor"]) for number, row in items.items()}
    uses: list[tuple[str, int]] = []
    for n, (number, minor) in enumerate(wishes, 1):
        minor = min(minor, left)
        there = open_.get(number, 0)
        is_debt = number in items and items[number].get("kind", "invoice") == "invoice"
        rule = "item_unknown" if not is_debt else "item_cleared" if there <= 0 else "item_less_open"
        if minor > max(0, there) or not is_debt:
            said.append((rule, n, "put_on_account", None))
        pays = min(minor, max(0, there)) if is_debt else 0
        if pays:
            uses.append((number, pays))
            open_[number], left = there - pays, left - pays
    return uses, left


def day_of(book: Book, one: Mapping[str, Any]) -> str:
    """The day of a receipt where its store is."""
    captured = min(when(one["captured_at"]), book.now)
    return str(one.get("day") or book.day_at(one["store"], captured).isoformat())
