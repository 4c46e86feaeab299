"""What the screens on money show, as plain data: what a store owes and has paid, and receipts."""

from typing import Any

from handhelds.reference.ages import age
from handhelds.reference.pad import Refused
from handhelds.reference.queries import Row
from handhelds.reference.screens import Screen, credit_shown, store_line
from handhelds.reference.till import Till, day_of
from handhelds.reference.visit import Rep

WHERE = {
    "captured": "waits to be sent",
    "received": "received by the office",
    "handed_in": "handed in",
    "posted": "in the books",
    "bounced": "was not paid",
    "refused": "not booked",
}
"""State of a receipt in a rep's words."""


def owed(rep: Rep, named: str) -> Screen:
    """What a store owes by age, item by item, and what it has paid, with the age of the copy."""
    row = rep.store(named)
    till, position = Till(rep.queries), credit_shown(rep.pad, row)
    waiting = till.pending(row)
    return {
        "store": store_line(row),
        "currency": rep.pad.company()["currency"],
        "owed": position,
        "paid_minor": waiting.paid_minor,
        "cheques_minor": waiting.cheques_minor,
        "items": till.items(row),
        "receipts": [_line(rep, one) for one in till.receipts(row)],
    }


def receipts(rep: Rep, named: str | None) -> Screen:
    """The rep's own receipts, or a store's, the newest first, with what is in the pocket."""
    if named is not None:
        rows = Till(rep.queries).receipts(rep.store(named))
    else:
        me = rep.local.fact("enrolment")["rep"]["code"]
        rows = [one for one in rep.queries.rows("collection") if one["rep"] == me]
        rows.sort(key=lambda one: str(one["captured_at"] or ""), reverse=True)
    pocket = [one for one in rows if one["state"] in ("captured", "received")]
    return {
        "currency": rep.pad.company()["currency"],
        "receipts": [_line(rep, one) for one in rows],
        "to_hand_in": {
            method: sum(one["amount_minor"] for one in pocket if one["method"] == method)
            for method in ("cash", "cheque")
        },
    }


def receipt(rep: Rep, number: str) -> Screen:
    """One receipt, whole, as it is shown to the shopkeeper. Refused when it is not here."""
    row = next((one for one in rep.queries.rows("collection") if one["number"] == number), None)
    if row is None:
        raise Refused(f"no receipt {number} on this handheld: see `receipts`")
    enrolment = rep.local.fact("enrolment")
    uses = row["applied"] if row["state"] == "posted" else row["allocation"]
    rest = row["amount_minor"] - sum(minor for _, minor in uses or ())
    return _line(rep, row) | {
        "company": enrolment["company"]["name"],
        "taken_by": row["rep"],
        "captured_at": row["captured_at"],
        "taken": age(rep.pad, row["captured_at"])["words"],
        "cheque_no": row["cheque_no"],
        "cheque_bank": row["cheque_bank"],
        "cheque_on": row["cheque_on"],
        "uses": [{"number": item, "amount_minor": minor} for item, minor in uses or ()],
        "on_account_minor": max(0, rest),
        "note": row["note"],
    }


def _line(rep: Rep, row: Row) -> dict[str, Any]:
    store = rep.queries.store(row["store"])
    names = ("id", "number", "method", "amount_minor", "currency", "state", "reason", "unsent")
    return {name: row.get(name) for name in names} | {
        "store": store_line(store) if store else None,
        "day": day_of(row, store or {}).isoformat(),
        "where": WHERE.get(row["state"], row["state"]),
    }
