"""The strict reader: a fault of the request is a problem, a fault of a change is that change's."""

import json
import random
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.problem import PROBLEMS, Problem
from schemas.strict import (
    CHANGE_LIMIT_BYTES,
    COLONS_LIMIT,
    DEPTH_LIMIT,
    MOST_CHANGES,
    PARTS_LIMIT,
    body_hash,
    check_json,
    hash_of,
    split_changes,
)

ID = "0190a1b2-3c4d-7e5f-8a9b-%012d"


def change(n: int, body: bytes = b'{"store":"s","note":"caf\xc3\xa9: 10:42"}') -> bytes:
    return b'{"n":%d,"id":"%s","kind":"order","body":%s}' % (n, (ID % n).encode(), body)


def batch(*changes: bytes, front: bytes = b'"device":"d-7f3a"') -> bytes:
    return b'{%s, "changes": [%s], "clock":{"boot":"b:19"}}' % (front, b" , ".join(changes))


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


POISONS: list[tuple[str, bytes]] = [
    ("nul_character", rb'{"note":"a\u0000b"}'),
    ("nul_character", rb'{"a\u0000":1}'),
    ("nul_character", rb'{"note":"\\\u0000"}'),
    ("lone_surrogate", rb'{"note":"\ud800"}'),
    ("lone_surrogate", rb'{"note":"\ud83d!"}'),
    ("lone_surrogate", rb'{"note":"\udc00\ud800"}'),
    ("not_utf8", b'{"note":"\xed\xa0\x80"}'),
    ("not_utf8", b'{"note":"\xff"}'),
    ("not_utf8", b'{"note":"\xc0\x80"}'),
    ("number_out_of_range", b'{"quantity":NaN}'),
    ("number_out_of_range", b'{"quantity":-Infinity}'),
    ("number_out_of_range", b'{"quantity":1e400}'),
    ("number_out_of_range", b'{"quantity":-1E+1000000}'),
    ("number_out_of_range", b'{"quantity":' + b"9" * 5000 + b"}"),
    ("duplicate_key", b'{"quantity":1,"quantity":12}'),
    ("duplicate_key", rb'{"quantity":1,"\u0071uantity":12}'),
    ("duplicate_key", rb'{"a":"\u003a","a":1}'),
    ("duplicate_key", rb'{"a":1,"b":"\u003A","a":[1]}'),
    ("duplicate_key", b'{"lines":[{"n":1},{"n":1,"n":2}]}'),
    ("duplicate_key", b'{"a":' + deep(900) + b',"a":1}'),
    ("too_deep", deep(DEPTH_LIMIT)),
    ("too_deep", deep(100_000)),
    ("too_deep", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    ("not_json", b"{'a':1}"),
    ("not_json", b'{"a":01}'),
    ("not_json", b'{"a":1,}'),
    ("not_json", b'{"a":"line\nbreak"}'),
    ("not_json", b'{"a":tru}'),
    ("change_too_large", b'{"note":"' + b"x" * CHANGE_LIMIT_BYTES + b'"}'),
    ("change_too_large", b"[" + b"[]," * PARTS_LIMIT + b"1]"),
    ("change_too_large", b"{" + b'"a":1,' * COLONS_LIMIT + b'"a":1}'),
]
POISON_IDS = [f"{code}-{at}" for at, (code, _) in enumerate(POISONS)]


@pytest.mark.parametrize(("code", "body"), POISONS, ids=POISON_IDS)
@pytest.mark.parametrize("place", [0, 3, 6])
def test_one_unreadable_change_costs_the_others_nothing(code: str, body: bytes, place: int) -> None:
    changes = [change(n) for n in range(1, 7)]
    alone = split_changes(batch(*changes))
    changes.insert(place, change(77, body))
    envelope, read = split_changes(batch(*changes))
    assert envelope == alone.envelope
    poisoned = read.pop(place)
    assert read == alone.changes
    assert (poisoned.fault, poisoned.n, poisoned.id) == (code, 77, ID % 77)
    assert poisoned.raw == change(77, body)
    assert code in PROBLEMS


def test_every_kind_of_poison_at_once_in_a_full_batch_leaves_the_rest_readable() -> None:
    good = [change(n) for n in range(1, MOST_CHANGES - len(POISONS) + 1)]
    mixed = good + [change(9000 + at, body) for at, (_, body) in enumerate(POISONS)]
    random.Random(5).shuffle(mixed)
    _, read = split_changes(batch(*mixed))
    assert len(read) == MOST_CHANGES
    assert {each.n for each in read if each.fault is None} == set(range(1, len(good) + 1))
    for at, (code, _) in enumerate(POISONS):
        assert [each.fault for each in read if each.n == 9000 + at] == [code]


def test_a_readable_batch_comes_apart_as_written() -> None:
    changes = [change(1), b'{ "id" : "x", "n" : 1.0 }', b"7", b"null", b"[]", b'""']
    envelope, read = split_changes(batch(*changes))
    assert envelope == {"device": "d-7f3a", "clock": {"boot": "b:19"}, "changes": []}
    assert [each.raw for each in read] == changes
    assert [each.fault for each in read] == [None] * 6
    assert [(each.n, each.id) for each in read] == [(1, ID % 1)] + [(None, None)] * 5


def test_a_batch_without_changes_is_fine() -> None:
    assert split_changes(b'{"changes":[]}') == ({"changes": []}, [])


def test_an_id_that_stands_twice_names_nobody() -> None:
    raw = b'{"n":3,"n":4,"id":"%s","id":"%s"}' % ((ID % 1).encode(), (ID % 2).encode())
    (read,) = split_changes(batch(raw)).changes
    assert (read.fault, read.n, read.id) == ("duplicate_key", None, None)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_json"),
        (b"nonsense", "not_json"),
        (b'{"changes":[', "not_json"),
        (b'{"changes":[{"a":"b]}', "not_json"),
        (b'{"changes":[]}}', "not_json"),
        (b'\xef\xbb\xbf{"changes":[]}', "not_json"),
        (b'{"de\xffvice":1,"changes":[]}', "not_utf8"),
        (b'{"device":"\xff","changes":[]}', "not_utf8"),
        (rb'{"device":"\u0000","changes":[]}', "nul_character"),
        (rb'{"device":"\ud800","changes":[]}', "lone_surrogate"),
        (b'{"device":1e400,"changes":[]}', "number_out_of_range"),
        (b'{"device":NaN,"changes":[]}', "number_out_of_range"),
        (b'{"device":1,"device":1,"changes":[]}', "duplicate_key"),
        (b'{"changes":[1],"changes":[]}', "duplicate_key"),
        (b'{"changes":[NaN],"changes":[]}', "duplicate_key"),
        (b'{"clock":{"boot":1,"boot":2},"changes":[]}', "duplicate_key"),
        (b'{"clock":"' + b"x" * CHANGE_LIMIT_BYTES + b'","changes":[]}', "body_too_large"),
        (b'{"changes":[NaN]' + b',"a":1' * 200 + b"}", "number_out_of_range"),
        (b"[" + b"[]," * 500_000 + b"1]", "envelope_invalid"),
        (b'{"clock":' + deep(33) + b',"changes":[]}', "too_deep"),
        (b'{"clock":' + deep(100_000) + b',"changes":[]}', "too_deep"),
        (deep(100_000), "too_deep"),
        (b"[" * 100_000, "too_deep"),
        (b"[]", "envelope_invalid"),
        (b"1", "envelope_invalid"),
        (b"{}", "envelope_invalid"),
        (b'{"changes":{}}', "envelope_invalid"),
        (b'{"changes":null}', "envelope_invalid"),
        (b'{"changes":"[]","x":NaN}', "envelope_invalid"),
        (b'{"changes":[' + b"1," * 500 + b"1]}", "batch_too_large"),
        (b'{"changes":[' + b"NaN," * 500 + b"1]}", "batch_too_large"),
    ],
)
def test_a_fault_of_the_envelope_is_a_problem_of_the_whole_request(raw: bytes, code: str) -> None:
    with pytest.raises(Problem) as caught:
        split_changes(raw)
    assert caught.value.code == code
    assert code != "envelope_invalid" or caught.value.body["errors"]


@pytest.mark.parametrize(("code", "body"), POISONS, ids=POISON_IDS)
def test_a_document_that_stands_alone_is_refused_by_the_same_codes(code: str, body: bytes) -> None:
    with pytest.raises(Problem) as caught:
        check_json(b'{"body":' + body + b"}")
    assert caught.value.code == code.replace("change_too", "body_too")


@pytest.mark.parametrize(
    "raw",
    [
        rb'{"a":"\\u0000 \\ud800 NaN"}',
        rb'{"a":"\ud83d\ude00","b":"\u003a:"}',
        b'{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}],"A":"a\\"b\\":"}',
        '{"à":"e\u0301 \u202eRTL 👨\u200d👩\u200d👧"}'.encode(),
        deep(32),
        b"[" * 31 + b'{"a":1}' + b"]" * 31,
        b'{"":0,"-":-0.0,"big":1e308,"n":9007199254740993}',
        b'"[[[["',
        b'{"a":"' + b"[{" * 40 + b'"}',
    ],
)
def test_what_only_looks_like_poison_is_read(raw: bytes) -> None:
    assert check_json(raw) == json.loads(raw)


KEYS = st.text(alphabet='ab:"\\\u0000é', max_size=3)
LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | KEYS
TREES = st.recursive(
    LEAVES, lambda tree: st.lists(tree, max_size=4) | st.lists(st.tuples(KEYS, tree), max_size=4),
    max_leaves=12,
)  # fmt: skip


def written(tree: Any, escape: random.Random) -> tuple[str, bool]:
    """JSON of ``tree`` (pairs make objects, so keys may stand twice), and whether any does."""
    if isinstance(tree, list) and tree and all(isinstance(each, tuple) for each in tree):
        parts = [(written(key, escape)[0], *written(inner, escape)) for key, inner in tree]
        twins = len({key for key, _ in tree}) < len(tree) or any(twice for *_, twice in parts)
        return "{" + ",".join(f"{key}:{inner}" for key, inner, _ in parts) + "}", twins
    if isinstance(tree, list):
        inner = [written(each, escape) for each in tree]
        return "[" + ",".join(text for text, _ in inner) + "]", any(twice for _, twice in inner)
    if isinstance(tree, str):
        text = json.dumps(tree, ensure_ascii=escape.random() < 0.5)
        return (text.replace(":", rb"\u003a".decode()) if escape.random() < 0.3 else text), False
    return json.dumps(tree), False


@given(TREES, st.randoms(use_true_random=False))
def test_a_key_that_stands_twice_is_noticed_and_only_then(tree: Any, escape: random.Random) -> None:
    text, twins = written(tree, escape)
    try:
        check_json(text.encode())
        code = None
    except Problem as problem:
        code = problem.code
    if twins:
        assert code == "duplicate_key"
    else:
        assert code == ("nul_character" if rb"\u0000".decode() in text else None)


@given(st.dictionaries(st.text("abé:/😀"), LEAVES.filter(lambda leaf: leaf != "\0")))
def test_two_spellings_of_one_body_have_one_hash(document: dict[str, Any]) -> None:
    turned = dict(reversed(document.items()))
    first = msgspec.json.encode(document)
    second = json.dumps(turned, indent=2, ensure_ascii=True).encode()
    assert body_hash(first) == body_hash(second) == hash_of(document)
    assert len(body_hash(first)) == 16


@pytest.mark.parametrize(
    "other",
    [b'{"a":2}', b'{"a":"1"}', b'{"a":1.5}', b'{"b":1}', b'{"a":[1]}', b'{"a":1,"b":null}',
     b'{"a":null}', b'{"a":true}', b"{}"],
)  # fmt: skip
def test_another_body_has_another_hash(other: bytes) -> None:
    assert body_hash(other) != body_hash(b'{"a":1}')


def test_the_hash_of_a_change_is_that_of_its_body_alone() -> None:
    first = b'{"n":1,"seen":{"x":1},"body":{"a":1,"b":[2]}}'
    second = b'{"body":{"b":[ 2 ],"a":1},"n":1,"seen":null}'
    one, two, three = split_changes(batch(first, second, first.replace(b"2", b"3"))).changes
    assert one.hash == two.hash == body_hash(b'{"a":1,"b":[2]}')
    assert three.hash != one.hash


@pytest.mark.parametrize("levels", [100_000, 2_000_000])
def test_a_bottomless_document_is_refused_quickly(levels: int) -> None:
    for raw in (deep(levels), b"[" * levels, b'{"a":' * levels, batch(deep(levels))):
        start_s = time.process_time()
        if raw.startswith(b'{"device"') and levels == 100_000:
            assert [each.fault for each in split_changes(raw).changes] == ["too_deep"]
        else:
            with pytest.raises(Problem):
                split_changes(raw)
        assert time.process_time() - start_s < 0.25


def test_half_a_megabyte_is_taken_apart_in_little_more_time_than_parsing_it() -> None:
    """A ratio, as machines differ: 9 ms against json's 5 ms where this was written."""
    line = b'{"n":1,"product":"20041","uom":"case","typed":"1","quantity":12,"unit_price":"1.29"}'
    raw = batch(*(change(n, b'{"lines":[' + b",".join([line] * 12) + b"]}") for n in range(450)))
    assert len(raw) > 480_000
    taken_s: dict[str, list[float]] = {"json": [], "strict": []}
    for _ in range(9):
        for name, read in (("json", json.loads), ("strict", split_changes)):
            start_s = time.process_time()
            read(raw)
            taken_s[name].append(time.process_time() - start_s)
    assert len(split_changes(raw).changes) == 450
    assert min(taken_s["strict"]) < 3 * min(taken_s["json"])
