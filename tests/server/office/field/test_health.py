"""Each thing that can be wrong with a handheld is one sentence, with what to do about it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.versions import NEWEST
from server.office.field.health import CHECKS, MB, warnings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WELL = {
    "state": "active", "trouble": None, "queue_depth": 0, "oldest_unsent": None,
    "seen_at": NOW - timedelta(hours=1), "lease_days": 90, "clock_offset_ms": 900,
    "free_bytes": 8_000 * MB, "schema": NEWEST, "repairs": 0, "rep_state": "active",
}  # fmt: skip


def told(**changed: Any) -> list[tuple[str, str, str]]:
    row = SimpleNamespace(**WELL | changed)
    return [(one.name, one.tone, f"{one.says} {one.remedy}") for one in warnings(row, NOW)]


def test_a_handheld_that_is_well_is_not_spoken_of() -> None:
    assert told() == []
    assert told(queue_depth=3, oldest_unsent=NOW - timedelta(hours=23)) == []
    assert told(queue_depth=None, clock_offset_ms=None, free_bytes=None) == []


@pytest.mark.parametrize(
    ("changed", "name", "tone", "word"),
    [
        ({"trouble": "cloned"}, "cloned", "stop", "Enrol both anew"),
        ({"trouble": "set_back"}, "set_back", "wait", "older copy of itself"),
        ({"trouble": "two_machines"}, "two_machines", "wait", "take turns"),
        ({"queue_depth": 4, "oldest_unsent": NOW - timedelta(days=3)}, "unsent", "stop", "3 days"),
        ({"seen_at": NOW - timedelta(days=10)}, "quiet", "wait", "locks in 80 days"),
        ({"seen_at": NOW - timedelta(days=91)}, "quiet", "wait", "is locked until"),
        ({"seen_at": NOW - timedelta(days=91), "lease_days": 0}, "quiet", "wait", "for 91 days. "),
        ({"clock_offset_ms": -460_000}, "clock", "wait", "7 minutes ahead"),
        ({"free_bytes": 150 * MB}, "room", "wait", "150 MB are free"),
        ({"free_bytes": 10 * MB}, "room", "stop", "fetches no news"),
        ({"schema": 0}, "program", "wait", "Update its program"),
        ({"repairs": 1}, "repaired", "wait", "1 row of"),
        ({"rep_state": "left"}, "left", "stop", "Revoke it"),
        ({"state": "revoked"}, "revoked", "wait", "not been heard of since"),
    ],
)
def test_each_trouble_has_its_sentence(
    changed: dict[str, Any], name: str, tone: str, word: str
) -> None:
    (one,) = told(**changed)
    assert one[:2] == (name, tone)
    assert word in one[2]


def test_what_must_be_done_now_comes_first_and_what_is_out_of_use_is_left_alone() -> None:
    many = {"schema": 0, "free_bytes": MB, "trouble": "set_back", "rep_state": "left"}
    found = told(**many)
    assert [tone for _, tone, _ in found] == ["stop", "stop", "wait", "wait"]
    assert told(**many | {"state": "wiped"}) == []
    assert len(CHECKS) == 8
