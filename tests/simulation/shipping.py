"""The dispatcher, on this one thread, and a delivery system that lies in every way it can.

The system keeps a document for every sending: it knows no repeats, but it can be asked. So only
the server's own care keeps an order from being there twice.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest import mock

from schemas.failpoint import acting
from server.delivery import claims, receive, send
from server.delivery.contract import (
    Acknowledged,
    Answer,
    Finding,
    News,
    NotFound,
    Refused,
    Retry,
    Unknown,
)
from server.delivery.document import OutgoingOrder
from server.delivery.reckoning import CannotReckon
from sync.delivery.status import LineStatus, StatusUpdate
from tests.simulation.clocks import BEGIN, Time
from tests.simulation.network import Killed
from tests.simulation.world import Simulation
from tests.world import COMPANY_CELL

TARGET = "main"
DEADLINE_S = 5
PER_TARGET = 64
WAYS = ("system_slow", "system_took_silently", "system_deaf", "system_refuses", "system_down",
        "system_garbage")  # fmt: skip
DYING = ("after_claim", "after_delivery_send", "after_settle")
LIFE = ("allocated", "picking", "dispatched", "delivered", "invoiced")


@dataclass
class System:
    """The delivery system: what it was given and what it has said of it."""

    sim: Simulation
    rate: float = 0.25
    documents: dict[str, list[datetime]] = field(default_factory=dict)
    """Reference -> when each of its documents is there from."""
    newest: dict[str, OutgoingOrder] = field(default_factory=dict)  # order -> what came last
    asked: Counter[str] = field(default_factory=Counter)
    steps: dict[str, int] = field(default_factory=dict)  # order -> how far in LIFE
    events: list[StatusUpdate] = field(default_factory=list)

    @property
    def time(self) -> Time:
        return self.sim.time

    def _luck(self, order: OutgoingOrder) -> Random:
        """Chance of its own for each sending, in whatever order they come."""
        self.asked[order.reference] += 1
        return Random(f"{self.sim.seed}/{order.reference}/{self.asked[order.reference]}")

    def _take(self, order: OutgoingOrder, in_s: float = 0) -> Acknowledged:
        at = self.time.now + timedelta(seconds=in_s)
        self.documents.setdefault(order.reference, []).append(at)
        self.newest[order.order] = order
        return self._answer(order.reference)

    def _answer(self, reference: str) -> Acknowledged:
        return Acknowledged(f"X-{reference[-12:].replace('/', '-')}")

    def send(self, order: OutgoingOrder, deadline_s: float) -> Answer:
        luck = self._luck(order)
        way = luck.choice(WAYS) if luck.random() < self.rate else ""
        if way == "system_refuses" and luck.random() < 0.7:
            way = ""
        if way:
            self.sim.fault(way, about=order.reference)
        answer: Answer
        match way:
            case "system_took_silently":
                self._take(order)
                answer = Unknown("no answer")
            case "system_slow":
                self._take(order, in_s=luck.uniform(1, send.SETTLE_S - 5))
                answer = Unknown("no answer yet")
            case "system_garbage":
                if luck.random() < 0.5:
                    self._take(order)
                answer = Unknown("nobody can read that")
            case "system_deaf":
                answer = Unknown("no answer")
            case "system_refuses":
                answer = Refused("we do not deliver there")
            case "system_down":
                answer = luck.choice((Retry("refused"), Retry("503", 30.0, alive=True)))
            case _:
                answer = self._take(order)
        self._told("send", order, answer)
        return answer

    def look_up(self, order: OutgoingOrder, deadline_s: float) -> Finding:
        luck = self._luck(order)
        answer: Finding = NotFound()
        if luck.random() < self.rate / 2:
            self.sim.fault("system_down", about=order.reference)
            answer = Retry("no answer to a question")
        elif any(at <= self.time.now for at in self.documents.get(order.reference, ())):
            answer = self._answer(order.reference)
        self._told("look_up", order, answer)
        return answer

    def _told(self, act: str, order: OutgoingOrder, answer: object) -> None:
        self.sim.note(
            "delivery", act=act, reference=order.reference, answer=type(answer).__name__,
            there=len(self.documents.get(order.reference, ())),
        )  # fmt: skip

    # --- what it says by itself ------------------------------------------------------------------

    def goes_on(self, luck: Random) -> int:
        """Some orders come a step further; events arrive out of order, and twice."""
        there = sorted(
            order for order, one in self.newest.items()
            if self.steps.get(order, 0) < len(LIFE)
            and min(self.documents[one.reference]) <= self.time.now
        )  # fmt: skip
        told: list[StatusUpdate] = []
        for order in luck.sample(there, min(len(there), 6)):
            step = self.steps.get(order, 0)
            self.steps[order] = step + 1
            told.append(self._event(order, LIFE[step], self.newest[order]))
        if told and luck.random() < 0.3:
            told.append(luck.choice(self.events[-20:] or told))
        self.events += told
        luck.shuffle(told)
        return self._say(told)

    def _event(self, order: str, word: str, document: OutgoingOrder) -> StatusUpdate:
        lines: tuple[LineStatus, ...] = ()
        if word == "delivered":
            lines = tuple(
                LineStatus(one["n"], delivered=one["quantity"])
                for one in document.document.get("lines", ()) if "quantity" in one
            )  # fmt: skip
        return StatusUpdate(
            f"e-{len(self.events)}-{order[-6:]}-{word}", TARGET, order, None, None, word,
            self.time.now, lines, invoice_no=f"V-{order[-8:]}" if word == "invoiced" else None,
        )  # fmt: skip

    def _say(self, told: list[StatusUpdate]) -> int:
        row = {"company_cell": COMPANY_CELL, "target": TARGET}
        receive.take(self.sim.engine, row, News(updates=tuple(told)), self.time.now)
        return len(told)

    # --- the rest of the contract: it tells by calling, and has no list of a day --------------

    def read_status(self, since: str, deadline_s: float) -> Any:
        return Retry("not asked here")

    def confirm(self, news: News) -> None:
        return None

    def stirred(self) -> int | None:
        return None

    def reckon(self, *_: object) -> Any:
        return CannotReckon("no list")

    def forget(self, order: OutgoingOrder) -> bool:
        return False

    def check(self, deadline_s: float) -> str:
        return "fine"


class Inline:
    """A pool of threads that has none: what is given is done at once."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def submit(self, work: Callable[..., None], *args: object) -> "Future[None]":
        done: Future[None] = Future()
        work(*args)
        done.set_result(None)
        return done

    def shutdown(self) -> None:
        return None


@contextmanager
def on_one_thread(time: Time) -> Iterator[None]:
    """Dispatchers use no threads, and their patience runs by our clock."""
    monotonic = SimpleNamespace(monotonic=lambda: (time.now - BEGIN).total_seconds())
    with (
        mock.patch.object(send, "ThreadPoolExecutor", Inline),
        mock.patch.object(send, "time", monotonic),
        mock.patch.object(claims, "time", monotonic),
    ):
        yield


def dispatcher(sim: Simulation, system: System, name: str = "one") -> send.Dispatcher:
    return send.Dispatcher(
        sim.engine, name, adapters=lambda row: system, clock=lambda: sim.time.now,
        started=sim.started, per_target=PER_TARGET,
    )  # fmt: skip


def dispatch(sim: Simulation) -> int:
    """The dispatcher looks for what is due. It may die around a sending, or sleep through its
    lease while another one takes over."""
    luck, place = sim.luck, ""
    drawn = luck.random()
    if drawn < 0.12:
        place = luck.choice(DYING)
    asleep = 0.12 <= drawn < 0.2
    sim.time.pass_s(luck.uniform(1, 60))
    left = [1]

    def act(name: str) -> None:
        if name == place and left:
            left.clear()
            sim.fault("dispatcher_killed", place=name)
            raise Killed
        if asleep and name == "after_delivery_send" and left:
            left.clear()
            sim.fault("dispatcher_asleep")
            for _ in range(4):  # the other one looks for what is due again and again
                sim.time.pass_s(luck.uniform(15, 75))
                dispatcher(sim, system_of(sim), "two").start_due()

    with on_one_thread(sim.time), acting(act):
        try:
            dispatcher(sim, system_of(sim)).start_due()
        except Killed:
            return 0
    return 0


def goes_on(sim: Simulation) -> int:
    """The delivery system tells how far orders are."""
    sim.time.pass_s(30)
    with on_one_thread(sim.time):
        system_of(sim).goes_on(sim.luck)
    return 0


def system_of(sim: Simulation) -> System:
    """The firm's one delivery system."""
    if sim.system is None:
        sim.system = System(sim)
        sim.world.run(
            "UPDATE delivery_target SET dedupes = false, can_look_up = true, deadline_s = %s",
            DEADLINE_S,
        )
    made: System = sim.system
    return made


def deliver_all(sim: Simulation, most: int = 400) -> bool:
    """After the healing: dispatch until nothing is due any more; whether that came about."""
    system = system_of(sim)
    system.rate = 0.0
    with on_one_thread(sim.time):
        for _ in range(most):
            sim.time.pass_s(120)
            dispatcher(sim, system).start_due()
            open_ = sim.world.one(
                "SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending', 'unknown')"
            )
            if not open_:
                return True
    return False
