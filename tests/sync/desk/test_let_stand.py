"""What was kept whole stands when a person says so, with what was parked on it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.ids import uuid7
from sync.desk.answer import Given, give
from sync.desk.let_stand import NotKept
from sync.desk.release import release
from sync.feed import publish
from tests.auditor import Auditor
from tests.sync.taking.life import Life
from tests.sync.taking.pushing import rules
from tests.world import CELL, World, change, clock_at, let_stand, order_body


def stand(world: World, change_id: str) -> str:
    with world.begin() as conn:
        return let_stand(conn, CELL, change_id)


def revoked(world: World) -> Any:
    world.run("UPDATE device SET state = 'revoked' WHERE id = 'd-1'")
    before = world.carrier()
    return type(before)(
        *(getattr(before, name) for name in ("device", "cell", "cells", "company", "company_cell")),
        *(before.zone, before.rep, before.install, "revoked"),
    )


def test_an_order_that_came_under_a_used_id_is_released_as_itself(world: World) -> None:
    """Its items are named by the receipt that keeps it apart, also when it is decided again."""
    store = world.stores[0]
    bodies = [order_body(store, [("p001", 1)], number=f"D1-{n:06d}") for n in (1, 2)]
    world.run("UPDATE credit_account SET limit_minor = 100")
    first = change(1, "order", "submit", bodies[0])
    world.push(world.carrier(), [first])
    world.push(world.carrier(), [first | {"body": bodies[1], "n": 2}])
    kept = world.one("SELECT change::text FROM receipt WHERE outcome = 'held' AND n = 2")
    assert kept != first["id"]
    with world.begin() as conn:
        let_stand(conn, CELL, kept)
    second = bodies[1]["id"]
    items = "SELECT id, rule, state FROM conflict WHERE order_id = %s ORDER BY id"
    before = world.rows(items, second)
    assert "credit_exceeded" in {row[1] for row in before}
    with world.begin() as conn:
        release(conn, CELL, second, [], "user:desk", datetime.now(UTC))
    assert world.rows(items, second) == before
    with world.begin() as conn:
        release(conn, CELL, second, None, "user:desk", datetime.now(UTC))
    assert world.one("SELECT state FROM orders WHERE id = %s", second) == "accepted"
    assert Auditor(world).look() == []


@pytest.mark.rule(20)
def test_what_a_revoked_handheld_captured_waits_for_the_supervisor_and_is_never_dropped(
    world: World,
) -> None:
    visit = {"id": uuid7(), "store": world.stores[0], "state": "done"}
    lines = [{"product": "p001", "on_shelf": True}]
    sent = [
        change(1, "visit", "save", visit),
        change(2, "card", "submit", {"id": uuid7(), "store": world.stores[0], "lines": lines}),
        change(3, "order", "submit", order_body(world.stores[0], [("p001", 3)])),
        change(4, "store", "edit", {"id": world.stores[0], "set": {"phone": "1"}, "base": {}}),
    ]
    verdicts, _ = world.push(revoked(world), sent)
    assert [rules(v) for v in verdicts] == [[("device_revoked", "hold_for_office")]] * 4
    owners = world.rows("SELECT DISTINCT owner, item FROM conflict")
    assert owners == [("supervisor", "hold")]
    assert world.one("SELECT count(*) FROM visit") == 0
    for one in sent:
        stand(world, one["id"])
    counts = [world.one(f"SELECT count(*) FROM {name}") for name in ("visit", "visit_card")]
    assert [*counts, world.one("SELECT state FROM orders")] == [1, 1, "accepted"]
    assert world.one("SELECT phone FROM store WHERE id = %s", world.stores[0]) == "1"
    assert world.rows("SELECT DISTINCT state FROM conflict") == [("resolved",)]
    with pytest.raises(NotKept):
        stand(world, sent[0]["id"])


@pytest.mark.rule(21)
def test_a_bad_change_parks_what_builds_on_it_and_nothing_else(world: World) -> None:
    bad = change(1, "visit", "save", {"id": uuid7(), "store": world.stores[0], "state": "fine"})
    card = {"id": uuid7(), "store": world.stores[0], "lines": []}
    sent = [
        bad,
        change(2, "card", "submit", card, depends_on=[bad["id"]]),
        change(3, "order", "submit", order_body(world.stores[1], [("p001", 3)])),
    ]
    after = change(
        4, "order", "submit", order_body(world.stores[0], [("p001", 1)]),
        depends_on=[sent[1]["id"]],
    )  # fmt: skip
    verdicts, _ = world.push(world.carrier(), sent)
    assert [v["outcome"] for v in verdicts] == ["rejected", "held", "applied"]
    assert rules(verdicts[1]) == [("dependency_parked", "hold_for_office")]
    assert "builds on a visit that could not be taken" in verdicts[1]["says"]
    (later,), _ = world.push(world.carrier(), [after])
    assert rules(later) == [("dependency_parked", "hold_for_office")]
    assert stand(world, sent[1]["id"]) == "card"
    assert world.one("SELECT count(*) FROM visit_card") == 1
    states = world.rows("SELECT store::text, state FROM orders ORDER BY state, store")
    assert sorted(states) == sorted(
        [(world.stores[0], "accepted"), (world.stores[1], "accepted")]
    ), "what was parked on the card stands with it"


@pytest.mark.rule(21)
def test_parked_or_not_one_batch_or_several_end_the_same(world: World) -> None:
    ends = []
    for batched in (True, False):
        n = 1 if batched else 3
        bad = change(n, "visit", "save", {"id": uuid7(), "store": world.stores[0], "state": "x"})
        card = {"id": uuid7(), "store": world.stores[0], "lines": []}
        sent = [bad, change(n + 1, "card", "submit", card, depends_on=[bad["id"]])]
        told = []
        for batch in [sent] if batched else [[one] for one in sent]:
            told += world.push(world.carrier(), batch)[0]
        ends.append([(v["outcome"], rules(v)) for v in told])
    assert ends[0] == ends[1]


@pytest.mark.rule(19)
def test_a_wrong_clock_is_told_once_and_changes_no_time(world: World) -> None:
    received = datetime.now(UTC)
    ahead = clock_at(received, 60_000)
    visits = [
        change(n, "visit", "save", {"id": uuid7(), "store": world.stores[0], "state": "done"},
               captured=ahead)
        for n in (1, 2)
    ]  # fmt: skip
    from datetime import timedelta

    import msgspec

    from schemas.strict import split_changes
    from sync.push import push
    from tests.world import _clock

    wrong = clock_at(received)
    wrong["wall"] = (received + timedelta(minutes=12)).isoformat()
    clock, _ = _clock.accept(msgspec.json.encode(wrong))
    raw = msgspec.json.encode({"device": "d-1", "changes": visits})
    answer = push(world.begin, world.carrier(), clock, split_changes(raw).changes, received)
    verdicts = [msgspec.json.decode(text) for text in answer.verdicts]
    assert [rules(v) for v in verdicts] == [[("clock_wrong", "correct_time")], []]
    assert "12 minutes ahead" in verdicts[0]["conflicts"][0]["says"]
    times = world.rows("SELECT captured_at FROM receipt ORDER BY n")
    assert all(abs((at - received).total_seconds() + 60) < 1 for (at,) in times)


@pytest.mark.rule(23)
def test_the_older_schema_is_taken_and_the_newer_kept(world: World) -> None:
    """A handheld of before sends a stop without `base`; one of after, a version nobody knows."""
    stop = {"id": uuid7(), "store": world.stores[0], "day": "2026-11-24", "sequence": 1,
            "state": "planned"}  # fmt: skip
    newer = change(2, "plan_stop", "save", stop) | {"v": 9}
    verdicts, _ = world.push(world.carrier(), [change(1, "plan_stop", "save", stop), newer])
    assert [v["outcome"] for v in verdicts] == ["applied", "held"]
    assert rules(verdicts[1]) == [("version_unknown", "hold_for_office")]


@pytest.mark.parametrize("act", ["revise", "cancel"])
def test_what_is_asked_of_a_delivery_system_is_let_stand_by_asking_it(
    world: World, act: str
) -> None:
    """The change itself goes on waiting then: for the answer, not for a person."""
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    order.carrier = replace(world.carrier(), state="revoked")
    verdict = order.revise([("p001", 20)]) if act == "revise" else order.cancel()
    assert rules(verdict) == [("device_revoked", "hold_for_office")]
    stand(world, verdict["id"])
    order.check()
    assert order.deliveries == [(1, "acknowledged"), (2, "queued")]
    asked = world.rows("SELECT rule, state, needs FROM conflict ORDER BY at")
    assert asked == [("device_revoked", "resolved", "office"), ("order_is_sent", "told", None)]
    order.send()
    order.answer(2)
    assert order.row[0] == ("cancelled" if act == "cancel" else "acknowledged")
    assert order.reserved == ([] if act == "cancel" else [("p001", 20)])


def test_what_builds_on_it_is_asked_with_it_and_a_person_may_look_first(world: World) -> None:
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    world.run("UPDATE credit_account SET limit_minor = 3500")
    order.carrier = replace(world.carrier(), state="revoked")
    order.auditor = Auditor(world)
    verdict = order.revise([("p001", 20)])
    stand(world, verdict["id"])
    order.check()
    item, name = world.rows("SELECT id::text, answers[1] FROM conflict WHERE state = 'waiting'")[0]
    assert (name, order.deliveries) == ("accept_request", [(1, "acknowledged")])
    with world.begin() as conn:
        given = Given(name, "office", "user:dora", datetime.now(UTC), "fine")
        give(conn, CELL, item, given)
        publish(conn, CELL, given.entries)
    order.check()
    assert order.deliveries == [(1, "acknowledged"), (2, "queued")]
