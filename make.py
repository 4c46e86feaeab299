"""The words one can say to this working copy: `make demo`, or without make `python3 make.py demo`.

Each word is a row of WORDS; the Makefile only passes them on. A word first sets up what it needs
(setup_environment.py), then runs. What follows a word is handed to what it runs, for example
`python3 make.py test -k board`, or `make test ARGS='-k board'`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TextIO

import setup_environment as environment
from tests.fewest import fewest, of_folder

FLOOR = "15"
"""The oldest PostgreSQL that must do; where it is installed, every statement is asked there too."""
AT_ONCE = "--maxschedchunk=4"
"""So few tests are handed out at a time that the slow ones, which come first, are shared out."""
SOAK = (
    *("--long", "--devices", "300", "--processes", "24", "--stores", "6", "--seconds", "3600"),
    *("--changes", "500000", "--faults", "50000", "--longest", "7200", "--faulty", "0.65"),
    *("--visits", "40", "--tries", "6", "--kill-every", "9", "--kill-p", "0.15", "--dies", "0.1"),
)
"""An hour, and on until there are so many; less is killed at failpoints, for each death costs what
a hundred changes do."""
POWERCUTS = "1000"
"""How many times `make powercut-lite` kills the handheld; `make test` does it 50 times."""


TYPED = environment.BROWSER_BUILD / "tsconfig.json"
TSC = environment.BROWSER_BUILD / "node_modules" / "typescript" / "bin" / "tsc"


class Word(NamedTuple):
    """One word: what `make help` says of it, and what it does with the words after it."""

    says: str
    run: Callable[[Sequence[str]], int]


def show_help(_: Sequence[str] = ()) -> int:
    """Print every word with its line."""
    print("Talaria. Needs Python >= 3.11; each word does all its own set-up.\n")
    for name, word in WORDS.items():
        print(f"  make {name:<14} {word.says}")
    print("\nWithout make: python3 make.py WORD")
    return 0


def demo(rest: Sequence[str]) -> int:
    """Start the demo company and everything it needs, until Ctrl-C."""
    environment.prepare("run")
    return _become("talaria", "demo", *rest)


def demo_day(rest: Sequence[str]) -> int:
    """Run the demo's day in the field without a person; non-zero if a promise is broken."""
    environment.prepare("run")
    return _become("talaria", "demo", "--day", *rest)


def check(_: Sequence[str] = (), out: TextIO | None = None) -> int:
    """Run the checks that only read the code; every one runs, whatever the others say. They say
    it into a file, `out`, or to whoever called."""
    environment.prepare("test")
    steps = {
        "style": ["ruff", "check", "."],
        "format": ["ruff", "format", "--check", "."],
        "types": ["mypy"],
        "imports": ["lint-imports", "--no-logo"],
        "types of browser code": [environment.node_and_npm()[0], str(TSC), "-p", str(TYPED)],
    }
    failed = []
    for name, command in steps.items():
        began = time.monotonic()
        print(f"--- {name}: {' '.join(command)}", file=out, flush=True)
        if _run(*command, out=out) != 0:
            failed.append(name)
        print(f"    {time.monotonic() - began:.1f} s", file=out, flush=True)
    if failed:
        print(f"make check: {', '.join(failed)} failed", file=out or sys.stderr, flush=True)
    return 1 if failed else 0


def test(rest: Sequence[str]) -> int:
    """Run the checks and all tests; without Chromium all others run, and then it fails."""
    environment.prepare("test")
    chromium = environment.ensure_chromium()
    chosen = {"TALARIA_TEST_CHROMIUM": chromium} if chromium else {}
    which = [] if chromium else ["-m", "not browser"]
    with (
        tempfile.TemporaryDirectory(prefix="talaria-heard-") as heard,
        tempfile.TemporaryFile("w+") as said,
        ThreadPoolExecutor(1) as beside,
    ):
        checking = beside.submit(check, (), said)  # mostly mypy, which keeps one core busy
        print("--- tests", flush=True)
        tested = _pytest(*which, *rest, TALARIA_TEST_HEARD=heard, **chosen)
        checked = checking.result()
        said.seek(0)
        print(said.read(), end="", flush=True)
        on_floor = _test_on_floor(Path(heard))
    if on_floor != 0:
        print(f"make test: tests failed on PostgreSQL {FLOOR}, see above", file=sys.stderr)
    if checked != 0:
        print("make test: the checks before the tests failed, see above", file=sys.stderr)
    if chromium is None:
        print(
            "make test: the browser tests did not run, Chromium is missing: run `make system-deps`",
            file=sys.stderr,
        )
    failed = checked or tested or on_floor or chromium is None
    return 1 if failed else 0


def _test_on_floor(heard: Path) -> int:
    """Ask every statement that the tests asked on the oldest PostgreSQL as well, where that is
    installed, by as few of them as will do."""
    chosen = fewest(of_folder(heard)) if _has_floor() else []
    if not chosen:
        return 0
    print(f"--- {len(chosen)} tests that ask it all, on PostgreSQL {FLOOR} too", flush=True)
    only = heard / "only"
    only.write_text(json.dumps(chosen))
    files = sorted({test.partition("::")[0] for test in chosen})
    return _pytest(*files, TALARIA_TEST_PG=FLOOR, TALARIA_TEST_ONLY=str(only))


def _pytest(*words: str, **more: str) -> int:
    """Run pytest. Everything it starts is a Python again, and there are hundreds: they keep what
    they compiled, and so do pytest's own rewritten tests, even where the environment says not to.
    """
    command = ["-m", "pytest", "-n", str(_testers()), AT_ONCE, "--durations=20"]
    return _run("python", *command, *words, more={"PYTHONDONTWRITEBYTECODE": ""} | more)


def _testers() -> int:
    """Processes to test with: more than cores, as many tests wait for a server they started; not
    many more, as some of them watch the clock."""
    cores = os.cpu_count() or 2
    return min(8, cores + max(1, cores // 2))


def _has_floor() -> bool:
    """Whether the oldest PostgreSQL that must do is installed beside the embedded one."""
    where = "from tests import conftest; raise SystemExit(conftest._programs({}) is None)"
    return _run("python", "-c", where.format(FLOOR)) == 0


def bench_peers(rest: Sequence[str]) -> int:
    """Play the field day of a folder of peers, PEERS=FOLDER, with Talaria among them."""
    environment.prepare("test")
    folder = [os.environ["PEERS"]] if os.environ.get("PEERS") else []
    return _become("python", "-m", "bench.peers", *folder, *rest)


def bench_routing(rest: Sequence[str]) -> int:
    """Plan the instances of a folder, INSTANCES=FOLDER, beside the best known plans and peers."""
    environment.prepare("test")
    folder = [os.environ["INSTANCES"]] if os.environ.get("INSTANCES") else []
    alone = "--no-peers" in rest
    more = {} if alone else {"PYTHONPATH": str(environment.other_planners())}
    return _run("python", "-m", "bench.routing", *folder, *rest, more=more)


def _program(module: str, *first: str, browser: bool = False) -> Callable[[Sequence[str]], int]:
    """What a word does that sets up the tests' tools and turns into one of their programs."""

    def run(rest: Sequence[str]) -> int:
        environment.prepare("test")
        if browser:
            environment.ensure_chromium()
        return _become("python", "-m", module, *first, *rest)

    return run


def simulate(rest: Sequence[str]) -> int:
    """Play two firms where everything goes wrong until they captured 32,000 changes, then chaos;
    non-zero if anything is amiss. With words of its own (a seed to play again) only the first."""
    environment.prepare("test")
    if rest:
        return _become("python", "-m", "tests.simulation.run", *rest)
    played = _run("python", "-m", "tests.simulation.run")
    return _run("python", "-m", "tests.simulation.chaos") or played


def system_deps(_: Sequence[str]) -> int:
    """Install what the registries do not carry."""
    return environment.system_deps()


def lock(_: Sequence[str]) -> int:
    """Write the lock files anew."""
    environment.write_locks()
    return 0


def clean(_: Sequence[str]) -> int:
    """Remove everything the set-up made; the demo's own data stays."""
    made = [environment.VENV, environment.BROWSER_FILES, environment.HANDHELD_FILES]
    made += [environment.APP_BUILT, environment.BROWSER_BUILD / "node_modules"]
    made += [
        environment.ROOT / name
        for name in (".mypy_cache", ".ruff_cache", ".pytest_cache", ".mutation")
    ]
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


WORDS = {
    "help": Word("show this list", show_help),
    "demo": Word("start the demo company: office console, handheld, delivery system", demo),
    "demo-day": Word("run the demo's day in the field and check every promise it makes", demo_day),
    "test": Word("run all checks and all tests (ARGS='-k board' narrows)", test),
    "check": Word("run only the checks of the code: style, format, types, imports", check),
    "bench": Word("measure speed and size, each beside its floor", _program("bench")),
    "bench-peers": Word(
        "play a field day against other servers too (PEERS=their folder)", bench_peers
    ),
    "bench-routing": Word(
        "plan visit routes beside the best known ones (INSTANCES=their folder)", bench_routing
    ),
    "bench-pwa": Word(
        "hold the rep's app to its budgets, in a browser four times slower",
        _program("bench.pwa", browser=True),
    ),
    "screens": Word(
        "every screen of the rep's app as a picture, in both languages, light and dark",
        _program("tests.browser.screens", browser=True),
    ),
    "powercut-lite": Word(
        f"kill the handheld {POWERCUTS} times; nothing may be lost",
        _program("tests.handhelds.powercut", "--kills", POWERCUTS),
    ),
    "powercut": Word(
        "cut the power under the handheld's files 10,000 times, at every write",
        _program("tests.simulation.power"),
    ),
    "mutate": Word(
        "put small faults into the rules, one by one: tests must notice", _program("tests.mutation")
    ),
    "delivery-soak": Word(
        "10,000 orders into delivery systems that do everything wrong; each there once",
        _program("tests.server.delivery.soak"),
    ),
    "last-units": Word(
        "2,000 orders from 8 handhelds for the last units: none promised twice",
        _program("tests.sync.last_units"),
    ),
    "moves": Word(
        "territories move while 50 handhelds pull: each ends with the truth, none reads foreign",
        _program("tests.sync.moving"),
    ),
    "restore-drill": Word(
        "yesterday's database back under 200 handhelds: all orders back, none twice",
        _program("tests.drill.restore"),
    ),
    "simulate": Word(
        "104 handhelds, everything goes wrong, one seed: nothing lost, doubled or left different",
        simulate,
    ),
    "chaos": Word(
        "the real server and 100 handhelds, killed all the time: nothing lost",
        _program("tests.simulation.chaos"),
    ),
    "soak": Word(
        "the same for an hour, with 300 handhelds", _program("tests.simulation.chaos", *SOAK)
    ),
    "faults": Word(
        "run the tests of the 44 faults and write docs/FAULTS.md", _program("tests.faults")
    ),
    "mutants": Word(
        "plant real mistakes one by one: the simulation must find each",
        _program("tests.simulation.planted"),
    ),
    "system-deps": Word("install Chromium for the browser tests (root), or say how", system_deps),
    "lock": Word("resolve the dependencies anew and write the lock files", lock),
    "clean": Word("remove what the set-up made (the demo's data stays)", clean),
}


def _environment() -> dict[str, str]:
    path = os.pathsep.join([str(environment.BIN), os.environ.get("PATH", "")])
    return dict(os.environ, PATH=path, VIRTUAL_ENV=str(environment.VENV))


def _run(
    program: str, *arguments: str, out: TextIO | None = None, more: Mapping[str, str] | None = None
) -> int:
    """Run a program of the environment to its end; `more` is told to it besides."""
    command = [str(environment.BIN / program), *arguments]
    return subprocess.call(
        command, cwd=environment.ROOT, env=_environment() | dict(more or {}),
        stdout=out, stderr=subprocess.STDOUT if out else None,
    )  # fmt: skip


def _become(program: str, *arguments: str) -> int:
    """Turn into a program of the environment: Ctrl-C and signals then reach it and only it."""
    command = [str(environment.BIN / program), *arguments]
    os.chdir(environment.ROOT)
    if os.name == "nt":
        return subprocess.call(command, env=_environment())
    sys.stdout.flush()
    os.execve(command[0], command, _environment())


def main(arguments: Sequence[str]) -> int:
    """Find the word and say it; 2 for an unknown one."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", ())
    word = WORDS.get(name)
    if word is None:
        print(f"make.py: no such word: {name}", file=sys.stderr)
        show_help()
        return 2
    try:
        return word.run(rest)
    except environment.SetupError as problem:
        print(f"talaria: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - the message is for those who have an older one
        sys.exit("talaria needs Python 3.11 or newer; this is " + sys.version.split()[0])
    sys.exit(main(sys.argv[1:]))
