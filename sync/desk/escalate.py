"""What time does to items nobody answered: they climb, held orders expire, questions pass.

The scheduler calls these with its own clock; everything is audited as job:..., and the rep is told
in a sentence that joins the item's own.
"""

from datetime import datetime

from sqlalchemy import Connection

from sync.desk.answer import audit
from sync.desk.release import NotHeld, end_held
from sync.feed import Entry, publish
from sync.queries import inbox as queries
from sync.queries import orders as order_queries
from sync.queries.inbox import ItemRow
from sync.rules.all import PARAMS
from sync.sentences.words import of_answer

ESCALATES, EXPIRES = "job:escalate", "job:lapse_holds"
TOP = "admin"


def above(owner: str | None, escalations: int) -> str:
    """Who answers next when this owner did not: the supervisor, then the administrator."""
    return TOP if owner in ("supervisor", TOP) or escalations else "supervisor"


def escalate(conn: Connection, cell: int, item_id: str, now: datetime) -> bool:
    """Hand an overdue item to the next above; False when it was answered meanwhile."""
    item = queries.lock(conn, cell, item_id)
    if item is None or item.state != "waiting" or item.due_at is None or item.due_at >= now:
        return False
    owner = above(item.owner, item.escalations)
    values = {
        "owner": owner, "escalations": item.escalations + 1, "escalated_at": now,
        "says": _joined(conn, cell, item, f"escalated_{owner}"),
    }  # fmt: skip
    if item.needs == "rep":
        values["needs"] = "office"  # the rep may still answer, and the office need not wait
    changed = queries.change(conn, cell, item_id, ESCALATES, values)
    audit(conn, cell, item, ESCALATES, now, "item.escalated", None,
          {"owner": item.owner}, {"owner": owner, "escalations": item.escalations + 1})  # fmt: skip
    publish(conn, cell, [Entry(scope, "conflict", key) for key, scope in changed])
    return True


def pass_over(conn: Connection, cell: int, item_id: str, now: datetime) -> bool:
    """Close a question to a rep that nothing waits for any more."""
    item = queries.lock(conn, cell, item_id)
    if item is None or item.state != "waiting" or item.needs != "rep":
        return False
    values = {"state": "resolved", "resolution": "passed", "resolved_by": ESCALATES,
              "resolved_at": now}  # fmt: skip
    changed = queries.change(conn, cell, item_id, ESCALATES, values)
    audit(conn, cell, item, ESCALATES, now, "item.passed", None, {"state": "waiting"},
          {"state": "resolved"})  # fmt: skip
    publish(conn, cell, [Entry(scope, "conflict", key) for key, scope in changed])
    return True


def is_to_expire(
    conn: Connection, company_cell: int, store: str | None, banner: str | None
) -> bool:
    """Whether an order held for credit expires at its cut-off, as the policies of its store say:
    store over banner over company."""
    expires = PARAMS["credit_exceeded"]["expires"]
    strongest = -1
    for _, _, of_store, of_banner, params in queries.policies(
        conn, company_cell, ["credit_exceeded"]
    ):
        if of_store not in (None, store) or of_banner not in (None, banner):
            continue
        strength = 2 if of_store else 1 if of_banner else 0
        if "expires" in params and strength > strongest:
            strongest, expires = strength, params["expires"]
    return bool(expires)


def expire(conn: Connection, cell: int, order_id: str, now: datetime) -> bool:
    """Refuse an order held for credit whose cut-off has passed, and tell its rep; False when
    somebody was quicker: it was answered, or decided again and waits for a later cut-off."""
    held = order_queries.lock(conn, cell, order_id)
    if held is None or held.hold_due_at is None or held.hold_due_at >= now:
        return False
    if "credit_exceeded" not in held.holds:
        return False
    asked = queries.waiting_of_order(conn, cell, order_id)
    try:
        entries = end_held(
            conn, cell, order_id, EXPIRES, now, "nobody released it by its cut-off", event="expire"
        )
    except NotHeld:
        return False
    for item_id in asked:
        item = queries.lock(conn, cell, item_id)
        if item is not None:
            says = _joined(conn, cell, item, "expired")
            queries.change(conn, cell, item_id, EXPIRES, {"says": says})
    publish(conn, cell, entries)
    return True


def _joined(conn: Connection, cell: int, item: ItemRow, key: str) -> str:
    """The item's sentence, and what time has made of it, in the language of its rep."""
    language = order_queries.language_of(conn, cell, item.rep) if item.rep else "en"
    return f"{item.says} {of_answer(key, {}, language)}"[:1000]
