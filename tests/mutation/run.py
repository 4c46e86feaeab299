"""Runs every mutant, two stages each: the nearest tests, and if none noticed, every pure test.

What was found is kept line by line in `.mutation/results.jsonl`; a run that was stopped goes on
where it was. Results count only for the code and tests they were found with; `keep_killed` still
believes the kills after tests changed, which is right as long as tests are only added.
"""

import hashlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.mutation.forked import NONE, PASSED, in_fork
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.project import Project, may_notice

SLACK_S, TIMES = 20.0, 8
"""A mutant may take this long and this many times what its tests take without a fault."""
KILLED, SURVIVED, TIMED_OUT = "killed", "survived", "timed out"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutant. `of`: the code and tests it was found with."""

    key: str
    became: str
    file_is: str
    tests_are: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A test file without a fault: how long it takes, and the functions (file, line) it calls."""

    took_s: float
    called: frozenset[tuple[str, int]]


@dataclass(slots=True)
class _Running:
    fault: Mutant | None
    stages: list[tuple[str, ...]]
    until: float


def digest(paths: Iterable[Path]) -> str:
    """A short digest of the contents of files, in order of their paths: the same in any folder."""
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def tests_digest(project: Project) -> str:
    """Of everything that decides whether a mutant is noticed but the mutated file itself."""
    return digest(_all_code(project) or project.root.rglob("*.py"))


def _all_code(project: Project) -> set[Path]:
    found: set[Path] = set()
    for folder in ("tests/sync", "sync", "tests/mutation"):
        for ending in ("*.py", "*.json"):
            found |= set((project.root / folder).rglob(ending))
    return found


def all_mutants(project: Project) -> list[Mutant]:
    """Every mutant of every file."""
    return [
        one
        for file in project.files
        for one in mutants(file, (project.root / file).read_text(encoding="utf-8"))
    ]


def known_results(kept: Path, project: Project, keep_killed: bool) -> dict[str, Result]:
    """Results that still count, by key; the last of each."""
    if not kept.exists():
        return {}
    now = tests_digest(project)
    of_file = {file: digest([project.root / file]) for file in project.files}
    found: dict[str, Result] = {}
    for line in kept.read_text(encoding="utf-8").splitlines():
        one = Result(**json.loads(line))
        same_file = of_file.get(one.key.partition("::")[0]) == one.file_is
        believed = keep_killed and one.became != SURVIVED
        if same_file and (one.tests_are == now or believed):
            found[one.key] = one
    return found


def measure(project: Project, kept: Path, say: Callable[[str], None]) -> dict[str, Measured]:
    """Run each test file without a fault; files that fail so are not among the answer, because
    they would seem to notice everything. Kept beside the results for the same code and tests."""
    note, known = kept.with_name("called.json"), kept.with_name("measured.json")
    now = digest([*(project.root / one for one in project.files), *_all_code(project)])
    if known.exists():
        told = json.loads(known.read_text(encoding="utf-8"))
        if told["of"] == now:
            return {
                test: Measured(took_s, frozenset((file, line) for file, line in called))
                for test, (took_s, called) in told["tests"].items()
            }
    found: dict[str, Measured] = {}
    kept.parent.mkdir(parents=True, exist_ok=True)
    for test in project.pure:
        say(test)
        began = time.monotonic()
        pid = in_fork(project, (test,), None)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if status in (PASSED, NONE):
            took_s = time.monotonic() - began
            os.waitpid(in_fork(project, (test,), None, note), 0)
            called = json.loads(note.read_text(encoding="utf-8"))
            found[test] = Measured(took_s, frozenset((file, line) for file, line in called))
    note.unlink(missing_ok=True)
    tests = {test: (one.took_s, sorted(one.called)) for test, one in found.items()}
    known.write_text(json.dumps({"of": now, "tests": tests}), encoding="utf-8")
    return found


def run(
    project: Project,
    wanted: list[Mutant],
    took: dict[str, Measured],
    kept: Path,
    jobs: int,
    say: Callable[[Result], None],
) -> list[Result]:
    """Run mutants, `jobs` at a time; each result is kept and said as it comes. took: `measure`."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    now = tests_digest(project)
    of_file = {file: digest([project.root / file]) for file in project.files}
    running: dict[int, _Running] = {}
    left, results = list(reversed(wanted)), []
    with kept.open("a", encoding="utf-8") as out:

        def keep(fault: Mutant, became: str) -> None:
            result = Result(fault.key, became, of_file[fault.file], now)
            out.write(json.dumps(asdict(result)) + "\n")
            out.flush()
            results.append(result)
            say(result)

        try:
            while left or running:
                while left and len(running) < jobs:
                    fault = left.pop()
                    stages = _stages(project, fault, took)
                    if stages:
                        _start(project, running, fault, stages, took)
                    else:
                        keep(fault, SURVIVED)  # no test even calls it
                for pid, fault, became in _ended(project, running, took):
                    running.pop(pid, None)
                    keep(fault, became)
        finally:
            for pid in running:
                _kill(pid)
    return results


def _stages(project: Project, fault: Mutant, took: dict[str, Measured]) -> list[tuple[str, ...]]:
    """The nearest tests, then all others; of both only those that call what has the fault."""
    place = (fault.file, fault.begins)
    asked = [one for one, told in took.items() if fault.begins is None or place in told.called]
    asked.sort(key=lambda one: took[one].took_s)
    first = tuple(one for one in project.first.get(fault.file, ()) if one in asked)
    rest = tuple(one for one in asked if one not in first and may_notice(fault.file, one))
    return [stage for stage in (first, rest) if stage]


def _start(
    project: Project,
    running: dict[int, _Running],
    fault: Mutant,
    stages: list[tuple[str, ...]],
    took: dict[str, Measured],
) -> None:
    pid = in_fork(project, stages[0], fault)
    until = time.monotonic() + SLACK_S + TIMES * sum(took[one].took_s for one in stages[0])
    running[pid] = _Running(fault, stages[1:], until)


def _ended(
    project: Project, running: dict[int, _Running], took: dict[str, Measured]
) -> list[tuple[int, Mutant, str]]:
    """Wait a moment for what runs; what ended, with what became of it."""
    ended: list[tuple[int, Mutant, str]] = []
    for pid, one in list(running.items()):
        assert one.fault is not None
        done, status = os.waitpid(pid, os.WNOHANG)
        if not done:
            if time.monotonic() > one.until:
                _kill(pid)
                ended.append((pid, one.fault, TIMED_OUT))
            continue
        noticed = os.waitstatus_to_exitcode(status) not in (PASSED, NONE)
        if not noticed and one.stages:
            running.pop(pid)
            _start(project, running, one.fault, one.stages, took)
        else:
            ended.append((pid, one.fault, KILLED if noticed else SURVIVED))
    if not ended:
        time.sleep(0.01)
    return ended


def _kill(pid: int) -> None:
    """End one of our own processes and what it started."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
