"""What happens to requests on their way, and what the history keeps of answers."""

from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

import pytest
from flask import Flask

from handhelds.reference.answers import Call, Reply
from schemas.failpoint import failpoint
from tests.simulation.clocks import Time
from tests.simulation.history import History
from tests.simulation.network import ANY, PUSH, Network, calm, rows_of

TOLD = b'{"verdicts":[{"n":1,"id":"a","outcome":"applied"}]}'
CALL = Call("POST", PUSH, b'{"device":"d-1","changes":[{"n":1,"id":"a"}]}', "s")


@dataclass
class Server:
    """An application that notes what reaches it and passes two failpoints."""

    heard: list[bytes] = field(default_factory=list)
    committed: int = 0

    def wsgi_app(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        self.heard.append(environ["wsgi.input"].read())
        try:
            failpoint("before_commit")
            self.committed += 1
            failpoint("after_commit")
        except Exception:  # as Flask does; a process that is killed is past catching anything
            start("503 Busy", [])
            return [b"{}"]
        start("200 OK", [])
        return [TOLD]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def network(server: Server) -> Network:
    return Network(cast(Flask, server), Time(), Random(1), History(), rate=0.0)


def sent(network: Network, fault: str | None) -> Reply | None:
    network.next = [fault]
    return network.line("h1", "10.0.0.1")(CALL)


def test_a_calm_line_brings_the_answer_and_the_verdict_is_noted(network: Network) -> None:
    assert sent(network, None) == Reply(200, TOLD)
    (request,), (verdict,) = network.history.of("request"), network.history.of("verdict")
    assert (request["changes"], request["arrived"], request["status"]) == ([[1, "a"]], 1, 200)
    assert (verdict["device"], verdict["of"], verdict["outcome"]) == ("h1", "d-1", "applied")


@pytest.mark.parametrize(
    ("fault", "arrived", "committed", "answered"),
    [
        ("cut_before", 0, 0, False), ("cut_after", 1, 1, False), ("twice", 2, 2, True),
        ("late", 0, 0, False), ("portal", 0, 0, True), ("busy", 0, 0, True),
        ("die_after_push", 1, 1, False), ("cut_answer", 1, 1, False),
    ],
)  # fmt: skip
def test_each_fault_does_what_it_says(
    network: Network, server: Server, fault: str, arrived: int, committed: int, answered: bool
) -> None:
    reply = sent(network, fault)
    assert (len(server.heard), server.committed, reply is not None) == (
        arrived, committed, answered,
    )  # fmt: skip
    assert network.history.faults == {fault: 1}


def test_a_server_that_dies_before_it_commits_has_done_nothing(
    network: Network, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.simulation.network.PUSH_POINTS", ("before_commit",))
    assert sent(network, "die_in_push") is None
    assert (len(server.heard), server.committed) == (1, 0)
    (request,) = network.history.of("request")
    assert request["killed"] == "before_commit"


def test_a_fault_that_did_not_come_about_is_not_counted(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.simulation.network.PUSH_POINTS", ("nowhere",))
    assert sent(network, "race") == Reply(200, TOLD)
    assert network.history.faults.total() == 0


def test_what_was_late_arrives_in_its_time_and_nobody_hears_the_answer(
    network: Network, server: Server
) -> None:
    assert sent(network, "late_copy") is not None
    network.late_arrivals()
    assert len(server.heard) == 1
    network.time.pass_s(25 * 3600)
    network.late_arrivals()
    assert server.heard == [CALL.body] * 2
    assert len(list(network.history.of("verdict"))) == 1


def test_chance_draws_every_kind_and_none_where_it_is_calm(network: Network) -> None:
    network.rate = 1.0
    for _ in range(400):
        network.line("h1", "10.0.0.1")(CALL)
    assert set(ANY) <= network.history.faults.keys()
    before = network.history.faults.total()
    with calm(network):
        network.line("h1", "10.0.0.1")(CALL)
    assert network.history.faults.total() == before


def test_rows_are_read_whichever_way_they_lie() -> None:
    told = {"rows": {
        "order": {"columns": ["id", "scope", "version"], "data": [["a", "s", 3]]},
        "visit": {"columns": ["id", "version"], "turned": [["b", "c"], [1, 2]]},
        "card": {"columns": ["id", "scope", "version"], "turned": []},
    }}  # fmt: skip
    assert rows_of(told) == {"order": [["a", 3]], "visit": [["b", 1], ["c", 2]], "card": []}
