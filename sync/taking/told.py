"""What edits have in common: whose store a row is in, and what a decided one tells: its outcome,
its conflicts, and the requests among them."""

from typing import Any

from sync.batch import Pushed
from sync.effects import Effects
from sync.facts import Facts
from sync.subjects.edit import EditDecision, Request


def tell_edit(
    effects: Effects, pushed: Pushed, decision: EditDecision, kind: str, row: str | None = None
) -> None:
    """Say what became of an edit; `row`: the id of the row, if not the one that was sent."""
    pushed.outcome = decision.outcome
    pushed.keep_body = decision.keep
    for conflict, request in decision.conflicts:
        ask = None if request is None else asked(request, kind, row or pushed.body.id, decision)
        effects.note(pushed, conflict, ask)
    for_rep = [told for told in pushed.told if not told.private]
    if for_rep and decision.outcome in ("held", "rejected", "merged"):
        pushed.says = for_rep[-1].says


def asked(request: Request, kind: str, row: str, decision: EditDecision) -> dict[str, Any]:
    """A change request as the inbox keeps it: what accepting it writes (desk/requests.py)."""
    return {"kind": kind, "id": row, "store": decision.store, "set": dict(request.fields)}


def is_of_store(facts: Facts, at_rest: str, sent: str) -> bool:
    """Whether a row that lies at a store is of the one that was sent, or of where that one went.

    An edit is decided by who carries the store it names: it reaches no row of another one.
    """
    hops = 0
    while sent != at_rest and sent in facts.stores and hops < 5:
        sent, hops = facts.stores[sent].merged_into or "", hops + 1
    return sent == at_rest
