"""A copy's age is always shown in words, and one that is too old is asked about before ordering."""

from datetime import timedelta

import pytest

from handhelds.reference.ages import age, duration, too_old
from handhelds.reference.pad import Pad
from tests.handhelds.conftest import Handheld


@pytest.fixture
def pad(handheld: Handheld) -> Pad:
    """Stock of 06:00 of this morning, receivables of the evening before."""
    assert handheld.sync().state == "done"
    return handheld.rep.pad


def later(handheld: Handheld, **delta: int) -> None:
    handheld.server.clock.on(timedelta(**delta).total_seconds())


@pytest.mark.rule(18)
def test_the_age_of_a_copy_is_said_in_words(handheld: Handheld, pad: Pad) -> None:
    fresh = age(pad, pad.as_of("stock"))
    later(handheld, days=2)
    old = age(pad, pad.as_of("stock"))
    assert old["age_s"] == fresh["age_s"] + 2 * 24 * 3600
    assert old["words"].endswith("days old")
    assert old["as_of"] == fresh["as_of"] == "2026-11-21T06:00:00Z"
    assert age(pad, None) == {"as_of": None, "age_s": None, "words": "never fetched"}


@pytest.mark.rule(18)
def test_an_order_by_a_copy_of_yesterday_is_asked_about_and_names_what_is_old(
    handheld: Handheld, pad: Pad
) -> None:
    assert too_old(pad) == []
    later(handheld, days=1, hours=2)
    (stock,) = too_old(pad)
    assert stock.startswith("stock is of ")
    assert stock.endswith(" old")
    later(handheld, days=3)
    assert [one.split()[0] for one in too_old(pad)] == ["stock", "receivable"]


@pytest.mark.rule(18)
def test_what_was_never_fetched_is_no_old_copy(handheld: Handheld) -> None:
    assert too_old(handheld.rep.pad) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(40, "40 s"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h"), (86_400, "1 day"),
     (200_000, "2 days")],
)  # fmt: skip
def test_a_duration_is_said_in_its_largest_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words
