"""The embedded PostgreSQL: who starts it, who stops it, and what a kill -9 of anybody changes."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from server import programs
from server.embedded import EmbeddedPostgres
from server.hints import conninfo
from server.programs import ProgramsError, is_alive, serves

USER = """
import sys
from pathlib import Path
from server.embedded import EmbeddedPostgres

with EmbeddedPostgres(Path(sys.argv[1]), Path(sys.argv[2]), progress=print) as pg:
    print("up", pg.server_pid(), flush=True)
    sys.stdin.read()
"""
"""A process that uses the server until its stdin is closed."""

Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def root(tmp_path: Path, pg_bin: Path) -> Iterator[Path]:
    """A folder for a server; whatever still serves it afterwards is stopped."""
    folder = tmp_path / "pg"
    yield folder
    if folder.exists():
        EmbeddedPostgres(folder, pg_bin).stop()


@pytest.fixture
def start(root: Path, pg_bin: Path) -> Iterator[Start]:
    """Starts further processes that use the same folder."""
    started = []

    def another() -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", USER, str(root), str(pg_bin)]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True))
        return started[-1]

    yield another
    for process in started:
        process.kill()
        process.communicate()


def up(process: "subprocess.Popen[str]") -> tuple[int, list[str]]:
    """Wait until a started process uses the server: the server's pid, and what was said before."""
    assert process.stdout is not None
    said = list[str]()
    for line in process.stdout:
        if line.startswith("up "):
            return int(line.split()[1]), said
        said.append(line)
    raise AssertionError(f"it ended without coming up: {said}")


def end(process: "subprocess.Popen[str]") -> None:
    process.communicate()
    assert process.returncode == 0


def ask(url: str, question: str) -> object:
    with psycopg.connect(conninfo(url), autocommit=True) as raw:
        answer = raw.execute(question)
        row = answer.fetchone() if answer.description else None
        return row[0] if row else None


def test_first_run_makes_a_private_database_and_leaves_no_process(root: Path, pg_bin: Path) -> None:
    said: list[str] = []
    with EmbeddedPostgres(root, pg_bin, progress=said.append) as pg:
        assert ask(pg.app_url, "SELECT current_user") == "talaria_app"
        assert ask(pg.owner_url, "SELECT current_user") == "talaria_owner"
        expected = {
            "data_checksums": "on",
            "password_encryption": "scram-sha-256",
            "fsync": "on",
            "synchronous_commit": "on",
            "listen_addresses": "",
            "server_encoding": "UTF8",
            "TimeZone": "UTC",
        }
        found = {name: ask(pg.admin_url, f"SHOW {name}") for name in expected}
        assert found == expected
        assert ask(pg.app_url, "SELECT upper('ä')") == "Ä"
        pid = pg.server_pid()
        assert pid is not None
        for path in (root, root / "run", pg.data_dir):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert stat.S_IMODE((root / "secret").stat().st_mode) == 0o600
    assert len([line for line in said if line.startswith("Making")]) == 1
    assert not serves(pid, pg.data_dir)


@pytest.mark.parametrize("password", ["", "wrong"])
def test_nobody_gets_in_without_the_password(root: Path, pg_bin: Path, password: str) -> None:
    with EmbeddedPostgres(root, pg_bin, durable=False) as pg:
        for url in (pg.admin_url, pg.owner_url, pg.app_url):
            other = make_url(url).set(password=password).render_as_string(hide_password=False)
            with pytest.raises(psycopg.OperationalError, match="password"):
                ask(other, "SELECT 1")
        ways = "SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules"
        assert ask(pg.admin_url, ways) == "scram-sha-256"


def test_second_run_finds_what_the_first_wrote_and_makes_nothing(root: Path, pg_bin: Path) -> None:
    with EmbeddedPostgres(root, pg_bin) as pg:
        ask(pg.owner_url, "CREATE TABLE kept AS SELECT 1 AS one")
        first = pg.server_pid()
        address = pg.app_url
    said: list[str] = []
    with EmbeddedPostgres(root, pg_bin, progress=said.append) as pg:
        assert ask(pg.owner_url, "SELECT one FROM kept") == 1
        assert pg.server_pid() != first
        assert pg.app_url == address
    assert said == []


def test_three_processes_racing_on_an_empty_folder_make_one_database(
    root: Path, start: Start, pg_bin: Path
) -> None:
    racers = [start() for _ in range(3)]
    results = [up(racer) for racer in racers]
    assert len({pid for pid, _ in results}) == 1
    assert sum(line.startswith("Making") for _, said in results for line in said) == 1
    pid, data_dir = results[0][0], EmbeddedPostgres(root, pg_bin).data_dir
    for racer in racers:
        assert serves(pid, data_dir)
        end(racer)
    assert not serves(pid, data_dir)


def test_server_outlives_a_killed_user_and_is_stopped_by_the_next(
    root: Path, start: Start, pg_bin: Path
) -> None:
    first = start()
    pid, _ = up(first)
    first.kill()
    first.wait()
    with EmbeddedPostgres(root, pg_bin) as pg:
        assert pg.server_pid() == pid
        assert ask(pg.app_url, "SELECT 1") == 1
    assert not serves(pid, pg.data_dir)


def test_second_process_attaches_and_its_leaving_stops_nothing(
    root: Path, start: Start, pg_bin: Path
) -> None:
    with EmbeddedPostgres(root, pg_bin, durable=False) as pg:
        second = start()
        assert up(second) == (pg.server_pid(), [])
        end(second)
        assert ask(pg.app_url, "SELECT 1") == 1
        with EmbeddedPostgres(root, pg_bin) as again:  # and twice in one process
            assert again.server_pid() == pg.server_pid()
        assert ask(pg.app_url, "SELECT 1") == 1


def test_killed_server_comes_back_with_everything_committed(root: Path, pg_bin: Path) -> None:
    with EmbeddedPostgres(root, pg_bin) as pg:
        ask(pg.owner_url, "CREATE TABLE kept AS SELECT * FROM generate_series(1, 50000) AS n")
        killed = pg.server_pid()
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        with EmbeddedPostgres(root, pg_bin) as again:
            assert again.server_pid() not in (None, killed)
            assert ask(again.owner_url, "SELECT count(*) FROM kept") == 50_000
            if sys.platform == "linux":  # waiting for each file alone takes seconds
                assert ask(again.admin_url, "SHOW recovery_init_sync_method") == "syncfs"
    assert pg.server_pid() is None


def test_supervisor_revives_a_server_that_was_killed(root: Path, pg_bin: Path) -> None:
    with EmbeddedPostgres(root, pg_bin) as pg:
        ask(pg.owner_url, "CREATE TABLE kept AS SELECT 1 AS one")
        assert pg.revive() is False
        killed = pg.server_pid()
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        while pg.server_pid() == killed:
            pass
        with pytest.raises(psycopg.OperationalError):
            ask(pg.app_url, "SELECT 1")
        assert pg.revive() is True
        assert pg.server_pid() not in (None, killed)
        assert ask(pg.owner_url, "SELECT one FROM kept") == 1


def test_pid_file_naming_a_stranger_is_not_believed(root: Path, pg_bin: Path) -> None:
    """As after a restart of a container: the number of a dead server is somebody else's now."""
    with EmbeddedPostgres(root, pg_bin, durable=False) as pg:
        killed = pg.server_pid()
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        note = pg.data_dir / "postmaster.pid"
        _, *rest = note.read_text().splitlines(keepends=True)
        note.write_text(f"{os.getpid()}\n" + "".join(rest))
        with EmbeddedPostgres(root, pg_bin, durable=False) as again:
            assert ask(again.app_url, "SELECT 1") == 1
    assert is_alive(os.getpid())


@pytest.mark.parametrize("name", ["with 'spaces' $HOME \"店\"", "a,b", "long-" * 30])
def test_any_name_will_do_for_the_folder(tmp_path: Path, pg_bin: Path, name: str) -> None:
    with EmbeddedPostgres(tmp_path / name, pg_bin, durable=False) as pg:
        assert ask(pg.app_url, "SELECT 1") == 1
        sockets = Path(str(make_url(pg.app_url).query["host"]))
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert pg.server_pid() is None
    assert sockets == pg.root / "run" or not sockets.exists()


def test_relative_folder_and_operators_own_pg_variables_do_no_harm(
    root: Path, pg_bin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root.parent.mkdir(exist_ok=True)
    monkeypatch.chdir(root.parent)
    for name, value in {"PGDATA": "/nowhere", "PGHOST": "nowhere", "PGPORT": "1"}.items():
        monkeypatch.setenv(name, value)
    with EmbeddedPostgres(Path("pg"), pg_bin, durable=False) as pg:
        assert ask(pg.app_url, "SELECT 1") == 1


def test_missing_passwords_are_told_not_made_anew(root: Path, pg_bin: Path) -> None:
    with EmbeddedPostgres(root, pg_bin, durable=False):
        pass
    (root / "secret").unlink()
    with pytest.raises(ProgramsError, match=r"secret is missing.*restore a backup"):
        EmbeddedPostgres(root, pg_bin).__enter__()


def test_server_that_cannot_start_is_told_with_its_own_words(root: Path, pg_bin: Path) -> None:
    with EmbeddedPostgres(root, pg_bin, durable=False) as pg:
        pass
    with (pg.data_dir / "postgresql.conf").open("a") as config:
        config.write("no_such_setting = 1\n")
    with pytest.raises(ProgramsError, match="no_such_setting"):
        EmbeddedPostgres(root, pg_bin).__enter__()


def test_addresses_exist_only_while_the_server_is_used(root: Path, pg_bin: Path) -> None:
    with pytest.raises(RuntimeError, match="not entered"):
        _ = EmbeddedPostgres(root, pg_bin).app_url


@pytest.mark.parametrize(
    "command",
    [
        "CREATE TABLE mine (n int)",
        "DROP TABLE orders",
        "ALTER TABLE orders ADD COLUMN mine int",
        "TRUNCATE orders",
        "CREATE INDEX mine ON orders (number)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "UPDATE alembic_version SET version_num = 'x'",
        "GRANT SELECT ON orders TO PUBLIC",
        "COMMENT ON TABLE orders IS 'mine'",
    ],
)
def test_application_role_changes_no_table(database_url: str, command: str) -> None:
    with psycopg.connect(conninfo(database_url)) as raw:
        try:
            raw.execute(command)
        except psycopg.errors.InsufficientPrivilege:
            return
        # PostgreSQL only warns about a grant that grants nothing.
        assert command.startswith("GRANT")
        raw.rollback()
        granted = "SELECT 1 FROM information_schema.table_privileges WHERE grantee = 'PUBLIC'"
        assert raw.execute(granted + " AND table_name = 'orders'").fetchone() is None


def test_application_role_writes_rows_and_has_temporary_tables(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE staged AS SELECT * FROM orders")
        assert connection.exec_driver_sql("DELETE FROM orders").rowcount == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account")
def test_root_without_namespaces_borrows_an_account_or_says_what_to_do(
    pg_bin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "_namespaces_allowed", lambda: False)
    with tempfile.TemporaryDirectory(prefix="talaria-borrowed-") as room:
        closed = Path(room) / "closed" / "pg"
        Path(room).chmod(0o700)  # as the home of root is
        with pytest.raises(ProgramsError, match="DATABASE_URL"):
            EmbeddedPostgres(closed, pg_bin).__enter__()
        Path(room).chmod(0o755)
        reachable = all(stat.S_IMODE(each.stat().st_mode) & 1 for each in pg_bin.parents)
        if not reachable:
            pytest.skip(f"no other account reaches {pg_bin}")
        for _ in range(2):
            with EmbeddedPostgres(Path(room) / "pg", pg_bin, durable=False) as pg:
                assert ask(pg.app_url, "SELECT 1") == 1
                assert pg.data_dir.stat().st_uid != 0
        monkeypatch.undo()  # the account that owns the data keeps running it
        with EmbeddedPostgres(Path(room) / "pg", pg_bin, durable=False) as pg:
            assert ask(pg.app_url, "SELECT 1") == 1
            assert pg.data_dir.stat().st_uid != 0


def test_forked_child_that_leaves_stops_nothing(root: Path, pg_bin: Path) -> None:
    forking = """
import os, sys
from pathlib import Path
from server.embedded import EmbeddedPostgres

with EmbeddedPostgres(Path(sys.argv[1]), Path(sys.argv[2]), durable=False) as pg:
    if os.fork() == 0:
        sys.exit(0)
    os.wait()
    print(pg.server_pid() is not None)
print(pg.server_pid() is None)
"""
    command = [sys.executable, "-c", forking, str(root), str(pg_bin)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True", "True"]
