"""The stand-in as a process of its own: started by a command, stopped by a signal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import server.demo.standin.__main__ as command

SOURCE = Path(command.__file__).parent


def started(folder: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "server.demo.standin", "--port", "0", "--data", folder, *options],
        stdout=subprocess.PIPE,
        text=True,
        cwd=SOURCE.parents[2],
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())["url"]


def test_it_says_where_it_listens_behaves_as_told_and_stops_when_asked(tmp_path: Path) -> None:
    process, url = started(tmp_path / "new", "--refuse", "closed today", "--no-dedupe")
    try:
        behaviour = httpx.get(f"{url}/behave").json()
        assert (behaviour["refuse"], behaviour["dedupe"]) == ("closed today", False)
        assert (tmp_path / "new" / "secret").exists()
        process.terminate()
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_a_behaviour_that_does_not_exist_is_said_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["--port", "0", "--data", str(tmp_path), "--fail-p", "7"])
    assert ended.value.code == 2
    assert "fail_p is a probability" in capsys.readouterr().err


def test_it_shares_no_code_with_the_server() -> None:
    for file in SOURCE.glob("*.py"):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith(("from ", "import ")) and "standin" not in line:
                ours = ("server", "sync", "schemas", "routes", "handhelds")
                assert line.split()[1].split(".")[0] not in ours, f"{file.name}: {line}"
