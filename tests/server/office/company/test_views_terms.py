"""Promotions in the console: what each gives, what is left of it, and ending one."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask

from schemas.ids import uuid7
from sync.write import write
from tests.server.console import Console, signed_in
from tests.world import CELL, COMPANY_CELL, World, change, order_body


def promotion(world: World, **more: Any) -> str:
    row: dict[str, Any] = {
        **{"id": uuid7(), "code": "aut", "name": "Autumn deal", "kind": "percent"},
        **{"percent": Decimal("7.5"), "priority": 0, "state": "live"},
        "valid_from": world.now - timedelta(days=3),
        **more,
    }
    with world.begin() as conn:
        write(conn, COMPANY_CELL, "promotion", [row], "load:promotions")
    return str(row["id"])


def sold(world: World, n: int, one: str, minutes_ago: int = 1) -> dict[str, Any]:
    """An order of 4 pieces at 2.50 with 75 off, captured so long ago."""
    body = order_body(world.stores[0], [(world.products[n], 4)])
    line = body["lines"][0]
    line |= {"promotions": [{"promotion": one, "discount_minor": 75}], "discount_minor": 75}
    line["net_minor"] = body["net_minor"] = 925
    captured = {
        "wall": (world.now - timedelta(minutes=minutes_ago)).isoformat(),
        **{"monotonic_ms": 10_000_000 - minutes_ago * 60_000, "boot": "b-1"},
    }
    sent = change(n, "order", "submit", body, captured=captured)
    (verdict,), _ = world.push(world.carrier(), [sent])
    return verdict


def test_a_promotion_is_shown_with_what_it_gave_and_what_is_left(
    desk: Console, world: World
) -> None:
    one = promotion(world, cap_minor=1_000, store_cap_minor=500, banner="north", products=["p001"])
    world.run("UPDATE promotion SET banner = NULL, products = NULL")
    assert sold(world, 1, one)["outcome"] == "applied"
    page = desk.page("/office/promotions/")
    for words in ("Autumn deal", "7.5 % off", "every store", "running", "0.75", "10.00", "9.25"):
        assert words in page, words
    assert "1 order, 1 store" in page
    assert "7 % given" in page
    assert "End it now" not in page  # the order desk looks, others end
    order = world.one("SELECT id FROM orders")
    assert re.search(r"less \$0\.75.*Autumn deal", desk.page(f"/office/orders/{CELL}/{order}"))


def test_what_promotions_give_is_said_in_words(desk: Console, world: World) -> None:
    promotion(world, kind="tiers", tiers='[[24, "5", null], [48, null, 8]]', channel="bar")
    promotion(world, kind="order", tiers='[[10000, "3", null], [50000, null, 2000]]', stacks=True)
    promotion(world, kind="buy_get", percent=None, buy=10, get=1, get_product="p002")
    promotion(world, kind="amount", percent=None, amount_minor=5, store=world.stores[0])
    promotion(world, kind="percent", valid_from=world.now + timedelta(days=2), name="Next")
    promotion(world, kind="percent", cap_minor=0, name="Spent", products=["p001", "p002"])
    page = desk.page("/office/promotions/")
    for words in (
        *("from 24: 5 % off", "from 48: $0.08 off each", "channel bar"),
        *("from $100.00: 3 % off the order", "from $500.00: $20.00 off the order"),
        *("Buy 10, get 1 Product p002 free", "$0.05 off each", "Store 1", "goes with others"),
        *("coming", "used up", "2 products"),
    ):
        assert words in page, words


def test_a_promotion_is_ended_and_what_was_captured_before_keeps_it(
    app: Flask, desk: Console, world: World
) -> None:
    one = promotion(world)
    kay = signed_in(app, world, "kay", "key_account")
    assert desk.post(f"/office/promotions/{one}/end", follow=False).status_code == 403
    told = kay.post(f"/office/promotions/{one}/end", note="Too dear")
    assert "Autumn deal has ended" in told.text
    assert "No promotion runs" in told.text
    assert "Autumn deal" in kay.page("/office/promotions/?ended=yes")
    row = world.rows("SELECT state, valid_to <= now(), changed_by, version FROM promotion")
    assert row == [("ended", True, "user:kay", 2)]
    said = world.rows(
        "SELECT action, after->>'note' FROM audit WHERE subject = %s", f"promotion/{one}"
    )
    assert said == [("promotion.ended", "Too dear")]
    assert world.one(
        "SELECT count(*) FROM entry WHERE kind = 'promotion' AND key = %s AND scope = 'company'",
        one,
    )
    assert sold(world, 1, one, minutes_ago=60)["outcome"] == "applied"
    world.now += timedelta(hours=1)
    late = sold(world, 2, one, minutes_ago=0)
    assert [conflict["rule"] for conflict in late["conflicts"]] == ["promotion_ended"]


def test_a_promotion_is_ended_once(app: Flask, admin: Console, world: World) -> None:
    one = promotion(world)
    admin.post(f"/office/promotions/{one}/end")
    assert admin.post(f"/office/promotions/{one}/end").status_code == 409
    assert admin.post(f"/office/promotions/{uuid7()}/end").status_code == 409
    assert admin.post("/office/promotions/nonsense/end").status_code == 404


def test_without_promotions_the_page_says_what_to_do(desk: Console) -> None:
    assert "talaria load promotions FILE" in desk.page("/office/promotions/")
