"""The machine under the figures: CPU time by process, memory by process, one line that names it."""

import glob
import os
import platform
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil


def family(pid: int) -> list[psutil.Process]:
    """A process and all its children."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []


class Meter:
    """CPU milliseconds of process families since it was made.

    Counted by the kernel in nanoseconds for every thread alive at both ends; a process or thread
    that came in between counts whole, one that went in between not at all.
    """

    def __init__(self, pids: Iterable[int]) -> None:
        self._pids = list(pids)
        self._began = self._spent_ns()

    def _spent_ns(self) -> dict[str, int]:
        return {
            path: ns
            for pid in self._pids
            for process in family(pid)
            for path, ns in _thread_times(process.pid)
        }

    def ms(self) -> float:
        now = self._spent_ns()
        return sum(ns - self._began.get(path, 0) for path, ns in now.items()) / 1e6


def _thread_times(pid: int) -> Iterator[tuple[str, int]]:
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            with open(path) as told:
                yield path, int(told.read().split()[0])
        except OSError:  # it has just ended
            continue


class Foreign:
    """How much of the machine others took meanwhile: a noisy run says so of itself."""

    def __init__(self, ours: Iterable[int]) -> None:
        self._busy_s, self._all_s = _machine_s()
        self._pids = list(ours)
        self._ours_s = _with_ended_s(self._pids)

    def share(self) -> float:
        """CPU time of others as a part of all there was, 0 to 1."""
        busy_s, all_s = _machine_s()
        ours_s = _with_ended_s(self._pids) - self._ours_s
        return max(0.0, (busy_s - self._busy_s - ours_s) / max(all_s - self._all_s, 1e-9))


def _with_ended_s(pids: Iterable[int]) -> float:
    """CPU seconds of process families, those of children that have ended included."""
    spent_s = 0.0
    for pid in pids:
        for process in family(pid):
            try:
                used = process.cpu_times()
            except psutil.Error:
                continue
            spent_s += used.user + used.system + used.children_user + used.children_system
    return spent_s


def _machine_s() -> tuple[float, float]:
    told = psutil.cpu_times()
    every = sum(told) - getattr(told, "guest", 0) - getattr(told, "guest_nice", 0)
    return every - told.idle - getattr(told, "iowait", 0.0), every


def own_bytes(pid: int) -> int:
    """Memory of one process, pages shared with n others counted as an n-th (PSS)."""
    with open(f"/proc/{pid}/smaps_rollup") as told:
        for line in told:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    raise OSError(f"no Pss for process {pid}")


def sync_ms(folder: Path, times: int = 30) -> float:
    """What one 8 kB write with fdatasync costs where the database lies: the price of a commit."""
    path, samples = folder / "sync-probe", []
    with open(path, "wb", buffering=0) as file:
        for _ in range(times):
            began_s = time.perf_counter()
            file.write(b"\0" * 8192)
            os.fdatasync(file.fileno())
            samples.append((time.perf_counter() - began_s) * 1000)
    path.unlink()
    return statistics.median(samples)


def named(folder: Path, postgres: str) -> str:
    """The machine in one line."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as told:
            model = next(line.split(":")[1].strip() for line in told if "model name" in line)
    except (OSError, StopIteration):
        pass
    memory = psutil.virtual_memory().total / 2**30
    kind = _file_system(folder, psutil.disk_partitions(all=True))
    return (
        f"{os.cpu_count()} x {model}, {memory:.0f} GiB, {platform.system()} {platform.release()},"
        f" Python {platform.python_version()}, PostgreSQL {postgres}, {kind},"
        f" one fdatasync {sync_ms(folder):.2f} ms"
    )


def _file_system(folder: Path, mounts: Sequence[Any]) -> str:
    over = [one for one in mounts if folder.resolve().is_relative_to(one.mountpoint)]
    return max(over, key=lambda one: len(one.mountpoint)).fstype if over else "unknown disk"
