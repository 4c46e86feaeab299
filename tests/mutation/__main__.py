"""`python -m tests.mutation`: run the mutants, show the survivors, and say whether that is good.

Ends with 1 when more than 5 % of the mutants survive without an explanation, or when an
explanation speaks of a mutant that is gone or that a test notices by now.
"""

import argparse
import gc
import importlib
import os
import sys
import tomllib
import warnings
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.mutation.mutants import Mutant
from tests.mutation.project import ROOT, Project, talaria
from tests.mutation.run import SURVIVED, Measured, Result, all_mutants, known_results, measure, run

KEPT = ROOT / ".mutation" / "results.jsonl"
EXPLAINED = Path(__file__).with_name("survivors.toml")
AT_MOST_PERCENT = 5


def main(arguments: list[str]) -> int:
    """Read the command line and do it."""
    ask = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    ask.add_argument("--only", default="", help="files whose path begins so")
    ask.add_argument("--jobs", type=int, default=max(1, os.cpu_count() or 1))
    ask.add_argument("--keep-killed", action="store_true", help="tests were only added since")
    ask.add_argument("--more", action="store_true", help="also what asks the rules")
    ask.add_argument("--every", type=int, default=1, help="only each so manieth: a sample")
    ask.add_argument("--list", action="store_true", help="show the mutants, run none")
    told = ask.parse_args(arguments)
    console = Console()
    project = talaria(told.only, told.more)
    every = all_mutants(project)[:: max(1, told.every)]
    if told.list:
        for one in every:
            print(f"{one.key}   line {one.line}")
        return 0
    _import_all(project)
    results = known_results(KEPT, project, told.keep_killed)
    left = [one for one in every if one.key not in results]
    console.print(f"{len(every)} mutants, {len(every) - len(left)} known from before")
    failing: list[str] = []
    if left:
        with console.status("tests without a fault") as status:
            took = measure(project, KEPT, lambda test: status.update(f"without a fault: {test}"))
        failing = [one for one in project.pure if one not in took]
        results |= {one.key: one for one in _with_bar(console, project, left, took, told.jobs)}
    for test in failing:
        console.print(f"left out, it fails without any fault: {test}", style="bold", markup=False)
    explained, mine = explanations(), {one.key for one in every}
    if told.every > 1:  # what is not in the sample is neither noticed nor gone
        explained = {key: why for key, why in explained.items() if key in mine}
    return max(report(console, every, results, explained, told.only), bool(failing))


def _with_bar(
    console: Console, project: Project, left: list[Mutant], took: dict[str, Measured], jobs: int
) -> list[Result]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not left) as bar:
        task = bar.add_task("mutants", total=len(left))
        alive = 0

        def say(result: Result) -> None:
            nonlocal alive
            alive += result.became == SURVIVED
            bar.update(task, advance=1, description=f"mutants ({alive} survive)")

        return run(project, left, took, KEPT, jobs, say)


def _import_all(project: Project) -> None:
    """Everything a test may import: what is here before a fork costs no mutant anything."""
    sys.path.insert(0, str(project.root))
    for name in (
        "_hypothesis_pytestplugin",
        "jsonschema",
        "tests.conftest",
        "tests.sync.conftest",
        "tests.sync.cases",
    ):
        importlib.import_module(name)
    for file in project.files:
        importlib.import_module(".".join(Path(file).with_suffix("").parts))
    with warnings.catch_warnings(action="ignore"), suppress(ImportError, AttributeError):
        # what each child would read out of our code anew
        providers = importlib.import_module("hypothesis.internal.conjecture.providers")
        providers._get_local_constants()
    gc.freeze()


def explanations() -> dict[str, str]:
    """Mutant -> why no test can notice it."""
    if not EXPLAINED.exists():
        return {}
    told = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))
    return {key: one["why"] for one in told.get("survivor", ()) for key in one["mutants"]}


def report(
    console: Console,
    every: list[Mutant],
    results: dict[str, Result],
    explained: dict[str, str],
    only: str = "",
) -> int:
    """Show the survivors; 0 when few enough are unexplained and every explanation applies."""
    alive = [one for one in every if results[one.key].became == SURVIVED]
    unexplained = [one for one in alive if one.key not in explained]
    known, living = {one.key for one in every}, {one.key for one in alive}
    mine = [key for key in explained if key.startswith(only)]
    for one in unexplained:
        console.print(f"survived: {one.key}   ({one.file}:{one.line})", markup=False)
    stale = [key for key in mine if key not in living]
    for key in stale:
        why = "a test notices it by now" if key in known else "there is no such mutant any more"
        console.print(f"explained for nothing, {why}: {key}", markup=False)
    percent = 100 * len(unexplained) / max(1, len(every))
    console.print(
        f"{len(every)} mutants: {len(every) - len(alive)} noticed, {len(alive)} survive, "
        f"{len(alive) - len(unexplained)} of them explained; {percent:.1f} % unexplained "
        f"(at most {AT_MOST_PERCENT} %)",
        markup=False,
    )
    return 1 if percent > AT_MOST_PERCENT or stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
