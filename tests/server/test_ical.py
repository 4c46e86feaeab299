"""A rep's plan in other people's calendars."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlalchemy import Engine
from typer.testing import CliRunner

from server.cli import app
from server.ical import plan_of
from tests.server.console import make_app, signed_in
from tests.server.test_planning import HAND, MONDAY, move, on_the_map, put
from tests.world import World, add_east

ZONE = "America/Chicago"


def events(file: bytes | None) -> list[dict[str, object]]:
    assert file is not None
    return [
        {"uid": str(one["uid"]), "name": str(one["summary"]), "from": one.decoded("dtstart"),
         "to": one.decoded("dtend")}
        for one in Calendar.from_ical(file).walk("VEVENT")
    ]  # fmt: skip


def plan(world: World, zone: str = ZONE) -> list[dict[str, object]]:
    with world.begin() as conn:
        return events(plan_of(conn, world.company, "r01", zone, MONDAY, 4, HAND.now))


def test_stops_have_the_times_they_are_likely_to_have_and_keep_their_name_when_they_move(
    engine: Engine,
) -> None:
    world = on_the_map(engine)
    first, second = put(world, 0, MONDAY), put(world, 1, MONDAY)
    world.run("UPDATE store SET store_class = NULL, visits_per_4w = NULL WHERE code = 's003'")
    skipped = put(world, 0, MONDAY + timedelta(days=1))
    world.run("UPDATE plan_stop SET state = 'skipped' WHERE id = %s", skipped)
    unplanned = put(world, 2, MONDAY + timedelta(days=2))
    one, two, three = plan(world)
    assert [one["uid"], two["uid"], three["uid"]] == [
        f"{key}@talaria" for key in (first, second, unplanned)
    ]
    begins, leaves, then = one["from"], one["to"], two["from"]
    assert isinstance(begins, datetime)
    assert isinstance(leaves, datetime)
    assert isinstance(then, datetime)
    assert datetime(2026, 11, 30, 14, tzinfo=UTC) < begins  # eight in the morning, and the way
    assert leaves - begins == timedelta(minutes=40)
    assert then > leaves + timedelta(minutes=5)
    assert (three["from"], three["to"]) == (date(2026, 12, 2), date(2026, 12, 3))
    move(world, first, MONDAY + timedelta(days=3))
    moved = {each["uid"]: each["from"] for each in plan(world)}
    assert isinstance(later := moved[one["uid"]], datetime)
    assert later.date() == date(2026, 12, 3)


def test_the_office_and_the_command_line_hand_it_out(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = on_the_map(engine)
    world.stores.append(add_east(world))
    for n in (0, -1):
        put(world, n, date.today() + timedelta(days=1))  # noqa: DTZ011 - what is shown begins today
    console = signed_in(make_app(engine, database_url, tmp_path), world, "vera", "supervisor",
                        cell=2)  # fmt: skip
    told = console.get("/office/plans/r01.ics")
    assert (told.status_code, told.mimetype) == (200, "text/calendar")
    shown = {one["name"] for one in events(told.data)}
    assert shown == {"Store 1", "a store of another depot"}, "she has the one depot alone"
    assert console.get("/office/plans/nobody.ics").status_code == 404
    for name, value in (("DATABASE_URL", database_url), ("TALARIA_DATA_DIR", str(tmp_path))):
        monkeypatch.setenv(name, value)
    file = tmp_path / "r01.ics"
    ask = CliRunner().invoke
    done = ask(app, ["plan", "calendar", "r01", "--file", str(file)])
    assert (done.exit_code, {one["name"] for one in events(file.read_bytes())}) == (
        0, {"Store 1", "East"},
    ), done.output  # fmt: skip
    assert ask(app, ["plan", "calendar", "nobody"]).exit_code == 1
    learnt = ask(app, ["plan", "learn"])
    assert (learnt.exit_code, "Fewer than 40 trips" in learnt.stdout) == (0, True), learnt.output
    year = ask(app, ["company", "year", "--country", "US-IA"])
    assert "Public holidays of US-IA are free" in year.stdout, year.output
