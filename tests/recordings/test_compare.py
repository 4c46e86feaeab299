"""What a handheld of then would notice is found, and what it passes over is passed over."""

from typing import Any

import pytest

from tests.recordings.compare import Copy, differences, differing_copies

PAGE = {
    "scopes": {"added": ["st:1"], "dropped": []},
    "gone": {},
    "rows": {"store": {"columns": ["id", "scope", "version", "phone"],
                       "data": [["1", "st:1", 4, "555"]]}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ({"a": 1}, {"a": 1, "later": 2}),
        ({"says": "Kept."}, {"says": "It is kept."}),
        ({"version": 1}, {"version": 7}),
        ({"cursor": "c-1"}, {"cursor": "c-2"}),
        ({"verdicts": [{"n": 1, "id": "a"}, {"n": 2, "id": "b"}]},
         {"verdicts": [{"n": 2, "id": "b"}, {"n": 1, "id": "a", "more": 0}]}),
    ],
)  # fmt: skip
def test_what_says_more_or_says_it_better_is_no_difference(then: Any, now: Any) -> None:
    assert list(differences(then, now)) == []


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ({"a": 1}, {}),
        ({"a": "x"}, {"a": None}),
        ({"a": 1}, {"a": True}),
        ({"says": "Kept."}, {"says": ""}),
        ({"version": 1}, {"version": None}),
        ({"lines": [[1, "a"]]}, {"lines": [[1, "b"]]}),
        ({"lines": [1]}, {"lines": [1, 2]}),
        ({"verdicts": [{"n": 1, "id": "a"}]}, {"verdicts": []}),
        ({"verdicts": []}, {"verdicts": [{"n": 1, "id": "a"}]}),
        ({"verdicts": [{"n": 1, "id": "a", "outcome": "held"}]},
         {"verdicts": [{"n": 1, "id": "a", "outcome": "applied"}]}),
    ],
)  # fmt: skip
def test_what_is_missing_or_other_is_found(then: Any, now: Any) -> None:
    assert len(list(differences(then, now))) == 1


def _copy(*columns: str, data: list[list[Any]]) -> Copy:
    copy = Copy()
    copy.take([PAGE | {"rows": {"store": {"columns": [*columns], "data": data}}}], afresh=True)
    return copy


def test_columns_are_found_by_name_wherever_they_stand() -> None:
    then, more = Copy(), ("email", "phone", "version", "scope", "id")
    then.take([PAGE], afresh=True)
    now = _copy(*more, data=[["x", "555", 9, "st:1", "1"]])
    assert list(differing_copies(then, now)) == []
    nulled = _copy(*more, data=[["x", None, 9, "st:1", "1"]])
    assert list(differing_copies(then, nulled)) == ["store/1.phone: was '555', is None"]
    renamed = _copy("id", "scope", "version", "line", data=[["1", "st:1", 4, "555"]])
    assert list(differing_copies(then, renamed)) == ["store/1.phone: is missing; was '555'"]
    assert list(differing_copies(then, _copy("id", data=[]))) == ["store/1: is missing"]


def test_rows_of_dropped_scopes_and_those_gone_are_taken_out() -> None:
    copy = Copy()
    copy.take([PAGE], afresh=True)
    empty = {"scopes": {"added": [], "dropped": []}, "gone": {"store": ["1"]}, "rows": {}}
    copy.take([empty], afresh=False)
    assert copy.rows == {"store": {}}
    copy.take([PAGE], afresh=False)
    copy.take([empty | {"scopes": {"added": [], "dropped": ["st:1"]}, "gone": {}}], afresh=False)
    assert (copy.rows, copy.scopes) == ({"store": {}}, set())
