"""What a click on the reconciliation page does: looked up, sent again, read again, and followed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from server.database import transaction
from server.delivery.over_files import set_up
from server.delivery.reconcile import AFTER_REPAIR, Run, repair_asked
from sync.delivery import doubt
from tests.auditor import Auditor
from tests.server.delivery.conftest import Depot, dispatch_once, later, now
from tests.server.delivery.folder import Folder
from tests.server.delivery.nightly import (
    Start,
    acknowledged,
    books,
    compare,
    documents,
    kinds,
    not_at_midnight,
    settle,
    tamper,
    today,
)

__all__ = ["books", "not_at_midnight"]


def repair(depot: Depot, act: str) -> None:
    depot.run(
        "UPDATE reconciliation_line SET state = 'asked', repair = %s, repaired_by = 'user:desk',"
        " repaired_at = now() WHERE state = 'open'", act,
    )  # fmt: skip
    assert repair_asked(Run(lambda: transaction(depot.engine), now())) == 1


def test_a_missing_order_is_looked_up_sent_again_and_agrees_under_its_new_number(
    depot: Depot, start: Start, books: Path
) -> None:
    caller = start()
    lost, _ = acknowledged(depot, caller, (0, 0), (1, 1))
    delivery = depot.delivery(lost)["id"]
    tamper(books, "DELETE FROM document WHERE order_id = ?", lost)
    compare(depot)
    auditor = Auditor(depot.world)
    repair(depot, "send_again")
    assert auditor.look() == []
    (line,) = depot.rows("SELECT * FROM reconciliation_line")
    assert (line["state"], line["note"]) == ("repairing", "it is being looked up")
    assert depot.delivery(lost)["state"] == "unknown"
    row = compare(depot)
    assert (row["under_way"], [one["state"] for one in row["lines"]]) == (0, ["repairing"])
    dispatch_once(depot.engine, later(1))
    dispatch_once(depot.engine, later(2))
    assert depot.attempts(lost)[1:] == [
        ("look_up", "taken_up"), ("look_up", "missing"), ("send", "acknowledged"),
    ]  # fmt: skip
    assert (depot.delivery(lost)["id"], depot.delivery(lost)["external_no"]) == (
        delivery, "DS-000003",
    )  # fmt: skip
    assert depot.order(lost)["external_no"] == "DS-000003"
    assert caller.counts()["documents"] == 2
    settle(depot)
    row = compare(depot, at=later(AFTER_REPAIR.total_seconds()))
    assert (row["state"], row["lines"]) == ("agrees", [])
    assert auditor.look() == []


def test_a_repair_that_was_clicked_while_the_day_is_compared_is_not_forgotten(
    depot: Depot, start: Start, books: Path
) -> None:
    (lost,) = acknowledged(depot, start(), (0, 0))
    tamper(books, "DELETE FROM document")
    compare(depot)
    depot.run("UPDATE reconciliation_line SET state = 'asked', repair = 'send_again',"
              " repaired_by = 'user:desk', repaired_at = now()")  # fmt: skip
    compare(depot)
    assert repair_asked(Run(lambda: transaction(depot.engine), now())) == 1
    assert depot.delivery(lost)["state"] == "unknown"


def test_an_order_that_turns_out_to_be_there_is_not_sent_again(
    depot: Depot, start: Start, books: Path
) -> None:
    caller = start()
    (order,) = acknowledged(depot, caller, (0, 0))
    tamper(books, "UPDATE document SET order_id = order_id || 'x'")
    compare(depot)
    tamper(books, "UPDATE document SET order_id = ?", order)
    repair_line = depot.rows("SELECT * FROM reconciliation_line WHERE kind = 'missing_there'")
    assert len(repair_line) == 1
    depot.run("DELETE FROM reconciliation_line WHERE kind = 'unknown_here'")
    repair(depot, "send_again")
    dispatch_once(depot.engine, later(1))
    assert depot.attempts(order)[-1] == ("look_up", "found")
    assert caller.counts()["documents"] == 1


def test_quantities_that_differ_are_read_again_and_the_order_follows(
    depot: Depot, start: Start, books: Path
) -> None:
    (order,) = acknowledged(depot, start(stock={"p001": 10}, short_as="cut"), (0, 0))
    assert depot.lines(order)[0]["confirmed"] == 10
    (document,) = documents(books)
    answer = json.loads(document["answer"])
    answer["lines"][0] |= {"allocated": 4, "cut": 8}
    tamper(books, "UPDATE document SET answer = ?", json.dumps(answer))
    assert kinds(compare(depot)) == [("lines_differ", order)]
    auditor = Auditor(depot.world)
    repair(depot, "read_again")
    dispatch_once(depot.engine, later(1))
    (line,) = depot.lines(order)
    assert (line["confirmed"], line["cut"], line["net_minor"]) == (4, 8, 1_000)
    settle(depot)
    assert compare(depot)["state"] == "agrees"
    assert auditor.look() == []


def test_only_an_acknowledged_delivery_can_be_taken_up(depot: Depot, start: Start) -> None:
    (order,) = acknowledged(depot, start(), (0, 0))
    delivery = depot.delivery(order)["id"]
    for state, expected in (("queued", None), ("parked", None), ("acknowledged", order)):
        depot.run("UPDATE delivery SET state = %s", state)
        with depot.world.begin() as conn:
            got = doubt.take_up(conn, 2, delivery, "user:desk", now(), look_up=True)
        assert got == expected


# --- folders -------------------------------------------------------------------------------------


def test_a_folder_is_compared_by_its_control_file_and_a_missing_order_is_put_again(
    depot: Depot, tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "drop", "json")
    folder.root.mkdir()
    set_up(folder.target())
    depot.run(
        "UPDATE delivery_target SET kind = 'files', url = %s, options = '{\"form\": \"json\"}'",
        str(folder.root),
    )
    first, second = depot.accept((0, 0), (1, 1))
    moment = now()
    for _ in range(3):
        moment += timedelta(hours=1)
        dispatch_once(depot.engine, moment)
        folder.work()
        adapter = folder.adapter()
        adapter.confirm(adapter.read_status("", 5))  # type: ignore[arg-type]
    assert depot.states() == {"acknowledged": 2}
    depot.run("UPDATE delivery SET changed_at = now() - interval '1 hour'")
    assert "no control file" in compare(depot)["says"]
    listed = [{"order": second, "external_no": "F-2", "lines": 1, "quantity": 12,
               "value_minor": 3000}]  # fmt: skip
    text = {"day": str(today()), "totals": {"orders": 1}, "orders": listed}
    folder.put("reconcile", json.dumps(text).encode(), f"reconcile_{today()}.json")
    adapter.confirm(adapter.read_status("", 5))  # type: ignore[arg-type]
    assert not list((folder.root / "in").iterdir())
    row = compare(depot, at=later(5))
    assert kinds(row) == [("missing_there", first)]
    assert row["lines"][0]["note"] == "not looked up"
    repair(depot, "send_again")
    dispatch_once(depot.engine, later(1))
    folder.work()
    assert sorted(folder.holds()) == sorted([f"{first}/1", f"{second}/1", f"{first}/1"])
