"""What accepted changes write: rows, reservations, deliveries, conflicts, receipts, entries.

Effects are collected while a batch is decided and written at the end, one statement a table;
entries and the feed's counter come last (feed.publish).
"""

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from schemas.ids import derived
from schemas.rows import PARTS
from sync.batch import Pushed, Told
from sync.carrier import Carrier
from sync.decisions.shapes import Conflict, Decision
from sync.facts import Line, Order
from sync.feed import Entry, publish
from sync.queries import push as queries
from sync.sentences.words import sentence
from sync.verdicts import TELL, verdict

OFFICE = "office"  # a scope no handheld carries: conflicts a rep may not see
CARD_LINE = PARTS["card", "lines"]
VISIT_STATES = ("planned", "skipped", "started", "done")  # a visit only ever goes forward
_FORWARD = VISIT_STATES.index
_json = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Effects:
    """Rows to write, by table, and the entries that tell of them."""

    cell: int
    carrier: Carrier
    received_at: datetime
    targets: list[str] = field(default_factory=list)
    warehouses: dict[str, str] = field(default_factory=dict)  # by store: who serves it
    counted: Container[tuple[str, str]] = ()  # (warehouse, product) that stock is kept of
    orders: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    conflicts: list[tuple[Any, ...]] = field(default_factory=list)
    deliveries: list[tuple[Any, ...]] = field(default_factory=list)
    cards: list[tuple[Any, ...]] = field(default_factory=list)
    visits: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    stops: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    reserved: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    exposed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    capped: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    entries: list[Entry] = field(default_factory=list)

    @property
    def by(self) -> str:
        return f"device:{self.carrier.device}"

    def tell(self, pushed: Pushed, told: Told, order_id: str | None = None) -> None:
        """Note a conflict: a row of the inbox, and part of the verdict."""
        pushed.told.append(told)
        scope = OFFICE if told.private else f"rep:{self.carrier.rep}"
        self.conflicts.append(
            (
                told.id, scope, 1, self.by, self.carrier.rep, pushed.store, order_id, pushed.id,
                told.line, told.rule, told.decision, told.yours, told.now, told.needs,
                told.message, _json(told.arguments).decode(), told.says, told.proposed,
                "waiting" if told.needs == "office" else "told", told.due_at, self.received_at,
            )
        )  # fmt: skip
        self.entries.append(Entry(scope, "conflict", told.id))

    def hold(self, pushed: Pushed, rule: str, outcome: str = "held", **arguments: str) -> None:
        """Keep a change whole for a person of the office, with a sentence of why."""
        pushed.outcome, pushed.keep_body = outcome, True
        says = TELL[rule].format(**arguments)
        conflict_id = derived("conflict", pushed.receipt_id, rule, "")
        told = Told(
            conflict_id, rule, None, None, None, "hold_for_office", "office", rule,
            dict(arguments), says,
        )  # fmt: skip
        pushed.says = says
        self.tell(pushed, told)


def save_visit(effects: Effects, pushed: Pushed, at_rest: str = "") -> None:
    """Write a visit as told; several changes of one visit in a batch become one row.

    at_rest: the state its row has already. A visit only goes forward; what would take it back is
    merged: the rest is noted, the state stays (the same as queries.save_visits).
    """
    body = pushed.body
    row = (
        body.id, f"st:{body.store}", 1, effects.by, body.store, effects.carrier.rep, body.state,
        body.planned_on, body.started_at, body.ended_at, body.lat_deg, body.lon_deg,
        body.distance_m, body.reason, body.note,
    )  # fmt: skip
    before = effects.visits.get(body.id)
    at_rest = max(before[6] if before else body.state, at_rest or body.state, key=_FORWARD)
    if before is not None:
        told = [old if new is None else new for old, new in zip(before, row, strict=True)]
        told[2] = before[2] + 1
        told[6] = max(before[6], body.state, key=_FORWARD)
        row = tuple(told)
    effects.visits[body.id] = row
    effects.entries.append(Entry(f"st:{body.store}", "visit", body.id))
    pushed.refs = {"visit": body.id}
    _taken(pushed, body.state, at_rest)


def _taken(pushed: Pushed, sent: str, stands: str) -> None:
    """Say whether a state was taken as sent, or what was there already stands."""
    pushed.outcome = "applied" if sent == stands else "merged"
    if sent != stands:
        pushed.says = f"It is {stands} already and stays so; the rest was noted."


def submit_card(effects: Effects, pushed: Pushed) -> None:
    """Write a visit card as one document, its lines as arrays."""
    body = pushed.body
    lines = [[getattr(line, name) for name in CARD_LINE] for line in body.lines]
    effects.cards.append(
        (
            body.id, f"st:{body.store}", 1, effects.by, body.store, body.visit,
            effects.carrier.rep, pushed.captured_at, "closed", _json(lines).decode(),
        )
    )  # fmt: skip
    effects.entries.append(Entry(f"st:{body.store}", "card", body.id))
    pushed.outcome, pushed.refs = "applied", {"card": body.id}


def save_stop(effects: Effects, pushed: Pushed, at_rest: str = "") -> None:
    """Write a stop of the rep's own plan; the last word in a batch stands, but a begun stop does
    not go back and its visit is not forgotten (the same as queries.save_stops)."""
    body = pushed.body
    scope = f"rep:{effects.carrier.rep}"
    before = effects.stops.get(body.id)
    state, visit, version = body.state, body.visit, 1
    if before is not None:
        version, visit = before[2] + 1, visit or before[11]
    for known in (at_rest, before[8] if before else ""):
        if known == "done" or (known == "started" and state != "done"):
            state = known
    effects.stops[body.id] = (
        body.id, scope, version, effects.by, effects.carrier.rep,
        body.store, body.day, body.sequence, state, False, body.reason, visit,
    )  # fmt: skip
    effects.entries.append(Entry(scope, "plan_stop", body.id))
    pushed.refs = {"plan_stop": body.id}
    _taken(pushed, body.state, state)


def submit_order(effects: Effects, pushed: Pushed, order: Order, decision: Decision) -> None:
    """Write what became of an order: order, lines, reservation, exposure, delivery, conflicts."""
    body = pushed.body
    holds = [hold.rule for hold in decision.holds]
    due = min((hold.due for hold in decision.holds), default=None)
    owner = effects.warehouses.get(decision.store, "")
    effects.orders.append(
        (
            order.id, f"st:{decision.store}", 1, effects.by, order.number, decision.store,
            order.rep, order.device, body.visit, order.type, owner, 1, decision.state,
            holds, [], due, order.captured_at, order.captured_uncertain,
            effects.received_at, effects.received_at, decision.deliver_on, body.po_no, body.note,
            order.currency, decision.net_minor, decision.exposure_minor, order.stock_as_of,
            order.credit_as_of, order.price_as_of, _json(dict(decision.caps)).decode(),
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
    if decision.state == "accepted":
        queue_delivery(effects, order.id, 1, decision.store)
    effects.entries.append(Entry(f"st:{decision.store}", "order", order.id))
    for conflict in decision.conflicts:
        effects.tell(pushed, told_of(conflict, pushed.receipt_id, due), order.id)
    pushed.outcome, pushed.state = decision.outcome, decision.state
    pushed.keep_body = decision.state == "held"  # a release decides the order as taken again
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
                line.discount_minor, taken.promotion if taken else None, line.net_minor,
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


def told_of(conflict: Conflict, change: str, due_at: datetime | None) -> Told:
    """Turn a rule's conflict into what is told and stored; its id follows from what it is about."""
    return Told(
        id=derived("conflict", change, conflict.rule, conflict.line),
        rule=conflict.rule,
        line=conflict.line,
        yours=_text(conflict.yours),
        now=_text(conflict.now),
        decision=conflict.decision,
        needs=conflict.needs,
        message=conflict.message,
        arguments={name: _text(value) for name, value in conflict.arguments.items()},
        says=sentence(conflict),
        proposed=_text(conflict.proposed),
        due_at=due_at if conflict.needs else None,
        private=conflict.private,
    )


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)


def flush(conn: Connection, effects: Effects, batch: list[Pushed], offset_ms: int) -> None:
    """Write everything collected, one statement a table, receipts last."""
    write_rows(conn, effects)
    _receipts(conn, effects, batch, offset_ms)


def write_rows(conn: Connection, effects: Effects) -> None:
    """Write the rows collected, one statement a table."""
    cell = effects.cell
    queries.insert_orders(conn, cell, effects.orders)
    queries.insert_lines(conn, cell, effects.lines)
    queries.insert_cards(conn, cell, effects.cards)
    queries.save_visits(conn, cell, list(effects.visits.values()))
    queries.save_stops(conn, cell, list(effects.stops.values()))
    queries.insert_conflicts(conn, cell, effects.conflicts)
    queries.insert_deliveries(conn, cell, effects.deliveries)
    reserved = [(*key, quantity) for key, quantity in sorted(effects.reserved.items())]
    queries.reserve(conn, cell, reserved)
    queries.expose(conn, cell, sorted(effects.exposed.items()))
    queries.use_caps(conn, effects.carrier.company_cell, sorted(effects.capped.items()))


def _receipts(conn: Connection, effects: Effects, batch: list[Pushed], offset_ms: int) -> None:
    new: list[tuple[Any, ...]] = []
    settled: list[tuple[str, str, str, bytes | None]] = []
    for pushed in batch:
        if pushed.stored is not None and not (pushed.again and pushed.receipt_id != pushed.id):
            continue
        text, body = pushed.stored or verdict(pushed), pushed.raw if pushed.keep_body else None
        if pushed.waited:
            if pushed.outcome != "waiting":
                settled.append((pushed.receipt_id, pushed.outcome, text, body))
            continue
        depends = pushed.change.depends_on if pushed.change is not None else []
        n = None if pushed.n_taken else pushed.n
        new.append(
            (
                pushed.receipt_id, effects.carrier.device, n, effects.carrier.rep, pushed.kind,
                pushed.act, pushed.outcome, pushed.subject, text, pushed.hash, body,
                depends, pushed.captured_at, pushed.uncertain, offset_ms,
                effects.received_at,
            )
        )  # fmt: skip
    queries.insert_receipts(conn, effects.cell, new)
    queries.settle_receipts(conn, effects.cell, settled)


def announce(conn: Connection, effects: Effects) -> None:
    """Number and write the entries: the last statement before commit."""
    publish(conn, effects.cell, effects.entries)
