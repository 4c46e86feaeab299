"""The command: `python -m tests.simulation.chaos --seed 7 --devices 100 --seconds 100`."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.simulation.chaos.kills import KILLS
from tests.simulation.chaos.run import Run
from tests.simulation.chaos.told import Wish

PLANTS = ("no_receipts", "resend", "forgets")
"""The first two are of the server (inside/), the last of the handheld: what was cut off while it
was sent is not sent again."""


def wished(arguments: list[str] | None = None) -> tuple[Wish, Path | None]:
    """What the command line asks for, and where to keep history and logs."""
    default = Wish()
    asked = argparse.ArgumentParser(prog="python -m tests.simulation.chaos", description=__doc__)
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    asked.add_argument("--devices", type=int, default=default.devices)
    asked.add_argument("--seconds", type=float, default=default.seconds, help="of trouble")
    asked.add_argument(
        "--faulty", type=float, default=default.faulty, help="share of requests that meet a fault"
    )
    asked.add_argument(
        "--only", choices=KILLS, action="append", help="nothing else is killed (--faulty 0 helps)"
    )
    asked.add_argument(
        "--kill-p", type=float, default=default.kill_p, help="of a handheld, in a turn"
    )
    asked.add_argument("--kill-every", type=float, default=default.kill_every_s, metavar="SECONDS")
    asked.add_argument(
        "--changes", type=int, default=0, help="go on until there are so many, all the same,"
    )
    asked.add_argument("--faults", type=int, default=0, help="and so many of these,")
    asked.add_argument(
        "--longest", type=float, default=0.0, metavar="SECONDS", help="but no longer than this"
    )
    asked.add_argument("--dies", type=float, default=default.dies, help="at failpoints, how often")
    asked.add_argument("--processes", type=int, default=default.processes, help="with handhelds")
    asked.add_argument("--stores", type=int, default=default.stores, help="of each rep")
    asked.add_argument("--stretches", type=int, default=default.stretches, help="most in a turn")
    asked.add_argument("--tries", type=int, default=default.tries, help="of each sync, at most")
    asked.add_argument("--visits", type=int, default=default.visits, help="most in a stretch")
    asked.add_argument("--pause", type=float, default=default.pause_s, help="before each turn")
    asked.add_argument("--long", action="store_true", help="keep less of what happened")
    asked.add_argument("--plant", choices=PLANTS, default="", help="a bug, to see it found")
    asked.add_argument("--keep", type=Path, default=None, help="keep history and logs there")
    given = asked.parse_args(arguments)
    wish = replace(
        default, seed=given.seed, devices=given.devices, seconds=given.seconds,
        changes=given.changes, faults=given.faults, longest_s=given.longest,
        faulty=given.faulty, dies=given.dies, kill_p=given.kill_p,
        kill_every_s=given.kill_every, visits=given.visits, stretches=given.stretches,
        tries=given.tries, stores=given.stores, processes=given.processes,
        pause_s=given.pause, pages=not given.long, plant=given.plant,
        dedupes=given.plant != "resend",
    )  # fmt: skip
    if given.only:
        wish = replace(wish, kinds=tuple(given.only), dies=0.0, kill_p=0.0, twin_p=0.0)
    return wish, given.keep


def main() -> int:
    wish, keep = wished()
    began_s = time.monotonic()
    shm = Path("/dev/shm")
    homes = Path(tempfile.mkdtemp(prefix="talaria-chaos-", dir=shm if shm.is_dir() else None))
    try:
        with tempfile.TemporaryDirectory(prefix="talaria-chaos-") as folder:
            os.chmod(folder, 0o755)  # noqa: S103 - PostgreSQL may run under another account
            run = Run(Path(folder), homes, None, wish)
            told = run.run()
            print(told.line(wish, time.monotonic() - began_s), flush=True)
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                for name in ("history.jsonl", "log", "data/pg/server.log"):
                    if (run.root / name).exists():
                        shutil.copy(run.root / name, keep)
    finally:
        shutil.rmtree(homes, ignore_errors=True)
    return 1 if told.bad() else 0


def stopped(*_: object) -> None:
    """Asked to end: everything that was started is ended first, however often we are asked."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stopped)
    raise SystemExit(main())
