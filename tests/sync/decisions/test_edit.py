"""Decisions about edits: what each keeps, asks for, and of whom."""

from dataclasses import replace

import pytest

from sync.decisions import edit
from sync.decisions.shapes import ADJUSTED, HELD, NOTED, Answer
from sync.rules.all import PARAMS
from sync.subjects.edit import AtRest, Edit, Request, WorkingEdit
from tests.sync.cases import world

MOVED = {"day": "2026-11-24", "sequence": 2, "reason": "closed"}
AT_REST = {"day": "2026-11-23", "sequence": 1, "reason": None, "state": "planned"}


def working(mine: dict[str, object] | None = None, store: str = "store-1") -> WorkingEdit:
    """A stop that the rep moved, while the office had moved it too."""
    facts = world(None, {"stores": {"store-1": {"merged_into": "store-2"}}})[1]
    seen = {"day": "2026-11-22", "sequence": 5, "reason": "x", "state": "x"}
    taken = Edit("row-1", "plan_stop", "save", "rep-1", facts.now, store, mine or MOVED, seen)
    return WorkingEdit(taken, AtRest(AT_REST), facts, PARAMS)


def kept(w: WorkingEdit) -> set[str]:
    return {x.name for x in w.fields if x.is_kept}


@pytest.mark.rule(9)
def test_the_office_s_day_stands_with_its_place_and_the_rest_of_the_edit_is_taken() -> None:
    w = working()
    assert edit.move_as_office(w) == ADJUSTED
    assert kept(w) == {"day", "sequence"}


@pytest.mark.rule(9)
def test_a_move_that_was_refused_is_asked_of_the_office_and_nothing_else_is() -> None:
    w = working()
    assert edit.request_move(w) == Answer("requested")
    assert w.request == Request({"day": "2026-11-24", "sequence": 2}, "office")
    assert kept(w) == {"day", "sequence"}


@pytest.mark.rule(9)
def test_a_stop_that_is_further_on_keeps_its_state_day_and_place() -> None:
    w = working({**MOVED, "state": "skipped"})
    assert edit.stay_further_on(w) == NOTED
    assert kept(w) == {"day", "sequence", "state"}


def test_an_edit_that_is_not_the_rep_s_to_make_is_asked_of_the_office_as_a_whole() -> None:
    w = working()
    assert edit.request_all(w) == Answer("requested")
    assert w.request == Request(MOVED, "office")
    assert kept(w) == set(MOVED)


def test_one_field_is_asked_of_the_office_or_offered_to_the_rep() -> None:
    w = working({"reason": "closed"})
    x = w.fields[0]
    assert edit.take_mine_offer_theirs(w, x) == Answer("offered")
    assert (x.is_kept, x.request) == (False, Request({"reason": None}, "rep"))
    assert edit.request_mine(w, x) == Answer("requested")
    assert (x.is_kept, x.request) == (True, Request({"reason": "closed"}, "office"))


def test_an_edit_of_a_merged_store_goes_to_its_survivor_by_name() -> None:
    w = working()
    w.facts.stores["store-1"] = replace(w.facts.stores["store-1"], status="merged")
    w.stand_at(w.facts.stores["store-1"])
    assert edit.follow_survivor(w) == Answer("adjusted", {"survivor": "Corner Shop New"})
    assert w.store is w.facts.stores["store-2"]
    w = working(store="store-9")
    assert edit.follow_survivor(w) == HELD
