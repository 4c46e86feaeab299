"""The server of today answers every recorded day so that the handheld of then understands it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas import versions
from schemas.versions import NEWEST
from schemas.wire import BODIES
from server.app import create_app
from server.database import make_engine
from server.settings import load
from sync import pull as pulling
from sync import verdicts
from sync import verify as verifying
from sync.kinds import KINDS
from sync.queries import pull
from tests.recordings.__main__ import made, read, recorded
from tests.recordings.player import Replayer, Step
from tests.recordings.world import Clock, pinned, recorded_world

Clone = Callable[[], tuple[str, str]]
Play = Callable[..., list[str]]


@pytest.fixture
def replay(clone: Clone, tmp_path: Path) -> Play:
    """Play steps against a server of today on a world made for them; what would be noticed."""

    def play(steps: list[Step], version: int = NEWEST) -> list[str]:
        url, _ = clone()
        engine, clock = make_engine(url, pool_size=5), Clock()
        app = create_app(load({"TALARIA_DATA_DIR": str(tmp_path), "DATABASE_URL": url}), engine)
        world = recorded_world(engine)
        with app.test_client() as client, pinned(clock):
            found = list(Replayer(client, world, clock).play(steps, version))
        engine.dispose()
        return found

    return play


def recorded_now(clone: Clone) -> list[Step]:
    """The day of the newest version, as it would be recorded now."""
    url, _ = clone()
    engine = make_engine(url, pool_size=5)
    with made(engine, url, NEWEST) as steps:
        pass
    engine.dispose()
    return steps


@pytest.mark.parametrize("version", recorded())
def test_every_recorded_day_is_still_understood(replay: Play, version: int) -> None:
    assert replay(read(version), version) == []


def test_of_a_version_served_no_more_everything_captured_is_still_taken(
    replay: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (versions, pulling, verifying):
        monkeypatch.setattr(module, "OLDEST", 2)
    assert replay(read(1), 1) == []


def test_every_version_before_the_newest_was_recorded() -> None:
    assert set(range(1, NEWEST)) <= set(recorded())


def test_a_day_recorded_now_is_answered_the_same_again(clone: Clone, replay: Play) -> None:
    """And it speaks of every kind and every act, so that what is recorded is all there is."""
    steps = recorded_now(clone)
    assert replay(steps) == []
    kinds = {kind for step in steps for page in step.get("pages", ()) for kind in page["rows"]}
    assert kinds == set(KINDS)
    pushed = [one for step in steps for one in _changes(step)]
    assert {(one["kind"], one["act"]) for one in pushed} >= set(BODIES)
    (verified,) = (step["told"] for step in steps if "verify" in step)
    assert verified["equal"] == [True, False, True]
    assert sorted(verified["rows"]) == ["contact", "order", "product"]
    assert list(verified["gone"]) == ["visit"]
    assert sum(len(page.get("fetched", ())) for step in steps for page in step.get("pages", ())) > 2
    assert any("inside" in page for step in steps for page in step.get("pages", ()))


def _changes(step: Step) -> list[dict[str, Any]]:
    body = step.get("request", ("", "", None))[2]
    return body.get("changes", []) if isinstance(body, dict) else []


def test_a_field_that_comes_empty_is_noticed(
    clone: Clone, replay: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: rows of stores come without their telephone."""
    steps, real = recorded_now(clone), pull.row_text
    lost = lambda kind, version: real(kind, version).replace(" phone", " NULL")  # noqa: E731
    monkeypatch.setattr(pull, "row_text", lost)
    found = replay(steps)
    assert any(one.endswith("phone: was '555-0101', is None") for one in found), found[:5]


def test_a_verdict_in_words_of_another_version_is_noticed(
    clone: Clone, replay: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: verdicts name fields as some other version calls them."""
    steps = recorded_now(clone)
    monkeypatch.setattr(verdicts, "spoken", lambda kind, version, path: f"{path}_new")
    found = replay(steps)
    assert any(".field: was 'city', is 'city_new'" in one for one in found), found[:5]
