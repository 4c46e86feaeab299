"""What is backed up comes back row for row, into an empty database only, and begins a new epoch."""

import stat
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Connection

from schemas.tables.all import METADATA
from server import migrate, queries
from server.backup import BackupError, backup, databases, restore
from server.database import driver, make_engine, transaction
from server.hints import conninfo
from server.settings import Settings, load
from tests.conftest import Clone, Empty

Rows = dict[str, list[Any]]


def embedded(folder: Path, pg_bin: Path) -> Settings:
    return load({"TALARIA_DATA_DIR": str(folder), "TALARIA_PG_BIN": str(pg_bin)})


def external(addresses: tuple[str, str], pg_bin: Path) -> Settings:
    app_url, owner_url = addresses
    environ = {"DATABASE_URL": app_url, "DATABASE_OWNER_URL": owner_url}
    return load({"HOME": "/", "TALARIA_PG_BIN": str(pg_bin)} | environ)


def fill(app_url: str) -> None:
    """Rows with what a backup could spoil: other alphabets, documents, moments, bytes, numbers."""
    company, now = "0193a5b0-0000-7000-8000-000000000001", datetime.now(UTC)
    kept = {"scope": "company", "version": 1, "changed_by": "load:test"}
    price = {"id": company, "list": "A", "product": "P", "min_quantity": 1, "valid_from": now}
    device = {"id": "d", "company": company, "rep": "r", "install": "i", "no": 1, "schema": 1}
    device |= {"secret_hash": bytes(range(256)), "state": "active", "enrolled_at": now}
    prepared = {"parts": 1, "pos": 1, "rows": 1, "body": b"x", "bytes": 1, "sha256": "x"}
    prepared |= {"built_at": now, "pos_at": now}
    written: list[tuple[str, dict[str, Any]]] = [
        ("company", {"id": company, "code": "c", "name": "店 😀 \u202e\\.\n"}),
        ("price", {"cell": 1, "price": Decimal("123456789012.000001")} | kept | price),
        ("device", {"cell": 1, "enrolled_by": "a", "acknowledged_n": 2**62} | device),
        ("audit", {"cell": 1, "id": company, "at": now, "who": "a", "action": "x"}),
        ("segment", {"cell": 1, "id": "s", "scope": "company", "schema": 1, "part": 1} | prepared),
    ]
    written[0][1].update(currency="CNY", zone="Asia/Shanghai", last_device_no=1)
    written[3][1].update(subject="s", before={"a": [1, None, "\"'\\"]})
    engine = make_engine(app_url)
    with transaction(engine) as connection:
        for name, row in written:
            connection.execute(METADATA.tables[name].insert(), row)
    engine.dispose()


def rows(url: str) -> Rows:
    """Every row of every table."""
    found = {}
    with psycopg.connect(conninfo(url)) as raw:
        for name in METADATA.tables:
            words = sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1").format(sql.Identifier(name))
            found[name] = raw.execute(words).fetchall()
    return found


def nothing(connection: Connection) -> None:
    """For restores whose epoch does not matter."""


def remark(owner_url: str) -> str:
    with psycopg.connect(conninfo(owner_url)) as raw:
        return queries.read_remark(raw)


def test_embedded_database_comes_back_row_for_row_in_a_fresh_folder(
    tmp_path: Path, pg_bin: Path
) -> None:
    here, there = embedded(tmp_path / "here", pg_bin), embedded(tmp_path / "there", pg_bin)
    with databases(here) as (owner_url, app_url):
        migrate.upgrade(owner_url, app_url)
        fill(app_url)
        before = rows(app_url)
        assert [len(before[name]) for name in ("company", "price", "device", "audit")] == [1] * 4
        size = backup(here, tmp_path / "talaria.dump")  # while it is in use
        with psycopg.connect(conninfo(app_url)) as raw:
            raw.execute("DELETE FROM company")  # afterwards: not in it
    assert size == (tmp_path / "talaria.dump").stat().st_size > 10_000
    assert stat.S_IMODE((tmp_path / "talaria.dump").stat().st_mode) == 0o600

    said: list[str] = []
    restore(there, tmp_path / "talaria.dump", nothing, said.append)
    assert any("Reading" in line for line in said)
    with databases(there) as (owner_url, app_url):
        assert len(before["segment"]) == 1
        assert rows(app_url) == before | {"segment": []}, "what is made again is not kept"
        assert migrate.upgrade(owner_url, app_url) is False
        with psycopg.connect(conninfo(app_url)) as raw:
            assert raw.execute("DELETE FROM company").rowcount == 1
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute("DROP TABLE company")


def test_any_server_is_backed_up_and_restored_alike(
    tmp_path: Path, clone: Clone, empty: Empty, pg_bin: Path
) -> None:
    source, target = clone(), empty()
    fill(source[0])
    assert backup(external(source, pg_bin), tmp_path / "dump") > 0
    restore(external(target, pg_bin), tmp_path / "dump", nothing)
    assert rows(target[0]) == rows(source[0]) | {"segment": []}


def test_last_act_of_a_restore_is_the_new_epoch_in_one_transaction(
    tmp_path: Path, clone: Clone, empty: Empty, pg_bin: Path
) -> None:
    source, target = clone(), empty()
    backup(external(source, pg_bin), tmp_path / "dump")

    def fails(connection: Connection) -> None:
        assert remark(target[1]) == migrate.UNFINISHED
        driver(connection).execute("INSERT INTO alembic_version VALUES ('half')")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        restore(external(target, pg_bin), tmp_path / "dump", fails)
    with psycopg.connect(conninfo(target[1])) as raw:
        assert raw.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
    with pytest.raises(migrate.MigrateError, match="restore again"):  # so no server starts on it
        migrate.upgrade(target[1], target[0])


def test_restore_writes_over_nothing(tmp_path: Path, clone: Clone, pg_bin: Path) -> None:
    settings = external(clone(), pg_bin)
    backup(settings, tmp_path / "dump")
    with pytest.raises(BackupError, match=r"already holds \d+ tables.*Make an empty database"):
        restore(settings, tmp_path / "dump", nothing)
    assert remark(settings.owner_database_url) == ""


def test_file_that_is_no_backup_is_refused_and_the_database_stays_usable(
    tmp_path: Path, empty: Empty, pg_bin: Path
) -> None:
    target = empty()
    (tmp_path / "dump").write_bytes(b"PGDMP and then nonsense")
    with pytest.raises(BackupError, match="is not a backup of Talaria"):
        restore(external(target, pg_bin), tmp_path / "dump", nothing)
    assert migrate.upgrade(target[1], target[0]) is True


@pytest.mark.parametrize("lost_bytes", [1, 3_000, 40_000])
def test_backup_without_its_end_is_refused_and_leaves_the_database_empty(
    tmp_path: Path, clone: Clone, empty: Empty, pg_bin: Path, lost_bytes: int
) -> None:
    source, target, dump = clone(), empty(), tmp_path / "dump"
    fill(source[0])
    backup(external(source, pg_bin), dump)
    dump.write_bytes(dump.read_bytes()[:-lost_bytes])
    with pytest.raises(BackupError, match="could not read from input file"):
        restore(external(target, pg_bin), dump, nothing)
    with psycopg.connect(conninfo(target[1])) as raw:
        assert queries.table_names(raw) == []
        assert queries.read_remark(raw) == ""


def test_backup_that_fails_keeps_the_older_one(tmp_path: Path, empty: Empty, pg_bin: Path) -> None:
    target = tmp_path / "talaria.dump"
    target.write_bytes(b"older")
    with pytest.raises(BackupError, match="holds no Talaria"):
        backup(external(empty(), pg_bin), target)
    assert target.read_bytes() == b"older"
    assert [each.name for each in tmp_path.iterdir()] == ["talaria.dump"]


def test_missing_folder_file_and_program_are_told(
    tmp_path: Path, clone: Clone, pg_bin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = external(clone(), pg_bin)
    with pytest.raises(BackupError, match="There is no folder"):
        backup(settings, tmp_path / "none" / "dump")
    with pytest.raises(BackupError, match="There is no file"):
        restore(settings, tmp_path / "dump", nothing)
    monkeypatch.setattr("server.backup.client_folder", lambda *_: None)
    with pytest.raises(BackupError, match=r"pg_dump \d+ was not found.*TALARIA_PG_BIN"):
        backup(settings, tmp_path / "dump")


def test_password_is_on_no_command_line(
    tmp_path: Path, clone: Clone, pg_bin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess

    seen: list[str] = []
    run = subprocess.run

    def watched(command: list[str], **more: Any) -> Any:
        seen.extend(command)
        return run(command, **more)

    monkeypatch.setattr("server.backup.subprocess.run", watched)
    addresses = clone()
    backup(external(addresses, pg_bin), tmp_path / "dump")
    password = psycopg.conninfo.conninfo_to_dict(conninfo(addresses[1]))["password"]
    assert seen
    assert not any(str(password) in word for word in seen)
