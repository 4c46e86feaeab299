"""What becomes of an edit of an order: the examples come true, and every answer has one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import life
from sync.asking.order_edits import decide_order_edit
from sync.decisions.order_edit import ask_delivery_system
from sync.rules.order_edits import ORDER_EDIT
from sync.subjects.order_edit import OrderAtRest, OrderEdit
from tests.sync.cases import world
from tests.sync.order_edit_cases import CASES, decide_case, told

_, FACTS = world()
AT = FACTS.now
states = st.sampled_from(
    [name for name in life.STATES if name not in ("draft", "submitted", "received")]
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_example_comes_true(case: dict[str, Any]) -> None:
    assert told(decide_case(case)) == case["expect"]


def test_every_answer_of_every_rule_has_an_example() -> None:
    shown = {(one.rule, one.decision) for case in CASES for one in decide_case(case).conflicts}
    named = {
        (row.name, name) for rows in ORDER_EDIT.values() for row in rows for name in row.answers
    }
    assert shown == named


@given(states, st.booleans(), st.sampled_from(["revise", "cancel"]), st.booleans())
def test_an_edit_goes_the_way_its_orders_state_allows(
    state: str, out: bool, act: str, doubtful: bool
) -> None:
    rest = OrderAtRest("D1-1", "rep-1", state, 1, out, None, {"p": 3}, doubtful)
    edit = OrderEdit("order-1", "store-1", "rep-1", act, AT, 1, {"p": 4})  # type: ignore[arg-type]
    way = decide_order_edit(edit, rest, FACTS).way
    said = life.editable(state)
    if state in ("cancelled", "rejected"):
        assert way == ("refused" if act == "revise" else "done")
    elif said == "never":
        assert way == "refused"
    elif said == "by request" or out:
        assert way == ("office" if doubtful else "asked")
    else:
        assert way == "done"


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 9)),
       st.dictionaries(st.sampled_from("abc"), st.integers(0, 9)))  # fmt: skip
def test_what_is_more_and_what_is_less_is_the_whole_difference(
    mine: dict[str, int], theirs: dict[str, int]
) -> None:
    edit = OrderEdit("order-1", "store-1", "rep-1", "revise", AT, 1, mine)
    rest = OrderAtRest("D1-1", "rep-1", "picking", 1, True, None, theirs)
    figures = decide_order_edit(edit, rest, FACTS).conflicts[0].arguments
    more, less = figures["more"], figures["less"]
    assert isinstance(more, int)
    assert isinstance(less, int)
    assert more - less == sum(mine.values()) - sum(theirs.values())
    assert min(more, less) >= 0


def test_the_delivery_system_is_asked_unless_the_office_wants_to_look_first() -> None:
    rule = ORDER_EDIT["sent"][0]
    assert rule.then is ask_delivery_system
    assert set(rule.answers) == {"ask_delivery_system", "ask_office", "refuse_edit"}
