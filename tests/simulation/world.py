"""One simulated firm, put together: clock, database, application, line, handhelds, history."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import psycopg
from flask import Flask
from sqlalchemy import Engine

from handhelds.reference.answers import Ending
from server.app import create_app
from server.database import make_engine
from server.embedded import EmbeddedPostgres
from server.hints import conninfo
from server.settings import load
from sync import segments
from tests.auditor import Auditor
from tests.simulation.clocks import (
    BEGIN,
    PhoneClock,
    Time,
    give_time_to_database,
    owned,
    tell_time,
)
from tests.simulation.company import Company, found
from tests.simulation.history import History
from tests.simulation.network import Network, calm
from tests.simulation.phones import Phone
from tests.world import World

INSIDE_BYTES = 455
"""So small a firm's would all go inside pages; so those of warehouses are fetched apart."""
PACE = 8
"""With so many handhelds each act has all of its time; with more, its share."""
MOST_LOOKS = 100_000
ENROLLED_AGAIN = ("enrol", "set_back")


@dataclass
class Simulation:
    """Everything there is; acts take it as their only argument."""

    seed: int
    luck: Random
    time: Time
    history: History
    root: Path
    engine: Engine
    app: Flask
    company: Company
    network: Network
    addresses: tuple[str, str]
    phones: list[Phone] = field(default_factory=list)
    copies: int = 0
    slowest_ms: float = 0.0  # the longest any handheld took to come to rest
    auditor: Auditor | None = None
    system: Any = None  # the delivery system (shipping.py), once there is one
    server: EmbeddedPostgres | None = None  # whose database may be put back (losses.py)
    kept: str | None = None  # the copy of the database that could be
    started: datetime = BEGIN  # of the server's processes

    @property
    def world(self) -> World:
        self.company.world.now = self.time.now
        return self.company.world

    @property
    def captured(self) -> int:
        """Changes that were on a handheld's disk so far."""
        return self.history.counts["captured"]

    def note(self, what: str, **more: Any) -> None:
        self.history.note(self.time.at, what, **more)

    def fault(self, kind: str, phone: Phone | None = None, **more: Any) -> None:
        self.note("fault", kind=kind, device=phone.name if phone else None, **more)

    @property
    def pace(self) -> float:
        """How slowly time goes, so that with many handhelds a day has more acts in it."""
        return min(1.0, PACE / len(self.phones))

    def works_s(self, seconds: float) -> None:
        """Time somebody takes over their work, while the others work too."""
        self.time.pass_s(seconds * self.pace)

    def online(self) -> list[Phone]:
        return [
            one for one in self.phones
            if one.offline_until is None or one.offline_until <= self.time.now
        ]  # fmt: skip

    def some_phone(self) -> Phone:
        return self.luck.choice(self.phones)

    def add_phone(self, rep: str, home: Path | None = None, of: Phone | None = None) -> Phone:
        """A new handheld for a rep; `home`: with what is in a folder already."""
        name = f"h{len(self.phones) + 1:03d}"
        no = len(self.phones) + 1
        clock = PhoneClock(self.time, name)
        address = f"10.{no >> 8}.{no & 255}.7"
        phone = Phone(
            name, rep, home or self.root / name, clock, Random(f"{self.seed}/{name}"),
            self.history, self.network.line(name, address),
        )  # fmt: skip
        if of is not None:
            phone.known = dict(of.known)
            phone._catch_up()
        self.phones.append(phone)
        return phone

    def enrol(self, phone: Phone) -> Ending:
        """Somebody gives the rep a code, and the handheld is enrolled with it."""
        self.time.pass_s(15)
        self.world.now = self.time.now
        return phone.enrol(self.company.code_for(phone.rep_code))

    def sync(self, phone: Phone, why: str | None = None) -> Ending:
        """A sync as a rep does it: whoever is told to enrol anew does so, and syncs again."""
        ending = phone.sync(why)
        for _ in range(2):
            if ending.state not in ENROLLED_AGAIN:
                break
            if self.enrol(phone).state == "done":
                ending = phone.sync(why)
        return ending

    def close(self) -> None:
        for one in self.phones:
            one.close()


@contextmanager
def simulation(
    seed: int, addresses: tuple[str, str], *, devices: int = 12, rate: float = 0.1,
    root: Path | None = None, record: Path | None = None,
    server: EmbeddedPostgres | None = None,
) -> Iterator[Simulation]:  # fmt: skip
    """A firm of so many handhelds on an empty database of its own (addresses: rows, owner);
    every handheld is enrolled and has its first copy. server: the PostgreSQL it is in, if its
    database may be taken away and put back."""
    give_time_to_database(addresses[1])
    time, history = Time(), History(record)
    with ExitStack() as held:
        held.callback(history.close)
        if root is None:
            fast = "/dev/shm" if Path("/dev/shm").is_dir() else None
            root = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="sim-", dir=fast)))
        engine = make_engine(addresses[0], pool_size=8, statement_timeout_s=60)
        held.callback(engine.dispose)
        tell_time(engine, time)
        told = {"TALARIA_DATA_DIR": str(root / "data"), "DATABASE_URL": addresses[0],
                "TALARIA_TRUSTED_PROXIES": "1", "TALARIA_SECRET_KEY": "s" * 43}  # fmt: skip
        app = create_app(load(told), engine)
        app.extensions["hint"] = lambda text: None
        held.enter_context(owned(time, Random(f"{seed}/server")))
        held.enter_context(mock.patch.object(segments, "INSIDE_BYTES", INSIDE_BYTES))
        company = found(engine, Random(f"{seed}/company"), devices)
        prepare(company.world)
        network = Network(app, time, Random(f"{seed}/line"), history, rate)
        network.hang_up = lambda: hang_up(addresses[0])
        made = Simulation(
            seed, Random(seed), time, history, root, engine, app, company, network, addresses,
            server=server,
        )  # fmt: skip
        held.callback(made.close)
        for rep in company.reps:
            made.add_phone(rep)
        with calm(network):
            for phone in made.phones:
                for ending in (made.enrol(phone), phone.sync()):
                    if ending.state != "done":
                        raise AssertionError(f"{phone.name} does not begin: {ending}")
        made.auditor = Auditor(made.world)
        yield made


def prepare(world: World) -> None:
    """What many handhelds carry alike is prepared as bytes, as the scheduler does it."""
    with world.begin() as conn:
        for cell, scope, schema in segments.due(conn):
            segments.build(conn, cell, scope, schema)


def hang_up(url: str) -> None:
    """The database cuts every other connection of this role, whatever it is doing."""
    others = (
        " FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
        " AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(conninfo(url), autocommit=True) as raw:
        raw.execute(f"SELECT pg_terminate_backend(pid) {others}")
        for _ in range(MOST_LOOKS):  # its own way to wait looks ten times a second
            if raw.execute(f"SELECT 1 {others}").fetchone() is None:
                return
    raise AssertionError("the database did not cut its connections")


def copied(sim: Simulation, phone: Phone) -> Path:
    """A copy of a handheld's folder as it is now."""
    sim.copies += 1
    folder = sim.root / f"copy-{sim.copies}"
    phone.keeps_a_copy(folder)
    return folder


def forget_copies(phone: Phone, most: int = 2) -> None:
    """Old copies take room."""
    while len(phone.copies) > most:
        shutil.rmtree(phone.copies.pop(0), ignore_errors=True)
