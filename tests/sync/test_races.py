"""Two reps and the last units, the last credit: never both; and both ways of deciding agree."""

import threading
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine

from schemas.ids import uuid7
from sync.effects import Effects, flush
from sync.taking import orders
from tests.world import World, build, change, clock_at, order_body


def race(world: World, pushes: list[tuple[Any, list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    """Push at the same moment from threads; verdicts in the order of pushes."""
    gate, found = threading.Barrier(len(pushes)), {}

    def one(i: int, carrier: Any, changes: list[dict[str, Any]]) -> None:
        gate.wait()
        found[i] = world.push(carrier, changes)[0]

    threads = [
        threading.Thread(target=one, args=(i, carrier, changes))
        for i, (carrier, changes) in enumerate(pushes)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [verdict for i in range(len(pushes)) for verdict in found[i]]


@pytest.mark.rule(1)
@pytest.mark.rule(2)
@pytest.mark.parametrize("turn", range(5))
def test_two_racing_pushes_for_the_last_units_never_get_both(engine: Engine, turn: int) -> None:
    world = build(engine, on_hand=10)
    other = world.add_device("d-2", "r02", no=2)
    mine, theirs = world.stores[0], world.stores[-1]
    verdicts = race(
        world,
        [
            (world.carrier(), [change(1, "order", "submit", order_body(mine, [("p001", 8)]))]),
            (other, [change(1, "order", "submit", order_body(theirs, [("p001", 8)]))]),
        ],
    )
    assert sorted(v["outcome"] for v in verdicts) == ["adjusted", "applied"]
    assert world.one("SELECT sum(confirmed) FROM order_line") == 10
    assert world.one("SELECT sum(backordered) FROM order_line") == 6
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 10
    short = next(v for v in verdicts if v["outcome"] == "adjusted")["conflicts"][0]
    assert short["rule"] == "stock_short"
    assert (short["yours"], short["now"]) == ("8", "2")
    assert "2" in short["says"]


@pytest.mark.rule(6)
@pytest.mark.parametrize("turn", range(5))
def test_two_racing_pushes_for_the_last_credit_never_get_both(engine: Engine, turn: int) -> None:
    world = build(engine, limit_minor=3_000)
    other = world.add_device("d-2", "r02", no=2)
    store = world.stores[-2]  # both reps carry it
    verdicts = race(
        world,
        [
            (world.carrier(), [change(1, "order", "submit", order_body(store, [("p001", 8)]))]),
            (other, [change(1, "order", "submit", order_body(store, [("p002", 8)]))]),
        ],
    )
    assert sorted(v["outcome"] for v in verdicts) == ["applied", "held"]
    assert world.one("SELECT ordered_minor FROM credit_account WHERE store = %s", store) == 2_000


def day(world: World) -> list[dict[str, Any]]:
    """A batch with everything in it: short stock, twins, a foreign store, a card, a wait."""
    now = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    s, captured = world.stores, clock_at(now, 60_000)
    visit = uuid7()
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        ("visit", "save", {"id": visit, "store": s[0], "state": "started"}),
        ("order", "submit", order_body(s[0], [("p001", 8), ("p002", 3)])),
        ("order", "submit", order_body(s[1], [("p001", 8), ("p003", 1)])),
        ("order", "submit", order_body(s[0], [("p001", 8), ("p002", 3)])),
        ("order", "submit", order_body(s[-1], [("p004", 1)])),
        ("order", "submit", order_body(s[1], [("nope", 1), ("p005", 2)])),
        ("card", "submit", {"id": uuid7(), "store": s[0], "visit": visit, "lines": []}),
        ("order", "submit", order_body(s[2], [("p006", 4)], price="2.40")),
        ("visit", "save", {"id": visit, "store": s[0], "state": "done"}),
    ]
    changes = [
        change(n, kind, act, body, captured=captured)
        for n, (kind, act, body) in enumerate(bodies, 1)
    ]
    changes[6]["depends_on"] = [changes[0]["id"]]
    changes[5]["depends_on"] = [uuid7()]
    return changes


TABLES = (
    "orders", "order_line", "visit", "visit_card", "conflict", "delivery", "stock",
    "credit_account", "receipt",
)  # fmt: skip


def state(world: World) -> dict[str, list[str]]:
    """Every row the batch could have written, without the times of writing."""
    return {
        table: [
            row[0]
            for row in world.rows(f"SELECT (to_jsonb(t) - 'as_of')::text FROM {table} t ORDER BY 1")
        ]
        for table in TABLES
    }


@pytest.mark.rule(21)
def test_deciding_together_and_one_by_one_end_in_the_same_state(
    engine: Engine, clone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from server.database import make_engine

    at = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    world = build(engine, on_hand=10)
    batch = msgspec.json.encode(day(world))
    with world.begin() as conn:  # a second world with the very same rows
        tables = [
            (name, conn.connection.driver_connection.execute(  # type: ignore[union-attr]
                f'SELECT jsonb_agg(to_jsonb(t)) FROM "{name}" t').fetchone()[0])
            for name in EVERYTHING
        ]  # fmt: skip
    other_engine = make_engine(clone()[0])
    other = World(other_engine, world.company, world.stores, world.products, world.now)
    with other.begin() as conn:
        for name, rows in tables:
            conn.connection.driver_connection.execute(  # type: ignore[union-attr]
                f'INSERT INTO "{name}" SELECT * FROM jsonb_populate_recordset(NULL::"{name}", %s)',
                [msgspec.json.encode(rows or []).decode()],
            )
    together, answer = world.push(world.carrier(), msgspec.json.decode(batch), received_at=at)
    assert answer.faults == []

    real, calls = flush, []

    def fails_first(*args: Any) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("planted")
        real(*args)

    monkeypatch.setattr("sync.push.flush", fails_first)
    alone, answer = other.push(other.carrier(), msgspec.json.decode(batch), received_at=at)
    assert answer.faults == ["RuntimeError: planted"]
    assert len(calls) > 5
    assert alone == together
    assert state(other) == state(world)
    other_engine.dispose()


EVERYTHING = (
    "company", "cell", "app_user", "device", "warehouse", "feed", "incarnation", "product",
    "product_uom", "price_list", "price", "stock", "store", "credit_account", "assignment",
    "scope_grant", "delivery_target",
)  # fmt: skip


@pytest.mark.rule(21)
def test_a_change_the_server_stumbles_over_costs_no_neighbour_its_result(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug in one change: it is held for a person, the others are decided as ever."""
    changes = [
        change(n, "order", "submit", order_body(world.stores[0], [(f"p00{n}", n)]))
        for n in range(1, 6)
    ]
    poison = changes[2]["body"]["id"]
    real = orders.submit_order

    def stumbles(some: Any, pushed: Any, order: Any, decision: Any) -> None:
        if order.id == poison:
            raise ZeroDivisionError("planted")
        real(some, pushed, order, decision)

    monkeypatch.setattr(orders, "submit_order", stumbles)
    verdicts, answer = world.push(world.carrier(), changes)
    assert [v["outcome"] for v in verdicts] == ["applied", "applied", "held", "applied", "applied"]
    assert verdicts[2]["conflicts"][0]["rule"] == "server_fault"
    assert answer.acknowledged_through == 5
    assert world.one("SELECT count(*) FROM orders") == 4
    assert world.one("SELECT body IS NOT NULL FROM receipt WHERE n = 3")


@pytest.mark.rule(21)
def test_a_change_under_a_used_number_that_the_server_stumbles_over_keeps_its_receipt_apart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)]))
    world.push(world.carrier(), [first])
    real = Effects.keep

    def stumbles(some: Any, pushed: Any, conflict: Any) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(Effects, "keep", stumbles)
    other = change(1, "order", "submit", order_body(world.stores[0], [("p002", 2)]))
    verdicts, answer = world.push(world.carrier(), [other])
    assert [one["conflicts"][0]["rule"] for one in verdicts] == ["server_fault"]
    assert len(answer.faults) == 2  # together, and alone
    assert world.rows("SELECT n FROM receipt ORDER BY n") == [(1,), (None,)]
    monkeypatch.setattr(Effects, "keep", real)
    again, answer = world.push(world.carrier(), [other])
    assert (again[0]["replayed"], answer.faults) == (True, [])
