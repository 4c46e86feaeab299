"""Changes of orders that are with the delivery system: asked of it, and what its answer does.

Until it answers nothing changes here. The change goes out as a revision of its own, behind the one
it replaces (deliveries of a store go one after the other): a whole new text, or a cancellation.
Taken: the order becomes what was asked, as far as the answer allows. Declined: it stays as it was.
Either way the rep reads it, and the item that told of the request is closed.
"""

from collections.abc import Container
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from schemas.ids import derived
from sync import life
from sync.asking.orders import decide
from sync.batch import Pushed
from sync.carrier import Carrier
from sync.decisions.shapes import Plain
from sync.delivery.follow import release_all, write_order
from sync.delivery.promised import LINE, within_budgets, within_stock
from sync.delivery.told import CHANGE, tell, tell_left, tell_over_budget
from sync.effects import Effects
from sync.facts import StockFacts
from sync.feed import Entry
from sync.gather import Ground, served_by
from sync.held import carrier_of, facts_without, give_back
from sync.queries import changes as queries
from sync.queries import deliveries as delivery_queries
from sync.queries import facts as fact_queries
from sync.queries import orders as order_queries
from sync.queries import push as push_queries
from sync.queries.orders import Held
from sync.taking.orders import order_of, submit_order

_json = msgspec.json.Encoder().encode
Order = dict[str, Any]
ROW = (
    "id scope version changed_by number store rep device visit type stock_owner revision state"
    " holds released hold_due_at captured_at captured_uncertain received_at decided_at deliver_on"
    " po_no note currency net_minor exposure_minor"
).split()
KEPT = ("deliver_on", "po_no", "note", "net_minor", "exposure_minor", "stock_owner")


def proposal_of(
    conn: Connection, cell: int, order_id: str, held: Held, one: Pushed, now: datetime
) -> dict[str, Any]:
    """What a locked order would become by a new text, decided with today's facts and written
    nowhere: {state, order: {column: value}, lines: [row], caps: {promotion: minor}}."""
    carrier = carrier_of(conn, cell, held.device or "", held.rep)
    effects = Effects(cell, carrier, now)
    with conn.begin_nested() as trial:
        decision = _decided(conn, carrier, effects, order_id, held, one, now)
        trial.rollback()
    row = dict(zip(ROW, effects.orders[0], strict=False))
    return {
        "state": decision.state,
        "order": {name: row[name] for name in KEPT},
        "lines": effects.lines,
        "caps": dict(decision.caps),
    }


def _decided(
    conn: Connection, carrier: Carrier, effects: Effects, order_id: str, held: Held, one: Pushed,
    now: datetime,
) -> Any:  # fmt: skip
    """Decide the new text as if the order had given everything back."""
    order = order_of(one, held.rep, held.device or "")
    ground = Ground(effects.cell, carrier.company_cell, carrier.cell, carrier.zone)
    facts = facts_without(conn, ground, order_id, held, order, now)
    facts.numbers = {}
    decision = decide(order, facts)
    effects.warehouses, effects.counted = served_by(facts), facts.stock.keys()
    trial = Pushed(one.raw, one.hash, one.id, one.n, one.change, one.body)
    trial.receipt_id = one.receipt_id
    submit_order(effects, trial, order, decision)
    return decision


def ask_of_delivery(
    conn: Connection, cell: int, order_id: str, held: Held, change: str,
    proposal: dict[str, Any] | None, reason: str, by: str, now: datetime, *, asked: bool,
    item: str | None,
) -> int:  # fmt: skip
    """Keep a change of a locked order, and queue it for the delivery systems if it is `asked` at
    once. proposal None = a cancellation. Returns the revision under which it goes."""
    if not life.can(held.state, "send"):  # one that is just being claimed counts as sent
        life.move(held.state, "ask")
    revision = queries.next_revision(conn, cell, order_id)
    act, state = ("cancel" if proposal is None else "change"), ("asked" if asked else "office")
    text = None if proposal is None else _json(proposal).decode()
    row = (change, order_id, revision, held.revision, act, by, now, reason, state, item, text)
    queries.keep(conn, cell, row)
    if asked:
        _queue(conn, cell, order_id, revision, held.store, now)
    return revision


def send_change(conn: Connection, cell: int, change: str, now: datetime) -> bool:
    """Ask the delivery system for a change that waited for the office; False when it is too late:
    the order is being picked, or over, or has another text than the one that was to be changed.

    It goes under the newest number: of what was asked since, the answers may be on their way."""
    found = queries.by_id(conn, cell, change)
    if found is None or found["state"] != "office":
        return False
    held = order_queries.lock(conn, cell, found["order_id"])
    is_late = held is None or not life.can(held.state, "ask")
    is_old = found["act"] == "change" and held is not None and held.revision != found["replaces"]
    if held is None or is_late or is_old:
        queries.settle(conn, cell, change, "declined", now)
        return False
    revision, newest = found["revision"], queries.next_revision(conn, cell, found["order_id"])
    if revision != newest - 1:
        revision = newest
    queries.settle(conn, cell, change, "asked", None, revision)
    _queue(conn, cell, found["order_id"], revision, held.store, now)
    return True


def drop_change(conn: Connection, cell: int, change: str, now: datetime) -> None:
    """The office does not pass a change on."""
    queries.settle(conn, cell, change, "declined", now)


def _queue(
    conn: Connection, cell: int, order_id: str, revision: int, store: str, now: datetime
) -> None:
    company_cell = order_queries.ground(conn, cell, "")[1]
    targets = fact_queries.targets(conn, company_cell)
    rows = [(derived("delivery", order_id, revision, target), target) for target in targets]
    queries.queue(conn, cell, order_id, revision, store, now, rows)


def take_change(
    conn: Connection, cell: int, order: Order, change: dict[str, Any], external_no: str, by: str,
    at: datetime, answered: Container[int] = (),
) -> list[Entry]:  # fmt: skip
    """The delivery system took a change: make the locked order what was asked.

    What it answered about the lines (those `answered`) is followed by the caller (acknowledge.py).
    """
    event = "cancel" if change["act"] == "cancel" else "change"
    if not life.can(order["state"], event, "delivery"):
        return _settled(conn, cell, order, change, "late", "too_late", None, by, at)
    if event == "cancel":
        quiet = release_all(conn, cell, order)
        order_queries.cut_lines(conn, cell, order["id"], "cancelled")
        state = life.after(order["state"], event)
        steps = [*order["steps"], [state, at.isoformat()]]
        loud = {"state": state, "steps": steps}
        entries = write_order(conn, cell, order, loud, quiet, by)
    else:
        entries = _rewrite(conn, cell, order, change, external_no, by, at, answered)
    return entries + _settled(conn, cell, order, change, "taken", "taken", None, by, at)


def decline_change(
    conn: Connection, cell: int, order: Order, change: dict[str, Any], reason: str, by: str,
    at: datetime,
) -> list[Entry]:  # fmt: skip
    """The delivery system did not take a change: the order stays as it was."""
    return _settled(conn, cell, order, change, "declined", "declined", reason, by, at)


def _rewrite(
    conn: Connection, cell: int, order: Order, change: dict[str, Any], external_no: str, by: str,
    at: datetime, answered: Container[int],
) -> list[Entry]:  # fmt: skip
    """Put the asked text in the place of the one that stood, as far as it can still be promised."""
    held = order_queries.lock(conn, cell, order["id"])
    if held is None:
        return []
    company_cell = order_queries.ground(conn, cell, held.rep)[1]
    asked = change["proposal"]
    new, owner = asked["order"], asked["order"]["stock_owner"]
    free, left = _looked_again(conn, cell, company_cell, order["id"], held, asked)
    lines, short = within_stock(asked["lines"], free, answered)
    caps, over_minor = within_budgets(asked["caps"], left)
    order_queries.delete_lines(conn, cell, order["id"])
    push_queries.insert_lines(conn, cell, [tuple(line.values()) for line in lines])
    kept: dict[str, int] = {}
    for line in lines:
        kept[line["product"]] = kept.get(line["product"], 0) + line["reserved"]
    push_queries.reserve(conn, cell, [(owner, *one) for one in sorted(kept.items()) if one[1]])
    push_queries.use_caps(conn, company_cell, sorted(caps.items()))
    if new["exposure_minor"]:
        push_queries.expose(conn, cell, [(held.store, new["exposure_minor"])])
    queries.forget_words(conn, cell, order["id"], order["revision"])
    order |= {**new, "revision": change["revision"], "base_exposure_minor": None}
    values = {
        **new, "revision": change["revision"], "caps": _json(caps).decode(),
        "external_no": external_no, "acknowledged_at": at, "base_exposure_minor": None,
    }  # fmt: skip
    order_queries.restate(conn, cell, order["id"], by, values)
    told = [tell_left(conn, cell, order, change["id"], line, by, at) for line in short]
    if over_minor:
        told.append(tell_over_budget(conn, cell, order, change["id"], over_minor, by, at))
    return [Entry(order["scope"], "order", order["id"]), *told]


def _looked_again(
    conn: Connection, cell: int, company_cell: int, order_id: str, held: Held,
    asked: dict[str, Any],
) -> tuple[dict[str, int], dict[str, tuple[str, int | None]]]:  # fmt: skip
    """Give back what an order keeps; return what is free now of each product where the asked text
    is served, and what each promotion it names has left. All of it is locked, in the order of
    locks."""
    owner = asked["order"]["stock_owner"]
    products = {line[LINE.index("product")] for line in asked["lines"]}
    products.update(order_queries.products_of(conn, cell, order_id))
    promotions = sorted({*held.caps, *asked["caps"]})
    fact_queries.lock_credit(conn, cell, [held.store])
    fact_queries.lock_promotions(conn, company_cell, promotions)
    fact_queries.lock_stock(conn, cell, sorted({held.stock_owner, owner}), sorted(products))
    give_back(conn, cell, company_cell, order_id, held)
    stock = fact_queries.lock_stock(conn, cell, [owner], sorted(products))
    free = {row[1]: StockFacts(*row).available for row in stock}
    return free, fact_queries.left_of_budgets(conn, company_cell, promotions)


def _settled(
    conn: Connection, cell: int, order: Order, change: dict[str, Any], state: str, decision: str,
    reason: str | None, by: str, at: datetime,
) -> list[Entry]:  # fmt: skip
    """Write what became of a change, close its item, and tell the rep."""
    queries.settle(conn, cell, change["id"], state, at)
    entries: list[Entry] = []
    if change["item"]:
        how = f"{decision.replace('_', ' ')} by the delivery system"
        closed = queries.resolve_item(conn, cell, change["item"], how, by, at)
        entries = [Entry(scope, "conflict", key) for key, scope in closed]
    store, _ = delivery_queries.names_of(conn, cell, order["id"], [])
    rule = CHANGE
    figures: dict[str, Plain] = {
        "number": order["number"], "store": store, "reason": reason, "state": order["state"],
    }  # fmt: skip
    if decision == "taken" and change["act"] == "cancel":
        rule, figures["reason"] = "delivery_cancelled", change["reason"] or None
    key = derived("conflict", change["id"], rule)
    needs = decision == "too_late"
    return [
        *entries,
        tell(conn, cell, key, order, rule, decision, figures, by, at, needs_office=needs),
    ]


def change_of(conn: Connection, cell: int, order: Order, revision: int) -> dict[str, Any] | None:
    """The change that is asked under a revision of an order, while it waits for its answer."""
    if revision <= order["revision"]:
        return None
    found = queries.of_revision(conn, cell, order["id"], revision)
    return found if found is not None and found["state"] == "asked" else None
