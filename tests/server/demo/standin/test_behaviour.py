"""The dice of the stand-in are fair and repeatable, and its sums add up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.demo.standin.behaviour import Act, Behaviour, allocate


def test_the_same_seed_throws_the_same_dice_whatever_the_order() -> None:
    behaviour = Behaviour(timeout_p=0.3, fail_p=0.3, seed=5)
    asked = [(f"delivery-{n}", attempt) for n in range(50) for attempt in (1, 2)]
    there = {one: behaviour.act(*one) for one in asked}
    back = {one: behaviour.act(*one) for one in reversed(asked)}
    assert there == back
    other = Behaviour(timeout_p=0.3, fail_p=0.3, seed=6)
    assert [other.act(*one) for one in asked] != list(there.values())


def test_one_in_ten_is_about_one_in_ten() -> None:
    behaviour = Behaviour(timeout_p=0.1, fail_p=0.1)
    acts = [behaviour.act(f"d-{n}", 1) for n in range(5000)]
    assert 400 < acts.count(Act.FAIL) < 600
    assert 350 < acts.count(Act.TAKE_AND_STALL) < 550


@pytest.mark.parametrize(
    ("behaviour", "acts"),
    [
        (Behaviour(), [Act.TAKE, Act.TAKE]),
        (Behaviour(refuse="no"), [Act.REFUSE, Act.REFUSE]),
        (Behaviour(fail_first=1), [Act.FAIL, Act.TAKE]),
        (Behaviour(rate_limit_first=1, fail_first=2), [Act.RATE_LIMIT, Act.FAIL, Act.TAKE]),
        (Behaviour(timeout_first=1), [Act.TAKE_AND_STALL, Act.TAKE]),
        (Behaviour(timeout_first=1, timeout_how="cut"), [Act.TAKE_AND_CUT, Act.TAKE]),
        (Behaviour(lie="html", lie_first=1), [Act.LIE, Act.TAKE]),
        (Behaviour(lie="html", lie_p=0.0), [Act.TAKE, Act.TAKE]),
    ],
)
def test_each_setting_shows_in_the_attempts_it_is_meant_for(
    behaviour: Behaviour, acts: list[Act]
) -> None:
    assert [behaviour.act("d", attempt) for attempt in range(1, len(acts) + 1)] == acts


def test_a_wish_of_the_wrong_type_is_named() -> None:
    with pytest.raises(ValueError, match="look_up takes bool"):
        Behaviour().changed({"look_up": 1})
    assert Behaviour().changed({"delay_s": 2}).delay_s == 2


lines = st.lists(
    st.fixed_dictionaries(
        {"product": st.sampled_from(["a", "b", "c"]), "quantity": st.integers(0, 50)}
    ),
    max_size=8,
)


@given(lines, st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 60)), st.booleans())
def test_allocated_backordered_and_cut_add_up_and_never_exceed_the_stock(
    asked: list[dict[str, Any]], stock: dict[str, int], cut: bool
) -> None:
    numbered = [{"n": n, **line} for n, line in enumerate(asked, 1)]
    left = dict(stock)
    behaviour = Behaviour(short_as="cut" if cut else "backorder", refuse_products=["c"])
    answered = allocate(numbered, left, behaviour)
    for line in answered:
        parts = (line["allocated"], line["backordered"], line["cut"])
        assert sum(parts) == line["quantity"]
        assert min(parts) >= 0
        if line["product"] != "c":
            assert bool(line["reason"]) == (line["allocated"] < line["quantity"])
    for product, units in stock.items():
        given_away = sum(one["allocated"] for one in answered if one["product"] == product)
        assert left[product] == units - given_away >= 0
