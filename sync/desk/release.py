"""The office's answer to a held order: release, override, reject; and what time answers.

A release clears reasons and asks every question again with today's facts, from the order as
taken; new reasons may hold it again. An override clears every reason there may be. All of it is
audited, and the conflicts it settles sync down to the rep.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from sync import audit, life
from sync.asking.orders import decide
from sync.batch import Pushed, reread
from sync.effects import Effects, renew, write_rows
from sync.feed import Entry, publish
from sync.gather import Ground, served_by
from sync.held import carrier_of, facts_without, give_back
from sync.queries import facts as fact_queries
from sync.queries import orders as queries
from sync.rules.all import RULES
from sync.taking.orders import order_of, submit_order

_json = msgspec.json.Encoder().encode
EVERY_RULE = frozenset(
    rule.name for questions in RULES.values() for rows in questions.values() for rule in rows
)


class NotHeld(LookupError):
    """The order is not held (any more): somebody was quicker, or it never was."""


def release(
    conn: Connection,
    cell: int,
    order_id: str,
    rules: Sequence[str] | None,
    by: str,
    now: datetime,
    note: str = "",
    *,
    override: bool = False,
    address: str | None = None,
) -> str:
    """Clear reasons of a held order and decide it again; return its new state.

    rules: the reasons cleared; None = all it has now. override: whatever else may come up too.
    by: `user:CODE`. Raises NotHeld.
    """
    state, entries = released(
        conn, cell, order_id, rules, by, now, note, override=override, address=address
    )
    publish(conn, cell, entries)
    return state


def released(
    conn: Connection, cell: int, order_id: str, rules: Sequence[str] | None, by: str,
    now: datetime, note: str, *, override: bool, address: str | None,
) -> tuple[str, list[Entry]]:  # fmt: skip
    """The same, its entries not published yet."""
    held = _lock(conn, cell, order_id)
    named = held.holds if rules is None else rules
    cleared = EVERY_RULE if override else frozenset(held.released) | set(named)
    how = "overridden" if override else "released"
    return decide_again(
        conn, cell, order_id, held, cleared, held.answered, how, by, now, note, address
    )


def decide_again(
    conn: Connection, cell: int, order_id: str, held: queries.Held, cleared: frozenset[str],
    answered: Mapping[str, str], how: str, by: str, now: datetime, note: str, address: str | None,
    *, newer: Pushed | None = None,
) -> tuple[str, list[Entry]]:  # fmt: skip
    """Ask every question of a locked order again, as it was taken, with today's facts.

    cleared: reasons that are passed over. answered: "<question>/<line>" -> the decision a person
    chose for it. newer: a text of its rep's that takes the place of the one taken; it becomes the
    next revision. Returns its new state, and the entries that tell of it. Raises NotHeld.
    """
    one, device, rep = newer or _text(conn, cell, order_id, held), held.device or "", held.rep
    carrier = carrier_of(conn, cell, device, rep)
    order, company_cell = order_of(one, rep, device), carrier.company_cell
    order = replace(order, number=held.number)
    ground = Ground(cell, company_cell, carrier.cell, carrier.zone)
    facts = facts_without(conn, ground, order_id, held, order, now)
    facts.released, facts.answered = {order_id: cleared}, {order_id: answered}
    decision = decide(order, facts)
    effects = Effects(cell, carrier, now, targets=fact_queries.targets(conn, company_cell))
    effects.warehouses, effects.counted = served_by(facts), facts.stock.keys()
    revision = held.revision + (newer is not None)
    submit_order(effects, one, order, decision, revision)
    row = effects.orders[0]
    holds = [hold.rule for hold in decision.holds]
    queries.restate(
        conn, cell, order_id, by,
        {
            "scope": row[1], "store": decision.store, "state": decision.state, "holds": holds,
            "released": sorted(cleared & (set(held.holds) | set(held.released))),
            "hold_due_at": min((hold.due for hold in decision.holds), default=None),
            "decided_at": now, "deliver_on": decision.deliver_on,
            "net_minor": decision.net_minor, "exposure_minor": decision.exposure_minor,
            "caps": _json(dict(decision.caps)).decode(), "stock_owner": row[10],
            "answered": _json(dict(answered)).decode(), "revision": revision,
            "po_no": one.body.po_no, "note": one.body.note,
        },
        step=now,
    )  # fmt: skip
    queries.delete_lines(conn, cell, order_id)
    keep = holds if newer is None else []
    settled = queries.resolve_conflicts(conn, cell, order_id, keep, how, by, now)
    renew(conn, effects, order_id, by)
    effects.orders = []
    write_rows(conn, effects)
    _audit(conn, cell, order_id, f"order.{how}", by, now, held, decision.state, note, address)
    if held.scope != row[1]:
        effects.entries.append(Entry(held.scope, "order", order_id, "gone"))
    return decision.state, effects.entries + _told(settled)


def _text(conn: Connection, cell: int, order_id: str, held: queries.Held) -> Pushed:
    """The text an order has, as its rep sent it. Raises NotHeld for one that has none."""
    taken = queries.as_taken(conn, cell, order_id)
    if taken is None:
        raise NotHeld(f"order {held.number} has no change as taken to decide again")
    raw, captured_at, uncertain, receipt = taken
    one = reread(bytes(raw), captured_at, uncertain)
    one.receipt_id = receipt  # not its own id, if another change came under that before
    return one


def reject(
    conn: Connection, cell: int, order_id: str, by: str, now: datetime, reason: str = "",
    *, address: str | None = None,
) -> None:  # fmt: skip
    """Refuse a held order for good: nothing stays reserved, the rep is told. Raises NotHeld."""
    publish(conn, cell, end_held(conn, cell, order_id, by, now, reason, address=address))


def end_held(
    conn: Connection, cell: int, order_id: str, by: str, now: datetime, reason: str,
    *, event: str = "reject", address: str | None = None,
) -> list[Entry]:  # fmt: skip
    """Reject or cancel a held order; return the entries. Raises NotHeld."""
    held = _lock(conn, cell, order_id)
    return end_locked(conn, cell, order_id, held, by, now, reason, event, address)


def end_locked(
    conn: Connection, cell: int, order_id: str, held: queries.Held, by: str, now: datetime,
    reason: str, event: str, address: str | None,
) -> list[Entry]:  # fmt: skip
    """End a locked order, by an event of life.py: it gives back what it keeps, its lines are cut
    and its items answered."""
    _, company_cell, _, _ = queries.ground(conn, cell, held.rep)
    give_back(conn, cell, company_cell, order_id, held)
    state = life.after(held.state, event)
    cut_reason = {"reject": "rejected_by_office", "expire": "expired"}.get(event, "cancelled")
    queries.cut_lines(conn, cell, order_id, cut_reason)
    queries.restate(
        conn, cell, order_id, by,
        {"state": state, "holds": [], "hold_due_at": None, "decided_at": now,
         "exposure_minor": 0, "caps": "{}"},
        step=now,
    )  # fmt: skip
    how = f"{state}: {reason}" if reason else state
    settled = queries.resolve_conflicts(conn, cell, order_id, [], how, by, now)
    _audit(conn, cell, order_id, f"order.{state}", by, now, held, state, reason, address)
    return [Entry(held.scope, "order", order_id), *_told(settled)]


def lapse(conn: Connection, cell: int, order_id: str, now: datetime) -> bool:
    """Give back the stock a held order has kept beyond its time; the order stays held.

    False: its time is not up (any more): it was decided again since it was looked for.
    """
    held = _lock(conn, cell, order_id)
    if held.hold_due_at is None or held.hold_due_at >= now:
        return False
    _, company_cell, _, _ = queries.ground(conn, cell, held.rep)
    give_back(conn, cell, company_cell, order_id, held)
    queries.unreserve_lines(conn, cell, order_id)
    queries.restate(conn, cell, order_id, "job:lapse_holds", {"hold_due_at": None, "caps": "{}"})
    publish(conn, cell, [Entry(held.scope, "order", order_id)])
    return True


def _lock(conn: Connection, cell: int, order_id: str) -> queries.Held:
    held = queries.lock(conn, cell, order_id)
    if held is None or held.state != "held":
        state = "is not here" if held is None else f"{held.number} is {held.state}"
        raise NotHeld(f"order {state}: it is not held any more")
    return held


def _told(settled: list[tuple[str, str]]) -> list[Entry]:
    return [Entry(scope, "conflict", conflict) for conflict, scope in settled]


def _audit(
    conn: Connection, cell: int, order_id: str, action: str, by: str, now: datetime,
    held: queries.Held, state: str, note: str, address: str | None = None,
) -> None:  # fmt: skip
    before: dict[str, Any] = {"state": held.state, "holds": held.holds}
    after: dict[str, Any] = {"state": state, "note": note}
    audit.note(
        conn, cell, by, action, f"order/{order_id}", now,
        before=before, after=after, address=address,
    )  # fmt: skip
