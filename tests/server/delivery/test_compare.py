"""A day's books side by side: what differs is found, what only looks like it is not."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.delivery.compare import SLACK, Compared, Ours, Theirs, compare, missing

AS_OF = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def ours(order: str = "o1", **changed: Any) -> Ours:
    whole = {
        "cell": 2, "order": order, "revision": 1, "delivery": f"d-{order}",
        "state": "acknowledged", "order_state": "acknowledged", "number": "D1-1", "store": "S",
        "external_no": f"DS-{order}", "currency": "USD", "lines": 2, "quantity": 18,
        "value_minor": 2322, "acknowledged_at": AS_OF - timedelta(hours=9),
        "settled_at": AS_OF - timedelta(hours=9),
    }  # fmt: skip
    return Ours(**{**whole, **changed})


def theirs(one: Ours, **changed: Any) -> Theirs:
    whole = Theirs(
        one.order, one.revision, one.external_no or "", one.lines, one.quantity, one.value_minor
    )
    return dataclasses.replace(whole, **changed)


def day(
    mine: list[Ours], listed: list[Theirs], beside: list[Theirs] | None = None, **more: Any
) -> tuple[Compared, list[Ours]]:
    known: dict[str, list[Ours]] = {}
    for one in more.get("known", mine):
        known.setdefault(one.order, []).append(one)
    return compare(mine, known, listed, beside or [], AS_OF, "USD")


def kinds(found: Compared) -> list[str]:
    return [one.kind for one in found.differences]


def test_books_that_agree_have_no_difference_and_the_same_sums() -> None:
    mine = [ours("o1"), ours("o2")]
    found, nowhere = day(mine, [theirs(one) for one in mine])
    assert (found.differences, nowhere) == ([], [])
    assert found.ours == found.theirs
    assert found.ours.as_json() == {"orders": 2, "lines": 4, "value_minor": {"USD": 4644}}


def test_an_order_of_ours_that_is_nowhere_is_to_be_looked_up() -> None:
    mine = [ours("o1"), ours("o2")]
    found, nowhere = day(mine, [theirs(mine[0])])
    assert nowhere == [mine[1]]
    assert missing(mine[1]).kind == "missing_there"
    assert found.ours.orders == 2


def test_an_order_they_count_on_the_day_beside_is_not_missing() -> None:
    mine = [ours("o1")]
    found, nowhere = day(mine, [], [theirs(mine[0])])
    assert (nowhere, found.moved, kinds(found)) == ([], 1, [])


def test_an_order_of_theirs_that_was_acknowledged_on_the_day_beside_is_known() -> None:
    yesterday = ours("o1", acknowledged_at=AS_OF - timedelta(hours=30))
    found, _ = day([], [theirs(yesterday)], known=[yesterday])
    assert kinds(found) == []


def test_what_was_acknowledged_while_they_were_writing_is_left_to_the_next_night() -> None:
    for late in (AS_OF + timedelta(minutes=1), AS_OF, AS_OF - SLACK + timedelta(seconds=1)):
        found, nowhere = day([ours(acknowledged_at=late, settled_at=late)], [])
        assert (nowhere, found.waiting) == ([], {"o1"})
    _, nowhere = day([ours(acknowledged_at=AS_OF - SLACK)], [])
    assert len(nowhere) == 1


@pytest.mark.parametrize("state", ["queued", "sending", "handed", "unknown"])
def test_an_order_they_have_that_is_still_being_sent_is_under_way(state: str) -> None:
    one = ours(state=state, external_no=None, acknowledged_at=None)
    found, _ = day([], [theirs(one, external_no="DS-1")], known=[one])
    assert (kinds(found), found.waiting) == ([], {"o1"})


def test_a_newer_revision_that_is_under_way_keeps_the_old_one_from_being_compared() -> None:
    old, new = ours(), ours(revision=2, state="sending", external_no=None)
    found, _ = day([], [theirs(old, lines=9)], known=[old, new])
    assert (kinds(found), found.waiting) == ([], {"o1"})


@pytest.mark.parametrize("state", ["failed", "parked"])
def test_an_order_they_have_that_lies_stuck_here_is_a_difference(state: str) -> None:
    one = ours(state=state, external_no=None, acknowledged_at=None)
    found, _ = day([], [theirs(one, external_no="DS-1")], known=[one])
    assert kinds(found) == ["stuck_here"]
    assert found.differences[0].theirs[0].external_no == "DS-1"


def test_a_reference_we_never_sent_is_unknown_here() -> None:
    found, _ = day([], [Theirs("zz", 1, "DS-9", 1, 1, 100)])
    assert [(one.kind, one.subject) for one in found.differences] == [("unknown_here", "zz")]


def test_an_order_that_is_there_twice_is_one_difference_with_both_numbers() -> None:
    one = ours()
    again = theirs(one, external_no="DS-77")
    for listed, beside in (([theirs(one), again], []), ([theirs(one)], [again])):
        found, _ = day([one], listed, beside)
        assert kinds(found) == ["twice_there"]
        assert {said.external_no for said in found.differences[0].theirs} == {"DS-77", "DS-o1"}


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"revision": 2}, "lines_differ"),
        ({"lines": 1}, "lines_differ"),
        ({"quantity": 17}, "lines_differ"),
        ({"external_no": "DS-X"}, "number_differs"),
        ({"value_minor": 2325}, "value_differs"),
        ({"value_minor": 2319}, "value_differs"),
        ({"value_minor": 2324}, None),  # two lines, each rounded once
        ({"value_minor": None, "quantity": None}, None),  # they do not say
    ],
)
def test_an_order_both_know_differs_in_what_matters(
    changed: dict[str, Any], kind: str | None
) -> None:
    one = ours()
    found, _ = day([one], [theirs(one, **changed)])
    assert kinds(found) == ([kind] if kind else [])


def test_what_changed_here_after_their_list_was_made_is_not_compared() -> None:
    one = ours(settled_at=AS_OF)
    found, _ = day([one], [theirs(one, quantity=1)])
    assert (kinds(found), found.waiting) == ([], {"o1"})


@pytest.mark.parametrize("state", ["cancelled", "rejected", "returned"])
def test_an_order_that_has_ended_is_neither_missing_nor_different(state: str) -> None:
    one = ours(order_state=state)
    assert day([one], [])[1] == []
    assert kinds(day([one], [theirs(one, lines=1)])[0]) == []


@given(st.data())
def test_every_planted_difference_is_found_and_nothing_else(data: st.DataObject) -> None:
    mine = [ours(f"o{n}") for n in range(data.draw(st.integers(1, 12)))]
    spoil = st.sampled_from(["", "", "gone", "lines", "value", "number", "twice", "aside"])
    listed, beside, planted = [], [], {}
    for one in mine:
        how = data.draw(spoil)
        if how in ("", "aside"):
            (listed if not how else beside).append(theirs(one))
            continue
        planted[one.order] = how
        if how != "gone":
            changed: dict[str, Any] = {
                "lines": {"lines": 5}, "value": {"value_minor": 9}, "number": {"external_no": "N"},
                "twice": {},
            }[how]  # fmt: skip
            listed.append(theirs(one, **changed))
        if how == "twice":
            beside.append(theirs(one, external_no="N2"))
    found, nowhere = day(mine, listed, beside)
    names = {"lines": "lines_differ", "value": "value_differs", "number": "number_differs",
             "twice": "twice_there"}  # fmt: skip
    assert {one.order for one in nowhere} == {o for o, how in planted.items() if how == "gone"}
    assert {one.subject: one.kind for one in found.differences} == {
        order: names[how] for order, how in planted.items() if how != "gone"
    }
    assert found.ours.orders == len(mine)
