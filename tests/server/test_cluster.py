"""A new cluster is whole or absent, and data of another PostgreSQL is never touched."""

import fcntl
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from server.embedded import EmbeddedPostgres
from server.programs import ProgramsError, find_programs

ENTER = """
import sys
from pathlib import Path
from server.embedded import EmbeddedPostgres

EmbeddedPostgres(Path(sys.argv[1]), Path(sys.argv[2])).__enter__()
"""


def build_that(bin_dir: Path, pg_bin: Path, program: str, does: str) -> Path:
    """A folder of PostgreSQL's programs, one of which is replaced by a shell script."""
    bin_dir.mkdir()
    for each in pg_bin.iterdir():
        if each.name != program:
            (bin_dir / each.name).symlink_to(each)
    script = bin_dir / program
    script.write_text(f"#!/bin/sh\n{does}\n")
    script.chmod(0o755)
    return bin_dir


def test_start_killed_while_making_the_data_leaves_nothing_half_made(
    tmp_path: Path, pg_bin: Path
) -> None:
    root = tmp_path / "pg"
    real = pg_bin / "initdb"
    # The data is made, whole even; then whoever asked for it is killed.
    fatal = build_that(tmp_path / "bin", pg_bin, "initdb", f'"{real}" "$@"; kill -9 $PPID')
    command = [sys.executable, "-c", ENTER, str(root), str(fatal)]
    assert subprocess.run(command, capture_output=True).returncode == -9
    assert list(root.glob("new-*/data/PG_VERSION"))
    assert not list(root.glob("pg*"))

    with EmbeddedPostgres(root, pg_bin, durable=False) as pg:
        assert pg.server_pid() is not None
    assert not list(root.glob("new-*"))


def test_next_start_waits_for_the_orphan_of_a_killed_one(tmp_path: Path, pg_bin: Path) -> None:
    """The lock goes on to the programs, so no two of them ever work in one folder."""
    root, go, trace = tmp_path / "pg", tmp_path / "go", tmp_path / "trace"
    slow = f"kill -9 $PPID; until [ -e {go} ]; do sleep 0.02; done; echo ended > {trace}; exit 1"
    slow_bin = build_that(tmp_path / "bin", pg_bin, "initdb", slow)
    command = [sys.executable, "-c", ENTER, str(root), str(slow_bin)]
    assert subprocess.run(command, stderr=subprocess.DEVNULL).returncode == -9
    try:
        with (root / "gate.lock").open() as gate, pytest.raises(BlockingIOError):
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        go.touch()
    with EmbeddedPostgres(root, pg_bin, durable=False):
        assert trace.read_text() == "ended\n"


def test_initdb_that_fails_is_told_in_its_own_words(tmp_path: Path, pg_bin: Path) -> None:
    failing = build_that(
        tmp_path / "bin", pg_bin, "initdb", "echo 'disk is made of cheese' >&2; exit 1"
    )
    with pytest.raises(ProgramsError, match="disk is made of cheese"):
        EmbeddedPostgres(tmp_path / "pg", failing).__enter__()
    assert not list((tmp_path / "pg").glob("pg*"))


def test_data_of_another_major_is_refused_with_the_way_over(tmp_path: Path, pg_bin: Path) -> None:
    old = tmp_path / "pg" / "pg9"
    old.mkdir(parents=True)
    (old / "PG_VERSION").write_text("9\n")
    with pytest.raises(ProgramsError) as refused:
        EmbeddedPostgres(tmp_path / "pg", pg_bin).__enter__()
    words = str(refused.value)
    assert f"PostgreSQL {find_programs(pg_bin).major}" in words
    for line in ("talaria backup old.dump", f"mv {old} {old}.old", "talaria restore old.dump"):
        assert line in words
    assert [each.name for each in old.iterdir()] == ["PG_VERSION"]


def test_data_folder_moved_aside_is_no_obstacle(tmp_path: Path, pg_bin: Path) -> None:
    aside = tmp_path / "pg" / "pg9.old"
    aside.mkdir(parents=True)
    (aside / "PG_VERSION").write_text("9\n")
    with EmbeddedPostgres(tmp_path / "pg", pg_bin, durable=False) as pg:
        assert stat.S_IMODE(pg.data_dir.stat().st_mode) == 0o700
