"""Named places where a test may let something go wrong: a power cut, an error, somebody in between.

    failpoint("before_commit")          in the product: costs one comparison
    with acting(cut_at("before_commit")):   in a test: `act` is called with each name passed

Handhelds and server pass the same way, so that one hand can cut either. Outside of tests nothing
ever acts. Who tests a single object may also give it a function of its own, where it takes one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Act = Callable[[str], None]

_act: Act | None = None


def failpoint(name: str) -> None:
    """Pass a named place. Raises whatever the test that acts there raises."""
    if _act is not None:
        _act(name)


@contextmanager
def acting(act: Act) -> Iterator[None]:
    """Call `act` with every name passed in this process, until the end of the block."""
    global _act
    before, _act = _act, act
    try:
        yield
    finally:
        _act = before
