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
from pathlib import Path

from tests.simulation.chaos.run import Run, Wish

PLANTS = ("no_receipts", "resend", "forgets")
"""The first two are of the server (inside/), the last of the handheld: what was cut off while it
was sent is not sent again."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.simulation.chaos", description=__doc__)
    asked.add_argument("--seed", type=int, default=None)
    asked.add_argument("--devices", type=int, default=100)
    asked.add_argument("--seconds", type=float, default=100.0, help="of trouble, before healing")
    asked.add_argument("--faulty", type=float, default=0.3, help="share of requests that meet one")
    asked.add_argument("--long", action="store_true", help="keep less of what happened")
    asked.add_argument("--plant", choices=PLANTS, default="", help="a bug, to see it found")
    asked.add_argument("--keep", type=Path, default=None, help="keep history and logs there")
    given = asked.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(2**32)
    wish = Wish(
        seed,
        given.devices,
        given.seconds,
        given.faulty,
        pages=not given.long,
        plant=given.plant,
        dedupes=given.plant != "resend",
    )
    began_s = time.monotonic()
    shm = Path("/dev/shm")
    homes = Path(tempfile.mkdtemp(prefix="talaria-chaos-", dir=shm if shm.is_dir() else None))
    try:
        with tempfile.TemporaryDirectory(prefix="talaria-chaos-") as folder:
            os.chmod(folder, 0o755)  # noqa: S103 - PostgreSQL may run under another account
            run = Run(Path(folder), homes, None, wish)
            told = run.run()
            print(run.line(time.monotonic() - began_s), flush=True)
            if given.keep is not None:
                given.keep.mkdir(parents=True, exist_ok=True)
                for name in ("history.jsonl", "log", "data/pg/server.log"):
                    if (run.root / name).exists():
                        shutil.copy(run.root / name, given.keep)
    finally:
        shutil.rmtree(homes, ignore_errors=True)
    return 1 if told.bad() else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    raise SystemExit(main())
