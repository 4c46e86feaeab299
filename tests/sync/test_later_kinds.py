"""A kind that came with a later version: an older handheld is not sent it, and does not miss it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.versions import NEWEST, STEPS
from sync import pull as pulling
from sync import verify as verifying
from sync.moving.why import why
from sync.queries import pull as pull_queries
from sync.queries import verify as verify_queries
from sync.terms.digest import NOTHING, Digest, row_hash
from sync.verify import verify
from sync.write import remove
from tests.sync.copy import Copy
from tests.world import CELL, World, change, order_body

BEFORE = next(step.version for step in STEPS if "target" in step.kinds) - 1
OWN = "rep:r01"


def aim(world: World, rep: str, first: date) -> str:
    """A target of four weeks; its id."""
    days = [first + timedelta(days=n) for n in range(28)]
    return world.add_target(rep, first, days[-1], [day for day in days if day.weekday() < 5])


class Pair:
    """Two handhelds of one rep, one of a version that has no targets yet, one of today's."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.old = Copy(world, world.add_device("d-old", "r01", no=11))
        self.old.schema = BEFORE
        self.new = Copy(world, world.add_device("d-new", "r01", no=12))
        self.both = (self.old, self.new)

    def pull(self) -> None:
        for one in self.both:
            assert one.pull()

    def said(self, copy: Copy, **more: Any) -> Any:
        """The server's answer to a verification by this handheld."""
        asked = {
            "epoch": None, "cursor": copy.cursor, "schema": copy.schema, "run": "r",
            "why": "asked", "digest": None, "ask": [], "have": [], **more,
        }  # fmt: skip
        with self.world.begin() as conn:
            return verify(conn, copy.carrier, SimpleNamespace(**asked))

    def agree(self) -> None:
        """Each one's copy comes to what the server says it should, as a whole and in each part."""
        for one in self.both:
            mine: dict[str, Digest] = {}
            for kind, rows in one.rows.items():
                for row in rows.values():
                    mine[row[1]] = mine.get(row[1], NOTHING) + Digest(1, row_hash(kind, row))
            whole = sum(mine.values(), start=NOTHING)
            told = self.said(one, digest=whole.spelled())
            assert (told.equal, told.behind, told.news) == (True, False, {})
            assert self.said(one).scopes == mine
            own = self.said(one, ask=[SimpleNamespace(scope=OWN, at="")]).slices[0]
            assert sum(own, start=NOTHING) == mine.get(OWN, NOTHING)


@pytest.fixture
def fleet(world: World) -> Pair:
    for rep in ("r01", "r02"):
        aim(world, rep, date(2026, 11, 2))
    return Pair(world)


@pytest.mark.parametrize("limit", [1, 5_000])
def test_a_first_pull_brings_it_to_who_knows_it(fleet: Pair, limit: int) -> None:
    for one in fleet.both:
        one.limit = limit
    fleet.pull()
    assert "target" not in fleet.old.rows
    (row,) = fleet.new.rows["target"].values()
    assert row[1:8] == [
        OWN, 1, "r01", "2026-11-02", "2026-11-29", 9,
        [f"2026-11-{day:02d}" for day in range(2, 30) if date(2026, 11, day).weekday() < 5],
    ]  # fmt: skip
    fleet.agree()


def test_news_of_it_and_its_end_come_to_who_knows_it(world: World, fleet: Pair) -> None:
    fleet.pull()
    another, cursor = aim(world, "r01", date(2026, 11, 30)), fleet.old.cursor
    answer = fleet.old.page(fleet.old.cursor, None)
    assert (answer.complete, answer.rows, answer.gone) == (True, {}, {})
    fleet.pull()
    assert another in fleet.new.rows["target"]
    assert fleet.old.cursor == cursor, "a pull that tells nothing leaves the cursor as it is"
    fleet.agree()
    with world.begin() as conn:
        assert remove(conn, CELL, "target", [another]) == 1
    answer = fleet.old.page(fleet.old.cursor, None)
    assert (answer.rows, answer.gone) == ({}, {})
    fleet.pull()
    assert another not in fleet.new.rows["target"]
    fleet.agree()


def test_what_else_came_with_it_comes_to_both(world: World, fleet: Pair) -> None:
    fleet.pull()
    aim(world, "r01", date(2026, 11, 30))
    body = order_body(world.stores[0], [("p001", 1)])
    world.push(world.carrier("r01", "d-1"), [change(1, "order", "submit", body)])
    for one in fleet.both:
        one.limit = 1  # each entry on a page of its own
    fleet.pull()
    assert all(body["id"] in one.rows["order"] for one in fleet.both)
    assert "target" not in fleet.old.rows
    fleet.agree()


def test_it_is_no_news_to_who_does_not_know_it_however_much_there_is(
    world: World, fleet: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the copy would be behind for ever: no pull would bring the cursor on."""
    fleet.pull()
    monkeypatch.setattr(verifying, "MOST_NEWS", 1)
    for n in range(3):
        aim(world, "r01", date(2027, 1, 4) + timedelta(weeks=4 * n))
    assert fleet.said(fleet.new).behind
    told = fleet.said(fleet.old)
    assert (told.behind, told.news) == (False, {})
    fleet.pull()
    fleet.agree()


def test_an_update_brings_it_whole_and_going_back_says_no_more_of_it(fleet: Pair) -> None:
    """Either way both sides agree at once; what a program that was put back still holds of it is
    nobody's, and goes when it is laid open."""
    fleet.pull()
    fleet.old.schema, fleet.new.schema = fleet.new.schema, fleet.old.schema
    answer = fleet.new.page(fleet.new.cursor, None)
    assert (answer.rows, answer.gone) == ({}, {})
    left = fleet.new.rows.pop("target")
    fleet.pull()
    assert fleet.old.rows["target"].keys() == left.keys()
    fleet.agree()
    (key,) = left
    held = SimpleNamespace(scope=OWN, at="", rows={"target": {key: f"1:{0:016x}"}})
    assert fleet.said(fleet.new, have=[held]).gone == {"target": [key]}
    assert fleet.said(fleet.old, have=[held]).gone == {}


def test_why_a_row_is_on_no_older_handheld_is_said(world: World, fleet: Pair) -> None:
    fleet.pull()
    (key,) = fleet.new.rows["target"]
    world.run("UPDATE device SET schema = %s WHERE id = 'd-old'", BEFORE)
    now = datetime.now(UTC)
    with world.begin() as conn:
        old, new = (why(conn, CELL, one, "target", key, now) for one in ("d-old", "d-new"))
    assert (old.answer, new.answer) == ("not on it", "on it")
    assert any(f"speaks version {BEFORE}, which has no target" in one.says for one in old.findings)


SCENES: tuple[Callable[..., None], ...] = (
    lambda world, fleet, patch: test_a_first_pull_brings_it_to_who_knows_it(fleet, 5_000),
    lambda world, fleet, patch: test_news_of_it_and_its_end_come_to_who_knows_it(world, fleet),
    lambda world, fleet, patch: test_it_is_no_news_to_who_does_not_know_it_however_much_there_is(
        world, fleet, patch
    ),
)


def _every_kind(scope: str, version: int = NEWEST) -> tuple[str, ...]:
    from sync.kinds import kinds_of

    return kinds_of(scope, NEWEST)


def _plant(patch: pytest.MonkeyPatch, planted: str) -> None:
    if planted == "sent whole":
        patch.setattr(pulling, "kinds_of", _every_kind)
    elif planted == "counted":
        patch.setattr(verifying, "kinds_of", _every_kind)
    elif planted == "told of":
        patch.setattr(pull_queries, "untold", lambda version: ["grant"])
    else:
        patch.setattr(verify_queries, "untold", lambda version: ["grant"])


@pytest.mark.parametrize(
    ("planted", "scene"), [("sent whole", 0), ("counted", 0), ("told of", 1), ("left out", 2)]
)
def test_planted_faults_are_caught(
    world: World, fleet: Pair, planted: str, scene: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kind is sent to who does not know it, counted in its digests, told of in its feed, or
    named among what to leave out: the tests above fail."""
    _plant(monkeypatch, planted)
    with pytest.raises((AssertionError, IndexError)):  # a row of it has no column there
        SCENES[scene](world, fleet, monkeypatch)
