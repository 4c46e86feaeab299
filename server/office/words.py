"""How things are said on pages: states, rules, money, times. Filters for the templates.

A state is told by a word and the shape of its mark (static/marks.svg); colour only repeats it.
Times are shown in the company's zone, money in the currency's own minor units.
"""

import hashlib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, url_for

from sync.terms.price import minor_digits

STATIC = Path(__file__).parent / "static"

STATES: dict[str, tuple[str, str, str]] = {
    # state: (word, mark, tone)
    "received": ("Received", "dot", "calm"),
    "held": ("Held", "pause", "wait"),
    "accepted": ("Accepted", "ring", "go"),
    "sent": ("Sent", "arrow", "go"),
    "acknowledged": ("Acknowledged", "check", "done"),
    "allocated": ("Allocated", "check", "done"),
    "short": ("Short", "half", "wait"),
    "picking": ("Picking", "check", "done"),
    "dispatched": ("On its way", "truck", "done"),
    "delivered": ("Delivered", "checks", "done"),
    "invoiced": ("Invoiced", "checks", "done"),
    "closed": ("Closed", "checks", "done"),
    "rejected": ("Rejected", "cross", "stop"),
    "cancelled": ("Cancelled", "dash", "calm"),
    "returned": ("Returned", "dash", "calm"),
    # handhelds
    "enrolled": ("Enrolled", "ring", "go"),
    "active": ("Active", "check", "done"),
    "stale": ("Not seen lately", "pause", "wait"),
    "locked": ("Locked", "pause", "wait"),
    "revoked": ("Revoked", "cross", "stop"),
    "wiped": ("Wiped", "dash", "calm"),
    # people
    "invited": ("Invited", "ring", "go"),
    "suspended": ("Suspended", "cross", "stop"),
    "left": ("Left", "dash", "calm"),
    # stores
    "prospect": ("Prospect", "ring", "calm"),
    "pending": ("Pending", "ring", "go"),
    "on_hold": ("On hold", "pause", "wait"),
    "merged": ("Merged", "dash", "calm"),
    # order lines
    "open": ("Open", "dot", "calm"),
    "confirmed": ("Confirmed", "check", "done"),
    "partial": ("In part", "half", "wait"),
    "backordered": ("Backordered", "pause", "wait"),
    "cut": ("Cut", "dash", "stop"),
    # receipts for money
    "handed_in": ("Handed in", "arrow", "go"),
    "posted": ("Posted", "checks", "done"),
    "bounced": ("Bounced", "cross", "stop"),
    "refused": ("Not booked", "dash", "calm"),
    # deliveries
    "queued": ("Queued", "dot", "calm"),
    "sending": ("Sending", "arrow", "go"),
    "handed": ("Handed over", "arrow", "go"),
    "unknown": ("Outcome unknown", "half", "wait"),
    "failed": ("Failed", "cross", "stop"),
    "parked": ("Parked", "pause", "stop"),
    # days compared with delivery systems, and their differences
    "asked": ("Being compared", "dot", "go"),
    "agrees": ("Agrees", "check", "done"),
    "differs": ("Differs", "cross", "stop"),
    "unanswered": ("No list yet", "pause", "wait"),
    "cannot_be_asked": ("Cannot be asked", "dash", "calm"),
    "repairing": ("Being repaired", "arrow", "go"),
    # what became of a change
    "applied": ("Taken as sent", "check", "done"),
    "adjusted": ("Taken with changes", "half", "go"),
    "waiting": ("Waiting", "pause", "wait"),
}

RULES = {
    "mass_change": "Mass change",
    "store_not_mine": "Not this rep's store",
    "order_known": "Sent before",
    "order_empty": "No lines",
    "currency_differs": "Another currency",
    "number_known": "Number was used before",
    "order_needs_approval": "Needs approval",
    "store_merged": "Store was merged",
    "store_unknown": "Store is not known",
    "store_closed": "Store is closed",
    "store_pending": "Store is not approved yet",
    "store_blocked": "Store is blocked",
    "total_differs": "The total does not add up",
    "credit_exceeded": "Over the credit limit",
    "probable_duplicate": "Looks like a duplicate",
    "cut_off_passed": "After the cut-off",
    "delivery_far_ahead": "Delivery is far ahead",
    "not_a_delivery_day": "Not a delivery day",
    "product_unknown": "Product is not known",
    "product_blocked": "Product is blocked",
    "product_planned": "Product is not on sale yet",
    "price_unknown": "No price",
    "price_lowered": "Price went down",
    "price_kept": "Price went up, the old one stands",
    "price_raised": "Price went up",
    "promotion_unknown": "Promotion is not known",
    "promotion_not_for_this": "Promotion is for others",
    "promotion_ended": "Promotion has ended",
    "discount_differs": "Another discount",
    "promotion_used_up": "Promotion is used up",
    "discount_not_granted": "Discount was not granted",
    "quantity_not_positive": "Quantity is not positive",
    "uom_unknown": "Unit is not known",
    "quantity_differs": "Quantity is not what was typed",
    "quantity_absurd": "Quantity is very large",
    "line_total_differs": "A line does not add up",
    "quantity_below_minimum": "Below the least quantity",
    "quantity_not_multiple": "Not a whole multiple",
    "stock_unknown": "No stock figure",
    "product_sell_out": "Being sold out",
    "stock_out": "Out of stock",
    "stock_kept": "The rest is kept for key accounts",
    "stock_short": "Stock is short",
    # visits, cards, the plan, stores and contacts
    "fact_not_mine": "Not this rep's store",
    "fact_store_merged": "Store was merged",
    "fact_store_closed": "Store is closed",
    "visit_further_on": "Visit is further on",
    "edit_not_mine": "No longer this rep's store",
    "stop_not_mine": "No longer this rep's store",
    "row_gone": "Was deleted",
    "edit_store_merged": "Store was merged",
    "contact_store_merged": "Store was merged",
    "card_of_another": "Another rep's card",
    "card_locked": "Card is locked",
    "card_corrected": "Card was corrected",
    "stop_gone": "Taken off the plan",
    "stop_back": "Begun, so back on the plan",
    "stop_further_on": "Stop is further on",
    "stop_pinned": "Fixed by the office",
    "stop_moved_within_week": "Both moved it within the week",
    "stop_moved_to_other_week": "Moved to another week",
    "field_of_office": "For the office to set",
    "position_less_accurate": "Position is less accurate",
    "shared_field_changed": "Changed by somebody else",
    "field_changed_meanwhile": "Changed by both",
    "store_code_known": "Number was used before",
    "store_looks_known": "Looks like another store",
    "store_is_new": "New store",
    # money
    "collection_store_unknown": "Store is not known",
    "collection_not_mine": "Not this rep's store",
    "collection_number_known": "Receipt number was used before",
    "collection_currency_differs": "Another currency",
    "collection_not_positive": "Amount pays nothing",
    "collection_absurd": "Amount is very large",
    "cheque_incomplete": "Cheque without a number",
    "cheque_known": "Cheque was taken before",
    "cheque_post_dated": "Cheque is dated ahead",
    "collection_twin": "Perhaps the same money",
    "allocation_exceeds": "Pays more than it is",
    "item_unknown": "Item is not known",
    "item_cleared": "Item is paid already",
    "item_less_open": "Item has less open",
    "collection_bounced": "Money bounced",
    "collection_refused": "Money is not booked",
    # said by the server itself
    "dependency_parked": "Builds on something parked",
    "clock_wrong": "Wrong clock",
    "captured_late": "Late for its period",
    "unreadable": "Could not be read",
    "id_reused": "An id was used twice",
    "row_known": "Its id is there already",
    "collection_impossible": "More money than there is",
    "device_revoked": "From a revoked handheld",
    "version_unknown": "From a newer handheld",
    "server_fault": "Could not be decided",
    "delivery_short": "Delivery system has less",
    "delivery_refused": "Delivery system refused it",
    "delivery_unknown": "Nobody knows whether it arrived",
    "delivery_undelivered": "Not all was delivered",
    "delivery_given_up": "Ended by the delivery system",
    "delivery_status": "A status nobody can place",
    "delivery_change": "A change at the delivery system",
    "delivery_cancelled": "Cancelled",
    "order_not_here": "Its order is not here",
    "order_of_another": "Another rep's order",
    "order_cancelled": "Cancelled while it was changed",
    "order_under_way": "Too late to change",
    "order_revised": "Changed in between",
    "order_is_sent": "A change of a sent order",
    "return_without_order": "A return of nothing",
    "return_exceeds_delivered": "More back than came",
    "delivery_set_aside": "A file or message that cannot be read",
    "delivery_silent": "Delivery system does not answer",
    "delivery_differs": "Delivery system has other books",
    # why a line was cut
    "no_stock": "No stock",
    "substituted": "Substituted",
    "rejected_by_office": "Rejected by the office",
    "expired": "Not released by its cut-off",
    "delivery_system": "By the delivery system",
    "cancelled_there": "Cancelled by the delivery system",
    "rejected_there": "Rejected by the delivery system",
}
"""Rule -> what is wrong, as people say it; the sentence with the figures is sync/sentences'."""


def state_word(state: str | None) -> str:
    return state_parts(state)[0]


def state_parts(state: str | None) -> tuple[str, str, str]:
    """A state as (word, mark, tone)."""
    return STATES.get(state or "", (_plain(state), "dot", "calm"))


def rule_word(rule: str) -> str:
    """A rule's name as people say it."""
    return RULES.get(rule) or _plain(rule)


def _plain(name: str | None) -> str:
    return (name or "").replace("_", " ").capitalize()


# --- numbers and times ---------------------------------------------------------------------------

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "¥"}


def money(minor: int | None, currency: str = "") -> str:
    """Minor units as people write them: 1548, "USD" -> "$15.48"."""
    if minor is None:
        return "–"
    sign, amount = ("−" if minor < 0 else ""), abs(minor)
    digits = minor_digits(currency)
    text = f"{amount // 10**digits:,}" + (f".{amount % 10**digits:0{digits}d}" if digits else "")
    mark = SIGNS.get(currency)
    return f"{sign}{mark}{text}" if mark else f"{sign}{text} {currency}".strip()


def count(number: float | None) -> str:
    return "–" if number is None else f"{number:,}"


def trimmed(number: Any) -> str:
    """A decimal without idle zeros: 1.290000 -> 1.29."""
    if number is None:
        return "–"
    text = f"{number:f}"
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    return f"{whole}.{part.ljust(2, '0')}" if part else whole


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _here() -> ZoneInfo:
    person = g.get("person")
    return _zone(person.zone if person else "UTC")


def clock(at: datetime | None) -> str:
    """The time of day, and the day when it is not today: 10:42, or 20 Nov 10:42."""
    if at is None:
        return "–"
    here = at.astimezone(_here())
    today = datetime.now(UTC).astimezone(_here()).date()
    if here.date() == today:
        return f"{here:%H:%M}"
    year = "" if here.year == today.year else f" {here.year}"
    return f"{here.day} {here:%b}{year} {here:%H:%M}"


def moment(at: datetime | None) -> str:
    """Day, time and seconds, for a timeline."""
    if at is None:
        return "–"
    here = at.astimezone(_here())
    return f"{here.day} {here:%b %Y %H:%M:%S}"


def day(on: date | None) -> str:
    return "–" if on is None else f"{on:%a} {on.day} {on:%b}"


def ago(at: datetime | None) -> str:
    """How long since, coarse: "4 min ago"."""
    if at is None:
        return "never"
    seconds = (datetime.now(UTC) - at).total_seconds()
    return "just now" if seconds < 60 else f"{span(seconds)} ago"


def span(seconds: float | None) -> str:
    """A length of time, coarse, in one unit."""
    if seconds is None:
        return "–"
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if abs(seconds) >= size * (2 if unit == "h" else 1):
            return f"{int(seconds // size)} {unit}"
    return f"{seconds:.1f} s" if 0 < seconds < 10 else f"{int(seconds)} s"


def iso(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def asset(name: str) -> str:
    """The address of a static file, with its version, so that it may be cached for ever."""
    path = STATIC / name
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    return url_for("office.static", name=name, v=_version(path, stamp))


@cache
def _version(path: Path, _stamp: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else "missing"


def install(blueprint: Blueprint) -> None:
    """Make all of this known to the templates."""
    for filter_ in (
        money,
        count,
        trimmed,
        clock,
        moment,
        day,
        ago,
        span,
        iso,
        rule_word,
        state_word,
    ):
        blueprint.add_app_template_filter(filter_)
    blueprint.add_app_template_global(asset)
    blueprint.add_app_template_global(state_parts)
