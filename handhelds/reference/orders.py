"""What a rep may do with an order that was taken: change it, cancel it, add to it, give some back.

Every verb works offline, from what the copy says of the order; the server decides with what it
knows then. A draft is no row of its own: it is a text that came too late, because the office had
cancelled the order, and that nobody has sent anew or dropped. So no crash can lose it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from handhelds.reference.pad import PricedLine, Refused, total_minor
from handhelds.reference.queries import Row, parts
from handhelds.reference.shown import lines_of
from handhelds.reference.visit import Rep, Wanted, line_body

ENDED = frozenset(("rejected", "cancelled"))
LATE = frozenset(("picking", "dispatched", "delivered", "invoiced", "closed", "returned"))
DELIVERED = frozenset(("delivered", "invoiced", "closed"))
DROPPED = "dropped_drafts"


def order_of(rep: Rep, number: str) -> Row:
    """An order by its number; Refused when this handheld has none of it."""
    found = [row for row in rep.queries.rows("order") if number in (row["number"], row["id"])]
    if not found:
        raise Refused(f"no order {number} on this handheld")
    return max(found, key=lambda row: str(row["captured_at"] or ""))


def lines_now(order: Row) -> list[Row]:
    return parts("order", "lines", order["lines"])


def revise(rep: Rep, number: str, wanted: Sequence[Wanted]) -> Row:
    """Change quantities of an order: products named get theirs, 0 takes a product off, the rest
    stays as it is. Refused when it is too late, with the way out."""
    order = order_of(rep, number)
    _refuse_late(order, "changed")
    named = {one.product: one for one in wanted}
    kept = [
        named.pop(line["product"], Wanted(line["product"], line["typed"], line["uom"]))
        for line in lines_now(order)
    ]
    lines = [one for one in [*kept, *named.values()] if Decimal(one.typed) != 0]
    if not lines:
        raise Refused(f"nothing would be left of {number}: use `cancel {number}`")
    if order["type"] == "return":
        priced = going_back(rep, order_of(rep, order["about"] or number), lines, again=order["id"])
    else:
        _, priced = rep.price(order["store"], lines)
    body = {
        "id": order["id"],
        "number": order["number"],
        "store": order["store"],
        "visit": order["visit"],
        "type": order["type"],
        "about": order["about"],
        "deliver_on": order["deliver_on"],
        "po_no": order["po_no"],
        "note": order["note"],
        "currency": order["currency"],
        "net_minor": total_minor(priced),
        "lines": [line_body(n, line) for n, line in enumerate(priced, 1)],
        "base_revision": order["revision"] or 1,
    }
    shown = {
        "store": order["store"],
        "net_minor": body["net_minor"],
        "lines": lines_of("order", body["lines"]),
    }
    return rep.keep("order", "revise", body, shown)


def cancel(rep: Rep, number: str, reason: str) -> Row:
    """Cancel an order. Refused when it is being picked, or over."""
    order = order_of(rep, number)
    if order["state"] in ENDED:
        raise Refused(f"{number} is {order['state']} already")
    _refuse_late(order, "cancelled")
    body = {
        "id": order["id"],
        "store": order["store"],
        "base_revision": order["revision"] or 1,
        "reason": reason,
    }
    return rep.keep("order", "cancel", body, {"store": order["store"], "state": "cancelled"})


def supplement(rep: Rep, number: str, wanted: Sequence[Wanted]) -> Row:
    """Order more about an order that cannot be changed any more. Without lines: what the last
    change that came too late wanted more of."""
    order = order_of(rep, number)
    if not wanted:
        more, _ = too_late(rep, order)
        wanted = [Wanted(product, str(each)) for product, each in more.items()]
    if not wanted:
        raise Refused(f"say what to add to {number}: --line PRODUCT:QUANTITY")
    return rep.order(order["store"], wanted, about=order["id"])


def give_back(rep: Rep, number: str, wanted: Sequence[Wanted]) -> Row:
    """Give goods of a delivered order back. Without lines: what the last change that came too late
    wanted less of. Refused when it is more than came."""
    order = order_of(rep, number)
    if not wanted:
        _, less = too_late(rep, order)
        wanted = [Wanted(product, str(each)) for product, each in less.items()]
    if not wanted:
        raise Refused(f"say what comes back of {number}: --line PRODUCT:QUANTITY")
    if order["state"] not in DELIVERED:
        raise Refused(f"{number} is {order['state']}: what has not come cannot go back yet")
    lines = going_back(rep, order, wanted)
    enrolment = rep.local.fact("enrolment")
    with rep.local.writing():
        body = {
            "id": rep.new_id(),
            "number": f"{enrolment['number_prefix']}-{rep.local.count_up('order'):06d}",
            "store": order["store"],
            "type": "return",
            "about": order["id"],
            "currency": order["currency"],
            "net_minor": total_minor(lines),
            "lines": [line_body(n, line) for n, line in enumerate(lines, 1)],
        }
        return rep.add("order", "submit", body)


def going_back(
    rep: Rep, order: Row, wanted: Sequence[Wanted], again: str | None = None
) -> list[PricedLine]:
    """Lines of an order's goods that go back, at the prices they were sold at. again: a return
    that is written anew, and does not count. Refused when it is more than came."""
    sold_at = {line["product"]: line["unit_price"] for line in lines_now(order)}
    left, currency = returnable(rep, order, again), order["currency"]
    lines = [
        rep.pad.going_back(one.product, one.uom, one.typed, sold_at.get(one.product, "0"), currency)
        for one in wanted
    ]
    for line in lines:
        code, may = line.product, left.get(line.product, 0)
        if line.quantity > may:
            raise Refused(f"{may} of {code} can go back of {order['number']}, not {line.quantity}")
        left[code] = may - line.quantity
    return lines


def returnable(rep: Rep, order: Row, again: str | None = None) -> dict[str, int]:
    """Each of a product that came and was not given back yet, as far as this handheld knows.
    again: a return that is written anew, and does not count."""
    left: dict[str, int] = {}
    for line in lines_now(order):
        left[line["product"]] = left.get(line["product"], 0) + (line["delivered"] or 0)
    for other in rep.queries.rows("order", order["store"]):
        if other["about"] == order["id"] and other["type"] == "return":
            if other["state"] in ENDED or other["outcome"] == "rejected" or other["id"] == again:
                continue
            for line in lines_now(other):
                gone = line["ordered"] - (line["cut"] or 0)
                left[line["product"]] = left.get(line["product"], 0) - gone
    return {product: each for product, each in left.items() if each > 0}


def too_late(rep: Rep, order: Row) -> tuple[dict[str, int], dict[str, int]]:
    """(more, less) each by product, that the newest change which came too late wanted."""
    refused = _refused(rep, "order_under_way", order["id"])
    if not refused:
        return {}, {}
    mine = _quantities(refused[-1]["raw"]["body"]["lines"], "quantity")
    theirs = _quantities(lines_now(order), "ordered")
    steps = {one: mine.get(one, 0) - theirs.get(one, 0) for one in {*mine, *theirs}}
    more = {product: step for product, step in sorted(steps.items()) if step > 0}
    return more, {product: -step for product, step in sorted(steps.items()) if step < 0}


def drafts(rep: Rep) -> list[Row]:
    """Texts of orders that had been cancelled when they arrived, newest first: the change's id,
    the order it was about, and what was written. None is sent before the rep asks for it."""
    dropped = set(rep.local.fact(DROPPED) or ())
    sent = {
        change["raw"]["body"].get("about")
        for change in rep.queries.changes("kind = 'order' AND act = 'submit'")
    }
    found = []
    for change in reversed(_refused(rep, "order_cancelled")):
        body = change["raw"]["body"]
        if change["id"] in dropped or body["id"] in sent:
            continue
        found.append({"change": change["id"], "number": body["number"], "order": body["id"],
                      "store": body["store"], "lines": body["lines"],
                      "captured_at": change["captured_at"]})  # fmt: skip
    return found


def send_draft(rep: Rep, number: str) -> Row:
    """Make a new order of the draft from cancelled order `number`, at today's prices."""
    draft = _draft(rep, number)
    wanted = [Wanted(line["product"], line["typed"], line["uom"]) for line in draft["lines"]]
    note = f"from cancelled no. {number}"
    return rep.order(draft["store"], wanted, about=draft["order"], note=note)


def drop_draft(rep: Rep, number: str) -> None:
    """Leave a draft be: it is not shown any more."""
    draft = _draft(rep, number)
    with rep.local.writing():
        rep.local.keep_fact(DROPPED, [*(rep.local.fact(DROPPED) or ()), draft["change"]])


def _draft(rep: Rep, number: str) -> Row:
    found = next((one for one in drafts(rep) if one["number"] == number), None)
    if found is None:
        raise Refused(f"there is no draft from {number}: see `drafts`")
    return found


def _refused(rep: Rep, rule: str, order_id: str | None = None) -> list[Row]:
    """Changes of orders that a rule refused, oldest first."""
    found: list[Row] = rep.queries.changes("act = 'revise' AND outcome = 'rejected'")
    return [
        one
        for one in found
        if any(told.get("rule") == rule for told in one["verdict"].get("conflicts", ()))
        and order_id in (None, one["raw"]["body"]["id"])
    ]


def _refuse_late(order: Row, what: str) -> None:
    number = order["number"]
    if order["state"] in LATE:
        raise Refused(
            f"{number} is {order['state']} and cannot be {what} any more: order more with "
            f"`supplement {number}`, or give some back with `return {number}` when it has come"
        )


def _quantities(lines: Sequence[dict[str, Any]], name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in lines:
        found[line["product"]] = found.get(line["product"], 0) + line[name]
    return found
