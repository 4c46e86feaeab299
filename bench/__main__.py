"""`python -m bench`: everything measured once, one table in Markdown on the standard output."""

import argparse
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from bench import company, history, queries
from bench.ground import ground_in
from bench.machine import Foreign, named, own_bytes
from bench.measures import (
    beginning,
    board,
    curves,
    day_batch,
    delivery,
    delta,
    first_pull,
    memory,
    nothing_new,
    slow_line,
    verify,
)
from bench.run import Progress, Run
from bench.table import Row, markdown

MEASURES: dict[str, Callable[[Run], list[Row]]] = {
    "nothing": nothing_new.measure,
    "begin": beginning.measure,  # before anybody pushes: a field day's rows, no more
    "push": day_batch.measure,
    "first": first_pull.measure,
    "delta": delta.measure,
    "line": slow_line.measure,
    "verify": verify.measure,
    "delivery": delivery.measure,
    "board": board.measure,
    "curves": curves.measure,
    "memory": memory.measure,
}
NOISY = 0.15


def main(arguments: list[str]) -> int:
    """Run the measures asked for and print the table; 1 when a goal was missed with --strict."""
    asked = _parser().parse_args(arguments)
    progress = Progress()
    rows: list[Row] = []
    folder = Path(tempfile.mkdtemp(prefix="talaria-bench-", dir=asked.data))
    try:
        with ground_in(folder, progress) as ground:
            progress("building the company")
            made = company.found(ground.engine, progress)
            ground.tidy()
            ground.start_web()
            foreign = Foreign([os.getpid(), ground.postgres_pid])
            run = Run(ground, made, asked.quick, asked.long)
            if not asked.only or "curves" in asked.only:
                progress("measuring: curves, a company's first day")
                rows += attempt("curves, first day", curves.young, run)
            history.lay_down(made, made.reps["r01"], progress)
            ground.tidy()
            for name, measure in MEASURES.items():
                if asked.only and name not in asked.only:
                    continue
                progress(f"measuring: {name}")
                found = attempt(name, measure, run)
                for row in found:
                    progress("  " + " | ".join(cell for cell in row.cells() if cell))
                rows += found
                web_mb = own_bytes(ground.web_worker_pid()) / 2**20
                progress(f"  (memory of the web process: {web_mb:.0f} MB)")
            with ground.plain() as raw:
                machine = named(folder, queries.version(raw))
            others = foreign.share()
        print(markdown(rows))
        print(f"\nMachine: {machine}; other programs took {others:.0%} of it meanwhile.")
        if others > NOISY:
            print(
                "On so busy a machine p10, ratios and CPU mean more than p50 and the goals on it."
            )
        for note in run.notes:
            print(note)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    missed = [row.measure for row in rows if row.met is False]
    if missed:
        print(f"\nGoals missed: {'; '.join(missed)}")
    return 1 if missed and asked.strict else 0


def attempt(name: str, measure: Callable[[Run], list[Row]], run: Run) -> list[Row]:
    """The rows of a measure; one that breaks is a row that says so, and the others still count."""
    try:
        return measure(run)
    except Exception as trouble:
        traceback.print_exc()
        why = " ".join(str(trouble).split())[:120]
        return [Row(name, p50=f"not measured: {type(trouble).__name__}: {why}", met=False)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds: about a minute")
    parser.add_argument("--long", action="store_true", help="also with a million orders")
    parser.add_argument("--only", nargs="+", choices=MEASURES, help="these measures alone")
    parser.add_argument("--data", help="folder for the database; its disk is what is measured")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a goal is missed")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
