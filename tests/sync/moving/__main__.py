"""Territories move while handhelds pull (moves.py), at length: python make.py moves."""

import argparse
import tempfile
import time
from pathlib import Path

from tests.sync.moving.moves import play


def main() -> int:
    from server.database import make_engine
    from tests.conftest import chosen_programs, fresh_database

    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--devices", type=int, default=50)
    asked.add_argument("--turns", type=int, default=4_000)
    asked.add_argument("--seeds", type=int, default=5)
    wanted = asked.parse_args()
    for seed in range(1, wanted.seeds + 1):
        began = time.monotonic()
        with (
            tempfile.TemporaryDirectory(prefix="talaria-moves-") as root,
            fresh_database(Path(root), chosen_programs().folder) as url,
        ):
            engine = make_engine(url, pool_size=4)
            found = play(engine, seed, wanted.turns, devices=wanted.devices)
            engine.dispose()
        print(
            f"seed {seed}: {len(found.handhelds)} handhelds, {found.pages} pages, "
            f"{found.completes} completes all true, {found.digests} digests equal, "
            f"{found.refused} refusals, no foreign canary; {found.done}; "
            f"{time.monotonic() - began:.0f} s"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
