"""Play one seed and say what was wrong: the command behind `make simulate`.

    python -m tests.simulation.run [--seed 7] [--devices 104] [--parts 2]
                                   [--changes 32000 | --steps N | --seconds 120]
                                   [--faults 0.25] [--stories 60] [--record FILE]

The same seed with the same devices, parts, faults and changes (or steps) plays the same history
again; a run that was bounded by seconds says how many steps it took. Without steps, seconds or a
file to record in, two firms are played side by side (parts.py), each with half of it all.
"""

import argparse
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog

from server.embedded import EmbeddedPostgres
from tests import conftest
from tests.databases import databases
from tests.simulation import parts, strays
from tests.simulation.checkers import check
from tests.simulation.losses import drop_kept
from tests.simulation.parts import HASH_SEED, Until
from tests.simulation.schedule import BUSY, WEIGHTS, Act, Schedule, heal, last_look, settle
from tests.simulation.shipping import system_of
from tests.simulation.standing import add_handhelds, read_server
from tests.simulation.verdict import Result, Told, worst
from tests.simulation.world import Simulation, simulation

Tell = Callable[[str, float], None]
DEVICES, CHANGES, FAULTS, PARTS = 104, 32_000, 0.25, 2


def play(
    sim: Simulation, *, steps: int | None = None, seconds: float | None = None,
    changes: int | None = None, weights: Mapping[Act, int] = WEIGHTS,
    tell: Tell = lambda words, share: None,
) -> Result:  # fmt: skip
    """Play, heal, check. Exactly `steps` acts, or until `changes` were captured, or as many acts
    as fit into `seconds`."""
    began_s, spent_before_s = time.monotonic(), spent_s(sim.server)
    until, schedule, done = Until(steps, changes, seconds), Schedule(sim, weights), 0
    while (share := until.share(done, sim.captured, time.monotonic() - began_s)) < 1:
        schedule.step()
        done += 1
        if done % 50 == 0:
            tell(f"{sim.captured} changes", share)
    sim.note("played", steps=done)
    wrong, rounds = judge(sim)
    return Result(
        sim.seed, len(sim.phones), wrong, sim.history, time.monotonic() - began_s,
        worst(rounds.values()), sim.slowest_ms, sim.network.took_ms.get("push", []),
        spent_s(sim.server) - spent_before_s,
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


def bar(words: str, share: float) -> None:
    """How far it is, on a terminal."""
    if sys.stderr.isatty():
        full = int(30 * min(1.0, share))
        print(f"\r[{'#' * full}{'.' * (30 - full)}] {words}   ", end="", file=sys.stderr)
        if share >= 1:
            print(file=sys.stderr)


def spent_s(server: EmbeddedPostgres | None = None) -> float:
    """Seconds of processor time so far: this program's, and that of the database it plays with."""
    of_server = 0.0
    pid = None if server is None else server.server_pid()
    if pid is not None:
        of_server = sum(map(_spent_s, [pid, *_children(pid)]))
    return time.process_time() + of_server


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in found.read_text().split()] if found.exists() else []


def _spent_s(pid: int) -> float:
    """Of one process and of all its children that have ended."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, told[11:15])) / os.sysconf("SC_CLK_TCK")


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
    asked.add_argument("--devices", type=int, default=DEVICES)
    asked.add_argument("--parts", type=int, default=None, help="firms side by side")
    asked.add_argument("--changes", type=int, default=None, help="to be captured at least")
    asked.add_argument("--seconds", type=float, default=None, help="in place of changes")
    asked.add_argument("--steps", type=int, default=None, help="in place of either")
    asked.add_argument("--faults", type=float, default=FAULTS, help="share of requests with one")
    asked.add_argument("--stories", type=float, default=0.0, help="seconds of smallest.py too")
    asked.add_argument("--record", type=Path, default=None, help="write the history here")
    asked.add_argument("--told", type=Path, default=None, help="write what came of it here")
    given = asked.parse_args()
    strays.tidy()
    if given.seed is None:
        given.seed = random.SystemRandom().randrange(2**32)
    if given.steps is None and given.seconds is None:
        given.changes = given.changes or CHANGES
    if given.parts is None:
        given.parts = PARTS if given.changes and given.record is None else 1
    if given.parts > 1:
        told, again = parts.side_by_side(given)
    else:
        told, again = _alone(given)
    if given.told is not None:
        parts.write(given.told, told)
        return 0
    print(f"simulate: {told.line()}\nfaults: {told.by_kind()}", flush=True)
    if told.bad:
        print(f"{told.told_wrong()}\nreplay: {again}", flush=True)
    wrong = _stories(given) if given.stories else ""
    if wrong:
        print(wrong, flush=True)
    return 1 if told.bad or wrong else 0


def _alone(given: argparse.Namespace) -> tuple[Told, str]:
    """One firm, in this process; and how it is played again."""
    quiet()
    with (
        somewhere() as (server, addresses),
        simulation(
            given.seed, addresses, devices=given.devices, rate=given.faults, record=given.record,
            server=server,
        ) as sim,
    ):  # fmt: skip
        told = play(
            sim, steps=given.steps, seconds=given.seconds, changes=given.changes, weights=BUSY,
            tell=bar,
        ).told()  # fmt: skip
    return told, parts.replay(told.seed, given.devices, given.faults, told.steps)


def _stories(given: argparse.Namespace) -> str:
    from tests.simulation.smallest import tell_for  # which plays with this file, too

    quiet()
    with somewhere() as (server, _):
        return tell_for(server, given.seed, given.stories)


def quiet() -> None:
    """What the server says of planted troubles is nobody's news here."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@contextmanager
def somewhere() -> Iterator[tuple[EmbeddedPostgres, tuple[str, str]]]:
    """`fresh`, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="talaria-sim-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - PostgreSQL may run under another account
        with fresh(Path(folder), conftest.chosen_programs().folder) as made:
            yield made


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != HASH_SEED:  # the order of sets is chance, too
        os.environ["PYTHONHASHSEED"] = HASH_SEED
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation.run", *sys.argv[1:]])
    sys.exit(main())
