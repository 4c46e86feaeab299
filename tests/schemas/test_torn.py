"""Cutting damaged JSON into parts: what pairs up is found, what does not is refused, all fast."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.torn import Torn, elements, members

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text()
VALUES = st.recursive(LEAVES, lambda v: st.lists(v) | st.dictionaries(st.text(), v), max_leaves=20)
LAYOUTS = st.sampled_from([None, 0, 3])


@given(st.dictionaries(st.text(), VALUES), LAYOUTS, st.booleans())
def test_an_object_is_cut_into_the_members_a_decoder_would_find(
    document: dict[str, object], indent: int | None, escaped: bool
) -> None:
    raw = json.dumps(document, indent=indent, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    found = [(json.loads(b'"%s"' % key), value) for key, value in members(b" " + raw + b"\n")]
    assert [key for key, _ in found] == list(document)
    assert repr([json.loads(value) for _, value in found]) == repr(list(document.values()))


@given(st.lists(VALUES), LAYOUTS)
def test_a_list_is_cut_into_the_elements_a_decoder_would_find(
    document: list[object], indent: int | None
) -> None:
    found = elements(json.dumps(document, indent=indent).encode(), at_most=1000)
    assert repr([json.loads(each) for each in found]) == repr(document)


@pytest.mark.parametrize(
    "poison",
    [
        b"NaN",
        b"-Infinity",
        rb'"\ud800"',
        b'"\xff\xfe"',
        b'"a\nb\x00"',
        rb'"\x"',
        b'{"a":01,,}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"a":"]}\\"[{"}',
    ],
    ids=lambda poison: repr(poison[:12]),
)
def test_a_part_no_decoder_would_read_is_cut_out_whole(poison: bytes) -> None:
    assert elements(b"[1, " + poison + b' ,{"b":2}]', 10) == [b"1", poison, b'{"b":2}']
    assert members(b'{"a":1,"b":' + poison + b"}") == [(b"a", b"1"), (b"b", poison)]


def test_a_key_that_stands_twice_is_found_twice() -> None:
    assert members(b'{"n":1,"n":2}') == [(b"n", b"1"), (b"n", b"2")]


def test_reading_stops_soon_after_the_most_that_is_asked_for() -> None:
    assert len(elements(b"[" + b"1," * 5000 + b"1]", at_most=500)) == 501


@pytest.mark.parametrize(
    "raw",
    [
        b"", b" ", b"1", b"[]", b'{"a"}', b'{"a":}', b'{"a":1', b'{"a":1}}', b'{"a":1 "b":2}',
        b"{1:2}", b'{"a":[}', b'{"a":"', b'{"a', b"{,}", b'{"a":{"b":1}', b'{"a":1}x', b"\xff",
    ],
)  # fmt: skip
def test_what_does_not_pair_up_is_torn(raw: bytes) -> None:
    with pytest.raises(Torn):
        members(raw)


def test_more_brackets_than_an_honest_message_has_are_not_walked() -> None:
    raw = b"[" + b"[]," * 2_000_000 + b"1]"
    start_s = time.process_time()
    with pytest.raises(Torn, match="far too many"):
        elements(raw, 10)
    assert time.process_time() - start_s < 0.1


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":' + b'"' + b"\\" * 2_000_000,
        b'{"a":' + b" " * 2_000_000,
        b"{" + b'"a' * 1_000_000,
        b'{"a":' + b"[" * 150_000,
        b'{"a":' + b"1" * 2_000_000 + b'"',
        b'{"a":[' + b'"\\"",' * 500_000,
    ],
    ids=range(6),
)
def test_no_text_makes_the_scanner_slow(raw: bytes) -> None:
    start_s = time.process_time()
    with pytest.raises(Torn):
        members(raw)
    assert time.process_time() - start_s < 0.5
