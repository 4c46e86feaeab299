"""Where lines stand follows from what was said, not from the order in which it was heard."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import life
from sync.delivery.standing import Asked, Stand, Word, rank_of, stand

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
units = st.integers(0, 20)
some = st.one_of(st.none(), units)


@st.composite
def asked(draw: Any) -> Asked:
    ordered = draw(st.integers(0, 20))
    confirmed = draw(st.integers(0, ordered))
    backordered = draw(st.integers(0, ordered - confirmed))
    kept, net = draw(st.integers(0, confirmed)), draw(st.integers(0, 10_000))
    cut = "no_stock" if confirmed + backordered < ordered else None
    return Asked(ordered, confirmed, backordered, kept, net, draw(st.integers(0, net)), cut)


@st.composite
def words(draw: Any) -> Word:
    told = {
        n: {"allocated": draw(some), "shipped": draw(some), "delivered": draw(some),
            "reason": draw(st.sampled_from(("", "damaged", "lost")))}
        for n in draw(st.sets(st.integers(1, 3), max_size=3))
    }  # fmt: skip
    going = sorted(set(life.WORDS) - {"cancelled", "rejected"})
    at = AT + timedelta(minutes=draw(st.integers(0, 9)))
    return Word(draw(st.sampled_from(going)), at, f"e-{draw(st.integers(0, 10**9))}", told)


lines = st.dictionaries(st.integers(1, 3), asked(), min_size=1, max_size=3)
said = st.lists(words(), max_size=6, unique_by=lambda word: word.id)


@given(lines, said, st.integers(0, 2**20))
def test_the_order_in_which_words_are_heard_makes_no_difference(
    base: dict[int, Asked], heard: list[Word], seed: int
) -> None:
    luck = Random(seed)
    again = heard + luck.sample(heard, len(heard) // 2)
    luck.shuffle(again)
    assert stand(base, again) == stand(base, heard)


@given(lines, said)
def test_every_part_of_a_line_adds_up_whatever_is_said(
    base: dict[int, Asked], heard: list[Word]
) -> None:
    for n, now in stand(base, heard).items():
        assert now.confirmed + now.backordered + now.cut == base[n].ordered
        assert min(now.confirmed, now.backordered, now.cut, now.reserved) >= 0
        assert now.delivered <= now.shipped <= now.confirmed or now.shipped == 0
        assert now.reserved <= min(now.confirmed, base[n].kept)
        assert (now.cut_reason is not None) >= (now.cut > 0)


@given(lines)
def test_a_line_of_which_nothing_was_said_stands_as_it_was_asked(base: dict[int, Asked]) -> None:
    for n, now in stand(base, []).items():
        one = base[n]
        assert (now.confirmed, now.backordered) == (one.confirmed, one.backordered)
        assert (now.net_minor, now.discount_minor) == (one.net_minor, one.discount_minor)
        assert (now.reserved, now.shipped, now.delivered) == (one.kept, 0, 0)


def after(base: Asked, *told: tuple[str, dict[str, Any]]) -> Stand:
    heard = [
        Word(status, AT + timedelta(minutes=n), f"e-{n}", {1: line} if line else {})
        for n, (status, line) in enumerate(told)
    ]
    return stand({1: base}, heard)[1]


TWELVE = Asked(12, 12, 0, 12, 3000, 0, None)
TEN_AND_TWO = Asked(12, 10, 2, 10, 3000, 0, None)


@pytest.mark.parametrize(
    ("base", "told", "quantities", "net_minor"),
    [
        (TWELVE, [("allocated", {"allocated": 8})], (8, 0, 4, 0, 0), 2000),
        (TEN_AND_TWO, [("allocated", {"allocated": 8})], (8, 2, 2, 0, 0), 2500),
        (TEN_AND_TWO, [("allocated", {"allocated": 12})], (12, 0, 0, 0, 0), 3000),
        (TWELVE, [("dispatched", {})], (12, 0, 0, 12, 0), 3000),
        (TWELVE, [("dispatched", {"shipped": 9})], (12, 0, 0, 9, 0), 3000),
        (TEN_AND_TWO, [("dispatched", {"shipped": 11})], (11, 1, 0, 11, 0), 3000),
        (TWELVE, [("delivered", {})], (12, 0, 0, 12, 12), 3000),
        (TWELVE, [("dispatched", {"shipped": 9}), ("delivered", {})], (9, 0, 3, 9, 9), 2250),
        (TWELVE, [("part_delivered", {"delivered": 7})], (12, 0, 0, 12, 7), 1750),
        (TWELVE, [("refused", {})], (12, 0, 0, 12, 0), 0),
        (TEN_AND_TWO, [("delivered", {})], (10, 2, 0, 10, 10), 3000),
        (TEN_AND_TWO, [("invoiced", {})], (10, 0, 2, 10, 10), 2500),
        (TWELVE, [("allocated", {"allocated": 99})], (12, 0, 0, 0, 0), 3000),
    ],
)
def test_what_is_said_of_a_line_and_what_it_comes_to(
    base: Asked, told: list[tuple[str, dict[str, Any]]], quantities: tuple[int, ...], net_minor: int
) -> None:
    now = after(base, *told)
    stands = (now.confirmed, now.backordered, now.cut, now.shipped, now.delivered)
    assert (stands, now.net_minor) == (quantities, net_minor)


def test_the_reason_of_a_cut_is_that_of_the_allocation_not_of_the_door() -> None:
    now = after(
        TWELVE, ("short", {"allocated": 8, "reason": "damaged"}),
        ("part_delivered", {"delivered": 7, "reason": "broken"}),
    )  # fmt: skip
    assert now.cut_reason == "damaged"


def test_words_are_as_far_as_the_state_they_lead_to() -> None:
    assert rank_of("short") == rank_of("allocated") < rank_of("picking") < rank_of("refused")
    assert rank_of("closed") == rank_of("invoiced")
