"""The office goes on meanwhile: answers, edits, prices, stock, territories that move.

The acts are those of the simulation one folder up, by the real clock; each is a transaction on the
very database that is being killed, and may come to nothing. A thread of its own.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from tests.simulation import desk
from tests.simulation.chaos.turn import Told
from tests.simulation.world import Simulation
from tests.world import CELL, World

ACTS = (
    *(desk.territory, desk.territory, desk.answers, desk.answers, desk.edit, desk.edit),
    *(desk.prices, desk.receivables),
)


class Time:
    """The time it is."""

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)


class Office:
    """One act every `every_s` seconds from `start` until `end`. It is, to the acts, what they know
    of a simulation."""

    def __init__(
        self, world: World, reps: list[str], seed: int, told: Told, every_s: float
    ) -> None:
        self.world, self.engine, self.every_s = world, world.engine, every_s
        self.luck = random.Random(f"{seed}|office")
        self.time = Time()
        self.company = SimpleNamespace(
            reps=reps, products=world.products, homes=dict.fromkeys(reps, CELL)
        )
        self.counts: Counter[str] = Counter()
        self.troubles: list[str] = []
        self._told = told
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="office", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._ending.set()
        self._thread.join()

    def note(self, what: str, **more: Any) -> None:
        self._told.note(what, **more)

    def fault(self, kind: str, **more: Any) -> None:
        self.counts[kind] += 1

    def _run(self) -> None:
        while not self._ending.wait(self.every_s * self.luck.uniform(0.5, 1.5)):
            act = self.luck.choice(ACTS)
            try:
                act(cast(Simulation, self))
            except (SQLAlchemyError, psycopg.Error) as error:
                self.note("office", act=act.__name__, outcome=f"cut off: {type(error).__name__}")
            except Exception as error:
                self.troubles.append(f"office: {act.__name__}: {type(error).__name__} {error}")
