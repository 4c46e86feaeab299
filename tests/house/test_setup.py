"""The set-up's own promises: one list of words, one list of tools, locks that cover everything."""

import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest

import make
import setup_environment
from tests.house.tree import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())


def plain(requirement: str) -> str:
    """The bare name of a requirement, as registries compare names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]).lower()


def locked(lock: str) -> dict[str, str]:
    """name -> its block of a lock file."""
    blocks = re.split(r"^(?=\w)", lock, flags=re.MULTILINE)
    return {plain(block): block for block in blocks if "==" in block}


def test_the_makefile_passes_on_every_word() -> None:
    listed = re.search(r"^WORDS := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert listed is not None
    assert set(listed.group(1).split()) == set(make.WORDS)


def test_help_has_a_line_for_every_word() -> None:
    command = [sys.executable, "make.py", "help"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name, word in make.WORDS.items():
        assert f"make {name}" in said
        assert word.says in said


def test_an_unknown_word_is_refused() -> None:
    command = [sys.executable, "make.py", "dmeo"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert "no such word: dmeo" in answer.stderr


def test_the_extra_and_the_group_of_tools_are_the_same() -> None:
    extra = PROJECT["project"]["optional-dependencies"]["dev"]
    assert extra == PROJECT["dependency-groups"]["dev"]


@pytest.mark.parametrize("purpose", ["run", "test"])
def test_the_lock_covers_every_dependency_with_hashes(purpose: str) -> None:
    wanted = [*PROJECT["project"]["dependencies"]]
    wanted += PROJECT["project"]["optional-dependencies"]["embedded"]
    wanted += PROJECT["dependency-groups"]["build"]
    wanted += PROJECT["dependency-groups"]["dev"] if purpose == "test" else []
    text = setup_environment.LOCKS[purpose].read_text()
    blocks = locked(text)
    assert {plain(requirement) for requirement in wanted} - set(blocks) == set()
    assert [name for name, block in blocks.items() if "--hash=sha256:" not in block] == []
    assert "://" not in text, "make lock again: the lock file carries an address"


def test_both_locks_agree_on_every_version() -> None:
    version = re.compile(r"^(\S+)==([^\s;]+)", re.MULTILINE)
    run = dict(version.findall(setup_environment.LOCKS["run"].read_text()))
    test = dict(version.findall(setup_environment.LOCKS["test"].read_text()))
    assert run.items() <= test.items()


def test_the_browser_files_lock_has_hashes_and_no_addresses() -> None:
    text = (setup_environment.BROWSER_BUILD / "package-lock.json").read_text()
    assert '"integrity": "sha512-' in text
    assert "://" not in text


def test_a_failing_step_shows_what_it_ran_and_what_it_said() -> None:
    command = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]
    with pytest.raises(setup_environment.SetupError, match=r"status 3:\nthe reason"):
        setup_environment._step("trying", command)
