"""Rejected rows lie beside their file, and never those of an earlier load."""

from pathlib import Path

import pytest

from server.feeds import keep
from server.feeds.binding import Trouble
from server.feeds.keep import keep_rejects
from server.feeds.validate import Rejects


def test_rejects_lie_beside_the_file_and_go_when_there_are_none(tmp_path: Path) -> None:
    file = tmp_path / "stores.csv.gz"
    with Rejects() as rejects:
        rejects.add(2, [Trouble("name", "", "Fill it in.")])
        kept = keep_rejects(rejects, file)
    assert kept == tmp_path / "stores.csv.gz.rejects.csv"
    assert kept.exists()
    with Rejects() as none:
        assert keep_rejects(none, file) is None
    assert not kept.exists()


def test_a_file_that_feeds_two_keeps_them_apart(tmp_path: Path) -> None:
    with Rejects() as rejects:
        rejects.add(2, [Trouble("price", "x", "Write a number.")])
        kept = keep_rejects(rejects, tmp_path / "products.csv", "prices")
    assert kept == tmp_path / "products.csv.prices.rejects.csv"


def test_where_the_folder_cannot_be_written_the_current_one_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(keep.os, "access", lambda path, mode: False)
    with Rejects() as rejects:
        rejects.add(2, [Trouble("name", "", "Fill it in.")])
        assert keep_rejects(rejects, tmp_path / "s.csv") == tmp_path / "here/s.csv.rejects.csv"
