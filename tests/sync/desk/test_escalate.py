"""What time does to items: they climb once a day, held orders expire where a policy says so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from schemas.ids import uuid7
from server.running.jobs import JOBS, Turn
from sync.desk.escalate import above, expire
from tests.world import CELL, World, build, change, order_body

DAY = timedelta(days=1)


class Fence:
    """Stands for the scheduler's lease."""

    def __init__(self, world: World) -> None:
        self.fenced = world.begin


@pytest.fixture
def world(engine: Engine) -> World:
    return build(engine, limit_minor=1_000, on_hand=20)


def held(world: World, n: int = 1, store: int = 0) -> datetime:
    """An order over its store's limit; returns when it is due."""
    body = order_body(world.stores[store], [("p001", 10)])
    verdicts, _ = world.push(world.carrier(), [change(n, "order", "submit", body)])
    assert verdicts[0]["outcome"] == "held"
    due: datetime = world.one("SELECT due_at FROM conflict WHERE order_id = %s", body["id"])
    return due


def run(world: World, name: str, now: datetime) -> int:
    job = next(one for one in JOBS if one.name == name)
    return job.work(Turn(name, Fence(world), now))  # type: ignore[arg-type]


def policy(world: World, expires: int, **where: Any) -> None:
    world.run(
        "INSERT INTO policy (cell, id, scope, version, changed_by, rule, choice, params, store)"
        " VALUES (1, %s, 'company', 1, 'user:alma', 'credit_exceeded', 'hold_for_office', %s, %s)",
        uuid7(), f'{{"expires": {expires}}}', where.get("store"),
    )  # fmt: skip


def item(world: World) -> tuple[Any, ...]:
    row: tuple[Any, ...] = world.rows("SELECT owner, escalations, state FROM conflict")[0]
    return row


def test_the_ladder_ends_with_the_administrator() -> None:
    assert (
        above("finance", 0) == above("dora", 0) == above("rep", 0) == above(None, 0) == "supervisor"
    )
    assert above("supervisor", 0) == above("supervisor", 1) == above("admin", 0) == "admin"


def test_an_item_climbs_when_its_time_is_up_and_again_a_day_later(world: World) -> None:
    due = held(world)
    assert run(world, "escalate", due - timedelta(seconds=1)) == 0
    assert item(world) == ("finance", 0, "waiting")
    assert run(world, "escalate", due + timedelta(seconds=1)) == 1
    assert item(world) == ("supervisor", 1, "waiting")
    assert run(world, "escalate", due + DAY) == 0
    assert run(world, "escalate", due + DAY + timedelta(minutes=1)) == 1
    assert item(world) == ("admin", 2, "waiting")
    assert run(world, "escalate", due + 30 * DAY) == 0


def test_escalating_is_audited_told_to_the_rep_and_seen_by_open_pages(world: World) -> None:
    due = held(world)
    before = world.one("SELECT orders_pos FROM feed WHERE cell = %s", CELL)
    run(world, "escalate", due + timedelta(minutes=1))
    assert world.rows("SELECT who, action FROM audit") == [("job:escalate", "item.escalated")]
    says = world.one("SELECT says FROM conflict")
    assert says.endswith("Nobody had answered in time; it is with the supervisor now.")
    assert world.one("SELECT orders_pos FROM feed WHERE cell = %s", CELL) > before
    assert (
        world.one("SELECT count(*) FROM entry WHERE kind = 'conflict' AND scope = 'rep:r01'") == 1
    )


def test_a_rep_reads_it_in_the_reps_language(world: World) -> None:
    due = held(world)
    world.run("UPDATE app_user SET language = 'zh' WHERE code = 'r01'")
    run(world, "escalate", due + timedelta(minutes=1))
    assert world.one("SELECT says FROM conflict").endswith("未能及时答复，现已转交主管。")


def test_what_is_answered_never_climbs(world: World) -> None:
    due = held(world)
    world.run("UPDATE conflict SET state = 'resolved'")
    assert run(world, "escalate", due + DAY) == 0


@pytest.mark.rule(6)
def test_a_held_order_only_gives_its_stock_back_by_default(world: World) -> None:
    due = held(world)
    assert run(world, "lapse_holds", due + timedelta(minutes=1)) == 1
    assert world.one("SELECT state FROM orders") == "held"
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 0


@pytest.mark.rule(6)
def test_where_a_policy_says_so_it_expires_and_the_rep_is_told(world: World) -> None:
    policy(world, 1)
    due = held(world)
    assert run(world, "lapse_holds", due - timedelta(minutes=1)) == 0
    assert run(world, "lapse_holds", due + timedelta(minutes=1)) == 1
    assert world.one("SELECT state FROM orders") == "rejected"
    assert world.one("SELECT reserved FROM stock WHERE product = 'p001'") == 0
    owner, _, state = item(world)
    assert (owner, state) == ("finance", "resolved")
    says, resolution = world.rows("SELECT says, resolution FROM conflict")[0]
    assert says.endswith("it has expired, and nothing is reserved.")
    assert resolution == "rejected: nobody released it by its cut-off"
    assert world.rows("SELECT who, action FROM audit") == [("job:lapse_holds", "order.rejected")]
    assert run(world, "lapse_holds", due + DAY) == 0


def test_an_order_decided_again_meanwhile_does_not_expire_by_its_old_hour(world: World) -> None:
    """It is looked for first and locked later: what happened between counts."""
    due = held(world)
    order = world.one("SELECT id::text FROM orders")
    late = due + timedelta(minutes=1)
    world.run("UPDATE orders SET hold_due_at = %s", due + DAY)
    with world.begin() as conn:
        assert not expire(conn, CELL, order, late)
    world.run("UPDATE orders SET hold_due_at = %s, holds = '{store_blocked}'", due)
    with world.begin() as conn:
        assert not expire(conn, CELL, order, late)
    assert world.one("SELECT state FROM orders") == "held"
    world.run("UPDATE orders SET holds = '{credit_exceeded}'")
    with world.begin() as conn:
        assert expire(conn, CELL, order, late)


def test_a_store_may_be_spared_what_the_company_chose(world: World) -> None:
    policy(world, 1)
    policy(world, 0, store=world.stores[1])
    held(world)
    due = held(world, 2, store=1)
    run(world, "lapse_holds", due + timedelta(minutes=1))
    states = dict(world.rows("SELECT store::text, state FROM orders"))
    assert states == {world.stores[0]: "rejected", world.stores[1]: "held"}


def test_a_question_to_a_rep_passes_when_nothing_waits_for_it(world: World) -> None:
    world.run("UPDATE credit_account SET limit_minor = 1000000")
    body = order_body(world.stores[0], [("p001", 30)])
    world.push(world.carrier(), [change(1, "order", "submit", body)])
    now = datetime.now(UTC)
    assert run(world, "escalate", now) == 0
    world.run("UPDATE orders SET state = 'picking'")
    assert run(world, "escalate", now) == 1
    assert world.rows("SELECT state, resolution, resolved_by FROM conflict") == [
        ("resolved", "passed", "job:escalate")
    ]
