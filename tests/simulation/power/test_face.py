"""The other SQLite looks to the handheld as `sqlite3` does."""

import sqlite3
from pathlib import Path

import pytest

from tests.simulation.power.face import Connection


def test_rows_are_asked_by_name_and_by_place(tmp_path: Path) -> None:
    db = Connection(tmp_path / "a.sqlite", 1_000)
    db.execute("CREATE TABLE t (a, b)")
    assert db.executemany("INSERT INTO t VALUES (?, ?)", [(1, b"x"), (2, b"y")])
    db.row_factory = sqlite3.Row
    found = db.execute("SELECT a, b FROM t ORDER BY a").fetchall()
    assert [(row["a"], row[1]) for row in found] == [(1, b"x"), (2, b"y")]
    assert dict(found[0]) == {"a": 1, "b": b"x"}
    assert db.execute("SELECT a FROM t WHERE a = 3").fetchone() is None
    assert db.execute("UPDATE t SET b = NULL").rowcount == 2
    db.close()


def test_its_errors_are_those_of_sqlite3(tmp_path: Path) -> None:
    db = Connection(tmp_path / "a.sqlite", 1_000)
    db.execute("CREATE TABLE t (a UNIQUE)")
    db.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(sqlite3.OperationalError):
        db.execute("SELECT nothing FROM t")
    db.close()


def test_a_transaction_is_seen_to_be_open(tmp_path: Path) -> None:
    db = Connection(tmp_path / "a.sqlite", 1_000)
    assert not db.in_transaction
    db.execute("BEGIN")
    assert db.in_transaction
    db.execute("ROLLBACK")
    assert not db.in_transaction
    db.close()
