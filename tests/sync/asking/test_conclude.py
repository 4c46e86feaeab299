"""What must hold after every order of any batch: nothing promised twice, nothing lost.

Each property is about decisions folded one after another into the facts, as push does.
"""

import random
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.asking.orders import decide, fold
from sync.decisions.shapes import Decision
from sync.facts import Facts, Order
from tests.sync.cases import world
from tests.sync.worlds import batches

BATCHES = settings(max_examples=200, deadline=None)
Batch = tuple[Facts, list[Order]]


def played(batch: Batch) -> list[tuple[Order, Decision]]:
    """The decisions of a batch, each folded into the facts before the next is asked."""
    facts, orders = batch
    decided = []
    for order in orders:
        decision = decide(order, facts)
        fold(facts, order, decision)
        decided.append((order, decision))
    return decided


@pytest.mark.rule(1)
@BATCHES
@given(batches)
def test_the_eaches_of_a_line_are_promised_owed_or_left_out_and_never_lost(batch: Batch) -> None:
    adjusts = {p.choice for p in batch[0].policies} & {"raise_to_whole", "apply_typed"}
    for order, decision in played(batch):
        asked = {line.n: line.quantity for line in order.lines}
        for line in decision.lines:
            assert line.confirmed + line.backordered + line.cut == line.ordered
            assert min(line.confirmed, line.backordered, line.cut) >= 0
            if line.state == "rejected":
                assert (line.cut, line.net_minor) == (line.ordered, 0)
            if line.replaces is None and not adjusts:
                assert line.ordered == asked[line.n]


@pytest.mark.rule(1)
@BATCHES
@given(batches)
def test_what_is_sent_instead_is_exactly_what_the_line_gave_up(batch: Batch) -> None:
    for _, decision in played(batch):
        by_n = {line.n: line for line in decision.lines}
        assert len(by_n) == len(decision.lines)
        for line in decision.lines:
            if line.replaces is not None:
                given_up = by_n[line.replaces]
                assert given_up.substitute == line.product
                assert given_up.cut >= line.ordered == line.confirmed


@pytest.mark.rule(1)
@pytest.mark.rule(2)
@BATCHES
@given(batches)
def test_never_more_is_promised_than_there_was(batch: Batch) -> None:
    facts, _ = batch
    there_was = {key: max(0, stock.available) for key, stock in facts.stock.items()}
    promised = dict.fromkeys(there_was, 0)
    for order, decision in played(batch):
        for warehouse, product, quantity in decision.reserve:
            assert quantity > 0
            if (warehouse, product) in promised:
                promised[warehouse, product] += quantity
        if order.type in ("sale", "free") and decision.state != "rejected":
            confirmed = sum(line.confirmed for line in decision.lines)
            assert confirmed == sum(quantity for _, _, quantity in decision.reserve)
        else:
            assert decision.reserve == []
    for key, quantity in promised.items():
        assert quantity <= there_was[key]
        assert facts.stock[key].reserved == quantity


@pytest.mark.rule(6)
@BATCHES
@given(batches)
def test_nobody_goes_over_a_limit_without_a_hold(batch: Batch) -> None:
    facts, orders = batch
    passes = {(p.store, p.rule) for p in facts.policies if p.choice == "let_pass"}
    for order in orders:
        decision = decide(order, facts)
        fold(facts, order, decision)
        credit = facts.credit[decision.store]
        if decision.state != "accepted":
            assert decision.exposure_minor == 0
        elif not passes & {(None, "credit_exceeded"), (decision.store, "credit_exceeded")}:
            over = credit.limit_minor is not None and credit.exposure_minor > credit.limit_minor
            assert not (over and order.type in ("sale", "van"))


@BATCHES
@given(batches)
@pytest.mark.rule(4)
def test_no_promotion_gives_more_than_its_budget(batch: Batch) -> None:
    facts, orders = batch
    budgets = {key: one.cap_left_minor for key, one in facts.promotions.items()}
    for order in orders:
        decision = decide(order, facts)
        fold(facts, order, decision)
        assert all(off > 0 for _, off in decision.caps)
    for key, budget in budgets.items():
        one = facts.promotions[key]
        if budget is not None and one.cap_left_minor is not None:
            assert 0 <= one.cap_left_minor <= budget
            assert sum(one.used_minor.values()) == budget - one.cap_left_minor
        if one.store_cap_minor is not None:
            assert all(used <= one.store_cap_minor for used in one.used_minor.values())


@BATCHES
@given(batches)
@pytest.mark.rule(4)
def test_what_promotions_take_off_stays_within_the_line(batch: Batch) -> None:
    for order, decision in played(batch):
        named = {line.n: dict(line.promotions) for line in order.lines}
        for line in decision.lines:
            taken = sum(off for _, off in line.promotions)
            assert 0 <= taken <= line.net_minor + line.discount_minor
            assert {one for one, _ in line.promotions} <= named.get(line.n, {}).keys()
        if decision.outcome == "applied" and not any(x.backordered for x in decision.lines):
            assert {line.n: dict(line.promotions) for line in decision.lines} == named


@BATCHES
@given(batches)
def test_totals_are_the_sum_of_their_lines(batch: Batch) -> None:
    for order, decision in played(batch):
        assert decision.net_minor == sum(line.net_minor for line in decision.lines)
        if decision.state == "accepted" and order.type in ("sale", "van"):
            assert decision.exposure_minor == decision.net_minor
        if decision.outcome == "applied":
            assert decision.net_minor == order.net_minor


@BATCHES
@given(batches)
def test_deciding_changes_nothing_and_gives_the_same_again(batch: Batch) -> None:
    facts, orders = batch
    before = deepcopy(facts)
    first = [decide(order, facts) for order in orders]
    assert facts == before
    assert first == [decide(order, facts) for order in orders]


@BATCHES
@given(batches, st.randoms(use_true_random=False))
def test_how_lines_are_listed_makes_no_difference(batch: Batch, luck: random.Random) -> None:
    facts, taken = batch
    order = taken[0]
    lines = list(order.lines)
    luck.shuffle(lines)
    assert decide(replace(order, lines=tuple(lines)), facts) == decide(order, facts)


@BATCHES
@given(batches, st.sampled_from(("p1", "p2", "p3", "p4")), st.integers(1, 30))
def test_more_stock_never_confirms_less_of_it(batch: Batch, product: str, more: int) -> None:
    facts, orders = batch
    facts.policies = tuple(p for p in facts.policies if p.choice != "substitute")

    def confirmed() -> int:
        return sum(x.confirmed for x in decide(orders[0], facts).lines if x.product == product)

    before = confirmed()
    if ("w", product) in facts.stock:
        facts.stock["w", product].on_hand += more
        assert confirmed() >= before


@BATCHES
@given(batches)
def test_an_order_taken_twice_is_folded_once(batch: Batch) -> None:
    facts, (order, *_) = batch
    fold(facts, order, decide(order, facts))
    again = decide(order, facts)
    assert (again.state, again.reserve, again.exposure_minor) in (
        ("held", [], 0),
        ("rejected", [], 0),
    )
    before = deepcopy(facts)
    fold(facts, order, again)
    assert facts == before


TRIGGERS: dict[str, dict[str, Any]] = {
    "store_not_mine": {"grants": {"rep-1/store-1": None}},
    "credit_exceeded": {"credit": {"store-1": {"limit_minor": "1000"}}},
    "store_blocked": {"stores": {"store-1": {"status": "on_hold"}}},
    "number_known": {"numbers": {"D17-000123": "order-0"}},
    "price_unknown": {"prices": {"base/20041": None}},
    "stock_short": {"stock": {"3/20041": {"on_hand": "3"}}},
    "cut_off_passed": {"cut_offs": {"store-1": {"lead_days": "20"}}},
    "probable_duplicate": {
        "twins": {
            "store-1": [
                {
                    "order": "order-0",
                    "number": "D09-000077",
                    "rep": "rep-2",
                    "captured_at": "2026-11-21T08:00:00Z",
                    "lines": {"20041": "12"},
                }
            ]
        }
    },
}
"""A change of facts for each of these rules; no two of them touch the same facts."""

ASKED = [{"rule": rule, "choice": "hold_for_office"} for rule in ("stock_short", "cut_off_passed")]


def facts_with(wrong: set[str]) -> dict[str, Any]:
    """The changes of facts that trigger these rules."""
    return {key: patch for rule in wrong for key, patch in TRIGGERS[rule].items()}


@given(st.sets(st.sampled_from(sorted(TRIGGERS))))
def test_reasons_to_hold_add_up_whatever_else_is_wrong(wrong: set[str]) -> None:
    order, known = world(None, facts_with(wrong), ASKED)
    decision = decide(order, known)
    expected = wrong - ({"stock_short"} if "store_not_mine" in wrong else set())
    assert {hold.rule for hold in decision.holds} == expected
    assert decision.outcome == ("held" if expected else "applied")


@given(st.sets(st.sampled_from(sorted(TRIGGERS))), st.sets(st.sampled_from(sorted(TRIGGERS))))
def test_each_reason_is_released_by_itself(wrong: set[str], released: set[str]) -> None:
    order, known = world(None, facts_with(wrong), ASKED, sorted(released))
    left = wrong - released
    expected = left - ({"stock_short"} if "store_not_mine" in left else set())
    assert {hold.rule for hold in decide(order, known).holds} == expected


def test_the_next_order_of_a_batch_sees_less_of_everything() -> None:
    line = {
        **{"n": "1", "product": "20041", "uom": "case", "typed": "1", "quantity": "12"},
        **{"unit_price": "1.29", "discount_minor": "60"},
        "promotions": [{"promotion": "promo-2", "discount_minor": "60"}],
        "net_minor": "1488",
    }
    order, facts = world({"lines": [line], "net_minor": "1488"})
    decision = decide(order, facts)
    fold(facts, order, decision)
    assert facts.stock["3", "20041"].reserved == 12
    assert facts.credit["store-1"].ordered_minor == 1488
    assert facts.promotions["promo-2"].cap_left_minor == 40
    assert [(twin.order, twin.lines) for twin in facts.twins["store-1"]] == [
        ("order-1", {"20041": 12})
    ]
    assert facts.known == {"order-1": "accepted"}
    assert facts.numbers == {"D17-000123": "order-1"}


def test_a_return_is_nobodys_twin_and_takes_nothing_of_a_budget() -> None:
    parts = [{"promotion": "promo-2", "discount_minor": "60"}]
    line = {"n": "1", "product": "20041", "uom": "each", "typed": "12", "quantity": "12",
            "unit_price": "1.29", "discount_minor": "60", "promotions": parts,
            "net_minor": "1488"}  # fmt: skip
    order, facts = world({"type": "return", "lines": [line], "net_minor": "1488"})
    decision = decide(order, facts)
    fold(facts, order, decision)
    assert (decision.caps, facts.promotions["promo-2"].cap_left_minor) == ([], 100)
    assert (facts.twins, facts.known) == ({}, {"order-1": "held"})


def test_of_one_number_the_first_order_of_a_batch_has_it() -> None:
    order, facts = world()
    fold(facts, order, decide(order, facts))
    for again in (replace(order, id="order-2"), replace(order, id="order-3")):
        decision = decide(again, facts)
        assert "number_known" in {hold.rule for hold in decision.holds}
        fold(facts, again, decision)
    assert facts.numbers == {"D17-000123": "order-1"}


@pytest.mark.parametrize(("wanted", "state"), [("12", "accepted"), ("100001", "held")])
def test_a_held_order_is_a_twin_too(wanted: str, state: str) -> None:
    policy = [{"rule": "quantity_absurd", "params": {"maximum": "11"}}] if state == "held" else []
    order, facts = world(policy=policy)
    decision = decide(order, facts)
    assert decision.state == state, wanted
    fold(facts, order, decision)
    again = replace(order, id="order-2", number="D17-000124")
    assert "probable_duplicate" in {hold.rule for hold in decide(again, facts).holds}
