"""Conditions of edits at their edges: as much, as good, or something else was moved."""

from typing import Any

import pytest

from sync.conditions import edit
from sync.rules.all import PARAMS
from sync.subjects.edit import AtRest, Edit, WorkingEdit
from tests.sync.cases import world
from tests.sync.edit_cases import decide_case

PLACE = "41.58700,-93.62500"


def rules(case: dict[str, Any]) -> set[str]:
    """The rules that answer an example."""
    return {conflict.rule for conflict in decide_case(case)[1]}


@pytest.mark.rule(14)
@pytest.mark.parametrize(
    ("mine", "theirs", "is_less"),
    [(",9", ",8", True), (",8", ",8", False), ("", ",8", True), (",8", "", False), ("", "", False)],
    ids=["worse", "as good", "not known", "theirs not known", "both not known"],
)
def test_a_position_gives_way_only_to_one_that_is_known_to_be_better(
    mine: str, theirs: str, is_less: bool
) -> None:
    case = {
        "edit": {"mine": {"position": f"{PLACE}{mine}"}, "base": {"position": None}},
        "rest": {"fields": {"position": f"41.50000,-93.62501{theirs}"}},
    }
    assert ("position_less_accurate" in rules(case)) is is_less


@pytest.mark.rule(10)
@pytest.mark.parametrize(("field", "value"), [("day", "2026-11-25"), ("sequence", "4")])
def test_a_stop_the_office_fixed_keeps_its_day_and_nothing_else(field: str, value: str) -> None:
    fields = {"day": "2026-11-24", "sequence": "3", "state": "planned"}
    case = {
        "edit": {
            "kind": "plan_stop", "act": "save", "label": "2026-11-24",
            "mine": {field: value}, "base": {field: fields[field]},
        },
        "rest": {"fields": fields, "is_pinned": True},
    }  # fmt: skip
    assert ("stop_pinned" in rules(case)) is (field == "day")


@pytest.mark.rule(15)
@pytest.mark.parametrize(("score", "rule"), [("60", "store_looks_known"), ("59", "store_is_new")])
def test_a_store_looks_known_from_the_percentage_on(score: str, rule: str) -> None:
    new = {"act": "create", "label": "New", "store": None, "mine": {"name": "New", "code": "D1-S1"}}
    twin = {"id": "store-1", "name": "Corner Shop", "why": "near", "score": score}
    assert rules({"edit": new, "rest": {"twin": twin}}) == {rule}


@pytest.mark.rule(20)
@pytest.mark.parametrize("state", ["revoked", "wiped"])
def test_what_a_handheld_sends_that_was_taken_away_is_kept(state: str) -> None:
    case: dict[str, Any] = {"change": {"device_state": state}}
    assert decide_case(case)[0] == "held"
    assert rules(case) == {"device_revoked"}


def stop(state: str, mine: dict[str, str], **rest: Any) -> WorkingEdit:
    """A stop at rest in a state, and what the rep says of it."""
    facts = world()[1]
    taken = Edit("row-1", "plan_stop", "save", "rep-1", facts.now, "store-1", mine, {})
    fields = {"day": "2026-11-24", "sequence": 1, "state": state}
    return WorkingEdit(taken, AtRest(fields, **rest), facts, PARAMS)


@pytest.mark.rule(10)
@pytest.mark.parametrize(
    ("state", "mine", "is_back"),
    [("done", "started", True), ("done", "skipped", True), ("started", "started", False),
     ("started", "done", False), ("planned", "skipped", False), ("skipped", "planned", False)],
)  # fmt: skip
def test_a_stop_goes_forward_only_once_it_is_begun(state: str, mine: str, is_back: bool) -> None:
    assert edit.is_further_on(stop(state, {"state": mine})) is is_back


@pytest.mark.rule(10)
def test_a_pinned_stop_that_was_moved_and_edited_otherwise_was_moved() -> None:
    both = stop("planned", {"day": "2026-11-25", "sequence": "9"}, is_pinned=True)
    assert edit.stop_is_pinned(both)


def test_who_asks_about_no_store_had_no_right_to_it() -> None:
    w = stop("planned", {"day": "2026-11-25"})
    w.stand_at(None)
    assert edit.rep_lacked_right_to_edit(w)


@pytest.mark.rule(14)
def test_only_a_position_can_be_less_accurate_than_one() -> None:
    facts = world()[1]
    place, worse = f"{PLACE},8", f"{PLACE},90"
    for name, less in (("position", True), ("phone", False)):
        taken = Edit("s", "store", "edit", "rep-1", facts.now, "store-1", {name: worse}, {})
        w = WorkingEdit(taken, AtRest({name: place}), facts, PARAMS)
        assert edit.position_is_less_accurate(w, w.fields[0]) is less
    taken = Edit("s", "store", "edit", "rep-1", facts.now, "store-1", {"position": "here"}, {})
    w = WorkingEdit(taken, AtRest({"position": place}), facts, PARAMS)
    assert not edit.position_is_less_accurate(w, w.fields[0])
