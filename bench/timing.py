"""Medians, 99th percentiles, a stopwatch."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` returns, and the milliseconds it took."""
    began_s = time.perf_counter()
    result = work()
    return result, (time.perf_counter() - began_s) * 1000


def median(samples: Sequence[float]) -> float:
    return statistics.median(samples)


def p10(samples: Sequence[float]) -> float:
    """The value one of ten samples does not exceed: how it goes when nothing else runs."""
    ordered = sorted(samples)
    return ordered[max(0, -(-len(ordered) // 10) - 1)]


def p99(samples: Sequence[float]) -> float:
    """The value 99 of 100 samples do not exceed; of fewer than 100 the largest."""
    ordered = sorted(samples)
    return ordered[max(0, -(-len(ordered) * 99 // 100) - 1)]
