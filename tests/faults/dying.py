"""`python -m tests.faults.dying DATABASE COMPANY PLACE`: a process that takes one batch and is
killed at a named place of it, as `kill -9` does it. The changes come on the standard input."""

import os
import signal
import sys

import msgspec

from schemas.failpoint import acting
from server.database import make_engine
from tests.world import World


def main(url: str, company: str, place: str) -> None:
    def act(passed: str) -> None:
        if passed == place:
            os.kill(os.getpid(), signal.SIGKILL)

    world = World(make_engine(url), company)
    with acting(act):
        world.push(world.carrier(), msgspec.json.decode(sys.stdin.buffer.read()))
        act("after_commit")  # which the request passes behind `push`


if __name__ == "__main__":
    main(*sys.argv[1:])
