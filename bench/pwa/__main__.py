"""`python -m bench.pwa`: the rep's app measured against its budgets, one table in Markdown.

--small     a tenth of the company and few rounds, to see that the measures work
--strict    exit 1 when a budget is missed
"""

import argparse
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

import setup_environment
from bench import queries
from bench.ground import Ground, ground_in, stop
from bench.machine import Foreign, named
from bench.pwa import coming, company, gestures, opening, pad
from bench.pwa.budget import HEAD, Figure, not_measured
from bench.pwa.slowed import SLOWER, slowed
from bench.run import Progress
from bench.table import markdown
from tests.world import World


def main(arguments: list[str]) -> int:
    """Measure and print."""
    asked = _parser().parse_args(arguments)
    path = setup_environment.find_chromium()
    if path is None:
        print("no Chromium here: `make system-deps` installs one", file=sys.stderr)
        return 1
    folder = Path(tempfile.mkdtemp(prefix="talaria-bench-"))
    try:
        with ground_in(folder, Progress()) as ground:
            ground.progress("building the company")
            world = company.settled(ground, small=asked.small)
            ground.start_web()
            foreign = Foreign([os.getpid(), ground.postgres_pid])
            figures, slower = measured_all(ground, world, path, small=asked.small)
            with ground.plain() as raw:
                machine = named(folder, queries.version(raw))
            others = foreign.share()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(markdown(figures, HEAD))
    print(
        f"\n{len(world.stores)} stores, {len(world.products):,} products;"
        f" slowed down {SLOWER} times, measured: {slower:.1f} times."
    )
    print(f"Machine: {machine}; other programs took {others:.0%} of it meanwhile.")
    missed = [one.measure for one in figures if one.met not in ("", "yes")]
    print("All budgets are met." if not missed else f"Missed: {'; '.join(missed)}.")
    return 1 if missed and asked.strict else 0


def measured_all(
    ground: Ground, world: World, path: str, *, small: bool
) -> tuple[list[Figure], float]:
    """Every figure, and how much slower the page really was."""
    figures: list[Figure] = []
    folder, address = ground.folder, ground.url
    stores = company.today(world)

    def attempt(name: str, measure: Callable[[], list[Figure]]) -> None:
        ground.progress(f"measuring: {name}")
        try:
            found = measure()
        except Exception as trouble:
            traceback.print_exc()
            found = [not_measured(name, trouble)]
        for one in found:
            ground.progress("  " + " | ".join(cell for cell in one.cells() if cell))
        figures.extend(found)

    attempt("app over the wire", lambda: coming.app(address))
    with sync_playwright() as playing:
        with slowed(playing, path, folder / "first", address) as new:
            attempt("first sync", lambda: coming.first_sync(new, world, 1 if small else 3))
        with slowed(playing, path, folder / "rep", address) as rep:
            ground.progress("the app is enrolled")
            slower = rep.slowness(coming.settle(rep, world))
            stop(ground.web)
            ground.progress("the server is stopped")
            attempt("cold open", lambda: opening.cold(rep, 3 if small else 12))
            page = rep.page_now()
            attempt("order pad", lambda: pad.measure(page, stores[2 : 5 if small else 14]))
            attempt("gestures", lambda: gestures.measure(page, stores))
            attempt("memory", lambda: opening.memory(rep))
    return figures, slower


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.pwa", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of it: about a minute")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a budget is missed")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
