"""Conditions of receipts at their edges."""

import pytest

from tests.sync.money_cases import decide_case


@pytest.mark.rule(11)
@pytest.mark.parametrize(("minor", "is_told"), [("1", True), ("0", False)])
def test_an_item_nothing_was_meant_for_needs_not_be_known(minor: str, is_told: bool) -> None:
    found = decide_case({"collection": {"allocation": [["NO-SUCH", minor]]}})
    assert ("item_unknown" in {one.rule for one in found.conflicts}) is is_told


@pytest.mark.rule(11)
@pytest.mark.parametrize(("minor", "is_told"), [("1", False), ("0", True), ("-1", True)])
def test_a_single_cent_is_money(minor: str, is_told: bool) -> None:
    found = decide_case({"collection": {"amount_minor": minor, "allocation": []}})
    assert ("collection_not_positive" in {one.rule for one in found.conflicts}) is is_told


@pytest.mark.rule(11)
@pytest.mark.parametrize(("minor", "is_told"), [("1", True), ("0", False)])
def test_a_cleared_item_is_told_to_who_meant_a_cent_for_it(minor: str, is_told: bool) -> None:
    known = {"items": {"PAID": {"due_on": "2026-11-01", "open_minor": "0"}}}
    found = decide_case({"collection": {"allocation": [["PAID", minor]]}, "known": known})
    assert ("item_cleared" in {one.rule for one in found.conflicts}) is is_told
