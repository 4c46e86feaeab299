"""Every sentence people read about their work, each with a conflict of the contract that says it.

The sentences of rules come from the examples in `sync/contract/rules`, decided anew, so their
figures are real; those of the server itself and of the delivery system have figures of their own.
tests/handhelds and tests/browser look whether a person gets to see each of them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from schemas.ids import uuid7
from sync.ask import decide
from sync.batch import Pushed
from sync.carrier import Carrier
from sync.decisions.shapes import Conflict
from sync.effects import Effects, told_of
from sync.facts import Facts
from sync.queries.push import CONFLICT
from sync.sentences.english.change import KEPT as TELL
from sync.sentences.words import ENGLISH, sentence, words
from tests.sync.cases import case_files, world

RIGHT_TO_LEFT = "\u0645\u062a\u062c\u0631 \u0627\u0644\u0632\u0627\u0648\u064a\u0629 24/7"
"""A store's name, "corner shop 24/7": its digits stand left of its letters."""
VERY_LONG = "Stor" + "e" * 116

_FILLS = {"why": "body.lines: Missing data.", "kind": "visit card"}
TOLD = {rule: {name: text for name, text in _FILLS.items() if f"{{{name}}}" in says}
        for rule, says in TELL.items()}  # fmt: skip
"""Rule of a sentence of sentences/english/change.py -> what fills its places."""

ANSWERED: dict[tuple[str, str], dict[str, str | int | None]] = {
    ("delivery_short", "as_answered"): {
        "number": "D1-000001", "product": "Cola 1 l", "allocated": 5, "backordered": 4, "cut": 3,
        "reason": "not enough on hand", "yours": "12", "now": "5",
    },
    ("delivery_refused", "hold_for_office"): {
        "number": "D1-000001", "store": "Nick's", "reason": "the account is closed",
    },
    ("delivery_unknown", "hold_for_office"): {
        "number": "D1-000001", "store": "Nick's", "reason": "no answer within 5 s",
    },
    ("delivery_undelivered", "as_answered"): {
        "number": "D1-000001", "product": "Cola 1 l", "shipped": 8, "delivered": 7, "missing": 1,
        "reason": "a broken case", "yours": "8", "now": "7",
    },
    ("delivery_given_up", "as_answered"): {
        "number": "D1-000001", "store": "Nick's", "state": "cancelled",
    },
    **{
        ("delivery_status", why): {
            "target": "main", "status": "zz9", "number": "D1-000001", "state": state,
        }
        for why, state in (
            ("order_unknown", None), ("word_unknown", "sent"), ("not_sent", "held"),
            ("given_up", "cancelled"), ("under_way", "picking"),
        )
    },
    ("delivery_silent", "hold_for_office"): {
        "target": "main", "since": "2026-11-21T08:00:00Z", "waiting": 12,
    },
    **{
        ("delivery_differs", kind): {
            "target": "main", "day": "2026-11-21", "number": "D1-000001", "ours": ours,
            "theirs": theirs,
        }
        for kind, ours, theirs in (
            ("missing_there", "DS-000001", None), ("unknown_here", None, "DS-000009"),
            ("stuck_here", None, "DS-000001"), ("twice_there", "DS-000001", "DS-000001, DS-000002"),
            ("number_differs", "DS-000001", "DS-000002"), ("lines_differ", "2 lines", "1 line"),
            ("value_differs", "23.22 USD", "24.00 USD"),
        )
    },
}  # fmt: skip
"""What the delivery system's answers say (sync/acknowledge.py), with the figures of one order."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rule's answer, its sentence, the conflict that says it and what became of the order."""

    name: str
    says: str
    conflict: Conflict
    outcome: str
    state: str


def of_rules(store: str | None = None, *, private: bool = False) -> list[Spoken]:
    """One for each sentence of the rules that rep and office read; `private`: for each of the
    examples that only the office may. `store`: every store's name, in place of the examples'."""
    found: dict[str, Spoken] = {}
    for one in _decided(store):
        if one.conflict.private == private:
            found.setdefault(one.name, one)
    return list(found.values())


def _decided(store: str | None) -> Iterator[Spoken]:
    for path in case_files("rules"):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            order, facts = world(
                case.get("order"), case.get("facts"), case.get("policy"), case.get("released")
            )
            if store is not None:
                _rename(facts, store)
            decision = decide(order, facts)
            for one in decision.conflicts:
                name = f"{one.message}/{one.decision}"
                yield Spoken(name, sentence(one), one, decision.outcome, decision.state)


def _rename(facts: Facts, store: str) -> None:
    for key, one in facts.stores.items():
        facts.stores[key] = replace(one, name=store)


def without_example() -> set[str]:
    """Sentences that nothing above says."""
    all_of_them = {
        f"{rule}/{decision}" for rule, answers in ENGLISH.items() for decision in answers
    }
    return all_of_them - {one.name for one in of_rules()} - {"/".join(key) for key in ANSWERED}


def answered(key: tuple[str, str]) -> str:
    """What people read about an answer of the delivery system."""
    return words(*key, ANSWERED[key])


def pushed(n: int = 1) -> Pushed:
    """A change on its way through a push, with an id of its own."""
    made = Pushed(b"{}", b"", uuid7(), n)
    made.receipt_id = made.id
    return made


def effects(carrier: Carrier, at: datetime | None = None) -> Effects:
    """Where a push collects what it tells."""
    return Effects(carrier.cell, carrier, at or datetime.now(UTC))


def tell(into: Effects, spoken: Spoken, order_id: str | None = None) -> Pushed:
    """Tell it as a push does, of an order of its own change."""
    one = pushed()
    one.outcome, one.state = spoken.outcome, spoken.state
    one.refs = {} if order_id is None else {"order": order_id}
    into.tell(one, told_of(spoken.conflict, one.id, None), order_id)
    return one


def columns(row: tuple[Any, ...]) -> dict[str, Any]:
    """A conflict's row by the names of its columns (sync/queries/push.py)."""
    return dict(zip(CONFLICT.split(", "), row, strict=True))
