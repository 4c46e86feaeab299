"""Which kernel a machine plans with: the compiled one where there is one, else plain Python."""

from __future__ import annotations

from routes.kernel.native import NativeSearch, NoKernel, library
from routes.kernel.plain import PlainSearch
from routes.kernel.shape import Dials, Search, Shape


def search(shape: Shape, dials: Dials, seed: int) -> Search:
    """A new search in the fastest kernel there is."""
    try:
        library()
    except NoKernel:
        return PlainSearch(shape, dials, seed)
    return NativeSearch(shape, dials, seed)


def kind() -> str:
    """ "compiled", or "plain: " and the reason: what the office is told about slow planning."""
    try:
        library()
    except NoKernel as problem:
        return f"plain: {problem}"
    return "compiled"
