"""The firms that look for a mistake: each plays one seed and says what was wrong, or nothing.

Where the product itself refuses to go on (a constraint of a table, a check of the firm), that is a
finding, too, and says which refusal it was. A mistake that breaks down by itself is none: the run
ends there (plant.py, Unplayable).

Six of them are the simulated firm with an eye on something: the same people, the same faults, the
same judges, but some acts come more often, so that a mistake there is met within seconds.

    firm       as `make simulate` plays it
    line       half of all requests meet a fault
    shipping   orders, a dispatcher that never rests, a delivery system that lies half of the time
    losses     backups are made and put back, openly and unnoticed
    hands      handhelds are killed, restored, cloned, spoilt; ids come twice
    moving     stores change hands and depots, people of theirs are deleted; a quarter passes
    day        the audited one (audited.py): every verdict is predicted from the manual
    moves      `make moves`: stores change hands and depots between any two pages of a pull
    units      `make last-units`: a race for the last stock
    feed       sixteen writers and four readers of a feed
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from server.database import make_engine
from server.embedded import EmbeddedPostgres
from sync.desk import edits
from sync.feed import publish
from tests import conftest
from tests.databases import databases
from tests.simulation import desk, losses, mishaps, reps, schedule, shipping
from tests.simulation.audited import Day
from tests.simulation.company import BY
from tests.simulation.planted.plant import Bug, Planting, examine, planted
from tests.simulation.run import judge
from tests.simulation.schedule import WEIGHTS, Act, Schedule
from tests.simulation.world import Simulation, simulation
from tests.sync import cursor_harness
from tests.sync.last_units import last_units
from tests.sync.moving.moves import Wrong
from tests.sync.moving.moves import play as moves
from tests.world import build

TURNS: Final = 25
SMALL: Final = {"devices": 12, "reps": 6, "stores": 12}
Addresses = tuple[str, str]
Play = Callable[[Bug, EmbeddedPostgres, Addresses, int], str]


class Eye(NamedTuple):
    """What a simulated firm looks at: weights of acts that differ, its size, how often the
    delivery system lies (None: as always), and the share of requests that meet a fault."""

    more: dict[Act, int]
    devices: int = 6
    steps: int = 200
    lies: float | None = None
    faults: float = 0.15


def sweeps(sim: Simulation) -> int:
    """A dispatcher that is there all the time."""
    for _ in range(3):
        shipping.dispatch(sim)
    return 0


def deletes(sim: Simulation) -> int:
    """The office deletes a person of a store, whom a rep may be changing."""
    found = sim.world.rows("SELECT cell, id::text FROM contact ORDER BY id")
    if found:
        cell, key = sim.luck.choice(found)
        with sim.world.begin() as conn:
            told = edits.remove_row(conn, cell, "contact", key, edits.Hand(BY, sim.time.now))
            publish(conn, cell, told)
        sim.note("office", act="delete contact", about=key, outcome="done")
    return 0


EYES: Final = {
    "firm": Eye({}),
    "line": Eye({schedule.sync: 450, schedule.late: 40}, devices=4, steps=160, faults=0.5),
    "shipping": Eye(
        {sweeps: 300, shipping.goes_on: 60, schedule.sync: 400, reps.order: 500,
         desk.a_night: 10, desk.answers: 60, mishaps.cloned: 0},
        devices=3, steps=180, lies=0.6,
    ),
    "losses": Eye(
        {losses.keep: 25, losses.restored: 30, losses.rewound: 20, schedule.sync: 300,
         shipping.dispatch: 80, losses.quarter: 0},
        devices=4,
    ),
    "hands": Eye(
        {mishaps.same_id: 60, mishaps.rotten_copy: 40, mishaps.rotten_change: 40,
         mishaps.kept: 30, mishaps.restored: 30, mishaps.odd_cursor: 40, schedule.sync: 250},
        devices=4,
    ),
    "moving": Eye(
        {desk.territory: 120, desk.other_depot: 30, deletes: 40, schedule.sync: 250,
         losses.quarter: 10, desk.a_night: 12},
        devices=4,
    ),
}  # fmt: skip


def plays(pg: EmbeddedPostgres, bug: Bug, seed: int) -> str:
    """Play one seed with this mistake planted; what was wrong in a few words, "" = nothing."""
    with databases(pg, conftest.TEMPLATE) as make:
        return FIRMS[bug.firm](bug, pg, make(), seed)


def _simulated(bug: Bug, pg: EmbeddedPostgres, addresses: Addresses, seed: int) -> str:
    with planted(bug) as planting:
        try:
            wrong = _judged(EYES[bug.firm], planting, pg, addresses, seed)
        except Exception as trouble:
            examine(bug, trouble)
            return f"stopped by {type(trouble).__name__}: {_short(str(trouble))}"
    return next((f"{name}: {_short(one[0])}" for name, one in wrong.items() if one), "")


def _judged(
    eye: Eye, planting: Planting, pg: EmbeddedPostgres, addresses: Addresses, seed: int
) -> dict[str, list[str]]:
    """Play, and what the judges found by kind."""
    with simulation(
        seed, addresses, devices=eye.devices, rate=eye.faults, server=pg
    ) as sim:  # fmt: skip
        for do in planting.begun:
            do(sim)
        if eye.lies is not None:
            shipping.system_of(sim).rate = eye.lies
        acts = Schedule(sim, WEIGHTS | eye.more)
        for _ in range(eye.steps):
            acts.step()
        return judge(sim)[0]


def _day(bug: Bug, pg: EmbeddedPostgres, addresses: Addresses, seed: int) -> str:
    engine = make_engine(addresses[0])
    try:
        with planted(bug):
            wrong = Day(engine, seed).plays(TURNS)
    finally:
        engine.dispose()
    return f"otherwise: {_short(wrong[0])}" if wrong else ""


def _moves(bug: Bug, pg: EmbeddedPostgres, addresses: Addresses, seed: int) -> str:
    engine = make_engine(addresses[0])
    try:
        with planted(bug):
            moves(engine, seed=seed, turns=300, **SMALL)
    except Wrong as wrong:
        return f"wrong: {_short(str(wrong))}"
    finally:
        engine.dispose()
    return ""


def _units(bug: Bug, pg: EmbeddedPostgres, addresses: Addresses, seed: int) -> str:
    engine = make_engine(addresses[0], pool_size=24)
    try:
        with planted(bug):
            shop = build(engine, stores=121, products=10)
            wrong = last_units(shop, 160, devices=8, on_hand=40, seed=seed).wrong
    finally:
        engine.dispose()
    return f"wrong: {_short(wrong[0])}" if wrong else ""


def _feed(bug: Bug, pg: EmbeddedPostgres, addresses: Addresses, seed: int) -> str:
    engine = make_engine(addresses[0], pool_size=24)
    try:
        build(engine)
        with planted(bug):
            found = cursor_harness.run(engine, cursor_harness.Counter(), 3.5, hold_s=1.5, seed=seed)
    finally:
        engine.dispose()
    return f"wrong: {found.lost} rows were never read" if found.lost else ""


FIRMS: Final[dict[str, Play]] = {
    **dict.fromkeys(EYES, _simulated), "day": _day, "moves": _moves, "units": _units, "feed": _feed
}  # fmt: skip


def _short(text: str) -> str:
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", " ".join(text.split()))
    return plain.replace("|", "/")[:90]
