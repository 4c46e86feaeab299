"""`talaria why`: the answer for scripts and for people."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from server.cli import app
from tests.sync.copy import Copy
from tests.world import build


def test_why_a_row_is_on_a_handheld_or_not(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("DATABASE_URL", database_url), ("TALARIA_DATA_DIR", str(tmp_path)), ("COLUMNS", "200"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    world = build(engine)
    ask = CliRunner().invoke
    told = ask(app, ["why", "D1", "store", "s001"])
    assert (told.exit_code, "comes with its next pull" in told.stdout) == (2, True)
    Copy(world, world.carrier()).pull()
    told = ask(app, ["why", "r01", "store", "s001"])
    assert told.exit_code == 0
    assert "handheld D1 of r01: on it" in told.stdout
    assert "+ Does the rep carry its scope? Yes: since" in told.stdout
    told = ask(app, ["why", "d-1", "product", "p001"])
    assert "belongs to every rep of the company" in told.stdout
    told = ask(app, ["why", "1", "store", "s004"])
    assert (told.exit_code, "- Does the rep carry its scope? No" in told.stdout) == (2, True)
    assert ask(app, ["why", "D9", "store", "s001"]).exit_code == 1
    assert ask(app, ["why", "D1", "sandwich", "x"]).exit_code == 1
