"""The machine of a drill: servers that run, are killed, and are put back as they were before."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg

from server.embedded import EmbeddedPostgres
from server.hints import conninfo
from server.programs import find_programs
from tests.server.demo.standin.conftest import SECRET
from tests.server.running.ports import ROOT, answers, free_port, process, until


class Machine:
    """Everything below `root`: the server's data, an external database's, a delivery system's."""

    def __init__(self, root: Path, pg_bin: Path | None) -> None:
        self.root, self.pg_bin, self.port = root, pg_bin, free_port()
        self.data = root / "data"
        self.data.mkdir(parents=True)
        self.url = f"http://127.0.0.1:{self.port}"
        self.apart = root / "server" / "pg"  # where an external database lives

    # --- its servers -----------------------------------------------------------------------

    def postgres(self, how: str) -> EmbeddedPostgres:
        return EmbeddedPostgres(self.apart if how == "standby" else self.data / "pg", self.pg_bin)

    @contextlib.contextmanager
    def serving(self, how: str) -> Iterator[None]:
        """`talaria serve`, ready; everything of it is killed at the end."""
        said = {"TALARIA_DATA_DIR": str(self.data), "TALARIA_PORT": str(self.port),
                "TALARIA_TRUSTED_PROXIES": "1", "TALARIA_LOG_LEVEL": "warning"}  # fmt: skip
        said |= {"TALARIA_PG_BIN": str(self.pg_bin)} if self.pg_bin else {}
        with contextlib.ExitStack() as held:
            if how == "standby":
                pg = held.enter_context(self.postgres(how))
                said |= {"DATABASE_URL": pg.app_url, "DATABASE_OWNER_URL": pg.owner_url}
            log = self.root / "log"
            running = held.enter_context(process("server.cli", "serve", environ=said, log=log))
            until(lambda: answers(self.port, "/readyz") or running.poll() is not None, 90)
            assert running.poll() is None, log.read_text()[-3000:]
            yield
            self.kill_all(running.pid, how)

    def kill_all(self, pid: int, how: str) -> None:
        """The machine is gone: server, its children, PostgreSQL and its backends."""
        pids = [pid, self.postgres(how).server_pid()]
        for one in pids:
            with contextlib.suppress(psutil.NoSuchProcess, TypeError):
                parent = psutil.Process(one)
                for each in [*parent.children(recursive=True), parent]:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        each.kill()
        until(lambda: not answers(self.port, "/healthz"), 30)

    def errors(self, at_most: int = 5) -> list[str]:
        """What the server said went wrong."""
        said = (self.root / "log").read_text(errors="replace").splitlines()
        return [line[:3_000] for line in said if '"level":"error"' in line.replace(" ", "")][
            -at_most:
        ]

    @contextlib.contextmanager
    def delivery_system(self) -> Iterator[str]:
        folder = self.root / "standin"
        folder.mkdir()
        (folder / "secret").write_text(SECRET)
        command = [sys.executable, "-m", "server.demo.standin", "--port", "0", "--data"]
        with subprocess.Popen(
            [*command, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as running:
            assert running.stdout is not None
            url = json.loads(running.stdout.readline())["url"]
            httpx.post(f"{url}/behave", json={"dedupe": False}).raise_for_status()
            try:
                yield url
            finally:
                running.terminate()

    def app_url(self, how: str = "") -> str:
        """The database's address; it runs."""
        pg = EmbeddedPostgres(self.apart if self.apart.exists() else self.data / "pg", self.pg_bin)
        with pg:
            return pg.app_url

    # --- what is kept, and put back --------------------------------------------------------

    def talaria(self, *words: str) -> None:
        said = {k: v for k, v in os.environ.items() if not k.startswith(("TALARIA_", "DATABASE_"))}
        said |= {"TALARIA_DATA_DIR": str(self.data)}
        said |= {"TALARIA_PG_BIN": str(self.pg_bin)} if self.pg_bin else {}
        command = [sys.executable, "-m", "server.cli", *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=said)
        assert done.returncode == 0, done.stderr

    def take(self, how: str) -> None:
        """In the morning, while everything runs: the backup, or a standby's base."""
        if how == "backup":
            self.talaria("backup", str(self.root / "morning.dump"))
        elif how == "standby":
            with self.postgres(how) as pg:
                programs = find_programs(self.pg_bin)
                login = psycopg.conninfo.conninfo_to_dict(conninfo(pg.admin_url))
                there = self.root / "standby" / "pg"
                there.mkdir(parents=True, mode=0o700)
                command = [programs.path("pg_basebackup"), "-D", str(there / pg.data_dir.name),
                           "-X", "stream", "-R", "-c", "fast", "-h", str(login["host"]),
                           "-p", str(login["port"]), "-U", str(login["user"])]  # fmt: skip
                environ = dict(os.environ, PGPASSWORD=str(login["password"]))
                done = subprocess.run(command, capture_output=True, text=True, env=environ)
                assert done.returncode == 0, done.stderr
                shutil.copy2(self.apart / "secret", there / "secret")
                self.follow(there, pg)

    def follow(self, there: Path, primary: EmbeddedPostgres) -> None:
        """The standby follows until it has all of the morning; then it follows no more."""
        standby = EmbeddedPostgres(there, self.pg_bin)
        with standby:
            with psycopg.connect(conninfo(primary.admin_url)) as raw:
                row = raw.execute("SELECT pg_current_wal_lsn()::text").fetchone()
            assert row is not None
            query = "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= %s::pg_lsn"

            def has_it() -> bool:
                with psycopg.connect(conninfo(standby.admin_url)) as raw:
                    return raw.execute(query, row).fetchone() == (True,)

            until(has_it, 60)

    @contextlib.contextmanager
    def after_taking(self, how: str) -> Iterator[None]:
        """Between morning and day the machine was down for a moment: then files can be copied."""
        if how in ("image", "unnoticed"):
            with self.postgres(how):
                pass  # stopped cleanly
            shutil.copytree(self.data, self.root / "morning", symlinks=True)
        yield

    def put_back(self, how: str) -> None:
        """The only thing a person does."""
        if how == "backup":
            (self.data / "pg").rename(self.root / "broken")
            self.talaria("restore", str(self.root / "morning.dump"))
        elif how == "standby":
            self.apart.rename(self.root / "broken")
            (self.root / "standby" / "pg").rename(self.apart)
            with (
                self.postgres(how) as pg,
                psycopg.connect(conninfo(pg.admin_url), autocommit=True) as raw,
            ):
                raw.execute("SELECT pg_promote(true, 60)")
        else:
            mark = (self.data / "high_water.json").read_bytes()
            self.data.rename(self.root / "broken")
            (self.root / "morning").rename(self.data)
            if how == "image":
                (self.data / "high_water.json").write_bytes(mark)
