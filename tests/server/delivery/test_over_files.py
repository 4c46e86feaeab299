"""The folder adapter: the contract, crashes at every step, settings that cannot be used."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from server.delivery.contract import Acknowledged, HandedOver, NotFound, Retry, Target
from server.delivery.over_files import FORMS, FileAdapter, folder_of, make, set_up
from tests.server.delivery.conftest import outgoing
from tests.server.delivery.contract import (
    DEADLINE_S,
    Contract,
    FarEnd,
    settled,
)
from tests.server.delivery.folder import Folder, folder

__all__ = ["folder"]


class TestContract(Contract):
    @pytest.fixture
    def far(self, folder: Folder) -> FarEnd:
        return folder


# --- what goes out -------------------------------------------------------------------------------


def test_a_document_is_marked_after_it_is_whole_and_the_marker_has_its_totals(
    folder: Folder,
) -> None:
    assert isinstance(folder.adapter().send(outgoing(), DEADLINE_S), HandedOver)
    document, marker = sorted((folder.root / "out").iterdir())
    assert marker.name == f"{document.name}.done"
    assert json.loads(marker.read_text()) == {
        "file": document.name, "bytes": document.stat().st_size, "documents": 1, "lines": 2,
        "quantity": 18, "value_minor": 2322,
    }  # fmt: skip
    assert "D17-000001" in document.name
    assert (document.stat().st_mode | marker.stat().st_mode) & 0o007 == 0  # not for everybody


def test_a_name_in_an_order_leads_nowhere(folder: Folder) -> None:
    order = outgoing(number=1)
    evil = dataclasses.replace(
        order, order="../../../etc/cron.d/x", delivery="d",
        document={**order.document, "number": "../../up\0\n=cmd", "id": "../../../etc/cron.d/x"},
    )  # fmt: skip
    before = sorted(folder.root.parent.rglob("*"))
    assert isinstance(folder.adapter().send(evil, DEADLINE_S), HandedOver)
    new = [path for path in folder.root.parent.rglob("*") if path not in before]
    assert {path.parent.name for path in new} == {"out", "sent"}
    assert isinstance(folder.adapter().look_up(evil, DEADLINE_S), HandedOver)


def test_a_free_text_in_a_table_is_no_formula(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "drop", "csv")
    folder.root.mkdir()
    set_up(folder.target())
    order = outgoing(note='=HYPERLINK("http://x")', store={"code": "S-1", "name": '@sum, "x"'})
    folder.adapter().send(order, DEADLINE_S)
    (document,) = (folder.root / "out").glob("*.csv")
    row, _ = csv.DictReader(io.StringIO(document.read_text(), newline=""))
    assert row["order_note"] == '\'=HYPERLINK("http://x")'
    assert row["store_name"] == '\'@sum, "x"'


@pytest.mark.parametrize("point", ["before_document", "before_record", "before_marker"])
def test_a_crash_before_the_marker_loses_and_doubles_nothing(folder: Folder, point: str) -> None:
    crash(folder, point)
    folder.work()  # they take only what is marked
    assert folder.holds() == []
    adapter = folder.adapter()
    assert adapter.look_up(outgoing(), DEADLINE_S) == NotFound()
    assert isinstance(settled(folder, adapter, outgoing()), Acknowledged)
    assert folder.holds() == ["order-1/1"]


@pytest.mark.parametrize("taken", [False, True])
def test_a_crash_after_the_marker_is_no_reason_to_write_it_again(
    folder: Folder, taken: bool
) -> None:
    crash(folder, "after_marker")
    if taken:
        folder.work(answer=False)
    adapter = folder.adapter()
    assert isinstance(adapter.look_up(outgoing(), DEADLINE_S), HandedOver)
    assert isinstance(adapter.send(outgoing(), DEADLINE_S), HandedOver)
    assert isinstance(settled(folder, adapter, outgoing()), Acknowledged)
    assert folder.holds() == ["order-1/1"]


def test_without_our_record_the_order_would_be_there_twice(folder: Folder) -> None:
    """The planted bug: an adapter that forgets what it handed over."""

    class Forgetful(FileAdapter):
        def _put(self, order: Any, until_s: float) -> Any:
            answer = super()._put(order, until_s)
            self._forget(order)
            return answer

    adapter = Forgetful(folder.target(), FORMS[folder.form]())
    for _ in range(2):
        if adapter.look_up(outgoing(), DEADLINE_S) == NotFound():
            adapter.send(outgoing(), DEADLINE_S)
            folder.work(answer=False)
    assert folder.holds() == ["order-1/1"] * 2


def test_a_folder_that_is_away_is_not_made_anew(folder: Folder) -> None:
    """A drive that is not mounted leaves an empty directory behind: nothing is to be put there."""
    shutil.rmtree(folder.root)
    folder.root.mkdir()
    assert isinstance(folder.adapter().send(outgoing(), DEADLINE_S), Retry)
    assert list(folder.root.iterdir()) == []


def test_time_that_is_over_writes_no_marker(folder: Folder) -> None:
    assert isinstance(folder.adapter().send(outgoing(), 0.0), Retry)
    assert not list((folder.root / "out").iterdir())


class Crashed(BaseException):
    """The process dies here."""


def crash(folder: Folder, point: str) -> None:
    def failpoint(name: str) -> None:
        if name == point:
            raise Crashed

    adapter = FileAdapter(folder.target(), FORMS[folder.form](), failpoint=failpoint)
    with pytest.raises(Crashed):
        adapter.send(outgoing(), DEADLINE_S)


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"url": "drops/main"}, "no absolute path"),
        ({"url": "/srv/../etc"}, "no absolute path"),
        ({"url": "/"}, "no absolute path"),
        ({"options": {"form": "xml"}}, "form is one of: json, csv, ubl"),
        ({"options": {"colour": "red"}}, "no setting 'colour'"),
    ],
)
def test_settings_that_cannot_be_used_say_why(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        make(dataclasses.replace(Target("drop", "files", "/srv/drops"), **changed))


def test_a_folder_is_named_by_path_or_by_url() -> None:
    assert folder_of("file:///srv/drops") == folder_of("/srv/drops") == Path("/srv/drops")


def test_setting_up_a_target_needs_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="make the folder first"):
        set_up(Target("drop", "files", str(tmp_path / "missing")))
