"""`python -m tests.simulation.planted`: plant each mistake, play until it is found, write a list.

    --only NAME ...   these alone (the page keeps what it says of the others)
    --some N          N drawn by chance, and nothing is written: the small check beside the tests
    --seconds 60      how long each may take to be found
    --list            the names

Ends with 1 when a mistake was not found in its time, or when something is found where nothing
was planted (which is played first).
"""

import argparse
import logging
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from server.database import make_engine
from server.embedded import EmbeddedPostgres
from tests import conftest
from tests.databases import databases
from tests.simulation.audited import Day
from tests.simulation.planted.plant import Bug, planted
from tests.simulation.planted.table import BUGS
from tests.simulation.run import HASH_SEED, play
from tests.simulation.world import simulation
from tests.sync import cursor_harness
from tests.sync.last_units import last_units
from tests.sync.moving.moves import Wrong
from tests.sync.moving.moves import play as moves
from tests.world import build

ROOT: Final = Path(__file__).resolve().parents[3]
PAGE: Final = ROOT / "docs" / "MUTANTS.md"
NOTHING: Final = Bug("nothing", "Nothing is planted.", lambda planting: None)
DEVICES, STEPS, TURNS = 6, 260, 25
SMALL: Final = {"devices": 12, "reps": 6, "stores": 12}
NOT_FOUND: Final = "**not found**"

_HEAD: Final = """\
# Planted mistakes

A simulation that finds nothing says something only if it would have found the mistake. Written by
`make mutants`: each of these was put into the running product, alone, and the simulated firm
(`make simulate`) or the audited one (every verdict predicted from the manual) was played, seed
after seed, until a count that must be zero was not.

| mistake | what it is | found after | by |
| --- | --- | --- | --- |
"""


class Found(NamedTuple):
    """What a hunt came to: seconds it took, what was wrong in a few words; "" = nothing."""

    seconds: float
    how: str


def hunt(pg: EmbeddedPostgres, bug: Bug, most_s: float, first_seed: int = 1) -> Found:
    """Play seed after seed with the mistake planted, until something is wrong or time is over.

    What is wrong without it too, is no finding: the seed is played again, to see, off the clock.
    """
    spent_s, seed = 0.0, first_seed
    while spent_s < most_s:
        began_s = time.monotonic()
        how = _played(pg, bug, seed)
        spent_s += time.monotonic() - began_s
        if how and bug.name != NOTHING.name and (own := _played(pg, nothing(bug.firm), seed)):
            print(f"{'nothing':32}{bug.firm}, seed {seed}: {own}", flush=True)
            how = ""
        if how:
            return Found(spent_s, how)
        seed += 1
    return Found(spent_s, "")


def _played(pg: EmbeddedPostgres, bug: Bug, seed: int) -> str:
    with databases(pg, conftest.TEMPLATE) as make:
        return _FIRMS[bug.firm](bug, make(), seed)


def nothing(firm: str) -> Bug:
    """No mistake at all, looked for by one of the firms."""
    return NOTHING._replace(firm=firm)


def _firm(bug: Bug, addresses: tuple[str, str], seed: int) -> str:
    try:
        with (
            planted(bug) as planting,
            simulation(seed, addresses, devices=DEVICES, rate=0.15) as sim,
        ):
            for do in planting.begun:
                do(sim)
            result = play(sim, steps=STEPS)
    except AssertionError as trouble:  # the firm's own, at once
        return f"stopped: {_short(str(trouble))}"
    return next((f"{name}: {_short(one[0])}" for name, one in result.wrong.items() if one), "")


def _day(bug: Bug, addresses: tuple[str, str], seed: int) -> str:
    engine = make_engine(addresses[0])
    try:
        with planted(bug):
            wrong = Day(engine, seed).plays(TURNS)
    finally:
        engine.dispose()
    return f"otherwise: {_short(wrong[0])}" if wrong else ""


def _moves(bug: Bug, addresses: tuple[str, str], seed: int) -> str:
    engine = make_engine(addresses[0])
    try:
        with planted(bug):
            moves(engine, seed=seed, turns=300, **SMALL)
    except Wrong as wrong:
        return f"wrong: {_short(str(wrong))}"
    finally:
        engine.dispose()
    return ""


def _units(bug: Bug, addresses: tuple[str, str], seed: int) -> str:
    engine = make_engine(addresses[0], pool_size=24)
    try:
        with planted(bug):
            shop = build(engine, stores=121, products=10)
            wrong = last_units(shop, 160, devices=8, on_hand=40, seed=seed).wrong
    finally:
        engine.dispose()
    return f"wrong: {_short(wrong[0])}" if wrong else ""


def _feed(bug: Bug, addresses: tuple[str, str], seed: int) -> str:
    engine = make_engine(addresses[0], pool_size=24)
    try:
        build(engine)
        with planted(bug):
            found = cursor_harness.run(engine, cursor_harness.Counter(), 3.5, hold_s=1.5)
    finally:
        engine.dispose()
    return f"wrong: {found.lost} rows were never read" if found.lost else ""


_FIRMS: Final = {"firm": _firm, "day": _day, "moves": _moves, "units": _units, "feed": _feed}


def _short(text: str) -> str:
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", " ".join(text.split()))
    return plain.replace("|", "/")[:90]


def page(results: Mapping[str, str]) -> str:
    """The page, with what is known of each hunt."""
    rows = [
        f"| {bug.name} | {bug.says} | {results.get(bug.name, 'not run yet | ')} |\n" for bug in BUGS
    ]
    return _HEAD + "".join(rows)


def results_of(told: str) -> dict[str, str]:
    """What a page says of each mistake."""
    found = re.findall(r"^\| (\w+) \|[^|]*\| ([^|]*\|[^|]*) \|$", told, re.MULTILINE)
    return dict(found[1:] if found[:1] == [("mistake", "")] else found)


def main(arguments: Sequence[str]) -> int:
    """Hunt what is asked for; say, and write, what came of it."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these alone")
    parser.add_argument("--some", type=int, metavar="N", help="N by chance, nothing is written")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each to be found")
    parser.add_argument("--list", action="store_true", help="the names")
    asked = parser.parse_args(arguments)
    if asked.list:
        print("\n".join(f"{bug.name:32}{bug.says}" for bug in BUGS))
        return 0
    names = set(asked.only or ())
    if unknown := names - {bug.name for bug in BUGS}:
        parser.error(f"no such mistake: {', '.join(sorted(unknown))} (--list names them)")
    some = [bug for bug in BUGS if not names or bug.name in names]
    if asked.some:
        some = random.SystemRandom().sample(some, min(asked.some, len(some)))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    results = results_of(PAGE.read_text()) if PAGE.exists() else {}
    with tempfile.TemporaryDirectory(prefix="talaria-mutants-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - PostgreSQL may run under another account
        pg_bin = conftest.chosen_programs().folder
        with EmbeddedPostgres(Path(folder), pg_bin, durable=False) as pg:
            conftest._make_template(pg)
            missed = _all(pg, some, asked.seconds, results)
    if not asked.some:
        PAGE.write_text(page(results))
    print(f"mutants: {len(some)} planted, {len(some) - len(missed)} found"
          f"{', NOT found: ' if missed else ''}{', '.join(missed)}")  # fmt: skip
    return 1 if missed else 0


def _all(
    pg: EmbeddedPostgres, some: Sequence[Bug], most_s: float, results: dict[str, str]
) -> list[str]:
    """Hunt each; the names of those that were not found, and `nothing` if that was."""
    missed = []
    for firm in sorted({bug.firm for bug in some}):
        clean = hunt(pg, nothing(firm), 1)  # one seed
        print(f"{'nothing':32}{firm}: {clean.how or 'nothing was found'}", flush=True)
        missed += ["nothing"] if clean.how else []
    for bug in some:
        found = hunt(pg, bug, most_s)
        told = f"{found.seconds:.0f} s" if found.how else NOT_FOUND
        results[bug.name] = f"{told} | {found.how}"
        print(f"{bug.name:32}{told}  {found.how}", flush=True)
        missed += [] if found.how else [bug.name]
    return missed


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != HASH_SEED:  # the order of sets is chance, too
        os.environ["PYTHONHASHSEED"] = HASH_SEED
        again = [sys.executable, "-m", "tests.simulation.planted", *sys.argv[1:]]
        os.execv(sys.executable, again)
    sys.exit(main(sys.argv[1:]))
