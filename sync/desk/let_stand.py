"""A person lets a change stand that was kept whole: all but what was answered is asked again.

Whatever kept it (a revoked handheld, a store that was not the rep's, a parked dependency, a rule
the office chose to hold by) is passed over; every other question is asked anew, with today's facts.
What was parked because it builds on this one is let stand with it.
"""

from datetime import datetime

from sqlalchemy import Connection

from sync.audit import note
from sync.batch import Pushed, reread
from sync.carrier import Carrier
from sync.effects import Effects, flush
from sync.feed import Entry
from sync.held import carrier_of
from sync.queries import edits as edit_queries
from sync.queries import orders as queries
from sync.repeats import hold
from sync.taking.turns import decide_all


class NotKept(LookupError):
    """There is nothing to let stand; the words say why."""


def stand(
    conn: Connection, cell: int, change: str, by: str, now: datetime, address: str | None = None
) -> tuple[list[Entry], str]:
    """Take a kept change, as if its handheld were good; return the entries for the caller to
    publish, and its kind.

    by: `user:CODE`. Raises NotKept, also for a change that could not be read, or whose row is there
    already of somebody else.
    """
    row = queries.held_change(conn, cell, change)
    if row is None:
        raise NotKept("this change is not held any more")
    raw, captured_at, uncertain, device, rep, kind = row
    one = reread(bytes(raw), captured_at, uncertain)
    one.receipt_id = change  # not its own id, if another change came under that before
    if one.body is None:
        raise NotKept(f"this {kind} could not be read: {one.fault or 'it is of a newer handheld'}")
    if one.store is not None:
        hold(conn, cell, [one])
    entries = _taken(conn, cell, one, carrier_of(conn, cell, device, rep), by, now, address)
    for parked in edit_queries.parked_on(conn, cell, change):
        more, _ = stand(conn, cell, parked, by, now, address)
        entries += more
    return entries, str(kind)


def _taken(
    conn: Connection, cell: int, one: Pushed, carrier: Carrier, by: str, now: datetime,
    address: str | None,
) -> list[Entry]:  # fmt: skip
    change = one.receipt_id
    rules = {"id_reused", *edit_queries.waiting_rules(conn, cell, change)}
    told_already = edit_queries.items_of_change(conn, cell, change)
    effects = Effects(cell, carrier, now, released=frozenset(rules), told_already=told_already)
    settled = queries.resolve_change(conn, cell, change, "released", by, now)
    decide_all(conn, effects, [one])
    if one.keep_body and not (one.refs or one.is_asked):
        raise NotKept(one.says)
    flush(conn, effects, [one], 0)
    note(conn, cell, by, "change.released", one.subject or one.kind, now, address=address)
    told = [Entry(scope, "conflict", conflict) for conflict, scope in settled]
    return effects.entries + told
