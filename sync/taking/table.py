"""TAKES: which function takes which change a rep may push.

`batched` changes are decided together: they meet the facts gathered for all and leave effects.
`edits` change single rows that are at rest: a run of them of one kind is locked, decided and
written together, after everything captured before them. `direct` changes are taken one by one: each
locks and reads what it needs itself, in the same transaction; what it has to tell goes into the
effects too. A fault of either is the change's own: the batch is decided again one by one.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from sync.asking.edits import decide_fact
from sync.batch import Pushed
from sync.effects import Effects
from sync.facts import Facts
from sync.subjects.edit import AtRest, Edit
from sync.taking.amend import amend_card
from sync.taking.answers import take_answer
from sync.taking.at_hand import AtHand
from sync.taking.cards import submit_card
from sync.taking.collections import take_collection
from sync.taking.contacts import remove_contact, save_contact
from sync.taking.order_edits import cancel_order, revise_order
from sync.taking.stops import save_stop
from sync.taking.stores import create_store, edit_store
from sync.taking.told import tell_edit
from sync.taking.visits import save_visit, state_at_rest

Batched = Callable[[Effects, Facts, Pushed, str], None]
Direct = Callable[[Connection, Effects, Facts, Pushed], None]
Edited = Callable[[Effects, Facts, Pushed, AtHand], None]
Owner = tuple[str, str, str, str]
"""kind, rep, store and state of the row that has an id already."""


def _visit(effects: Effects, facts: Facts, one: Pushed, at_rest: str) -> None:
    state = state_at_rest(effects, one.body.id, at_rest)
    store = _where(effects, facts, one, state)
    if store is not None:
        save_visit(effects, one, at_rest, store)


def _card(effects: Effects, facts: Facts, one: Pushed, at_rest: str) -> None:
    store = _where(effects, facts, one, "")
    if store is not None:
        submit_card(effects, one, store)


def _stop(effects: Effects, facts: Facts, one: Pushed, at_rest: str) -> None:
    save_stop(effects, facts, one)


BATCHED: Mapping[tuple[str, str], Batched] = {
    ("visit", "save"): _visit,
    ("card", "submit"): _card,
    ("plan_stop", "save"): _stop,
}

DIRECT: Mapping[tuple[str, str], Direct] = {
    ("collection", "submit"): take_collection,
    ("conflict", "answer"): take_answer,
    ("store", "create"): create_store,
    ("card", "amend"): amend_card,
    ("order", "revise"): revise_order,
    ("order", "cancel"): cancel_order,
}


EDITS: Mapping[tuple[str, str], Edited] = {
    ("store", "edit"): edit_store,
    ("contact", "save"): save_contact,
    ("contact", "remove"): remove_contact,
}


def way_of(one: Pushed) -> str:
    """How a change is taken: "batched", "direct", or the kind of row it edits."""
    act = (one.kind, one.act)
    return one.kind if act in EDITS else "direct" if act in DIRECT else "batched"


def take_batched(
    effects: Effects, facts: Facts, one: Pushed, owners: dict[str, Owner], rep: str
) -> None:
    """Take a change that makes or saves a row of its own; whose id it is stands in `owners`."""
    known = owners.get(one.body.id)
    if known is not None and _is_not_theirs(facts, one, known, rep):
        effects.hold(one, "row_known", kind=one.kind.replace("_", " "))
        return
    owners.setdefault(one.body.id, (one.kind, rep, one.store or "", ""))
    BATCHED[one.kind, one.act](effects, facts, one, known[3] if known else "")


def _where(effects: Effects, facts: Facts, one: Pushed, state: str) -> str | None:
    """Ask about a visit or a card; where it goes, None = it is kept for a person."""
    body = one.body
    mine = {"state": body.state} if one.kind == "visit" else {}
    edit = Edit(
        body.id, one.kind, one.act, effects.carrier.rep, one.captured_at or facts.now, body.store,
        mine,
    )  # fmt: skip
    decision = decide_fact(edit, AtRest({"state": state} if state else None), facts)
    tell_edit(effects, one, decision, one.kind)
    return None if decision.keep else decision.store


def _is_not_theirs(facts: Facts, one: Pushed, known: Owner, rep: str) -> bool:
    """Whether an id stands for another row already: of somebody else, elsewhere (but for where
    its store was merged into), or a card."""
    kind, author, store, _ = known
    there, hops = one.store or "", 0
    while there != store and there in facts.stores and hops < 5:
        there, hops = facts.stores[there].merged_into or "", hops + 1
    return (kind, author, store) != (one.kind, rep, there) or one.kind == "card"
