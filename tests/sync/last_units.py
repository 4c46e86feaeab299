"""Many handhelds push orders for the last units of a few products, all at once.

    python -m tests.sync.last_units [--orders 2000] [--products 50] [--devices 8]

While they push, a watcher samples the stock: what is promised must never exceed what there is.
Afterwards every short line must have been told to its rep, and the result must be that of a serial
replay: the same orders decided one after the other in commit order (the order of their numbers in
the feed), in memory, by the pure rules alone.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from schemas.strict import split_changes
from sync.asking.orders import decide, fold
from sync.batch import read
from sync.facts import Facts
from sync.gather import Ground, gather
from sync.taking.orders import order_of
from tests.auditor import Auditor
from tests.world import CELL, COMPANY_CELL, World, build, change, order_body

MOST_IN_BATCH = 5
Row = tuple[Any, ...]
LINES = """SELECT o.id::text, o.state, l.n, l.confirmed, l.backordered, l.cut FROM orders o
           JOIN order_line l ON l.cell = o.cell AND l.order_id = o.id ORDER BY 1, 3"""


@dataclass
class Outcome:
    """What came of a race; `wrong` says in words what must not be."""

    orders: int = 0
    short_lines: int = 0
    samples: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)


def last_units(world: World, orders: int, devices: int, on_hand: int, seed: int = 1) -> Outcome:
    """Push `orders` orders from `devices` handhelds at once, each product `on_hand` times there,
    and check what came of it."""
    world.run("UPDATE stock SET on_hand = %s, published = %s", on_hand, on_hand)
    carriers = [world.carrier()]
    carriers += [world.add_device(f"d-{n}", no=n) for n in range(2, devices + 1)]
    luck = Random(seed)
    stores = world.stores[:-1]
    work: list[list[dict[str, Any]]] = [[] for _ in carriers]
    for n in range(orders):
        lines = [
            (product, luck.randint(1, 12))
            for product in luck.sample(world.products, luck.randint(1, 4))
        ]
        body = order_body(luck.choice(stores), lines)
        mine = work[n % devices]
        mine.append(change(len(mine) + 1, "order", "submit", body))
    changes = {one["body"]["id"]: one for mine in work for one in mine}
    before = _facts_before(world, list(changes.values()))
    outcome = Outcome(orders=orders)
    began_s = time.perf_counter()
    _race(world, carriers, work, outcome)
    outcome.seconds = time.perf_counter() - began_s
    _check(world, outcome, before, changes)
    return outcome


def _race(
    world: World, carriers: Sequence[Any], work: list[list[dict[str, Any]]], outcome: Outcome
) -> None:
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(world, done, outcome))
    start = threading.Barrier(len(carriers))
    senders = [
        threading.Thread(target=_send, args=(world, carrier, mine, start, outcome, n))
        for n, (carrier, mine) in enumerate(zip(carriers, work, strict=True))
    ]
    watcher.start()
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    done.set()
    watcher.join()


def _send(
    world: World, carrier: Any, mine: list[dict[str, Any]], start: threading.Barrier,
    outcome: Outcome, seed: int,
) -> None:  # fmt: skip
    luck, left = Random(seed), list(mine)
    start.wait()
    while left:
        size = luck.randint(1, MOST_IN_BATCH)
        batch, left = left[:size], left[size:]
        _, answer = world.push(carrier, batch)
        outcome.wrong += answer.faults


def _watch(world: World, done: threading.Event, outcome: Outcome) -> None:
    """Look again and again whether more is promised than there is."""
    while not done.is_set():
        over = world.rows(
            "SELECT product, reserved, on_hand FROM stock WHERE reserved > on_hand ORDER BY product"
        )
        outcome.samples += 1
        outcome.wrong += [f"{row[1]} of {row[2]} {row[0]} were promised" for row in over[:3]]


def _check(
    world: World, outcome: Outcome, before: Facts, changes: dict[str, dict[str, Any]]
) -> None:
    """Compare with a serial replay, and look whether everybody was told."""
    rows = world.rows(LINES)
    stands: dict[str, tuple[str, list[Row]]] = {}
    for order, state, *line in rows:
        stands.setdefault(order, (state, []))[1].append(tuple(line))
    outcome.short_lines = sum(bool(row[4] or row[5]) for row in rows)
    outcome.wrong += _replayed(world, before, changes, stands)
    outcome.wrong += _untold(world)
    if len(stands) != outcome.orders:
        outcome.wrong.append(f"{len(stands)} orders of {outcome.orders} are there")


def _facts_before(world: World, changes: list[dict[str, Any]]) -> Facts:
    orders = [_order(one) for one in changes]
    ground = Ground(CELL, COMPANY_CELL, CELL, "America/Chicago")
    with world.begin() as conn:
        return gather(conn, ground, "r01", world.stores, orders, world.now)


def _order(one: dict[str, Any]) -> Any:
    raw = msgspec.json.encode({"device": "d", "changes": [one]})
    pushed = read(split_changes(raw).changes[0], "d")
    pushed.captured_at = pushed.change.captured.wall
    return order_of(pushed, "r01", "d")


def _replayed(
    world: World, facts: Facts, changes: dict[str, dict[str, Any]],
    stands: dict[str, tuple[str, list[Row]]],
) -> list[str]:  # fmt: skip
    """Decide the orders again one after the other, as they were committed."""
    order_of_commit = world.rows(
        "SELECT key, o.received_at FROM entry e JOIN orders o ON o.id::text = e.key"
        " WHERE e.kind = 'order' ORDER BY e.pos"
    )
    wrong = []
    for key, received_at in order_of_commit:
        facts.now = received_at
        order = _order(changes[key])
        decision = decide(order, facts)
        fold(facts, order, decision)
        lines = [(one.n, one.confirmed, one.backordered, one.cut) for one in decision.lines]
        state, is_there = stands[key]
        if (state, is_there) != (decision.state, lines):
            wrong.append(f"order {order.number}: {state} {is_there}, replayed {decision.state} "
                         f"{lines}")  # fmt: skip
    for (_, product), stock in facts.stock.items():
        reserved = world.one("SELECT reserved FROM stock WHERE product = %s", product)
        if reserved != stock.reserved:
            wrong.append(f"{product}: {reserved} reserved, replayed {stock.reserved}")
    return wrong[:20]


def _untold(world: World) -> list[str]:
    """Short lines of which their rep has not read."""
    rows = world.rows(
        """SELECT o.number, l.n FROM orders o
           JOIN order_line l ON l.cell = o.cell AND l.order_id = o.id
           WHERE l.backordered + l.cut > 0 AND NOT EXISTS (
               SELECT FROM conflict c WHERE c.order_id = o.id AND c.line = l.n
                 AND c.scope = 'rep:' || o.rep AND c.says <> '')"""
    )
    return [f"line {n} of {number} is short and nobody was told" for number, n in rows[:20]]


def main() -> int:
    """Run it in full on a database of its own, and say what was seen."""
    from server.database import make_engine
    from tests.conftest import chosen_programs, fresh_database

    parser = argparse.ArgumentParser(prog="python -m tests.sync.last_units")
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--products", type=int, default=50)
    parser.add_argument("--devices", type=int, default=8)
    parser.add_argument("--on-hand", type=int, default=150, help="of each product")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="talaria-units-") as root,
        fresh_database(Path(root), chosen_programs().folder) as url,
    ):
        engine = make_engine(url, pool_size=asked.devices + 2)
        world = build(engine, stores=61, products=asked.products)
        outcome = last_units(world, asked.orders, asked.devices, asked.on_hand)
        outcome.wrong += Auditor(world).look()
        left = world.one("SELECT sum(on_hand - reserved) FROM stock")
        engine.dispose()
    print(
        f"{outcome.orders} orders from {asked.devices} handhelds for the last {asked.on_hand} of"
        f" each of {asked.products} products, in {outcome.seconds:.1f} s: {outcome.short_lines}"
        f" lines fell short, {left} units are left, what is promised was looked at"
        f" {outcome.samples} times, {len(outcome.wrong)} faults"
    )
    for one in outcome.wrong[:20]:
        print(f"  {one}")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
