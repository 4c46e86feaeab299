"""A long run says what its history tells, while that is still being written."""

from pathlib import Path

import pytest

from tests.simulation.chaos import progress
from tests.simulation.chaos.progress import Progress
from tests.simulation.chaos.turn import Told

OF_THE_SERVER = b'{"at": "", "what": "fault", "kind": "killed_after_commit", "device": null}\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "history.jsonl"
    told = Told(str(made))
    for n in range(5):
        told.note("captured", device="h001", id=str(n))
        told.note("verdict", device="h001", id=str(n), outcome="applied")
    told.note("fault", kind="handheld_killed", device="h001")
    with made.open("ab") as more:
        more.write(OF_THE_SERVER)
    return made


@pytest.mark.parametrize("piece", [200, progress.PIECE_BYTES])
def test_changes_and_faults_are_counted_piece_by_piece(
    file: Path, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PIECE_BYTES", piece)
    found = Progress(file)
    found.look()
    assert (found.changes, found.faults) == (5, 2)


def test_what_is_not_written_whole_yet_is_counted_once_it_is(file: Path) -> None:
    found = Progress(file)
    entry = b'{"at":"","device":"h001","id":"6","what":"captured"}\n'
    with file.open("ab", buffering=0) as more:
        more.write(entry[:45])
        found.look()
        assert found.changes == 5
        more.write(entry[45:])
    found.look()
    found.look()
    assert found.changes == 6


def test_a_line_of_progress_says_the_pace_and_what_is_left(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Progress(file)
    found.look()
    found.tell(requests=7, faults=3, kills=1)
    said = capsys.readouterr().err
    assert "5 changes" in said
    assert "7 requests, 5 faults, 1 kills of the server" in said
    assert "of disk left" in said
