"""Lists, promotions, hints and tax on the handheld's own copy."""

from typing import Any

import pytest
from rich.console import Console

from handhelds.reference import screens_work, tables
from handhelds.reference.visit import Wanted
from schemas.rows import ROWS
from tests.handhelds.conftest import Handheld
from tests.handhelds.double import STORE, row

BEGUN = "2026-01-01T00:00:00Z"
PRICE = {"product": "20041", "min_quantity": 1, "valid_from": BEGUN}
DEAL = {"state": "live", "valid_from": BEGUN, "priority": 0, "stacks": True}


def news(handheld: Handheld, kind: str, *rows: dict[str, Any]) -> None:
    handheld.server.put(kind, *(row(kind, **values) for values in rows))
    assert handheld.sync().state == "done"


def store(handheld: Handheld, **values: Any) -> None:
    """Change the first store as the office does, beside what it changed before."""
    mine = next(one for one in handheld.server.rows["store"] if one[0] == STORE)
    for name, value in values.items():
        mine[ROWS["store"].index(name)] = value
    handheld.server.put("store", mine)
    assert handheld.sync().state == "done"


def pad(handheld: Handheld, *lines: str) -> dict[str, Any]:
    """The order pad for lines such as 20041:2case."""
    wanted = []
    for line in lines:
        product, _, rest = line.partition(":")
        typed = rest.removesuffix("case")
        wanted.append(Wanted(product, typed, "case" if typed != rest else "each"))
    _, priced = handheld.rep.price("1042", wanted)
    return screens_work.order_pad(handheld.rep, "1042", priced)


def shown(handheld: Handheld, screen: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> str:
    Console(width=200).print(tables.order_pad(screen))
    return capsys.readouterr().out


def test_the_strongest_list_that_is_for_the_store_prices_it(handheld: Handheld) -> None:
    news(
        handheld,
        "price_list",
        {"id": "bars", "name": "Bars", "level": "channel", "channel": "bar"},
        {"id": "a", "name": "A", "level": "channel_class", "channel": "bar", "store_class": "A"},
        {"id": "north", "name": "North", "level": "banner", "banner": "north"},
        {"id": "own", "name": "Own", "level": "store"},
    )
    news(
        handheld,
        "price",
        *(
            PRICE | {"id": code, "scope": f"pl:{code}", "price": amount}
            for code, amount in (("bars", "1.2"), ("a", "1.1"), ("north", "1.0"), ("own", "0.9"))
        ),
    )
    store(handheld, price_list=None)
    found = []
    for values in (
        *({"channel": None}, {"channel": "bar"}, {"store_class": "A"}, {"banner": "north"}),
        {"price_list": "own"},
    ):
        store(handheld, **values)
        (line,) = pad(handheld, "20041:1")["lines"]
        found.append((line["price_list"], line["unit_price"]))
    assert found == [
        *(("base", "1.29"), ("bars", "1.2"), ("a", "1.1"), ("north", "1"), ("own", "0.9")),
    ]


def test_more_pieces_reach_the_price_for_more(handheld: Handheld) -> None:
    more = {"id": "more", "scope": "pl:base", "price": "1.19", "min_quantity": 24}
    news(handheld, "price", PRICE | more)
    prices = [pad(handheld, f"20041:{n}")["lines"][0]["unit_price"] for n in (23, 24)]
    assert prices == ["1.29", "1.19"]


def test_lines_reach_a_step_together_and_the_pad_says_what_is_missing(
    handheld: Handheld, capsys: pytest.CaptureFixture[str]
) -> None:
    tiers = [[24, "5", None], [48, "7.5", None]]
    news(
        handheld,
        "promotion",
        DEAL | {"id": "t", "name": "More for less", "kind": "tiers", "tiers": tiers},
    )
    before = pad(handheld, "20041:1case", "904:10")
    assert before["discount_minor"] == 0
    assert [one["says"] for one in before["hints"]] == ["2 more for 5 % off"]
    assert "+ 2 more for 5 % off (More for less)" in shown(handheld, before, capsys)
    after = pad(handheld, "20041:1case", "904:12")
    assert [one["discount_minor"] for one in after["lines"]] == [77, 30]
    assert after["hints"][0]["says"] == "24 more for 7.5 % off"
    assert (after["gross_minor"], after["net_minor"]) == (2148, 2041)


def test_free_pieces_are_told_counted_and_named(
    handheld: Handheld, capsys: pytest.CaptureFixture[str]
) -> None:
    same = {"id": "f", "name": "Ten and one", "kind": "buy_get", "buy": 10, "get": 1}
    news(handheld, "promotion", DEAL | same | {"products": ["904"]})
    assert pad(handheld, "20041:1")["hints"] == []
    assert pad(handheld, "904:8")["hints"][0]["says"] == (
        "2 more of Água tónica 0.5 l, then 1 of Água tónica 0.5 l free"
    )
    assert pad(handheld, "904:10")["hints"][0]["says"] == (
        "1 of Água tónica 0.5 l free, earned already: add it to the order"
    )
    screen = pad(handheld, "904:11")
    (line,) = screen["lines"]
    assert (line["free"], line["discount_minor"], line["net_minor"]) == (1, 50, 500)
    assert "1 free" in shown(handheld, screen, capsys)


def test_another_product_is_free(handheld: Handheld) -> None:
    other = {"id": "f", "name": "Case and tonic", "kind": "buy_get", "buy": 12, "get": 2}
    news(handheld, "promotion", DEAL | other | {"products": ["20041"], "get_product": "904"})
    assert pad(handheld, "20041:1case")["hints"][0]["says"] == (
        "2 of Água tónica 0.5 l free, earned already: add it to the order"
    )
    screen = pad(handheld, "20041:1case", "904:2")
    assert [(one["free"], one["net_minor"]) for one in screen["lines"]] == [(0, 1548), (2, 0)]


def test_the_whole_order_gets_its_amount_to_the_last_cent(handheld: Handheld) -> None:
    tiers = [[2000, None, 100], [10_000, "3", None]]
    news(handheld, "promotion", DEAL | {"id": "o", "name": "Big", "kind": "order", "tiers": tiers})
    assert pad(handheld, "20041:1case")["hints"][0]["says"] == (
        "4.52 USD more for 1.00 USD off the whole order"
    )
    screen = pad(handheld, "20041:1case", "904:12")
    assert [one["discount_minor"] for one in screen["lines"]] == [72, 28]
    assert screen["net_minor"] == 2048
    assert screen["hints"][0]["says"] == "78.52 USD more for 3 % off the whole order"


def test_promotions_of_other_stores_and_times_are_left_out(handheld: Handheld) -> None:
    ten = DEAL | {"kind": "percent", "percent": "10"}
    news(
        handheld,
        "promotion",
        ten | {"id": "a", "name": "Elsewhere", "store": STORE[:-1] + "f"},
        ten | {"id": "b", "name": "Class A", "store_class": "A"},
        ten | {"id": "c", "name": "Over", "valid_to": "2026-11-01T00:00:00Z"},
        ten | {"id": "d", "name": "Draft", "state": "draft"},
    )
    assert pad(handheld, "20041:1case")["discount_minor"] == 0
    store(handheld, store_class="A")
    assert pad(handheld, "20041:1case")["lines"][0]["promotion_name"] == "Class A"


def test_tax_is_shown_class_by_class_and_with_it_the_sum(
    handheld: Handheld, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {one[0]: dict(zip(ROWS["product"], one, strict=True)) for one in
            handheld.server.rows["product"]}  # fmt: skip
    news(
        handheld,
        "product",
        rows["20041"] | {"tax_class": "full"},
        rows["904"] | {"tax_class": "food"},
    )
    screen = pad(handheld, "20041:1case")
    assert (screen["taxes"][0]["tax_minor"], screen["with_tax_minor"]) == (None, None)
    assert "no rate for the day is known" in shown(handheld, screen, capsys)
    news(
        handheld,
        "tax_rate",
        {"id": "r1", "tax_class": "full", "percent": "19", "valid_from": "2021-01-01"},
        {"id": "r2", "tax_class": "food", "percent": "7", "valid_from": "2007-01-01"},
    )
    screen = pad(handheld, "20041:1case", "904:1")
    told = [(one["tax_class"], one["percent"], one["tax_minor"]) for one in screen["taxes"]]
    assert told == [("food", "7", 4), ("full", "19", 294)]
    assert (screen["tax_minor"], screen["with_tax_minor"]) == (298, 1548 + 50 + 298)
    assert "With tax 18.96 USD" in shown(handheld, screen, capsys)


def test_a_saved_order_names_what_each_line_got(handheld: Handheld) -> None:
    ten = DEAL | {"kind": "percent", "percent": "10", "priority": 1}
    five = DEAL | {"kind": "amount", "amount_minor": 5}
    news(
        handheld,
        "promotion",
        ten | {"id": STORE[:-1] + "1", "name": "Ten"},
        five | {"id": STORE[:-1] + "2", "name": "Five", "products": ["20041"]},
    )
    saved = handheld.rep.order("1042", [Wanted("20041", "1", "case"), Wanted("904", "4")])
    (change,) = handheld.queries.changes()
    lines = change["raw"]["body"]["lines"]
    assert [one["promotions"] for one in lines] == [
        [
            {"promotion": STORE[:-1] + "1", "discount_minor": 155},
            {"promotion": STORE[:-1] + "2", "discount_minor": 60},
        ],
        [{"promotion": STORE[:-1] + "1", "discount_minor": 20}],
    ]
    assert [one["discount_minor"] for one in lines] == [215, 20]
    assert saved["net_minor"] == 1548 - 215 + 200 - 20
