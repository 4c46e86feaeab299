"""Every rule by its examples: each answer of each row has one, and each example comes true."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sync.asking import orders as ask
from sync.asking.orders import decide
from sync.decisions.shapes import Decision
from sync.facts import COMING_BACK, GOING_OUT, OrderType, Policy
from sync.rules.all import BY_NAME, RULES
from sync.rules.orders import ORDER, ORDER_LINE, QUESTIONS
from sync.rules.policies import validate_policies
from sync.sentences.words import sentence
from tests.sync.cases import case_files, plain, read, world

FILES = case_files("rules")
CASES = [case for path in FILES for case in json.loads(path.read_text(encoding="utf-8"))["cases"]]

ITEM = ("item", "owner", "answers", "rep_answers", "field", "base")
"""What an answer is in the inbox follows from its rule's row (sync/desk/answers.py)."""

BACK = {
    case["id"].removeprefix("returns."): case for case in CASES if case["id"].startswith("returns.")
}
"""Examples of returns; by the rule that a sale with the same words would be asked, or otherwise."""

STANDING = [case for case in CASES if case["expect"]["state"] != "rejected"]


def told(decision: Decision) -> dict[str, Any]:
    """A decision as the examples write it."""
    row: dict[str, Any] = plain(asdict(decision))
    row.pop("order")
    for one, conflict in zip(row["conflicts"], decision.conflicts, strict=True):
        one["sentence"] = sentence(conflict)
        for name in ("message", "arguments", *ITEM, *(() if conflict.private else ("private",))):
            one.pop(name)
        if one["about"] is None:
            one.pop("about")
    for line in row["lines"]:
        for name in ("cut_reason", "substitute", "replaces", "promotions"):
            if not line[name]:
                line.pop(name)
    return {k: v for k, v in row.items() if v or k not in ("holds", "conflicts", "reserve", "caps")}


def missing_examples(cases: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Answers of rules that no example shows."""
    shown = {
        (conflict["rule"], conflict["decision"])
        for case in cases
        for conflict in case["expect"].get("conflicts", ())
    }
    rows = [row for kind in (ORDER, ORDER_LINE) for rows in kind.values() for row in rows]
    return {(row.name, answer) for row in rows for answer in row.answers} - shown


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_an_example_comes_true(case: dict[str, Any]) -> None:
    order, facts = world(
        case.get("order"), case.get("facts"), case.get("policy"), case.get("released")
    )
    assert told(decide(order, facts)) == case["expect"], case["says"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_example_files_are_valid_and_speak_of_their_rule(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator(read("rules/_schema.json")).validate(content)
    assert content["rule"] == path.stem
    assert all(case["id"].startswith(f"{path.stem}.") for case in content["cases"])
    speaks = {c["rule"] for case in content["cases"] for c in case["expect"].get("conflicts", ())}
    assert path.stem in speaks or path.stem in ("untouched", "several", "returns")


def test_the_schema_of_examples_refuses_numbers_that_are_not_text() -> None:
    case = {**CASES[0], "facts": {"stock": {"3/20041": {"on_hand": 3}}}}
    schema = Draft202012Validator(read("rules/_schema.json"))
    faults = [e.message for e in schema.iter_errors({"rule": "untouched", "cases": [case]})]
    assert faults == ["3 is not of type 'string', 'boolean', 'null', 'array', 'object'"]


def test_ids_of_examples_are_unique() -> None:
    ids = [case["id"] for case in CASES]
    assert len(ids) == len(set(ids))


def test_every_answer_of_every_rule_has_an_example() -> None:
    assert missing_examples(CASES) == set()


def test_a_missing_example_is_noticed() -> None:
    left = [case for case in CASES if not case["id"].startswith("stock_short.cut")]
    assert missing_examples(left) == {("stock_short", "cut")}


def test_every_rule_stands_once_under_a_question_that_is_asked() -> None:
    rows = [row for kind in RULES.values() for rows in kind.values() for row in rows]
    assert len({id(row) for row in rows}) == len({row.name for row in rows}) == len(BY_NAME)
    assert set(ORDER) | set(ORDER_LINE) == set(QUESTIONS)


def test_policies_of_the_examples_are_valid() -> None:
    for case in CASES:
        _, facts = world(policy=case.get("policy"))
        assert validate_policies(facts.policies) == [], case["id"]


def test_what_is_wrong_with_a_policy_is_said_in_words() -> None:
    wrong = (
        Policy("stock_long"),
        Policy("stock_short", "throw_away"),
        Policy("stock_short", store="store-1", banner="north"),
        Policy("price_kept", params={"grace_days": 400}),
        Policy("price_kept", params={"hours": 1}, banner="north"),
        Policy("price_kept", params={"grace_days": True}, banner="south"),
        Policy("price_kept", params={"hours": 1, "grace_days": -1}, banner="west"),
        Policy("price_kept", params={"grace_days": 365}, banner="east"),
        Policy("price_kept", params={"grace_days": 0}, banner="mid"),
        Policy("stock_short", "cut"),
    )
    assert validate_policies(wrong) == [
        "policy for stock_long: there is no rule of this name",
        "policy for stock_short: throw_away is not one of confirm_available_backorder_rest, cut, "
        "substitute, hold_for_office",
        "policy for stock_short, store store-1, banner north: name a store or a banner, not both",
        "policy for price_kept: grace_days is a whole number from 0 to 365",
        "policy for price_kept, banner north: there is nothing called hours to set",
        "policy for price_kept, banner south: grace_days is a whole number from 0 to 365",
        "policy for price_kept, banner west: there is nothing called hours to set",
        "policy for price_kept, banner west: grace_days is a whole number from 0 to 365",
        "policy for stock_short: there are two of them",
    ]


def test_an_unknown_choice_falls_back_to_the_default() -> None:
    facts = {"stock": {"3/20041": {"on_hand": "3"}}}
    order, known = world(None, facts, [{"rule": "stock_short", "choice": "throw_away"}])
    decision = decide(order, known)
    assert [c.decision for c in decision.conflicts] == ["confirm_available_backorder_rest"]


def rules_told(case: dict[str, Any], order_type: OrderType) -> set[str]:
    """The rules that speak of an example's order if it is of this type."""
    order, facts = world({**case.get("order", {}), "type": order_type},
                         case.get("facts"), case.get("policy"), case.get("released"))  # fmt: skip
    return {one.rule for one in decide(order, facts).conflicts}


@pytest.mark.rule(12)
def test_of_all_that_a_return_is_not_asked_there_is_an_example_that_a_sale_is_asked() -> None:
    rows = [row for kind in (ORDER, ORDER_LINE) for rows in kind.values() for row in rows]
    spared = {row.name for row in rows if not row.is_asked_of("return")}
    assert len(spared) == 27
    assert [one for one in spared if one not in BACK] == []
    for rule in spared:
        assert rule not in rules_told(BACK[rule], "return"), rule
        assert rule in rules_told(BACK[rule], "sale"), rule


@pytest.mark.parametrize("order_type", [*COMING_BACK, *GOING_OUT])
def test_each_type_of_order_is_asked_what_the_table_says_and_nothing_else(
    order_type: OrderType,
) -> None:
    told: dict[str, bool] = {}
    for case in CASES:
        for rule in rules_told(case, case.get("order", {}).get("type", "sale")):
            told[rule] = told.get(rule, False) or rule in rules_told(case, order_type)
    wants = {row: BY_NAME[row].is_asked_of(order_type) for row in told}
    if order_type == "sale":
        wants["order_needs_approval"] = False  # its condition: it is no sale
    assert told == wants


@pytest.mark.parametrize("case", STANDING, ids=lambda case: case["id"])
def test_rules_of_an_order_give_the_same_whichever_is_asked_first(
    case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Authority, credit, twin and cut-off do not look at each other's answers; only the order
    in which people are told of them changes."""

    def answer() -> dict[str, Any]:
        order, facts = world(
            case.get("order"), case.get("facts"), case.get("policy"), case.get("released")
        )
        row = told(decide(order, facts))
        for name in ("holds", "conflicts"):
            row[name] = sorted(row.get(name, ()), key=lambda one: (one["rule"], str(one)))
        return row

    before = answer()
    after_store = ("product", "price", "promotion", "quantity")
    turned = ("order_state", "store", *after_store, "cut_off", "twin", "credit", "authority")
    monkeypatch.setattr(ask, "QUESTIONS", (*turned, "stock"))
    assert answer() == before
