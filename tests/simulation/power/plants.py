"""Bugs planted in the handheld or its disk, to see that power cuts find them.

Of each: what it does, the fault it must show as, and the promise around which it does.
"""

from typing import Any, NamedTuple

from tests.simulation.power.life import USUAL_PAGES, Life, Plant
from tests.simulation.power.watched import NONE


def _deaf_to(*sql: str) -> Plant:
    def plant(life: Life) -> None:
        db: Any = life.local.db
        db.deaf_to |= set(sql)

    return plant


def normal(life: Life) -> None:
    """What SQLite itself does in WAL mode if nobody asks for more."""
    life.local.db.execute("PRAGMA main.synchronous = NORMAL")


def two_commits(life: Life) -> None:
    """The change in one commit, its row in another."""
    db = life.local.db

    def apart(name: str) -> None:
        if name == "between_change_and_row":
            db.execute("COMMIT")
            db.execute("BEGIN")

    life.local.failpoint = apart


def number_apart(life: Life) -> None:
    """An order's number is counted in a commit of its own."""
    local: Any = life.local
    count_up = local.count_up

    def apart(name: str) -> int:
        value: int = count_up(name)
        if name == "order":
            local.db.execute("COMMIT")
            local.db.execute("BEGIN")
        return value

    local.count_up = apart


class Bug(NamedTuple):
    """near: cuts around this promise show it best. unheard: the paths that are synced in vain, a
    pattern. pages: when SQLite checkpoints."""

    plant: Plant | None
    shows_as: str
    near: str
    unheard: str = NONE
    pages: int = USUAL_PAGES


BUGS = {
    "normal": Bug(normal, "lost", "saved"),
    "two_commits": Bug(two_commits, "half", "saved"),
    "number_apart": Bug(number_apart, "numbers", "saved"),
    "home_unsynced": Bug(None, "lost", "saved", ""),
    "marker_unsynced": Bug(None, "crash unnoticed", "opened", "home/open"),
    "disk_that_lies": Bug(None, "corrupt", "saved", r".*\.sqlite", pages=8),
    "wipe_unsynced": Bug(
        _deaf_to("PRAGMA copy.synchronous = FULL", "PRAGMA copy.wal_checkpoint(TRUNCATE)"),
        "wiped came back",
        "wiped_all",
    ),
    "wipe_left_in_log": Bug(
        _deaf_to("PRAGMA main.wal_checkpoint(TRUNCATE)"), "wiped came back", "wiped_all"
    ),
}
