"""How a mistake is put in: names of modules and classes are replaced, and put back at the end."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest import mock

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


@contextmanager
def planted(bug: Bug) -> Iterator[Planting]:
    """With this mistake in the product, until the end of the block."""
    with ExitStack() as held:
        planting = Planting(held)
        bug.make(planting)
        yield planting
