"""Orders to send and stand-ins to send them to."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from server.delivery.adapters import adapter_for
from server.delivery.contract import Target
from server.delivery.document import OutgoingOrder
from server.delivery.send import SETTLE_S, Adapters, Dispatcher
from tests.server.demo.standin.conftest import SECRET, Caller, start
from tests.world import World, build, change, order_body

__all__ = ["Caller", "outgoing", "start"]
ROOT = Path(__file__).parents[3]
Process = Callable[..., Caller]
Start = Callable[..., Caller]


def now() -> datetime:
    return datetime.now(UTC)


def later(seconds: float) -> datetime:
    return now() + timedelta(seconds=seconds)


def outgoing(number: int = 1, **changed: Any) -> OutgoingOrder:
    """An order of two lines, ready to be sent."""
    document = {
        "id": f"order-{number}",
        "revision": 1,
        "number": f"D17-{number:06d}",
        "company": "acme",
        "store": {"code": "S-1042", "name": "Café Zürich 店"},
        "deliver_on": "2026-11-23",
        "currency": "USD",
        "net_minor": 2322,
        "lines": [
            {
                "n": 1, "product": "20041", "uom": "case", "typed": "1", "quantity": 12,
                "unit_price": "1.29", "net_minor": 1548,
            },
            {
                "n": 2, "product": "20042", "uom": "each", "typed": "6", "quantity": 6,
                "unit_price": "1.29", "net_minor": 774,
            },
        ],
        **changed,
    }  # fmt: skip
    return OutgoingOrder(
        delivery=f"delivery-{number}",
        order=f"order-{number}",
        revision=1,
        accepted_at="2026-11-21T08:00:00Z",
        document=document,
    )


def target_at(url: str, secret: str, can_look_up: bool, allow_private: bool) -> Target:
    """A delivery target that speaks HTTP."""
    return Target("main", "http", url, secret, can_look_up=can_look_up, allow_private=allow_private)


@dataclass
class Depot:
    """The small company with its delivery system, and what became of its orders."""

    world: World

    @property
    def engine(self) -> Engine:
        return self.world.engine

    def point_at(self, url: str, secret: str = SECRET, **more: Any) -> None:
        """Connect the company's delivery target to a stand-in."""
        said = {"url": url, "secret": secret, "deadline_s": 5, "can_look_up": True,
                "dedupes": True, **more}  # fmt: skip
        columns = ", ".join(f"{name} = %s" for name in said)
        self.run(f"UPDATE delivery_target SET {columns}", *said.values())

    def accept(self, *orders: tuple[int, int]) -> list[str]:
        """Push orders of (store index, product index), which are accepted; their ids, in order."""
        carrier = self.world.carrier()
        n = self.world.one("SELECT coalesce(max(n), 0) FROM receipt")
        changes = [
            change(
                n + i, "order", "submit",
                order_body(
                    self.world.stores[store], [(self.world.products[product], 12)],
                    number=f"D1-{n + i:06d}",
                ),
            )
            for i, (store, product) in enumerate(orders, 1)
        ]  # fmt: skip
        verdicts, _ = self.world.push(carrier, changes)
        assert [one["state"] for one in verdicts] == ["accepted"] * len(orders), verdicts
        return [one["body"]["id"] for one in changes]

    def delivery(self, order: str) -> dict[str, Any]:
        return self.rows("SELECT * FROM delivery WHERE order_id = %s", order)[0]

    def order(self, order: str) -> dict[str, Any]:
        return self.rows("SELECT * FROM orders WHERE id = %s", order)[0]

    def lines(self, order: str) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM order_line WHERE order_id = %s ORDER BY n", order)

    def attempts(self, order: str) -> list[tuple[str, str | None]]:
        """(act, outcome) of each attempt, in order."""
        found = self.rows(
            "SELECT a.act, a.outcome FROM delivery_attempt a JOIN delivery d ON d.id = a.delivery"
            " WHERE d.order_id = %s ORDER BY a.attempt",
            order,
        )
        return [(one["act"], one["outcome"]) for one in found]

    def states(self) -> dict[str, int]:
        """How many deliveries are in which state."""
        found = self.rows("SELECT state, count(*) AS n FROM delivery GROUP BY state")
        return {one["state"]: one["n"] for one in found}

    def told(self) -> list[dict[str, Any]]:
        """What the inbox says about deliveries."""
        return self.rows("SELECT * FROM conflict WHERE rule LIKE 'delivery_%%' ORDER BY at, id")

    def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        with self.world.begin() as conn:
            cursor = conn.connection.driver_connection.execute(sql, args)  # type: ignore[union-attr]
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def run(self, sql: str, *args: Any) -> None:
        with self.world.begin() as conn:
            conn.connection.driver_connection.execute(sql, args)  # type: ignore[union-attr]


def dispatch_once(
    engine: Engine,
    now: datetime,
    adapters: Adapters = adapter_for,
    worker_id: str = "once",
    limit: int = 32,
    *,
    settle_s: float = SETTLE_S,
) -> Counter[str]:
    """Carry out what is due at `now`, once, and return how many ended in which state."""
    dispatcher = Dispatcher(
        engine, worker_id, adapters=adapters, clock=lambda: now, settle_s=settle_s,
        per_target=limit,
    )  # fmt: skip
    try:
        dispatcher.start_due(limit)
    finally:
        dispatcher.close()
    return dispatcher.counts


@pytest.fixture
def depot(engine: Engine) -> Depot:
    return Depot(build(engine))


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[..., Caller]]:
    """Start the stand-in as the process it really is; keywords are its options."""
    running: list[subprocess.Popen[str]] = []
    client = httpx.Client(trust_env=False)

    def starting(**behaviour: Any) -> Caller:
        folder = tmp_path / f"standin-{len(running)}"
        folder.mkdir()
        (folder / "secret").write_text(SECRET)
        command = [
            sys.executable,
            "-m",
            "server.demo.standin",
            "--port",
            "0",
            "--data",
            str(folder),
        ]
        one = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        running.append(one)
        assert one.stdout is not None
        url = json.loads(one.stdout.readline())["url"]
        client.post(f"{url}/behave", json=behaviour).raise_for_status()
        return Caller(url, client)

    yield starting
    client.close()
    for one in running:
        one.terminate()
        one.wait(timeout=10)
        assert one.stdout is not None
        one.stdout.close()
