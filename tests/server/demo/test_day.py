"""The whole day as `make demo-day` plays it: it ends well, and with a fault planted it does not."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[3]


def day(folder: Path, pg_bin: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TALARIA_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-m", "server.cli", "demo", "--day", "--data-dir", str(folder)],
        cwd=ROOT, env=clean | {"TALARIA_PG_BIN": str(pg_bin)} | more,
        capture_output=True, text=True, timeout=400,
    )  # fmt: skip


def left_over(folder: Path) -> list[str]:
    """Processes that still work in the demo's folder."""
    found = []
    for one in psutil.process_iter(["cmdline", "status"]):
        words = " ".join(one.info["cmdline"] or [])
        if str(folder) in words and one.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(words)
    return found


@pytest.mark.slow
def test_the_day_is_played_and_everything_it_claims_is_true(tmp_path: Path, pg_bin: Path) -> None:
    done = day(tmp_path / "demo", pg_bin)
    assert done.returncode == 0, done.stdout + done.stderr
    for words in ("On the road. The network is gone", "kill -9", "its answer is lost",
                  "is blocked", "3 confirmed, 3 on backorder", "releases", "rejects",
                  "each of it twice and jumbled",
                  "All 26 claims are true."):  # fmt: skip
        assert words in done.stdout, words
    assert "Traceback" not in done.stdout + done.stderr
    assert left_over(tmp_path / "demo") == []
    again = day(tmp_path / "demo", pg_bin)
    assert again.returncode == 1
    assert "name an empty folder" in again.stderr


@pytest.mark.slow
def test_with_the_receipt_check_off_the_day_is_not_true(tmp_path: Path, pg_bin: Path) -> None:
    done = day(tmp_path / "demo", pg_bin, TALARIA_PLANT="no_receipts")
    assert done.returncode == 1
    assert "FALSE" in done.stdout
    assert left_over(tmp_path / "demo") == []
