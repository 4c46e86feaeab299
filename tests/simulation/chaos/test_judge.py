"""What is found at the end is found: each mistake is planted into what stood well before."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from schemas.ids import uuid7
from server.app import create_app
from server.settings import load
from tests.drill.test_field import Near
from tests.simulation.chaos.judge import judge, kept_of
from tests.simulation.chaos.turn import Hand
from tests.simulation.history import History
from tests.world import World, build, change

Judged = Callable[..., dict[str, list[str]]]


@pytest.fixture
def world(engine: Engine) -> World:
    made = build(engine)
    made.run("UPDATE scope_grant SET valid_from = valid_from - interval '300 days'")
    return made


@pytest.fixture
def phone(world: World, database_url: str, tmp_path: Path) -> Near:
    """It has made a visit with a card, and nothing waits."""
    settings = load({"TALARIA_DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": database_url})
    app = create_app(settings, world.engine)
    made = Near(tmp_path / "home", 1, "r01", ("s001",), app=app, world=world)
    assert made.enrolled().state == "done"
    assert made.sync("").state == "done"
    with made.open() as rep:
        rep.start_visit("s001")
        rep.card("s001", [{"product": "p001", "on_shelf": True, "facings": 2}])
        rep.end_visit("s001")
    assert made.sync("").state == "done"
    return made


@pytest.fixture
def judged(phone: Near, world: World) -> Judged:
    """What is wrong, by count, of those counts that are not 0."""

    def look(rounds: int | None = 1, documents: Any = (), told: Any = ()) -> dict[str, list[str]]:
        history = History()
        for id in told:
            history.note("", "captured", device="h001", rep="r01", id=id, kind="visit",
                         act="save", row=id, store=None, how="saved")  # fmt: skip
        history.note("", "healed")
        if rounds is not None:
            history.note("", "settled", device="h001", rounds=rounds, took_s=0.1)
        hand = Hand(str(phone.home), 1, "r01")
        found = judge(world, [kept_of(hand)], documents, history, has_pages=False)
        return {name: said for name, said in found.items() if said}

    return look


def in_files(phone: Near, sql: str, *values: Any) -> None:
    db = sqlite3.connect(phone.home / "field.sqlite")
    db.execute("ATTACH ? AS copy", (str(phone.home / "copy.sqlite"),))
    with db:
        assert db.execute(sql, values).rowcount > 0
    db.close()


def test_where_all_is_well_nothing_is_wrong(judged: Judged) -> None:
    assert judged() == {}


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM copy.visit",
        "UPDATE copy.store SET phone = '0' WHERE code = 's001'",
        "UPDATE copy.card SET lines = '[]'",
        "UPDATE copy.stock SET available = available + 1 WHERE product = 'p001'",
        "UPDATE copy.product SET scope = 'st:x' WHERE id = 'p001'",
    ],
)
def test_a_copy_that_differs_has_diverged(phone: Near, judged: Judged, sql: str) -> None:
    in_files(phone, sql)
    assert judged().keys() == {"diverged"}


def test_a_row_that_a_handheld_should_not_have_has_diverged(
    phone: Near, world: World, judged: Judged
) -> None:
    world.run("UPDATE scope_grant SET told_end = true WHERE scope = %s", f"st:{world.stores[0]}")
    assert "diverged" in judged()


def test_a_change_that_waits_is_stuck(phone: Near, judged: Judged) -> None:
    in_files(phone, "UPDATE main.change SET outcome = NULL WHERE kind = 'card'")
    assert judged().keys() == {"stuck"}


def test_more_than_two_syncs_are_stuck(judged: Judged) -> None:
    assert judged(rounds=3).keys() == {"stuck"}
    assert judged(rounds=None).keys() == {"stuck"}


def test_a_change_that_was_saved_and_is_nowhere_is_lost(phone: Near, judged: Judged) -> None:
    assert "lost" in judged(told=["01a201a3-735c-7a24-bed6-abc94c192e43"])


def test_a_decision_that_is_gone_is_a_loss(world: World, judged: Judged) -> None:
    world.run("DELETE FROM receipt WHERE kind = 'card'")
    assert {"lost", "disordered"} <= judged().keys()


def test_a_decision_on_nothing_is_a_phantom(phone: Near, judged: Judged) -> None:
    in_files(phone, "DELETE FROM main.change WHERE kind = 'card'")
    assert "phantom" in judged()


def test_a_document_of_no_order_was_never_asked_for(judged: Judged) -> None:
    document = {"order_id": "01a201a3-735c-7a24-bed6-abc94c192e43", "revision": 1}
    assert judged(documents=[document]).keys() == {"undelivered"}


def test_another_verdict_than_the_receipt_is_untrue(phone: Near, judged: Judged) -> None:
    in_files(phone, "UPDATE main.change SET outcome = 'rejected' WHERE kind = 'card'")
    assert judged().keys() == {"untrue"}


def test_an_older_change_decided_after_a_newer_one_is_found_whenever_they_arrived(
    judged: Judged, phone: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [id for id, _ in sorted(kept_of(Hand(str(phone.home), 1, "r01")).changes.items())]
    in_order = {id: f"2026-01-01T00:00:0{n}" for n, id in enumerate(ids)}
    monkeypatch.setattr("tests.simulation.chaos.judge.committed", lambda world: in_order)
    assert judged() == {}
    swapped = dict(zip(ids, reversed(in_order.values()), strict=True))
    monkeypatch.setattr("tests.simulation.chaos.judge.committed", lambda world: swapped)
    assert judged().keys() == {"disordered"}


def test_a_late_copy_of_an_older_push_may_be_decided_first_and_nothing_is_out_of_order(
    world: World,
) -> None:
    """What made the times of arrival look wrong (chaos, seed 26): a push of n 1 is late on the
    line; the next one, of n 1 and n 2, arrives before it and waits for the database; the late one
    arrives, is quicker there and decides n 1; then the other repeats n 1 and decides n 2."""
    carrier, now = world.carrier(), datetime.now(UTC)
    first, second = (
        change(n, "visit", "save", {"id": uuid7(), "store": world.stores[0], "state": "started"})
        for n in (1, 2)
    )
    world.push(carrier, [first], received_at=now)
    told, _ = world.push(carrier, [first, second], received_at=now - timedelta(seconds=4))
    assert [one["replayed"] for one in told] == [True, False]
    arrived = dict(world.rows("SELECT n, received_at FROM receipt"))
    decided = dict(world.rows("SELECT n, xmin::text::int8 FROM receipt"))
    assert arrived[2] < arrived[1]
    assert decided[1] < decided[2]
