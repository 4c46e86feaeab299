"""Reads the examples of contract/rules/order_edits, and decides them.

A case carries `edit` and `rest`, merge patches on `_world.json` there. Numbers are text.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sync.asking.order_edits import OrderEditDecision, decide_order_edit
from sync.decisions.shapes import Conflict
from sync.sentences.words import sentence
from sync.subjects.order_edit import OrderAtRest, OrderEdit
from tests.sync.cases import case_files, facts_of, merged, plain, read

FILES = case_files("rules/order_edits")
CASES: list[dict[str, Any]] = [
    case for path in FILES for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
]
SHOWN = ("rule", "decision", "needs", "item", "owner", "answers", "yours", "now")


def decide_case(case: dict[str, Any]) -> OrderEditDecision:
    start = read("rules/order_edits/_world.json")
    facts = facts_of(
        merged(read("rules/_world.json")["facts"], case.get("facts", {})), case.get("policy", []),
        {},
    )  # fmt: skip
    edit = merged(start["edit"], case.get("edit", {}))
    patch = case.get("rest", {})
    rest = None if patch is None else _rest(merged(start["rest"], patch))
    return decide_order_edit(_edit(edit), rest, facts)


def _edit(row: dict[str, Any]) -> OrderEdit:
    base = row.get("base_revision")
    mine = {product: int(each) for product, each in row.get("mine", {}).items()}
    at = datetime.fromisoformat(row["captured_at"])
    whole = {"captured_at": at, "base_revision": int(base) if base else None, "mine": mine}
    return OrderEdit(**{**row, **whole})


def _rest(row: dict[str, Any]) -> OrderAtRest:
    theirs = {product: int(each) for product, each in row.get("theirs", {}).items()}
    return OrderAtRest(**{**row, "revision": int(row["revision"]), "theirs": theirs})


def told(decision: OrderEditDecision) -> dict[str, Any]:
    """What became of an edit, as the examples write it."""
    conflicts = [_shown(one) for one in decision.conflicts]
    return {"way": decision.way, **({"conflicts": conflicts} if conflicts else {})}


def _shown(one: Conflict) -> dict[str, Any]:
    row: dict[str, Any] = plain(asdict(one))
    shown = {name: row[name] for name in SHOWN if row[name] not in (None, [], ())}
    return shown | {"sentence": sentence(one)}
