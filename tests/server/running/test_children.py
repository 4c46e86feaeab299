"""Children that die are started again, ever more slowly; they are stopped politely, then rudely."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server.running import children
from server.running.children import SUPERVISOR, Child, command, importable, stop_all
from tests.server.running.ports import free_port, process, until


def python(words: str) -> list[str]:
    return [sys.executable, "-c", words]


def test_a_child_that_dies_is_started_again_with_growing_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(children, "FIRST_PAUSE_S", 0.05)
    child = Child("short", python("raise SystemExit(3)"), {}, pause_s=0.05)
    child.start()
    pauses = []
    while child.deaths < 4:
        before = child.deaths
        child.look()
        if child.deaths > before:
            pauses.append(round(child.due_s - time.monotonic(), 2))
        time.sleep(0.005)
    assert child.last_exit == 3
    assert [0.01 <= pause <= 0.5 for pause in pauses] == [True] * 4
    assert pauses == sorted(pauses)
    stop_all([child], 5)


def test_a_child_that_was_well_for_long_starts_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(children, "WELL_AFTER_S", 0.0)
    child = Child("old", python("pass"), {}, pause_s=20.0)
    child.start()
    until(lambda: not child.alive)
    child.look()
    assert child.due_s - time.monotonic() <= children.FIRST_PAUSE_S


def test_a_child_that_is_renewed_has_not_died() -> None:
    child = Child("fresh", python("import time; time.sleep(60)"), {})
    child.start()
    assert child.process is not None
    before = child.process.pid
    child.renew()
    until(lambda: not child.alive)
    child.look()
    assert child.alive
    assert child.process.pid != before
    assert child.deaths == 0
    stop_all([child], 5)


def test_who_does_not_end_when_asked_is_killed() -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"  # noqa: E501
    polite = Child("polite", python("import time; time.sleep(60)"), {})
    stubborn = Child("stubborn", python(deaf), {})
    for child in (polite, stubborn):
        child.start()
    time.sleep(0.5)
    assert not stop_all([polite, stubborn], 1.0)
    assert not polite.alive
    assert not stubborn.alive
    assert stubborn.process is not None
    assert stubborn.process.returncode == -9


def test_our_commands_are_run_by_this_python_whatever_lies_around(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text("raise SystemExit('the wrong one')")
    assert command("version")[0] == sys.executable
    done = subprocess.run(
        command("version"), cwd=tmp_path, env=importable({}), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(".") == 2


def test_a_child_is_told_who_started_it(tmp_path: Path) -> None:
    told = tmp_path / "told"
    words = f"import os; open({str(told)!r}, 'w').write(os.environ[{SUPERVISOR!r}])"
    child = Child("told", python(words), {SUPERVISOR: "of whoever started us"})
    child.start()
    until(lambda: not child.alive)
    assert int(told.read_text()) == os.getpid()


@pytest.mark.parametrize("which", ["web", "worker"])
def test_who_was_still_starting_when_the_supervisor_was_killed_ends_all_the_same(
    which: str, database_url: str, tmp_path: Path
) -> None:
    gone = subprocess.Popen(python("pass"))
    gone.wait()
    said = {
        "DATABASE_URL": database_url, "TALARIA_DATA_DIR": str(tmp_path),
        "TALARIA_PORT": str(free_port()), SUPERVISOR: str(gone.pid),
    }  # fmt: skip
    log = tmp_path / "log"
    with process("server.cli", which, "--follow-parent", environ=said, log=log) as orphan:
        assert orphan.wait(60) == 0
    assert f"{which}.orphaned" in log.read_text()
