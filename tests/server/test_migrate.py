"""Migrations lead to exactly the tables of schemas/tables, and only their owner may change them."""

import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from schemas.tables.all import METADATA
from server import migrate, queries
from server.embedded import EmbeddedPostgres
from server.hints import conninfo
from server.migrate import MigrateError
from tests.conftest import Empty


def structure(owner_url: str, pg_bin: Path) -> list[str]:
    """Everything pg_dump knows about the tables, without what differs by chance: their order.

    Columns are sorted inside a table: a migration adds one at the end, wherever it is written.
    """
    command = [str(pg_bin / "pg_dump"), "--schema-only", "--no-owner", "--no-privileges"]
    command += ["--exclude-table=alembic_version", conninfo(owner_url)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    statements = re.sub(r"^(--|\\|SET |SELECT pg_catalog).*$", "", said, flags=re.MULTILINE)
    tidy = []
    for statement in statements.split(";\n"):
        lines = [line.strip().rstrip(",") for line in statement.splitlines() if line.strip()]
        tidy.append("\n".join(lines[:1] + sorted(lines[1:])))
    return sorted(filter(None, tidy))


def test_migrations_make_the_very_tables_that_the_code_describes(
    owner_url: str, empty: Empty, pg_bin: Path
) -> None:
    _, described = empty()
    engine = create_engine(described, poolclass=NullPool)
    METADATA.create_all(engine)
    migrated = structure(owner_url, pg_bin)
    assert len([each for each in migrated if each.startswith("CREATE TABLE")]) > 20
    assert migrated == structure(described, pg_bin)


def test_check_finds_no_difference(engine: Engine) -> None:
    assert migrate.check(engine) == []


def test_check_tells_every_difference(engine: Engine, owner_url: str) -> None:
    with psycopg.connect(conninfo(owner_url)) as raw:
        raw.execute("ALTER TABLE orders DROP COLUMN number, ADD COLUMN sum int")
        raw.execute("CREATE TABLE stray (n int)")
    said = " ".join(migrate.check(engine))
    for name in ("'number'", "'sum'", "'stray'"):
        assert name in said


def test_a_migrated_database_is_at_the_head_and_stays_there(
    engine: Engine, owner_url: str, database_url: str
) -> None:
    assert migrate.current(engine) == migrate.head() is not None
    assert migrate.upgrade(owner_url, database_url) is False


def test_two_processes_may_migrate_at_once(empty: Empty) -> None:
    app_url, owner_url = empty()
    changed: list[bool] = []
    threads = [
        threading.Thread(target=lambda: changed.append(migrate.upgrade(owner_url, app_url)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(changed) == [False, True]


def test_migration_that_fails_changes_nothing(
    empty: Empty, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, owner_url = empty()
    folder = copied(tmp_path, monkeypatch)
    with (folder / "versions" / "0001_core.py").open("a") as script:
        script.write("\n\n_all = upgrade\n\n\ndef upgrade():\n    _all()\n    1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        migrate.upgrade(owner_url)
    with psycopg.connect(conninfo(owner_url)) as raw:
        assert queries.table_names(raw) == []


def test_every_table_belongs_to_the_owner(owner_url: str) -> None:
    with psycopg.connect(conninfo(owner_url)) as raw:
        owners = raw.execute(
            "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        )
        assert owners.fetchall() == [("talaria_owner",)]


def test_tables_of_later_migrations_are_granted_too(owner_url: str, database_url: str) -> None:
    with psycopg.connect(conninfo(owner_url)) as raw:
        raw.execute("CREATE TABLE later (n int)")
    with psycopg.connect(conninfo(database_url)) as raw:
        raw.execute("INSERT INTO later VALUES (1)")
        assert raw.execute("DELETE FROM later").rowcount == 1


def test_one_role_for_everything_is_possible(empty: Empty) -> None:
    _, owner_url = empty()
    assert migrate.upgrade(owner_url, owner_url) is True


def test_application_role_that_does_not_exist_is_told(owner_url: str, database_url: str) -> None:
    stranger = make_url(database_url).set(username="nobody_here")
    with pytest.raises(MigrateError, match="CREATE ROLE nobody_here"):
        migrate.upgrade(owner_url, stranger.render_as_string(hide_password=False))


def test_database_of_a_newer_program_is_left_alone(owner_url: str) -> None:
    with psycopg.connect(conninfo(owner_url)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(MigrateError, match=r"9999.*newer Talaria"):
        migrate.upgrade(owner_url)


def test_database_whose_restore_was_cut_short_is_not_started_on(owner_url: str) -> None:
    with psycopg.connect(conninfo(owner_url)) as raw:
        queries.write_remark(raw, migrate.UNFINISHED)
    with pytest.raises(MigrateError, match="restore again"):
        migrate.upgrade(owner_url)
    with psycopg.connect(conninfo(owner_url)) as raw:
        queries.write_remark(raw, "")  # the database is used again


def test_migrations_can_be_taken_back(owner_url: str) -> None:
    from alembic import command

    with migrate.owner_connection(owner_url) as connection:
        command.downgrade(migrate._config(connection), "base")
    with psycopg.connect(conninfo(owner_url)) as raw:
        assert queries.table_names(raw) == ["alembic_version"]
    assert migrate.upgrade(owner_url) is True


def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations in a folder of the test's own."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "FOLDER", folder)
    return folder


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pg_bin: Path) -> Path:
    monkeypatch.setenv("TALARIA_PG_BIN", str(pg_bin))
    return copied(tmp_path, monkeypatch)


def test_draft_has_the_next_number_a_readable_name_and_the_difference(
    drafts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, head = drafts / "versions" / "0001_core.py", migrate.head()
    words = first.read_text()
    column = '        sa.Column("note", sa.Text(), nullable=True),\n'
    assert column in words
    first.write_text(words.replace(column, "", 1))
    assert migrate.main(["revision", "a note"]) == 0
    path = drafts / "versions" / f"{int(head or 0) + 1:04d}_a_note.py"
    assert str(path) in capsys.readouterr().out
    draft = path.read_text()
    assert 'sa.Column("note", sa.Text(), nullable=True)' in draft
    assert draft.count("op.add_column(") == 1
    assert f'down_revision = "{head}"' in draft
    with pytest.raises(MigrateError, match="not the only migration"):
        migrate.rewrite_first()


def test_the_first_migration_is_written_anew_only_while_it_is_alone(drafts: Path) -> None:
    with pytest.raises(MigrateError, match="not the only migration"):
        migrate.rewrite_first()
    for later in (drafts / "versions").glob("*.py"):
        if later.name != "0001_core.py":
            later.unlink()
    path = migrate.rewrite_first()
    assert path.name == "0001_core.py"
    written = path.read_text()
    for table in METADATA.sorted_tables:
        assert f'op.create_table(\n        "{table.name}",' in written


def test_unknown_command_is_answered_with_the_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert migrate.main(["upgrade"]) == 2
    assert "rewrite-first" in capsys.readouterr().err


def test_nothing_is_left_of_a_throw_away_database(pg_bin: Path) -> None:
    before = set(Path(os.environ.get("TMPDIR", "/tmp")).glob("talaria-draft-*"))
    with migrate.throw_away_owner(pg_bin) as owner_url:
        room = Path(str(make_url(owner_url).query["host"])).parent
        running = EmbeddedPostgres(room, pg_bin)
        assert running.server_pid() is not None
    assert running.server_pid() is None
    assert set(Path(os.environ.get("TMPDIR", "/tmp")).glob("talaria-draft-*")) <= before
