"""What needs the rep: the list, answers made offline, and what the server makes of them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import Engine
from typer.testing import CliRunner

from handhelds.reference import screens, screens_work
from handhelds.reference.cli import app
from handhelds.reference.cli_needs import table
from handhelds.reference.needs import answer, needs
from handhelds.reference.pad import Refused
from handhelds.reference.queries import parts
from sync.desk.answer import Given, give
from sync.feed import publish
from tests.handhelds.test_against_server import Handheld
from tests.handhelds.test_against_server import handheld as handheld
from tests.world import CELL, World, build


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, on_hand=10)


@pytest.fixture
def asked(handheld: Handheld) -> Handheld:
    """A handheld whose order of 12 found 10, and has heard of it."""
    handheld.order(typed="12")
    assert handheld.sync().state == "done"
    return handheld


def drawn(asked: Handheld) -> str:
    console = Console(width=100, record=True)
    console.print(table(needs(asked.rep)))
    return console.export_text()


def item(world: World) -> tuple[str, str]:
    row: tuple[str, str] = world.rows("SELECT id::text, state FROM conflict")[0]
    return row


def test_nothing_needs_a_rep_whose_work_was_taken_as_sent(handheld: Handheld) -> None:
    handheld.order(typed="5")
    handheld.sync()
    assert needs(handheld.rep) == {"items": []}
    assert "Nothing needs you" in drawn(handheld)


def test_a_short_line_needs_the_rep_and_says_what_may_be_answered(asked: Handheld) -> None:
    (one,) = needs(asked.rep)["items"]
    assert "only 10 left" in one["says"]
    assert one["store"]["code"] == "s001"
    assert [row["name"] for row in one["answers"]] == [
        "keep_waiting", "cut_rest", "take_substitute", "cancel_order",
    ]  # fmt: skip
    assert "1 Keep waiting | 2 Cut the rest" in drawn(asked)
    assert screens.today(asked.rep)["needs"] == 1


def test_an_answer_given_offline_is_kept_and_laid_over_until_it_is_sent(
    asked: Handheld, world: World
) -> None:
    answer(asked.rep, "1", "cut", "no room on the shelf")
    assert item(world)[1] == "waiting"
    (one,) = needs(asked.rep)["items"]
    assert one["told"] == "answered: Cut the rest; waits for network"
    assert screens.today(asked.rep)["needs"] == 0
    (waiting,) = screens_work.outbox(asked.rep)["changes"]
    assert (waiting["what"], waiting["undo"]) == ("answer: cut rest", True)
    asked.local.close()
    asked.open()
    assert needs(asked.rep)["items"][0]["told"].startswith("answered")


def test_the_answer_reaches_the_server_and_the_item_is_gone(asked: Handheld, world: World) -> None:
    answer(asked.rep, "1", "2", "no room on the shelf")
    assert asked.sync().state == "done"
    assert item(world)[1] == "resolved"
    assert world.rows("SELECT confirmed, backordered, cut FROM order_line") == [(10, 0, 2)]
    assert needs(asked.rep) == {"items": []}
    (told,) = asked.queries.changes("kind = 'conflict'")
    assert told["verdict"]["says"] == "Your answer was taken: Cut the rest."
    (order,) = asked.queries.rows("order")
    (line,) = parts("order", "lines", order["lines"])
    assert (line["confirmed"], line["backordered"], line["cut"]) == (10, 0, 2)


def test_an_answer_that_came_too_late_is_told_and_changes_nothing(
    asked: Handheld, world: World
) -> None:
    answer(asked.rep, "1", "cancel_order")
    given = Given("cut_rest", "office", "user:dora", datetime.now(UTC))
    with world.begin() as conn:
        give(conn, CELL, item(world)[0], given)
        publish(conn, CELL, given.entries)
    assert asked.sync().state == "done"
    assert world.one("SELECT state FROM orders") == "accepted"
    told = screens_work.verdicts(asked.rep, everything=False)
    assert "dora had answered already (the rest is cut)" in str(told)
    assert needs(asked.rep) == {"items": []}


def test_an_answer_can_be_undone_while_it_waits(asked: Handheld, world: World) -> None:
    saved = answer(asked.rep, "1", "cancel_order")
    with pytest.raises(Refused, match="answered already"):
        answer(asked.rep, "1", "cut_rest")
    asked.rep.undo(saved["change"][-8:])
    asked.sync()
    assert item(world)[1] == "waiting"
    answer(asked.rep, item(world)[0][-8:], "Keep waiting")
    asked.sync()
    assert item(world)[1] == "resolved"


@pytest.mark.parametrize(
    ("which", "what", "why"),
    [("2", "cut_rest", "nothing called 2"), ("0", "cut_rest", "nothing called 0"),
     ("1", "release", "is no answer to this"), ("1", "c", "is no answer to this"),
     ("1", "9", "is no answer to this")],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_and_nothing_is_kept(
    asked: Handheld, which: str, what: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        answer(asked.rep, which, what)
    assert asked.local.queue().pending == 0


def test_the_command_line_lists_and_answers(asked: Handheld) -> None:
    home, runner = asked.home, CliRunner()
    asked.local.close()

    def say(*words: str) -> str:
        done = runner.invoke(app, ["--home", str(home), *words])
        assert done.exit_code == 0, done.output
        return str(done.output)

    assert "only 10 left" in say("needs")
    assert "need you: `needs`" in say("today") or "No stops" in say("today")
    assert "Answered: Cut the rest." in say("answer", "1", "cut_rest")
    assert "waits for network" in say("needs")
    items = json.loads(say("--json", "needs"))["items"]
    assert items[0]["given"] == "Cut the rest"
    asked.open()


def test_a_handheld_of_another_folder_knows_nothing_of_it(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["--home", str(tmp_path), "needs"])
    assert done.exit_code in (0, 1)
    assert "only" not in done.output
