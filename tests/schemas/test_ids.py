"""Ids sort as they were made, whatever the clock does; derived ids follow from their parts."""

import time
from uuid import UUID

import pytest

from schemas import ids


@pytest.fixture
def at_ms(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The clock, one reading at a time."""
    readings: list[int] = []
    monkeypatch.setattr(time, "time_ns", lambda: readings.pop(0) * 1_000_000)
    monkeypatch.setattr(ids.uuid7, "last", 0)
    return readings


def test_an_id_is_a_uuid_of_version_7_and_carries_its_millisecond(at_ms: list[int]) -> None:
    at_ms.append(1_795_000_000_123)
    made = UUID(ids.uuid7())
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == 1_795_000_000_123


def test_ids_sort_as_they_were_made_although_the_clock_stands_or_jumps_back(
    at_ms: list[int],
) -> None:
    at_ms += [5_000] * 100 + [4_000] * 100 + [6_000]
    made = [ids.uuid7() for _ in range(201)]
    assert made == sorted(set(made))
    assert {UUID(one).version for one in made} == {7}


def test_a_derived_id_is_the_same_again_and_another_for_other_parts() -> None:
    made = ids.derived("order", 1, "line")
    assert made == ids.derived("order", "1", "line")
    assert UUID(made).version == 8
    assert made not in (ids.derived("order", 1), ids.derived("order1", "line"))
