"""How items of the inbox are said on pages: kinds, owners, times that are due, who did what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, url_for

from server.office.owners import owner_word
from server.office.words import clock, money, span
from sync.rules.all import BY_NAME
from sync.sentences.words import button

ITEMS: dict[str, tuple[str, str]] = {
    # item: (word, mark)
    "hold": ("Held", "hand"),
    "request": ("Change request", "person"),
    "duplicate": ("Duplicate", "board"),
    "delivery": ("Delivery", "truck"),
    "alarm": ("Alarm", "cross"),
    "fault": ("Fault", "half"),
    "adjusted": ("Taken with changes", "half"),
    "notice": ("Notice", "dot"),
}

DEEDS: dict[str, str] = {
    "item.handed_on": "Handed to {owner}",
    "item.put_off": "Put off to {due_at}",
    "item.reopened": "Opened again",
    "item.escalated": "Escalated to {owner}: nobody had answered in time",
    "item.passed": "Closed: nothing waited for the answer any more",
}


def item_parts(item: str) -> tuple[str, str]:
    return ITEMS.get(item, (item.replace("_", " ").capitalize(), "dot"))


MINOR = frozenset(
    {"credit_exceeded", "total_differs", "line_total_differs", "promotion_used_up"}
    | {"discount_differs", "discount_not_granted"}
)
"""Rules whose figures are money in minor units."""


def version(one: Any, value: str | None) -> str:
    """One side of an item as people read it."""
    currency = one.currency or (one.arguments or {}).get("currency") or ""
    whole = value is not None and value.isascii() and value.removeprefix("-").isdigit()
    if value is not None and whole and one.rule in MINOR and currency:
        return money(int(value), currency)
    return "nothing" if value is None else value


def due_words(due: datetime | None, now: datetime) -> str:
    """ "late by 2 h", "due in 3 h", or nothing."""
    if due is None:
        return ""
    seconds = (due - now).total_seconds()
    return f"late by {span(-seconds)}" if seconds < 0 else f"due in {span(seconds)}"


def answer_word(name: str) -> str:
    """What stands on the button of an answer."""
    return button(name)


def deed(row: Any) -> str:
    """A line of an item's history in words: what, and to what effect."""
    after: Mapping[str, Any] = row.after or {}
    told = DEEDS.get(row.action)
    if told is not None:
        places = {
            "owner": owner_word(after.get("owner")).lower(),
            "due_at": clock(_moment(after.get("due_at"))),
        }
        return told.format_map(places)
    name = row.action.rpartition(".")[2]
    try:
        word = f"Answered: {button(name)}" if row.action.startswith("item.") else None
    except KeyError:
        word = None
    word = word or row.action.replace(".", " ").replace("_", " ").capitalize()
    note = after.get("note") or after.get("reason")
    return f"{word}. {note}" if note else word


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def manual_url(rule: str) -> str:
    """Where the manual speaks of a rule."""
    return url_for("office.rules.page", _anchor=rule if rule in BY_NAME else None)


def policy_url(rule: str) -> str:
    """Where the office chooses what a rule does."""
    return url_for("office.policies.policies", _anchor=rule)


def install(blueprint: Blueprint) -> None:
    """Make all of this known to the templates."""
    for filter_ in (owner_word, answer_word, deed):
        blueprint.add_app_template_filter(filter_)
    blueprint.add_app_template_global(item_parts)
    for global_ in (due_words, version, manual_url, policy_url):
        blueprint.add_app_template_global(global_)
