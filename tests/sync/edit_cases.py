"""Reads the examples of contract/edits that are about edits, facts and changes, and decides them.

A case carries `edit` (a row that rep and office may both edit), `fact` (a visit or card) or
`change` (anything as such), as a merge patch on the ones of `_world.json`; `rest` is the row at
rest. Numbers are text there; values of fields are written as they are.
"""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sync.asking.changes import FIRST, LATER, decide_change, keeps
from sync.asking.edits import decide_edit, decide_fact
from sync.decisions.shapes import Conflict
from sync.owners import OWNERS
from sync.rules.all import PARAMS
from sync.sentences.words import sentence
from sync.subjects.change import WorkingChange
from sync.subjects.edit import AtRest, Edit, EditDecision, Lookalike
from sync.subjects.order import chosen
from tests.sync.cases import case_files, facts_of, merged, plain, read


def _value(kind: str, name: str, text: Any) -> Any:
    field = OWNERS.get(kind, {}).get(name.rpartition(".")[2])
    return int(text) if field is not None and field.holds == "whole" and text is not None else text


def _values(kind: str, row: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if row is None else {name: _value(kind, name, one) for name, one in row.items()}


def decide_case(case: dict[str, Any]) -> tuple[str, list[Conflict], dict[str, Any]]:
    """Outcome, what is told, and the whole as the examples write it."""
    facts = facts_of(
        merged(read("rules/_world.json")["facts"], case.get("facts", {})),
        case.get("policy", []),
        {"row-1": frozenset(case.get("released", ()))},
    )
    if "change" in case:
        return _change(case, facts)
    name = "edit" if "edit" in case else "fact"
    raw = merged(read("edits/_world.json")[name], case[name])
    kind = raw["kind"]
    edit = Edit(
        **{
            **raw,
            "captured_at": datetime.fromisoformat(raw["captured_at"]),
            "mine": _values(kind, raw.get("mine", {})),
            "base": _values(kind, raw.get("base")),
        }
    )
    rest = dict(case.get("rest", {}))
    if "twin" in rest:
        rest["twin"] = Lookalike(**{**rest["twin"], "score": int(rest["twin"]["score"])})
    theirs = AtRest(**{**rest, "fields": _values(kind, rest.get("fields"))})
    decision = (decide_edit if name == "edit" else decide_fact)(edit, theirs, facts)
    return decision.outcome, [one for one, _ in decision.conflicts], _told(decision)


def _change(case: dict[str, Any], facts: Any) -> tuple[str, list[Conflict], dict[str, Any]]:
    raw = merged(read("edits/_world.json")["change"], case["change"])
    for name in ("at", "now"):
        raw[name] = datetime.fromisoformat(raw[name])
    for name in ("day", "closed_through"):
        raw[name] = date.fromisoformat(raw[name]) if raw.get(name) else None
    raw["offset_ms"] = int(raw.get("offset_ms", 0))
    choices, params = chosen(facts, None, PARAMS)
    w = WorkingChange(**raw, choices=choices, params=params)
    told = decide_change(w, (*FIRST, *LATER))
    kept = keeps(told)
    row = {"outcome": "goes on"}
    if kept is not None:
        row["outcome"] = "rejected" if kept.decision == "refuse_change" else "held"
    return row["outcome"], told, row | _conflicts(told)


def _told(decision: EditDecision) -> dict[str, Any]:
    row: dict[str, Any] = {"outcome": decision.outcome, "store": decision.store}
    row |= {"stands": plain(decision.stands), "gave_way": plain(decision.gave_way)}
    told = _conflicts([one for one, _ in decision.conflicts])
    for one, (_, request) in zip(told.get("conflicts", ()), decision.conflicts, strict=False):
        if request is not None:
            one["asks"] = plain(dict(request.fields))
    return {k: v for k, v in (row | told).items() if v or k in ("outcome", "store")}


def _conflicts(conflicts: list[Conflict]) -> dict[str, Any]:
    rows = []
    for conflict in conflicts:
        row = plain(asdict(conflict))
        row["sentence"] = sentence(conflict)
        for name in ("message", "arguments", "private", "line"):
            row.pop(name)
        rows.append({name: value for name, value in row.items() if value not in (None, [])})
    return {"conflicts": rows} if rows else {}


def all_conflicts(store: str | None = None) -> list[tuple[dict[str, Any], str, Conflict]]:
    """Every conflict of the examples of edits: its case, what became of it, the conflict.

    store: the name of every store, in place of the examples'.
    """
    cases = [
        case
        for path in case_files("edits")
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
    ]
    if store is not None:
        named = {"stores": {key: {"name": store} for key in ("store-1", "store-2")}}
        cases = [case | {"facts": merged(case.get("facts", {}), named)} for case in cases]
    decided = [(case, *decide_case(case)[:2]) for case in cases]
    return [(case, outcome, one) for case, outcome, told in decided for one in told]
