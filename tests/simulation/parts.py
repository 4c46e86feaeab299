"""Several firms side by side, each in a process with a database and a seed of its own, told of as
one: a machine with two cores plays twice as much in the same time, and each firm still plays the
same history again from its seed.

    first firm: the seed that was asked for; the next: that + 2^32, and so on
"""

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.simulation.verdict import Told, summed

HASH_SEED = "0"
APART = 2**32
"""Seeds drawn by chance are below that."""


@dataclass(frozen=True)
class Until:
    """When a firm has been played for long enough: one of the three is given."""

    steps: int | None = None
    changes: int | None = None
    seconds: float | None = None

    def share(self, steps: int, changes: int, seconds: float) -> float:
        """How far it is, 1 and more: over."""
        if self.steps is not None:
            return steps / self.steps if self.steps else 1.0
        if self.changes is not None:
            return changes / self.changes if self.changes else 1.0
        return seconds / self.seconds if self.seconds else 1.0


def side_by_side(given: argparse.Namespace) -> tuple[Told, str]:
    """Play the parts of a run at the same time; their sum, and how those with something wrong in
    them are played again. Raises RuntimeError if one breaks off."""
    env = os.environ | {"PYTHONHASHSEED": HASH_SEED}
    with tempfile.TemporaryDirectory(prefix="talaria-sim-") as folder:
        files = [Path(folder) / f"part-{no}" for no in range(given.parts)]
        running = [
            subprocess.Popen(_command(given, no, file), env=env) for no, file in enumerate(files)
        ]
        try:
            ended = [one.wait() for one in running]
        finally:
            for one in running:
                one.terminate()
        if any(ended):
            raise RuntimeError(f"parts of the simulation broke off: {ended}")
        told = [msgspec.json.decode(file.read_bytes(), type=Told) for file in files]
    devices = share_of(given.devices, given.parts)
    again = [replay(one.seed, devices, given.faults, one.steps) for one in told if one.bad]
    return summed(told), "\n".join(again)


def _command(given: argparse.Namespace, no: int, file: Path) -> list[str]:
    """One part: its share of the handhelds and changes, the whole of the time."""
    words = ["--parts", "1", "--seed", str(given.seed + no * APART), "--told", str(file),
             "--devices", str(share_of(given.devices, given.parts)),
             "--faults", str(given.faults)]  # fmt: skip
    for name in ("changes", "steps"):
        if (whole := getattr(given, name)) is not None:
            words += [f"--{name}", str(share_of(whole, given.parts))]
    if given.seconds is not None:
        words += ["--seconds", str(given.seconds)]
    return [sys.executable, "-m", "tests.simulation.run", *words]


def share_of(whole: int, parts: int) -> int:
    """One part of several, together at least the whole."""
    return -(-whole // parts)


def replay(seed: int, devices: int, faults: float, steps: int) -> str:
    """The command that plays one firm again."""
    words = f"--seed {seed} --devices {devices} --faults {faults} --steps {steps}"
    return f"make simulate ARGS='{words}'"


def write(file: Path, told: Told) -> None:
    file.write_bytes(msgspec.json.encode(told))
