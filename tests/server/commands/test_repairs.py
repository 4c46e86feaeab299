"""`talaria repairs`: rows of handhelds that were wrong, with an exit code for scripts."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from server.cli import app
from tests.server.office.field.test_views_repairs import stock, wrong
from tests.world import build


def test_repairs_are_listed_and_none_are_an_exit_code_of_0(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("DATABASE_URL", database_url), ("TALARIA_DATA_DIR", str(tmp_path)), ("COLUMNS", "200"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    world = build(engine)
    world.add_device("d-7", "r01", no=7)
    calm = CliRunner().invoke(app, ["repairs"])
    assert calm.exit_code == 0
    assert "No handheld ever had a wrong row." in calm.stdout
    wrong(world, stock("20041"), device="d-7")
    told = CliRunner().invoke(app, ["repairs"])
    assert told.exit_code == 2
    for word in ("D7", "wh:w1", "20041", "was different", "nightly", "61,234 rows"):
        assert word in told.stdout, word
    other = CliRunner().invoke(app, ["repairs", "--device", "d-none"])
    assert other.exit_code == 0
