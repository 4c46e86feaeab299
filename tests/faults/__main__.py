"""`python -m tests.faults`: runs the tests of every fault and writes docs/FAULTS.md.

    --only 9 14    these faults alone; the others keep what the page says of them
    --page         only the words: the page is written again with the results it has

Ends with 1 when a test of any fault failed or did not run.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from tests.faults.table import FAULTS, Fault

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "FAULTS.md"
NEVER: Final = "not run yet"
Results = Mapping[int, str]

_HEAD: Final = """\
# The 44 faults

What goes wrong in a field, what Talaria promises then, and the tests that hold it to that. Written
by `make faults`, which runs them all; `make simulate` throws the same by the thousand, at random
and together.

| | what goes wrong | what is promised | tests | last result |
| --- | --- | --- | --- | --- |
"""


def page(results: Results) -> str:
    """The page, with what came of each fault's tests."""
    return _HEAD + "".join(_row(one, results.get(one.no, NEVER)) for one in FAULTS)


def _row(one: Fault, result: str) -> str:
    tests = "<br>".join(f"`{name.removeprefix('tests/')}`" for name in one.tests)
    return f"| F{one.no} | {one.fault} | {one.promise} | {tests} | {result} |\n"


def results_of(told: str) -> Results:
    """What a page says of each fault's last result."""
    found = re.findall(r"^\| F(\d+) \|.*\| ([^|]*) \|$", told, re.MULTILINE)
    return {int(no): result for no, result in found}


def run(faults: Sequence[Fault], workers: int) -> dict[int, str]:
    """Run the tests of these faults; what came of each, in a few words."""
    names = sorted({name for one in faults for name in one.tests})
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *names]
        more = ["-n", str(workers), f"--junit-xml={report}", "-o", "junit_family=xunit1"]
        subprocess.run(words + more, cwd=ROOT, check=False)
        cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314  pytest wrote it
    day = datetime.now(UTC).date().isoformat()
    return {one.no: _told(one, cases, day) for one in faults}


def _told(fault: Fault, cases: Sequence[ElementTree.Element], day: str) -> str:
    passed, failed, skipped, took_s = 0, 0, 0, 0.0
    for name in fault.tests:
        mine = [one for one in cases if _name(one) == name]
        failed += not mine
        for one in mine:
            bad = one.find("failure") is not None or one.find("error") is not None
            quiet = one.find("skipped") is not None
            failed, skipped = failed + bad, skipped + quiet
            passed += not (bad or quiet)
            took_s += float(one.get("time", "0"))
    parts = [f"{passed} passed"]
    parts += [f"{failed} FAILED"] if failed else []
    parts += [f"{skipped} skipped"] if skipped else []
    return f"{', '.join(parts)} in {took_s:.1f} s, {day}"


def _name(case: ElementTree.Element) -> str:
    return f"{case.get('file')}::{(case.get('name') or '').partition('[')[0]}"


def main(arguments: Sequence[str]) -> int:
    """Run, write the page, say what failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", nargs="+", type=int, metavar="N", help="these faults alone")
    parser.add_argument("--page", action="store_true", help="run nothing, write the page again")
    parser.add_argument("--workers", type=int, default=2, help="tests at once")
    asked = parser.parse_args(arguments)
    before = results_of(PAGE.read_text()) if PAGE.exists() else {}
    some = [one for one in FAULTS if not asked.only or one.no in asked.only]
    new = {} if asked.page else run(some, asked.workers)
    PAGE.write_text(page({**before, **new}))
    bad = [f"F{no}: {result}" for no, result in new.items() if "FAILED" in result]
    print("\n".join(bad) or f"{len(new)} faults, every promise kept.")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
