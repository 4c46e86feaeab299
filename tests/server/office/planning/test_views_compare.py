"""Two plans side by side, and a plan beside what is published."""

from datetime import date

from schemas.ids import uuid7
from tests.server.console import Console
from tests.server.office.planning.conftest import Kept
from tests.world import World

AT = "/office/routes/compare/"


def test_a_plan_is_compared_with_what_is_published(lead: Console, world: World, kept: Kept) -> None:
    assert "Nothing to compare yet" in lead.page(AT)
    plan = kept()
    page = lead.page(f"{AT}?a={plan}")
    stores = world.one("SELECT count(DISTINCT store) FROM plan_visit WHERE day IS NOT NULL")
    assert f"{stores} stores" in page
    assert "nothing" in page, "no store is published yet"
    lead.post(f"/office/routes/{plan}/publish", act="publish")
    assert "Every store is seen on the same days." in lead.page(f"{AT}?a={plan}")


def test_what_was_changed_by_hand_differs_from_the_plan_before(
    lead: Console, world: World, kept: Kept, monday: date
) -> None:
    first, second = kept(), kept()
    page = lead.page(f"{AT}?a={second}&b={first}")
    assert "Every store is seen on the same days." in page, "one seed, one plan"
    visit, name, day = world.rows(
        "SELECT v.id::text, s.name, v.day FROM plan_visit v JOIN store s ON s.id = v.store"
        " WHERE v.plan = %s AND v.day IS NOT NULL ORDER BY v.day LIMIT 1", second,
    )[0]  # fmt: skip
    lead.post(f"/office/routes/{second}/board", act="off", rep="r01", visit=[visit])
    page = lead.page(f"{AT}?a={second}&b={first}")
    assert "1 store<" in page
    assert name in page
    assert f"{day:%a} {day.day} {day:%b}" in page


def test_a_plan_that_is_not_there_is_not_found(lead: Console, kept: Kept) -> None:
    plan = kept()
    for asked in (f"a={uuid7()}", "a=x", f"a={plan}&b=x", f"a={plan}&b={uuid7()}"):
        assert lead.get(f"{AT}?{asked}").status_code == 404, asked
