"""powercut: stops the machine under the handheld ten thousand times and counts what is lost.

    python -m tests.simulation.power --cuts 10000 [--seed 7] [--bug normal]

First the lives written out are cut at every one of their steps, one with SQLite's usual checkpoints
and with many. Then lives by chance are, most of which begin on what a cut of the one before
has left. At last each planted bug must be found by the same cuts.
"""

import argparse
import pickle
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.simulation.power.after import faults_of, folder
from tests.simulation.power.disk import Disk, Image, lay_out
from tests.simulation.power.expected import Expected
from tests.simulation.power.life import USUAL_PAGES, Life, Office, Promise
from tests.simulation.power.lives import by_chance, updated, written_out
from tests.simulation.power.plants import BUGS, Bug
from tests.simulation.power.watched import NONE, Step, Trace, watching

CUTS_A_LIFE = 150
SMALL_PAGES = 8
"""After so many pages SQLite brings its log into its file: soon, so that cuts meet it."""
NEAR_STEPS = 40
CUTS_A_BUG = 400
WRITTEN_OUT = ((written_out, USUAL_PAGES), (written_out, SMALL_PAGES), (updated, SMALL_PAGES))
FAULTS = (
    *("lost", "corrupt", "half", "numbers", "came back", "enrolment forgotten"),
    *("verdict forgotten", "read forgotten", "not shown", "not once", "stuck", "copy mixed"),
    *("crash unnoticed", "wiped came back"),
)


@dataclass
class Lived:
    """A life that was written down, the disk it began on, and what had been promised by then."""

    began: Image
    steps: list[Step]
    tale: list[Promise]
    expected: Expected

    def near(self, promise: str) -> list[int]:
        """The steps shortly before and after each promise of a name."""
        made = [one.before for one in self.tale if one.name == promise]
        steps = range(len(self.steps))
        return [at for at in steps if any(abs(at - before) <= NEAR_STEPS for before in made)]


@dataclass
class Counts:
    """What was done and found. covered: of the lives written out, steps cut at least once."""

    cuts: int = 0
    covered: int = 0
    steps: int = 0
    orders: int = 0
    lives: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    first: str = ""

    def line(self, seconds: float, seed: int) -> str:
        found = ", ".join(f"{name} {self.faults[name]}" for name in FAULTS)
        return (
            f"powercut: cuts {self.cuts} in {self.lives} lives, write indexes covered "
            f"{self.covered} of {self.steps}, orders and receipts {self.orders}, {found}, "
            f"seed {seed}, {seconds:.0f} s"
        )


def live(
    do: Callable[[Life], None],
    no: int,
    pages: int,
    left: tuple[Image, Expected] | None = None,
    bug: Bug | None = None,
) -> Lived:
    """Live a life and write it down. left: the disk a cut has left, and what was promised."""
    began, expected = left or ({}, Expected())
    server: Office = pickle.loads(expected.server) if expected.server else Office()  # noqa: S301
    if left:
        server.clock.restart()
    with folder() as place:
        lay_out(began, place)
        trace = Trace(place, bug.unheard if bug else NONE)
        life = Life(trace, server, no, pages, bug and bug.plant)
        with watching(life.trace):
            do(life)
            steps = [*life.trace.steps]
            found = {
                str(path.relative_to(place)): path.read_bytes()
                for path in place.rglob("*.sqlite*")
                if not path.name.endswith("-shm")
            }
            life.local.close()
    disk = Disk(began)
    for step in steps:
        disk.take(step)
    seen = {path: content for path, content in disk.whole().items() if ".sqlite" in path}
    assert seen == found, "what was written down is not what happened"
    return Lived(began, steps, life.tale, expected)


def states(lived: Lived) -> Iterator[tuple[int, Disk, Expected]]:
    """The disk and the promises at every step: the step is under way, a sync has not ended."""
    disk, expected, told = Disk(lived.began), lived.expected.again(), 0
    for index, step in enumerate(lived.steps):
        while told < len(lived.tale) and lived.tale[told].before <= index:
            promise = lived.tale[told]
            getattr(expected, promise.name)(*promise.values)
            told += 1
        if not step.do.startswith("sync"):
            disk.take(step)
        yield index, disk, expected
        if step.do.startswith("sync"):
            disk.take(step)


def cut(
    lived: Lived, at: Sequence[int], chance: random.Random, counts: Counts, until: str = ""
) -> tuple[Image, Expected] | None:
    """Cut a life at these steps; returns one of the disks, to go on from. until: stop when a
    fault of this name was found."""
    often, kept = Counter(at), None
    going_on = chance.choice(at)
    counts.lives += 1
    for index, disk, expected in states(lived):
        for _ in range(often[index]):
            image = disk.cut(chance)
            if index == going_on:
                kept = (image, expected.again())
            faults = faults_of(image, expected, chance)
            counts.cuts += 1
            counts.orders += expected.numbered()
            counts.faults += faults
            if faults and not counts.first:
                step = lived.steps[index]
                counts.first = f"at step {index} ({step.do} {step.path}): {dict(faults)}"
            if faults[until]:
                return None
    return None if kept and kept[1].wiping else kept


def run(cuts: int, seed: int) -> Counts:
    """Cut so many times."""
    counts, chance, left = Counts(), random.Random(seed), None
    lives = [live(do, no, pages) for no, (do, pages) in enumerate(WRITTEN_OUT, 1)]
    counts.steps = sum(len(lived.steps) for lived in lives)
    for lived in lives:
        every = [*range(len(lived.steps))]
        here = min(len(every), cuts * len(every) // counts.steps)
        counts.covered += here
        if here:
            left = cut(lived, sorted(chance.sample(every, here)), chance, counts)
    while counts.cuts < cuts:
        verbs, no = chance.randint(3, 25), seed % 1000 * 1000 + counts.lives
        pages = chance.choice((SMALL_PAGES, 20, 60, USUAL_PAGES))
        begin = None if chance.random() < 0.2 else left
        lived = live(lambda life, n=verbs: by_chance(life, n), no, pages, begin)
        many = min(CUTS_A_LIFE, cuts - counts.cuts)
        left = cut(lived, _some_steps(lived, many, chance), chance, counts)
    return counts


def _some_steps(lived: Lived, many: int, chance: random.Random) -> list[int]:
    """Steps of a life to cut at, a third of them while it starts on what a cut has left."""
    started = next((one.before for one in lived.tale if one.name == "opened"), 0) + 1
    early = chance.choices(range(min(started, len(lived.steps))), k=many // 3)
    return early + chance.choices(range(len(lived.steps)), k=many - len(early))


def run_bug(name: str, cuts: int, seed: int, *, to_the_end: bool = False) -> Counts:
    """Cut a life with a planted bug at most so many times; until it is found, or to the end."""
    counts, chance, bug = Counts(), random.Random(seed), BUGS[name]
    while counts.cuts < cuts and (to_the_end or not counts.faults[bug.shows_as]):
        lived = live(written_out, 1, bug.pages, bug=bug)
        steps = lived.near(bug.near)
        some = sorted(chance.sample(steps, min(len(steps), cuts - counts.cuts)))
        cut(lived, some, chance, counts, "" if to_the_end else bug.shows_as)
    return counts


def prove(seed: int) -> bool:
    """Plant each bug and say after how many cuts it was found; whether all were. What SQLite does
    by itself is measured to the end."""
    all_found = True
    for name, bug in BUGS.items():
        counts = run_bug(name, CUTS_A_BUG, seed, to_the_end=name == "normal")
        found = counts.faults[bug.shows_as]
        all_found &= found > 0
        said = f"found as {bug.shows_as} ({found}) in {counts.cuts} cuts" if found else "NOT FOUND"
        print(f"  planted {name}: {said}", flush=True)
    return all_found


def main() -> None:
    """Run from the command line; exits 1 if anything was lost, or a planted bug was not found."""
    asked = argparse.ArgumentParser(description="Cut the power under the handheld's files.")
    asked.add_argument("--cuts", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=None)
    given = asked.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(2**32)
    begun = time.monotonic()
    counts = run(given.cuts, seed)
    print(counts.line(time.monotonic() - begun, seed), flush=True)
    if counts.faults:
        print(f"powercut: first {counts.first}", file=sys.stderr)
    sys.exit(0 if prove(seed) and not counts.faults else 1)


if __name__ == "__main__":
    main()
