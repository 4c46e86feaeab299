"""Fifty kills of the handheld, and two bugs planted to see that kills find them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ZEROS = ("lost", "half-written", "missing or doubled", "damaged", "left unsent", "at the server")


def powercut(*words: str) -> tuple[int, str]:
    """Run the harness in a process of its own: it forks, and must be alone in its process."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.handhelds.powercut", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert run.stdout.startswith("powercut-lite: kills "), run.stdout + run.stderr
    return run.returncode, run.stdout


@pytest.mark.slow
def test_fifty_kills_lose_nothing_and_leave_nothing_half_written() -> None:
    code, line = powercut("--kills", "50")
    assert code == 0, line
    assert "kills 50 " in line
    for name in ZEROS:
        assert f"{name} 0," in line, line
    found = re.search(r"orders and receipts (\d+)", line)
    assert found is not None
    assert int(found[1]) > 50, "the handheld hardly worked between the kills"


def test_an_order_and_its_row_in_two_commits_are_found_half_written() -> None:
    code, line = powercut("--kills", "100", "--plant", "two_commits")
    assert code == 1, line
    assert "half-written 0," not in line


def test_an_order_number_counted_apart_from_its_order_is_found_missing() -> None:
    code, line = powercut("--kills", "20", "--plant", "order_number_kept_apart")
    assert code == 1, line
    assert "missing or doubled 0," not in line
