"""An order's whole way over UBL: sent, answered, changed, cancelled, despatched."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import Engine

from server.delivery.contract import News
from server.delivery.document import LINE
from server.delivery.receive import take
from server.delivery.ubl import over_http as over_http_module
from server.demo.standin.signing import sign
from tests.auditor import Auditor
from tests.server.console import make_app
from tests.server.delivery.conftest import Depot, dispatch_once, later, now
from tests.server.delivery.ubl.conftest import as_response, despatch, left, line
from tests.server.delivery.ubl.far import UblFolder, UblServer, ubl_folder, ubl_server
from tests.server.delivery.ubl.schemas import faults
from tests.server.demo.standin.conftest import SECRET
from tests.world import build

__all__ = ["ubl_folder", "ubl_server"]


@pytest.fixture
def depot(engine: Engine) -> Depot:
    return Depot(build(engine))


@pytest.fixture
def client(depot: Depot, database_url: str, tmp_path: Path) -> FlaskClient:
    return make_app(depot.engine, database_url, tmp_path).test_client()


def over_http(depot: Depot, server: UblServer) -> None:
    depot.point_at(server.url, kind="ubl")


def post(client: FlaskClient, body: bytes) -> int:
    """What they post to us by themselves."""
    headers = sign(SECRET, f"msg-{time.time_ns()}", body, time.time())
    return client.post("/delivery/v1/main/status", data=body, headers=headers,
                       content_type="application/xml").status_code  # fmt: skip


def test_an_order_over_http_is_acknowledged_short_and_despatched(
    depot: Depot, ubl_server: UblServer, client: FlaskClient
) -> None:
    auditor = Auditor(depot.world)
    over_http(depot, ubl_server)
    ubl_server.shall("short")
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, later(1)) == {"acknowledged": 1}
    assert depot.order(order)["external_no"] == "H-1"
    (asked,) = depot.lines(order)
    assert (asked["confirmed"], asked["backordered"], asked["cut"]) == (5, 7, 0)
    (sent, _) = ubl_server.taken[f"{order}/1"]
    assert (sent["lines"][0]["name"], sent["lines"][0]["product"]) == ("Product p001", "p001")
    advice = despatch(None, [left(1, "5", refers=f"{order}/1")])
    assert post(client, advice) == 200
    assert post(client, advice) == 200
    (asked,) = depot.lines(order)
    assert (depot.order(order)["state"], asked["shipped"]) == ("dispatched", 5)
    assert auditor.look() == []


def test_received_first_and_changed_later_the_order_follows(
    depot: Depot, ubl_server: UblServer, client: FlaskClient
) -> None:
    auditor = Auditor(depot.world)
    over_http(depot, ubl_server)
    (order,) = depot.accept((0, 0))
    reference = f"{order}/1"
    ubl_server.shall("silent")
    assert dispatch_once(depot.engine, later(1)) == {"handed": 1}
    ubl_server.answers = True
    ubl_server.taken[reference] = ({}, as_response(reference, "AB", "H-1"))
    assert post(client, as_response(reference, "AB", "H-1")) == 200
    assert dispatch_once(depot.engine, later(2)) == {"acknowledged": 1}
    assert depot.lines(order)[0]["confirmed"] == 12
    changed = as_response(reference, "CA", "H-1", [line(1, "3", "4", "6", note="recount")])
    assert post(client, changed) == 200
    (asked,) = depot.lines(order)
    assert (asked["confirmed"], asked["backordered"], asked["cut"]) == (4, 6, 2)
    assert auditor.look() == []


def test_a_document_that_is_hostile_or_not_signed_is_refused_at_the_door(
    depot: Depot, ubl_server: UblServer, client: FlaskClient
) -> None:
    over_http(depot, ubl_server)
    (order,) = depot.accept((0, 0))
    dispatch_once(depot.engine, later(1))
    good = despatch(None, [left(1, "5", refers=f"{order}/1")])
    assert post(client, b"<!DOCTYPE x [<!ENTITY e '1'>]>" + good) == 422
    headers = sign("whsec_" + "eA" * 20, "m", good, time.time())
    unsigned = client.post("/delivery/v1/main/status", data=good, headers=headers,
                           content_type="application/xml")  # fmt: skip
    assert unsigned.status_code == 401
    assert depot.order(order)["state"] == "acknowledged"


def test_an_order_through_a_folder_is_answered_and_despatched(
    depot: Depot, ubl_folder: UblFolder
) -> None:
    depot.run(
        "UPDATE delivery_target SET kind = 'files', url = %s, options = '{\"form\": \"ubl\"}'",
        str(ubl_folder.root),
    )
    (order,) = depot.accept((0, 0))
    assert dispatch_once(depot.engine, later(1)) == {"handed": 1}
    (document,) = (ubl_folder.root / "out").glob("*.xml")
    assert faults(document.read_bytes()) == []
    ubl_folder.shall("short")
    ubl_folder.work()
    hear(depot, ubl_folder)
    assert dispatch_once(depot.engine, now() + timedelta(hours=1)) == {"acknowledged": 1}
    (asked,) = depot.lines(order)
    assert (asked["confirmed"], asked["backordered"], asked["cut"]) == (5, 7, 0)
    ubl_folder.put("despatch", despatch(None, [left(1, "5", refers=f"{order}/1")]))
    hear(depot, ubl_folder)
    assert depot.order(order)["state"] == "dispatched"


def hear(depot: Depot, folder: UblFolder) -> None:
    """Take in what lies in the folder, as the worker does."""
    adapter = folder.adapter()
    news = adapter.read_status("", 5)
    assert isinstance(news, News)
    assert news.set_aside == ()
    row = {"target": "main", "company_cell": 1}
    take(depot.engine, row, news, now())
    adapter.confirm(news)


@pytest.mark.parametrize("act", ["change", "cancel"])
def test_a_change_of_a_sent_order_goes_out_as_a_document_of_its_own(
    depot: Depot, ubl_server: UblServer, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change is planted as the order's life writes it; the dispatcher does the rest."""
    seen: list[bytes] = []
    watch(monkeypatch, seen.append)
    over_http(depot, ubl_server)
    (order,) = depot.accept((0, 0))
    dispatch_once(depot.engine, later(1))
    depot.run(
        "INSERT INTO order_change (cell, id, order_id, revision, replaces, act, by, at, reason,"
        " state) SELECT cell, gen_random_uuid(), id, 2, 1, %s, 'user:desk', now(), 'the store"
        " closed', 'asked' FROM orders", act,
    )  # fmt: skip
    if act == "change":
        _propose(depot, order)
    depot.run(
        "INSERT INTO delivery (cell, id, order_id, revision, target, store, state, attempt,"
        " not_before, created_at, changed_at) SELECT cell, gen_random_uuid(), order_id, 2, target,"
        " store, 'queued', 0, now(), now(), now() FROM delivery"
    )
    dispatch_once(depot.engine, later(2))
    assert len(seen) == 2
    root = etree.fromstring(seen[1])
    name = {"change": "OrderChange", "cancel": "OrderCancellation"}[act]
    assert etree.QName(root).localname == name
    assert faults(seen[1]) == []
    named = {"c": root.nsmap["cbc"], "a": root.nsmap["cac"]}
    assert root.findtext("c:ID", namespaces=named) == f"{order}/2"
    assert root.findtext("a:OrderReference/c:ID", namespaces=named) == f"{order}/1"
    if act == "cancel":
        assert root.findtext("c:CancellationNote", namespaces=named) == "the store closed"


def _propose(depot: Depot, order: str) -> None:
    """The order's own text as the proposal: what matters here is the document."""
    whole, (asked,) = depot.order(order), depot.lines(order)
    row = [str(asked.get(name)) if name in ("typed", "quoted_price", "unit_price", "order_id")
           else asked.get(name) for name in LINE]  # fmt: skip
    proposal = {
        "state": "accepted", "lines": [row], "caps": {},
        "order": {"deliver_on": None, "po_no": None, "note": None, "net_minor": whole["net_minor"],
                  "exposure_minor": 0, "stock_owner": whole["stock_owner"]},
    }  # fmt: skip
    depot.run("UPDATE order_change SET proposal = %s", json.dumps(proposal))


def watch(monkeypatch: pytest.MonkeyPatch, see: Callable[[bytes], Any]) -> None:
    """See every document that is written."""
    real = over_http_module.written

    def written(order: Any) -> bytes:
        data = real(order)
        see(data)
        return data

    monkeypatch.setattr(over_http_module, "written", written)
