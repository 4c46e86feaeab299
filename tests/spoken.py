"""Every sentence people read about their work, each with a conflict of the contract that says it.

The sentences of rules come from the examples in `sync/contract/rules`, decided anew, so their
figures are real; those of the server itself and of the delivery system have figures of their own.
tests/handhelds and tests/browser look whether a person gets to see each of them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from schemas.ids import uuid7
from sync.asking.money import receive
from sync.asking.orders import decide
from sync.batch import Pushed
from sync.carrier import Carrier
from sync.decisions.shapes import Conflict, Plain
from sync.effects import Effects, told_of
from sync.facts import Facts
from sync.queries.push import CONFLICT
from sync.sentences.english.change import KEPT as TELL
from sync.sentences.words import ENGLISH, sentence, words
from tests.sync.cases import case_files, world
from tests.sync.edit_cases import all_conflicts
from tests.sync.money_cases import CASES as MONEY
from tests.sync.money_cases import of_case
from tests.sync.order_edit_cases import CASES as ORDER_EDITS
from tests.sync.order_edit_cases import decide_case as decide_order_edit_case

RIGHT_TO_LEFT = "\u0645\u062a\u062c\u0631 \u0627\u0644\u0632\u0627\u0648\u064a\u0629 24/7"
"""A store's name, "corner shop 24/7": its digits stand left of its letters."""
VERY_LONG = "Stor" + "e" * 116

_FILLS: dict[str, Plain] = {
    "why": "body.lines: Missing data.", "kind": "visit card", "parent": "visit",
    "minutes": "12", "side": "ahead", "day": "Sat 21 Nov 2026", "number": "D17-R000042",
    "amount_minor": 9 * 10**14,
}  # fmt: skip
TOLD: dict[str, dict[str, Plain]] = {
    rule: {name: value for name, value in _FILLS.items() if f"{{{name}}}" in says}
    | ({"currency": "USD"} if "_minor}" in says else {})
    for rule, says in TELL.items()
}
"""Rule of a sentence of sentences/english/change.py -> what fills its places."""

ANSWERED: dict[tuple[str, str], dict[str, str | int | None]] = {
    ("delivery_short", "as_answered"): {
        "number": "D1-000001", "product": "Cola 1 l", "allocated": 5, "backordered": 4, "cut": 3,
        "reason": "not enough on hand", "yours": "12", "now": "5",
    },
    ("delivery_short", "left_by_others"): {
        "number": "D1-000001", "product": "Cola 1 l", "allocated": 5, "backordered": 7, "cut": 0,
        "reason": None, "yours": "12", "now": "5",
    },
    ("delivery_change", "over_budget"): {
        "number": "D1-000001", "store": "Nick's", "over_minor": 250, "currency": "USD",
    },
    ("delivery_status", "ahead"): {
        "target": "main", "status": "picking", "number": "D1-000001", "state": "sent",
        "at": "2027-11-21T10:00:00Z",
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
        ("delivery_change", what): {
            "number": "D1-000001", "store": "Nick's", "reason": "picked already",
            "state": "picking",
        }
        for what in ("taken", "declined", "too_late")
    },
    ("delivery_cancelled", "taken"): {
        "number": "D1-000001", "store": "Nick's", "reason": "the store has closed",
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
    ("delivery_set_aside", "hold_for_office"): {
        "target": "main", "name": "acks-7.csv", "reason": "line 3 has no number",
    },
    ("delivery_silent", "hold_for_office"): {
        "target": "main", "since": "2026-11-21T08:00:00Z", "waiting": 12,
    },
    **{
        ("delivery_differs", kind): {
            "target": "main", "day": "2026-11-21", "number": "D1-000001", **figures,
        }
        for kind, figures in (
            ("missing_there", {"ours": "DS-000001"}), ("unknown_here", {"theirs": "DS-000009"}),
            ("stuck_here", {"theirs": "DS-000001"}),
            ("twice_there", {"theirs": "DS-000001, DS-000002"}),
            ("number_differs", {"ours": "DS-000001", "theirs": "DS-000002"}),
            ("lines_differ", {
                "our_lines": 2, "our_quantity": 18, "our_revision": 1,
                "their_lines": 1, "their_quantity": 12, "their_revision": 1,
            }),
            ("value_differs", {"ours_minor": 2322, "theirs_minor": 2400, "currency": "USD"}),
        )
    },
    **{
        ("mass_change", answer): {
            "who": "user:sue", "name": "Sue", "rows": 350, "kind": "stores", "minutes": 10,
            "until": "2026-11-21T10:00:00Z", "most": 200, "yours": "350", "now": "200",
        }
        for answer in ("raise_alarm", "let_pass")
    },
    **{
        (rule, "as_answered"): {
            "number": "D17-R000042", "store": "Nick's", "amount_minor": 15000, "currency": "USD",
            "reason": "no funds",
        }
        for rule in ("collection_bounced", "collection_refused")
    },
}  # fmt: skip
"""The delivery system's answers (sync/delivery/acknowledge.py), with the figures of one order."""


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

    for case in ORDER_EDITS:
        edited = decide_order_edit_case(case)
        for one in edited.conflicts:
            state = {"refused": "rejected", "done": "applied"}.get(edited.way, "held")
            name = f"{one.message}/{one.decision}"
            yield Spoken(name, sentence(one), one, state, (case.get("rest") or {}).get("state", ""))
    for case in MONEY:
        taken, known = of_case(case)
        if store is not None:
            _rename(known.facts, store)
        received = receive(taken, known)
        for one in received.conflicts:
            name = f"{one.message}/{one.decision}"
            yield Spoken(name, sentence(one), one, received.outcome, "received")
    for _, outcome, one in all_conflicts(store):
        if one.rule != "id_reused":  # a handheld that hears it stops and asks to be enrolled anew
            name, outcome = f"{one.message}/{one.decision}", outcome.replace("goes on", "applied")
            yield Spoken(name, sentence(one), one, outcome, "")


def _rename(facts: Facts, store: str) -> None:
    for key, one in facts.stores.items():
        facts.stores[key] = replace(one, name=store)


def without_example() -> set[str]:
    """Sentences that nothing above says."""
    all_of_them = {
        f"{rule}/{decision}" for rule, answers in ENGLISH.items() for decision in answers
    }
    spoken = {one.name for one in of_rules()} | {"/".join(key) for key in ANSWERED}
    return (
        all_of_them
        - spoken
        - {"id_reused/hold_for_office", "collection_impossible/hold_for_office"}
    )


def of_answer(key: tuple[str, str], figures: Mapping[str, Plain]) -> Spoken:
    """The same of what the delivery system answered, or a job found, with these figures."""
    rule, decision = key
    conflict = Conflict(
        rule=rule, line=None, yours=figures.get("yours"), now=figures.get("now"),
        decision=decision, needs=None, message=rule, arguments=figures,
    )  # fmt: skip
    return Spoken("/".join(key), words(*key, figures), conflict, "applied", "")


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
