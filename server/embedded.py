"""Owns the PostgreSQL that comes with Talaria, when no DATABASE_URL names another.

Any number of processes may use one data folder. The first makes the data (once), starts the
server; the last to leave stops it. Two file locks hold this together, and the kernel lets go of
them whatever kills a process:

    gate.lock   held while somebody makes, starts or stops the server
    ref.lock    shared by everybody who uses it; only the last user can have it alone

so after `kill -9` of a user the server lives on, the next user attaches to it, and stops it.

    <root>/pg18/       the data, its major version in the name
    <root>/run/        the socket; there is no network port
    <root>/secret      the three passwords, readable by the owner of the folder alone
    <root>/server.log  what PostgreSQL says
"""

import fcntl
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from psycopg import pq
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from server import queries
from server.cluster import SUPERUSER, make_cluster
from server.files import open_lock, passwords, private_folder, socket_folder
from server.programs import (
    Account,
    Programs,
    ProgramsError,
    account_for,
    find_programs,
    is_alive,
    orphans,
    serves,
)

PORT = 5432  # names the socket; nothing listens on the network
START_S = 600  # recovering from a crash can take minutes
RETRY_S = 30  # after kill -9 of the server its old backends need a moment to go
LEAVING_S = 5  # and who did not in this time never will
LOG_BYTES = 16 * 1024 * 1024
STILL_LEAVING = ("pre-existing shared memory block", "lock file", "is being shut down")

SOCKET_LOCK = f".s.PGSQL.{PORT}.lock"

QUICKLY_BACK = {"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}
"""After a crash the disk is waited for once, not once for each of a thousand files."""
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
}

Progress = Callable[[str], None]


def quiet(message: str) -> None:
    """Progress that nobody watches."""


class EmbeddedPostgres:
    """`with EmbeddedPostgres(folder) as pg:` - a running server, then `pg.app_url`.

    bin_dir   the folder of PostgreSQL's programs; None asks as server/programs.py says
    progress  told, in words, about what may take a moment
    durable   False only for throw-away data: nothing then waits for the disk

    Raises ProgramsError, with a remedy in its words, when PostgreSQL cannot be run.
    """

    def __init__(
        self,
        root: Path,
        bin_dir: Path | None = None,
        *,
        progress: Progress = quiet,
        durable: bool = True,
    ) -> None:
        self.root = Path(os.path.realpath(root.expanduser()))
        self._bin_dir = bin_dir
        self._progress = progress
        self._durable = durable
        self._ref: int | None = None
        self._entered_by = 0
        self._secret: dict[str, str] = {}
        self._socket_dir = self.root / "run"
        self._programs: Programs | None = None
        self._account = Account()

    # --- what it is for ------------------------------------------------------------------------

    @property
    def programs(self) -> Programs:
        if self._programs is None:
            self._programs = find_programs(self._bin_dir)
        return self._programs

    @property
    def data_dir(self) -> Path:
        return self.root / f"pg{self.programs.major}"

    @property
    def owner_url(self) -> str:
        """For the role that migrates: it owns the database and every table in it."""
        return self._url(queries.OWNER, "owner")

    @property
    def app_url(self) -> str:
        """For everything else: rows, never tables."""
        return self._url(queries.APP, "app")

    @property
    def admin_url(self) -> str:
        """For the server's superuser (tests, repairs)."""
        return self._url(SUPERUSER, "superuser", "postgres")

    def server_pid(self) -> int | None:
        """The running server's process, None when there is none on this data."""
        note = self._read_note()
        return int(note[0]) if note and serves(int(note[0]), self.data_dir) else None

    def revive(self) -> bool:
        """Start the server again if it died under us; True when it had. For who supervises it.

        Costs nothing while the server lives, so it may be asked every second. Raises
        ProgramsError when the server cannot be started now (a full disk): ask again later.
        """
        if self.server_pid() is not None:
            return False
        with self._gate():
            if self.server_pid() is not None:
                return False  # another user was quicker
            self._start_and_wait()
        return True

    # --- in and out ----------------------------------------------------------------------------

    def __enter__(self) -> Self:
        if self._ref is not None:
            raise RuntimeError("already entered: make another EmbeddedPostgres for another user")
        private_folder(self.root)
        ref = open_lock(self.root / "ref.lock")
        try:
            with self._gate() as gate:
                fcntl.flock(ref, fcntl.LOCK_SH)
                self._account = account_for(self.programs, self.root, self.data_dir)
                self._secret = self._read_secret()
                if not (self.data_dir / "PG_VERSION").exists():
                    self._progress(f"Making the database in {self.root} (once; a few seconds)")
                    make_cluster(
                        self.data_dir,
                        self.programs,
                        self._account,
                        self._secret,
                        durable=self._durable,
                        gate=gate,
                    )
                self._start_and_wait()
        except BaseException:
            os.close(ref)
            raise
        self._ref = ref
        self._entered_by = os.getpid()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        ref, self._ref = self._ref, None
        if ref is None or self._entered_by != os.getpid():
            return  # a forked child shares its parent's lock: leaving is the parent's to do
        try:
            with self._gate(), suppress(BlockingIOError):  # blocked: somebody else uses it still
                fcntl.flock(ref, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.stop()
        finally:
            os.close(ref)

    @contextmanager
    def _gate(self) -> Iterator[int]:
        gate = open_lock(self.root / "gate.lock")
        try:
            try:
                fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._progress("Another process is starting or stopping the database; waiting")
                fcntl.flock(gate, fcntl.LOCK_EX)
            yield gate
        finally:
            os.close(gate)

    def _read_secret(self) -> dict[str, str]:
        secret = self.root / "secret"
        if self.data_dir.exists() and not secret.exists():
            raise ProgramsError(
                f"{self.data_dir} is there but its passwords are not: {secret} is missing. Bring "
                "it back from a copy of the folder, or move the folder aside and restore a backup."
            )
        return passwords(secret, ("superuser", "owner", "app"))

    # --- the server ----------------------------------------------------------------------------

    def _start_and_wait(self) -> None:
        begun = time.monotonic()
        patience = begun + RETRY_S
        limit = time.monotonic() + START_S
        told = False
        while True:
            if self.server_pid() is None:
                refusal = self._start()
                if refusal and time.monotonic() > patience:
                    raise ProgramsError(refusal)
                if refusal and time.monotonic() > begun + LEAVING_S:
                    self._end_orphans()
            if self.server_pid() is not None:
                self._socket_dir = self._socket_dir_in_use()
                if self._ping() == pq.Ping.OK:
                    return
                if not told:
                    self._progress("The database is coming up; waiting")
                told = True
            if time.monotonic() > limit:
                raise ProgramsError(
                    f"PostgreSQL did not come up in {START_S} s: read {self.root / 'server.log'}"
                )
            time.sleep(0.1)

    def _end_orphans(self) -> None:
        """End what outlived its killed server, and keeps the next one from starting. Nothing of it
        is lost: what it had not committed never was, and what it had is in the log."""
        for pid in orphans(self.data_dir):
            self._progress(f"Process {pid} outlived its database server; ending it")
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _start(self) -> str:
        """Start the server. Returns why not when waiting may help; raises when it will not."""
        self._account.own_all(self.data_dir)
        self._socket_dir = socket_folder(self.root, self._account.uid)
        self._account.own(self._socket_dir)
        for left in (self.data_dir / "postmaster.pid", self._socket_dir / SOCKET_LOCK):
            # A number left behind by a crash, of a process nobody collected or since given to
            # another one: PostgreSQL would take that for its own server and refuse. Its shared
            # memory, which it checks as well, still keeps two servers off one folder.
            with suppress(OSError, ValueError):
                pid = int(left.read_text().split("\n")[0])
                if is_alive(pid) and not serves(pid, self.data_dir):
                    left.unlink()
        log = self.root / "server.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.rename(self.root / "server.log.1")
        log.touch(mode=0o600)
        self._account.own(log)
        before = log.stat().st_size
        where = str(self._socket_dir).replace('"', '""')
        options = {"listen_addresses": "", "unix_socket_directories": f'"{where}"'}
        options |= {"port": str(PORT), "unix_socket_permissions": "0700"}
        options |= QUICKLY_BACK if self._durable else FORGETFUL
        words = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in options.items())
        # Relative names: pg_ctl puts them, unquoted by us, through a shell.
        control = [self.programs.path("pg_ctl"), "-D", self.data_dir.name, "-l", log.name]
        command = [*control, "-w", "-t", str(START_S), "-o", words, "start"]
        said = self._account.run(command, cwd=self.root)
        if said.returncode == 0:
            return ""
        with log.open(errors="replace") as lines:
            lines.seek(before)
            tail = lines.read().strip()[-2000:]
        refusal = f"PostgreSQL did not start ({said.stderr.strip()}). {log} says:\n{tail}"
        if any(words in tail for words in STILL_LEAVING):
            return refusal
        raise ProgramsError(refusal)

    def stop(self) -> None:
        """Stop the server whoever still uses it. Leaving the `with` is what users do instead."""
        if self.server_pid() is None:
            return
        self._account = account_for(self.programs, self.root, self.data_dir)
        self._socket_dir = self._socket_dir_in_use()
        control = [self.programs.path("pg_ctl"), "-D", self.data_dir.name, "-w", "-t", "60"]
        said = self._account.run([*control, "-m", "fast", "stop"], cwd=self.root)
        if self.server_pid() is not None:
            self._progress(f"The database would not stop ({said.stderr.strip()}); cutting it off")
            self._account.run([*control, "-m", "immediate", "stop"], cwd=self.root)
        if self._socket_dir != self.root / "run":
            with suppress(OSError):
                self._socket_dir.rmdir()  # it was elsewhere: leave nothing there

    def _read_note(self) -> list[str]:
        """The lines of the server's own note: pid, data, start time, port, socket folder, ..."""
        try:
            lines = (self.data_dir / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
        return lines if lines and lines[0].isdigit() else []

    def _socket_dir_in_use(self) -> Path:
        note = self._read_note()
        return Path(note[4]) if len(note) > 4 and note[4] else self._socket_dir

    def _ping(self) -> pq.Ping:
        words = make_conninfo(host=str(self._socket_dir), port=PORT, connect_timeout=5)
        return pq.Ping(pq.PGconn.ping(words.encode()))

    def _url(self, role: str, key: str, database: str = queries.DATABASE) -> str:
        if not self._secret:
            raise RuntimeError("not entered: the address exists while the server is in use")
        url = URL.create(
            "postgresql+psycopg",
            username=role,
            password=self._secret[key],
            database=database,
            query={"host": str(self._socket_dir), "port": str(PORT)},
        )
        return url.render_as_string(hide_password=False)
