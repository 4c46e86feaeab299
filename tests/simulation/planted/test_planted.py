"""The list of planted mistakes is as the page tells it, and each can be put in and taken out."""

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.planted import hunts
from tests.simulation.planted.__main__ import PAGE, chosen, page, result, results_of
from tests.simulation.planted.firms import FIRMS
from tests.simulation.planted.hunts import Found, Notes, hunt
from tests.simulation.planted.plant import Bug, planted
from tests.simulation.planted.table import BUGS


def test_there_are_at_least_thirty_each_with_its_name() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 30
    assert {bug.firm for bug in BUGS} == FIRMS.keys()


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_mistake_can_be_put_in_and_is_gone_afterwards(bug: Bug) -> None:
    swapped: list[tuple[object, str, object]] = []
    with planted(bug) as planting:
        swapped += planting.put_in
        assert swapped or planting.begun
        assert all(getattr(owner, name) is not before for owner, name, before in swapped)
    assert all(getattr(owner, name) is before for owner, name, before in swapped)


def test_the_page_is_in_step_with_the_table() -> None:
    told = PAGE.read_text()
    assert told == page(results_of(told)), "run `make mutants`"


def test_what_a_page_says_of_a_hunt_is_read_again() -> None:
    bug, other = BUGS[:2]
    told = {bug.name: result(bug, Found(3.4, 2, "lost: it")), other.name: result(other, NOWHERE)}
    assert results_of(page(told)) == {one.name: "not run yet |  | " for one in BUGS} | told
    assert told[bug.name] == f"3 s | {bug.firm}, seed 2 | lost: it"


def test_the_same_seed_draws_the_same_few() -> None:
    few = [chosen(Namespace(only=None, some=5, seed=seed)) for seed in (1, 1, 2)]
    assert few[0] == few[1] != few[2]
    assert len(few[0]) == 5


NOWHERE = Found(61.0, 9, "")
Plays = Callable[[Any, Bug, int], str]


def playing(monkeypatch: pytest.MonkeyPatch, plays: Plays) -> list[tuple[str, int]]:
    """Hunts play this, a second of the processor each time; who was played with which seed."""
    played: list[tuple[str, int]] = []

    def one(pg: Any, bug: Bug, seed: int) -> str:
        played.append((bug.name, seed))
        return plays(pg, bug, seed)

    monkeypatch.setattr(hunts, "plays", one)
    monkeypatch.setattr(hunts, "spent_s", lambda pg: float(len(played)))
    return played


def test_what_is_wrong_without_the_mistake_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    bug = BUGS[0]
    played = playing(monkeypatch, lambda pg, one, seed: "" if (one, seed) == (hunts.nothing(
        bug.firm), 3) or seed == 1 else "wrong")  # fmt: skip
    assert hunt(None, bug, 60, Notes()) == Found(3, 3, "wrong")  # type: ignore[arg-type]
    assert played == [(bug.name, 1), (bug.name, 2), ("nothing", 2), (bug.name, 3), ("nothing", 3)]


def test_a_hunt_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    playing(monkeypatch, lambda pg, bug, seed: "")
    assert hunt(None, BUGS[0], 4, Notes()) == Found(4, 4, "")  # type: ignore[arg-type]


def test_a_run_that_was_broken_off_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bug, file = BUGS[0], tmp_path / "notes"
    played = playing(monkeypatch, lambda pg, one, seed: "wrong" if one is bug else "")
    notes = Notes(file)
    notes.keep(bug, hunt(None, bug, 60, notes))  # type: ignore[arg-type]
    again = Notes(file)
    assert again.found == {bug.name: Found(1, 1, "wrong")}
    assert again.without(None, bug.firm, 1) == ""  # type: ignore[arg-type]
    assert played == [(bug.name, 1), ("nothing", 1)]
    monkeypatch.setattr(hunts, "code", lambda: "of another day")
    assert not Notes(file).found
