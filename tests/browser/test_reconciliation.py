"""A night's difference in the console, from what it means to the click that repairs it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from server.database import transaction
from server.delivery.reconcile import AFTER_REPAIR, Run, repair_asked, run_due
from sync.queries import doubts
from tests.browser.conftest import OpenPage
from tests.server.delivery.conftest import Depot, dispatch_once, later
from tests.server.delivery.nightly import ZONE
from tests.server.demo.standin.conftest import Caller, start
from tests.world import COMPANY_CELL, World

pytestmark = [pytest.mark.browser]
__all__ = ["start"]


def test_an_order_that_vanished_there_is_found_and_sent_again_by_a_click(
    open_page: OpenPage, world: World, start: Callable[..., Caller], tmp_path: Path
) -> None:
    depot, caller = Depot(world), start()
    depot.run("UPDATE company SET zone = %s", ZONE.key)
    depot.point_at(caller.url)
    lost = depot.accept((0, 0))[0]
    dispatch_once(world.engine, later(1))
    depot.accept((1, 1))
    dispatch_once(world.engine, later(1))
    depot.run("UPDATE delivery SET changed_at = changed_at - interval '1 hour'")
    with closing(sqlite3.connect(tmp_path / "standin.sqlite")) as db, db:
        db.execute("DELETE FROM document WHERE order_id = ?", (lost,))

    def compare(seconds: float = 0) -> None:
        run = Run(lambda: transaction(world.engine), datetime.now(UTC) + timedelta(seconds=seconds))
        assert run_due(run) == 1

    page = open_page("/office/reconciliation")
    expect(page.get_by_role("heading", name="Nothing was compared yet")).to_be_visible()
    page.get_by_role("button", name="Compare now").click()
    expect(page.locator("main")).to_contain_text("It is being compared")
    with world.begin() as conn:  # the day of the delivery, whatever the hour
        day = depot.rows("SELECT day FROM reconciliation")[0]["day"]
        doubts.ask_day(conn, COMPANY_CELL, "main", day, "user:dora", datetime.now(UTC))
    compare()

    page.reload()
    differences = page.get_by_role("region", name="Differences")
    expect(differences).to_contain_text("D1-000001")
    expect(differences).to_contain_text("Missing there")
    expect(differences).to_contain_text("although it acknowledged it as DS-000001.")
    expect(differences).to_contain_text("a look-up does not find it either")
    differences.get_by_role("button", name="Look up, send again").click()
    expect(page.locator("main")).to_contain_text("sent again if it is not there")
    expect(differences).to_contain_text("Being repaired")

    assert repair_asked(Run(lambda: transaction(world.engine), datetime.now(UTC))) == 1
    dispatch_once(world.engine, later(1))
    dispatch_once(world.engine, later(2))
    depot.run("UPDATE delivery SET changed_at = changed_at - interval '1 hour'")
    compare(AFTER_REPAIR.total_seconds() + 1)
    page.reload()
    expect(page.get_by_role("heading", name="Nothing differs")).to_be_visible()
    expect(page.get_by_role("region", name="Nights")).to_contain_text("1 settled")
    assert sorted(one["order_no"] for one in caller.documents()) == ["D1-000001", "D1-000002"]
    page.goto(f"/office/orders/2/{lost}")
    expect(page.locator("main")).to_contain_text("DS-000003")
