"""Conditions of receipts at their edges."""

import pytest

from tests.sync.money_cases import decide_case


@pytest.mark.rule(11)
@pytest.mark.parametrize(("minor", "is_told"), [("1", True), ("0", False)])
def test_an_item_nothing_was_meant_for_needs_not_be_known(minor: str, is_told: bool) -> None:
    found = decide_case({"collection": {"allocation": [["NO-SUCH", minor]]}})
    assert ("item_unknown" in {one.rule for one in found.conflicts}) is is_told
