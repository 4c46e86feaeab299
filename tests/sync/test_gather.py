"""Facts of trade terms: which lists price a store, and what promotions have left for it."""

import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from schemas.ids import uuid7
from sync.desk.release import reject, release
from sync.queries.push import use_caps
from sync.write import write
from tests.auditor import Auditor
from tests.sync.test_races import race
from tests.world import CELL, COMPANY_CELL, World, change, order_body


@pytest.fixture
def auditor(world: World) -> Iterator[Auditor]:
    """Sums agree when the test is over."""
    found = Auditor(world)
    yield found
    assert [one for one in found.look() if "of" in one and "is" in one and "entry" not in one] == []


def lists(world: World, **levels: Mapping[str, str]) -> None:
    """Price lists, each with a price of its own for the first product: 2.00, 1.90, 1.80 ..."""
    nothing = {"banner": None, "channel": None, "store_class": None}
    rows = [
        {"code": code.replace("_", "-"), "name": code, "currency": "USD", **nothing, **keys}
        for code, keys in levels.items()
    ]
    prices = [
        {
            **{"id": uuid7(), "list": row["code"], "product": world.products[0]},
            **{"price": Decimal(20 - n) / 10, "min_quantity": 1},
            "valid_from": world.now - timedelta(days=60),
        }
        for n, row in enumerate(rows)
    ]
    with world.begin() as conn:
        write(conn, COMPANY_CELL, "price_list", rows, "user:admin")
        write(conn, COMPANY_CELL, "price", prices, "user:admin")


def promotion(world: World, **more: Any) -> str:
    """A live promotion of 10 %; more: what is otherwise with it."""
    row: dict[str, Any] = {
        **{"id": uuid7(), "code": "ten", "name": "Ten off", "kind": "percent"},
        **{"percent": Decimal(10), "priority": 0, "state": "live"},
        "valid_from": world.now - timedelta(days=60),
        **more,
    }
    with world.begin() as conn:
        write(conn, COMPANY_CELL, "promotion", [row], "user:admin")
    return str(row["id"])


def sold(world: World, n: int, body: dict[str, Any]) -> dict[str, Any]:
    """The verdict on an order of the first handheld."""
    (verdict,), _ = world.push(world.carrier(), [change(n, "order", "submit", body)])
    return verdict


def priced(world: World, n: int, quantity: int = 1) -> str:
    """What a line of the first product costs at the first store; the rep quotes far too much."""
    body = order_body(world.stores[0], [(world.products[0], quantity)], price="9.00")
    assert sold(world, n, body)["outcome"] == "adjusted"
    found = world.one("SELECT unit_price FROM order_line WHERE order_id = %s", body["id"])
    return f"{found.normalize():f}"


def given(
    world: World, promotion_id: str, off: int, store: int = 0, quantity: int = 4
) -> dict[str, Any]:
    """An order of 4 pieces at 2.50 with so much off by a promotion; each of another product, so
    that none looks like another's twin."""
    world.products.append(world.products.pop(0))
    body = order_body(world.stores[store], [(world.products[0], quantity)])
    line = body["lines"][0]
    line["promotions"] = [{"promotion": promotion_id, "discount_minor": off}]
    line["discount_minor"], line["net_minor"] = off, line["net_minor"] - off
    body["net_minor"] -= off
    return body


@pytest.mark.rule(3)
def test_the_strongest_list_that_is_for_the_store_prices_it(world: World) -> None:
    lists(
        world,
        all={"level": "base"},
        bars={"level": "channel", "channel": "bar"},
        bars_a={"level": "channel_class", "channel": "bar", "store_class": "A"},
        north={"level": "banner", "banner": "north"},
        own={"level": "store"},
    )
    world.run("UPDATE store SET price_list = NULL, channel = NULL WHERE id = %s", world.stores[0])
    found = []
    for n, sets in enumerate(
        (
            *("name = name", "channel = 'bar'", "store_class = 'A'", "banner = 'north'"),
            *("price_list = 'own'", "price_list = 'base'"),
        ),
        1,
    ):
        world.run(f"UPDATE store SET {sets} WHERE id = %s", world.stores[0])
        found.append(priced(world, n, n))
    assert found == ["2", "1.9", "1.8", "1.7", "1.6", "2.5"]


@pytest.mark.rule(3)
def test_a_price_for_more_pieces_counts_from_its_quantity_on(world: World) -> None:
    more = {"list": "base", "product": world.products[0], "price": Decimal("2.25")}
    begun = {"valid_from": world.now - timedelta(days=90), "min_quantity": 12}
    with world.begin() as conn:
        write(conn, COMPANY_CELL, "price", [{"id": uuid7(), **more, **begun}], "user:admin")
    assert [priced(world, n, quantity) for n, quantity in ((1, 11), (2, 12))] == ["2.5", "2.25"]


@pytest.mark.rule(4)
def test_what_one_store_may_get_of_a_promotion_is_counted_by_its_orders(
    world: World, auditor: Auditor
) -> None:
    one = promotion(world, store_cap_minor=250, cap_minor=100_000)
    first, second, third = (given(world, one, 100) for _ in range(3))
    assert sold(world, 1, first)["outcome"] == "applied"
    assert sold(world, 2, second)["outcome"] == "applied"
    held = sold(world, 3, third)
    assert (held["outcome"], held["conflicts"][0]["rule"]) == ("held", "promotion_used_up")
    assert "0.50" in held["conflicts"][0]["says"]
    assert sold(world, 4, given(world, one, 100, store=1))["outcome"] == "applied"
    with world.begin() as conn:
        assert release(conn, CELL, third["id"], None, "user:desk", world.now) == "accepted"
    assert world.one("SELECT used_minor FROM promotion WHERE id = %s", one) == 400


@pytest.mark.rule(4)
def test_two_orders_of_one_batch_share_what_the_store_may_get(world: World) -> None:
    one = promotion(world, store_cap_minor=150)
    first, second = given(world, one, 100), given(world, one, 50, quantity=2)
    third = given(world, one, 25, quantity=1)
    changes = [
        change(n, "order", "submit", body) for n, body in enumerate((first, second, third), 1)
    ]
    told, _ = world.push(world.carrier(), changes)
    assert [one["outcome"] for one in told] == ["applied", "applied", "held"]


@pytest.mark.rule(4)
def test_a_rejected_order_gives_back_what_it_took(world: World, auditor: Auditor) -> None:
    """Held for its price and not for its promotion, it keeps the budget until somebody says no."""
    one = promotion(world, store_cap_minor=100, cap_minor=100)
    world.run("UPDATE store SET status = 'on_hold' WHERE id = %s", world.stores[0])
    body = given(world, one, 100)
    assert sold(world, 1, body)["outcome"] == "held"
    assert world.one("SELECT used_minor FROM promotion WHERE id = %s", one) == 100
    world.run("UPDATE store SET status = 'active' WHERE id = %s", world.stores[0])
    more = sold(world, 2, given(world, one, 100))
    assert [c["rule"] for c in more["conflicts"]] == ["promotion_used_up"]
    with world.begin() as conn:
        reject(conn, CELL, body["id"], "user:desk", world.now)
    assert world.one("SELECT used_minor FROM promotion WHERE id = %s", one) == 0
    assert sold(world, 3, given(world, one, 100))["outcome"] == "applied"


@pytest.mark.rule(4)
@pytest.mark.parametrize("turn", range(3))
def test_handhelds_that_race_for_the_last_of_a_budget_never_get_more(
    world: World, turn: int
) -> None:
    """Six orders of 100 off each, of two stores, for 250: two are taken, four wait for a person."""
    one = promotion(world, cap_minor=250)
    carriers = [world.carrier(), *(world.add_device(f"d-{n}", no=n) for n in range(2, 7))]
    bodies = [given(world, one, 100, store=n % 2) for n in range(6)]
    pushes = [
        (carrier, [change(1, "order", "submit", body)])
        for carrier, body in zip(carriers, bodies, strict=True)
    ]
    outcomes = sorted(verdict["outcome"] for verdict in race(world, pushes))
    assert outcomes == ["applied"] * 2 + ["held"] * 4
    assert world.one("SELECT used_minor FROM promotion WHERE id = %s", one) == 200


@pytest.mark.rule(4)
@pytest.mark.parametrize("turn", range(2))
def test_versions_of_a_promotion_that_race_for_its_budget_never_get_more(
    world: World, auditor: Auditor, turn: int
) -> None:
    """Six orders, every second late under the old terms: the budget is the newest version's."""
    old = promotion(world, cap_minor=900)
    new = promotion(world, cap_minor=250, replaces=old)
    carriers = [world.carrier(), *(world.add_device(f"d-{n}", no=n) for n in range(2, 7))]
    bodies = [given(world, (old, new)[n % 2], 100, store=n % 2) for n in range(6)]
    pushes = [
        (carrier, [change(1, "order", "submit", body)])
        for carrier, body in zip(carriers, bodies, strict=True)
    ]
    outcomes = sorted(verdict["outcome"] for verdict in race(world, pushes))
    assert outcomes == ["applied"] * 2 + ["held"] * 4
    assert world.one("SELECT sum(used_minor) FROM promotion") == 200


@pytest.mark.rule(4)
def test_versions_share_what_is_left_within_an_order_a_batch_and_a_store(
    world: World, auditor: Auditor
) -> None:
    old = promotion(world, store_cap_minor=100)
    new = promotion(world, store_cap_minor=250, replaces=old)
    first, second = given(world, old, 100), given(world, new, 100)
    both = given(world, new, 25, quantity=1)
    more = given(world, old, 50, quantity=2)["lines"][0]
    both["lines"].append(more | {"n": 2})
    both["net_minor"] += more["net_minor"]
    changes = [change(n, "order", "submit", one) for n, one in enumerate((first, second, both), 1)]
    told, _ = world.push(world.carrier(), changes)
    assert [one["outcome"] for one in told] == ["applied", "applied", "held"]
    assert [(c["rule"], c["yours"]) for c in told[2]["conflicts"]] == [("promotion_used_up", "50")]
    assert "0.25" in told[2]["conflicts"][0]["says"]
    assert sold(world, 4, given(world, old, 100))["outcome"] == "held"


@pytest.mark.rule(4)
def test_a_version_that_a_load_brings_while_an_order_waits_is_seen(world: World) -> None:
    """An order waits for the promotion; meanwhile a new version took of the budget. What that took
    counts, though the order's wait began before it was there."""
    old = promotion(world, cap_minor=150)
    with world.engine.connect() as conn:
        (cell,) = conn.execute(text("SELECT cell FROM promotion FOR UPDATE")).one()
        late = threading.Thread(target=lambda: found.append(sold(world, 1, given(world, old, 100))))
        found: list[dict[str, Any]] = []
        late.start()
        waits = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database()"
        )
        with world.engine.connect() as watch:
            while late.is_alive() and not watch.execute(text(waits)).scalar_one():
                watch.rollback()
        new = uuid7()
        row = {"id": new, "code": "ten", "name": "Ten off", "kind": "percent", "state": "live"}
        row |= {"percent": Decimal(10), "priority": 0, "cap_minor": 150, "replaces": old}
        write(conn, cell, "promotion", [row | {"valid_from": world.now}], "user:admin")
        use_caps(conn, cell, [(new, 100)])
        conn.commit()
    late.join()
    assert [one["outcome"] for one in found] == ["held"]


def test_an_order_decided_again_does_not_stand_in_its_own_way(world: World) -> None:
    one = promotion(world, store_cap_minor=100, cap_minor=100)
    world.run("UPDATE store SET status = 'on_hold' WHERE id = %s", world.stores[0])
    body = given(world, one, 100)
    assert sold(world, 1, body)["outcome"] == "held"
    with world.begin() as conn:
        state = release(conn, CELL, body["id"], ["store_blocked"], "user:desk", world.now)
    assert state == "accepted"
    assert world.one("SELECT used_minor FROM promotion WHERE id = %s", one) == 100
