"""What a delivery system says of an order moves its row forwards, once, in whatever order told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest

from sync.delivery import acknowledge as orders
from sync.delivery.acknowledge import LineAnswer
from sync.delivery.status import LineStatus, StatusUpdate, apply, replay_parked
from sync.desk.answer import Given, give
from sync.feed import publish
from tests.auditor import Auditor
from tests.world import CELL, OTHER_CELL, World, change, order_body

AT = datetime.now(UTC) + timedelta(hours=1)  # newer than any load of receivables
BY = "delivery:main"
ROW = """SELECT state, net_minor, exposure_minor, external_no, invoice_no, invoiced_at, steps,
                (SELECT array_agg(ARRAY[n, confirmed, backordered, cut, reserved, shipped,
                        delivered, net_minor]::text[] || cut_reason || l.state ORDER BY n)
                 FROM order_line l WHERE l.order_id = o.id) FROM orders o WHERE id = %s"""


def sent(world: World, lines: list[tuple[str, int]], *, acknowledged: bool = True) -> str:
    """An order the delivery system has; its id."""
    body = order_body(world.stores[0], lines)
    n = world.one("SELECT coalesce(max(n), 0) + 1 FROM receipt")
    verdicts, _ = world.push(world.carrier(), [change(n, "order", "submit", body)])
    assert verdicts[0]["state"] == "accepted"
    order: str = body["id"]
    world.run("UPDATE orders SET captured_at = captured_at - interval '9 days'")  # no twins
    with world.begin() as conn:
        orders.mark_sent(conn, CELL, [order], BY)
    if acknowledged:
        delivery = world.one("SELECT id::text FROM delivery WHERE order_id = %s", order)
        no = f"DS-{body['number']}"
        with world.begin() as conn:
            orders.acknowledge(conn, CELL, delivery, order, 1, no, [], AT, BY)
    return order


def update(order: str, status: str, minutes: int, *lines: LineStatus, **more: Any) -> StatusUpdate:
    """An event `minutes` after the acknowledgement."""
    at = AT + timedelta(minutes=minutes)
    name = f"{order}-{status}-{minutes}"
    return replace(StatusUpdate(name, "main", order, 1, None, status, at, lines), **more)


def say(world: World, *updates: StatusUpdate) -> list[str]:
    """Take events one by one, each in a transaction of its own."""
    became = []
    for one in updates:
        with world.begin() as conn:
            became.append(apply(conn, CELL, one, BY, datetime.now(UTC)))
    return [str(one) for one in became]


def a_life(order: str) -> list[StatusUpdate]:
    """Allocated in part, shipped, a case refused at the door, invoiced."""
    return [
        update(order, "short", 1, LineStatus(1, allocated=8, reason="damaged")),
        update(order, "picking", 2),
        update(order, "dispatched", 3, LineStatus(1, shipped=8), LineStatus(2, shipped=5)),
        update(order, "part_delivered", 4, LineStatus(1, delivered=7, reason="broken")),
        update(order, "invoiced", 5, invoice_no="INV-1"),
    ]


def test_an_order_follows_its_delivery_to_the_invoice(world: World) -> None:
    auditor = Auditor(world)
    order = sent(world, [("p001", 12), ("p002", 5)])
    states = []
    for one in a_life(order):
        assert say(world, one) == ["applied"]
        states.append(world.one("SELECT state FROM orders WHERE id = %s", order))
        assert auditor.look() == []
    assert states == ["short", "picking", "dispatched", "delivered", "invoiced"]
    lines = world.rows(
        "SELECT confirmed, cut, shipped, delivered, reserved, net_minor, cut_reason"
        " FROM order_line ORDER BY n"
    )
    assert lines == [(8, 4, 8, 7, 8, 1750, "damaged"), (5, 0, 5, 5, 5, 1250, None)]
    assert world.rows("SELECT net_minor, exposure_minor FROM orders") == [(3000, 3000)]


def test_the_rep_reads_of_every_line_that_fell_short(world: World) -> None:
    order = sent(world, [("p001", 12), ("p002", 5)])
    say(world, *a_life(order))
    number = world.one("SELECT number FROM orders")
    assert [row[0] for row in world.rows("SELECT says FROM conflict ORDER BY at, line")] == [
        f"Order {number}: of Product p001 the delivery system allocated 8 of 12 (damaged); "
        "0 on backorder, 4 cut.",
        f"Order {number}: of Product p001 7 of 8 were delivered, 1 were not (broken).",
    ]


def test_a_repeat_changes_nothing_and_is_known(world: World) -> None:
    order = sent(world, [("p001", 12)])
    one = update(order, "short", 1, LineStatus(1, allocated=8))
    assert say(world, one, one) == ["applied", "repeated"]
    before = world.rows("SELECT * FROM orders"), world.rows("SELECT * FROM entry")
    assert say(world, one) == ["repeated"]
    assert (world.rows("SELECT * FROM orders"), world.rows("SELECT * FROM entry")) == before


def test_a_word_that_comes_too_late_moves_nothing_back(world: World) -> None:
    order = sent(world, [("p001", 12)])
    assert say(world, update(order, "dispatched", 3)) == ["applied"]
    assert say(world, update(order, "picking", 2)) == ["stale"]
    assert world.one("SELECT state FROM orders") == "dispatched"
    assert [step[0] for step in world.one("SELECT steps FROM orders")][-2:] == [
        "picking",
        "dispatched",
    ]


def test_the_same_events_end_in_the_same_row_however_they_arrive(world: World) -> None:
    ends, luck = set(), Random(7)
    ways = list(permutations(range(5)))
    for way in [ways[0], ways[-1], *luck.sample(ways, 24)]:
        order = sent(world, [("p001", 12), ("p002", 5)])
        events = a_life(order)
        told = [events[n] for n in way]
        told += luck.sample(told, 3)
        luck.shuffle(told) if luck.random() < 0.5 else None
        say(world, *told)
        row = world.rows(ROW, order)[0]
        number = world.one("SELECT number FROM orders WHERE id = %s", order)
        steps = [step for step in row[6] if step[0] not in ("received", "accepted", "sent")]
        ends.add(repr([*row[:3], row[3].replace(number, ""), *row[4:6], steps, row[7]]))
    assert len(ends) == 1, ends


def test_an_acknowledgement_that_comes_after_the_truck_left_changes_no_figure(
    world: World,
) -> None:
    lines = [("p001", 12)]
    rows = []
    for late in (False, True):
        order = sent(world, lines, acknowledged=False)
        delivery = world.one("SELECT id::text FROM delivery WHERE order_id = %s", order)
        answer = [LineAnswer(1, 10, 0, 2, "few")]
        events = [update(order, "dispatched", 3, LineStatus(1, shipped=9))]
        if late:
            say(world, *events)
        with world.begin() as conn:
            orders.acknowledge(conn, CELL, delivery, order, 1, "DS-1", answer, AT, BY)
        if not late:
            say(world, *events)
        rows.append([value for n, value in enumerate(world.rows(ROW, order)[0]) if n != 6])
    assert rows[0] == rows[1]
    assert rows[0][0] == "dispatched"
    assert Auditor(world).look() == []


def test_a_status_may_name_the_order_by_its_number_there(world: World) -> None:
    order = sent(world, [("p001", 12)])
    number = world.one("SELECT external_no FROM orders")
    world.run("UPDATE delivery SET external_no = %s", number)
    one = update(order, "picking", 1)
    assert say(world, replace(one, order=None, revision=None, external_no=number)) == ["applied"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"order": "0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"}, "no order here goes by that name"),
        ({"order": "no id"}, "no order here goes by that name"),
        ({"status": "zz9"}, "nobody has said what that means"),
    ],
)
def test_what_nobody_can_place_is_parked_for_the_office(
    world: World, more: dict[str, Any], why: str
) -> None:
    order = sent(world, [("p001", 12)])
    before = world.rows(ROW, order)
    assert say(world, replace(update(order, "picking", 1), **more)) == ["parked"]
    told = world.rows("SELECT scope, state, says FROM conflict")
    assert [(scope, state) for scope, state, _ in told] == [("office", "waiting")]
    assert why in told[0][2]
    assert world.rows(ROW, order) == before


def test_what_was_parked_is_taken_when_its_word_gets_a_meaning(world: World) -> None:
    order = sent(world, [("p001", 12)])
    say(world, update(order, "zz9", 1))
    assert replay_parked(world.begin, [CELL], "user:desk", datetime.now(UTC), "main") == 0
    world.run("INSERT INTO delivery_code (cell, target, code, status) VALUES (1, 'main', 'zz9',"
              " 'picking')")  # fmt: skip
    assert replay_parked(world.begin, [CELL], "user:desk", datetime.now(UTC), "main") == 1
    assert world.one("SELECT state FROM orders") == "picking"
    assert world.one("SELECT state FROM conflict") == "resolved"
    assert Auditor(world).look() == []


def test_what_the_office_set_aside_is_taken_all_the_same_when_its_word_gets_a_meaning(
    world: World,
) -> None:
    """The office said that nothing is to be done, not that the delivery system is wrong."""
    order = sent(world, [("p001", 12)])
    say(world, update(order, "zz9", 1))
    given = Given("set_aside", "office", "user:dora", datetime.now(UTC))
    with world.begin() as conn:
        item = world.one("SELECT id::text FROM conflict")
        assert give(conn, CELL, item, given) == "set aside"
        publish(conn, CELL, given.entries)
    world.run("INSERT INTO delivery_code (cell, target, code, status) VALUES (1, 'main', 'zz9',"
              " 'picking')")  # fmt: skip
    assert replay_parked(world.begin, [CELL], "user:desk", datetime.now(UTC), "main") == 1
    assert world.one("SELECT state FROM orders") == "picking"
    assert world.rows("SELECT resolution, resolved_by FROM conflict") == [
        ("set aside", "user:dora")
    ]
    assert Auditor(world).look() == []


def test_a_status_years_ahead_waits_for_its_day(world: World) -> None:
    """Of two words about a line the newest counts: one of the year 2100 would count for ever."""
    order = sent(world, [("p001", 12)])
    years = 60 * 24 * 365 * 70
    assert say(world, update(order, "short", years, LineStatus(1, allocated=2))) == ["parked"]
    assert say(world, update(order, "short", 1, LineStatus(1, allocated=8))) == ["applied"]
    assert world.one("SELECT confirmed FROM order_line") == 8
    told = world.one("SELECT says FROM conflict WHERE rule = 'delivery_status'")
    assert "which is still to come" in told
    soon = datetime.now(UTC) + timedelta(days=3)
    assert replay_parked(world.begin, [CELL], "job:x", soon) == 0
    far = AT + timedelta(minutes=years)
    assert replay_parked(world.begin, [CELL], "job:x", far) == 1
    assert world.one("SELECT state FROM conflict WHERE rule = 'delivery_status'") == "resolved"


def test_a_clock_of_another_zone_is_not_years_ahead(world: World) -> None:
    order = sent(world, [("p001", 12)])
    assert say(world, update(order, "picking", 60 * 14)) == ["applied"]


def test_what_was_parked_in_one_depot_is_taken_in_the_one_its_order_is_of(world: World) -> None:
    """Nobody knew the order when its status came; it lies in another depot than was guessed."""
    order = sent(world, [("p001", 12)])
    one = update(order, "picking", 1)
    with world.begin() as conn:
        assert apply(conn, OTHER_CELL, one, BY, datetime.now(UTC)) == "parked"
    auditor, cells = Auditor(world), [CELL, OTHER_CELL]
    assert replay_parked(world.begin, cells, "job:x", datetime.now(UTC)) == 1
    assert auditor.look() == []
    assert world.one("SELECT state FROM orders") == "picking"
    assert world.rows("SELECT cell, outcome FROM status_update") == [(CELL, "applied")]
    assert world.one("SELECT state FROM conflict") == "resolved"
    assert say(world, one) == ["repeated"]
    assert replay_parked(world.begin, cells, "job:x", datetime.now(UTC)) == 0


def test_an_event_that_was_taken_and_not_removed_yet_is_removed_the_next_time(
    world: World,
) -> None:
    order = sent(world, [("p001", 12)])
    one = update(order, "picking", 1)
    with world.begin() as conn:
        apply(conn, OTHER_CELL, one, BY, datetime.now(UTC))
    say(world, one)
    assert replay_parked(world.begin, [CELL, OTHER_CELL], "job:x", datetime.now(UTC)) == 1
    assert world.rows("SELECT cell, outcome FROM status_update") == [(CELL, "applied")]


def test_an_order_of_which_goods_have_left_is_not_given_up_by_a_word(world: World) -> None:
    """The state is not all that was said: an early word may carry late figures."""
    order = sent(world, [("p001", 12)])
    say(world, update(order, "allocated", 1, LineStatus(1, shipped=5)))
    assert say(world, update(order, "rejected", 2)) == ["parked"]
    assert world.rows("SELECT state, confirmed FROM order_line") == [("confirmed", 12)]
    assert "until somebody knows" in world.one(
        "SELECT says FROM conflict WHERE rule = 'delivery_status'"
    )
    assert Auditor(world).look() == []


@pytest.mark.parametrize("word", ["cancelled", "rejected"])
def test_an_order_given_up_there_keeps_nothing_here(world: World, word: str) -> None:
    order = sent(world, [("p001", 12)])
    assert say(world, update(order, word, 1)) == ["applied"]
    assert world.rows("SELECT state, exposure_minor FROM orders") == [(word, 0)]
    assert world.one("SELECT sum(reserved) FROM stock") == 0
    assert world.one("SELECT sum(ordered_minor) FROM credit_account") == 0
    assert "nothing of it will come" in world.one("SELECT says FROM conflict")
    assert say(world, update(order, "allocated", 0)) == ["stale"]
    assert say(world, update(order, "picking", 2)) == ["parked"]
    assert world.one("SELECT state FROM orders") == word
    assert Auditor(world).look() == []


def test_an_order_on_the_truck_is_not_cancelled_by_a_word(world: World) -> None:
    order = sent(world, [("p001", 12)])
    assert say(world, update(order, "dispatched", 1), update(order, "cancelled", 2)) == [
        "applied",
        "parked",
    ]
    assert world.one("SELECT state FROM orders") == "dispatched"
