"""Files that come in: read whole and once, or set aside with a reason."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from server.delivery.contract import Acknowledged, HandedOver, News, Retry
from server.delivery.over_files import FileAdapter
from tests.server.delivery.conftest import outgoing
from tests.server.delivery.contract import (
    DEADLINE_S,
    heard,
    update,
)
from tests.server.delivery.folder import Folder, folder

__all__ = ["folder"]


# --- what comes in -------------------------------------------------------------------------------


def handed(folder: Folder, n: int = 1) -> FileAdapter:
    """An adapter that has handed over `n` orders, which were taken."""
    adapter = folder.adapter()
    for number in range(1, n + 1):
        adapter.send(outgoing(number), DEADLINE_S)
    folder.work(answer=False)
    return adapter


def read(adapter: FileAdapter) -> News:
    news = adapter.read_status("", DEADLINE_S)
    assert isinstance(news, News)
    adapter.confirm(news)
    return news


def test_the_same_acknowledgement_file_twice_is_harmless(folder: Folder) -> None:
    adapter = handed(folder)
    content = folder.acknowledge(*folder.owed)
    for _ in range(2):
        folder.put("ack", content, f"again.ack.{folder.form}")
        assert read(adapter).answered == ("order-1/1",)
        assert isinstance(adapter.look_up(outgoing(), DEADLINE_S), Acknowledged)
    assert len(list((folder.root / "done").iterdir())) == 2
    assert not list((folder.root / "in").iterdir())


def test_two_numbers_for_one_order_are_one_too_many(folder: Folder) -> None:
    adapter = handed(folder)
    (answer,) = folder.owed
    folder.put("ack", folder.acknowledge(answer))
    read(adapter)
    folder.put("ack", folder.acknowledge({**answer, "external_no": "F-2"}))
    (aside,) = read(adapter).set_aside
    assert "was acknowledged as F-1 before" in aside.why
    finding = adapter.look_up(outgoing(), DEADLINE_S)
    assert isinstance(finding, Acknowledged)
    assert finding.external_no == "F-1"


def test_a_file_that_is_still_being_written_is_left_alone_and_then_set_aside(
    folder: Folder,
) -> None:
    adapter = handed(folder)
    whole = folder.acknowledge(*folder.owed)
    for end in range(1, len(whole) - 1, 7):
        path = folder.put("ack", whole[:end], f"half.ack.{folder.form}")
        news = read(adapter)
        assert (news.answered, news.set_aside, path.exists()) == ((), (), True), whole[:end]
    os.utime(path, (time.time() - 300,) * 2)
    (aside,) = read(adapter).set_aside
    assert "ends too early" in aside.why
    (why,) = folder.why()
    assert "ends too early" in why
    assert isinstance(adapter.look_up(outgoing(), DEADLINE_S), HandedOver)
    folder.put("ack", whole)
    read(adapter)
    assert isinstance(adapter.look_up(outgoing(), DEADLINE_S), Acknowledged)


def test_a_marked_file_that_ends_too_early_is_set_aside_at_once(folder: Folder) -> None:
    adapter = handed(folder)
    path = folder.put("ack", folder.acknowledge(*folder.owed)[:-5])
    path.with_name(f"{path.name}.done").touch()
    assert read(adapter).set_aside
    assert not list((folder.root / "in").iterdir())


def test_wrong_totals_spoil_the_whole_file(folder: Folder) -> None:
    adapter = handed(folder, 2)
    content = folder.acknowledge(*folder.owed)
    wrong = {
        "json": content.replace(b'"documents": 2', b'"documents": 3'),
        "csv": content.replace(b"TOTAL,2", b"TOTAL,3"),
    }[folder.form]
    assert wrong != content
    folder.put("ack", wrong)
    (aside,) = read(adapter).set_aside
    assert "3, and it holds 2" in aside.why
    for number in (1, 2):
        assert isinstance(adapter.look_up(outgoing(number), DEADLINE_S), HandedOver)


def test_one_order_nobody_knows_spoils_the_whole_file(folder: Folder) -> None:
    adapter = handed(folder)
    stranger = {**folder.owed[0], "order": "../../../../etc/passwd"}
    folder.put("ack", folder.acknowledge(folder.owed[0], stranger))
    (aside,) = read(adapter).set_aside
    assert "was never put into this folder" in aside.why
    assert isinstance(adapter.look_up(outgoing(), DEADLINE_S), HandedOver)


def test_a_crash_between_reading_and_moving_tells_the_same_again(folder: Folder) -> None:
    adapter = handed(folder)
    folder.put("ack", folder.acknowledge(*folder.owed))
    folder.happens(update("e-1", "picking"))
    folder.put("ack", b"nonsense\n\xff")
    first = adapter.read_status("", DEADLINE_S)  # and dies before it confirms
    assert isinstance(first, News)
    assert (len(first.answered), len(first.updates), len(first.set_aside)) == (1, 1, 1)
    assert folder.adapter().read_status("", DEADLINE_S) == first
    adapter.confirm(first)
    assert read(adapter) == News()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"updates": []}'.encode("utf-16"), "UTF-16"),
        ("id,status\nä".encode("latin-1") + b"\n", "not UTF-8"),
        (b"id,status\0\n", "NUL"),
        (b"[" * 100_000 + b"]", "ends too early|nested too deeply|no JSON|TOTAL"),
    ],
    ids=["utf-16", "latin-1", "nul", "deep"],
)
def test_other_encodings_are_refused_in_words(folder: Folder, content: bytes, why: str) -> None:
    path = folder.put("status", content)
    os.utime(path, (1, 1))
    (aside,) = read(folder.adapter()).set_aside
    assert any(one in aside.why for one in why.split("|")), aside.why


def test_links_pipes_folders_and_huge_files_are_not_read(folder: Folder, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text('{"updates": []}')
    into = folder.root / "in"
    (into / "a.link").symlink_to(secret)
    (into / "b.folder").mkdir()
    os.mkfifo(into / "c.pipe")
    with (into / "d.huge").open("wb") as huge:
        huge.truncate(1024**3)
    (into / ("x" * 240)).touch()
    (into / "new\nline").touch()
    news = read(folder.adapter())
    assert len(news.set_aside) == 6
    said = " ".join(one.why for one in news.set_aside)
    assert "link" in said
    assert "1,073,741,824 bytes" in said
    assert not list(into.iterdir())
    assert secret.read_text() == '{"updates": []}'
    assert len(folder.why()) == 6


def test_a_link_in_place_of_a_folder_is_not_followed(folder: Folder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.rmtree(folder.root / "out")
    (folder.root / "out").symlink_to(elsewhere)
    assert isinstance(folder.adapter().send(outgoing(), DEADLINE_S), Retry)
    assert not list(elsewhere.iterdir())


def test_a_link_laid_where_we_write_is_not_followed(folder: Folder, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    folder.adapter().send(outgoing(), DEADLINE_S)
    (name,) = [one.name for one in (folder.root / "out").iterdir() if one.suffix != ".done"]
    for path in (folder.root / "out").iterdir():
        path.unlink()
    for path in (folder.root / "sent").iterdir():
        path.unlink()
    (folder.root / "out" / f".{name}.part").symlink_to(victim)
    (folder.root / "out" / name).symlink_to(victim)
    assert isinstance(folder.adapter().send(outgoing(), DEADLINE_S), HandedOver)
    assert victim.read_text() == "mine"
    assert not (folder.root / "out" / name).is_symlink()


def test_names_that_begin_with_a_dot_are_nobodys_yet(folder: Folder) -> None:
    folder.put("ack", b"half", ".half.part")
    assert read(folder.adapter()) == News()


def test_many_files_are_read_in_several_goes(folder: Folder) -> None:
    adapter = handed(folder)
    for n in range(450):
        folder.happens(update(f"e-{n}", "picking"))
    updates, _ = heard(adapter)
    assert sorted(one.id for one in updates) == sorted(f"e-{n}" for n in range(450))
