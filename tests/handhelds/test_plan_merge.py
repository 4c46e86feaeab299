"""Office and rep change the same week, the rep offline: the rule decides, and both read of it.

The office by its pages, the rep by the reference handheld; what the rep's browser shows of the same
is in tests/browser/test_plan_merge.py.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from handhelds.reference import link, screens_work
from handhelds.reference.stops import reorder, skip_stop, swap_stops
from tests.handhelds.test_against_server import Handheld
from tests.server.console import Console, make_app, signed_in
from tests.world import World, build


class Both:
    """A rep with a handheld, and a supervisor with a console, in front of one server."""

    def __init__(self, handheld: Handheld, desk: Console, world: World) -> None:
        self.handheld, self.desk, self.world = handheld, desk, world
        today = handheld.rep.pad.today()
        self.monday = today + timedelta(days=7 - today.weekday())

    def day(self, n: int) -> date:
        """The n-th day from next Monday on."""
        return self.monday + timedelta(days=n)

    def office_adds(self, store: int, n: int, **more: str) -> str:
        """The office puts a store on a day; the stop's id."""
        before = set(self._stops())
        form = {"store": f"s00{store}", "day": self.day(n).isoformat(), "rep": "r01"}
        self.desk.post("/office/plans/", act="add", week=self.monday.isoformat(), **form | more)
        (made,) = set(self._stops()) - before
        return made

    def _stops(self) -> list[str]:
        return [row[0] for row in self.world.rows("SELECT id::text FROM plan_stop")]

    def office(self, act: str, stop: str, n: int | None = None) -> None:
        """The office moves (to a day), pins or takes off a stop."""
        day = {} if n is None else {"day": self.day(n).isoformat()}
        self.desk.post(
            "/office/plans/", act=act, stop=stop, rep="r01", week=self.monday.isoformat(), **day
        )

    def week(self, n: int = 0) -> str:
        """What the office reads on the page of a week, tags left out."""
        day = self.day(7 * n).isoformat()
        page = self.desk.page(f"/office/plans/?rep=r01&week={day}")
        return " ".join(re.sub(r"<[^>]+>", " ", page).split()).replace("&#39;", "'")

    def told(self) -> list[str]:
        """What the rep reads after the last sync."""
        shown = screens_work.verdicts(self.handheld.rep, everything=False)["verdicts"]
        return [one["says"] for verdict in shown for one in verdict["conflicts"]]

    def plan(self) -> dict[str, tuple[int, str]]:
        """The plan on both sides, which must be one: store -> (day from Monday, state)."""
        rows = self.world.rows(
            "SELECT s.code, p.day, p.state, p.id::text FROM plan_stop p"
            " JOIN store s ON s.cell = p.cell AND s.id = p.store"
        )
        mine = {row["id"]: row for row in self.handheld.queries.rows("plan_stop")}
        assert {key: (mine[key]["day"], mine[key]["state"]) for key in mine} == {
            row[3]: (row[1].isoformat(), row[2]) for row in rows
        }
        return {code: ((day - self.monday).days, state) for code, day, state, _ in rows}


@pytest.fixture
def both(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Both]:
    world = build(engine)
    app = make_app(engine, database_url, tmp_path)
    with httpx.Client(transport=httpx.WSGITransport(app=app)) as client:
        handheld = Handheld(tmp_path / "home", link.Wire("http://server", client), world)
        assert handheld.enrol().state == "done"
        yield Both(handheld, signed_in(app, world, "sue", "supervisor"), world)
        handheld.local.close()


def synced(both: Both) -> None:
    assert both.handheld.sync().state == "done"


@pytest.mark.rule(10)
def test_both_move_a_stop_within_the_week_and_the_rep_is_right_and_both_read_it(
    both: Both,
) -> None:
    stop = both.office_adds(1, 0)
    synced(both)
    both.handheld.rep.move_stop("s001", both.day(0), both.day(2))
    both.office("move", stop, 4)
    synced(both)
    assert both.plan() == {"s001": (2, "planned")}
    (said,) = both.told()
    assert said.startswith("The office had moved the stop at Store 1 from")
    assert "stands, as it is in the same week" in said
    page = both.week()
    assert "1 stop of this week was changed by Ana, offline, and by the office" in page
    assert f"Ana was told: “{said}”" in page


@pytest.mark.rule(10)
def test_the_office_moves_it_to_another_week_and_is_right_and_both_read_it(both: Both) -> None:
    stop = both.office_adds(1, 0)
    synced(both)
    both.handheld.rep.move_stop("s001", both.day(0), both.day(2))
    both.office("move", stop, 8)
    synced(both)
    assert both.plan() == {"s001": (8, "planned")}
    (said,) = both.told()
    assert "another week. That stands, not your" in said
    assert said in both.week(1)
    assert "both changed it" not in both.week(0)


@pytest.mark.rule(10)
def test_a_stop_the_office_fixed_meanwhile_stays_and_both_read_it(both: Both) -> None:
    stop = both.office_adds(1, 0)
    synced(both)
    both.handheld.rep.move_stop("s001", both.day(0), both.day(2))
    both.office("pin", stop)
    synced(both)
    assert both.plan() == {"s001": (0, "planned")}
    (said,) = both.told()
    assert "has fixed the stop at Store 1" in said
    assert said in both.week()


@pytest.mark.rule(10)
@pytest.mark.rule(17)
def test_what_the_office_took_off_waits_for_the_office_and_the_rep_reads_that(both: Both) -> None:
    stop = both.office_adds(1, 0)
    synced(both)
    both.handheld.rep.move_stop("s001", both.day(0), both.day(2))
    both.office("remove", stop)
    synced(both)
    assert both.world.rows("SELECT 1 FROM plan_stop") == []
    (said,) = both.told()
    assert "took Store 1 off your plan" in said
    assert "request" in said
    (mine,) = both.handheld.queries.rows("plan_stop")  # the wish, marked as one
    assert (mine["outcome"], mine["unsent"]) == ("held", False)
    assert said in " ".join(re.sub(r"<[^>]+>", " ", both.desk.page("/office/inbox")).split())


@pytest.mark.rule(10)
def test_a_week_of_changes_of_both_comes_together_and_nothing_is_told_that_did_not_meet(
    both: Both,
) -> None:
    """Swapped, skipped, inserted and re-ordered by the rep; added and moved by the office."""
    first, second = both.office_adds(1, 0), both.office_adds(2, 1)
    synced(both)
    rep = both.handheld.rep
    swap_stops(rep, first, second)  # Store 1 on Tuesday, Store 2 on Monday
    mine = rep.plan("s003", both.day(0))  # a store put in
    reorder(rep, both.day(0).isoformat(), [mine["id"], second])
    skip_stop(rep, first, "closed")
    added = both.office_adds(3, 3)  # the office plans another day for the same store: a union
    both.office("move", added, 4)
    synced(both)
    rows = both.world.rows(
        "SELECT s.code, p.day - %s, p.sequence, p.state, p.reason FROM plan_stop p"
        " JOIN store s ON s.cell = p.cell AND s.id = p.store ORDER BY p.day, p.sequence",
        both.monday,
    )
    assert rows == [
        ("s003", 0, 1, "planned", None), ("s002", 0, 2, "planned", None),
        ("s001", 1, 1, "skipped", "closed"), ("s003", 4, 1, "planned", None),
    ]  # fmt: skip
    both.plan()
    assert both.told() == []
    assert "both changed it" not in both.week()


@pytest.mark.rule(10)
def test_a_stop_whose_visit_has_begun_is_the_reps(both: Both) -> None:
    today = both.handheld.rep.pad.today()
    n = (today - both.monday).days
    stop = both.office_adds(1, n)
    synced(both)
    both.handheld.rep.start_visit("s001")
    synced(both)
    week = both.desk.page(f"/office/plans/?rep=r01&week={today}")
    assert ">Take off<" not in week
    assert "</svg>started" in week
    both.office("move", stop, 1)
    both.office("remove", stop)
    assert both.world.rows("SELECT id::text, day FROM plan_stop") == [(stop, today)]
    both.handheld.rep.end_visit("s001")
    synced(both)
    assert "</svg>done" in both.desk.page(f"/office/plans/?rep=r01&week={today}")
