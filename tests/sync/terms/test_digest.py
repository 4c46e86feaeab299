"""Digests: the cases of the contract, and what must hold for any rows."""

import json
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.terms.digest import (
    DIGITS,
    MODULUS,
    NOTHING,
    Digest,
    canonical,
    key_digits,
    read_digest,
    row_hash,
)
from tests.sync.terms.played import cases, play


def digest_of(hashes: Iterable[int]) -> Digest:
    """The digest of rows with these hashes, as both sides sum it."""
    return sum((Digest(1, one) for one in hashes), start=NOTHING)


ASKS = {
    "canonical": lambda g: canonical(msgspec.json.decode(g["json"])).decode(),
    "row_hash": lambda g: f"{row_hash(g['kind'], msgspec.json.decode(g['row'])):016x}",
    "key_digits": lambda g: key_digits(g["kind"], g["id"]),
    "digest": lambda g: digest_of(int(one, 16) for one in g["hashes"]).spelled(),
}
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=5)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
rows = st.tuples(st.sampled_from(["stock", "price"]), st.lists(values, max_size=4))
hashes = st.integers(0, MODULUS - 1)


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is 1.0, but no true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


@pytest.mark.parametrize("case", cases("digest"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, ASKS)


@given(values, values)
def test_two_values_are_spelled_alike_just_if_they_are_equal(one: Any, other: Any) -> None:
    assert (canonical(one) == canonical(other)) == same(one, other)


@given(values)
def test_the_spelling_is_json_of_the_same_value_and_spelled_so_again(value: Any) -> None:
    spelled = canonical(value)
    assert same(json.loads(spelled, parse_int=float_or_int), value)
    assert canonical(msgspec.json.decode(spelled)) == spelled
    assert canonical(msgspec.json.decode(json.dumps(value, indent=1))) == spelled
    assert canonical(upside_down(value)) == spelled


def float_or_int(text: str) -> float | int:
    """Beyond 2^53 whole numbers are doubles, as they came."""
    return int(text) if abs(int(text)) <= 2**53 else float(text)


def upside_down(value: Any) -> Any:
    """The same with the keys of every object in another order."""
    if isinstance(value, dict):
        return {key: upside_down(value[key]) for key in reversed(value)}
    return [upside_down(one) for one in value] if isinstance(value, list) else value


@given(st.lists(rows, max_size=6), st.lists(rows, max_size=6))
def test_digests_are_equal_just_if_the_rows_are(
    mine: list[tuple[str, list[Any]]], theirs: list[tuple[str, list[Any]]]
) -> None:
    one, other = ([row_hash(*row) for row in side] for side in (mine, theirs))
    spelled = [sorted(canonical([*row]) for row in side) for side in (mine, theirs)]
    assert (digest_of(one) == digest_of(other)) == (spelled[0] == spelled[1])


@given(st.lists(hashes), st.lists(hashes))
def test_digests_of_parts_add_up_in_any_order(one: list[int], other: list[int]) -> None:
    whole = digest_of([*one, *other])
    assert digest_of(one) + digest_of(other) == whole == digest_of([*other, *reversed(one)])
    assert read_digest(whole.spelled()) == whole
    assert whole + NOTHING == whole
    assert (digest_of([*one, 7]) == digest_of(one)) is False


@given(st.lists(hashes, min_size=1), hashes)
def test_one_row_more_or_other_is_another_digest(some: list[int], other: int) -> None:
    changed = digest_of([*some[1:], other])
    assert (changed == digest_of(some)) == (other == some[0])


@given(texts)
def test_a_row_lies_in_just_one_of_sixteen_parts(id: str) -> None:
    digits = key_digits("stock", id)
    assert len(digits) == 8
    assert set(digits) <= set(DIGITS)
    assert sum(digits.startswith(digit) for digit in DIGITS) == 1


def test_a_digest_that_is_none_is_refused() -> None:
    for text in ("", "1", "x:00", "1:zz", ":"):
        with pytest.raises(ValueError, match="invalid literal"):
            read_digest(text)
    assert read_digest("1:ffffffffffffffff") == Digest(1, MODULUS - 1)
