"""A PostgreSQL of its own for all peers, on a port of this machine, everything durable left on."""

import contextlib
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.ground import free_port
from server.cluster import SUPERUSER, make_cluster
from server.files import open_lock, passwords, private_folder
from server.programs import account_for, find_programs

SHARED_BUFFERS = "1GB"  # as the yardstick's own instructions have it


@contextmanager
def cluster_in(root: Path) -> Iterator[str]:
    """Make and start a cluster in `root`, stopped at the end; yields a libpq string for it."""
    private_folder(root)
    programs = find_programs(None)
    data = root / "data"
    account = account_for(programs, root, data)
    secret = passwords(root / "secret", ("superuser", "owner", "app"))
    with open(open_lock(root / "gate.lock"), "rb") as gate:
        make_cluster(data, programs, account, secret, durable=True, gate=gate.fileno())
    account.own_all(data)
    log, port = root / "server.log", free_port()
    log.touch()
    account.own(log)
    options = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": ""}
    options["shared_buffers"] = SHARED_BUFFERS
    words = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in options.items())
    control = [programs.path("pg_ctl"), "-D", data.name, "-w"]
    said = account.run([*control, "-l", log.name, "-o", words, "start"], cwd=root)
    if said.returncode:
        raise SystemExit(f"bench.peers: PostgreSQL did not start: {log.read_text()[-1000:]}")
    try:
        yield f"host=127.0.0.1 port={port} user={SUPERUSER} password={secret['superuser']}"
    finally:
        with contextlib.suppress(OSError):
            account.run([*control, "-m", "fast", "stop"], cwd=root)
