"""Every write of the office leaves a line in the audit, with who and from where."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from schemas.ids import uuid7
from tests.server.console import Console, signed_in
from tests.server.office.conftest import Push
from tests.world import CELL, COMPANY_CELL, World, change

SAFE = {"GET", "HEAD", "OPTIONS"}

EXCUSED = {
    "office.sign_in": "nothing is changed but the session; refusals are logged and braked",
    "office.sign_out": "nothing is changed but the session",
    "office.password": "audited as user.password_set, tested with the links (test_views_staff.py)",
    "office.answers.undo": "audited by the moves it makes (test_views_answers.py)",
    "office.finance.cash_up": "is `step` with a count in its note (test_views_finance.py)",
    "office.reconcile.repair": "audited in both ways it may go (test_views_reconcile.py)",
    "office.terms.end": "audited (test_views_terms.py)",
    "office.moves.look": "the move is written and rolled back: nothing is changed",
    "office.planning.again": "audited as plan.requested (test_views.py)",
    "office.balance.figures": "reckons with what is ticked and changes nothing",
    "office.balance.give": "audited as stores.balanced (test_views_balance.py)",
    "office.balance.back": "audited as stores.balanced_back (test_views_balance.py)",
    "office.route_board.change": "audited as plan.changed and its undo (test_views_board.py)",
    "office.route_board.change_live": "audited by the same hand as office.plans.change",
    "office.planning.publish": "audited as plan.published (tests/server/test_planning.py)",
    "office.adviser.accept": "audited as the store's change (test_views_adviser.py)",
    "office.meanings.give": "audited as delivery.word_explained (test_views_meanings.py)",
}
"""POST routes without a call below, and why."""

Call = Callable[["Scene"], Any]


class Scene:
    """Somebody who may do everything, and a company to do it to."""

    def __init__(self, console: Console, world: World, push: Push) -> None:
        self.console, self.world, self.push = console, world, push

    def post(self, path: str, **fields: Any) -> None:
        told = self.console.post(path, **fields)
        assert told.status_code == 200, (path, told.status_code)

    def held(self) -> str:
        body, verdict = self.push([("p001", 300)])
        assert verdict["outcome"] == "held"
        return str(body["id"])

    def stuck(self) -> str:
        self.push([("p001", 2)])
        self.world.run("UPDATE delivery SET state = 'failed'")
        return str(self.world.one("SELECT id::text FROM delivery"))

    def card(self) -> str:
        lines = [{"product": "p001", "on_shelf": True, "facings": 3}]
        card = {"id": uuid7(), "store": self.world.stores[0], "lines": lines}
        self.world.push(self.world.carrier(), [change(71, "card", "submit", card)])
        return str(card["id"])

    def receipt(self) -> str:
        receipt = {
            "id": uuid7(), "number": "D1-R000001", "store": self.world.stores[0],
            "method": "cash", "amount_minor": 500, "currency": "USD",
        }  # fmt: skip
        self.world.push(self.world.carrier(), [change(70, "collection", "submit", receipt)])
        return str(receipt["id"])


def answered(s: Scene) -> None:
    s.held()
    item = s.world.one("SELECT id::text FROM conflict WHERE state = 'waiting'")
    s.post("/office/inbox/answers", item=f"{CELL}/{item}", do="release")


def forgotten(s: Scene) -> None:
    s.post("/office/policies/stock_short", choice="cut")
    s.world.run("DELETE FROM audit")
    policy = s.world.one("SELECT id::text FROM policy")
    s.post(f"/office/policies/stock_short/{policy}/forget")


def restored(s: Scene) -> None:
    s.post(f"/office/handhelds/{CELL}/d-1/revoke")
    s.world.run("DELETE FROM audit")
    s.post(f"/office/handhelds/{CELL}/d-1/restore")


def found(s: Scene) -> None:
    """A store that its rep found is approved."""
    store = {"id": uuid7(), "code": "D1-S001", "name": "Nick's Deli"}
    s.world.push(s.world.carrier(), [change(70, "store", "create", store)])
    s.post(f"/office/stores/{store['id']}/decide", act="approve")


def cancelled(s: Scene) -> None:
    body, _ = s.push([("p001", 2)])
    s.post(f"/office/orders/{CELL}/{body['id']}/cancel", reason="the store closed")


def planned(s: Scene) -> None:
    day = (s.world.now.date() + timedelta(days=7)).isoformat()
    form = {"act": "add", "rep": "r01", "week": day, "store": "s001 Store 1", "day": day}
    s.post("/office/plans/", **form)


def drawn_up(s: Scene) -> str:
    """A cycle is asked for; its plan."""
    today = s.world.now.date()
    monday = today + timedelta(days=14 - today.weekday())
    form = {"first_day": monday.isoformat(), "weeks": "4", "seconds": "20", "steady": "15"}
    s.post("/office/routes/", rep="r01", **form)
    return str(s.world.one("SELECT id::text FROM plan"))


def thrown_away(s: Scene) -> None:
    plan = drawn_up(s)
    s.world.run("DELETE FROM audit")
    s.post(f"/office/routes/{plan}/discard")


def away(s: Scene) -> str:
    """A day off; its id."""
    days = {"first_day": "2026-12-24", "last_day": "2026-12-24"}
    s.post("/office/routes/days/absences", whom="r01", kind="leave", note="", **days)
    return str(s.world.one("SELECT id::text FROM absence"))


def back(s: Scene) -> None:
    one = away(s)
    s.world.run("DELETE FROM audit")
    s.post(f"/office/routes/days/absences/{one}")


CALLS: dict[str, Call] = {
    "office.planning.ask": drawn_up,
    "office.planning.end": thrown_away,
    "office.working_days.absence": away,
    "office.working_days.remove": back,
    "office.working_days.year": lambda s: s.post(
        "/office/routes/days/year", country="US", calendar="13x4"
    ),
    "office.working_days.save": lambda s: s.post(
        "/office/routes/days/",
        rep="r01",
        home="",
        starts_at="08:00",
        day_hours="9",
        lunch_minutes="30",
        weekday=["1", "2"],
    ),
    "office.cards.lock": lambda s: s.post(f"/office/cards/{s.card()}/lock", act="lock"),
    "office.cards.save": lambda s: s.post(
        f"/office/cards/{s.card()}", **{"f:p001.facings": "6", "was_f:p001.facings": "3"}
    ),
    "office.life.cancel": cancelled,
    "office.plans.change": planned,
    "office.store.contact": lambda s: s.post(
        f"/office/stores/{s.world.stores[0]}/contacts", act="add", name="Mary", role="owner"
    ),
    "office.store.decide": found,
    "office.store.save": lambda s: s.post(
        f"/office/stores/{s.world.stores[0]}", phone="555-0102", was_phone=""
    ),
    "office.answers.answer": answered,
    "office.devices.lease": lambda s: s.post("/office/handhelds/lease", days="30"),
    "office.moves.do": lambda s: s.post(
        "/office/moves", kind="hand_over", to="r02", together_days="1", store=s.world.stores[0]
    ),
    "office.devices.code": lambda s: s.post("/office/handhelds/code", rep="r01"),
    "office.devices.revoke": lambda s: s.post(f"/office/handhelds/{CELL}/d-1/revoke"),
    "office.devices.restore": restored,
    "office.exchange.send_again": lambda s: s.post(f"/office/deliveries/{CELL}/{s.stuck()}/again"),
    "office.exchange.enter_number": lambda s: s.post(
        f"/office/deliveries/{CELL}/{s.stuck()}/number", number="DS-1"
    ),
    "office.finance.step": lambda s: s.post(
        "/office/money/step", step="hand_in", receipt=f"{CELL}~{s.receipt()}"
    ),
    "office.held.decide": lambda s: s.post(
        f"/office/orders/{CELL}/{s.held()}/decide", answer="release", rule="credit_exceeded"
    ),
    "office.policies.choose": lambda s: s.post("/office/policies/stock_short", choice="cut"),
    "office.policies.forget": forgotten,
    "office.reconcile.compare": lambda s: s.post(
        "/office/reconciliation/ask",
        target=s.world.one("SELECT code FROM delivery_target LIMIT 1"),
        day=datetime.now(UTC).date().replace(day=1).isoformat(),
    ),
    "office.staff.invite": lambda s: s.post(
        "/office/people/", code="nina", name="Nina", role="finance", cell=str(CELL)
    ),
    "office.staff.change": lambda s: s.post(
        "/office/people/dora", name="Dora", role="finance", state="active"
    ),
    "office.staff.link": lambda s: s.post("/office/people/dora/link"),
    "office.stores.assign": lambda s: s.post(
        "/office/assignments", to="r02", store=s.world.stores[0], act="give"
    ),
}


@pytest.fixture
def scene(app: Flask, world: World, push: Push, desk: Console) -> Scene:
    return Scene(signed_in(app, world, "root", "admin", "order_desk", "finance"), world, push)


def writes(app: Flask) -> set[str]:
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/office") and (rule.methods or set()) - SAFE
    }


def test_every_write_of_the_office_is_called_below_or_has_a_reason(app: Flask) -> None:
    assert CALLS.keys() & EXCUSED.keys() == set()
    assert writes(app) == CALLS.keys() | EXCUSED.keys()


@pytest.mark.parametrize("endpoint", sorted(CALLS))
def test_a_write_leaves_who_and_from_where(scene: Scene, endpoint: str) -> None:
    CALLS[endpoint](scene)
    rows = scene.world.rows("SELECT who, address, cell FROM audit WHERE who = 'user:root'")
    assert rows, "nothing was audited"
    assert {address for _, address, _ in rows} == {"127.0.0.1"}
    assert {cell for *_, cell in rows} <= {CELL, COMPANY_CELL}
