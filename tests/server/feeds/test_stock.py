"""Stock of the day: a snapshot with an age, beside which our own promises stand."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from server.feeds.load import Ask, load
from server.feeds.mapping import find_mapping
from server.feeds.plan import Refused
from server.feeds.validate import Rejects
from tests.server.feeds.conftest import Bench, source_of
from tests.world import build, change, order_body

SNAPSHOT = "product,on_hand,allocated,blocked,safety\np1,100,5,3,2\np2,50,0,0,0\n"


def stock(bench: Bench) -> list[tuple[object, ...]]:
    return bench.rows("SELECT product, on_hand, reserved, published FROM stock ORDER BY product")


def test_what_is_available_is_told_to_handhelds(stocked: Bench) -> None:
    stocked.load("stock", SNAPSHOT)
    assert stock(stocked) == [("p1", 100, 0, 90), ("p2", 50, 0, 50)]
    assert stocked.one("SELECT count(*) FROM entry WHERE kind = 'stock' AND scope = 'wh:w1'") == 2


def test_a_new_snapshot_leaves_our_promises_and_counts_them(stocked: Bench, engine: Engine) -> None:
    stocked.load("stock", SNAPSHOT)
    with engine.begin() as conn:
        conn.execute(text("UPDATE stock SET reserved = 7 WHERE product = 'p1'"))
    outcome = stocked.load("stock", SNAPSHOT.replace("100", "80"))
    assert (outcome.changed, outcome.same) == (1, 1)
    assert stock(stocked) == [("p1", 80, 7, 63), ("p2", 50, 0, 50)]


def test_a_product_missing_from_a_file_stays_unless_the_file_is_full(stocked: Bench) -> None:
    stocked.load("stock", SNAPSHOT)
    part = "product,on_hand\np1,60\n"
    stocked.load("stock", part)
    assert stock(stocked)[1][1] == 50
    outcome = stocked.load("stock", part, full=True)
    assert outcome.changed == 1
    assert stock(stocked)[1][1] == 0


@pytest.mark.parametrize("head", ["", "w1,"])
def test_a_full_file_leaves_what_a_line_nobody_can_load_names(stocked: Bench, head: str) -> None:
    stocked.load("stock", SNAPSHOT)
    columns = f"{'warehouse,' if head else ''}product,on_hand\n"
    part = f"{columns}{head}p1,60\n{head}p2,many\n"
    outcome = stocked.load("stock", part, full=True)
    assert (outcome.changed, outcome.rejected) == (1, 1)
    assert stock(stocked)[1][1] == 50


def test_a_snapshot_older_than_the_one_loaded_is_refused(stocked: Bench) -> None:
    stocked.load("stock", SNAPSHOT, as_of=datetime(2026, 11, 21, 6, tzinfo=UTC))
    before = stocked.everything()
    with pytest.raises(Refused, match="as of 2026-11-20 06:00 UTC, and a newer one"):
        stocked.load(
            "stock", "product,on_hand\np1,1\n", as_of=datetime(2026, 11, 20, 6, tzinfo=UTC)
        )
    assert stocked.everything() == before


def test_the_age_may_stand_in_the_file(stocked: Bench) -> None:
    stocked.load("stock", "product,on_hand,as_of\np1,1,2026-11-20T06:00:00Z\n")
    moment = datetime(2026, 11, 20, 6, tzinfo=UTC)
    assert stocked.one("SELECT stock_as_of FROM warehouse") == moment
    assert stocked.one("SELECT as_of FROM stock") == moment


def test_a_newer_age_alone_is_one_entry_of_the_warehouse_and_none_of_its_stock(
    stocked: Bench,
) -> None:
    stocked.load("stock", SNAPSHOT, as_of=datetime(2026, 11, 20, 6, tzinfo=UTC))
    pos = stocked.one("SELECT pos FROM feed WHERE cell = 2")
    stocked.load("stock", SNAPSHOT, as_of=datetime(2026, 11, 21, 6, tzinfo=UTC))
    assert stocked.one("SELECT pos FROM feed WHERE cell = 2") == pos + 1


def test_unknown_products_and_warehouses_are_rejected(stocked: Bench) -> None:
    stocked.load("stock", "product,warehouse,on_hand\np9,w1,1\np1,w9,1\np1,w1,1\n")
    assert stocked.rejected == [
        (2, "product", "p9", "Load the product first, or correct its code."),
        (3, "warehouse", "w9", "Name a warehouse of the company: w1."),
    ]
    assert stock(stocked) == [("p1", 1, 0, 1)]


@pytest.mark.parametrize("ask", [{"dry_run": True}, {"strict": True}])
def test_what_is_not_loaded_frees_no_promise(engine: Engine, ask: dict[str, bool]) -> None:
    """Planning gives back what a snapshot takes over; without the snapshot that would oversell."""
    world = build(engine)
    body = order_body(world.stores[0], [("p001", 5)])
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    world.run("UPDATE orders SET state = 'acknowledged', acknowledged_at = now()")
    bench = Bench(engine, [])
    bad = "product,on_hand\np001,900\nnope,1\n"
    with Rejects() as rejects, source_of(bad) as source:
        columns = find_mapping("plain", "stock")
        outcome = load(engine, "stock", source, columns, Ask("acme", **ask), rejects)
    assert not outcome.loaded
    assert bench.one("SELECT reserved FROM stock WHERE product = 'p001'") == 5
    assert bench.one("SELECT sum(reserved) FROM order_line") == 5
    with Rejects() as rejects, source_of(bad) as source:
        load(engine, "stock", source, columns, Ask("acme"), rejects)
    assert bench.rows("SELECT on_hand, reserved, published FROM stock WHERE product = 'p001'") == [
        (900, 0, 900)
    ]
