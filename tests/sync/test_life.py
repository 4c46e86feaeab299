"""The table of an order's life: whole, without dead ends, and nothing outside of it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.tables.field import ORDER_STATES
from sync import life
from sync.sentences.figures import STYLES

ON_THE_DEVICE = {"draft", "submitted"}
PAIRS = [(state, event) for state in life.STATES for event in life.EVENTS]
LATE = [name for name, state in life.STATES.items() if state.rank >= life.rank("picking")]


def test_the_database_knows_the_same_states() -> None:
    assert set(ORDER_STATES) == set(life.STATES) - ON_THE_DEVICE


def test_every_row_is_of_a_known_state_and_event_and_none_is_there_twice() -> None:
    for row in life.MOVES:
        assert {row.start, row.end} <= life.STATES.keys()
        assert row.event in life.EVENTS
        assert row.who
    assert len({(row.start, row.event) for row in life.MOVES}) == len(life.MOVES)
    assert {row.event for row in life.MOVES} == life.EVENTS.keys()


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_an_event_leads_where_the_table_says_or_cannot_happen(state: str, event: str) -> None:
    rows = [row for row in life.MOVES if (row.start, row.event) == (state, event)]
    assert life.can(state, event) == bool(rows)
    if rows:
        assert life.after(state, event) == rows[0].end
        for who in ("rep", "office", "delivery", "job"):
            assert life.can(state, event, who) == (who in rows[0].who)  # type: ignore[arg-type]
    else:
        with pytest.raises(life.NoSuchMove):
            life.after(state, event)


def test_every_state_is_reached_from_a_draft_and_every_order_can_end() -> None:
    reached, ahead = set(), ["draft"]
    while ahead:
        state = ahead.pop()
        reached.add(state)
        ahead += [row.end for row in life.MOVES if row.start == state and row.end not in reached]
    assert reached == set(life.STATES)
    ends = {"closed", *life.EXITS}
    for start in life.STATES:
        seen, ahead = set(), [start]
        while ahead:
            state = ahead.pop()
            seen.add(state)
            ahead += [row.end for row in life.MOVES if row.start == state and row.end not in seen]
        assert seen & ends, start


def test_nothing_leaves_an_end_but_a_return() -> None:
    leaving = [(row.start, row.end) for row in life.MOVES if row.start in {"closed", *life.EXITS}]
    assert leaving == [("closed", "returned")]


def test_no_move_goes_back_but_to_be_decided_again() -> None:
    for row in life.MOVES:
        back = life.rank(row.end) < life.rank(row.start)
        assert not back or (row.end == "received" and row.event in ("release", "revise")), row


@pytest.mark.parametrize("state", LATE)
def test_what_is_being_picked_is_neither_edited_nor_cancelled(state: str) -> None:
    assert life.editable(state) == "never"
    for event in ("revise", "ask", "change", "cancel", "reject"):
        assert not life.can(state, event)


def test_an_edit_is_free_where_it_is_decided_again_and_asked_for_where_it_is_asked_for() -> None:
    for name, state in life.STATES.items():
        if name in ON_THE_DEVICE | {"received"}:
            continue  # never seen at rest
        assert (state.editable == "freely") == life.can(name, "revise", "rep"), name
        assert (state.editable == "by request") == life.can(name, "ask", "rep"), name


def test_stock_and_credit_are_given_back_by_every_way_to_a_state_that_keeps_none() -> None:
    """Walk every way: what was taken is kept until a row gives it back, and an end has nothing."""
    seen: set[tuple[str, bool, bool]] = set()
    ahead = [("draft", False, False)]
    while ahead:
        here = ahead.pop()
        if here in seen:
            continue
        seen.add(here)
        state, stock, credit = here
        if state in life.EXITS or state == "draft":
            assert (stock, credit) == (False, False), state
        for row in life.MOVES:
            if row.start == state and not (row.event == "close" and (stock or credit)):
                ahead.append((row.end, _kept(stock, row.stock), _kept(credit, row.credit)))
    assert {state for state, *_ in seen} == set(life.STATES)


def _kept(kept: bool, does: life.Keep) -> bool:
    return {"take": True, "give_back": False}.get(does, kept)


def test_every_word_of_a_delivery_system_is_an_event_of_its_own() -> None:
    for word, event in life.WORDS.items():
        assert any(row.event == event and "delivery" in row.who for row in life.MOVES), word
        assert life.end_of(word) in life.STATES


@given(st.sampled_from(sorted(life.STATES)), st.sampled_from(sorted(life.WORDS)))
def test_a_jump_follows_the_way_in_between(state: str, word: str) -> None:
    way = life.path(state, life.WORDS[word])
    if way is None:
        early = life.rank(state) < life.rank("accepted")
        late = life.rank(state) >= life.rank("picking")
        assert early or late or life.rank(life.end_of(word)) <= life.rank(state)
        return
    assert way[0].start == state
    assert way[-1].event == life.WORDS[word]
    for one, following in pairwise(way):
        assert one.end == following.start
    assert all("delivery" in row.who for row in way)


def test_an_acknowledged_order_that_has_left_was_allocated_and_picked() -> None:
    way = life.path("acknowledged", "dispatch")
    assert way is not None
    assert [row.end for row in way] == ["allocated", "picking", "dispatched"]
    assert life.path("dispatched", "pick") is None


def test_an_event_of_one_end_names_it_and_others_refuse() -> None:
    assert life.end("send") == "sent"
    with pytest.raises(life.NoSuchMove):
        life.end("settle_stock")


def test_states_read_the_same_in_the_handhelds_chinese() -> None:
    codes = STYLES["zh"].codes
    for name, state in life.STATES.items():
        assert codes.get(name, state.chinese) == state.chinese, name


def test_the_manuals_table_and_diagram_hold_every_row() -> None:
    lines = life.table().splitlines()
    assert len(lines) == len(life.MOVES) + 2
    assert all(line.count("|") == lines[0].count("|") for line in lines)
    drawn = life.diagram()
    for row in life.MOVES:
        if row.start != row.end:
            assert f"    {row.start} --> {row.end}: " in drawn
