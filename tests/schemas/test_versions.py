"""Each version carries its own columns and words, and bodies of any age are read as of today."""

from collections.abc import Iterator

import pytest

from schemas import versions
from schemas.rows import ROWS
from schemas.versions import Step

STEPS = (
    Step(2, "a contact's role", added={"contact": ("role",)}),
    Step(3, "a telephone is called one", renamed={"contact": {"tel": "line"}}),
    Step(
        4, "once more, and a kind", {"store": ("city",)}, {"contact": {"line": "phone"}}, ("visit",)
    ),
)
"""Versions that never were: `phone` has had three names by version 4."""
CACHED = (versions.former_names, versions.columns_at, versions.rows_at, versions.touched,
          versions.later_kinds)  # fmt: skip


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(versions, "STEPS", STEPS)
    monkeypatch.setattr(versions, "NEWEST", 4)
    for one in CACHED:
        one.cache_clear()
    yield
    for one in CACHED:
        one.cache_clear()


def test_the_newest_version_has_the_columns_of_today() -> None:
    assert versions.rows_at(versions.NEWEST) == ROWS
    assert [step.version for step in versions.STEPS] == list(range(2, versions.NEWEST + 1))
    assert versions.NEWEST - versions.OLDEST <= versions.SERVED_BACK


@pytest.mark.usefixtures("never")
def test_rows_lose_what_came_later_and_get_their_former_names_back() -> None:
    head = ("id", "scope", "version", "store", "name")
    assert versions.rows_at(4)["contact"] == (
        *head,
        "role",
        "phone",
        "email",
        "preferred_time",
        "state",
    )
    assert versions.rows_at(3)["contact"] == (
        *head,
        "role",
        "line",
        "email",
        "preferred_time",
        "state",
    )
    assert versions.rows_at(2)["contact"] == (
        *head,
        "role",
        "tel",
        "email",
        "preferred_time",
        "state",
    )
    assert versions.rows_at(1)["contact"] == (*head, "tel", "email", "preferred_time", "state")
    assert "city" in versions.rows_at(4)["store"]
    assert "city" not in versions.rows_at(3)["store"]
    assert versions.rows_at(1)["product"] == ROWS["product"]


@pytest.mark.usefixtures("never")
def test_a_kind_that_came_later_is_not_there_before() -> None:
    assert versions.later_kinds(4) == frozenset()
    assert versions.later_kinds(3) == versions.later_kinds(1) == {"visit"}
    assert "visit" in versions.rows_at(4)
    assert "visit" not in versions.rows_at(3)
    assert versions.columns_at("visit", 3) == ()
    assert "visit" not in versions.touched(3, 4), "there is nothing that both carry"
    assert ("card", "lines") in versions.parts_at(3)
    assert versions.upcast("visit", 3, {"note": "x"})[1] == ["note: is not a field of this message"]
    assert "| visit (from version 4) | id, scope, version, store, rep," in versions.columns_table()


@pytest.mark.usefixtures("never")
def test_what_two_versions_do_not_carry_alike_is_named_as_of_today() -> None:
    assert versions.touched(4, 4) == {}
    assert versions.touched(1, 2) == {"contact": ("role",)}
    assert versions.touched(2, 3) == versions.touched(3, 2) == {"contact": ("phone",)}
    assert versions.touched(1, 4) == {"store": ("city",), "contact": ("phone", "role")}


@pytest.mark.usefixtures("never")
def test_an_old_body_is_read_as_of_today_also_after_its_version_is_served_no_more() -> None:
    body = {"id": "c", "tel": "0", "set": {"tel": "1", "name": "K"}, "base": {"tel": None}}
    assert versions.upcast("contact", 1, body) == (
        {"id": "c", "phone": "0", "set": {"phone": "1", "name": "K"}, "base": {"phone": None}},
        [],
    )
    assert versions.upcast("contact", 3, {"set": {"line": "1"}}) == ({"set": {"phone": "1"}}, [])
    assert versions.upcast("order", 1, body) == (body, [])
    assert versions.upcast("contact", 4, body) == (body, [])
    assert body["set"] == {"tel": "1", "name": "K"}


@pytest.mark.usefixtures("never")
def test_a_body_that_names_what_its_version_has_not_is_told_so() -> None:
    _, faults = versions.upcast("contact", 1, {"phone": "0", "set": {"role": "x", "tel": "1"}})
    assert faults == [
        "phone: is not a field of this message",
        "role: is not a field of a contact that can be edited",
    ]
    assert versions.upcast("contact", 2, {"set": {"role": "x"}})[1] == []


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize("body", [None, 7, "x", ["tel"], {"set": ["tel"]}, {"set": None}])
def test_what_is_no_body_at_all_is_left_to_who_reads_it(body: object) -> None:
    assert versions.upcast("contact", 1, body) == (body, [])


@pytest.mark.usefixtures("never")
def test_a_version_hears_fields_by_its_own_names() -> None:
    assert versions.spoken("contact", 1, "set.phone") == "set.tel"
    assert versions.spoken("contact", 3, "phone") == "line"
    assert versions.spoken("contact", 1, "role") == "role"  # nothing better is known
    assert versions.spoken("store", 1, "phone") == "phone"
