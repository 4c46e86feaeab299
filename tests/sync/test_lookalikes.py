"""Whether two stores are one: what speaks for it, and what holds for any two."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.lookalikes import Door, compare, distance_m, most_alike, same_name
from sync.rules.all import PARAMS

HERE = Door("a", "Nick's Deli", 41.58690, -93.62501, "515-555-0102", "42-0099")
LIKELY = PARAMS["store_looks_known"]["percent"]


@pytest.mark.rule(15)
@pytest.mark.parametrize(
    ("other", "why"),
    [
        (Door("b", "Something else", None, None, "+1 (515) 555 0102"), "same telephone"),
        (Door("b", "Something else", tax_id="42 0099"), "same tax number"),
        (Door("b", "NICKS DELI", 41.58700, -93.62510), "13 m away, similar name"),
        (Door("b", "Deli Nick's", 41.58690, -93.62501), "0 m away, same name"),
    ],
)
def test_what_is_likely_the_same_is_named_with_why(other: Door, why: str) -> None:
    found = compare(HERE, other)
    assert found.score >= LIKELY
    assert found.why == why


@pytest.mark.rule(15)
@pytest.mark.parametrize(
    "other",
    [
        Door("b", "Nick's Deli"),  # a chain has the name in every town
        Door("b", "Nick's Deli", 41.70, -93.62),  # and this one is 12 km away
        Door("b", "Shoes and more", 41.58690, -93.62510),  # the next door
        Door("b", "Corner Shop", 41.9, -93.0, "515-555-0199", "1"),
        Door("b", "Corner Shop", phone="0102"),  # too few digits to mean anything
        Door("b", ""),
    ],
)
def test_what_is_only_a_little_like_it_is_another_store(other: Door) -> None:
    assert compare(HERE, other).score < LIKELY


def test_distances_are_those_of_a_sphere() -> None:
    east = replace(HERE, id="b", lon_deg=HERE.lon_deg + 0.001)  # type: ignore[operator]
    assert distance_m(HERE, east) == pytest.approx(83.2, abs=0.2)
    assert distance_m(HERE, Door("b", "x")) is None
    assert distance_m(Door("a", "x", 0, 0), Door("b", "x", 0, 180)) == pytest.approx(20_015_087, 1)


def test_names_are_compared_whatever_their_case_marks_and_order() -> None:
    assert same_name("Café Zoë", "ZOE'S CAFE") > 80
    assert same_name("Acme Foods Ltd.", "foods acme ltd") == 100
    assert same_name("街角小店", "街角小店") == 100
    assert same_name("街角小店", "城东超市") < 40
    assert same_name("...", "!!!") == 0


names = st.text(st.sampled_from("abcdé '. 小店"), max_size=12)
places = st.one_of(st.none(), st.floats(41.58, 41.60))
doors = st.builds(
    lambda name, lat, phone, tax: Door("x", name, lat, None if lat is None else -93.6, phone, tax),
    names,
    places,
    st.one_of(st.none(), st.sampled_from(("515-555-0102", "5550102", "1"))),
    st.one_of(st.none(), st.sampled_from(("42", "4-2", "43"))),
)


@given(doors, doors)
def test_two_stores_are_as_alike_as_the_other_way_round(one: Door, other: Door) -> None:
    there, back = compare(one, other), compare(other, one)
    assert (there.score, there.why) == (back.score, back.why)
    assert 0 <= there.score <= 100
    assert bool(there.score) == bool(there.why)


@given(doors)
def test_a_store_with_a_place_and_a_name_is_surely_itself(one: Door) -> None:
    if one.lat_deg is not None and same_name(one.name, one.name):
        assert compare(one, replace(one, id="y")).score >= LIKELY


@given(doors, st.lists(doors, max_size=6))
def test_the_most_alike_does_not_depend_on_the_order_they_come_in(
    one: Door, others: list[Door]
) -> None:
    named = [replace(other, id=f"s{n}") for n, other in enumerate(others)]
    found = most_alike(replace(one, id="new"), named)
    assert most_alike(replace(one, id="new"), reversed(named)) == found
    scores = [compare(one, other).score for other in named]
    assert (found.score if found else 0) == max(scores, default=0)
