"""The same acts in the hands of Hypothesis: when a story goes wrong, it looks for the smallest one.

    python -m tests.simulation.smallest [--seed 7] [--seconds 60] [--steps 30]

Every step is a choice Hypothesis can leave out or make simpler: which act, which handhelds, what
happens to the next request, what seed the act draws from. After the last step all is healed and
checked. The story that is left is printed; kept as a test, it is a list of calls.
"""

import argparse
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import ClassVar

import hypothesis
import structlog
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from server.embedded import EmbeddedPostgres
from tests import conftest
from tests.databases import databases
from tests.simulation import desk, losses, mishaps, reps, shipping, strays
from tests.simulation.network import ANY, OF_PULL, OF_PUSH
from tests.simulation.run import fresh, judge
from tests.simulation.world import Simulation, simulation

Place = tuple[EmbeddedPostgres, tuple[str, str]]
DEVICES = 2
WORK = (reps.call, reps.order, reps.visit, reps.card, reps.amend, reps.collect, reps.revise,
        reps.cancel, reps.contact, reps.edit_store, reps.plan, reps.supplement, reps.new_store,
        reps.answer, reps.odd_text, reps.odd_quantity)  # fmt: skip
OFFICE = (desk.stock, desk.prices, desk.receivables, desk.promotions, desk.answers,
          desk.edit, desk.same_order, desk.territory,
          desk.other_depot, desk.jobs, desk.a_night, shipping.dispatch,
          shipping.goes_on)  # fmt: skip
HAPPENS = (mishaps.killed_saving, mishaps.killed_syncing, mishaps.wrong_clock, mishaps.clock_back,
           mishaps.rebooted, mishaps.kept, mishaps.restored, mishaps.cloned, mishaps.odd_cursor,
           mishaps.rotten_copy, mishaps.rotten_change, mishaps.same_id, mishaps.poison,
           mishaps.full, losses.keep, losses.restored, losses.rewound, losses.quarter)  # fmt: skip
LINE = (None, *dict.fromkeys((*ANY, *OF_PUSH, *OF_PULL)))
SEEDS = st.integers(0, 2**16)


class Story(RuleBasedStateMachine):
    """One firm of two handhelds, and what happens to it. `place` makes its database."""

    place: ClassVar[Callable[[], Place]]
    told: ClassVar[Callable[[Simulation], None]] = lambda sim: None

    def __init__(self) -> None:
        super().__init__()
        self.held = ExitStack()
        self.sim: Simulation | None = None

    @initialize()
    def founded(self) -> None:
        server, addresses = type(self).place()
        self.sim = self.held.enter_context(
            simulation(1, addresses, devices=DEVICES, rate=0.0, server=server)
        )

    def _does(self, act: Callable[[Simulation], int], seed: int) -> None:
        assert self.sim is not None
        self.sim.luck = Random(seed)
        act(self.sim)

    @rule(act=st.sampled_from(WORK), seed=SEEDS)
    def works(self, act: Callable[[Simulation], int], seed: int) -> None:
        self._does(act, seed)

    @rule(which=st.integers(0, DEVICES), happens=st.lists(st.sampled_from(LINE), max_size=3))
    def syncs(self, which: int, happens: list[str | None]) -> None:
        assert self.sim is not None
        self.sim.network.next = list(happens)
        self.sim.time.pass_s(30)
        self.sim.sync(self.sim.phones[which % len(self.sim.phones)])
        self.sim.network.next = []

    @rule(act=st.sampled_from(OFFICE), seed=SEEDS)
    def decides(self, act: Callable[[Simulation], int], seed: int) -> None:
        self._does(act, seed)

    @rule(act=st.sampled_from(HAPPENS), seed=SEEDS)
    def goes_wrong(self, act: Callable[[Simulation], int], seed: int) -> None:
        self._does(act, seed)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        assert self.sim is not None
        self.sim.time.pass_s(3600 * hours)
        self.sim.network.late_arrivals()

    def teardown(self) -> None:
        """All is healed and checked, whatever came before."""
        with self.held:
            if self.sim is not None and sys.exc_info()[0] is None:
                wrong = judge(self.sim)[0]
                found = [f"{name}: {one}" for name, ones in wrong.items() for one in ones]
                assert not found, "\n".join(found)
                type(self).told(self.sim)


def tell_stories(
    place: Callable[[], Place], seed: int, stories: int, steps: int,
    told: Callable[[Simulation], None] = lambda sim: None,
) -> None:  # fmt: skip
    """Play so many stories; raises what the smallest one that goes wrong raises."""
    machine = type("Story", (Story,), {"place": staticmethod(place), "told": staticmethod(told)})
    chosen = settings(
        max_examples=stories, stateful_step_count=steps, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=chosen)


def tell_for(pg: EmbeddedPostgres, seed: int, seconds: float, steps: int = 30) -> str:
    """Play stories for so long; what was wrong, with the smallest story of it, or nothing."""
    played: list[dict[str, int]] = []
    until_s, rounds = time.monotonic() + seconds, 0
    while time.monotonic() < until_s:
        with databases(pg, conftest.TEMPLATE) as make:
            try:
                tell_stories(
                    lambda: (pg, make()), seed + rounds, 5, steps,
                    lambda sim: played.append(dict(sim.history.counts)),
                )  # fmt: skip
            except Exception as trouble:
                told = [f"{type(trouble).__name__}: {trouble}", *getattr(trouble, "__notes__", ())]
                return "\n".join([f"stories: seed {seed + rounds} goes wrong", *told])
        rounds += 1
    changes = sum(one.get("captured", 0) for one in played)
    faults = sum(one.get("fault", 0) for one in played)
    print(f"stories: seed {seed}, {len(played)} told, changes {changes}, faults {faults}, 0 wrong")
    return ""


def main() -> int:
    asked = argparse.ArgumentParser(prog="smallest", description=__doc__)
    asked.add_argument("--seed", type=int, default=None)
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--steps", type=int, default=30)
    given = asked.parse_args()
    strays.tidy()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(2**32)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory(prefix="talaria-sim-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - PostgreSQL may run under another account
        with fresh(Path(folder), conftest.chosen_programs().folder) as (pg, _):
            wrong = tell_for(pg, seed, given.seconds, given.steps)
    if wrong:
        print(wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
