"""`python -m tests.simulation.planted`: plant each mistake, play until it is found, write a list.

    --only NAME ...   these alone (the page keeps what it says of the others)
    --some N          N drawn by chance, and nothing is written: the small check beside the tests
    --seed S          of that chance
    --seconds 60      how long each may take to be found
    --resume FILE     keep what is found in a file, and go on from what it holds
    --list            the names

Ends with 1 when a mistake was not found in its time, or when something is found where nothing
was planted.
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
from typing import Final

import structlog

from server.embedded import EmbeddedPostgres
from tests import conftest
from tests.simulation import strays
from tests.simulation.parts import HASH_SEED
from tests.simulation.planted.hunts import ROOT, Found, Notes, hunt
from tests.simulation.planted.plant import Bug
from tests.simulation.planted.table import BUGS

PAGE: Final = ROOT / "docs" / "MUTANTS.md"
NOT_FOUND: Final = "**not found**"
NOT_RUN: Final = "not run yet |  | "

_HEAD: Final = """\
# Planted mistakes

A simulation that finds nothing says something only if it would have found the mistake. Written by
`make mutants`: each of these was put into the running product, alone, and a small firm was played,
seed after seed, until a count that must be zero was not. A finding counts only where the same seed
finds nothing without the mistake. The seconds are processor time of the whole play, database
included, up to the finding: on an idle machine about what a clock says. `stopped`: the product or
the firm itself refused to go on, by the error that is named.

The firms: `firm` is the simulated one as `make simulate` plays it; `line`, `shipping`, `losses`,
`hands` and `moving` are the same with more of what they are named for; in `day` every verdict is
predicted from the manual; `moves`, `units` and `feed` are the races behind `make moves`,
`make last-units` and the tests of feeds.

| mistake | what it is | found after | in | by |
| --- | --- | --- | --- | --- |
"""


_FOOT: Final = """
Two mistakes were taken off this list because, by reasoning, nothing breaks by them (that was not
played to an end). A cursor of the time before a restore that still counts: one that outlived the
restore was made before it, and the handheld's copy stands where it says. A whole new copy laid over
the old one: a copy is compared, not fetched anew, and the old one is let go of only where that
fails three times. In their places stand an unknown cursor that is told "nothing new", and a copy
that is given a new cursor and not compared.
"""


def page(results: Mapping[str, str]) -> str:
    """The page, with what is known of each hunt."""
    rows = [f"| {bug.name} | {bug.says} | {results.get(bug.name, NOT_RUN)} |\n" for bug in BUGS]
    return _HEAD + "".join(rows) + _FOOT


def result(bug: Bug, found: Found) -> str:
    """What the page says of a hunt."""
    if not found.how:
        return f"{NOT_FOUND} | {bug.firm} | "
    return f"{found.seconds:.0f} s | {bug.firm}, seed {found.seed} | {found.how}"


def results_of(told: str) -> dict[str, str]:
    """What a page says of each mistake."""
    found = re.findall(r"^\| (\w+) \|[^|]*\| ([^|]*\|[^|]*\|[^|]*) \|$", told, re.MULTILINE)
    return dict(found[1:])


def chosen(asked: argparse.Namespace) -> list[Bug]:
    """The mistakes that are asked for."""
    some = [bug for bug in BUGS if not asked.only or bug.name in asked.only]
    if not asked.some:
        return some
    seed = random.SystemRandom().randrange(2**32) if asked.seed is None else asked.seed
    print(f"--some {asked.some} --seed {seed}", flush=True)
    return random.Random(seed).sample(some, min(asked.some, len(some)))


def main(arguments: Sequence[str]) -> int:
    """Hunt what is asked for; say, and write, what came of it."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these alone")
    parser.add_argument("--some", type=int, metavar="N", help="N by chance, nothing is written")
    parser.add_argument("--seed", type=int, metavar="S", help="of that chance")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each to be found")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keep, and go on from there")
    parser.add_argument("--list", action="store_true", help="the names")
    asked = parser.parse_args(arguments)
    if asked.list:
        print("\n".join(f"{bug.name:32}{bug.says}" for bug in BUGS))
        return 0
    if unknown := set(asked.only or ()) - {bug.name for bug in BUGS}:
        parser.error(f"no such mistake: {', '.join(sorted(unknown))} (--list names them)")
    some, notes, began_s = chosen(asked), Notes(asked.resume), time.monotonic()
    strays.tidy()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory(prefix="talaria-mutants-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 - PostgreSQL may run under another account
        pg_bin = conftest.chosen_programs().folder
        with EmbeddedPostgres(Path(folder), pg_bin, durable=False) as pg:
            conftest._make_template(pg)
            missed = _all(pg, some, asked.seconds, notes)
    if not asked.some:
        known = results_of(PAGE.read_text()) if PAGE.exists() else {}
        known |= {bug.name: result(bug, notes.found[bug.name]) for bug in some}
        PAGE.write_text(page(known))
    print(f"mutants: {len(some)} planted, {len(some) - len(missed)} found"
          f"{', NOT found: ' if missed else ''}{', '.join(missed)},"
          f" {time.monotonic() - began_s:.0f} s")  # fmt: skip
    dirty = [f"{firm}, seed {seed}: {how}" for (firm, seed), how in notes.clean.items() if how]
    if dirty:
        print(f"found where nothing was planted: {'; '.join(dirty)}")
    return 1 if missed or dirty else 0


def _all(pg: EmbeddedPostgres, some: Sequence[Bug], most_s: float, notes: Notes) -> list[str]:
    """Hunt each that is not known yet; the names of those that were not found."""
    for bug in some:
        if bug.name not in notes.found:
            notes.keep(bug, hunt(pg, bug, most_s, notes))
        print(f"{bug.name:32}{result(bug, notes.found[bug.name])}", flush=True)
    return [bug.name for bug in some if not notes.found[bug.name].how]


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != HASH_SEED:  # the order of sets is chance, too
        os.environ["PYTHONHASHSEED"] = HASH_SEED
        again = [sys.executable, "-m", "tests.simulation.planted", *sys.argv[1:]]
        os.execv(sys.executable, again)
    sys.exit(main(sys.argv[1:]))
