"""Play one seed and say what was wrong: the command behind `make simulate`.

    python -m tests.simulation.run [--seed 7] [--devices 100] [--seconds 120 | --steps N]
                                   [--faults 0.2] [--stories 60] [--record FILE]

The same seed with the same devices, faults and steps plays the same history again; a run that was
bounded by seconds says how many steps it took.
"""

import argparse
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from server.embedded import EmbeddedPostgres
from tests import conftest
from tests.databases import databases
from tests.simulation.checkers import check
from tests.simulation.losses import drop_kept
from tests.simulation.schedule import WEIGHTS, Schedule, heal, last_look, settle
from tests.simulation.shipping import system_of
from tests.simulation.standing import add_handhelds, read_server
from tests.simulation.verdict import Result
from tests.simulation.world import Simulation, simulation

Tell = Callable[[str, float], None]
HASH_SEED = "0"


def play(
    sim: Simulation, *, steps: int | None = None, seconds: float | None = None,
    tell: Tell = lambda words, share: None,
) -> Result:  # fmt: skip
    """Play, heal, check. Exactly `steps` acts, or as many as fit into `seconds`."""
    began_s = time.monotonic()
    schedule, done = Schedule(sim, WEIGHTS), 0
    while not _is_over(done, steps, time.monotonic() - began_s, seconds):
        schedule.step()
        done += 1
        if done % 50 == 0:
            share = done / steps if steps else (time.monotonic() - began_s) / (seconds or 1)
            tell(f"{sim.history.counts['captured']} changes", share)
    sim.note("played", steps=done)
    wrong, rounds = judge(sim)
    return Result(
        sim.seed, len(sim.phones), wrong, sim.history, time.monotonic() - began_s,
        max(rounds.values()), sim.slowest_ms, sim.network.took_ms.get("push", []),
    )  # fmt: skip


def judge(sim: Simulation) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Heal, let everything come to rest, and check: what is wrong by count; handheld -> syncs it
    needed to come to rest."""
    rounds = heal(sim)
    settled = settle(sim)
    last_look(sim)
    standing = read_server(sim.world, sim.auditor)
    add_handhelds(standing, sim.world, sim.phones)
    standing.rounds, standing.settled = rounds, settled
    standing.documents = Counter({ref: len(at) for ref, at in system_of(sim).documents.items()})
    drop_kept(sim)
    return check(sim.history, standing), rounds


def _is_over(done: int, steps: int | None, spent_s: float, seconds: float | None) -> bool:
    return done >= steps if steps is not None else spent_s >= (seconds or 0)


def bar(words: str, share: float) -> None:
    """How far it is, on a terminal."""
    if sys.stderr.isatty():
        full = int(30 * min(1.0, share))
        print(f"\r[{'#' * full}{'.' * (30 - full)}] {words}   ", end="", file=sys.stderr)
        if share >= 1:
            print(file=sys.stderr)


@contextmanager
def fresh(root: Path, pg_bin: Path) -> Iterator[tuple[EmbeddedPostgres, tuple[str, str]]]:
    """A server of its own below `root` and its empty database, as (database_url, owner_url)."""
    with EmbeddedPostgres(root, pg_bin, durable=False) as pg:
        conftest._make_template(pg)
        with databases(pg, conftest.TEMPLATE) as make:
            yield pg, make()


def main() -> int:
    asked = argparse.ArgumentParser(prog="simulate", description=__doc__)
    asked.add_argument("--seed", type=int, default=None)
    asked.add_argument("--devices", type=int, default=100)
    asked.add_argument("--seconds", type=float, default=120.0)
    asked.add_argument("--steps", type=int, default=None, help="in place of seconds")
    asked.add_argument("--faults", type=float, default=0.2, help="share of requests with one")
    asked.add_argument("--stories", type=float, default=0.0, help="seconds of smallest.py too")
    asked.add_argument("--record", type=Path, default=None, help="write the history here")
    given = asked.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(2**32)
    from tests.simulation.smallest import tell_for  # which plays with this file, too

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    pg_bin = conftest.chosen_programs().folder
    with tempfile.TemporaryDirectory(prefix="talaria-sim-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - PostgreSQL may run under another account
        with fresh(Path(folder), pg_bin) as (server, addresses):
            with simulation(
                seed, addresses, devices=given.devices, rate=given.faults, record=given.record,
                server=server,
            ) as sim:  # fmt: skip
                result = play(sim, steps=given.steps, seconds=given.seconds, tell=bar)
                steps = next(sim.history.of("played"))["steps"]
            wrong = tell_for(server, seed, given.stories) if given.stories else ""
    print(f"simulate: {result.line()}\nfaults: {result.by_kind()}", flush=True)
    if result.bad:
        again = f"--seed {seed} --devices {given.devices} --faults {given.faults} --steps {steps}"
        print(f"{result.told_wrong()}\nreplay: make simulate ARGS='{again}'", flush=True)
    if wrong:
        print(wrong, flush=True)
    return 1 if result.bad or wrong else 0


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != HASH_SEED:  # the order of sets is chance, too
        os.environ["PYTHONHASHSEED"] = HASH_SEED
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation.run", *sys.argv[1:]])
    sys.exit(main())
