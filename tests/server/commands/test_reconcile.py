"""`talaria reconcile`: the same comparison on the command line, with an exit code for scripts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.cli import app
from tests.server.delivery.conftest import Depot, dispatch_once, later, now
from tests.server.demo.standin.conftest import Caller, start
from tests.world import build

__all__ = ["start"]
Start = Callable[..., Caller]


@pytest.fixture
def depot(
    engine: object, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Depot:
    for name, value in (
        ("DATABASE_URL", database_url), ("TALARIA_DATA_DIR", str(tmp_path / "data")),
        ("COLUMNS", "200"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    (tmp_path / "data").mkdir()
    return Depot(build(engine))  # type: ignore[arg-type]


def reconcile(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["reconcile", *words])
    return done.exit_code, done.stdout or done.output


@pytest.fixture
def yesterday(depot: Depot, start: Start) -> tuple[Depot, str, str]:
    """An order that was taken and acknowledged yesterday at noon, as both books have it."""
    depot.run("UPDATE company SET zone = 'UTC'")
    depot.point_at(start().url)
    (order,) = depot.accept((0, 0))
    dispatch_once(depot.engine, later(1))
    noon = now().replace(hour=12, minute=0) - timedelta(days=1)
    depot.run("UPDATE delivery SET changed_at = %s", noon)
    return depot, order, str(noon.date())


def tamper(folder: Path, sql: str, *args: str) -> None:
    with closing(sqlite3.connect(folder / "standin.sqlite")) as db, db:
        assert db.execute(sql, args).rowcount


def test_books_that_agree_exit_0(yesterday: tuple[Depot, str, str], tmp_path: Path) -> None:
    _, _, day = yesterday
    tamper(tmp_path, "UPDATE document SET received_at = ?", f"{day}T12:00:00Z")
    code, said = reconcile()
    assert code == 0, said
    assert f"main  {day}  agrees  here 1 orders, 1 lines, 3000 USD" in said
    assert reconcile("--show", "--day", day) == (code, said)


def test_a_difference_exits_2_and_says_what_it_means(
    yesterday: tuple[Depot, str, str], tmp_path: Path
) -> None:
    depot, order, day = yesterday
    tamper(tmp_path, "DELETE FROM document WHERE order_id = ?", order)
    code, said = reconcile("--day", day, "--company", "acme")
    assert code == 2, said
    assert "DIFFERS" in said
    number = depot.order(order)["number"]
    assert f"main does not have order {number} in its books of" in said
    assert depot.rows("SELECT asked_by FROM reconciliation")[0]["asked_by"].startswith("command")


def test_a_system_that_cannot_be_compared_exits_1(yesterday: tuple[Depot, str, str]) -> None:
    yesterday[0].point_at("http://127.0.0.1:1")
    code, said = reconcile()
    assert code == 1
    assert "no list: not compared" in said
    assert "Connection refused" in said


def test_the_minutes_of_the_alarm_are_set_on_the_command_line(depot: Depot) -> None:
    done = CliRunner().invoke(app, ["target", "alarm", "main", "45"])
    assert (done.exit_code, done.stdout) == (
        0, "main: the office is told after 45 minutes of silence.\n",
    )  # fmt: skip
    assert depot.rows("SELECT after_min FROM delivery_silence") == [{"after_min": 45}]
    assert CliRunner().invoke(app, ["target", "alarm", "other", "45"]).exit_code == 1
    assert "never" in CliRunner().invoke(app, ["target", "alarm", "main", "0"]).stdout


def test_what_was_asked_for_must_be_there(depot: Depot) -> None:
    assert reconcile("--target", "other")[0] == 1
    assert reconcile("--company", "other")[0] == 1
    code, said = reconcile("--show")
    assert code == 1
    assert "was not compared yet" in said
