"""Status updates in JSON: each read for itself, what cannot be read set aside with its reason."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.delivery.statuses import MOST_UPDATES, Unreadable, key_of, plain, read_batch
from sync.delivery.status import LineStatus, StatusUpdate

GOOD: dict[str, Any] = {"id": "e-1", "order": "o-1", "status": "picking",
                        "at": "2026-11-21T15:05:00+01:00"}  # fmt: skip


def read(value: Any) -> Any:
    return read_batch(json.dumps(value).encode(), "main")


def test_an_update_is_read_with_everything_it_says() -> None:
    lines = [{"n": 2, "delivered": 3, "reason": " two\nbroken "}]
    said = {**GOOD, "lines": lines, "invoice_no": "I-1", "detail": "dock\t4", "strange": 1}
    (update,), aside = read({"updates": [said]})
    assert aside == []
    assert update == StatusUpdate(
        "e-1", "main", "o-1", 1, None, "picking", datetime(2026, 11, 21, 14, 5, tzinfo=UTC),
        (LineStatus(2, None, None, 3, "two broken"),), "I-1", "dock 4",
    )  # fmt: skip


def test_one_update_or_a_bare_list_is_a_batch_too() -> None:
    assert len(read(GOOD)[0]) == len(read([GOOD])[0]) == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"id": None}, "id"), ({"id": ""}, "id"), ({"id": "x" * 65}, "id"),
        ({"status": 7}, "status"), ({"at": "2026-11-21T15:05:00"}, "at"),
        ({"at": "yesterday"}, "at"), ({"order": None}, "neither"),
        ({"revision": 0}, "revision"), ({"revision": "1"}, "revision"),
        ({"lines": [{"n": 1}, {"n": 1}]}, "told twice"), ({"lines": [{"n": 0}]}, "n"),
        ({"lines": [{"n": 1, "shipped": -1}]}, "shipped"),
        ({"lines": [{"n": 1, "shipped": 1.5}]}, "shipped"),
        ({"status": " picking"}, "printable"), ({"id": "a\u202eb"}, "printable"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_set_aside_and_stops_no_other(
    changed: dict[str, Any], why: str
) -> None:
    bad = {**GOOD, **changed}
    updates, (aside,) = read({"updates": [bad, {**GOOD, "id": "e-2"}]})
    assert [one.id for one in updates] == ["e-2"]
    assert why in aside.why
    assert read({"updates": [bad]})[1][0].key == aside.key  # told to the office once


@pytest.mark.parametrize("value", [7, "x", None, {"updates": {}}, [GOOD] * (MOST_UPDATES + 1)])
def test_what_is_no_batch_is_refused_whole(value: Any) -> None:
    if value in (7, "x", None) or isinstance(value, dict) or len(value) > MOST_UPDATES:
        with pytest.raises(Unreadable):
            read(value)


@given(st.binary(max_size=200))
def test_whatever_bytes_come_they_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(Unreadable):
        read_batch(body, "main")


def test_the_same_content_of_another_system_is_another_thing() -> None:
    assert key_of("a", b"x") != key_of("b", b"x")
    assert plain("a\n\u202e" + "b" * 900) == "a " + "b" * 198


def test_a_time_beyond_the_calendar_is_set_aside_and_stops_no_other() -> None:
    early = {**GOOD, "at": "0001-01-01T00:00:00+14:00"}
    updates, aside = read({"updates": [early, {**GOOD, "id": "e-2"}]})
    assert [one.id for one in updates] == ["e-2"]
    assert [one.name for one in aside] == ["e-1"]
