"""Targets from a file: by the company's calendar, corrected by their first day, never deleted."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from server.access import people
from server.database import transaction
from server.targets import refresh
from tests.server.feeds.conftest import Bench

LATEST = datetime.now(UTC).year + 2  # a target may be set for
YEAR = LATEST if date(LATEST, 1, 1).weekday() else LATEST - 1  # months and weeks begin apart
JANUARY, FEBRUARY = f"{YEAR}-01-01", f"{YEAR}-02-01"
HEAD = "rep,first_day,net_minor"
FILE = f"{HEAD}\nana,{JANUARY},1250000\nana,{FEBRUARY},1300000\nben,{JANUARY},900000\n"
REST = f"{HEAD},state\n"


@pytest.fixture
def field(bench: Bench) -> Bench:
    """Two reps of the depot, and periods that are months."""
    with transaction(bench.engine) as conn:
        conn.execute(text("UPDATE company SET calendar = 'months', country = 'DE'"))
        company = str(conn.execute(text("SELECT id FROM company")).scalar_one())
        cell = conn.execute(text("SELECT cell FROM cell WHERE kind = 'field'")).scalar_one()
        for code in ("ana", "ben"):
            people.invite(conn, company, code, code.title(), ("rep",), cell, datetime.now(UTC))
    return bench


def company_of(bench: Bench) -> str:
    return str(bench.one("SELECT id FROM company"))


def days_of(bench: Bench, rep: str, first: str = JANUARY) -> list[date]:
    sql = "SELECT working_days FROM sales_target WHERE rep = :rep AND first_day = :first"
    return list(bench.one(sql, rep=rep, first=date.fromisoformat(first)))


def test_a_target_is_loaded_once_and_corrected_by_its_first_day(field: Bench) -> None:
    assert field.load("targets", FILE).new == 3
    before = field.everything()
    assert field.load("targets", FILE).same == 3
    assert field.everything() == before, "nobody is told what they know"
    assert field.load("targets", FILE.replace("1250000", "1250001")).changed == 1
    assert field.rows(
        "SELECT rep, first_day::text, last_day::text, net_minor, scope, state FROM sales_target"
        " ORDER BY 1, 2"
    ) == [
        ("ana", JANUARY, f"{YEAR}-01-31", 1_250_001, "rep:ana", "set"),
        ("ana", FEBRUARY, str(last_of_february()), 1_300_000, "rep:ana", "set"),
        ("ben", JANUARY, f"{YEAR}-01-31", 900_000, "rep:ben", "set"),
    ]
    told = "SELECT scope, count(*) FROM entry WHERE kind = 'target' GROUP BY 1 ORDER BY 1"
    assert field.rows(told) == [("rep:ana", 2), ("rep:ben", 1)], "of each row the last counts"


def last_of_february() -> date:
    return date.fromordinal(date(YEAR, 3, 1).toordinal() - 1)


def test_what_cannot_be_is_rejected_with_what_to_write_instead(field: Bench) -> None:
    bad = (
        f"{HEAD},last_day,state\n"
        f"zoe,{JANUARY},100,,\n"
        f"ana,{YEAR}-01-05,100,,\n"
        f"ana,{JANUARY},100,{YEAR}-01-30,\n"
        f"ana,{FEBRUARY},100,,withdrawn\n"
        "ana,1926-01-01,100,,\n"
        f"ben,{JANUARY},0,,\n"
        f"ben,{FEBRUARY},100,{last_of_february()},set\n"
        f"ben,{LATEST + 1}-01-01,100,,\n"
    )
    outcome = field.load("targets", bad)
    assert (outcome.new, outcome.rejected) == (1, 7)
    assert [(line, name, remedy) for line, name, _, remedy in sorted(field.rejected)] == [
        (2, "rep", "There is no rep of this code; there is: ana, ben."),
        (
            3,
            "first_day",
            f"Periods of your calendar (months) begin on {JANUARY} and on {FEBRUARY}.",
        ),
        (4, "last_day", f"This period ends on {YEAR}-01-31: write that, or leave it out."),
        (5, "state", "Nothing is set for this rep from this day: take the row out."),
        (6, "first_day", f"Correct the year: targets are set up to {LATEST}."),
        (7, "net_minor", "This must be between 1 and 1000000000000000."),
        (9, "first_day", f"Correct the year: targets are set up to {LATEST}."),
    ]


def test_a_target_is_withdrawn_and_may_be_set_again(field: Bench) -> None:
    field.load("targets", FILE)
    assert field.load("targets", f"{REST}ben,{JANUARY},900000,withdrawn\n").changed == 1
    assert field.one("SELECT state FROM sales_target WHERE rep = 'ben'") == "withdrawn"
    assert field.load("targets", f"{REST}ben,{JANUARY},900000,set\n").changed == 1
    assert field.one("SELECT count(*) FROM sales_target") == 3


def test_a_full_file_withdraws_what_it_does_not_name_of_periods_that_are_not_over(
    field: Bench,
) -> None:
    field.load("targets", FILE + "ana,2020-01-01,5\n")
    outcome = field.load("targets", f"{HEAD}\nana,{JANUARY},1250000\n", full=True)
    assert (outcome.same, outcome.changed) == (1, 2)
    assert field.rows(
        "SELECT rep, first_day::text, state FROM sales_target ORDER BY 1, 2"
    ) == [
        ("ana", "2020-01-01", "set"),
        ("ana", JANUARY, "set"),
        ("ana", FEBRUARY, "withdrawn"),
        ("ben", JANUARY, "withdrawn"),
    ]  # fmt: skip


def test_after_another_calendar_the_old_periods_make_room_first(field: Bench) -> None:
    """In one file, whatever the order: what is withdrawn is withdrawn before anything is set."""
    field.load("targets", f"{HEAD}\nana,{JANUARY},100\n")
    with transaction(field.engine) as conn:
        conn.execute(text("UPDATE company SET calendar = '13x4'"))
    first = date.fromisocalendar(YEAR, 1, 1)
    assert field.load("targets", f"{HEAD}\nana,{first},90\n").rejected == 1
    assert field.rejected[0][3].endswith("has a target already: withdraw it.")
    both = f"{REST}ana,{first},90,set\nana,{JANUARY},100,withdrawn\n"
    assert (field.load("targets", both).new, field.rejected) == (1, [])
    assert field.one("SELECT first_day FROM sales_target WHERE state = 'set'") == first


def test_a_full_file_makes_room_for_itself_and_a_bad_line_leaves_its_target(field: Bench) -> None:
    field.load("targets", f"{HEAD}\nana,{JANUARY},100\nben,{JANUARY},70\n")
    bad = f"rep,first_day,net_minor,last_day\nana,{JANUARY},100,\nben,{JANUARY},70,{FEBRUARY}\n"
    assert field.load("targets", bad, full=True).rejected == 1
    assert field.one("SELECT count(*) FROM sales_target WHERE state = 'set'") == 2
    with transaction(field.engine) as conn:
        conn.execute(text("UPDATE company SET calendar = '13x4'"))
    first = date.fromisocalendar(YEAR, 1, 1)
    new = f"{HEAD}\nana,{first},90\nben,{first},60\n"
    assert (field.load("targets", new, full=True).new, field.rejected) == (2, [])
    assert field.rows("SELECT DISTINCT first_day FROM sales_target WHERE state = 'set'") == [
        (first,)
    ]


@pytest.mark.parametrize("line", [f"ben,{JANUARY},0", f"ben,{JANUARY},70x", f"ben,{JANUARY},"])
def test_a_full_file_leaves_the_target_that_a_line_nobody_can_load_names(
    field: Bench, line: str
) -> None:
    field.load("targets", FILE)
    outcome = field.load("targets", f"{HEAD}\nana,{JANUARY},1250000\n{line}\n", full=True)
    assert (outcome.rejected, outcome.changed, outcome.notes) == (1, 1, [])
    standing = "SELECT rep FROM sales_target WHERE state = 'set' AND first_day = :d ORDER BY 1"
    assert field.rows(standing, d=date.fromisoformat(JANUARY)) == [("ana",), ("ben",)]


@pytest.mark.parametrize("line", [f"ben,{YEAR}-13-01,70", "ben", f",{JANUARY},70"])
def test_a_full_file_with_a_line_that_names_nothing_withdraws_nothing_and_says_so(
    field: Bench, line: str
) -> None:
    field.load("targets", FILE)
    outcome = field.load("targets", f"{HEAD}\nana,{JANUARY},1250000\n{line}\n", full=True)
    assert (outcome.rejected, outcome.changed) == (1, 0)
    assert outcome.notes[0].startswith("Lines that do not say which row they are about: 1.")
    assert field.one("SELECT count(*) FROM sales_target WHERE state = 'set'") == 3


def test_its_working_days_are_the_reps_and_follow_what_the_office_says(field: Bench) -> None:
    field.load("targets", FILE)
    usual = days_of(field, "ana")
    month = [date(YEAR, 1, day) for day in range(1, 32)]
    assert usual == [day for day in month if day.weekday() < 5 and day.day != 1]  # New Year's Day
    away, extra = usual[3], next(day for day in month if day.weekday() == 6)
    with transaction(field.engine) as conn:
        for kind, day in (("leave", away), ("works", extra)):
            conn.execute(
                text(
                    "INSERT INTO absence (company, id, rep, first_day, last_day, kind, made_by,"
                    " made_at) VALUES (:c, gen_random_uuid(), 'ana', :day, :day, :kind, 'x', now())"
                ),
                {"c": company_of(field), "day": day, "kind": kind},
            )
        assert refresh(conn, company_of(field), "user:desk", datetime.now(UTC)) == 1
        assert refresh(conn, company_of(field), "user:desk", datetime.now(UTC)) == 0
    assert days_of(field, "ana") == sorted({*usual, extra} - {away})
    assert days_of(field, "ben") == usual
    assert field.load("targets", FILE).same == 3, "a load writes the same days"


def test_the_days_of_a_period_that_is_over_stay_as_they_were(field: Bench) -> None:
    field.load("targets", FILE)
    with transaction(field.engine) as conn:
        conn.execute(text("UPDATE company SET country = 'US'"))  # a Monday of January, of February
        assert refresh(conn, company_of(field), "x", datetime(YEAR + 1, 1, 1, tzinfo=UTC)) == 0
        assert refresh(conn, company_of(field), "x", datetime(YEAR, 1, 15, tzinfo=UTC)) == 3
