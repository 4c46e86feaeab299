"""Statuses and acknowledgements read from delivery systems: into the rows, once, whatever dies."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from server.delivery import receive
from server.delivery.adapters import adapter_for
from server.delivery.contract import Retry
from server.delivery.queries_status import targets
from server.delivery.receive import listen_once
from tests.server.delivery.conftest import Depot, Process, dispatch_once, later, now
from tests.server.delivery.folder import Folder, folder
from tests.world import build

__all__ = ["folder"]


def listen(depot: Depot) -> int:
    with depot.world.begin() as conn:
        (row,) = targets(conn)
    return listen_once(depot.engine, row, adapter_for(row))


def into(depot: Depot, folder: Folder) -> None:
    """Orders go into the folder from now on."""
    depot.point_at(str(folder.root), kind="files", options=json.dumps({"form": folder.form}))


def test_an_order_goes_into_the_folder_and_its_acknowledgement_comes_back(
    depot: Depot, folder: Folder
) -> None:
    into(depot, folder)
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, now()) == {"handed": 1}
    assert depot.delivery(order)["state"] == "handed"
    assert depot.order(order)["state"] == "sent"
    assert dispatch_once(depot.engine, later(5)) == {}
    folder.work()
    assert listen(depot) == 1
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}  # brought forward
    assert depot.order(order)["external_no"] == "F-1"
    assert depot.attempts(order) == [("send", "handed_over"), ("look_up", "found")]
    assert listen(depot) == 0


def test_a_document_that_waits_holds_up_no_other_of_its_store(depot: Depot, folder: Folder) -> None:
    into(depot, folder)
    depot.accept((0, 0), (0, 1), (0, 2))
    for _ in range(3):
        dispatch_once(depot.engine, now())
    assert depot.states() == {"handed": 3}
    folder.work()
    listen(depot)
    assert dispatch_once(depot.engine, now()) == {"acknowledged": 3}


def test_a_refusal_that_comes_as_a_file_is_a_dead_letter(depot: Depot, folder: Folder) -> None:
    into(depot, folder)
    folder.shall("refuse")
    (order,) = depot.accept((0, 0))
    dispatch_once(depot.engine, now())
    folder.work()
    listen(depot)
    assert dispatch_once(depot.engine, now()) == {"failed": 1}
    (told,) = depot.told()
    assert told["rule"] == "delivery_refused"
    assert "unknown ship-to" in told["says"]
    assert depot.delivery(order)["state"] == "failed"


def test_no_acknowledgement_for_three_days_is_a_persons_matter(
    depot: Depot, folder: Folder
) -> None:
    into(depot, folder)
    depot.accept((0, 0))
    dispatch_once(depot.engine, now())
    moment = 0.0
    for _ in range(200):
        moment += 1_900
        dispatch_once(depot.engine, later(moment))
    assert depot.states() == {"parked": 1}
    (told,) = depot.told()
    assert "no acknowledgement came" in told["says"]


def test_a_file_that_cannot_be_read_is_one_item_for_the_office(
    depot: Depot, folder: Folder
) -> None:
    into(depot, folder)
    folder.put("ack", b"\xff\xfenonsense")
    with depot.world.begin() as conn:
        (row,) = targets(conn)
    adapter = adapter_for(row)
    kept = adapter.confirm
    adapter.confirm = lambda news: None  # type: ignore[method-assign]
    listen_once(depot.engine, row, adapter)  # told, and dies before the file is moved
    adapter.confirm = kept  # type: ignore[method-assign]
    listen_once(depot.engine, row, adapter)
    (item,) = depot.told()
    assert (item["rule"], item["needs"]) == ("delivery_set_aside", "office")
    assert "001.ack" in item["says"]
    assert len(folder.why()) == 1


def test_statuses_in_files_move_the_order_once(depot: Depot, folder: Folder) -> None:
    into(depot, folder)
    (order,) = depot.accept((0, 0))
    dispatch_once(depot.engine, now())
    folder.work()
    listen(depot)
    dispatch_once(depot.engine, now())
    at = now().isoformat().replace("+00:00", "Z")
    said = {"id": "e-1", "order": order, "revision": 1, "status": "picking", "at": at}
    folder.happens(said, {**said, "id": "e-2", "status": "dispatched"}, said)
    listen(depot)
    assert depot.order(order)["state"] == "dispatched"
    kept = depot.rows("SELECT id, outcome FROM status_update ORDER BY id")
    assert kept == [{"id": "e-1", "outcome": "applied"}, {"id": "e-2", "outcome": "applied"}]


def test_statuses_that_are_asked_for_are_read_on_from_where_we_were(
    engine: Engine, process: Process
) -> None:
    depot = Depot(build(engine, stores=41, on_hand=100_000))
    standin = process()
    depot.point_at(standin.url, options=json.dumps({"ask_status": True}))
    orders = depot.accept(*[(store, 0) for store in range(40)])
    dispatch_once(depot.engine, now(), limit=40)
    standin.client.post(f"{standin.url}/progress", json={"to": "invoiced"}).raise_for_status()
    assert listen(depot) == 5 * len(orders)
    assert {depot.order(one)["state"] for one in orders} == {"invoiced"}
    assert listen(depot) == 0
    (row,) = depot.rows("SELECT status_since FROM delivery_target")
    assert row == {"status_since": str(5 * len(orders))}


def test_call_backs_doubled_and_in_any_order_end_in_the_same_row(
    depot: Depot, process: Process
) -> None:
    standin = process(status_doubled=True, status_shuffled=True)
    depot.point_at(standin.url, options=json.dumps({"ask_status": True}))
    (order,) = depot.accept((0, 0))
    dispatch_once(depot.engine, now())
    events = standin.client.post(f"{standin.url}/progress", json={"to": "invoiced"}).json()
    assert events == {"events": 5}
    with depot.world.begin() as conn:
        (row,) = targets(conn)
    adapter = adapter_for(row)
    news: Any = adapter.read_status("", 5)
    jumbled = tuple(reversed(news.updates)) + news.updates
    taken = receive.take(depot.engine, row, dataclasses.replace(news, updates=jumbled), now())
    assert [one.outcome for one in taken[5:]] == ["repeated"] * 5
    assert depot.order(order)["state"] == "invoiced"
    assert depot.order(order)["invoice_no"] == "INV-000001"


def test_the_listener_hears_a_file_by_its_folder_and_survives_a_lost_one(
    depot: Depot, folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    into(depot, folder)
    (order,) = depot.accept((0, 0))
    dispatch_once(depot.engine, now())
    monkeypatch.setattr(receive, "SWEEP_S", 3600.0)  # only the folder's own sign is left
    stop, heard = threading.Event(), threading.Event()
    thread = threading.Thread(
        target=receive.run, args=(stop, depot.engine),
        kwargs={"look_s": 0.01, "told": lambda cell: heard.set()},
    )  # fmt: skip
    thread.start()
    try:
        folder.work()
        assert heard.wait(20)
        assert dispatch_once(depot.engine, now()) == {"acknowledged": 1}
        heard.clear()
        away = folder.root.rename(tmp_path / "away")
        away.rename(folder.root)
        at = now().isoformat().replace("+00:00", "Z")
        folder.happens({"id": "e", "order": order, "revision": 1, "status": "picking", "at": at})
        assert heard.wait(20)
    finally:
        stop.set()
        thread.join()
    assert depot.order(order)["state"] == "picking"


def test_a_system_that_cannot_be_read_now_is_asked_again_from_the_same_place(
    depot: Depot, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    standin = process()
    depot.point_at(standin.url, options=json.dumps({"ask_status": True}))
    (order,) = depot.accept((0, 0))
    dispatch_once(depot.engine, now())
    standin.client.post(f"{standin.url}/progress", json={"to": "picking"}).raise_for_status()
    with depot.world.begin() as conn:
        (row,) = targets(conn)
    adapter = adapter_for(row)
    real: Callable[..., Any] = adapter.read_status
    monkeypatch.setattr(adapter, "read_status", lambda since, deadline_s: Retry("away"))
    assert listen_once(depot.engine, row, adapter) == 0
    monkeypatch.setattr(adapter, "read_status", real)
    assert listen_once(depot.engine, row, adapter) == 2
    assert depot.order(order)["state"] == "picking"
