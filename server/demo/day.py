"""A scripted day in the field, told while it happens and checked when it is over."""

import time
from collections.abc import Callable

from server.database import transaction
from server.demo import queries
from server.demo.company import enrolment_code, trouble
from server.demo.rep import Rep
from server.demo.stage import Stage
from server.demo.timeline import Timeline

PATIENCE_S = 15.0


def play(stage: Stage, told: Timeline) -> bool:
    """Play the day; whether everything that was claimed is true."""
    cast, line = stage.cast, stage.line
    trouble(stage.engine, cast)
    ana = Rep("ana", "Ana", stage.root / "handhelds" / "ana", stores=cast.stores["ana"])
    told.chapter("Morning, with a network")
    code = enrolment_code(stage.engine, cast, "ana")
    ana.device = _enrol(ana, code, line.url)
    done = ana.does("sync")
    told.tell("Ana", f"enrols her handheld and fetches {done['rows']} rows")
    told.chapter("On the road, no network")
    line.up = False
    first, second = ana.stores[0], ana.stores[1]
    order = ana.order(first["code"], "--line", f"{cast.goods[0]['code']}:2case")
    told.tell("Ana", f"takes order {order['number']} at {first['name']}")
    order = ana.order(second["code"], "--line", f"{cast.short['code']}:24")
    told.tell("Ana", f"takes order {order['number']} at {second['name']}")
    told.chapter("Back where there is a network")
    line.up = True
    done = ana.does("sync")
    told.tell("Ana", f"syncs: {done['answered']} answered")
    _until(lambda: _all_numbered(stage, ana), PATIENCE_S)
    ana.does("sync")
    told.tell("Ana", "has the delivery system's numbers")
    with transaction(stage.engine) as conn:
        orders = queries.orders(conn, [ana.device])
    told.claim("Every order is in Talaria once", len(orders) == len(ana.taken), len(orders))
    numbers = {
        one["external_no"]
        for store in (first, second)
        for one in ana.does("store", store["code"])["orders"]
    }
    told.claim("Their numbers are on the handheld", None not in numbers, sorted(map(str, numbers)))
    return told.verdict()


def _enrol(rep: Rep, code: str, url: str) -> str:
    rep.does("enrol", code, "--server", url)
    return str(rep.does("status")["device"])


def _all_numbered(stage: Stage, rep: Rep) -> bool:
    with transaction(stage.engine) as conn:
        orders = queries.orders(conn, [rep.device])
    return all(one["external_no"] for one in orders if one["state"] not in ("held", "rejected"))


def _until(true: Callable[[], bool], patience_s: float) -> bool:
    until_s = time.monotonic() + patience_s
    while not true():
        if time.monotonic() > until_s:
            return False
        time.sleep(0.1)
    return True
