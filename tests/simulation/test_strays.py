"""What killed runs left is cleared away; what somebody plays in is not."""

import fcntl
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulation import strays


@pytest.fixture
def left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a run that is over, old enough."""
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(strays.tempfile, "gettempdir", lambda: str(tmp_path))
    folder = tmp_path / "talaria-mutants-x"
    folder.mkdir()
    (folder / "ref.lock").touch()
    os.utime(folder, (0, 0))
    yield folder
    signal.signal(signal.SIGTERM, before)


def test_the_folder_of_a_run_that_is_over_goes(left: Path) -> None:
    strays.tidy()
    assert not left.exists()


def test_a_folder_that_somebody_uses_stays(left: Path) -> None:
    with (left / "ref.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        strays.tidy()
    assert left.exists()


def test_a_folder_that_is_just_being_made_stays(left: Path) -> None:
    os.utime(left)
    strays.tidy()
    assert left.exists()


def test_a_folder_without_a_server_stays(left: Path) -> None:
    (left / "ref.lock").unlink()
    os.utime(left, (0, 0))
    strays.tidy()
    assert left.exists()


def test_asked_to_end_a_run_ends_in_order(left: Path) -> None:
    strays.tidy()
    with pytest.raises(SystemExit):
        os.kill(os.getpid(), signal.SIGTERM)
