"""Why a visit is where it is, or nowhere, and what a plan took for granted: as people say it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, current_app

from server.office.planning.absent import Absent
from server.office.planning.cards import Card

STATES = {
    "waiting": ("Waiting for the planner", "ring", "calm"),
    "planning": ("Being planned", "half", "go"),
    "ready": ("Ready, not published", "pause", "wait"),
    "published": ("Published", "check", "done"),
    "undone": ("Taken back", "dash", "calm"),
    "cancelled": ("Thrown away", "dash", "calm"),
    "failed": ("Failed", "cross", "stop"),
}
"""State of a plan -> word, mark, tone."""

WHY = {
    "closed": "cannot be seen on that day",
    "full": "that day is full",
    "rhythm": "its frequency asks for it",
    "new": "new in the plan",
    "shorter": "shorter",
    "office": "moved by hand",
    "put_in": "put in by hand",
}
WHY_LOST = {
    "closed": "closed on every working day that is left",
    "full": "no day has room; the nearest would be {lacking} too long",
    "hours": "the opening hours of the other stores of its days leave no time for it",
    "dear": "there is room, but only for more driving than it is worth",
    "office": "taken off by hand",
    "put_in": "put in by hand with its other visits; this one waits for a day",
}
WHY_ABSENT = {
    "new_here": "came to the rep after this plan was drawn up",
    "not_due_then": "had neither a class nor visits in four weeks when this plan was drawn up",
    "more_often": "is due more often than when this plan was drawn up: {now} visits, not {was}",
    "no_frequency": "not due: it has neither a class nor visits in four weeks",
    "not_due": "not due in these weeks",
}
TOLD = {
    "no_frequency": "are not planned: they have neither a class nor visits in four weeks",
    "not_due": "are not due in this cycle",
    "placed_by_town": "have no coordinates of their own and stand in the middle of their town",
    "placed_in_the_middle": "have no coordinates, nor has any store of their town: they stand in"
    " the middle of the territory",
    "hours_not_read": "have opening hours nobody could read: planned as always open",
    "always_closed": "are never open long enough for a visit",
    "fixed_on_a_day_off": "have an appointment on a day off, which stays",
    "public_holidays": "are public holidays: nobody is visited",
    "no_country": "has no public holidays: the company has no country",
    "home_is_the_middle": "starts from the middle of the stores: no home is known",
}
EARLY_MIN = 540
"""Opening by then explains nothing."""
OFF = {
    "weekend": "day off",
    "holiday": "holiday",
    "leave": "on leave",
    "sick": "sick",
    "other": "away",
    "public": "public holiday",
    "works": "works",
}
FAULTS = {
    "closed": "closed at that time",
    "rhythm": "breaks the rhythm of its frequency",
}


def hours(minutes: float | None) -> str:
    """A length of time: 372 -> "6 h 12"; below an hour in minutes."""
    if minutes is None:
        return "–"
    whole = round(minutes)
    return f"{whole} min" if abs(whole) < 60 else f"{whole // 60} h {whole % 60:02d}"


def clock_time(minutes: float | None) -> str:
    """Minutes after midnight as a time of day."""
    if minutes is None:
        return ""
    whole = round(minutes)
    return f"{whole // 60 % 24:02d}:{whole % 60:02d}"


def weekday(day: date | str | None, short: bool = False) -> str:
    if day is None:
        return "no day"
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{on:%a} {on.day} {on:%b}" if short else f"{on:%A} {on.day} {on:%b}"


def moved_words(card: Card) -> str:
    """Where a visit came from and why, "" where it stands as published: "Tue 1 Dec → Thu 3 Dec:
    saves 38 min, opens 13:00"."""
    why = str(card.why.get("why") or "")
    if card.day is None:
        return lost_words(card.why)
    if card.was_day is None and why not in ("new", "office", "put_in"):
        return ""
    words = [WHY.get(why, "")] if why != "shorter" else []
    saves = card.why.get("saves_min") or 0
    if abs(saves) >= 1 and why != "office":
        words.append(f"saves {saves} min" if saves > 0 else f"{-saves} min more driving")
    if (card.why.get("opens_min") or 0) > EARLY_MIN:
        words.append(f"opens {clock_time(card.why['opens_min'])}")
    before = card.was_day or card.why.get("from_day")
    said = ", ".join(word for word in words if word)
    if before is None:
        return said.capitalize()
    return f"{weekday(before, True)} → {weekday(card.day, True)}" + (f": {said}" if said else "")


def lost_words(why: Mapping[str, Any]) -> str:
    """Why a visit that is due has no place."""
    said = WHY_LOST.get(str(why.get("why")), "no place was found")
    return said.format(lacking=hours(why.get("lacking_min") or 0))


def absent_words(one: Absent) -> str:
    """Why a store is not in a plan."""
    return WHY_ABSENT[one.why].format(now=one.was + one.visits, was=one.was)


def off(kind: str | None) -> str:
    """Why nobody is visited on a day."""
    return OFF.get(kind or "", kind or "")


def fault(kind: str) -> str:
    return FAULTS.get(kind, kind)


def taken(kind: str) -> str:
    """What a plan took for granted about some stores."""
    return TOLD.get(kind, kind.replace("_", " "))


def plan_state(name: str) -> tuple[str, str, str]:
    return STATES.get(name, (name, "dot", "calm"))


def _has_page(endpoint: str) -> bool:
    """Whether the console has a page: rooms are put together one by one."""
    return endpoint in current_app.view_functions


def install(blueprint: Blueprint) -> None:
    """Make all of this known to the templates."""
    for filter_ in (hours, clock_time, weekday, moved_words, absent_words, off, fault, taken):
        blueprint.add_app_template_filter(filter_, f"plan_{filter_.__name__}")
    blueprint.add_app_template_global(plan_state)
    blueprint.add_app_template_global(_has_page, "has_page")
