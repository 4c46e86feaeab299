"""Money taken at a store: a receipt is received whatever is wrong with it, and what is odd is told.

The account is locked while what else was paid is read, so two receipts of one store meet each
other, and so do two of one cheque.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection

from sync.asking.money import Received, receive
from sync.batch import Pushed
from sync.effects import Effects, told_of
from sync.facts import Facts
from sync.feed import Entry
from sync.queries import facts as fact_queries
from sync.queries import money as queries
from sync.subjects.money import Collection, Earlier, MoneyFacts
from sync.terms.allocation import OpenItem
from sync.terms.cutoff import local_day

_json = msgspec.json.Encoder().encode
MOST_MINOR = 10**13
"""Beyond this a receipt is a slip of the finger and no money: it alone is kept and not received. A
hundred thousand receipts of this size still fit the account they are summed in."""


def take_collection(conn: Connection, effects: Effects, facts: Facts, one: Pushed) -> None:
    """Receive a receipt."""
    cell, carrier, body = effects.cell, effects.carrier, one.body
    if queries.owner(conn, cell, body.id) is not None:
        effects.hold(one, "row_known", kind="collection")
        return
    if abs(body.amount_minor) > MOST_MINOR:
        amount, currency = body.amount_minor, body.currency
        effects.hold(
            one, "collection_impossible", number=body.number, amount_minor=amount, currency=currency
        )
        return
    taken = collection_of(one, carrier.rep)
    if taken.cheque_key:
        queries.lock_cheque(conn, taken.cheque_key)
    if queries.open_account(conn, cell, body.store, effects.by):
        effects.entries.append(Entry(f"st:{body.store}", "receivable", body.store))
    fact_queries.lock_credit(conn, cell, [body.store])
    known = MoneyFacts(facts, _items(conn, cell, body.store), _earlier(conn, effects, taken))
    received = receive(taken, known)
    queries.insert(conn, cell, _row(effects, facts, one, received))
    queries.recount(conn, cell, [body.store])
    effects.entries.append(Entry(f"st:{body.store}", "collection", body.id))
    for conflict in received.conflicts:
        told = told_of(conflict, one.receipt_id, None, carrier.language)
        told.subject = one.subject
        effects.tell(one, told)
    one.outcome, one.state = received.outcome, "received"
    one.refs = {"collection": body.id}


def collection_of(one: Pushed, rep: str) -> Collection:
    """Read a receipt as the rules see it."""
    body = one.body
    return Collection(
        body.id, body.number, body.store, rep, body.method, body.amount_minor, body.currency,
        one.captured_at or one.change.captured.wall,
        tuple((line.number, line.amount_minor) for line in body.allocation),
        body.cheque_no, body.cheque_bank, body.cheque_on,
    )  # fmt: skip


def _items(conn: Connection, cell: int, store: str) -> dict[str, OpenItem]:
    return {row[0]: OpenItem(*row) for row in queries.items(conn, cell, store)}


def _earlier(conn: Connection, effects: Effects, taken: Collection) -> tuple[Earlier, ...]:
    rows = queries.earlier(
        conn, effects.carrier.cells, effects.cell, taken.number, taken.cheque_key, taken.store,
        taken.amount_minor,
    )  # fmt: skip
    return tuple(Earlier(*row) for row in rows)


def _row(effects: Effects, facts: Facts, one: Pushed, received: Received) -> dict[str, Any]:
    body, store = one.body, facts.stores.get(one.body.store)
    captured_at = one.captured_at or one.change.captured.wall
    zone = effects.carrier.zone if store is None else store.zone
    taken = collection_of(one, effects.carrier.rep)
    return {
        "id": body.id, "scope": f"st:{body.store}", "changed_by": effects.by,
        "number": body.number, "store": body.store, "rep": effects.carrier.rep,
        "device": effects.carrier.device, "visit": body.visit, "method": body.method,
        "amount_minor": body.amount_minor, "currency": body.currency,
        "cheque_no": body.cheque_no, "cheque_bank": body.cheque_bank,
        "cheque_on": body.cheque_on, "cheque_key": taken.cheque_key,
        "allocation": _json(received.uses).decode(), "note": body.note, "photo": body.photo,
        "signature": body.signature, "captured_at": captured_at,
        "captured_uncertain": one.uncertain, "received_at": effects.received_at,
        "day": local_day(min(captured_at, facts.now), zone),
        "possible_duplicate_of": received.duplicate_of,
    }  # fmt: skip
