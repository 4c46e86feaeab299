"""The `when` of rules about any change, whatever it is about."""

from sync.subjects.change import CAPTURES, WorkingChange


def id_was_used(w: WorkingChange) -> bool:
    return w.reused


def device_is_revoked(w: WorkingChange) -> bool:
    return w.device_state in ("revoked", "wiped")


def change_is_unreadable(w: WorkingChange) -> bool:
    return w.fault is not None


def change_is_newer(w: WorkingChange) -> bool:
    return w.is_newer


def row_is_another(w: WorkingChange) -> bool:
    return w.is_another


def server_stumbled(w: WorkingChange) -> bool:
    return w.stumbled


def dependency_is_parked(w: WorkingChange) -> bool:
    """What it builds on was not taken: it waits for the same person."""
    return w.parked_on is not None


def clock_is_wrong(w: WorkingChange) -> bool:
    return abs(w.offset_ms) > w.params["clock_wrong"]["minutes"] * 60_000


def period_is_closed(w: WorkingChange) -> bool:
    """Captured on a day of a period whose reports are frozen."""
    if w.kind not in CAPTURES or w.day is None or w.closed_through is None:
        return False
    return w.day <= w.closed_through
