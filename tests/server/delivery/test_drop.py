"""The folder itself: whole files or none, names that lead nowhere, nothing made where none is."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from server.delivery.drop import FOLDERS, Away, Drop, Unfit, safe, trail_name


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    made = Drop(tmp_path)
    made.make()
    return made


def test_making_it_again_changes_nothing(drop: Drop) -> None:
    drop.put("out", "a", b"1")
    drop.make()
    assert sorted(one.name for one in drop.root.iterdir()) == sorted(FOLDERS)
    assert drop.read("out", "a") == b"1"


def test_a_disk_that_fills_up_leaves_the_old_file_whole(
    drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop.put("out", "a", b"old")
    real = os.write

    def full(handle: int, content: bytes) -> int:
        if len(content) > 3:
            return real(handle, content[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Away, match="No space left"):
        drop.put("out", "a", b"a new content")
    monkeypatch.undo()
    assert drop.read("out", "a") == b"old"
    assert [one.name for one in drop.names("out")] == ["a"]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../a", "a\0b", "a\nb", "x" * 201, "a\\b"])
def test_a_name_that_is_no_bare_name_is_our_own_fault(drop: Drop, name: str) -> None:
    with pytest.raises(ValueError, match="no name of a file"):
        drop.put("out", name, b"")
    with pytest.raises(ValueError, match="no name of a file"):
        drop.read("out", name)


def test_what_may_not_be_read_spoils_nothing_else(drop: Drop, tmp_path: Path) -> None:
    os.mkfifo(drop.root / "in" / "pipe")
    (drop.root / "in" / "link").symlink_to("/etc/hostname")
    (drop.root / "in" / "folder").mkdir()
    for name in ("pipe", "link", "folder"):
        with pytest.raises(Unfit):
            drop.read("in", name)
    assert drop.read("in", "nothing") is None


def test_a_file_that_is_there_already_is_not_overwritten_by_moving(drop: Drop) -> None:
    for content in (b"1", b"2", b"3"):
        drop.put("in", "a", content)
        drop.move("a", "in", "done")
    assert sorted(one.name for one in drop.names("done")) == ["a", "a.2", "a.3"]
    assert drop.move("gone", "in", "done") == "gone"  # another process had moved it


def test_the_mark_of_a_folder_changes_with_its_names(drop: Drop) -> None:
    before = drop.changed_ns("in")
    os.utime(drop.root / "in", ns=(before - 10**9, before - 10**9))
    before = drop.changed_ns("in")
    drop.put("in", "a", b"")
    assert drop.changed_ns("in") != before


def test_files_are_for_their_owner_and_group(drop: Drop) -> None:
    drop.put("out", "a", b"")
    assert stat.S_IMODE((drop.root / "out" / "a").stat().st_mode) & 0o007 == 0


def test_names_of_the_trail_never_meet() -> None:
    said = {trail_name(order, revision)
            for order in ("a/b", "a-b", "a?b", "a") for revision in (1, 2)}  # fmt: skip
    assert len(said) == 8
    assert safe("../D17 000001\n") == "---D17-000001-"
