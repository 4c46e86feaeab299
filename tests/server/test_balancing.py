"""Work of reps read from the tables, and what might change hands."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from server.balancing import balance
from server.cli import app
from server.drawing import NothingToPlan
from tests.server.test_planning import MONDAY, on_the_map, put


def test_the_fuller_rep_would_give_a_store_and_nothing_is_moved(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = on_the_map(engine)
    assignments = world.rows("SELECT rep, store FROM assignment ORDER BY 1, 2")
    world.run("UPDATE store SET visits_per_4w = 20 WHERE code IN ('s001', 's002')")
    done, names = balance(world.engine, world.company, ("r01", "r02"), MONDAY, 2)
    (move,) = done.moves
    assert (move.giver, move.taker, names[move.store][:2]) == ("r01", "r02", "s0")
    assert done.after["r01"].share - done.after["r02"].share < (
        done.before["r01"].share - done.before["r02"].share
    )
    pinned = [put(world, n, MONDAY + timedelta(days=n), pinned=True) for n in (0, 1)]
    assert len(pinned) == 2
    assert balance(world.engine, world.company, ("r01", "r02"), MONDAY, 2)[0].moves == ()
    with pytest.raises(NothingToPlan, match="no rep"):
        balance(world.engine, world.company, ("r01", "nobody"), MONDAY, 2)
    for name, value in (("DATABASE_URL", database_url), ("TALARIA_DATA_DIR", str(tmp_path))):
        monkeypatch.setenv(name, value)
    said = CliRunner().invoke(app, ["plan", "balance", "r01", "r02"])
    assert (said.exit_code, "Nothing was moved" in said.stdout) == (0, True), said.output
    assert CliRunner().invoke(app, ["plan", "balance", "r01"]).exit_code == 1
    assert world.rows("SELECT rep, store FROM assignment ORDER BY 1, 2") == assignments
