"""The HTTP adapter against the stand-in: what each behaviour means for the order."""

from __future__ import annotations

import base64
import dataclasses
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from server.delivery.connection import Reply
from server.delivery.contract import (
    Acknowledged,
    CannotLookUp,
    NotFound,
    Refused,
    Retry,
    Target,
    Unknown,
)
from server.delivery.document import LineOutcome
from server.delivery.over_http import HttpAdapter, make
from server.demo.standin.behaviour import Lie
from tests.server.delivery.conftest import Caller, outgoing, target_at
from tests.server.delivery.contract import Contract, FarEnd
from tests.server.demo.standin.conftest import SECRET

Start = Callable[..., Caller]


def adapter(caller: Caller, can_look_up: bool = True, secret: str = SECRET) -> HttpAdapter:
    return HttpAdapter(target_at(caller.url + "/", secret, can_look_up, True))


def test_an_order_taken_is_acknowledged_with_its_number_and_lines(start: Start) -> None:
    caller = start(stock={"20041": 5})
    answer = adapter(caller).send(outgoing(), 5)
    assert answer == Acknowledged(
        "DS-000001", (LineOutcome(1, 5, 7, 0, "not enough on hand"), LineOutcome(2, 6, 0, 0))
    )
    assert caller.counts()["documents"] == 1


def test_every_attempt_carries_the_same_id_and_the_same_document(start: Start) -> None:
    caller = start()
    for _ in range(3):
        assert adapter(caller).send(outgoing(), 5) == adapter(caller).send(outgoing(), 5)
    counts = caller.counts()
    assert (counts["documents"], counts["attempts"], counts["webhook_ids"]) == (1, 6, 1)


def test_the_found_order_is_the_acknowledged_one(start: Start) -> None:
    caller = start(stock={"20041": 5}, short_as="cut")
    sent = adapter(caller).send(outgoing(1), 5)
    assert adapter(caller).look_up(outgoing(1), 5) == sent
    assert adapter(caller).look_up(outgoing(2), 5) == NotFound()


def test_a_refusal_comes_with_its_reason(start: Start) -> None:
    caller = start(refuse="unknown ship-to 1042")
    assert adapter(caller).send(outgoing(), 5) == Refused("unknown ship-to 1042", permanent=True)


def test_a_wrong_secret_is_a_refusal_that_is_not_about_the_order(start: Start) -> None:
    wrong = adapter(start(), secret="whsec_" + base64.b64encode(b"x" * 24).decode())
    answer = wrong.send(outgoing(), 5)
    assert isinstance(answer, Refused)
    assert not answer.permanent
    assert isinstance(wrong.look_up(outgoing(), 5), Retry)


def test_a_system_that_asks_for_patience_gets_it(start: Start) -> None:
    answer = adapter(start(rate_limit_p=1.0, retry_after_s=7)).send(outgoing(), 5)
    assert answer == Retry("HTTP 429: too many orders at once", 7.0, alive=True)


@pytest.mark.parametrize(
    ("status", "look_up", "expected"),
    [
        (503, True, Retry),
        (500, False, Unknown),
        (500, True, Unknown),
        (502, False, Unknown),
        (504, False, Unknown),
    ],
)
def test_a_failure_is_repeated_only_where_it_surely_did_nothing(
    start: Start, status: int, look_up: bool, expected: type
) -> None:
    failing = adapter(start(fail_p=1.0, fail_status=status), can_look_up=look_up)
    assert isinstance(failing.send(outgoing(), 5), expected)


@pytest.mark.parametrize("how", ["stall", "cut"])
def test_an_answer_that_never_comes_is_unknown_and_then_found(start: Start, how: str) -> None:
    caller = start(timeout_p=1.0, timeout_how=how)
    began = time.monotonic()
    assert isinstance(adapter(caller).send(outgoing(), 0.7), Unknown)
    assert time.monotonic() - began < 3
    found = adapter(caller).look_up(outgoing(), 5)
    assert isinstance(found, Acknowledged)
    assert found.external_no == "DS-000001"


def test_a_slow_system_is_waited_for_until_the_deadline(start: Start) -> None:
    caller = start(delay_s=0.3)
    assert isinstance(adapter(caller).send(outgoing(), 5), Acknowledged)


def test_nobody_listening_is_a_safe_retry() -> None:
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    target = target_at(f"http://127.0.0.1:{port}", SECRET, True, True)
    assert isinstance(HttpAdapter(target).send(outgoing(), 5), Retry)
    assert isinstance(HttpAdapter(target).look_up(outgoing(), 5), Retry)


LIES = ["html", "no_number", "empty_number", "number_not_text", "bad_json", "wrong_order",
        "wrong_lines", "redirect", "huge", "drip", "drip_headers", "packed"]  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_is_ever_an_acknowledgement(start: Start, lie: str) -> None:
    caller = start(lie=lie)
    began = time.monotonic()
    assert isinstance(adapter(caller).send(outgoing(), 1.5), Unknown)
    assert time.monotonic() - began < 4
    assert adapter(caller).look_up(outgoing(), 5) == NotFound()


def test_the_list_of_lies_is_the_whole_list() -> None:
    assert sorted(LIES) == sorted(lie.value for lie in Lie)


def test_an_order_taken_behind_a_lie_is_found_by_its_reference(start: Start) -> None:
    caller = start(lie="html", lie_takes=True)
    assert isinstance(adapter(caller).send(outgoing(), 5), Unknown)
    assert isinstance(adapter(caller).look_up(outgoing(), 5), Acknowledged)


def test_a_system_without_look_up_says_so_and_a_bare_404_is_no_proof(start: Start) -> None:
    caller = start(look_up=False)
    assert isinstance(adapter(caller).look_up(outgoing(), 5), CannotLookUp)
    assert isinstance(adapter(caller, can_look_up=False).look_up(outgoing(), 5), CannotLookUp)
    elsewhere = target_at(caller.url + "/elsewhere", SECRET, True, True)
    assert isinstance(HttpAdapter(elsewhere).look_up(outgoing(), 5), CannotLookUp)


def test_an_inner_address_is_refused_unless_the_row_allows_it(start: Start) -> None:
    caller = start()
    https = caller.url.replace("http:", "https:")
    inner = HttpAdapter(target_at(https, SECRET, True, False))
    answer = inner.send(outgoing(), 5)
    assert isinstance(answer, Refused)
    assert not answer.permanent
    assert isinstance(inner.look_up(outgoing(), 5), CannotLookUp)
    assert caller.counts()["attempts"] == 0


def test_a_secret_that_is_none_is_said_when_the_adapter_is_made() -> None:
    with pytest.raises(ValueError, match="secret"):
        HttpAdapter(target_at("https://delivery.example", "", True, False))


NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "expected_s"),
    [
        ("30", 30.0),
        ("0", 0.0),
        ("9999999", 86_400.0),
        ("Sat, 21 Nov 2026 08:01:30 GMT", 90.0),
        ("Sat, 21 Nov 2026 07:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(said: str, expected_s: float | None) -> None:
    target = target_at("https://delivery.example", SECRET, True, False)
    waiting = HttpAdapter(target, clock=lambda: NOW)
    reply = Reply(429, {"retry-after": said}, b"", whole=True)
    answer = waiting._understand(reply, outgoing())
    assert isinstance(answer, Retry)
    assert answer.after_s == expected_s


@pytest.mark.parametrize("status", range(200, 600, 1))
def test_no_status_without_a_number_is_an_acknowledgement(status: int) -> None:
    target = target_at("https://delivery.example", SECRET, True, False)
    reply = Reply(status, {"content-type": "application/json"}, b'{"ok": true}', whole=True)
    answer = HttpAdapter(target)._understand(reply, outgoing())
    assert not isinstance(answer, Acknowledged)
    assert isinstance(answer, Refused) == (
        400 <= status < 500 and status not in (408, 409, 425, 429)
    )


@dataclass
class OverHttp:
    """The stand-in as a far end of the contract suite."""

    caller: Caller
    target: Target

    def adapter(self, **target: Any) -> HttpAdapter:
        return make(dataclasses.replace(self.target, **target))

    def shall(self, do: str) -> None:
        plain: dict[str, Any] = {"refuse": "", "timeout_first": 0, "timeout_how": "cut",
                                 "stock": {}, "lie": ""}  # fmt: skip
        self.caller.behave(**plain | {
            "take": {},
            "short": {"stock": {"20041": 5}},
            "refuse": {"refuse": "unknown ship-to"},
            "silent": {"timeout_first": 2},
            "garbage": {"lie": "bad_json"},
        }[do])  # fmt: skip

    def work(self, answer: bool = True) -> None:
        """It answers at once."""

    def holds(self) -> list[str]:
        return [f"{one['order_id']}/{one['revision']}" for one in self.caller.documents()]

    def happens(self, *updates: dict[str, Any]) -> None:
        self.caller.client.post(f"{self.caller.url}/tell", json=updates).raise_for_status()

    def gone(self) -> None:
        self.target = dataclasses.replace(self.target, url="http://127.0.0.1:9")


class TestContract(Contract):
    @pytest.fixture
    def far(self, start: Start) -> FarEnd:
        caller = start()
        target = target_at(caller.url, SECRET, True, True)
        return OverHttp(caller, dataclasses.replace(target, options={"ask_status": True}))
