"""The afternoon: the delivery system picks, ships, delivers and invoices, and calls back with it.

Every event is told twice and in any order; what a handheld shows in the evening must be the same.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx

from server.database import transaction
from server.demo import queries

if TYPE_CHECKING:
    from server.demo.day import Day
    from server.demo.stage import Stage

STAGES = ("allocated", "picking", "dispatched", "delivered", "invoiced")
UNSENT = ("held", "rejected", "cancelled")
STAGE_S = 20.0
"""So long an order stays in each stage when somebody takes one by hand after the day."""


def goods_leave(day: "Day", until: Callable[[Callable[[], bool], float], bool]) -> None:
    """All orders go their way, stage by stage, told badly."""
    day.told.chapter("The goods leave, and arrive")
    stage = day.stage
    stage.behave(status_url=call_back(stage.url), status_doubled=True, status_shuffled=True)
    day.told.tell(
        "Delivery system", "calls back with everything that happens, each of it twice and jumbled"
    )
    began_s = time.monotonic()
    for one in ("dispatched", "invoiced"):
        httpx.post(f"{stage.standin_url}/progress", json={"to": one}, timeout=60).raise_for_status()
        until(lambda one=one: all(row["state"] == one for row in _gone(day)), 60.0)  # type: ignore[misc]
        states = sorted({row["state"] for row in _gone(day)})
        day.told.tell(
            "Talaria", f"{len(_gone(day))} orders are {' and '.join(states)}, "
            f"{time.monotonic() - began_s:.1f} s later",
        )  # fmt: skip
    for rep in day.reps:
        rep.does("sync")
    every_day(stage)


def every_day(stage: "Stage") -> None:
    """From here on each order goes its way by the delivery system's own clock."""
    stage.behave(
        status_url=call_back(stage.url), status_doubled=False, status_shuffled=False,
        stage_s=STAGE_S,
    )  # fmt: skip


def check(day: "Day") -> None:
    """State what the afternoon claims, with what Talaria's database says."""
    gone = _gone(day)
    with transaction(day.stage.engine) as conn:
        said = queries.statuses(conn, [row["id"] for row in gone])
        lines = queries.order_lines(conn, [row["id"] for row in gone])
    told = day.told
    told.claim("Every order that went out was delivered and invoiced",
               gone and all(row["state"] == "invoiced" for row in gone),
               f"{len(gone)} orders")  # fmt: skip
    stages = {
        row["id"]: sorted(
            one["status"]
            for one in said
            if one["order_id"] == row["id"] and one["status"] in STAGES
        )
        for row in gone
    }
    strange = [one for one in stages.values() if one != sorted(STAGES)]
    told.claim("Each stage of each order was taken once, though all were told twice and jumbled",
               not strange, strange or f"{len(STAGES) * len(stages)} events")  # fmt: skip
    told.claim("No status was left parked", all(one["outcome"] != "parked" for one in said))
    told.claim("What was delivered is what was confirmed, line by line",
               all(line["delivered"] == line["confirmed"] for line in lines),
               f"{sum(line['delivered'] or 0 for line in lines)} pieces")  # fmt: skip
    shown = _shown(day, gone)
    told.claim("The handhelds show them invoiced",
               all(shown.get(str(row["number"])) == row["state"] for row in gone))  # fmt: skip


def _shown(day: "Day", orders: list[queries.Row]) -> dict[str, str]:
    """Number -> state of the orders that the handhelds show."""
    shown = {}
    for rep in day.reps:
        for store in {one["store"] for one in orders if one["rep"] == rep.code}:
            for one in rep.does("store", store)["orders"]:
                shown[str(one["number"])] = str(one["state"])
    return shown


def call_back(url: str) -> str:
    """Where the demo's delivery system tells what happens."""
    return f"{url}/delivery/v1/main/status"


def _gone(day: "Day") -> list[queries.Row]:
    return [row for row in day.orders() if row["state"] not in UNSENT]
