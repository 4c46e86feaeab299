"""Rules about edits, facts and changes by their examples, and what holds for any edits at all."""

import json
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sync.asking.edits import decide_edit
from sync.facts import Facts, Grant, StoreFacts
from sync.owners import OWNERS, POSITION
from sync.rules.field import OF_EDITS
from sync.subjects.edit import AtRest, Edit, EditDecision
from tests.sync.cases import case_files, read
from tests.sync.edit_cases import decide_case

FILES = case_files("edits")
CASES = [case for path in FILES for case in json.loads(path.read_text(encoding="utf-8"))["cases"]]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def missing_examples(cases: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Answers of rules that no example shows."""
    shown = {
        (conflict["rule"], conflict["decision"])
        for case in cases
        for conflict in case["expect"].get("conflicts", ())
    }
    rows = [row for kind in OF_EDITS.values() for rows in kind.values() for row in rows]
    return {(row.name, answer) for row in rows for answer in row.answers} - shown


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_an_example_comes_true(case: dict[str, Any]) -> None:
    assert decide_case(case)[2] == case["expect"], case["says"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_example_files_are_valid_and_speak_of_their_rule(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator(read("edits/_schema.json")).validate(content)
    assert content["rule"] == path.stem
    assert all(case["id"].startswith(f"{path.stem}.") for case in content["cases"])
    speaks = {c["rule"] for case in content["cases"] for c in case["expect"].get("conflicts", ())}
    assert path.stem in speaks or path.stem == "untouched"


def test_every_answer_of_every_rule_has_an_example() -> None:
    assert missing_examples(CASES) == set()


def test_a_missing_example_is_noticed() -> None:
    left = [case for case in CASES if case["id"] != "card_locked.refused"]
    assert missing_examples(left) == {("card_locked", "refuse_edit")}


# --- any edits -------------------------------------------------------------------------------

STORE_FIELDS = sorted(OWNERS["store"].keys() - {POSITION})
values = st.sampled_from((None, "a", "b", "c"))


def facts() -> Facts:
    """Two reps who carry one store."""
    store = StoreFacts("store-1", "1042", "Corner Shop", "active", "UTC")
    always = (Grant(datetime(2026, 1, 1, tzinfo=UTC)),)
    return Facts(
        NOW,
        stores={"store-1": store},
        grants={(rep, "store-1"): always for rep in ("rep-1", "rep-2")},
    )


def edit_of(mine: dict[str, Any], base: dict[str, Any], rep: str = "rep-1") -> Edit:
    return Edit("row-1", "store", "edit", rep, NOW, "store-1", mine, base, "Corner Shop")


rows = st.fixed_dictionaries(dict.fromkeys(STORE_FIELDS, values))
some_fields = st.dictionaries(st.sampled_from(STORE_FIELDS), values, min_size=1)


@given(rows, rows, some_fields)
def test_nothing_of_an_edit_is_ever_lost(
    base: dict[str, Any], rest: dict[str, Any], mine: dict[str, Any]
) -> None:
    """Every field edited stands, is asked for, or is so already; and every value that somebody
    else had put there meanwhile is still there, is asked for, or is told to have given way."""
    edit = edit_of(mine, {name: base[name] for name in mine})
    decision = decide_edit(edit, AtRest(rest), facts())
    stands = rest | decision.stands
    asked = [request.fields for _, request in decision.conflicts if request is not None]
    for name, value in mine.items():
        was_edited = value != base[name]
        assert not was_edited or stands[name] == value or {name: value} in asked, name
    for name, value in rest.items():
        by_others = value != base[name]
        kept = stands[name] == value or decision.gave_way.get(name) == value
        assert not by_others or kept, name
    told = {conflict.field for conflict, _ in decision.conflicts}
    assert set(decision.gave_way) <= told, "what gives way is told"


@given(rows, some_fields)
def test_a_field_that_was_not_edited_is_never_written(
    rest: dict[str, Any], mine: dict[str, Any]
) -> None:
    decision = decide_edit(edit_of(mine, mine), AtRest(rest), facts())
    assert (decision.stands, decision.conflicts, decision.outcome) == ({}, [], "applied")


@given(rows, rows, some_fields)
def test_deciding_again_what_was_written_changes_nothing(
    base: dict[str, Any], rest: dict[str, Any], mine: dict[str, Any]
) -> None:
    edit = edit_of(mine, {name: base[name] for name in mine})
    first = decide_edit(edit, AtRest(rest), facts())
    again = decide_edit(edit, AtRest(rest | first.stands), facts())
    assert again.stands == {}


@given(rows, rows, some_fields)
def test_how_fields_are_listed_makes_no_difference(
    base: dict[str, Any], rest: dict[str, Any], mine: dict[str, Any]
) -> None:
    seen = {name: base[name] for name in mine}
    turned = dict(reversed(mine.items()))
    first = decide_edit(edit_of(mine, seen), AtRest(rest), facts())
    assert decide_edit(edit_of(turned, seen), AtRest(rest), facts()) == first


@given(rows, rows, some_fields)
def test_a_field_is_answered_the_same_whatever_else_was_edited(
    base: dict[str, Any], rest: dict[str, Any], mine: dict[str, Any]
) -> None:
    """Fields are independent questions: alone or together, each ends the same."""

    def said(decision: EditDecision) -> set[tuple[str, str, Any]]:
        return {(c.rule, c.decision, c.field) for c, _ in decision.conflicts}

    whole = decide_edit(edit_of(mine, {n: base[n] for n in mine}), AtRest(rest), facts())
    stands: dict[str, Any] = {}
    told: set[tuple[str, str, Any]] = set()
    for name in mine:
        one = decide_edit(edit_of({name: mine[name]}, {name: base[name]}), AtRest(rest), facts())
        stands |= one.stands
        told |= said(one)
    assert (whole.stands, said(whole)) == (stands, told)


def arrive(base: dict[str, Any], edits: tuple[Edit, ...]) -> tuple[dict[str, Any], set[str]]:
    """The row after these edits of reps who all saw `base`, and every value that was asked for
    or gave way on the way."""
    row, elsewhere = dict(base), set()
    for edit in edits:
        decision = decide_edit(edit, AtRest(dict(row)), facts())
        row |= decision.stands
        for _, request in decision.conflicts:
            if request is not None:
                elsewhere |= {f"{name}={value}" for name, value in request.fields.items()}
        elsewhere |= {f"{name}={value}" for name, value in decision.gave_way.items()}
    return row, elsewhere


@pytest.mark.rule(14)
@pytest.mark.rule(23)
@given(rows, some_fields, some_fields)
def test_two_devices_edit_one_row_and_each_order_of_arrival_ends_as_documented(
    base: dict[str, Any], one: dict[str, Any], two: dict[str, Any]
) -> None:
    """Fields only one of them edited end the same in either order. Of a field both edited: the
    rep's own holds what arrived last, a shared one what arrived first, the office's what it had;
    and what does not stand is asked for or told."""
    edits = (
        edit_of(one, {name: base[name] for name in one}, "rep-1"),
        edit_of(two, {name: base[name] for name in two}, "rep-2"),
    )
    ends = [arrive(base, order) for order in permutations(edits)]
    for (row, elsewhere), (first, last) in zip(ends, ((one, two), (two, one)), strict=True):
        for name in STORE_FIELDS:
            wanted = [
                mine[name] for mine in (first, last) if name in mine and mine[name] != base[name]
            ]
            owner = OWNERS["store"][name].owner
            if owner == "office" or not wanted:
                expected = base[name]
            else:
                expected = wanted[-1] if owner == "rep" else wanted[0]
            assert row[name] == expected, (name, owner)
            assert all(v == row[name] or f"{name}={v}" in elsewhere for v in wanted), name


# --- the plan --------------------------------------------------------------------------------

days = st.dates(date(2026, 11, 16), date(2026, 12, 13)).map(str)
states = st.sampled_from(("planned", "skipped", "started", "done"))
stops = st.fixed_dictionaries({"day": days, "sequence": st.integers(1, 5), "state": states})


@pytest.mark.rule(10)
@given(stops, stops, stops, st.booleans())
def test_what_was_begun_never_goes_back_and_is_never_deleted(
    base: dict[str, Any], rest: dict[str, Any], mine: dict[str, Any], pinned: bool
) -> None:
    edit = Edit("row-1", "plan_stop", "save", "rep-1", NOW, "store-1", mine, base)
    forward = ("planned", "skipped", "started", "done").index
    there = AtRest(rest, is_pinned=pinned)
    state = (rest | decide_edit(edit, there, facts()).stands)["state"]
    if rest["state"] in ("started", "done"):
        assert forward(state) >= forward(rest["state"])
    if mine["state"] in ("started", "done") and mine["state"] != base["state"]:
        assert forward(state) >= forward(mine["state"])
        gone = decide_edit(edit, AtRest(gone=True), facts())
        assert gone.stands["state"] == mine["state"]
