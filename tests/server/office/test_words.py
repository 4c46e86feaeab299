"""What states, rules, money and times are called on pages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, g

from schemas.tables.field import ORDER_STATES
from server.office import words
from sync.rules.all import RULES
from sync.sentences.english.change import KEPT as TELL

MARKS = (Path(words.__file__).parent / "static" / "marks.svg").read_text()


@pytest.fixture
def in_chicago() -> Iterator[None]:
    with Flask(__name__).app_context():
        g.person = SimpleNamespace(zone="America/Chicago")
        yield


def test_every_rule_has_a_word() -> None:
    names = {rule.name for rows in RULES.values() for row in rows.values() for rule in row}
    assert names | TELL.keys() <= words.RULES.keys()


def test_every_state_of_an_order_has_a_word_a_mark_and_a_tone() -> None:
    assert set(ORDER_STATES) <= words.STATES.keys()
    for word, mark, tone in words.STATES.values():
        assert word
        assert f'<symbol id="{mark}"' in MARKS
        assert tone in ("calm", "go", "wait", "done", "stop")


def test_a_state_nobody_foresaw_is_still_readable() -> None:
    assert words.state_parts("half_done") == ("Half done", "dot", "calm")
    assert words.rule_word("new_rule") == "New rule"


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (1548, "USD", "$15.48"),
        (-5, "EUR", "−€0.05"),
        (123456789, "USD", "$1,234,567.89"),
        (1500, "JPY", "¥1,500"),
        (1500, "ISK", "1,500 ISK"),
        (1500, "KWD", "1.500 KWD"),
        (7, "", "0.07"),
        (None, "USD", "–"),
    ],
)
def test_money_is_written_as_people_write_it(minor: int | None, currency: str, shown: str) -> None:
    assert words.money(minor, currency) == shown


def test_decimals_lose_idle_zeros_but_keep_cents() -> None:
    assert [words.trimmed(Decimal(x)) for x in ("1.290000", "2.500000", "3", "0.123450")] == [
        "1.29", "2.50", "3", "0.12345",
    ]  # fmt: skip


@pytest.mark.usefixtures("in_chicago")
def test_times_are_in_the_companys_zone_and_name_the_day_when_it_is_not_today() -> None:
    now = datetime.now(UTC)
    assert len(words.clock(now)) == 5
    assert words.clock(datetime(2025, 3, 9, 7, 30, tzinfo=UTC)) == "9 Mar 2025 01:30"
    assert words.moment(datetime(2025, 7, 1, 0, 0, 5, tzinfo=UTC)) == "30 Jun 2025 19:00:05"
    assert words.clock(None) == "–"


def test_lengths_of_time_are_coarse() -> None:
    spans = [words.span(s) for s in (0.4, 4.26, 59, 60, 3599, 7199, 7200, 90000, None)]
    assert spans == ["0.4 s", "4.3 s", "59 s", "1 min", "59 min", "119 min", "2 h", "1 d", "–"]


def test_ago_says_never_and_just_now() -> None:
    now = datetime.now(UTC)
    assert words.ago(None) == "never"
    assert words.ago(now - timedelta(seconds=3)) == "just now"
    assert words.ago(now - timedelta(minutes=5, seconds=3)) == "5 min ago"


def test_days_are_short() -> None:
    assert words.day(date(2026, 11, 23)) == "Mon 23 Nov"
