"""Makes the data of a new embedded PostgreSQL: whole under its name, or not there at all."""

import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from server import queries
from server.files import sync_folder
from server.programs import Account, Programs, ProgramsError

SUPERUSER = "postgres"

# Written once, into the new cluster's own postgresql.conf: the operator may edit it there.
# fsync and synchronous_commit stay as they are, on: an acknowledged order is on the disk.
TUNING = """
# --- Talaria's choices ---
shared_buffers = 128MB
max_connections = 100
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%a '
log_error_verbosity = terse             # details would copy rows, people's names too, into the log
log_min_error_statement = panic
"""


def make_cluster(
    data_dir: Path,
    programs: Programs,
    account: Account,
    secret: Mapping[str, str],
    *,
    durable: bool,
    gate: int,
) -> None:
    """Make a cluster with its roles and database, not started, at `data_dir`.

    It is made under another name and renamed at the end, so that a killed start leaves nothing
    half made. The lock `gate` is passed on to PostgreSQL's programs: it stays shut until the
    last of them is gone, even when we are killed. Raises ProgramsError.
    """
    refuse_another_major(data_dir.parent, programs)
    for leftover in data_dir.parent.glob("new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    room = Path(tempfile.mkdtemp(prefix="new-", dir=data_dir.parent))
    made = room / "data"
    made.mkdir(mode=0o700)
    (room / "password").write_text(secret["superuser"] + "\n")
    for path in (room, made, room / "password"):
        account.own(path)
    _init(room, programs, account, durable=durable, gate=gate)
    with (made / "postgresql.conf").open("a") as config:
        config.write(TUNING)
    # A server of one process that reads commands and ends: nothing to be left running.
    single = [programs.path("postgres"), "--single", "-D", "data", "-c", "exit_on_error=on"]
    command = [*single, *([] if durable else ["-c", "fsync=off"]), SUPERUSER]
    words = queries.first_words(secret["owner"], secret["app"])
    said = account.run(command, cwd=room, stdin=words, pass_fds=[gate])
    if said.returncode != 0:
        raise ProgramsError(f"PostgreSQL could not make its roles: {said.stderr.strip()}")
    os.rename(made, data_dir)
    sync_folder(data_dir.parent)
    shutil.rmtree(room, ignore_errors=True)


def _init(room: Path, programs: Programs, account: Account, *, durable: bool, gate: int) -> None:
    command = [
        *(programs.path("initdb"), "--pgdata=data", "--pwfile=password"),
        *(f"--username={SUPERUSER}", "--auth=scram-sha-256", "--encoding=UTF8"),
        *("--data-checksums", "--text-search-config=simple"),
        *([] if durable else ["--no-sync"]),
    ]
    # The same order of letters on every system; the C library's own differs and drifts.
    locales = [["--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"]]
    if programs.major < 17:
        locales = [["--locale=C.UTF-8"], ["--locale=C"]]
    for locale in locales:
        said = account.run([*command, *locale], cwd=room, pass_fds=[gate])
        if said.returncode == 0:
            return
    raise ProgramsError(f"PostgreSQL could not make its data: {said.stderr.strip()}")


def refuse_another_major(root: Path, programs: Programs) -> None:
    """Raise ProgramsError when the folder holds data that these programs cannot read."""
    for folder in sorted(root.glob("pg*")):
        found = re.fullmatch(r"pg(\d+)", folder.name)
        if found is None or not (folder / "PG_VERSION").exists():
            continue
        raise ProgramsError(
            f"{folder} was made by PostgreSQL {found[1]}, but {programs.named_by} gives "
            f"PostgreSQL {programs.major} ({programs.folder}). Either run the old one "
            f"(TALARIA_PG_BIN=<folder of PostgreSQL {found[1]}'s programs>), or move over:"
            f"\n  TALARIA_PG_BIN=<that folder> talaria backup old.dump"
            f"\n  mv {shlex.quote(str(folder))} {shlex.quote(str(folder) + '.old')}"
            f"\n  talaria restore old.dump"
        )
