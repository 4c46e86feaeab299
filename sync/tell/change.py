"""The figures of rules about any change, whatever it is about."""

from sync.decisions.shapes import Plain
from sync.subjects.change import WorkingChange
from sync.tell.shown import Told, when


def _of(w: WorkingChange, **more: Plain) -> dict[str, Plain]:
    return {"kind": w.kind.replace("_", " "), **more}


def plain(w: WorkingChange) -> Told:
    return Told(None, None, None, {})


def kind(w: WorkingChange) -> Told:
    return Told(None, None, None, _of(w))


def captured(w: WorkingChange) -> Told:
    return Told(None, w.device_state, None, _of(w, captured=when(w, w.at)))


def fault(w: WorkingChange) -> Told:
    return Told(None, None, None, {"why": w.fault})


def dependency(w: WorkingChange) -> Told:
    parent = None if w.parked_on is None else w.parked_on.replace("_", " ")
    return Told(None, parent, None, _of(w, parent=parent))


def clock(w: WorkingChange) -> Told:
    """By how many minutes the handheld's clock is wrong; below zero it is slow."""
    minutes = round(-w.offset_ms / 60_000)
    side = "ahead" if minutes > 0 else "behind"
    return Told(None, None, None, _of(w, minutes=abs(minutes), side=side))


def period(w: WorkingChange) -> Told:
    day = None if w.day is None else w.day.isoformat()
    through = None if w.closed_through is None else w.closed_through.isoformat()
    return Told(day, through, None, _of(w, day=day, closed_through=through))
