"""What is wrong with a handheld, in a sentence each, and what to do about it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from schemas.versions import NEWEST, OLDEST

MB = 1024 * 1024
LATE = timedelta(days=1)
QUIET = timedelta(days=3)
SKEW_MS = 300_000
LITTLE_BYTES = 200 * MB
LAST_BYTES = 20 * MB
OUT_OF_USE = ("revoked", "wiped")

Row = Any


@dataclass(frozen=True, slots=True)
class Warning:
    """tone: stop (act now) or wait (keep an eye on it)."""

    name: str
    tone: str
    says: str
    remedy: str


def _span(length: timedelta) -> str:
    hours = int(length.total_seconds() // 3600)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} hours" if hours != 1 else "1 hour"


_IDENTITY = {
    "cloned": (
        "stop", "Two machines work as this handheld and use the same numbers: it was copied.",
        "Enrol both anew, each with a code of its own. What both captured is kept.",
    ),
    "set_back": (
        "wait", "It was put back from an older copy of itself.",
        "It asks to be enrolled anew: give its rep a code. Nothing it captured is lost.",
    ),
    "two_machines": (
        "wait", "Two machines take turns as this handheld.",
        "Ask the rep whether it was copied or its backup runs elsewhere; if so, enrol it anew.",
    ),
}  # fmt: skip
"""What is amiss with who it is (device.trouble): tone, sentence and remedy."""


def _identity(row: Row, now: datetime) -> Warning | None:
    told = _IDENTITY.get(row.trouble)
    return Warning(row.trouble, *told) if told else None


def _unsent(row: Row, now: datetime) -> Warning | None:
    if not row.queue_depth or row.oldest_unsent is None or now - row.oldest_unsent <= LATE:
        return None
    return Warning(
        "unsent", "stop",
        f"{row.queue_depth} changes were not sent when it was last heard of; the oldest is "
        f"{_span(now - row.oldest_unsent)} old.",
        "Ask the rep to sync where there is a network; the work is safe on the handheld.",
    )  # fmt: skip


def _seen(row: Row, now: datetime) -> Warning | None:
    away = now - row.seen_at
    if away <= QUIET:
        return None
    lease = row.lease_days
    if lease and away > timedelta(days=lease):
        said = f"It has not synced for {_span(away)}, and its screen is locked until it does."
    elif lease:
        left = timedelta(days=lease) - away
        said = f"It has not synced for {_span(away)}; its screen locks in {_span(left)}."
    else:
        said = f"It has not synced for {_span(away)}."
    return Warning("quiet", "wait", said, "Ask its rep. If it is lost, revoke it.")


def _clock(row: Row, now: datetime) -> Warning | None:
    if row.clock_offset_ms is None or abs(row.clock_offset_ms) <= SKEW_MS:
        return None
    way = "behind" if row.clock_offset_ms > 0 else "ahead"
    off = timedelta(milliseconds=abs(row.clock_offset_ms))
    return Warning(
        "clock", "wait",
        f"Its clock is {int(off.total_seconds() // 60)} minutes {way}; times are corrected here.",
        "Let it set its time by the network.",
    )  # fmt: skip


def _room(row: Row, now: datetime) -> Warning | None:
    if row.free_bytes is None or row.free_bytes >= LITTLE_BYTES:
        return None
    left = f"{row.free_bytes // MB} MB are free on it"
    if row.free_bytes < LAST_BYTES:
        return Warning(
            "room", "stop", f"{left}: it fetches no news any more. Orders are still saved.",
            "Delete pictures and programs on it, then sync.",
        )  # fmt: skip
    return Warning("room", "wait", f"{left}.", "Delete pictures and programs on it.")


def _program(row: Row, now: datetime) -> Warning | None:
    if row.schema > OLDEST or row.schema == NEWEST:
        return None
    return Warning(
        "program", "wait",
        f"Its program speaks version {row.schema} of the protocol, the oldest still served.",
        "Update its program; what it sends is understood for ever.",
    )  # fmt: skip


def _repaired(row: Row, now: datetime) -> Warning | None:
    if not row.repairs:
        return None
    rows = "1 row" if row.repairs == 1 else f"{row.repairs} rows"
    return Warning(
        "repaired", "wait",
        f"{rows} of its copy were wrong in the last 30 days and were repaired.",
        "Look at the rows. If it happens again, its storage is failing: exchange it.",
    )  # fmt: skip


def _left(row: Row, now: datetime) -> Warning | None:
    if row.rep_state in (None, "active", "invited"):
        return None
    return Warning(
        "left", "stop", "Its rep does not work here any more.",
        "Revoke it: what it still holds is taken first, then it wipes itself.",
    )  # fmt: skip


CHECKS: tuple[Callable[[Row, datetime], Warning | None], ...] = (
    _identity, _left, _unsent, _seen, _room, _clock, _program, _repaired,
)  # fmt: skip


def warnings(row: Row, now: datetime) -> list[Warning]:
    """What a person should know of a handheld, the worst first; of one out of use, whether it
    obeyed."""
    if row.state == "wiped":
        return []
    if row.state == "revoked":
        return [
            Warning(
                "revoked", "wait", "It is revoked and has not been heard of since.",
                "It wipes itself when it next syncs, after its work was taken.",
            )
        ]  # fmt: skip
    found = [said for check in CHECKS if (said := check(row, now)) is not None]
    return sorted(found, key=lambda one: one.tone != "stop")
