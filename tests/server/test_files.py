"""Private files, and files that appear whole."""

import stat
import threading
from pathlib import Path

import pytest

from server.files import first_file, passwords, private_folder, socket_folder, whole_file


def test_file_appears_only_when_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    target = tmp_path / "kept"
    with whole_file(target) as file:
        file.write(b"half")
        file.flush()
        assert not target.exists()
        file.write(b" and half")
    assert target.read_bytes() == b"half and half"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_error_while_writing_keeps_the_file_of_before(tmp_path: Path) -> None:
    target = tmp_path / "kept"
    target.write_bytes(b"old")

    def cut_short() -> None:
        with whole_file(target) as file:
            file.write(b"new")
            raise RuntimeError("cut")

    with pytest.raises(RuntimeError, match="cut"):
        cut_short()
    assert target.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


def test_racing_writers_of_a_first_file_agree_on_one(tmp_path: Path) -> None:
    target, seen = tmp_path / "deep" / "secret", list[bytes]()
    together = threading.Barrier(8)

    def write(n: int) -> None:
        together.wait()
        seen.append(first_file(target, b"%d" % n))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert set(seen) == {target.read_bytes()}
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [each.name for each in target.parent.iterdir()] == ["secret"]


def test_passwords_are_made_once_and_differ(tmp_path: Path) -> None:
    made = passwords(tmp_path / "secret", ("a", "b"))
    assert made["a"] != made["b"]
    assert len(made["a"]) == 48
    assert passwords(tmp_path / "secret", ("a", "b")) == made


def test_socket_folder_is_in_the_root_unless_its_path_is_too_long(tmp_path: Path) -> None:
    assert socket_folder(tmp_path) == tmp_path / "run"
    deep = tmp_path / ("x" * 100)
    private_folder(deep)
    elsewhere = socket_folder(deep)
    try:
        assert elsewhere != deep / "run"
        assert len(str(elsewhere)) < 80
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o700
        assert socket_folder(deep) == elsewhere
    finally:
        elsewhere.rmdir()


def test_socket_folder_that_is_somebody_elses_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    deep = tmp_path / ("x" * 100)
    private_folder(deep)
    elsewhere = socket_folder(deep)
    elsewhere.rmdir()
    elsewhere.symlink_to(tmp_path)  # as somebody would plant it in a folder open to all
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        socket_folder(deep)
