"""The list of planted mistakes is as the page tells it, and each can be put in and taken out."""

import pytest

from tests.simulation.planted.__main__ import PAGE, page, results_of
from tests.simulation.planted.firms import FIRMS
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
