"""A rep's published stops with the times they are likely to have, for calendars. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from routes.territory import StoreRow, Task
from routes.timetable import timetable


@dataclass(frozen=True)
class Appointment:
    """One stop. `begins_min`, `ends_min`: of the local day, as planned; None: nobody knows, for the
    store is not planned (it has no frequency)."""

    stop: str
    store: StoreRow
    day: date
    begins_min: float | None
    ends_min: float | None


def agenda(task: Task) -> list[Appointment]:
    """Every stop that is not skipped, in order."""
    rows = {row.id: row for row in task.territory.stores}
    index = {store.id: i for i, store in enumerate(task.problem.stores)}
    days = dict(zip(task.dates, task.problem.days, strict=True))
    by_day: dict[date, list[tuple[str, str]]] = {}
    for stop in sorted(task.territory.stops, key=lambda s: (s.day, s.sequence, s.id)):
        if stop.state != "skipped" and stop.store in rows:
            by_day.setdefault(stop.day, []).append((stop.id, stop.store))
    found = []
    for when, stops in sorted(by_day.items()):
        known = [index[store] for _, store in stops if store in index]
        times: dict[str, tuple[float, float]] = {}
        if when in days:
            kept = tuple(task.problem.stores[i].id for i in known)
            timed = timetable(task.problem, replace(days[when], locked=kept), known)
            calls = timed.calls if timed is not None else ()
            times = {call.store: (call.begin_min, call.leave_min) for call in calls}
        for stop_id, store in stops:
            begins, ends = times.get(store, (None, None))
            found.append(Appointment(stop_id, rows[store], when, begins, ends))
    return found
