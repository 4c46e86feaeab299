"""Tells a handheld that was set back from one that was copied, and tells the office.

Two handhelds must never be one. It shows in the counter: under a number that was answered already
comes another change, so somebody went on from an older copy. Which of the two it was shows in the
machine: a boot's id never comes back once the machine has started again, so one that comes back
after another means that two machines are running.

    another change under an old number, one machine     set back: it enrols anew by itself
    another change under an old number, two machines    cloned: both must enrol anew
    two machines, and no number twice                   told, and nothing more

What any of them captured is taken all the same: by its id it is there once.
"""

from datetime import datetime

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection

from server.access import queries
from server.access.devices import Device
from sync.audit import note

MOST_BOOTS = 8
TROUBLES = Counter("talaria_handheld_troubles", "Handhelds found set back or copied", ["trouble"])
log = structlog.get_logger("talaria.sync")


def boots_with(boots: tuple[str, ...], boot: str) -> tuple[tuple[str, ...], bool]:
    """The boots seen with this one last; and whether it came back after another."""
    back = boot in boots and boots[-1] != boot
    return (*(one for one in boots if one != boot), boot)[-MOST_BOOTS:], back


def is_news(device: Device, boot: str | None, *, reused: bool) -> bool:
    """Whether there is anything to write down; asked by every request, and almost never so."""
    return reused or (boot is not None and device.boots[-1:] != (boot,))


def watch(
    conn: Connection, device: Device, boot: str | None, now: datetime, *, reused: bool
) -> str | None:
    """Write down which machine asked and what that shows; return the trouble, if it is new.

    reused: whether a number that was answered came with another change.
    """
    boots, back = boots_with(device.boots, boot) if boot else (device.boots, False)
    two = back or device.trouble in ("two_machines", "cloned")
    reused = reused or device.trouble in ("set_back", "cloned")
    found = ("cloned" if two else "set_back") if reused else ("two_machines" if two else None)
    values: dict[str, object] = {"boots": list(boots)}
    is_new = found is not None and found != device.trouble
    if is_new:
        values |= {"trouble": found, "trouble_at": now}
    if found == "cloned" and device.state not in ("revoked", "wiped"):
        values["state"] = "locked"
    queries.change_device(conn, device.cell, device.id, values)
    if found is None or not is_new:
        return None
    note(conn, device.cell, "server", f"device.{found}", f"device/{device.id}", now,
         before={"trouble": device.trouble}, after={"trouble": found})  # fmt: skip
    TROUBLES.labels(found).inc()
    log.warning("handheld.trouble", device=device.id, outcome=found)
    return found
