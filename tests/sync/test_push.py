"""A batch in, one verdict for each change out."""

from schemas.ids import uuid7
from tests.world import World, change, order_body


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
