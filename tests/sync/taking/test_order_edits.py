"""A rep changes or cancels an order that is here: how far it is decides what becomes of it."""

from datetime import UTC, datetime

import pytest

from schemas.ids import uuid7
from sync.delivery.acknowledge import LineAnswer
from sync.desk.cancel import TooLate, cancel
from sync.desk.release import release
from sync.write import write
from tests.auditor import Auditor
from tests.sync.taking.life import Life
from tests.world import CELL, COMPANY_CELL, World, change, order_body


def test_what_nobody_was_sent_is_decided_again_as_a_whole(world: World) -> None:
    order = Life(world, [("p001", 12), ("p002", 3)])
    verdict = order.revise([("p001", 5), ("p003", 7)])
    assert (verdict["outcome"], verdict["state"]) == ("applied", "accepted")
    assert order.row == ("accepted", 2, 3000, 3000)
    assert order.reserved == [("p001", 5), ("p003", 7)]
    assert order.deliveries == [(2, "queued")]


def test_a_text_that_now_falls_short_says_so_to_its_rep(world: World) -> None:
    world.run("UPDATE stock SET on_hand = 14 WHERE product = 'p001'")
    order = Life(world, [("p001", 12)])
    verdict = order.revise([("p001", 20)])
    assert verdict["outcome"] == "adjusted"
    assert [one["rule"] for one in verdict["conflicts"]] == ["stock_short"]
    assert order.reserved == [("p001", 14)]


def test_a_held_order_is_revised_and_released_with_its_newest_text(world: World) -> None:
    world.run("UPDATE credit_account SET limit_minor = 2000")
    order = Life(world, [("p001", 12)])
    assert order.row[0] == "held"
    verdict = order.revise([("p001", 10)])
    assert verdict["state"] == "held"
    assert world.one("SELECT count(*) FROM conflict WHERE state = 'waiting'") == 1
    with world.begin() as conn:
        assert release(conn, CELL, order.id, None, "user:desk", datetime.now(UTC)) == "accepted"
    order.check()
    assert order.row == ("accepted", 2, 2500, 2500)
    assert order.deliveries == [(2, "queued")]


def test_what_was_sent_is_asked_of_the_delivery_system_and_stays_until_it_answers(
    world: World,
) -> None:
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    verdict = order.revise([("p001", 20), ("p002", 4)])
    assert (verdict["outcome"], verdict["state"]) == ("held", "acknowledged")
    assert "was asked of it" in verdict["says"]
    assert order.row == ("acknowledged", 1, 3000, 3000)
    assert order.deliveries == [(1, "acknowledged"), (2, "queued")]
    order.send()
    order.answer(2, LineAnswer(1, 18, 0, 2, "few"), LineAnswer(2, 4, 0, 0))
    assert order.row == ("acknowledged", 2, 5500, 5500)
    assert order.reserved == [("p001", 18), ("p002", 4)]
    assert "took the change" in order.told("delivery_change")[0]
    assert "allocated 18 of 20 (few)" in order.told("delivery_short")[0]
    assert world.rows("SELECT state FROM order_change") == [("taken",)]
    assert world.rows("SELECT state FROM conflict WHERE rule = 'order_is_sent'") == [("resolved",)]


def test_a_change_that_is_declined_leaves_the_order_as_it_was(world: World) -> None:
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    before = order.row, order.reserved
    order.revise([("p001", 20)])
    order.send()
    order.refuse(2)
    assert (order.row, order.reserved) == before
    assert "did not take the change" in order.told("delivery_change")[0]
    assert world.one("SELECT count(*) FROM conflict WHERE rule = 'delivery_refused'") == 0


def test_a_delivery_that_is_just_being_claimed_counts_as_sent(world: World) -> None:
    """A dispatcher holds the delivery's row: nothing is taken back from it."""
    order = Life(world, [("p001", 12)])
    with world.engine.connect() as other:
        raw = other.connection.driver_connection
        raw.execute("SELECT FROM delivery FOR UPDATE")  # type: ignore[union-attr]
        verdict = order.revise([("p001", 5)])
    assert verdict["outcome"] == "held"
    assert order.row[:2] == ("accepted", 1)
    assert order.deliveries == [(1, "queued"), (2, "queued")]


@pytest.mark.rule(12)
@pytest.mark.parametrize("state", ["picking", "dispatched", "delivered", "invoiced"])
def test_what_is_being_picked_stays_and_a_way_out_is_offered(world: World, state: str) -> None:
    order = Life(world, [("p001", 12), ("p002", 6)])
    order.send()
    order.answer(1)
    order.say(state)
    before = order.row, order.deliveries
    verdict = order.revise([("p001", 20), ("p002", 5)])
    assert verdict["outcome"] == "rejected"
    told = verdict["conflicts"][0]
    assert (told["rule"], told["needs"]) == ("order_under_way", "rep")
    assert (told["arguments"]["more"], told["arguments"]["less"]) == ("8", "1")
    assert "supplement" in told["says"]
    assert order.cancel()["outcome"] == "rejected"
    assert (order.row, order.deliveries) == before


@pytest.mark.rule(13)
def test_the_offices_cancellation_stands_and_the_reps_text_is_kept(world: World) -> None:
    order = Life(world, [("p001", 12)])
    assert order.office_cancels() == "cancelled"
    assert order.row == ("cancelled", 1, 3000, 0)
    assert (order.reserved, order.deliveries) == ([], [])
    assert order.told("delivery_cancelled")[0].endswith("is cancelled: the store closed.")
    verdict = order.revise([("p001", 5)])
    assert (verdict["outcome"], verdict["state"]) == ("rejected", "cancelled")
    assert verdict["conflicts"][0]["rule"] == "order_cancelled"
    assert order.row[0] == "cancelled"
    kept = world.one("SELECT body IS NOT NULL FROM receipt WHERE act = 'revise'")
    assert kept


def test_a_rep_cancels_what_nobody_was_sent_and_twice_is_once(world: World) -> None:
    order = Life(world, [("p001", 12)])
    assert order.cancel()["outcome"] == "applied"
    assert order.row == ("cancelled", 1, 3000, 0)
    assert order.deliveries == []
    assert order.cancel()["outcome"] == "merged"


@pytest.mark.parametrize("who", ["rep", "office"])
def test_a_cancellation_of_what_was_sent_is_asked_for(world: World, who: str) -> None:
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    if who == "rep":
        assert order.cancel()["outcome"] == "held"
    else:
        assert order.office_cancels() == "asked"
        assert order.office_cancels() == "asked"
    assert order.row[0] == "acknowledged"
    assert order.deliveries == [(1, "acknowledged"), (2, "queued")]
    order.send()
    order.answer(2)
    assert order.row == ("cancelled", 1, 3000, 0)
    assert order.reserved == []
    assert "is cancelled" in order.told("delivery_cancelled")[0]


def test_a_change_that_is_taken_when_picking_has_begun_goes_to_the_office(world: World) -> None:
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    order.revise([("p001", 20)])
    order.send()
    order.say("picking")
    order.answer(2)
    assert order.row[:2] == ("picking", 1)
    assert "Look there what will come" in order.told("delivery_change")[0]


def test_the_office_cancels_what_was_refused_and_nothing_that_is_being_picked(
    world: World,
) -> None:
    order = Life(world, [("p001", 12)])
    order.send()
    order.refuse(1)
    assert order.office_cancels() == "cancelled"
    other = Life(world, [("p002", 6)], order.n)
    other.send()
    other.answer(1)
    other.say("picking")
    with pytest.raises(TooLate), world.begin() as conn:
        cancel(conn, CELL, other.id, "user:desk", datetime.now(UTC), "no")


def test_another_reps_order_is_left_alone(world: World) -> None:
    order = Life(world, [("p001", 12)])
    carrier = world.add_device("d-2", "r02", 2)
    world.run("UPDATE scope_grant SET rep = 'r02' WHERE scope = %s", f"st:{world.stores[0]}")
    body = order_body(world.stores[0], [("p001", 1)]) | {"id": order.id, "base_revision": 1}
    verdicts, _ = world.push(carrier, [change(1, "order", "revise", body)])
    assert verdicts[0]["outcome"] == "held"
    assert verdicts[0]["conflicts"][0]["rule"] == "order_of_another"
    assert "Store 1" not in str(verdicts[0])


@pytest.mark.parametrize("is_sent", [False, True])
def test_an_order_never_leaves_its_store(world: World, is_sent: bool) -> None:
    order = Life(world, [("p001", 12)])
    if is_sent:
        order.send()
    body = order_body(world.stores[1], [("p001", 5)]) | {"id": order.id, "base_revision": 1}
    verdict = order.push("revise", body)
    assert (verdict["outcome"], verdict["conflicts"][0]["rule"]) == ("held", "row_known")
    gone = order.push("cancel", {"id": order.id, "store": world.stores[1], "reason": "shut"})
    assert (gone["outcome"], order.row[1:]) == ("held", (1, 3000, 3000))


def test_an_order_that_has_not_arrived_is_looked_for(world: World) -> None:
    body = order_body(world.stores[0], [("p001", 1)]) | {"base_revision": 1}
    verdicts, _ = world.push(world.carrier(), [change(1, "order", "revise", body)])
    assert verdicts[0]["outcome"] == "held"
    assert verdicts[0]["conflicts"][0]["rule"] == "order_not_here"


def test_submitted_and_revised_in_one_batch_is_one_order_with_the_second_text(
    world: World,
) -> None:
    auditor = Auditor(world)
    first = order_body(world.stores[0], [("p001", 12)])
    second = order_body(world.stores[0], [("p001", 7)]) | {"id": first["id"], "base_revision": 1}
    submit = change(1, "order", "submit", first)
    revise = change(2, "order", "revise", second, depends_on=[submit["id"]])
    verdicts, answer = world.push(world.carrier(), [submit, revise])
    assert answer.faults == []
    assert [one["outcome"] for one in verdicts] == ["applied", "applied"]
    assert world.rows("SELECT revision, net_minor FROM orders") == [(2, 1750)]
    assert world.one("SELECT number FROM orders") == first["number"]
    assert auditor.look() == []


@pytest.mark.rule(12)
def test_no_more_comes_back_than_was_delivered_whoever_gives_it_back(world: World) -> None:
    """7 of 12 were delivered: two returns of 5 in one batch, and one more later, give back 7."""
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1, LineAnswer(1, 7, 0, 5, "few"))
    order.say("delivered")
    batch = [
        change(order.n + k, "order", "submit",
               order_body(world.stores[0], [("p001", 5)], type="return", about=order.id))
        for k in (1, 2)
    ]  # fmt: skip
    verdicts, answer = world.push(world.carrier(), batch)
    assert answer.faults == []
    rules = [[one["rule"] for one in verdict["conflicts"]] for verdict in verdicts]
    assert "return_exceeds_delivered" not in rules[0]
    assert "return_exceeds_delivered" in rules[1]
    late = order_body(world.stores[0], [("p001", 1)], type="return", about=order.id)
    verdicts, _ = world.push(world.carrier(), [change(order.n + 3, "order", "submit", late)])
    assert verdicts[0]["outcome"] == "rejected"
    back = "SELECT sum(l.ordered - l.cut) FROM order_line l JOIN orders o ON o.id = l.order_id"
    assert world.one(back + " WHERE o.about = %s AND o.state <> 'rejected'", order.id) == 7
    with world.begin() as conn:
        release(conn, CELL, batch[1]["body"]["id"], None, "user:desk", datetime.now(UTC))
    assert world.one(back + " WHERE o.about = %s AND o.state <> 'rejected'", order.id) == 7


@pytest.mark.rule(12)
def test_all_of_a_product_goes_back_that_is_blocked_and_sold_by_the_case(world: World) -> None:
    """By the piece, and on no day of delivery; neither the return nor what is ordered after it is
    taken for a twin of the other, or of the order it is about."""
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1, LineAnswer(1, 12, 0, 0, None))
    order.say("delivered")
    product = {"code": "p001", "name": "P", "status": "blocked", "min_quantity": 12, "multiple": 12,
               "substitute": None}  # fmt: skip
    units = [{"product": "p001", "uom": uom, "num": num, "den": 1, "gtin": None,
              "orderable": uom == "case"} for uom, num in (("each", 1), ("case", 12))]  # fmt: skip
    with world.begin() as conn:
        write(conn, COMPANY_CELL, "product", [product], "load", parts={"product_uom": units})
    more = {"type": "return", "about": order.id, "deliver_on": "2026-01-01"}
    bodies = [order_body(world.stores[0], [("p001", each)], **more) for each in (12, 1)]
    batch = [change(order.n + k, "order", "submit", body) for k, body in enumerate(bodies, 1)]
    verdicts, answer = world.push(world.carrier(), batch)
    assert answer.faults == []
    rules = [[one["rule"] for one in verdict["conflicts"]] for verdict in verdicts]
    assert rules == [["order_needs_approval"], ["return_exceeds_delivered"]]
    with world.begin() as conn:
        write(conn, COMPANY_CELL, "product", [product | {"status": "active"}], "load",
              parts={"product_uom": units})  # fmt: skip
    world.run("UPDATE orders SET captured_at = captured_at - interval '9 days' WHERE type = 'sale'")
    again = order_body(world.stores[0], [("p001", 12)])
    again["lines"][0] |= {"uom": "case", "typed": "1"}
    verdicts, _ = world.push(world.carrier(), [change(order.n + 3, "order", "submit", again)])
    assert (verdicts[0]["outcome"], verdicts[0]["conflicts"]) == ("applied", [])


@pytest.mark.parametrize("choice", ["ask_delivery_system", "ask_office"])
def test_who_cancels_again_while_it_is_asked_asks_nobody_again(world: World, choice: str) -> None:
    order = Life(world, [("p001", 12)])
    order.send()
    order.answer(1)
    if choice == "ask_office":
        policy = {"id": uuid7(), "rule": "order_is_sent", "choice": choice, "params": "{}",
                  "banner": None, "store": None}  # fmt: skip
        with world.begin() as conn:
            write(conn, COMPANY_CELL, "policy", [policy], "user:a")
    assert order.cancel()["outcome"] == "held"
    before = order.deliveries, world.one("SELECT count(*) FROM conflict")
    again = order.cancel()
    assert (again["outcome"], again["conflicts"]) == ("merged", [])
    assert (order.deliveries, world.one("SELECT count(*) FROM conflict")) == before
    assert world.rows("SELECT act FROM order_change") == [("cancel",)]
    if choice == "ask_office":
        return
    order.send()
    order.refuse(2)
    assert order.cancel()["outcome"] == "held"  # it was declined, so it may be asked again
    assert [revision for revision, _ in order.deliveries] == [1, 2, 3]
