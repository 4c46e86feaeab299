"""The kernel in C: found or built once per machine, and called through ctypes.

It is built where it is first used, from the sources beside this file, by the machine's own C
compiler, or by the one that the extra `talaria[fast]` brings as a Python package (zig); the result
is kept under a name that holds the hash of its sources and of how it was built, so a new version
never meets an old library. A machine with neither plans with plain.py. No fused arithmetic
(-ffp-contract=off), no flags of the machine at hand: the same seed gives the same plan everywhere.
Calls leave Python's lock, so two searches use two cores.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from routes.kernel.shape import Dials, Plan, Shape

SOURCES = Path(__file__).resolve().parent
FLAGS = ("-O3", "-std=c11", "-ffp-contract=off", "-shared", "-fPIC")
BUILD_SECONDS = 120


class NoKernel(Exception):
    """There is no compiled kernel on this machine, and none can be built; the message says why."""


def compilers() -> list[list[str]]:
    """Commands that may compile C here, the most ordinary first; CC names one of one's own."""
    found = [os.environ["CC"].split()] if os.environ.get("CC") else []
    found += [[path] for name in ("cc", "gcc", "clang") if (path := shutil.which(name))]
    if importlib.util.find_spec("ziglang") is not None:
        found.append([sys.executable, "-m", "ziglang", "cc"])
    return found


def _places() -> list[Path]:
    """Where a built kernel may be kept: beside its sources, else in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return [SOURCES / "built", Path(cache) / "talaria"]


def _name() -> str:
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for source in sorted([*SOURCES.glob("*.c"), *SOURCES.glob("*.h")]):
        digest.update(source.read_bytes())
    machine = f"{sys.platform}-{platform.machine()}-{platform.libc_ver()[0] or 'libc'}"
    return f"kernel-{machine}-{digest.hexdigest()[:16]}.so"


def build() -> Path:
    """The path of the library, built now if it is not there yet.

    Raises `NoKernel` with each compiler's own words where none made it.
    """
    name, said = _name(), []
    for place in _places():
        if (place / name).is_file():
            return place / name
    for compiler in compilers():
        for place in _places():
            try:
                return _compile(compiler, place, name)
            except (OSError, subprocess.SubprocessError) as problem:
                output = getattr(problem, "stderr", None) or str(problem)
                said.append(f"{compiler[0]}: {output.strip()[-300:]}")
    raise NoKernel("; ".join(said) or "no C compiler, and not installed with talaria[fast]")


def _compile(compiler: Sequence[str], place: Path, name: str) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        made = Path(folder) / name
        sources = [str(path) for path in sorted(SOURCES.glob("*.c"))]
        command = [*compiler, *FLAGS, "-o", str(made), *sources, "-lm"]
        subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=BUILD_SECONDS, cwd=folder
        )
        made.replace(place / name)  # whoever builds at the same time writes the same
    return place / name


@functools.cache
def library() -> ctypes.CDLL:
    """The loaded kernel; raises `NoKernel`."""
    try:
        loaded = ctypes.CDLL(str(build()))
    except OSError as problem:
        raise NoKernel(str(problem)) from problem
    loaded.kernel_new.restype = ctypes.c_void_p
    loaded.kernel_run.restype = ctypes.c_double
    loaded.kernel_cost.restype = ctypes.c_double
    return loaded


def _ints(values: Sequence[int]) -> ctypes.Array[ctypes.c_int32]:
    return (ctypes.c_int32 * max(1, len(values)))(*values)


def _doubles(values: Sequence[float]) -> ctypes.Array[ctypes.c_double]:
    return (ctypes.c_double * max(1, len(values)))(*values)


class NativeSearch:
    """One search in the C kernel; see `shape.Search` for what each call promises."""

    chunk = 400

    def __init__(self, shape: Shape, dials: Dials, seed: int) -> None:
        self.shape = shape
        self._lib = library()
        opening = _doubles(shape.opening) if shape.opening is not None else None
        self._kernel = ctypes.c_void_p(
            self._lib.kernel_new(
                len(shape.service),
                len(shape.minutes),
                shape.days,
                len(shape.tours),
                _doubles([m for row in shape.minutes for m in row]),
                _doubles(shape.service),
                _doubles(shape.load),
                _ints(shape.pattern_from),
                (ctypes.c_uint64 * len(shape.pattern))(*shape.pattern),
                _doubles(shape.pattern_cost),
                opening,
                _ints([n for tour in shape.tours for n in tour]),
                _doubles([x for limits in shape.limits for x in limits]),
                ctypes.c_uint64(shape.frozen),
                _doubles(dials),
            )
        )
        self._lib.kernel_seed(self._kernel, ctypes.c_uint64(seed))

    def __del__(self) -> None:
        if getattr(self, "_kernel", None):
            self._lib.kernel_free(self._kernel)
            self._kernel = ctypes.c_void_p()

    def load(self, plan: Plan) -> bool:
        chosen, count, stop = (_ints(part) for part in plan)
        return bool(self._lib.kernel_load(self._kernel, chosen, count, stop))

    def cross(self, one: Plan, other: Plan) -> bool:
        parts = [_ints(part) for plan in (one, other) for part in plan]
        return bool(self._lib.kernel_cross(self._kernel, *parts))

    def run(self, steps: int, hot: float, cold: float) -> float:
        steps_c = ctypes.c_int64(steps)
        heat = ctypes.c_double(hot), ctypes.c_double(cold)
        return float(self._lib.kernel_run(self._kernel, steps_c, *heat))

    def forget(self) -> None:
        self._lib.kernel_forget(self._kernel)

    def cost(self) -> tuple[float, float]:
        over = ctypes.c_double()
        cost = self._lib.kernel_cost(self._kernel, ctypes.byref(over))
        return float(cost), over.value

    def plan(self, best: bool = True) -> Plan:
        stores, tours = len(self.shape.service), len(self.shape.tours)
        chosen, count = _ints([0] * stores), _ints([0] * tours)
        stop = _ints([0] * (stores * self.shape.days))
        self._lib.kernel_plan(self._kernel, ctypes.c_int(best), chosen, count, stop)
        counts = count[:tours]
        return Plan(tuple(chosen[:stores]), tuple(counts), tuple(stop[: sum(counts)]))
