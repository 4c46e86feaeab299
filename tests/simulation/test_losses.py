"""Stories of a database that became an older one: what a played firm found, as lists of calls."""

from collections.abc import Iterator

import pytest

from handhelds.reference.visit import Wanted
from server.embedded import EmbeddedPostgres
from tests.conftest import Clone
from tests.simulation import losses
from tests.simulation.phones import Phone
from tests.simulation.run import judge
from tests.simulation.test_run import quietly
from tests.simulation.world import Simulation, copied, simulation

__all__ = ["quietly"]


@pytest.fixture
def sim(clone: Clone, test_postgres: EmbeddedPostgres) -> Iterator[Simulation]:
    """Two reps, a handheld each, and a database that may be put back."""
    with simulation(1, clone(), devices=2, rate=0.0, server=test_postgres) as made:
        yield made


def orders(sim: Simulation, phone: Phone, count: int) -> None:
    for _ in range(count):
        sim.time.pass_s(60)
        assert phone.does(lambda rep: rep.order(phone.stores()[0], [Wanted("p001", "1")])) == 1


def syncs(sim: Simulation, phone: Phone, state: str = "done") -> None:
    sim.time.pass_s(60)
    assert phone.sync().state == state


def copy_of(sim: Simulation, phone: Phone) -> Phone:
    return sim.add_phone(phone.rep_code, copied(sim, phone), of=phone)


@pytest.mark.parametrize("away_days", [0, 91])
def test_two_of_one_name_lose_nothing_when_each_was_lost_what_the_other_offers(
    sim: Simulation, away_days: int
) -> None:
    """One of them offers what was lost under the name they share, so the server names a mark that
    is the other's too, though what it counts is not what this one made. `few` made fewer than
    its copy, so that its newest work carries the mark on at once; `many` made more."""
    few, many = sim.phones
    for phone in (few, many):
        orders(sim, phone, 2)
        syncs(sim, phone)
    losses.keep(sim)
    for phone, made, copies in ((few, 2, 2), (many, 4, 2)):
        copy = copy_of(sim, phone)
        orders(sim, copy, copies)
        orders(sim, phone, made)
        syncs(sim, phone)
    losses.restored(sim)
    for copy in sim.phones[2:]:
        syncs(sim, copy)
    sim.time.pass_s(away_days * 86_400.0)
    for phone in (few, many):
        orders(sim, phone, 1)
    for phone in (few, many):
        sim.sync(phone)
    wrong = judge(sim)[0]
    assert {name: found for name, found in wrong.items() if found} == {}
    assert sim.captured == 2 * 2 + 4 + 6 + 2
