"""Addresses and forms that no page of the console makes, yet anybody may type."""

from tests.server.console import Console
from tests.world import World

ODD_DAYS = ("9999-12-31", "0001-01-01", "soon", "\u00b2")
ODD_PLACES = [
    f"{when}~{one}" for one in ("g" * 36, "-" * 36) for when in ("x", "2026-11-21T10:00:00%2B00:00")
]
ADDRESSES = [
    *(f"audit?day={day}&days={days}" for day in ODD_DAYS for days in ("400", "\u00b2")),
    f"audit?day=2026-11-21&days={'9' * 100}",
    *(f"money/journal.csv?from={day}&to={day}" for day in ODD_DAYS),
    *(f"plans?day={day}" for day in ODD_DAYS),
    *(f"{page}={place}" for place in ODD_PLACES
      for page in ("audit?before", "rows?before", "inbox?after", "assignments?after")),
    *(f"inbox?after=infinity~{place}" for place in ODD_PLACES),
]  # fmt: skip


def test_an_address_that_cannot_be_meant_is_no_fault_of_the_server(admin: Console) -> None:
    admin.app.testing, admin.app.config["PROPAGATE_EXCEPTIONS"] = False, False
    told = {one: admin.get(f"/office/{one}").status_code for one in ADDRESSES}
    assert {one: code for one, code in told.items() if code >= 500} == {}


def test_an_item_of_no_depot_is_not_found(admin: Console, world: World) -> None:
    for place in ("\u00b2", "9" * 5_000):
        form = {"do": "take", "item": f"{place}/{world.stores[0]}"}
        assert admin.post("/office/inbox/answers", **form).status_code == 404
