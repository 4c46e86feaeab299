"""Whether a handheld was closed cleanly, as the next to open it finds out."""

import subprocess
import sys
from pathlib import Path

import pytest

from handhelds.reference import opened
from handhelds.reference.opened import Opened, make_folder

KILLED = """
import os, signal, sys
from pathlib import Path
from handhelds.reference.opened import Opened
held = Opened(Path(sys.argv[1]))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_one_that_was_closed_leaves_nothing_behind(tmp_path: Path) -> None:
    for _ in range(2):
        one = Opened(tmp_path)
        assert not one.unclean
        one.close()
        one.close()
    assert [*(tmp_path / "open").iterdir()] == []
    assert [path.name for path in tmp_path.iterdir()] == ["open"]


def test_a_process_that_was_killed_is_noticed_once(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert done.returncode == -9
    first, second = Opened(tmp_path), Opened(tmp_path)
    assert (first.unclean, second.unclean) == (True, False)
    first.close()
    second.close()


def test_one_that_is_open_elsewhere_is_no_crash(tmp_path: Path) -> None:
    syncing = Opened(tmp_path)
    ordering = Opened(tmp_path)
    assert not ordering.unclean
    ordering.close()
    syncing.close()
    assert not Opened(tmp_path).unclean


def test_a_crash_is_noticed_while_another_still_has_it_open(tmp_path: Path) -> None:
    syncing = Opened(tmp_path)
    Opened(tmp_path).abandon()
    assert Opened(tmp_path).unclean
    syncing.close()


def test_names_are_on_the_disk_before_what_was_left_behind_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "new" / "home"
    Opened(home).abandon()
    told: list[str] = []
    monkeypatch.setattr(opened, "keep_names", lambda folder: told.append(folder.name))
    unlink = Path.unlink
    monkeypatch.setattr(
        Path, "unlink", lambda path, **more: (told.append("taken away"), unlink(path, **more))
    )
    assert Opened(home).unclean
    assert told == ["open", "taken away"]
    told.clear()
    make_folder(tmp_path / "other" / "home")
    assert told == [tmp_path.name, "other"]
    make_folder(tmp_path / "other" / "home")  # made by one that was killed before its sync, perhaps
    assert told == [tmp_path.name, "other", "other"]
