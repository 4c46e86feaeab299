"""What a store owes: the cases of the contract, and what must hold for every ageing."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.terms.credit import (
    BUCKETS,
    ageing,
    bucket_of,
    exceeds,
    exposure_minor,
    overdue_minor,
    room_minor,
    sums_minor,
)
from tests.sync.terms.played import cases, number, play

TODAY = date(2026, 11, 21)
ASKS = {
    "sums_minor": lambda g: list(sums_minor((kind, int(minor)) for kind, minor in g["items"])),
    "exposure_minor": lambda g: exposure_minor(
        *(int(g[name]) for name in ("open_minor", "ordered_minor", "on_account_minor"))
    ),
    "exceeds": lambda g: exceeds(
        number(g["limit_minor"]), int(g["exposure_minor"]), int(g["more_minor"])
    ),
    "room_minor": lambda g: room_minor(number(g["limit_minor"]), int(g["exposure_minor"])),
    "bucket_of": lambda g: bucket_of(
        date.fromisoformat(g["due_on"]), date.fromisoformat(g["today"])
    ),
    "ageing": lambda g: ageing(
        [(date.fromisoformat(due_on), int(minor)) for due_on, minor in g["items"]],
        date.fromisoformat(g["today"]),
    ),
    "overdue_minor": lambda g: overdue_minor(ASKS["ageing"](g)),
}
items = st.lists(
    st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-(10**9), 10**9))
)


@pytest.mark.parametrize("case", cases("credit"), ids=lambda case: case["id"])
def test_a_case_comes_true(case: dict[str, Any]) -> None:
    play(case, ASKS)


@given(items)
def test_an_ageing_loses_no_amount(rows: list[tuple[date, int]]) -> None:
    buckets = ageing(rows, TODAY)
    assert tuple(buckets) == BUCKETS
    assert sum(buckets.values()) == sum(minor for _, minor in rows)
    late = sum(minor for due_on, minor in rows if due_on < TODAY)
    assert overdue_minor(buckets) == late


KINDS = ("invoice", "credit_note", "on_account", "cheque_pending")
kinds = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(-(10**9), 10**9)))


@given(kinds, st.integers(0, 10**9))
def test_only_money_on_account_and_credit_notes_lower_the_exposure(
    rows: list[tuple[str, int]], ordered: int
) -> None:
    owed, on_account = sums_minor(rows)
    others = sum(minor for kind, minor in rows if kind != "on_account")
    assert exposure_minor(owed, ordered, on_account) == others + ordered - on_account
    cheque = ("cheque_pending", 700)
    more = sums_minor([*rows, cheque])
    assert exposure_minor(more[0], ordered, more[1]) > exposure_minor(owed, ordered, on_account)


@given(st.integers(-100, 4000))
def test_a_day_later_is_never_a_younger_bucket(days: int) -> None:
    due_on = TODAY - timedelta(days=days)
    younger = BUCKETS.index(bucket_of(due_on, TODAY))
    assert younger <= BUCKETS.index(bucket_of(due_on, TODAY + timedelta(days=1)))


@given(st.one_of(st.none(), st.integers(0, 10**9)), st.integers(-(10**9), 10**9))
def test_what_fits_the_room_does_not_exceed(limit: int | None, exposure: int) -> None:
    room = room_minor(limit, exposure)
    if room:
        assert not exceeds(limit, exposure, room)
        assert exceeds(limit, exposure, room + 1)
