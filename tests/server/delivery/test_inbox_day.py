"""Control files in a folder: found by their day, the newest counts; no documents."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta

import pytest

from server.delivery.contract import News, Reckoning, Retry
from server.delivery.reckoning import Reckoned
from tests.server.delivery.contract import DEADLINE_S
from tests.server.delivery.folder import Folder, folder

__all__ = ["folder"]
DAY = date(2026, 11, 21)


def text(number: str, orders: int = 1) -> bytes:
    rows = [{"order": "order-1", "external_no": number, "lines": 1}]
    return json.dumps({"day": str(DAY), "totals": {"orders": orders}, "orders": rows}).encode()


def reckon(folder: Folder) -> Reckoning:
    begins = datetime(2026, 11, 21, tzinfo=UTC)
    return folder.adapter().reckon(DAY, begins, begins + timedelta(days=1), DEADLINE_S)


def read(folder: Folder) -> News:
    adapter = folder.adapter()
    news = adapter.read_status("", DEADLINE_S)
    assert isinstance(news, News)
    adapter.confirm(news)
    return news


def number(said: Reckoning) -> str:
    assert isinstance(said, Reckoned), said
    return said.orders[0].external_no


def test_without_a_control_file_it_is_said_which_is_missing(folder: Folder) -> None:
    folder.put("reconcile", text("F-1"), "reconcile_2026-11-20.json")
    said = reckon(folder)
    assert isinstance(said, Retry)
    assert said.reason == "no control file reconcile_2026-11-21.json (or .csv) has come in"


def test_a_control_file_is_read_before_and_after_it_was_put_away(folder: Folder) -> None:
    folder.put("reconcile", text("F-1"), "reconcile_2026-11-21.json")
    assert number(reckon(folder)) == "F-1"
    assert read(folder).set_aside == ()
    assert [path.name for path in (folder.root / "done").iterdir()] == ["reconcile_2026-11-21.json"]
    said = reckon(folder)
    assert number(said) == "F-1"
    assert isinstance(said, Reckoned)
    assert not said.look_up_proves
    assert said.as_of is not None


def test_the_newest_of_a_day_counts_whatever_its_form(folder: Folder) -> None:
    folder.put("reconcile", text("F-1"), "reconcile_2026-11-21.json")
    read(folder)
    table = (
        b"order,revision,external_no,lines,quantity,value_minor\norder-1,1,F-2,1,,\nTOTAL,1,,1,,\n"
    )
    path = folder.put("reconcile", table, "reconcile_2026-11-21_2.csv")
    os.utime(path, (path.stat().st_mtime + 60,) * 2)
    assert number(reckon(folder)) == "F-2"
    read(folder)
    assert number(reckon(folder)) == "F-2"


@pytest.mark.parametrize("content", [b"", b"{", text("F-1", orders=2), b"order;\n", b"\xff"])
def test_a_control_file_that_is_not_whole_is_asked_for_again(
    folder: Folder, content: bytes
) -> None:
    folder.put("reconcile", content, "reconcile_2026-11-21.json")
    said = reckon(folder)
    assert isinstance(said, Retry)
    assert said.reason.startswith("reconcile_2026-11-21.json: ")
