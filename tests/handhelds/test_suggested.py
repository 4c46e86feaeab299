"""The suggested order: which figures it is made of, and that a rep can check them."""

from typing import Any

from handhelds.reference.suggested import days_to_next, proposals
from handhelds.reference.visit import Wanted
from schemas.rows import PARTS
from tests.handhelds.conftest import Handheld
from tests.handhelds.double import STORE, row

MINE: dict[str, Any] = {"scope": f"st:{STORE}", "store": STORE}


def card(id: str, day: str, **lines: dict[str, Any]) -> list[Any]:
    names = PARTS["card", "lines"]
    told = [
        [({"product": code.lstrip("p"), "on_shelf": True} | line).get(name) for name in names]
        for code, line in lines.items()
    ]
    return row("card", id=id, captured_at=f"{day}T15:00:00Z", lines=told, state="closed", **MINE)


def order(id: str, day: str, state: str, product: str, **figures: int) -> list[Any]:
    line = {"n": 1, "product": product, "ordered": 0} | figures
    lines = [[line.get(name) for name in PARTS["order", "lines"]]]
    return row(
        "order", id=id, captured_at=f"{day}T16:00:00Z", deliver_on=day, state=state, type="sale",
        net_minor=0, holds=[], lines=lines, **MINE,
    )  # fmt: skip


def news(handheld: Handheld, kind: str, *rows: list[Any]) -> None:
    handheld.server.put(kind, *rows)
    assert handheld.sync().state == "done"


def only(handheld: Handheld) -> Any:
    (found,) = proposals(handheld.rep.pad, handheld.rep.store("1042"))
    return found


def test_two_counts_and_a_delivery_between_them_give_the_offtake(handheld: Handheld) -> None:
    news(
        handheld,
        "card",
        card("c1", "2026-11-07", p20041={"shelf_stock": 30, "back_stock": 6}),
        card("c2", "2026-11-21", p20041={"shelf_stock": 10, "back_stock": 0}),
    )
    news(
        handheld,
        "order",
        order("o1", "2026-11-10", "delivered", "20041", ordered=24, confirmed=24, delivered=24),
        order("o2", "2026-11-06", "delivered", "20041", ordered=99, confirmed=99, delivered=99),
        order("o3", "2026-11-20", "accepted", "20041", ordered=12, confirmed=6, backordered=2),
    )
    found = only(handheld)
    # 36 + 24 - 10 = 50 in 14 days; 50/14 a day x (7 + 1) days x 1.5 = 42.86; - 10 there - 8 coming
    assert [(step.name, step.how, step.value) for step in found.suggestion.steps] == [
        ("offtake", "36 + 24 - 10", "50"),
        ("offtake_per_day", "50 / 14", "3.57"),
        ("need", "3.57 x (7 + 1) x 1.5", "42.86"),
        ("short", "42.86 - 10 - 8", "24.86"),
        ("cases", "24.86 / 12", "3"),
    ]
    assert (found.quantity, found.suggestion.method) == (36, "offtake")
    assert str(found.counted_on) == "2026-11-21"


def test_an_unsent_order_and_an_unsent_card_count_too(handheld: Handheld) -> None:
    news(handheld, "card", card("c1", "2026-11-14", p904={"shelf_stock": 20}))
    handheld.rep.card("1042", [{"product": "904", "on_shelf": True, "shelf_stock": 6}])
    before = only(handheld)
    assert before.suggestion.steps[0].how == "20 + 0 - 6"
    assert before.quantity == 18  # 14 in 7 days: 2 x 8 x 1.5 = 24, less 6 there: three cases of 6
    handheld.rep.order("1042", [Wanted("904", "3", "case")])
    assert only(handheld).quantity == 0


def test_out_of_stock_counts_as_nothing_there(handheld: Handheld) -> None:
    news(
        handheld,
        "card",
        card("c1", "2026-11-14", p904={"shelf_stock": 7}),
        card("c2", "2026-11-21", p904={"on_shelf": False, "out_of_stock": True}),
    )
    assert only(handheld).suggestion.steps[0].how == "7 + 0 - 0"


def test_a_card_without_a_count_is_passed_over(handheld: Handheld) -> None:
    news(
        handheld,
        "card",
        card("c1", "2026-11-07", p904={"shelf_stock": 7}),
        card("c2", "2026-11-14", p904={"facings": 2}),
        card("c3", "2026-11-21", p904={"shelf_stock": 0}),
    )
    assert only(handheld).suggestion.steps[0].how == "7 + 0 - 0"


def test_more_stock_than_can_be_is_flagged_and_the_rule_of_thumb_used(handheld: Handheld) -> None:
    news(
        handheld,
        "card",
        card("c1", "2026-11-07", p20041={"shelf_stock": 5}),
        card("c2", "2026-11-21", p20041={"shelf_stock": 50}),
    )
    news(handheld, "order", order("o1", "2026-10-01", "closed", "20041", ordered=130))
    found = only(handheld).suggestion
    assert (found.flag, found.method) == ("negative_offtake", "rule_1_5")


def test_a_cancelled_order_was_never_sold(handheld: Handheld) -> None:
    news(handheld, "order", order("o1", "2026-11-10", "cancelled", "20041", ordered=130))
    assert proposals(handheld.rep.pad, handheld.rep.store("1042")) == []


def test_what_must_be_on_the_shelf_and_is_not_comes_first(handheld: Handheld) -> None:
    rule = {"min_facings": 2, "valid_from": "2026-01-01"}
    news(
        handheld,
        "must_stock",
        row("must_stock", id="m1", product="904", **rule),
        row("must_stock", id="m2", product="20041", banner="someone else", **rule),
        row("must_stock", id="m3", product="20041", valid_to="2026-10-01", **rule),
    )
    news(handheld, "card", card("c1", "2026-11-21", p20041={"shelf_stock": 5}))
    first, second = proposals(handheld.rep.pad, handheld.rep.store("1042"))
    assert (first.product["id"], first.must_stock, first.missing) == ("904", True, True)
    assert (second.product["id"], second.must_stock, second.missing) == ("20041", False, False)
    assert [(step.name, step.how, step.value) for step in first.suggestion.steps] == [
        ("gap", "2 - 0 - 0", "2"),
        ("cases", "2 / 6", "1"),
    ]
    assert (first.suggestion.method, first.quantity) == ("must_stock", 6)


def test_a_gap_is_filled_though_an_older_card_saw_plenty(handheld: Handheld) -> None:
    """Until it is on the way: then the lorry fills it."""
    rule = {"min_facings": 8, "valid_from": "2026-01-01"}
    news(handheld, "must_stock", row("must_stock", id="m1", product="904", **rule))
    news(
        handheld,
        "card",
        card("c1", "2026-11-07", p904={"shelf_stock": 30}),
        card("c2", "2026-11-21", p20041={"shelf_stock": 5}),
    )
    found = proposals(handheld.rep.pad, handheld.rep.store("1042"))[0]
    assert (found.missing, found.quantity) == (True, 12)
    handheld.rep.order("1042", [Wanted("904", "2", "case")])
    again = proposals(handheld.rep.pad, handheld.rep.store("1042"))[0]
    assert (again.missing, again.quantity) == (True, 0)


def test_a_store_without_a_card_has_no_known_gap(handheld: Handheld) -> None:
    rule = {"min_facings": 8, "valid_from": "2026-01-01"}
    news(handheld, "must_stock", row("must_stock", id="m1", product="904", **rule))
    assert only(handheld).quantity == 0


def test_what_sells_slowly_is_suggested_when_none_is_left(handheld: Handheld) -> None:
    """Two pieces in a quarter of a year are less than half a piece a week: still not nothing."""
    news(handheld, "card", card("c1", "2026-11-21", p904={"shelf_stock": 0}))
    news(handheld, "order", order("o1", "2026-10-01", "closed", "904", ordered=2))
    found = only(handheld)
    assert found.suggestion.method == "rule_1_5"
    assert found.suggestion.steps[0].how == "2 / 13"
    assert (found.suggestion.steps[0].value, found.quantity) == ("0.15", 6)


def test_the_next_visit_is_taken_from_the_plan_or_from_the_frequency(handheld: Handheld) -> None:
    pad, store = handheld.rep.pad, handheld.rep.store("1042")
    assert days_to_next(pad, store, pad.today(store)) == 7  # four in four weeks
    stop = {"scope": "rep:r07", "rep": "r07", "store": STORE, "sequence": 1, "state": "planned"}
    news(
        handheld,
        "plan_stop",
        row("plan_stop", id="s1", day="2026-11-21", **stop),
        row("plan_stop", id="s2", day="2026-11-30", **stop),
    )
    assert days_to_next(pad, store, pad.today(store)) == 9
