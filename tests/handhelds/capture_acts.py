"""Every act of the captures (captures.py): a rep's verbs, what screens show, what only cases do.

`p` is the player: its `rep`, `local`, `server` and `clock`.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from handhelds.reference import edits, needs, orders, stops, suggested
from handhelds.reference.pad import bought
from handhelds.reference.queries import parts
from handhelds.reference.till import Money, Till
from handhelds.reference.visit import Wanted

REFUSALS = {
    "no_product": "^no product .* on this handheld",
    "not_sold_instead": "is not sold any more;",
    "not_sold": "is not sold any more$",
    "no_unit": "does not come by",
    "not_whole": "is not a whole number of pieces",
    "not_allowed": "is sold from",
    "no_price": "has no price for",
    "no_lines": "an order needs at least one line",
    "no_store": "^no store ",
    "no_open_visit": "^no visit is open",
    "visit_is_open": "^a visit is open",
    "no_products": "a card needs at least one product",
    "no_order": "^no order .* on this handheld",
    "too_late_to_change": "cannot be changed any more",
    "too_late_to_cancel": "cannot be cancelled any more",
    "nothing_left": "^nothing would be left",
    "order_cancelled": "^D.* is cancelled already",
    "order_rejected": "^D.* is rejected already",
    "nothing_to_add": "^say what to add",
    "nothing_back": "^say what comes back",
    "not_come": "what has not come cannot go back",
    "more_than_came": "can go back of",
    "no_draft": "^there is no draft",
    "no_amount": "^a receipt needs an amount",
    "not_planned": "is not planned on",
    "stop_started": "^the stop at .* is started already",
    "stop_done": "^the stop at .* is done already",
    "stop_skipped": "^the stop at .* is skipped already",
    "stop_pinned": "^the office fixed the stop",
    "plan_changed": "^the plan has changed",
    "says_so_already": "^(?!the card).* says so already$",
    "card_says_so_already": "^the card says so already",
    "no_position": "is no position|is no place on earth",
    "no_contact": "^no one contact called",
    "no_card": "^there is no card of",
    "not_waiting": "^nothing called .* needs you",
    "answered_already": "^it is answered already",
    "no_such_answer": "is no answer to this",
    "no_name": "^a name is needed",
    "too_many": "is counted by .* pieces a line at most",
    "unreadable": "^this cannot be sent:",
    "not_saved": "^later work depends on it|there is no such work|it was sent already",
}
"""What the reference's sentences are called in the cases."""

WARNINGS = {
    "not_listed": "not in the warehouse's stock list",
    "none_due": "^none left, .* due",
    "none": "^none left$",
    "short_due": "^only .* left, .* due",
    "short": "^only .* left$",
    "sell_out": "being sold out",
    "no_item": "is none of the store's open items",
    "item_paid": "is paid already",
    "item_less_open": "has less open than that",
    "item_disputed": "is disputed by the store",
    "items_exceed_money": "the items come to more than the money",
    "cheque_dated": "the cheque is dated",
    "cheque_known": "this cheque is on receipt",
    "same_amount_today": "the same amount was taken today",
}


def name_of(names: dict[str, str], said: str) -> str:
    """The one name of a sentence."""
    found = [name for name, pattern in names.items() if re.search(pattern, said)]
    assert len(found) == 1, f"{said!r} is called {found}"
    return found[0]


def _pad(p: Any, store: str, lines: list[dict[str, str]]) -> dict[str, Any]:
    row, priced = p.rep.price(store, wanted(lines))
    pad, day = p.rep.pad, p.rep.pad.next_delivery(p.rep.store(store))
    taxed = [(line.tax_class, line.net_minor) for line in priced]
    names = (
        *("product", "name", "uom", "typed", "quantity", "unit_price", "price_list"),
        *("gross_minor", "discount_minor", "net_minor", "tax_class", "case", "available"),
    )
    hinted = ("promotion", "kind", "more", "more_minor", "amount_minor", "free", "product")
    return {
        "lines": [
            {name: getattr(line, name) for name in names}
            | {"promotions": [msgspec.to_builtins(one) for one in line.promotions]}
            | {"warnings": [name_of(WARNINGS, one) for one in line.warnings]}
            for line in priced
        ],
        "taxes": [
            [one.tax_class, percent(one.percent), one.net_minor, one.tax_minor]
            for one in pad.pricing.taxes(taxed, day or pad.today(row))
        ],
        "hints": [
            {name: getattr(one, name) for name in hinted}
            | {"percent": percent(one.percent), "products": listed(one.products)}
            for one, _ in pad.pricing.hints(row, bought(priced), pad.now())
        ],
        "deliver_on": day.isoformat() if day else None,
        "credit": msgspec.to_builtins(pad.credit(row)),
    }


def _suggestions(p: Any, store: str) -> list[dict[str, Any]]:
    found = suggested.proposals(p.rep.pad, p.rep.store(store))
    return [
        {
            "product": one.product["id"],
            "cases": one.suggestion.cases,
            "quantity": one.quantity,
            "case": one.case,
            "method": one.suggestion.method,
            "flag": one.suggestion.flag,
            "steps": [[step.name, step.how, step.value] for step in one.suggestion.steps],
            "must_stock": one.must_stock,
            "missing": one.missing,
            "counted_on": one.counted_on.isoformat() if one.counted_on else None,
        }
        for one in found
    ]


def _till(p: Any, store: str, money: dict[str, Any]) -> dict[str, Any]:
    row, till, typed = p.rep.store(store), Till(p.rep.queries), money_of(**money)
    uses = typed.wished if typed.wished is not None else till.proposal(row, typed.amount_minor)
    said = till.warnings(row, typed, uses, p.rep.pad.today(row))
    return {
        "items": [[one["number"], one["open_minor"], one["spoken_minor"]]
                  for one in till.items(row)],
        "receipts": [one["number"] for one in till.receipts(row)],
        "pending": msgspec.to_builtins(till.pending(row)),
        "uses": [list(one) for one in uses],
        "warnings": [name_of(WARNINGS, one) for one in said],
    }  # fmt: skip


def _synced(p: Any, verdicts: dict[str, Any], rows: dict[str, Any]) -> dict[str, Any]:
    """Everything is sent and answered, and the next pull brings these rows."""
    p.server.verdicts, p.server.rows = verdicts, rows
    p.sync()
    return {}


def _later(p: Any, seconds: int) -> dict[str, Any]:
    p.clock.on(seconds)
    return {}


def _undone(p: Any, change: str) -> dict[str, Any]:
    p.local.undo(change)
    waiting = p.local.db.execute("SELECT id FROM main.change WHERE outcome IS NULL")
    return {"waits": [one["id"] for one in waiting]}


def _answered(p: Any, item: str, name: str, note: str | None) -> None:
    there = [row["id"] for row in needs.waiting(p.rep.queries)]
    which = str(there.index(item) + 1) if item in there else item
    needs.answer(p.rep, which, name, note)


def wanted(lines: list[dict[str, str]]) -> list[Wanted]:
    return [Wanted(**line) for line in lines]


def percent(value: Any) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def listed(values: Any) -> list[str] | None:
    return None if values is None else list(values)


def money_of(wished: list[Any] | None = None, cheque_on: str | None = None, **typed: Any) -> Money:
    uses = None if wished is None else tuple((number, minor) for number, minor in wished)
    day = None if cheque_on is None else date.fromisoformat(cheque_on)
    return Money(**typed, wished=uses, cheque_on=day)


def _quiet(verb: Callable[..., Any]) -> Callable[..., None]:
    """A verb whose changes tell all there is to tell."""

    def done(*told: Any, **more: Any) -> None:
        verb(*told, **more)

    return done


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _order(p: Any, store: str, lines: Any, deliver_on: str | None = None, **more: Any) -> None:
    p.rep.order(store, wanted(lines), deliver_on=_day(deliver_on), **more)


VERBS: dict[str, Callable[..., Any]] = {
    "start_visit": lambda p, store: _quiet(p.rep.start_visit)(store),
    "end_visit": lambda p, store, **more: _quiet(p.rep.end_visit)(store, **more),
    "skip_visit": lambda p, store, reason: _quiet(p.rep.skip_visit)(store, reason),
    "order": _order,
    "revise": lambda p, order, lines: _quiet(orders.revise)(p.rep, order["number"], wanted(lines)),
    "cancel": lambda p, order, reason: _quiet(orders.cancel)(p.rep, order["number"], reason),
    "supplement": lambda p, order, lines=(): _quiet(orders.supplement)(
        p.rep, order["number"], wanted(lines)
    ),
    "give_back": lambda p, order, lines=(): _quiet(orders.give_back)(
        p.rep, order["number"], wanted(lines)
    ),
    "returnable": lambda p, order: orders.returnable(
        p.rep, orders.order_of(p.rep, order["number"])
    ),
    "drafts": lambda p: [
        {name: one[name] for name in ("change", "number", "order", "store")}
        for one in orders.drafts(p.rep)
    ],
    "send_draft": lambda p, number: _quiet(orders.send_draft)(p.rep, number),
    "drop_draft": lambda p, number: orders.drop_draft(p.rep, number) or {},
    "collect": lambda p, store, money: _quiet(p.rep.collect)(store, money_of(**money)),
    "card": lambda p, store, lines, competitors=(): _quiet(p.rep.card)(store, lines, competitors),
    "amend_card": lambda p, store, lines, reason=None: _quiet(edits.amend_card)(
        p.rep, store, lines, reason
    ),
    "plan": lambda p, store, day, sequence=None: _quiet(p.rep.plan)(store, _day(day), sequence),
    "move_stop": lambda p, store, day, to: _quiet(p.rep.move_stop)(store, _day(day), _day(to)),
    "swap_stops": lambda p, one, other: _quiet(stops.swap_stops)(p.rep, one, other),
    "reorder": lambda p, day, ids: _quiet(stops.reorder)(p.rep, day, ids),
    "skip_stop": lambda p, id, reason: _quiet(stops.skip_stop)(p.rep, id, reason),
    "edit_store": lambda p, store, fields: _quiet(edits.edit_store)(p.rep, store, dict(fields)),
    "new_store": lambda p, name, fields: _quiet(edits.new_store)(p.rep, name, dict(fields)),
    "add_contact": lambda p, store, name, fields: _quiet(edits.add_contact)(
        p.rep, store, name, fields
    ),
    "edit_contact": lambda p, store, contact, fields: _quiet(edits.edit_contact)(
        p.rep, store, contact["name"], fields
    ),
    "remove_contact": lambda p, store, contact: _quiet(edits.remove_contact)(
        p.rep, store, contact["name"]
    ),
    "answer": lambda p, item, name, note=None: _answered(p, item, name, note),
    "needs": lambda p: [
        {"id": one["id"], "given": one["given"] and one["given"]["answer"]}
        for one in needs.waiting(p.rep.queries)
    ],
    "undo": lambda p, change: _undone(p, change),
    "pad": lambda p, store, lines: _pad(p, store, lines),
    "suggestions": lambda p, store: _suggestions(p, store),
    "till": lambda p, store, money: _till(p, store, money),
    "card_shown": lambda p, store: _card_shown(p, store, "lines"),
    "competitors_shown": lambda p, store: _card_shown(p, store, "competitors"),
    "sync": lambda p, verdicts=None, rows=None: _synced(p, verdicts or {}, rows or {}),
    "later": lambda p, seconds: _later(p, seconds),
}
"""Every act of the cases: `do` names it, its other members are what is told it."""


def _card_shown(p: Any, store: str, part: str) -> list[Any]:
    """The newest card as screens have it now."""
    cards = p.rep.queries.rows("card", p.rep.store(store)["id"])
    newest = max(cards, key=lambda row: str(row["captured_at"] or ""))
    return parts("card", part, newest[part])
