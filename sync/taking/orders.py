"""An order: the rows that follow from what was decided."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import msgspec

from schemas.ids import derived
from sync import life
from sync.asking.orders import decide, fold
from sync.batch import Pushed
from sync.decisions.shapes import Decision
from sync.effects import Effects, told_of
from sync.facts import Facts, Line, Order
from sync.feed import Entry

_json = msgspec.json.Encoder().encode


def take_order(effects: Effects, facts: Facts, one: Pushed, order: Order) -> None:
    """Decide an order and fold it into the facts of the next."""
    decision = decide(order, facts)
    if order.id in facts.known:
        for conflict in decision.conflicts:
            effects.tell(one, told_of(conflict, one.receipt_id, None, effects.carrier.language))
        one.outcome, one.keep_body = decision.outcome, True
        return
    fold(facts, order, decision)
    submit_order(effects, one, order, decision)


def order_of(one: Pushed, rep: str, device: str) -> Order:
    """Read an order as the rules see it."""
    body, seen = one.body, one.change.seen
    lines = tuple(
        Line(
            line.n, line.product, line.uom, line.typed, line.quantity, Decimal(line.unit_price),
            line.discount_minor,
            tuple((one.promotion, one.discount_minor) for one in line.promotions), line.net_minor,
        )
        for line in body.lines
    )  # fmt: skip
    return Order(
        body.id, body.number, body.store, rep, device, body.type,
        one.captured_at or one.change.captured.wall, one.uncertain, body.deliver_on,
        body.currency, body.net_minor, lines,
        seen and seen.stock_as_of, seen and seen.credit_as_of, seen and seen.price_as_of,
        getattr(body, "about", None),
    )  # fmt: skip


def submit_order(
    effects: Effects, pushed: Pushed, order: Order, decision: Decision, revision: int = 1
) -> None:
    """Write what became of an order: order, lines, reservation, exposure, delivery, conflicts."""
    body = pushed.body
    holds = [hold.rule for hold in decision.holds]
    due = min((hold.due for hold in decision.holds), default=None)
    owner = effects.warehouses.get(decision.store, "")
    effects.orders.append(
        (
            order.id, f"st:{decision.store}", 1, effects.by, order.number, decision.store,
            order.rep, order.device, body.visit, order.type, owner, revision, decision.state,
            holds, [], due, order.captured_at, order.captured_uncertain,
            effects.received_at, effects.received_at, decision.deliver_on, body.po_no, body.note,
            order.currency, decision.net_minor, decision.exposure_minor, order.stock_as_of,
            order.credit_as_of, order.price_as_of, _json(dict(decision.caps)).decode(), order.about,
            _json([[decision.state, effects.received_at.isoformat()]]).decode(),
        )
    )  # fmt: skip
    # What nobody counts may be promised, and cannot be kept: no row of stock could give it back.
    reserve = [(w, product, each) for w, product, each in decision.reserve
               if (w, product) in effects.counted]  # fmt: skip
    effects.lines += line_rows(order, decision, reserve)
    for warehouse, product, quantity in reserve:
        effects.reserved[warehouse, product] += quantity
    for promotion, minor in decision.caps:
        effects.capped[promotion] += minor
    if decision.exposure_minor:
        effects.exposed[decision.store] += decision.exposure_minor
    if life.can(decision.state, "send"):
        queue_delivery(effects, order.id, revision, decision.store)
    effects.entries.append(Entry(f"st:{decision.store}", "order", order.id))
    for conflict in decision.conflicts:
        told = told_of(conflict, pushed.receipt_id, due, effects.carrier.language)
        effects.tell(pushed, told, order.id)
    pushed.outcome, pushed.state = decision.outcome, decision.state
    # A release, or the rep's answer about a line, decides the order as taken again.
    asked = any(one.rep_answers for one in decision.conflicts)
    pushed.keep_body = decision.state == "held" or asked
    pushed.refs = {"order": order.id}


def line_rows(
    order: Order, decision: Decision, reserve: list[tuple[str, str, int]]
) -> list[tuple[Any, ...]]:
    """The rows of order_line that a decision makes, with what each keeps of what is reserved."""
    kept: dict[str, int] = defaultdict(int)
    for _, product, quantity in reserve:
        kept[product] += quantity
    typed: dict[int, Line] = {line.n: line for line in order.lines}
    rows: list[tuple[Any, ...]] = []
    for line in decision.lines:
        taken = typed.get(line.n)
        reserved = min(line.confirmed, kept[line.product])
        kept[line.product] -= reserved
        rows.append(
            (
                order.id, line.n, line.product, taken.uom if taken else "each",
                taken.typed if taken else str(line.ordered),
                taken.unit_price if taken else line.unit_price, line.unit_price,
                line.discount_minor, _json(dict(line.promotions)).decode(), line.net_minor,
                line.ordered, line.confirmed, line.backordered, line.cut, line.cut_reason,
                reserved, 0, 0, line.state, line.substitute,
            )
        )  # fmt: skip
    return rows


def queue_delivery(effects: Effects, order_id: str, revision: int, store: str) -> None:
    """Queue an accepted order for every delivery system of the company."""
    at = effects.received_at
    for target in effects.targets:
        delivery_id = derived("delivery", order_id, revision, target)
        effects.deliveries.append(
            (delivery_id, order_id, revision, target, store, "queued", 0, at, at, at)
        )
