"""Which items a payment settles: the cases of the contract, and what holds for all."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.terms.allocation import OpenItem, Use, payable, propose, settle
from tests.sync.terms.played import cases, play


def item_of(row: dict[str, Any]) -> OpenItem:
    return OpenItem(
        row["number"], date.fromisoformat(row["due_on"]), int(row["open_minor"]),
        row.get("kind", "invoice"), row.get("disputed", False),
    )  # fmt: skip


def wishes(rows: list[list[str]]) -> list[Use]:
    return [(number, int(minor)) for number, minor in rows]


def _settle(g: dict[str, Any]) -> dict[str, Any]:
    known = {number: int(minor) for number, minor in g["open_minor"].items()}
    done = settle(int(g["amount_minor"]), wishes(g["wished"]), known)
    return {"uses": done.uses, "on_account_minor": done.on_account_minor}


ASKS = {
    "propose": lambda g: propose(int(g["amount_minor"]), [item_of(row) for row in g["items"]]),
    "settle": _settle,
}
minor = st.integers(-1_000, 10_000)
items = st.lists(
    st.builds(
        OpenItem,
        st.sampled_from([f"R-{n}" for n in range(12)]),
        st.dates(date(2026, 1, 1), date(2026, 1, 9)),
        minor,
        st.sampled_from(["invoice", "invoice", "credit_note", "on_account", "cheque_pending"]),
        st.booleans(),
    ),
    unique_by=lambda one: one.number,
    max_size=12,
)
wished = st.lists(st.tuples(st.sampled_from([f"R-{n}" for n in range(6)]), minor), max_size=8)


@pytest.mark.parametrize("case", cases("allocation"), ids=lambda case: case["id"])
@pytest.mark.rule(11)
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, ASKS)


@given(minor, items)
def test_a_proposal_never_exceeds_the_money_nor_what_is_open(
    amount: int, rows: list[OpenItem]
) -> None:
    known = {one.number: one for one in rows}
    uses = propose(amount, rows)
    assert sum(use for _, use in uses) <= max(0, amount)
    assert len({number for number, _ in uses}) == len(uses)
    for number, use in uses:
        assert 0 < use <= known[number].open_minor
        assert payable(known[number])
        assert not known[number].disputed


@given(minor, items)
def test_an_older_item_is_never_left_open_for_a_younger_one(
    amount: int, rows: list[OpenItem]
) -> None:
    uses = dict(propose(amount, rows))
    due = [one for one in rows if payable(one) and not one.disputed]
    for older in due:
        for younger in due:
            if (older.due_on, older.number) < (younger.due_on, younger.number):
                assert younger.number not in uses or uses[older.number] == older.open_minor


@given(minor, items)
def test_money_is_left_only_when_nothing_is_left_to_pay(amount: int, rows: list[OpenItem]) -> None:
    owed = sum(one.open_minor for one in rows if payable(one) and not one.disputed)
    assert sum(use for _, use in propose(amount, rows)) == min(max(0, amount), owed)


@given(minor, items, st.randoms())
def test_a_proposal_does_not_hang_on_how_items_are_listed(
    amount: int, rows: list[OpenItem], dice: Any
) -> None:
    turned = list(rows)
    dice.shuffle(turned)
    assert propose(amount, turned) == propose(amount, rows)


@given(minor, wished, st.dictionaries(st.sampled_from([f"R-{n}" for n in range(6)]), minor))
def test_settling_loses_no_money_and_settles_nothing_beyond_what_is_open(
    amount: int, wanted: list[Use], known: dict[str, int]
) -> None:
    done = settle(amount, wanted, known)
    assert sum(use for _, use in done.uses) + done.on_account_minor == max(0, amount)
    for number, use in done.uses:
        assert 0 < use <= known[number]
        assert use <= sum(max(0, one) for name, one in wanted if name == number)


@given(minor, items)
def test_what_was_proposed_is_settled_whole_while_nothing_has_changed(
    amount: int, rows: list[OpenItem]
) -> None:
    uses = propose(amount, rows)
    done = settle(amount, uses, {one.number: one.open_minor for one in rows if payable(one)})
    assert done.uses == uses


def test_an_item_is_an_invoice_nobody_disputes_unless_it_says_otherwise() -> None:
    assert propose(5, [OpenItem("R-1", date(2026, 1, 1), 7)]) == (("R-1", 5),)


def test_the_last_minor_unit_of_money_and_of_an_item_counts() -> None:
    smallest = OpenItem("R-1", date(2026, 1, 1), 1)
    assert payable(smallest)
    assert propose(1, [smallest]) == (("R-1", 1),)
    assert propose(8, [OpenItem("R-0", date(2025, 1, 1), 7), smallest]) == (("R-0", 7), ("R-1", 1))
