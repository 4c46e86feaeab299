"""What the screens on stores show, as plain data: the same for a terminal and for `--json`.

Every function reads the handheld and changes nothing. Copies come with their age, because a rep
must know how old the stock is before promising it.
"""

from datetime import date
from typing import Any

from handhelds.reference.ages import age, duration
from handhelds.reference.answers import SENTENCES
from handhelds.reference.clock import moment
from handhelds.reference.lease import locked
from handhelds.reference.pad import Pad, ratios_of
from handhelds.reference.queries import Row, parts
from handhelds.reference.suggested import must_stock
from handhelds.reference.verify import told
from handhelds.reference.visit import Rep

Screen = dict[str, Any]
SKEW_TOLD_S = 300


def status(rep: Rep, server: str | None) -> Screen:
    """Who this handheld is, what waits, how old its copies are, and what is wrong with it."""
    local, pad = rep.local, rep.pad
    enrolment = local.fact("enrolment")
    queue = local.queue()
    if enrolment is None:
        return {"enrolled": False, "home": str(local.home), "pending": queue.pending}
    offset_s = round((pad.now() - rep.clock.now()).total_seconds(), 3)
    notes = [
        f"{len(local.damaged())} unsent changes are damaged on this disk: tell the office"
    ] * bool(local.damaged())
    if abs(offset_s) > SKEW_TOLD_S:
        way = "slow" if offset_s > 0 else "fast"
        notes.append(f"this handheld's clock is {duration(abs(offset_s))} {way}: set it right")
    if partial := local.copy.mark("partial"):
        there = "1 store is" if partial["stores"] == 1 else f"{partial['stores']} stores are"
        notes.append(f"{there} here; the others are still to come: `sync`")
    if local.is_set_back():
        notes.append(SENTENCES["set_back"])
    lock = locked(local)
    if lock is not None:
        notes.append(lock)
    if local.fact("wiped"):
        notes.append(SENTENCES["wipe"])
    return {
        "enrolled": True,
        "home": str(local.home),
        "server": server,
        "device": enrolment["device"],
        "rep": enrolment["rep"],
        "company": enrolment["company"],
        "number_prefix": enrolment["number_prefix"],
        "pending": queue.pending,
        "oldest": age(pad, queue.oldest) if queue.oldest else None,
        "acknowledged_through": queue.acknowledged_through,
        "last_sync": age(pad, local.copy.mark("server_time")),
        "stock": age(pad, pad.as_of("stock")),
        "receivable": age(pad, pad.as_of("receivable")),
        "verified": _verified(rep),
        "clock_offset_s": offset_s,
        "rows": {kind: count for kind, count in rep.queries.counts().items() if count},
        "unread": rep.queries.to_read(),
        "notes": notes,
        "directives": local.copy.mark("directives") or [],
    }


def _verified(rep: Rep) -> Screen | None:
    """When the copy was last compared with the server's rows, and what was found."""
    result = rep.local.checked.said("result")
    return None if result is None else {**age(rep.pad, result["at"]), "says": told(result)}


def today(rep: Rep, day: date | None = None) -> Screen:
    """The day's stops in order, with what each store owes and whether a visit is open."""
    pad, queries = rep.pad, rep.queries
    on = day or pad.today()
    stops = [row for row in queries.rows("plan_stop") if row["day"] == on.isoformat()]
    shown = []
    for stop in sorted(stops, key=lambda row: (row["sequence"], row["id"])):
        store = queries.store(stop["store"])
        if store is None:
            continue
        visits = [
            row
            for row in queries.rows("visit", store["id"])
            if row["state"] != "planned" and on_day(pad, store, row) == on
        ]
        state = visits[-1]["state"] if visits else stop["state"]
        owed = pad.credit(store)
        shown.append(
            {
                "sequence": stop["sequence"],
                "store": store_line(store),
                "state": state,
                "pinned": bool(stop.get("pinned")),
                "unsent": stop["unsent"],
                "outcome": stop["outcome"],
                "overdue_minor": owed.overdue_minor,
                "blocked": owed.blocked_reason,
            }
        )
    return {
        "day": on.isoformat(),
        "stops": shown,
        "pending": rep.local.queue().pending,
        "unread": rep.queries.to_read(),
        "needs": rep.queries.needs_rep(),
        "currency": pad.company()["currency"],
    }


def on_day(pad: Pad, store: Row, visit: Row) -> date | None:
    """The day of a visit where its store is: when it began, else the one it was planned on."""
    if visit["started_at"]:
        return pad.day_of(moment(visit["started_at"]), store)
    return date.fromisoformat(visit["planned_on"]) if visit["planned_on"] else None


def store_line(store: Row) -> Screen:
    names = (
        *("id", "code", "name", "address", "city", "status", "banner", "store_class"),
        *("phone", "opening_hours"),
    )
    return {name: store.get(name) for name in names}


def stores(rep: Rep, words: str, at_most: int) -> Screen:
    """Stores in which every word is found."""
    new = rep.queries.new_stores(words)
    found = [*new, *rep.queries.search("store", words, at_most)][:at_most]
    return {"words": words, "stores": [store_line(row) for row in found]}


def store(rep: Rep, named: str) -> Screen:
    """One store: what it is, owes and may order, its last orders, cards and visits, and gaps."""
    pad, queries, row = rep.pad, rep.queries, rep.store(named)
    owed = pad.credit(row)
    orders = sorted(queries.rows("order", row["id"]), key=_newest, reverse=True)
    cards = sorted(queries.rows("card", row["id"]), key=_newest, reverse=True)
    visits = sorted(
        queries.rows("visit", row["id"]), key=lambda one: one["started_at"] or "", reverse=True
    )
    on_shelf = {
        line["product"]
        for card in cards[:1]
        for line in parts("card", "lines", card["lines"])
        if line["on_shelf"]
    }
    delivery = pad.next_delivery(row)
    return {
        "store": store_line(row) | {"grey": row["grey"], "status_reason": row["status_reason"]},
        "currency": pad.company()["currency"],
        "owed": credit_shown(pad, row),
        "items": sorted(
            (one for one in _items(queries.row("receivable", row["id"]))),
            key=lambda one: (one["open_minor"] == 0, one["due_on"]),
        ),
        "overdue_minor": owed.overdue_minor,
        "orders": [_order_line(one) for one in orders[:10]],
        "cards": [_card_line(one) for one in cards[:5]],
        "visits": [
            {name: one[name] for name in ("id", "state", "started_at", "ended_at", "unsent")}
            for one in visits[:5]
        ],
        "contacts": [one for one in queries.rows("contact", row["id"]) if one["state"] != "left"],
        "gaps": sorted(must_stock(pad, row, pad.today(row)).keys() - on_shelf) if cards else [],
        "next_delivery": delivery.isoformat() if delivery else None,
    }


def _newest(row: Row) -> str:
    return str(row["captured_at"] or "")


def _items(receivable: Row | None) -> list[Row]:
    return parts("receivable", "items", (receivable or {}).get("items"))


def credit_shown(pad: Pad, row: Row) -> Screen:
    found = pad.credit(row)
    names = (
        *("limit_minor", "open_minor", "on_account_minor", "own_minor", "exposure_minor"),
        *("room_minor", "overdue_minor", "ageing", "blocked_reason", "paid_minor"),
        "cheques_minor",
    )
    return {name: getattr(found, name) for name in names} | {"age": age(pad, found.as_of)}


def _order_line(order: Row) -> Screen:
    names = ("id", "number", "captured_at", "deliver_on", "state", "holds", "net_minor")
    more = ("external_no", "unsent", "outcome", "po_no", "note", "currency", "type")
    return {name: order.get(name) for name in names + more} | {
        "lines": parts("order", "lines", order["lines"])
    }


def _card_line(card: Row) -> Screen:
    lines = parts("card", "lines", card["lines"])
    return {
        "id": card["id"],
        "captured_at": card["captured_at"],
        "products": len(lines),
        "on_shelf": sum(bool(line["on_shelf"]) for line in lines),
        "out_of_stock": sum(bool(line["out_of_stock"]) for line in lines),
        "unsent": card["unsent"],
        "lines": lines,
        "competitors": parts("card", "competitors", card["competitors"]),
    }


def stock(rep: Rep, words: str, named: str | None, at_most: int) -> Screen:
    """Stock of the day of products in which every word is found; prices when a store is named."""
    pad, queries = rep.pad, rep.queries
    at = rep.store(named) if named else None
    houses = queries.pulled("warehouse")
    house = at["warehouse"] if at else (houses[0]["id"] if houses else None)
    shown = []
    for product in queries.search("product", words, at_most):
        found = queries.stock(house, product["id"]) if house else None
        num, den = ratios_of(product).get("case", (1, 1))
        price = pad.price_of(at, product["id"], pad.now()) if at else None
        shown.append(
            {
                "product": product["id"],
                "name": product["name"],
                "status": product["status"],
                "substitute": product["substitute"],
                "case": num // den,
                "available": found["available"] if found else None,
                "due_quantity": found["due_quantity"] if found else None,
                "due_on": found["due_on"] if found else None,
                "price": None if price is None else f"{price:f}",
            }
        )
    own = queries.row("warehouse", house) if house else None
    return {
        "words": words,
        "warehouse": own["name"] if own else None,
        "age": age(pad, (own or {}).get("stock_as_of") or pad.as_of("stock")),
        "products": shown,
    }
