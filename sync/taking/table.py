"""TAKES: which function takes which change a rep may push.

`batched` changes are decided together: they meet the facts gathered for all and leave effects.
`direct` changes edit what is at rest: everything captured before them is written first, then each
locks and reads what it needs itself, in the same transaction; what it has to tell goes into the
effects too. A fault of either is the change's own: the batch is decided again one by one.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from sync.batch import Pushed
from sync.effects import Effects
from sync.facts import Facts
from sync.policies import rep_carried
from sync.taking.cards import submit_card
from sync.taking.collections import take_collection
from sync.taking.stops import save_stop
from sync.taking.visits import save_visit

Batched = Callable[[Effects, Facts, Pushed, str], None]
Direct = Callable[[Connection, Effects, Facts, Pushed], None]
Owner = tuple[str, str, str, str]
"""kind, rep, store and state of the row that has an id already."""


def _visit(effects: Effects, facts: Facts, one: Pushed, at_rest: str) -> None:
    if is_carried(effects, facts, one):
        save_visit(effects, one, at_rest)


def _card(effects: Effects, facts: Facts, one: Pushed, at_rest: str) -> None:
    if is_carried(effects, facts, one):
        submit_card(effects, one)


def _stop(effects: Effects, facts: Facts, one: Pushed, at_rest: str) -> None:
    save_stop(effects, one, at_rest)


BATCHED: Mapping[tuple[str, str], Batched] = {
    ("visit", "save"): _visit,
    ("card", "submit"): _card,
    ("plan_stop", "save"): _stop,
}

DIRECT: Mapping[tuple[str, str], Direct] = {
    ("collection", "submit"): take_collection,
}


def is_direct(one: Pushed) -> bool:
    """Whether a change is taken by itself, after what came before it is written."""
    return (one.kind, one.act) in DIRECT


def take_batched(
    effects: Effects, facts: Facts, one: Pushed, owners: dict[str, Owner], rep: str
) -> None:
    """Take a change that makes or saves a row of its own; whose id it is stands in `owners`."""
    known = owners.get(one.body.id)
    if known is not None and _is_not_theirs(one, known, rep):
        effects.hold(one, "row_known", kind=one.kind.replace("_", " "))
        return
    owners.setdefault(one.body.id, (one.kind, rep, one.store or "", ""))
    BATCHED[one.kind, one.act](effects, facts, one, known[3] if known else "")


def is_carried(effects: Effects, facts: Facts, one: Pushed) -> bool:
    """Whether the rep carried the store at capture; if not, the change is held and told."""
    rep = effects.carrier.rep
    carried = rep_carried(facts, rep, one.store or "", one.captured_at or facts.now)
    if not carried:
        at = None if one.captured_at is None else one.captured_at.isoformat(timespec="seconds")
        effects.hold(one, "fact_not_mine", kind=one.kind, captured=at or "")
    return carried


def _is_not_theirs(one: Pushed, known: Owner, rep: str) -> bool:
    """Whether an id stands for another row already: of somebody else, elsewhere, or a card."""
    return known[:3] != (one.kind, rep, one.store or "") or one.kind == "card"
