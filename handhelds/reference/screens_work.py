"""What the screens on the rep's own work show, as plain data: order pad, plan, outbox, verdicts."""

from datetime import date, timedelta

from handhelds.reference.ages import age
from handhelds.reference.hinted import hint_shown, tax_shown
from handhelds.reference.pad import Pad, PricedLine, bought, total_minor
from handhelds.reference.queries import Row
from handhelds.reference.screens import Screen, credit_shown, store_line
from handhelds.reference.suggested import Proposal, proposals
from handhelds.reference.visit import Rep
from sync.terms.quantity import case_and_each


def order_pad(rep: Rep, named: str, lines: list[PricedLine]) -> Screen:
    """Priced lines with both units, the total, and what it does to the store's credit."""
    row = rep.store(named)
    owed = rep.pad.credit(row)
    total = total_minor(lines)
    over = owed.room_minor is not None and total > owed.room_minor
    day = rep.pad.next_delivery(row)
    taxes = rep.pad.pricing.taxes(
        [(line.tax_class, line.net_minor) for line in lines], day or rep.pad.today(row)
    )
    known = [one.tax_minor for one in taxes if one.tax_minor is not None]
    hints = rep.pad.pricing.hints(row, bought(lines), rep.pad.now())
    return {
        "store": store_line(row),
        "currency": rep.pad.company()["currency"],
        "lines": [_priced(line) for line in lines],
        "gross_minor": sum(line.gross_minor for line in lines),
        "discount_minor": sum(line.discount_minor for line in lines),
        "net_minor": total,
        "taxes": [tax_shown(one) for one in taxes],
        "tax_minor": sum(known) if len(known) == len(taxes) else None,
        "with_tax_minor": total + sum(known) if len(known) == len(taxes) else None,
        "hints": [hint_shown(rep.pad, *one) for one in hints],
        "deliver_on": day.isoformat() if day else None,
        "credit": credit_shown(rep.pad, row),
        "room_after_minor": None if owed.room_minor is None else owed.room_minor - total,
        "over_credit": over,
        "stock_age": age(rep.pad, rep.pad.as_of("stock")),
    }


def _priced(line: PricedLine) -> Screen:
    names = (
        *("product", "name", "uom", "typed", "quantity", "unit_price", "price_list"),
        *("gross_minor", "discount_minor", "promotion_name", "free", "net_minor", "tax_class"),
        *("case", "available"),
    )
    cases, each = case_and_each(line.quantity, (line.case, 1)) if line.case > 1 else (0, 0)
    shown: Screen = {name: getattr(line, name) for name in names}
    parts = [
        {"promotion": one.promotion, "name": one.name, "discount_minor": one.minor}
        for one in line.promotions
    ]
    shown |= {"promotions": parts, "warnings": list(line.warnings)}
    return shown | {"cases": cases, "rest": each}


def suggestions(rep: Rep, named: str) -> Screen:
    """What to order in a store, each with its arithmetic step by step."""
    row = rep.store(named)
    found = proposals(rep.pad, row)
    return {"store": store_line(row), "suggestions": [_proposal(rep.pad, one) for one in found]}


def _proposal(pad: Pad, one: Proposal) -> Screen:
    return {
        "product": one.product["id"],
        "name": one.product["name"],
        "cases": one.suggestion.cases,
        "quantity": one.quantity,
        "case": one.case,
        "method": one.suggestion.method,
        "flag": one.suggestion.flag,
        "steps": [
            {"name": step.name, "how": step.how, "value": step.value}
            for step in one.suggestion.steps
        ],
        "must_stock": one.must_stock,
        "missing": one.missing,
        "counted_on": one.counted_on.isoformat() if one.counted_on else None,
    }


def plan(rep: Rep, first: date, days: int) -> Screen:
    """The plan of some days, store by store."""
    until = first + timedelta(days=days)
    stops = [
        row
        for row in rep.queries.rows("plan_stop")
        if first.isoformat() <= row["day"] < until.isoformat()
    ]
    shown = []
    for row in sorted(stops, key=lambda one: (one["day"], one["sequence"], one["id"])):
        at = rep.queries.store(row["store"])
        names = ("id", "day", "sequence", "state", "pinned", "reason", "unsent", "outcome")
        shown.append(
            {name: row.get(name) for name in names} | {"store": store_line(at) if at else None}
        )
    return {"first": first.isoformat(), "days": days, "stops": shown}


def outbox(rep: Rep) -> Screen:
    """What has no verdict yet, oldest first, and whether it can still be taken back."""
    damaged = set(rep.local.damaged())
    return {
        "changes": [
            _change(rep, one) | {"undo": one["n"] is None, "damaged": one["id"] in damaged}
            for one in rep.queries.changes()
        ]
    }


def _change(rep: Rep, one: Row) -> Screen:
    at = rep.queries.store(one["store"])
    body = one["raw"]["body"]
    what = _what(one["kind"], one["act"], body)
    return {
        "id": one["id"],
        "n": one["n"],
        "kind": one["kind"],
        "what": what,
        "number": body.get("number"),
        "store": store_line(at) if at else {"code": None, "name": "a store no longer here"},
        "captured_at": one["captured_at"],
        "age": age(rep.pad, one["captured_at"]),
    }


def _what(kind: str, act: str, body: Row) -> str:
    """A change in words: "order D17-000123, 2 lines"."""
    lines = len(body.get("lines", ()))
    named = ", ".join(str(name).replace("_", " ") for name in body.get("set", ()))
    words = {
        ("order", "submit"): f"order {body.get('number')}, {lines} line{'' if lines == 1 else 's'}",
        ("order", "revise"): f"order {body.get('number')} changed, {lines} lines",
        ("order", "cancel"): "order cancelled",
        ("card", "submit"): f"visit card, {lines} product{'' if lines == 1 else 's'}",
        ("card", "amend"): f"visit card corrected, {lines} product{'' if lines == 1 else 's'}",
        ("visit", "save"): f"visit {body.get('state')}",
        ("collection", "submit"): f"receipt {body.get('number')}, {body.get('method')}",
        ("plan_stop", "save"): f"plan {body.get('day')}, stop {body.get('sequence')}: "
        f"{body.get('state')}",
        ("conflict", "answer"): f"answer: {str(body.get('answer')).replace('_', ' ')}",
        ("store", "edit"): f"store changed: {named}",
        ("store", "create"): f"new store {body.get('code')} {body.get('name')}",
        ("contact", "save"): f"contact: {named}",
        ("contact", "remove"): "contact has left",
    }
    return words.get((kind, act)) or f"{kind.replace('_', ' ')} {act}"


def verdicts(rep: Rep, *, everything: bool) -> Screen:
    """What became of the rep's work, in sentences, newest first, with the office's answers."""
    found = rep.queries.changes("outcome IS NOT NULL") if everything else rep.queries.unread()
    shown = [
        _change(rep, one)
        | {
            "outcome": one["outcome"],
            "state": one["verdict"].get("state"),
            "says": one["verdict"].get("says"),
            "conflicts": one["verdict"].get("conflicts", []),
            "answered_at": one["answered_at"],
        }
        for one in reversed(found)
    ]
    notices = [_notice(rep, row) for row in rep.queries.notices(everything=everything)]
    return {"verdicts": shown, "notices": notices}


def _notice(rep: Rep, row: Row) -> Screen:
    at = rep.queries.store(row["store"]) if row["store"] else None
    names = ("id", "version", "rule", "line", "says", "state", "resolution", "needs", "at")
    return {name: row.get(name) for name in names} | {"store": store_line(at) if at else None}
