"""Reads the examples of contract/rules/money, and decides them.

A case carries `collection`, a merge patch on the receipt of `_world.json` there, and `known` on
what its store owes and which receipts are here already. Numbers are text.
"""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sync.asking.money import Received, receive
from sync.sentences.words import sentence
from sync.subjects.money import Collection, Earlier, MoneyFacts
from sync.terms.allocation import OpenItem
from tests.sync.cases import case_files, facts_of, merged, plain, read

TOLD = ("message", "arguments", "item", "owner", "answers", "rep_answers", "field", "base", "about")
"""What the examples do not repeat: it follows from the rule's row."""


FILES = case_files("rules/money")
CASES: list[dict[str, Any]] = [
    case for path in FILES for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
]


def _taken(row: dict[str, Any]) -> Collection:
    on = row.get("cheque_on")
    return Collection(
        **{
            **row,
            "amount_minor": int(row["amount_minor"]),
            "captured_at": datetime.fromisoformat(row["captured_at"]),
            "allocation": tuple((number, int(minor)) for number, minor in row["allocation"]),
            "cheque_on": date.fromisoformat(on) if on else None,
        }
    )


def _earlier(key: str, row: dict[str, Any]) -> Earlier:
    return Earlier(
        **{
            "id": key,
            **row,
            "amount_minor": int(row["amount_minor"]),
            "captured_at": datetime.fromisoformat(row["captured_at"]),
            "day": date.fromisoformat(row["day"]),
        }
    )


def of_case(case: dict[str, Any]) -> tuple[Collection, MoneyFacts]:
    """A receipt, and fresh facts."""
    start = read("rules/money/_world.json")
    facts = facts_of(
        merged(read("rules/_world.json")["facts"], case.get("facts", {})),
        case.get("policy", []),
        {},
    )
    known = merged(start["known"], case.get("known", {}))
    items = {
        number: OpenItem(
            number, date.fromisoformat(one["due_on"]), int(one["open_minor"]),
            one.get("kind", "invoice"), one.get("disputed", False),
        )
        for number, one in known["items"].items()
    }  # fmt: skip
    earlier = tuple(_earlier(key, one) for key, one in known["earlier"].items())
    return _taken(merged(start["collection"], case["collection"])), MoneyFacts(
        facts, items, earlier
    )


def told(received: Received) -> dict[str, Any]:
    """What became of a receipt, as the examples write it."""
    row: dict[str, Any] = plain(asdict(received))
    for one, conflict in zip(row["conflicts"], received.conflicts, strict=True):
        one["sentence"] = sentence(conflict)
        for name in (*TOLD, "proposed", *(() if conflict.private else ("private",))):
            one.pop(name, None)
    return {k: v for k, v in row.items() if v or k not in ("conflicts", "duplicate_of")}


def decide_case(case: dict[str, Any]) -> Received:
    return receive(*of_case(case))
