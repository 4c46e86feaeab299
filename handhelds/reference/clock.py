"""The handheld's clock: the wall, which anyone can set, and a counter since boot, which no one can.

The protocol sends both, so that the server can tell when something was captured even on a
handheld whose date is wrong. Everything else of the handheld takes a `Clock` as an argument and
never asks the machine, so that a test or a simulation can own the time.
"""

import secrets
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Protocol

_BOOT_FILE = Path("/proc/sys/kernel/random/boot_id")
_without_boot_file = f"p-{secrets.token_hex(8)}"


class Clock(Protocol):
    """What the handheld may know of time."""

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds of a counter that only goes forward while `boot` stays the same."""
        ...

    def boot(self) -> str:
        """Changes whenever the counter starts again."""
        ...


@cache
def _boot_of_machine() -> str:
    """Read once: no process outlives the boot it began in."""
    try:
        return _BOOT_FILE.read_text(encoding="ascii").strip()
    except OSError:
        return _without_boot_file


class MachineClock:
    """The clock of the machine this runs on."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_ms(self) -> int:
        if hasattr(time, "CLOCK_BOOTTIME"):  # goes on while a laptop sleeps
            return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
        return time.monotonic_ns() // 1_000_000

    def boot(self) -> str:
        """The boot's id; where the machine tells none, one a process, which is only stricter."""
        return _boot_of_machine()


def instant(moment: datetime) -> str:
    """Write a moment as the wire does: UTC, milliseconds, `Z`."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def reading(clock: Clock) -> dict[str, str | int]:
    """The clock as a change or a request carries it."""
    return {
        "wall": instant(clock.now()),
        "monotonic_ms": clock.monotonic_ms(),
        "boot": clock.boot(),
    }


def moment(text: str) -> datetime:
    """Read an instant of the wire."""
    return datetime.fromisoformat(text)


def offset_ms(server_time: str, clock: Clock) -> int:
    """How far the server's clock is ahead of the handheld's, in milliseconds."""
    return round((moment(server_time) - clock.now()).total_seconds() * 1000)
