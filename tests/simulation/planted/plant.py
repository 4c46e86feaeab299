"""How a mistake is put in: names of modules and classes are replaced, and put back at the end."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest import mock

import psycopg

from tests.simulation.world import Simulation


class Planting:
    """What a mistake may do, and what is undone when it is taken out."""

    def __init__(self, held: ExitStack) -> None:
        self._held = held
        self.begun: list[Callable[[Simulation], None]] = []
        self.put_in: list[tuple[Any, str, Any]] = []
        """(owner, name, what stands there without the mistake)"""

    def put(self, owner: Any, name: str, value: Any) -> None:
        """`owner.name` is `value` as long as the mistake is planted."""
        self.put_in.append((owner, name, getattr(owner, name)))
        self._held.enter_context(mock.patch.object(owner, name, value))

    def around(self, owner: Any, name: str, wrong: Callable[..., Any]) -> None:
        """`owner.name` becomes wrong(real, *args, **more)."""
        real = getattr(owner, name)
        self.put(owner, name, lambda *args, **more: wrong(real, *args, **more))

    def once_begun(self, do: Callable[[Simulation], None]) -> None:
        """Something to be done to a firm when it has been put together."""
        self.begun.append(do)


class Bug(NamedTuple):
    """A mistake: its name, what it is in one sentence, how it is made, and which firm finds it."""

    name: str
    says: str
    make: Callable[[Planting], None]
    firm: str = "firm"


class Unplayable(Exception):
    """A mistake broke down by itself: it is made for another state of the product, and finds
    nothing until it is made for this one."""


def examine(bug: Bug, trouble: Exception) -> None:
    """Raise Unplayable if it is the planting that broke down, not the product by the mistake:
    in the mistake's own lines, in how they are called, or in what they ask the database."""
    frames = traceback.extract_tb(trouble.__traceback__)
    own = {bug.make.__code__.co_filename, __file__}
    cause = getattr(trouble, "orig", trouble)  # as SQLAlchemy hands it on
    if (
        (frames and frames[-1].filename in own)
        or (isinstance(trouble, TypeError) and f"{bug.make.__name__}.<locals>" in str(trouble))
        or isinstance(cause, psycopg.ProgrammingError)
    ):
        raise Unplayable(f"{bug.name}: {type(trouble).__name__}: {trouble}") from trouble


@contextmanager
def planted(bug: Bug) -> Iterator[Planting]:
    """With this mistake in the product, until the end of the block."""
    with ExitStack() as held:
        planting = Planting(held)
        bug.make(planting)
        yield planting
