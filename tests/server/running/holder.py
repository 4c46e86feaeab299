"""A process that holds a lease and writes a row at every chance, for tests that stop and kill it.

Run as `python -m tests.server.running.holder URL NAME TTL_S`.
"""

import itertools
import sys
import time

from server.database import IDLE_S, make_engine
from server.running import queries
from server.running.lease import Lease, Superseded


def main(url: str, name: str, ttl_s: str) -> None:
    lease = Lease(make_engine(url, pool_size=2, idle_s=IDLE_S), "x", name, float(ttl_s))
    counted = itertools.count()
    while True:
        try:
            if lease.hold():
                with lease.fenced() as conn:
                    queries.begin_run(conn, name, str(next(counted)), lease.token or 0)
        except Superseded:
            pass
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
