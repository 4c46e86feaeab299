"""A rep's day on the command line: what is said, what is saved, and what a script gets."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from handhelds.reference.cli import app
from tests.handhelds.double import STORE, Clock, Double, row
from tests.handhelds.over_http import listening

Run = Callable[..., Result]


@pytest.fixture
def double() -> Double:
    return Double(clock=Clock(wall=datetime.now(UTC)))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command in a handheld's own folder; `code` is the exit code expected."""

    def verb(*words: str, code: int = 0, input: str | None = None) -> Result:
        done = CliRunner().invoke(
            app, list(words), env={"TALARIA_HANDHELD_HOME": str(tmp_path)}, input=input
        )
        assert done.exit_code == code, done.output
        return done

    return verb


@pytest.fixture
def ready(run: Run, double: Double) -> Run:
    """Enrolled and synced, and the network gone again."""
    with listening(double) as server:
        run("enrol", "K7QX-2M4P", "--server", server)
        run("sync")
    return run


def told(done: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_before_enrolling_every_verb_says_what_to_do(run: Run) -> None:
    assert "Ask the office for a code" in run("status").output
    for verb in (["today"], ["order", "1042", "--line", "904:6"], ["sync"]):
        assert "ask the office for a code" in run(*verb, code=1).output


def test_a_day_in_the_field_without_a_network(ready: Run, double: Double) -> None:
    assert "No stops on" in ready("today").output
    assert "Nick's" in ready("stores", "nick").output
    shown = ready("store", "1042").output
    assert "Owes 1,200.00 USD, 800.00 overdue" in shown
    assert "may still order 850.00" in shown
    stock = ready("stock", "agua", "--at", "1042").output
    assert "stock as of" in stock
    assert " old" in stock
    assert "tónica" in stock
    ready("visit", "start", "1042")
    order = ready("order", "1042", "--line", "20041:2case", "--line", "904:6").output
    assert "order D17-000001" in order
    assert "only 3 left" in order
    assert "Total 33.96 USD" in order
    ready("card", "1042", "--line", "20041:facings=3,shelf=12,price=1.49", "--line", "904:out")
    ready("plan", "add", "1042", "+7")
    ready("visit", "end", "1042", "--note", "all well")
    assert "order D17-000001, 2 lines" in ready("outbox").output
    assert double.pushed("order") == []
    with listening(double) as server:
        assert "Everything is sent" in ready("sync", "--server", server).output
    assert [body["number"] for body in double.pushed("order")] == ["D17-000001"]
    assert "The outbox is empty" in ready("outbox").output
    assert "accepted" in ready("store", "1042").output


def test_an_adjusted_order_is_told_in_the_servers_sentence_until_it_was_read(
    ready: Run, double: Double
) -> None:
    saved = told(ready("--json", "order", "1042", "--line", "904:6"))
    sentence = "You ordered 6 of Agua; 3 are left, the rest follows."
    conflict = {"id": "c", "rule": "stock_short", "line": 1, "says": sentence}
    double.outcomes[saved["id"]] = {"outcome": "adjusted", "conflicts": [conflict]}
    with listening(double) as server:
        ready("--json", "sync", "--server", server)
    assert sentence in ready("verdicts").output
    assert "Nothing to read" in ready("verdicts").output
    assert sentence in ready("verdicts", "--all").output


def test_what_office_and_delivery_system_say_is_read_once_and_again_when_answered(
    ready: Run, double: Double
) -> None:
    notice = {
        "id": "n1",
        "scope": "rep:r07",
        "store": STORE,
        "rule": "delivery_short",
        "says": "3 of 12 were delivered.",
        "state": "told",
        "at": "2026-11-21T12:00:00Z",
    }
    double.put("conflict", row("conflict", **notice))
    with listening(double) as server:
        assert "3 of 12 were delivered" in ready("sync", "--server", server).output
        assert "1: see `verdicts`" in ready("status").output
        assert "delivery short at Nick's" in ready("verdicts").output
        assert "Nothing to read" in ready("verdicts").output
        answered = notice | {"version": 2, "state": "resolved", "resolution": "cut_rest"}
        double.put("conflict", row("conflict", **answered))
        ready("sync", "--server", server)
    assert "delivery short at Nick's: cut rest" in ready("verdicts").output
    assert "Nothing to read" in ready("verdicts").output


def test_without_a_network_a_sync_says_so_and_keeps_everything(ready: Run) -> None:
    ready("order", "1042", "--line", "904:2")
    done = ready("sync", "--tries", "1", code=2)
    assert "Nothing is lost" in done.output
    assert "1 waiting" in done.output


def test_a_script_gets_one_json_document_from_every_verb(ready: Run) -> None:
    for verb in (
        ["status"],
        ["today"],
        ["stores"],
        ["store", "1042"],
        ["stock", "cola"],
        ["order", "1042", "--line", "904:2"],
        ["order", "1042", "--line", "904:2", "--show"],
        ["order", "1042", "--repeat-last"],
        ["order", "1042"],
        ["card", "1042", "--line", "904:shelf=4"],
        ["card", "1042", "--same"],
        ["visit", "start", "877"],
        ["plan"],
        ["plan", "add", "877", "tomorrow"],
        ["plan", "move", "877", "tomorrow", "+2"],
        ["outbox"],
        ["undo", "D17-000002"],
        ["verdicts"],
    ):
        assert told(ready("--json", *verb)), verb
    assert "error" in told(ready("--json", "store", "none", code=1))


def test_what_cannot_be_typed_is_said_with_what_would_do(ready: Run) -> None:
    for line, says in (
        ("20041", "PRODUCT:QUANTITY"),
        ("20041:2pallet", "use case or each"),
        ("1:2", "no product 1"),
        ("20041:0", "above 0"),
    ):
        assert says in ready("order", "1042", "--line", line, code=1).output
    assert "write facings=3" in ready("card", "1042", "--line", "904:many", code=1).output
    assert "write YYYY-MM-DD" in ready("plan", "add", "1042", "soon", code=1).output
    assert "look for it with `stores`" in ready("store", "9", code=1).output
    assert "The outbox is empty" in ready("outbox").output


def test_a_suggested_order_shows_its_arithmetic_and_takes_it(ready: Run) -> None:
    ready("order", "1042", "--line", "20041:10case")
    ready("card", "1042", "--line", "20041:shelf=0")
    ready("undo", "D17-000001", code=0)
    ready("order", "1042", "--line", "20041:26")
    screen = told(ready("--json", "order", "1042"))
    (one,) = screen["suggestions"]
    # 26 sold in 13 weeks = 2 a week; 2 x 1.5 = 3 needed; nothing there, 26 on the way
    assert [step["how"] for step in one["steps"]] == [
        *("26 / 13", "2 x 1.5", "3 - 0 - 26", "-23 / 12"),
    ]
    assert one["quantity"] == 0
    assert "2 x 1.5 = 3 needed" in ready("order", "1042", "--suggested").output


def test_a_copy_is_verified_and_what_was_found_is_said(ready: Run, double: Double) -> None:
    with listening(double) as server:
        assert "all 11 rows are the same" in ready("verify", "--server", server).output
        double.rows["store"][0][3] = "1042b"
        said = ready("verify", "--server", server).output
        assert "1 row was wrong and is repaired (1 store), of 11. The office is told." in said
        assert "1042b" in ready("stores", "nick").output
        double.rows["stock"][0][2] = 9
        screen = told(ready("--json", "verify", "--server", server))
    assert (screen["state"], screen["compared"], screen["repaired"]) == ("done", 11, 1)
    assert "copy verified" in ready("status").output
    assert "The line was cut." in ready("verify", "--tries", "1", code=2).output
