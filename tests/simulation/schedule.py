"""Which act comes next: a table of weights, drawn from by the seed.

An act is a function of the simulation; it returns how many changes it captured. The healing that
every run ends with is here too: faults stop, what wandered about arrives, everybody syncs.
"""

import time as machine
from collections.abc import Callable

from tests.simulation import desk, losses, mishaps, reps, shipping
from tests.simulation.network import calm
from tests.simulation.phones import Phone
from tests.simulation.world import Simulation

Act = Callable[[Simulation], int]
MOST_ROUNDS = 6
MOST_LOOKS = 4
HEADS = "SELECT sum(pos) FROM feed"
"""It moves with all that is written for handhelds."""


def sync(sim: Simulation) -> int:
    """A handheld that has network syncs."""
    there = sim.online()
    if there:
        sim.works_s(sim.luck.uniform(1, 20))
        sim.sync(sim.luck.choice(there))
    return 0


def send(sim: Simulation) -> int:
    """Somebody who has work to send, and network, syncs."""
    there = [one for one in sim.online() if one.local.queue().pending]
    if there:
        sim.works_s(sim.luck.uniform(1, 20))
        sim.sync(sim.luck.choice(there))
    return 0


def late(sim: Simulation) -> int:
    sim.works_s(sim.luck.uniform(60, 1800))
    sim.network.late_arrivals()
    return 0


REPS: dict[Act, int] = {
    reps.call: 200, reps.order: 160, reps.visit: 60, reps.card: 90, reps.revise: 45,
    reps.cancel: 14, reps.collect: 45, reps.contact: 30, reps.edit_store: 30,
    reps.amend: 20, reps.plan: 30, reps.supplement: 8, reps.give_back: 6, reps.skip: 15,
    reps.new_store: 4, reps.answer: 12, reps.undo: 4, reps.odd_text: 8, reps.odd_quantity: 8,
    sync: 110, late: 12,
}  # fmt: skip
OFFICE: dict[Act, int] = {
    desk.stock: 8, desk.prices: 4, desk.receivables: 5, desk.promotions: 4, desk.answers: 30,
    desk.edit: 12, desk.same_order: 8, desk.territory: 12, desk.other_depot: 4, desk.jobs: 14,
    desk.a_night: 3, shipping.dispatch: 30, shipping.goes_on: 12,
}  # fmt: skip
MISHAPS: dict[Act, int] = {
    mishaps.killed_saving: 14, mishaps.killed_syncing: 14, mishaps.wrong_clock: 5,
    mishaps.clock_back: 5, mishaps.rebooted: 5, mishaps.kept: 5, mishaps.restored: 3,
    mishaps.cloned: 1, mishaps.odd_cursor: 4, mishaps.rotten_copy: 8, mishaps.rotten_change: 3,
    mishaps.same_id: 3, mishaps.poison: 6, mishaps.full: 5, mishaps.away: 6,
    losses.keep: 2, losses.restored: 1, losses.rewound: 1, losses.quarter: 1,
}  # fmt: skip
WEIGHTS = REPS | OFFICE | MISHAPS
"""Act -> weight."""
BUSY = WEIGHTS | {reps.morning: 90, sync: 40, send: 80}
"""Days as reps have them: a morning's work, twenty changes or more, goes out at once."""


class Schedule:
    """Draws acts for one simulation."""

    def __init__(self, sim: Simulation, weights: dict[Act, int]) -> None:
        self.sim = sim
        self.acts, self.weights = list(weights), list(weights.values())

    def step(self) -> int:
        """The next act; how many changes it captured."""
        (act,) = self.sim.luck.choices(self.acts, self.weights)
        return act(self.sim)


def heal(sim: Simulation) -> dict[str, int]:
    """Nothing goes wrong any more. Handheld -> syncs until it had nothing left to send and held
    what the server holds; -1: more than MOST_ROUNDS."""
    sim.time.pass_s(60)
    with calm(sim.network):
        sim.network.late_arrivals(all_of_them=True)
        sim.note("healed")
        for phone in sim.phones:
            phone.offline_until = None
            phone.calms()
        rounds = {}
        for phone in sim.phones:
            began_s = machine.perf_counter()
            rounds[phone.name] = _until_at_rest(sim, phone)
            sim.slowest_ms = max(sim.slowest_ms, (machine.perf_counter() - began_s) * 1000)
        return rounds


def _until_at_rest(sim: Simulation, phone: Phone) -> int:
    for count in range(1, MOST_ROUNDS + 1):
        sim.time.pass_s(30)
        ending = sim.sync(phone)
        waiting = phone.local.queue().pending - len(phone.local.damaged())
        if ending.state == "done" and waiting <= 0:
            return count
    return -1


def settle(sim: Simulation) -> bool:
    """The scheduler and the dispatcher have their turns until nothing is due any more; whether
    all was delivered."""
    for _ in range(2):
        sim.time.pass_s(60)
        desk.run_jobs(sim)
        done = shipping.deliver_all(sim)
    return done


def last_look(sim: Simulation) -> None:
    """Once all have sent everything, each handheld fetches what the others' work changed. Whose
    copy had rotted compares it: the night would have. Who hears only now that it was set back, or
    that a copy goes by its name, sends all it has once more: then all look again."""
    with calm(sim.network):
        for _ in range(MOST_LOOKS):
            before = sim.world.one(HEADS)
            for phone in sim.phones:
                sim.time.pass_s(5)
                sim.sync(phone, "asked" if phone.rotten else None)
            if sim.world.one(HEADS) == before:
                break
