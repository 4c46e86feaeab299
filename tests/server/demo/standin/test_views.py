"""The stand-in over HTTP: it counts truly, and misbehaves exactly as it is told."""

from __future__ import annotations

import dataclasses
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from server.demo.standin.behaviour import Lie
from tests.server.demo.standin.conftest import Caller, order

Start = Callable[..., Caller]


def test_an_order_becomes_a_document_with_a_number_and_an_answer_for_each_line(
    start: Start,
) -> None:
    caller = start()
    answer = caller.send(order())
    assert answer.status_code == 201
    assert answer.json() == {
        "order": "order-1",
        "revision": 1,
        "external_no": "DS-000001",
        "lines": [
            {"n": 1, "product": "20041", "quantity": 12, "allocated": 12, "backordered": 0,
             "cut": 0, "reason": ""},
            {"n": 2, "product": "20042", "quantity": 6, "allocated": 6, "backordered": 0,
             "cut": 0, "reason": ""},
        ],
    }  # fmt: skip
    assert caller.counts()["documents"] == 1


def test_the_same_delivery_again_is_the_same_document(start: Start) -> None:
    caller = start()
    first, second = caller.send(order()), caller.send(order())
    assert first.json() == second.json()
    counts = caller.counts()
    assert (counts["documents"], counts["attempts"]) == (1, 2)
    assert counts["outcomes"] == {"taken": 1, "repeated": 1}


def test_without_deduping_the_same_delivery_again_is_a_second_document(start: Start) -> None:
    caller = start(dedupe=False)
    first, second = caller.send(order()), caller.send(order())
    assert first.json()["external_no"] != second.json()["external_no"]
    assert caller.counts()["documents"] == 2


def test_racing_repeats_of_forty_deliveries_make_forty_documents(start: Start) -> None:
    caller = start()
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda n: caller.send(order(n % 40)).status_code, range(120)))
    assert set(statuses) == {201}
    counts = caller.counts()
    assert (counts["documents"], counts["orders"], counts["attempts"]) == (40, 40, 120)


def test_a_wrong_signature_is_refused_and_the_attempt_is_noted(start: Start) -> None:
    caller = start()
    stranger = dataclasses.replace(caller, secret="whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==")
    assert stranger.send(order()).status_code == 401
    assert caller.counts()["outcomes"] == {"unsigned": 1}
    assert caller.counts()["documents"] == 0


def test_a_request_signed_ten_minutes_ago_is_refused(start: Start) -> None:
    caller = start()
    assert caller.send(order(), at=datetime.now(UTC) - timedelta(minutes=10)).status_code == 401


def test_a_taken_order_is_found_by_its_reference_and_another_is_not(start: Start) -> None:
    caller = start()
    caller.send(order())
    found, missing = caller.look_up("order-1"), caller.look_up("order-2")
    assert (found.status_code, found.json()["external_no"]) == (200, "DS-000001")
    assert missing.status_code == 404
    assert missing.json() == {"order": "order-2", "revision": 1, "found": False}


def test_a_look_up_needs_a_signature_for_that_very_reference(start: Start) -> None:
    caller = start()
    caller.send(order())
    unsigned = caller.client.get(f"{caller.url}/orders/by-reference/order-1/1")
    headers = caller.signed("order-2/1", "", None)
    of_another = caller.client.get(f"{caller.url}/orders/by-reference/order-1/1", headers=headers)
    assert (unsigned.status_code, of_another.status_code) == (401, 401)


def test_without_look_up_a_reference_answers_405(start: Start) -> None:
    caller = start(look_up=False)
    caller.send(order())
    assert caller.look_up("order-1").status_code == 405


def test_stock_runs_out_over_the_orders_and_the_rest_is_backordered_or_cut(start: Start) -> None:
    caller = start(stock={"20041": 20}, refuse_products=["20042"])
    first = caller.send(order(1, quantity=15)).json()["lines"]
    second = caller.send(order(2, quantity=15)).json()["lines"]
    assert (first[0]["allocated"], second[0]["allocated"]) == (15, 5)
    assert (second[0]["backordered"], second[0]["cut"]) == (10, 0)
    assert (first[1]["allocated"], first[1]["cut"]) == (0, 6)
    assert first[1]["reason"] == "not carried by the warehouse"
    caller.client.post(f"{caller.url}/behave", json={"stock": {"20041": 4}, "short_as": "cut"})
    third = caller.send(order(3, quantity=15)).json()["lines"]
    assert (third[0]["allocated"], third[0]["backordered"], third[0]["cut"]) == (4, 0, 11)


def test_it_can_be_told_to_refuse_and_then_to_take_orders_again(start: Start) -> None:
    caller = start(refuse="unknown ship-to")
    refused = caller.send(order())
    assert (refused.status_code, refused.json()["error"]) == (422, "unknown ship-to")
    caller.client.post(f"{caller.url}/behave", json={"refuse": ""})
    assert caller.send(order()).status_code == 201


def test_it_can_fail_the_first_attempts_of_every_delivery(start: Start) -> None:
    caller = start(fail_first=2)
    assert [caller.send(order()).status_code for _ in range(3)] == [503, 503, 201]


def test_it_can_ask_for_patience(start: Start) -> None:
    caller = start(rate_limit_first=1, retry_after_s=7)
    limited = caller.send(order())
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
    assert caller.counts()["documents"] == 0


def test_it_can_take_an_order_and_cut_the_line(start: Start) -> None:
    caller = start(timeout_p=1.0, timeout_how="cut")
    with pytest.raises(httpx.TransportError):
        caller.send(order())
    assert caller.counts()["documents"] == 1


def test_it_can_take_an_order_and_keep_the_answer_to_itself(start: Start) -> None:
    caller = start(timeout_p=1.0, stall_s=30.0)
    with pytest.raises(httpx.ReadTimeout):
        caller.send(order(), timeout_s=0.5)
    assert caller.counts()["documents"] == 1


def test_it_thinks_as_long_as_it_is_told(start: Start) -> None:
    caller = start(delay_s=0.3)
    began = time.monotonic()
    assert caller.send(order()).status_code == 201
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("lie", [lie for lie in Lie if "drip" not in lie and lie is not Lie.HUGE])
def test_each_lie_makes_no_document(start: Start, lie: Lie) -> None:
    caller = start(lie=lie.value)
    answer = caller.send(order())
    assert answer.status_code in (200, 307)
    assert caller.counts()["documents"] == 0
    assert caller.counts()["outcomes"] == {"lied": 1}


def test_a_lie_can_hide_an_order_that_was_taken(start: Start) -> None:
    caller = start(lie="html", lie_takes=True)
    assert "guest network" in caller.send(order()).text
    assert caller.look_up("order-1").json()["external_no"] == "DS-000001"


@pytest.mark.parametrize("lie", [Lie.HUGE, Lie.DRIP, Lie.DRIP_HEADERS])
def test_an_endless_answer_ends_when_the_caller_hangs_up(start: Start, lie: Lie) -> None:
    caller = start(lie=lie.value)
    before = threading.active_count()
    body = '{"data": {}}'
    head = "".join(f"{k}: {v}\r\n" for k, v in caller.signed("d-1", body, None).items())
    with socket.create_connection(
        ("127.0.0.1", httpx.URL(caller.url).port or 0), timeout=5
    ) as line:
        head += f"host: standin\r\ncontent-length: {len(body)}\r\n"
        line.sendall(f"POST /orders HTTP/1.1\r\n{head}\r\n{body}".encode())
        assert line.recv(12) == b"HTTP/1.1 200"
    until = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < until:
        threading.Event().wait(0.05)
    assert threading.active_count() <= before


def test_it_refuses_to_behave_in_ways_it_does_not_know(start: Start) -> None:
    caller = start()
    for wish in ({"mood": "bad"}, {"fail_p": 2.0}, {"lie": "white"}, {"dedupe": "yes"}):
        answer = caller.client.post(f"{caller.url}/behave", json=wish)
        assert answer.status_code == 400, wish
    assert caller.client.get(f"{caller.url}/behave").json()["fail_p"] == 0.0


def test_people_see_the_documents_on_a_page(start: Start) -> None:
    caller = start()
    strange = {**order(), "number": "<b>D17</b>"}
    caller.send(strange)
    page = caller.client.get(caller.url).text
    assert "DS-000001" in page
    assert "&lt;b&gt;D17" in page


def test_an_unreadable_order_is_refused_and_noted(start: Start) -> None:
    caller = start()
    assert caller.send({"id": "order-1"}).status_code == 400
    assert caller.counts()["outcomes"] == {"unreadable": 1}


def test_the_books_are_kept_over_a_restart(start: Start, tmp_path: Path) -> None:
    first = start()
    first.send(order(1))
    second = start()
    assert second.send(order(2)).json()["external_no"] == "DS-000002"
    assert second.counts()["documents"] == 2
