"""A rep's edit of an order that is here: a whole new text, or a cancellation.

What nobody has been sent is decided again, or ended, here and now. What is with the delivery system
is asked of it (delivery/change.py). What is being picked stays, and the rep reads the way out.
The order is locked first; a delivery that a dispatcher is just claiming counts as sent.
"""

from dataclasses import replace

from sqlalchemy import Connection

from sync import life
from sync.asking.order_edits import OrderEditDecision, decide_order_edit
from sync.batch import Pushed
from sync.delivery.change import ask_of_delivery, proposal_of
from sync.desk.release import decide_again, end_locked
from sync.effects import ANSWERED_WITHIN, Effects, told_of
from sync.facts import Facts
from sync.queries import changes as queries
from sync.queries import orders as order_queries
from sync.queries.orders import Held
from sync.subjects.order_edit import OrderAtRest, OrderEdit
from sync.taking.told import is_of_store

OUTCOMES = {
    "done": "applied", "refused": "rejected", "held": "held", "asked": "held", "office": "held",
}  # fmt: skip
"""What becomes of the edit itself: what is asked is held until it is answered."""


def revise_order(conn: Connection, effects: Effects, facts: Facts, one: Pushed) -> None:
    """Take a whole new text of an order."""
    held, decision = _decided(conn, effects, facts, one)
    if held is None or decision.way != "done":
        return
    cell, order_id, by = effects.cell, one.body.id, effects.by
    queries.drop_queued(conn, cell, order_id)
    told, outcome = list(one.told), one.outcome
    _, entries = decide_again(
        conn, cell, order_id, held, frozenset(), {}, "revised", by, effects.received_at, "", None,
        newer=one,
    )  # fmt: skip
    effects.entries += entries
    one.told = told + [new for new in one.told if new not in told]
    one.outcome = "adjusted" if outcome == "adjusted" == one.outcome else one.outcome
    one.refs, one.keep_body = {"revises": order_id}, True


def cancel_order(conn: Connection, effects: Effects, facts: Facts, one: Pushed) -> None:
    """Cancel an order; what is cancelled already, or asked to be, is not done twice."""
    held, decision = _decided(conn, effects, facts, one)
    if held is None or decision.way not in ("done", "asked before"):
        return
    if decision.way == "asked before":
        one.outcome, one.state = "merged", held.state
        return
    one.refs = {"cancels": one.body.id}
    if not life.can(held.state, "cancel", "rep"):
        one.outcome, one.state = "merged", held.state
        return
    cell, order_id = effects.cell, one.body.id
    queries.drop_queued(conn, cell, order_id)
    effects.entries += end_locked(
        conn, cell, order_id, held, effects.by, effects.received_at, one.body.reason, "cancel",
        None,
    )  # fmt: skip
    one.outcome, one.state = "applied", life.after(held.state, "cancel")


def _decided(
    conn: Connection, effects: Effects, facts: Facts, one: Pushed
) -> tuple[Held | None, OrderEditDecision]:
    """Lock the order, ask what becomes of the edit, tell it; ask the delivery system if so."""
    cell, body = effects.cell, one.body
    held = order_queries.lock(conn, cell, body.id)
    if held is not None and not is_of_store(facts, held.store, body.store):
        effects.hold(one, "row_known", kind="order")
        return held, OrderEditDecision("held")
    rest = None if held is None else rest_of(conn, cell, body.id, held)
    proposal = None
    if held is not None and rest is not None and one.act == "revise" and _is_asked(rest):
        proposal = proposal_of(conn, cell, body.id, held, one, effects.received_at)
        rest = replace(rest, is_doubtful=proposal["state"] != "accepted")
    decision = decide_order_edit(edit_of(one, effects.carrier.rep), rest, facts)
    asks = decision.way in ("asked", "office")
    if asks and one.act == "cancel" and _is_asked_for(conn, cell, one):
        return held, OrderEditDecision("asked before")
    one.outcome, one.state = OUTCOMES[decision.way], rest.state if rest else None
    one.keep_body, one.is_asked = decision.way != "done", asks
    for conflict in decision.conflicts:
        told = told_of(
            conflict, one.receipt_id, effects.received_at + ANSWERED_WITHIN,
            effects.carrier.language,
        )  # fmt: skip
        told.subject = one.subject
        if decision.way == "office":
            told.ask = {"kind": "order", "id": body.id, "change": one.id}
        effects.tell(one, told, body.id if held else None)
    if held is not None and one.is_asked:
        ask_of_delivery(
            conn, cell, body.id, held, one.id, proposal, getattr(body, "reason", ""), effects.by,
            effects.received_at, asked=decision.way == "asked", item=one.told[-1].id,
        )  # fmt: skip
    if one.told and decision.way != "done":
        one.says = one.told[-1].says
    return held, decision


def _is_asked(rest: OrderAtRest) -> bool:
    """Whether somebody may have the order, and it is not being picked."""
    return life.can(rest.state, "ask") or (rest.is_out and life.can(rest.state, "send"))


def _is_asked_for(conn: Connection, cell: int, one: Pushed) -> bool:
    """Whether a cancellation of the order waits for its answer already: one is enough."""
    return any(act == "cancel" for _, act in queries.open_changes(conn, cell, one.body.id))


def rest_of(conn: Connection, cell: int, order_id: str, held: Held) -> OrderAtRest:
    """An order that is locked, as the rules about edits see it."""
    out = queries.is_out(conn, cell, order_id)
    theirs = queries.ordered(conn, cell, order_id)
    return OrderAtRest(held.number, held.rep, held.state, held.revision, out, None, theirs)


def edit_of(one: Pushed, rep: str) -> OrderEdit:
    """Read an edit of an order as the rules see it."""
    body = one.body
    mine: dict[str, int] = {}
    for line in getattr(body, "lines", ()):
        mine[line.product] = mine.get(line.product, 0) + line.quantity
    at = one.captured_at or one.change.captured.wall
    return OrderEdit(
        body.id, body.store, rep, "cancel" if one.act == "cancel" else "revise", at,
        body.base_revision, mine, getattr(body, "reason", None),
    )  # fmt: skip
