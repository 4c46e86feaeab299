"""A batch in, one verdict for each change out."""

import pytest
from sqlalchemy import Engine

from schemas.ids import uuid7
from sync.write import write
from tests.world import COMPANY_CELL, World, build, change, order_body


@pytest.mark.rule(1)
def test_an_order_is_decided_reserved_and_queued_for_delivery(world: World) -> None:
    body = order_body(world.stores[0], [("p001", 24), ("p002", 6)])
    verdicts, answer = world.push(world.carrier(), [change(1, "order", "submit", body)])
    assert answer.faults == []
    assert [v["outcome"] for v in verdicts] == ["applied"]
    assert verdicts[0]["state"] == "accepted"
    assert answer.acknowledged_through == 1
    assert world.one("SELECT state FROM orders WHERE id = %s", body["id"]) == "accepted"
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 24
    assert world.one("SELECT count(*) FROM delivery WHERE order_id = %s", body["id"]) == 1
    assert (
        world.one("SELECT ordered_minor FROM credit_account WHERE store = %s", world.stores[0])
        == 7500
    )


def test_a_repeat_gets_the_stored_verdict_and_no_second_effect(world: World) -> None:
    sent = [change(1, "order", "submit", order_body(world.stores[0], [("p001", 5)]))]
    first, _ = world.push(world.carrier(), sent)
    again, answer = world.push(world.carrier(), sent)
    assert again == [first[0] | {"replayed": True}]
    assert answer.acknowledged_through == 1
    assert world.one("SELECT count(*) FROM orders") == 1
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 5


@pytest.mark.rule(23)
def test_the_same_change_from_the_reps_new_handheld_gets_its_stored_verdict(world: World) -> None:
    """A handheld is lost after its outbox was copied to its successor: nothing is doubled."""
    sent = change(1, "order", "submit", order_body(world.stores[0], [("p001", 5)]))
    first, _ = world.push(world.carrier(), [sent])
    successor = world.add_device("d-9", "r01", no=9)
    for _ in range(2):
        again, answer = world.push(successor, [sent | {"n": 1}])
        assert again == [first[0] | {"replayed": True}]
        assert answer.acknowledged_through == 1
    assert world.one("SELECT count(*) FROM orders") == 1
    stranger = world.add_device("d-8", "r02", no=8)
    verdicts, _ = world.push(stranger, [sent])
    assert (verdicts[0]["outcome"], verdicts[0]["conflicts"][0]["rule"]) == ("held", "id_reused")


@pytest.mark.rule(23)
@pytest.mark.parametrize("together", [True, False])
def test_an_order_under_the_number_of_another_waits_and_keeps_its_stock(
    world: World, together: bool
) -> None:
    """A handheld restored from an old copy counts again; another store, so it is no twin."""
    sent = [
        change(n, "order", "submit", order_body(world.stores[n], [("p001", 5)], number="D1-000004"))
        for n in (1, 2)
    ]
    verdicts = []
    for batch in [sent] if together else [[one] for one in sent]:
        told, answer = world.push(world.carrier(), batch)
        assert answer.faults == []
        verdicts += told
    assert [v["outcome"] for v in verdicts] == ["applied", "held"]
    assert [(c["rule"], c["needs"], c["says"]) for c in verdicts[1]["conflicts"]] == [
        (
            "number_known", "office",
            "Another order has number D1-000004 already. This one is kept and waits for the "
            "office.",
        )
    ]  # fmt: skip
    assert world.rows("SELECT id::text, state, holds FROM orders ORDER BY state") == [
        (sent[0]["body"]["id"], "accepted", []),
        (sent[1]["body"]["id"], "held", ["number_known"]),
    ]
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 10
    assert world.one("SELECT count(*) FROM delivery") == 1


def test_visit_card_and_plan_stop_are_taken(world: World) -> None:
    store, visit = world.stores[0], uuid7()
    card = {"id": uuid7(), "store": store, "visit": visit,
            "lines": [{"product": "p001", "on_shelf": True, "facings": 3}]}  # fmt: skip
    stop = {"id": uuid7(), "store": store, "day": "2026-11-23", "sequence": 1, "state": "planned"}
    started = change(1, "visit", "save", {"id": visit, "store": store, "state": "started"})
    changes = [
        started,
        change(2, "card", "submit", card, depends_on=[started["id"]]),
        change(3, "visit", "save", {"id": visit, "store": store, "state": "done"}),
        change(4, "plan_stop", "save", stop),
    ]
    verdicts, answer = world.push(world.carrier(), changes)
    assert answer.faults == []
    assert [v["outcome"] for v in verdicts] == ["applied"] * 4
    assert world.one("SELECT state FROM visit WHERE id = %s", visit) == "done"
    assert world.one("SELECT lines->0->>0 FROM visit_card") == "p001"


@pytest.mark.rule(1)
def test_what_the_warehouse_keeps_no_count_of_is_promised_and_never_reserved(world: World) -> None:
    """The office chose so. A later count of it would otherwise have to give back what none had."""
    rule = {"rule": "stock_unknown", "choice": "confirm_all", "params": "{}"}
    with world.begin() as conn:
        write(
            conn, COMPANY_CELL, "policy",
            [{"id": uuid7(), "banner": None, "store": None, **rule}], "user:admin",
        )  # fmt: skip
    world.run("DELETE FROM stock WHERE product = 'p001'")
    body = order_body(world.stores[0], [("p001", 5), ("p002", 2)])
    verdicts, _ = world.push(world.carrier(), [change(1, "order", "submit", body)])
    assert verdicts[0]["state"] == "accepted"
    assert world.rows("SELECT product, confirmed, reserved FROM order_line ORDER BY n") == [
        ("p001", 5, 0), ("p002", 2, 2),
    ]  # fmt: skip


def test_where_a_visit_was_may_be_told_after_it_began_and_stays_told(world: World) -> None:
    begun = {"id": uuid7(), "store": world.stores[0], "state": "started"}
    where = {"lat_deg": "41.60036", "lon_deg": "-93.60000", "distance_m": 40}
    row = "SELECT state, lat_deg::text, lon_deg::text, distance_m FROM visit"
    for n, body in enumerate((begun, begun | where, begun | {"state": "done"}), 1):
        world.push(world.carrier(), [change(n, "visit", "save", body)])
    assert world.rows(row) == [("done", "41.600360", "-93.600000", 40)]
    nearer = {"lat_deg": "41.60000", "lon_deg": "-93.60001", "distance_m": 7}
    world.push(world.carrier(), [change(4, "visit", "save", begun | nearer)])
    assert world.rows(row) == [("done", "41.600000", "-93.600010", 7)]


def test_an_order_of_what_is_all_on_backorder_names_its_warehouse_too(engine: Engine) -> None:
    world = build(engine, on_hand=0)
    body = order_body(world.stores[0], [("p001", 5)])
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    assert world.rows("SELECT state, stock_owner FROM orders") == [("accepted", "w1")]


def test_a_stop_ends_the_same_in_one_batch_or_in_two(world: World) -> None:
    visit, ends = uuid7(), []
    for batched in (True, False):
        stop = {"id": uuid7(), "store": world.stores[0], "day": "2026-11-21", "sequence": 1}
        n = 1 if batched else 3
        saves = [
            change(n, "plan_stop", "save", stop | {"state": "done", "visit": visit}),
            change(n + 1, "plan_stop", "save", stop | {"state": "planned", "sequence": 4}),
        ]
        for batch in [saves] if batched else [[one] for one in saves]:
            world.push(world.carrier(), batch)
        row = "SELECT state, sequence, visit::text, version FROM plan_stop WHERE id = %s"
        ends.append(world.rows(row, stop["id"]))
    assert ends == [[("done", 1, visit, 1)]] * 2


@pytest.mark.rule(10)
def test_what_would_take_a_visit_or_a_stop_back_is_merged_and_said(world: World) -> None:
    store, visit, stop = world.stores[0], uuid7(), uuid7()
    at = {"id": stop, "store": store, "day": "2026-11-23", "sequence": 1}
    world.push(
        world.carrier(),
        [
            change(1, "visit", "save", {"id": visit, "store": store, "state": "done"}),
            change(2, "plan_stop", "save", at | {"state": "done"}),
        ],
    )
    late = [
        change(
            3, "visit", "save", {"id": visit, "store": store, "state": "started", "note": "late"}
        ),
        change(4, "plan_stop", "save", at | {"state": "planned", "day": "2026-11-24"}),
        change(5, "plan_stop", "save", at | {"state": "started"}),
    ]
    verdicts, _ = world.push(world.carrier(), late)
    assert [v["outcome"] for v in verdicts] == ["merged"] * 3
    assert verdicts[0]["says"] == (
        "The visit at Store 1 is done already and stays so; the rest was noted."
    )
    assert world.rows("SELECT state, note FROM visit") == [("done", "late")]
    assert world.one("SELECT state FROM plan_stop") == "done"
