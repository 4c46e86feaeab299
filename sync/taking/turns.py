"""Steps 2 to 4 of a push: what cannot be taken is kept, the rest decided in order of n.

Also the way by which a person of the office lets a kept change stand: the same questions again,
but for those the person has answered (`effects.released`).
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sync.asking.changes import LATER, PARKING, decide_change, keeps
from sync.batch import Pushed
from sync.decisions.shapes import Conflict
from sync.effects import Effects, write_rows
from sync.facts import Facts, Order
from sync.gather import Ground, gather, served_by
from sync.queries import edits as edit_queries
from sync.queries import facts as fact_queries
from sync.queries import push as queries
from sync.rules.all import PARAMS
from sync.subjects.change import WorkingChange
from sync.subjects.order import chosen
from sync.taking.ahead import lock_ahead
from sync.taking.at_hand import lock
from sync.taking.orders import order_of, take_order
from sync.taking.stops import stops_at_rest
from sync.taking.table import DIRECT, EDITS, take_batched, way_of

CLOCK_LEAST_MS = 60_000
CLOCK_TOLD_EVERY = timedelta(hours=12)


def decide_all(conn: Connection, effects: Effects, everyone: list[Pushed]) -> None:
    """Keep what cannot be read or is not the sender's to send; decide the rest in order of n."""
    ready = [one for one in everyone if one.stored is None and not _is_kept(effects, one)]
    wanted = sorted({dep for one in ready for dep in one.change.depends_on})
    if wanted:
        cells = effects.carrier.cells
        effects.parked |= edit_queries.parked(conn, cells, wanted, sorted(PARKING))
    _look_at_times(conn, effects, ready)
    lock_ahead(conn, effects, ready)
    turns = _turns(conn, effects, ready, wanted)
    for way, run in groupby(turns, key=way_of):
        if way == "batched":
            _take_batched(conn, effects, list(run))
        elif way == "direct":
            _take_direct(conn, effects, list(run))
        else:
            _take_edits(conn, effects, way, list(run))


def _is_kept(effects: Effects, one: Pushed) -> bool:
    """Ask the first questions; whether the change is kept whole for a person."""
    w = WorkingChange(
        one.kind,
        effects.received_at,
        one.captured_at,
        device_state=effects.carrier.state,
        reused=one.receipt_id != one.id,
        fault=one.fault,
        is_newer=one.body is None and one.fault is None,
        released=effects.released,
    )
    kept = keeps(decide_change(w))
    if kept is None:
        return False
    _keep(effects, one, kept)
    return True


def _keep(effects: Effects, one: Pushed, why: Conflict) -> None:
    effects.keep(one, why)
    effects.parked[one.id] = one.kind


def _look_at_times(conn: Connection, effects: Effects, ready: list[Pushed]) -> None:
    """Read what the questions about time need, where there is reason to ask them."""
    carrier, now = effects.carrier, effects.received_at
    if any(one.captured_at and one.captured_at.date() < now.date() for one in ready):
        effects.closed_through = edit_queries.closed_through(conn, carrier.company_cell)
    if ready and abs(effects.offset_ms) > CLOCK_LEAST_MS:
        since = now - CLOCK_TOLD_EVERY
        effects.clock_is_told = edit_queries.told_since(
            conn, effects.cell, carrier.rep, "clock_wrong", since
        )
    else:
        effects.clock_is_told = True


def _goes_on(effects: Effects, facts: Facts, one: Pushed) -> bool:
    """Ask what a change builds on and when it was captured; whether it is to be decided."""
    parked_on = next(
        (effects.parked[d] for d in one.change.depends_on if d in effects.parked), None
    )
    if parked_on is None and effects.clock_is_told and effects.closed_through is None:
        return True
    choices, params = chosen(facts, facts.stores.get(one.store or ""), PARAMS)
    at = one.captured_at
    w = WorkingChange(
        one.kind,
        effects.received_at,
        at,
        day=None if at is None else at.astimezone(ZoneInfo(effects.carrier.zone)).date(),
        parked_on=parked_on,
        offset_ms=0 if effects.clock_is_told else effects.offset_ms,
        closed_through=effects.closed_through,
        choices=choices,
        params=params,
        released=effects.released,
    )
    told = decide_change(w, LATER)
    effects.clock_is_told = effects.clock_is_told or any(c.rule == "clock_wrong" for c in told)
    kept = keeps(told)
    for conflict in told:
        if conflict is kept:
            _keep(effects, one, conflict)
        else:
            effects.note(one, conflict)
    return kept is None


def _take_batched(conn: Connection, effects: Effects, turns: list[Pushed]) -> None:
    """Take what is decided together."""
    carrier = effects.carrier
    orders = {
        one.id: order_of(one, carrier.rep, carrier.device) for one in turns if one.kind == "order"
    }
    if orders:
        effects.targets = fact_queries.targets(conn, carrier.company_cell)
    others = [one.body.id for one in turns if one.kind != "order"]
    owners = queries.owners(conn, effects.cell, others) if others else {}
    facts = _facts(conn, effects, turns, list(orders.values()))  # from here on others may wait
    effects.warehouses, effects.counted = served_by(facts), facts.stock.keys()
    stops = sorted({one.body.id for one in turns if one.kind == "plan_stop"})
    if stops:
        effects.stops_at_rest |= stops_at_rest(conn, effects.cell, stops)
    for one in turns:
        if not _goes_on(effects, facts, one):
            continue
        if one.id in orders:
            take_order(effects, facts, one, orders[one.id])
        else:
            take_batched(effects, facts, one, owners, carrier.rep)


def _take_direct(conn: Connection, effects: Effects, turns: list[Pushed]) -> None:
    """Take changes of what is at rest, after all that was captured before them is written."""
    write_rows(conn, effects)
    for one in turns:
        facts = _facts(conn, effects, [one], [])  # an earlier one may have made the store
        if _goes_on(effects, facts, one):
            DIRECT[one.kind, one.act](conn, effects, facts, one)
        write_rows(conn, effects)


def _take_edits(conn: Connection, effects: Effects, kind: str, turns: list[Pushed]) -> None:
    """Take a run of edits of rows of one kind, after all that was captured before is written."""
    write_rows(conn, effects)
    facts = _facts(conn, effects, turns, [])
    at_hand = lock(conn, effects.cell, kind, [one.body.id for one in turns])
    for one in turns:
        if _goes_on(effects, facts, one):
            EDITS[one.kind, one.act](effects, facts, one, at_hand)
    write_rows(conn, effects)


def _facts(conn: Connection, effects: Effects, turns: list[Pushed], orders: list[Order]) -> Facts:
    carrier = effects.carrier
    stores = sorted({one.store for one in turns if one.store})
    ground = Ground(
        effects.cell, carrier.company_cell, carrier.cell, carrier.zone, effects.epoch, effects.known
    )
    facts = gather(conn, ground, carrier.rep, stores, orders, effects.received_at)
    if effects.released:
        facts.released = {one.body.id: effects.released for one in turns}
    return facts


def _turns(
    conn: Connection, effects: Effects, ready: list[Pushed], wanted: list[str]
) -> Iterator[Pushed]:
    """Yield changes in order of n, none before what it depends on; the rest wait."""
    done = queries.answered(conn, effects.carrier.cells, wanted) if wanted else set()
    done |= effects.parked.keys()
    left = sorted(ready, key=lambda one: (one.n or 0, one.id))
    moved = True
    while moved:
        moved = False
        for one in list(left):
            if all(dep in done for dep in one.change.depends_on):
                left.remove(one)
                done.add(one.id)
                moved = True
                yield one
    for one in left:
        one.outcome, one.keep_body = "waiting", True
