"""A company's year: said, refused, and used for the next cycle."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine

from server.years import cycle_after, set_year
from sync.desk.edits import Hand, Refused
from tests.world import build

HAND = Hand("user:sue", datetime(2026, 11, 22, 9, tzinfo=UTC))


def test_a_companys_year_is_said_refused_and_audited(engine: Engine) -> None:
    world = build(engine)

    def said(country: str | None, calendar: str) -> None:
        with world.begin() as conn:
            set_year(conn, world.company, country, calendar, HAND)

    with pytest.raises(Refused, match="US-IA"):
        said("Atlantis", "13x4")
    with pytest.raises(Refused, match="4-4-5"):
        said("US", "weeks")
    said(" us-ia ", "13x4")
    said("US-IA", "13x4")  # nothing new, so nothing to tell
    assert world.rows("SELECT country, calendar FROM company") == [("US-IA", "13x4")]
    told = world.rows("SELECT who, after FROM audit WHERE action = 'company.year'")
    assert told == [("user:sue", {"country": "US-IA", "calendar": "13x4"})]
    with world.begin() as conn:
        assert cycle_after(conn, world.company, HAND.now) == (date(2026, 11, 30), 5)
    said("", "4-4-5")
    assert world.rows("SELECT country FROM company") == [(None,)]
    with world.begin() as conn:
        assert cycle_after(conn, world.company, HAND.now) == (date(2026, 11, 23), 6)
