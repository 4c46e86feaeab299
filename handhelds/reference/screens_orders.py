"""What the screens on one order show: its way so far, its lines, and sentences on what is short."""

from handhelds.reference.ages import age
from handhelds.reference.orders import drafts, lines_now, order_of, returnable
from handhelds.reference.queries import Row
from handhelds.reference.screens import Screen, store_line
from handhelds.reference.visit import Rep

STEPS = {
    "submitted": "Waits to be sent",
    "received": "Arrived",
    "held": "Held: a person in the office decides",
    "accepted": "Accepted",
    "sent": "Sent to the delivery system",
    "acknowledged": "Acknowledged by the delivery system",
    "allocated": "Allocated",
    "short": "Allocated in part",
    "picking": "Being picked",
    "dispatched": "On its way",
    "delivered": "Delivered",
    "part_delivered": "Delivered in part",
    "refused": "Refused at the door",
    "invoiced": "Invoiced",
    "closed": "Closed",
    "rejected": "Rejected",
    "cancelled": "Cancelled",
    "returned": "All of it was returned",
}
FIGURES = ("ordered", "confirmed", "backordered", "cut", "shipped", "delivered")


def order_life(rep: Rep, number: str) -> Screen:
    """One order: its steps with their times, its lines, and every sentence about it."""
    row = order_of(rep, number)
    at = rep.queries.store(row["store"])
    pulled = rep.queries.pulled("conflict", "order_id = ? ORDER BY at, line", row["id"])
    return {
        "number": row["number"],
        "id": row["id"],
        "store": store_line(at) if at else None,
        "currency": row["currency"],
        "state": row["state"],
        "says": STEPS.get(row["state"], row["state"]),
        "unsent": row["unsent"],
        "external_no": row["external_no"],
        "invoice_no": row["invoice_no"],
        "revision": row["revision"],
        "about": row["about"],
        "net_minor": row["net_minor"],
        "taken": age(rep.pad, row["captured_at"]),
        "steps": _steps(rep, row),
        "lines": [_line(rep, line) for line in lines_now(row)],
        "told": [{"line": one["line"], "says": one["says"], "at": one["at"]} for one in pulled],
        "returnable": returnable(rep, row) if row["state"] == "delivered" else {},
    }


def _steps(rep: Rep, row: Row) -> list[Screen]:
    """Where the order has been, oldest first; a word nobody here knows is shown as it is."""
    steps = [{"word": "taken", "at": row["captured_at"], "says": "Taken"}]
    for word, at in row["steps"] or ():
        says = STEPS.get(word, str(word).replace("_", " ").capitalize())
        if word == "acknowledged" and row["external_no"]:
            says = f"Acknowledged by the delivery system as {row['external_no']}"
        if word == "invoiced" and row["invoice_no"]:
            says = f"Invoiced as {row['invoice_no']}"
        steps.append({"word": word, "at": at, "says": says})
    if row["unsent"]:
        says = "Your change waits to be sent" if row["steps"] else STEPS["submitted"]
        steps.append({"word": "submitted", "at": None, "says": says})
    return [step | {"age": age(rep.pad, step["at"]) if step["at"] else None} for step in steps]


def _line(rep: Rep, line: Row) -> Screen:
    product = rep.queries.product(line["product"])
    names = ("n", "product", "uom", "typed", "net_minor", "cut_reason", "state", *FIGURES)
    name = product["name"] if product else line["product"]
    return {one: line[one] for one in names} | {"name": name}


def drafts_shown(rep: Rep) -> Screen:
    """Drafts from cancelled orders."""
    shown = []
    for one in drafts(rep):
        at = rep.queries.store(one["store"])
        shown.append(
            {
                "number": one["number"],
                "says": f"from cancelled no. {one['number']}",
                "store": store_line(at) if at else None,
                "written": age(rep.pad, one["captured_at"]),
                "lines": [
                    {name: line[name] for name in ("product", "uom", "typed", "quantity")}
                    for line in one["lines"]
                ],
            }
        )
    return {"drafts": shown}
