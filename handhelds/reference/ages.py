"""How old a copy is, in a rep's words, and when that is too old to order by unasked."""

from typing import Any
from zoneinfo import ZoneInfo

from handhelds.reference.clock import moment
from handhelds.reference.pad import Pad

ASKED_AFTER_S = {"stock": 24 * 3600, "receivable": 3 * 24 * 3600}
"""From when on an order by such a copy is asked about: stock is of the day, money is slower."""


def too_old(pad: Pad) -> list[str]:
    """Copies that are too old to order by without being asked once, each in words."""
    told = []
    for what, most_s in ASKED_AFTER_S.items():
        found = age(pad, pad.as_of(what))
        if found["age_s"] is not None and found["age_s"] > most_s:
            told.append(f"{what} is of {found['words']}")
    return told


def age(pad: Pad, text: str | None) -> dict[str, Any]:
    """A copy's age: the instant, seconds since, and the words "06:00, 4 h old"."""
    if not text:
        return {"as_of": None, "age_s": None, "words": "never fetched"}
    then = moment(text)
    zone = ZoneInfo(pad.company().get("zone") or "UTC")
    now = pad.now()
    seconds = max(0, round((now - then).total_seconds()))
    local, today = then.astimezone(zone), now.astimezone(zone).date()
    day = "" if local.date() == today else f"{local:%a %d %b} "
    return {
        "as_of": text,
        "age_s": seconds,
        "words": f"{day}{local:%H:%M}, {duration(seconds)} old",
    }


def duration(seconds: float) -> str:
    """Seconds in the words of a clock: 40 s, 12 min, 4 h, 3 days."""
    for size, name in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {'day' if name == 'days' and count == 1 else name}"
    return f"{int(seconds)} s"
