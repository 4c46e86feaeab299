"""The set-up on strange machines: no Chromium, one that is none, an old node, all done before."""

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

import pytest

import make
import setup_environment


def program(path: Path, script: str) -> Path:
    """An executable shell script."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with nothing on its PATH and an empty home; returns the one folder on the PATH."""
    monkeypatch.delenv("TALARIA_TEST_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_browser_that_starts_is_found_on_the_path(bare: Path) -> None:
    assert setup_environment.find_chromium() is None
    chromium = program(bare / "chromium", "echo Chromium 156")
    assert setup_environment.find_chromium() == str(chromium)


def test_a_script_that_only_says_where_to_get_a_browser_is_none(bare: Path) -> None:
    program(bare / "chromium-browser", "echo 'requires the snap' >&2; exit 1")
    assert setup_environment.find_chromium() is None


def test_the_named_browser_is_taken_and_no_other(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare / "chromium", "exit 0")
    named = program(bare / "another", "exit 0")
    monkeypatch.setenv("TALARIA_TEST_CHROMIUM", str(named))
    assert setup_environment.find_chromium() == str(named)
    monkeypatch.setenv("TALARIA_TEST_CHROMIUM", str(bare / "missing"))
    assert setup_environment.find_chromium() is None


def test_a_normal_user_is_told_the_one_command(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(bare / "apt-get", "exit 0")
    monkeypatch.setattr(setup_environment, "_is_root", lambda: False)
    assert setup_environment.system_deps() == 1
    said = capsys.readouterr().out.strip()
    assert said.startswith("As root, run: apt-get install -y")
    assert "\n" not in said


def test_root_installs_chromium_by_itself(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # What apt-get would do, in one line: put a browser on the PATH, if it is asked for one.
    arrives = f"printf '#!/bin/sh\\n' > {bare}/chromium; /bin/chmod +x {bare}/chromium"
    program(bare / "apt-get", f'case "$*" in *"install"*" chromium "*) {arrives};; esac')
    monkeypatch.setattr(setup_environment, "_is_root", lambda: True)
    assert setup_environment.ensure_chromium() == str(bare / "chromium")
    assert "installing chromium, fonts-noto-cjk (apt-get)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("says", "major"), [("v24.19.0", 24), ("v18.2.1", 18), ("nonsense", 0), ("", 0)]
)
def test_the_version_of_node_is_read(bare: Path, says: str, major: int) -> None:
    node = program(bare / "node", f"echo {says}")
    assert setup_environment._node_major(str(node)) == major


def test_a_finished_set_up_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(title: str, *_: object, **__: object) -> None:
        pytest.fail(f"ran a step although everything is stamped: {title}")

    monkeypatch.setattr(setup_environment, "_step", refuse)
    monkeypatch.setattr(setup_environment, "_stamped", lambda *_: True)
    monkeypatch.setattr(setup_environment, "PYTHON", Path(os.devnull))
    monkeypatch.setattr(setup_environment, "BROWSER_FILES", Path(__file__).parent)
    monkeypatch.setattr(Path, "exists", lambda _: True)
    setup_environment.prepare("run")
    setup_environment.prepare("test")


def test_a_changed_lock_is_noticed(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    assert not setup_environment._stamped(stamp, setup_environment._key("a", "b"))
    stamp.write_text(setup_environment._key("a", "b"))
    assert setup_environment._stamped(stamp, setup_environment._key("a", "b"))
    assert not setup_environment._stamped(stamp, setup_environment._key("ab", ""))


@pytest.mark.parametrize(
    ("chromium", "fails", "status"),
    [
        ("/somewhere/chromium", (), 0),
        ("/somewhere/chromium", ("mypy",), 1),
        ("/somewhere/chromium", ("node",), 1),
        ("/somewhere/chromium", ("python",), 1),
        ("/somewhere/chromium", ("floor",), 1),
        (None, (), 1),
    ],
)
def test_everything_runs_and_any_failure_is_told(
    chromium: str | None,
    fails: Sequence[str],
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran: list[tuple[str, ...]] = []

    def run(*command: str, out: TextIO | None = None, more: Mapping[str, str] | None = None) -> int:
        ran.append(command)
        more = more or {}
        if folder := more.get("TALARIA_TEST_HEARD"):
            (Path(folder) / "1.json").write_text('{"tests/test_a.py::test_b": [0.1, ["select"]]}')
        return int(("floor" if "TALARIA_TEST_PG" in more else command[0]) in fails)

    monkeypatch.setattr(make, "_run", run)
    monkeypatch.setattr(make, "_has_floor", lambda: True)
    monkeypatch.setattr(setup_environment, "prepare", lambda _: None)
    monkeypatch.setattr(setup_environment, "ensure_chromium", lambda: chromium)
    monkeypatch.setattr(setup_environment, "node_and_npm", lambda: ("node", ["npm"]))
    assert make.test([]) == status
    programs = ["lint-imports", "mypy", "node", "python", "python", "ruff", "ruff"]
    assert sorted(command[0] for command in ran) == programs  # the checks beside the first tests
    tests = [command for command in ran if command[0] == "python"]
    without_browser = tests[0][-2:] == ("-m", "not browser")
    assert without_browser == (chromium is None)
    assert tests[1][-1] == "tests/test_a.py"
    told = capsys.readouterr()
    assert ("make system-deps" in told.err) == (chromium is None)
    assert told.out.count("--- types: mypy") == 1
