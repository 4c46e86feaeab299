"""The order pad: prices, promotions, stock, credit and delivery days from the copy."""

from datetime import date
from typing import Any

import pytest

from handhelds.reference.pad import Refused
from schemas.rows import ROWS
from tests.handhelds.conftest import Handheld
from tests.handhelds.double import STORE, row

BEGUN = "2026-01-01T00:00:00Z"
BASE = {"scope": "pl:base", "product": "20041", "min_quantity": 1, "valid_from": BEGUN}


def news(handheld: Handheld, kind: str, *rows: dict[str, Any]) -> None:
    handheld.server.put(kind, *(row(kind, **values) for values in rows))
    assert handheld.sync().state == "done"


def line(handheld: Handheld, typed: str = "1", uom: str = "case", product: str = "20041") -> Any:
    return handheld.rep.pad.line(handheld.rep.store("1042"), product, uom, typed)


def test_a_case_is_priced_by_the_each(handheld: Handheld) -> None:
    found = line(handheld, "2")
    assert (found.quantity, found.unit_price, found.net_minor) == (24, "1.29", 24 * 129)
    assert (found.case, found.available, found.warnings) == (12, 840, ())


def test_the_stores_own_list_goes_before_the_base_list(handheld: Handheld) -> None:
    mine = next([*one] for one in handheld.server.rows["store"] if one[0] == STORE)
    mine[ROWS["store"].index("price_list")] = "kk"
    handheld.server.put("store", mine)
    news(handheld, "price", BASE | {"id": "p-kk", "scope": "pl:kk", "price": "1.10"})
    assert line(handheld).unit_price == "1.1"
    assert line(handheld, product="904").unit_price == "0.5", "not on its own list: the base price"


def test_a_price_counts_from_when_it_is_valid(handheld: Handheld) -> None:
    news(
        handheld,
        "price",
        BASE | {"id": "later", "price": "1.49", "valid_from": "2026-11-22T00:00:00Z"},
    )
    assert line(handheld).unit_price == "1.29"
    handheld.clock.on(86_400)
    assert line(handheld).unit_price == "1.49"


def test_the_better_promotion_is_taken_and_named(handheld: Handheld) -> None:
    deal = {"state": "live", "valid_from": BEGUN, "priority": 1}
    news(
        handheld,
        "promotion",
        deal | {"id": "a", "name": "Ten off", "kind": "percent", "percent": "10"},
        deal | {"id": "b", "name": "Penny", "kind": "amount", "amount_minor": 1},
        deal | {"id": "c", "name": "Not here", "kind": "percent", "percent": "50", "banner": "X"},
        deal | {"id": "d", "name": "Draft", "kind": "percent", "percent": "60", "state": "draft"},
        deal | {"id": "e", "name": "Other", "kind": "percent", "percent": "9", "products": ["9"]},
    )
    found = line(handheld)
    assert [(one.promotion, one.name) for one in found.promotions] == [("a", "Ten off")]
    assert (found.discount_minor, found.net_minor) == (155, 1548 - 155)  # 154.8 rounds half up


@pytest.mark.rule(1)
def test_short_stock_is_warned_of_and_still_ordered(handheld: Handheld) -> None:
    news(
        handheld,
        "stock",
        {
            "id": STORE[:-1] + "c",
            "scope": "wh:3",
            "product": "20041",
            "available": -4,
            "due_quantity": 600,
            "due_on": "2026-11-24",
        },
    )
    assert line(handheld).warnings == ("none left, 600 due 2026-11-24",)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"status": "blocked", "substitute": "904"}, "904 takes its place"),
        ({"min_quantity": 24}, "order 24"),
        ({"multiple": 5}, "order 15"),
    ],
)
def test_a_product_that_cannot_be_ordered_so_says_what_can(
    handheld: Handheld, change: dict[str, Any], says: str
) -> None:
    plain = {"id": "20041", "name": "Cola", "status": "active", "min_quantity": 1, "multiple": 1}
    units = {"uoms": [["each", 1, 1, None, True], ["case", 12, 1, None, True]]}
    news(handheld, "product", plain | units | change)
    with pytest.raises(Refused, match=says):
        line(handheld)


def test_credit_counts_what_is_open_what_is_paid_and_every_order_not_invoiced(
    handheld: Handheld,
) -> None:
    order = {"scope": f"st:{STORE}", "store": STORE, "type": "sale", "lines": [], "holds": []}
    news(
        handheld,
        "order",
        order | {"id": "o1", "state": "accepted", "net_minor": 1_000},
        order | {"id": "o2", "state": "invoiced", "net_minor": 2_000},
        order | {"id": "o3", "state": "cancelled", "net_minor": 4_000},
        order | {"id": "o4", "state": "held", "net_minor": 8_000},
        order | {"id": "o5", "state": "accepted", "net_minor": 16_000, "type": "return"},
    )
    found = handheld.rep.pad.credit(handheld.rep.store("1042"))
    assert found.own_minor == 1_000
    assert found.exposure_minor == 120_000 + 1_000 - 5_000
    assert found.room_minor == 200_000 - found.exposure_minor
    assert found.ageing == {
        "not_due": 40_000,
        "1_30": 80_000,
        "31_60": 0,
        "61_90": 0,
        "over_90": 0,
    }
    assert found.as_of == "2026-11-20T21:00:00Z"


def test_a_store_nobody_has_a_limit_for_has_none(handheld: Handheld) -> None:
    found = handheld.rep.pad.credit(handheld.rep.store("877"))
    assert (found.limit_minor, found.room_minor, found.open_minor) == (None, None, 0)


@pytest.mark.parametrize(
    ("later_s", "day"),
    [
        (0, date(2026, 11, 23)),  # Saturday: the next delivery day is Monday
        (2 * 86_400, date(2026, 11, 24)),  # Monday: Tuesday
        (4 * 86_400 + 8 * 3_600, date(2026, 11, 27)),  # Wednesday past the cut-off: Friday
    ],
)
def test_delivery_is_on_the_next_day_that_is_still_open(
    handheld: Handheld, later_s: int, day: date
) -> None:
    house = {"id": "3", "scope": "wh:3", "name": "Ankeny", "zone": "America/Chicago"}
    news(handheld, "warehouse", house | {"cut_off": "12:00"})
    handheld.clock.on(later_s)
    store = handheld.rep.store("1042")
    assert handheld.rep.pad.next_delivery(store) == day
