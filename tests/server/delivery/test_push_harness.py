"""From forty handhelds on a bad line to a bad delivery system: each order once, everywhere.

15 % of pushes die before the commit, 30 % of the answers get lost, two senders race with the same
changes for each handheld; the delivery system takes 10 % of the orders and then says nothing, and
answers 5xx to another 10 %. (protocol.md, X13)
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import Engine

from server.database import make_engine
from tests.bad_line import Phone
from tests.server.delivery.conftest import Depot, dispatch_once
from tests.server.demo.standin.conftest import Caller
from tests.world import World, build, change, order_body

DEVICES, ORDERS = 40, 25


class Orders(Phone):
    """A handheld full of orders."""

    def __init__(self, world: World, n: int, dice: random.Random) -> None:
        super().__init__(world, f"h-{n}", world.add_device(f"h-{n}", "r01", no=100 + n))
        self.outbox = {
            k: change(
                k, "order", "submit",
                order_body(
                    dice.choice(world.stores[:-1]),
                    [(p, dice.randint(1, 9)) for p in dice.sample(world.products, 4)],
                    number=f"D{n}-{k:06d}",
                ),
            )
            for k in range(1, ORDERS + 1)
        }  # fmt: skip
        self.ids = [one["body"]["id"] for one in self.outbox.values()]


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    engine: Engine = make_engine(database_url, pool_size=20)
    yield build(engine, stores=60, products=80, on_hand=1_000_000)
    engine.dispose()


def play(world: World, devices: int, check_receipts: bool = True) -> list[Orders]:
    """Let every handheld's two senders loose until every outbox is empty."""
    dice = random.Random(13)
    phones = [Orders(world, n, dice) for n in range(1, devices + 1)]
    faults: list[BaseException] = []

    def work(mine: list[Orders], sender: int) -> None:
        try:
            for phone in mine:
                phone.send_all(f"{phone.name}-{sender}", check_receipts)
        except BaseException as fault:
            faults.append(fault)

    lanes = [phones[k::4] for k in range(4)]
    threads = [
        threading.Thread(target=work, args=(lane, sender)) for lane in lanes for sender in (1, 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return phones


@pytest.mark.slow
def test_a_thousand_orders_arrive_once_each_everywhere(
    world: World, process: Callable[..., Caller]
) -> None:
    phones = play(world, DEVICES)
    counts = sum((phone.counts for phone in phones), Counter())
    taken = sorted(order for phone in phones for order in phone.ids)
    assert len(taken) == DEVICES * ORDERS == 1_000
    assert [row[0] for row in world.rows("SELECT id::text FROM orders ORDER BY id")] == taken
    assert world.one("SELECT count(*) FROM delivery") == 1_000
    assert world.one("SELECT count(*) FROM receipt") == 1_000
    assert world.rows("SELECT DISTINCT acknowledged_n FROM device WHERE id LIKE 'h-%%'") == [(25,)]
    assert counts["crashed"] > 50
    assert min(counts["lost"], counts["replayed"]) > 100
    kept, told = world.rows(
        "SELECT (SELECT sum(reserved) FROM order_line), (SELECT sum(reserved) FROM stock)"
    )[0]
    assert kept == told

    standin = process(timeout_p=0.1, timeout_how="cut", fail_p=0.1)
    depot = Depot(world)
    depot.point_at(standin.url)
    moment = datetime.now(UTC)
    sent: Counter[str] = Counter()
    for _ in range(80):
        sent += dispatch_once(world.engine, moment, limit=200)
        moment += timedelta(hours=1)  # whatever waits for its next try is due again
        if depot.states() == {"acknowledged": 1_000}:
            break
    assert depot.states() == {"acknowledged": 1_000}
    documents = [one["order_id"] for one in standin.documents()]
    assert sorted(documents) == taken
    numbers = world.one(
        "SELECT count(DISTINCT external_no) FROM orders WHERE state = 'acknowledged'"
    )
    assert numbers == 1_000
    print(f"{dict(counts)} {dict(sent)} attempts {standin.counts()}")


def test_if_nobody_looks_for_receipts_the_database_itself_refuses_the_double(
    world: World,
) -> None:
    """The planted bug: the keys of receipts and orders are the second line of defence."""
    with pytest.raises(psycopg.errors.UniqueViolation):
        play(world, 2, check_receipts=False)
