"""`talaria plan`: what the office sees in a terminal."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from server.cli import app
from tests.world import build


def test_a_plan_is_shown_published_and_taken_back(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("DATABASE_URL", database_url), ("TALARIA_DATA_DIR", str(tmp_path)), ("COLUMNS", "200"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    world = build(engine)
    ask = CliRunner().invoke
    plan = ["plan", "r01", "--weeks", "2", "--steps", "60"]
    none = ask(app, plan)
    assert (none.exit_code, "Nothing is due" in none.stderr) == (1, True)
    world.run("UPDATE store SET store_class = 'A', opening_hours = 'ask Joe'")
    world.run("UPDATE store SET opening_hours = 'closed' WHERE code = 's003'")
    kept = ask(app, plan)
    assert kept.exit_code == 2
    assert "4 of 6 due" in kept.stdout
    assert "No place: s003 Store 3, 2 visit(s): closed on every day" in kept.stdout
    assert "s001, s002 have opening hours that could not be read" in kept.stdout
    assert "nobody was told" in kept.stdout
    assert world.one("SELECT count(*) FROM plan_stop") == 0
    world.run("UPDATE store SET opening_hours = NULL")
    done = ask(app, [*plan, "--publish"])
    assert (done.exit_code, "is published" in done.stdout) == (0, True)
    assert world.one("SELECT count(*) FROM plan_stop") == 6
    assert "6 visits" in ask(app, plan).stdout  # beside what is published now
    back = ask(app, ["plan", "--undo"])
    assert (back.exit_code, "is taken back" in back.stdout) == (0, True)
    assert world.one("SELECT count(*) FROM plan_stop") == 0
    assert ask(app, ["plan", "r01", "--undo"]).exit_code == 1
    assert ask(app, [*plan, "--from", "2026-11-24"]).exit_code == 1
    assert ask(app, ["plan", "nobody"]).exit_code == 1
