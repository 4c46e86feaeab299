"""What a folder forgets: what was answered long ago, and never what may still be theirs."""

import os
from pathlib import Path

from server.delivery.contract import Acknowledged, HandedOver
from server.delivery.drop import Drop
from server.delivery.prune import DAY_S, KEPT_S, prune
from tests.server.delivery.conftest import outgoing
from tests.server.delivery.contract import DEADLINE_S
from tests.server.delivery.folder import Folder, folder

__all__ = ["folder"]


def names(folder: Folder, *of: str) -> list[str]:
    return sorted(path.name for one in of for path in (folder.root / one).iterdir())


def age(root: Path, *of: str) -> float:
    """Make everything in these folders as old as is kept, and return the moment after."""
    for one in of:
        for path in (root / one).iterdir():
            os.utime(path, (1_000_000, 1_000_000))
    return 1_000_000 + KEPT_S + 1


def test_what_was_answered_goes_after_its_time_and_what_was_not_stays(folder: Folder) -> None:
    adapter, answered, waiting = folder.adapter(), outgoing(number=1), outgoing(number=2)
    adapter.send(answered, DEADLINE_S)
    folder.work()
    adapter.confirm(adapter.read_status("", DEADLINE_S))  # type: ignore[arg-type]
    adapter.send(waiting, DEADLINE_S)
    folder.work(answer=False)
    drop, kept = Drop(folder.root), names(folder, "sent", "done")
    assert len(kept) == 4  # a record and its answer, a record without, a file that was read
    now_s = age(folder.root, "sent", "done")
    assert prune(drop, now_s - 2) == 0
    assert names(folder, "sent", "done") == kept
    assert isinstance(adapter.look_up(answered, DEADLINE_S), Acknowledged)
    assert prune(drop, now_s) == 3
    assert names(folder, "done") == []
    assert [name.rpartition(".")[2] for name in names(folder, "sent")] == ["sent"]
    assert isinstance(adapter.look_up(waiting, DEADLINE_S), HandedOver)  # not put there again


def test_a_crash_between_the_two_leaves_the_answer(folder: Folder) -> None:
    adapter, order = folder.adapter(), outgoing()
    adapter.send(order, DEADLINE_S)
    folder.work()
    adapter.read_status("", DEADLINE_S)
    for path in (folder.root / "sent").glob("*.sent"):
        path.unlink()
    assert isinstance(adapter.look_up(order, DEADLINE_S), Acknowledged)


def test_what_failed_waits_for_a_person_whatever_its_age(folder: Folder) -> None:
    (folder.root / "failed" / "odd.json").write_text("{")
    assert prune(Drop(folder.root), age(folder.root, "failed")) == 0
    assert names(folder, "failed") == ["odd.json"]


def test_who_listens_prunes_once_a_day(folder: Folder) -> None:
    old = folder.root / "done" / "read.json"
    for path in (old, old.with_name("again.json")):
        adapter = folder.adapter()
        path.write_text("{}")
        age(folder.root, "done")
        adapter.read_status("", DEADLINE_S)
        assert not path.exists()
        path.write_text("{}")
        age(folder.root, "done")
        adapter.read_status("", DEADLINE_S)
        assert path.exists()
        adapter._pruned_s -= 2 * DAY_S
        adapter.read_status("", DEADLINE_S)
        assert not path.exists()
