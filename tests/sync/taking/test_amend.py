"""A visit card corrected by rep and office."""

import json
from typing import Any

import pytest

from schemas.ids import uuid7
from tests.sync.taking.pushing import requests, rules, send
from tests.world import World


@pytest.fixture
def card(world: World) -> str:
    """A card of two products, filled in by the first rep."""
    card = uuid7()
    lines = [
        {"product": "p001", "on_shelf": True, "facings": 3, "shelf_stock": 12},
        {"product": "p002", "on_shelf": False, "out_of_stock": True},
    ]
    send(world, "card", "submit", {"id": card, "store": world.stores[0], "lines": lines})
    return card


def amend(
    world: World, card: str, mine: dict[str, Any], base: dict[str, Any], product: str = "p001",
    store: str = "", **more: Any,
) -> dict[str, Any]:  # fmt: skip
    lines = [{"product": product, "set": mine, "base": base}]
    body = {
        "id": card,
        "store": store or world.stores[0],
        "reason": "counted again",
        "lines": lines,
    }
    return send(world, "card", "amend", body, **more)


def corrected(world: World, card: str, facings: int) -> None:
    """The office corrects the facings of the first product."""
    world.run(
        "UPDATE visit_card SET lines = jsonb_set(lines, '{0,3}', %s::jsonb) WHERE id = %s",
        json.dumps(facings), card,
    )  # fmt: skip


def seen(world: World, card: str) -> Any:
    return world.rows("SELECT lines, state, amendments FROM visit_card WHERE id = %s", card)[0]


@pytest.mark.rule(9)
def test_the_person_who_stood_there_wins_and_the_offices_value_stays_readable(
    world: World, card: str
) -> None:
    corrected(world, card, 6)
    verdict = amend(world, card, {"facings": 4}, {"facings": 3})
    assert (verdict["outcome"], rules(verdict)) == ("merged", [("card_corrected", "take_mine")])
    assert "facings of Product p001 to 6" in verdict["says"]
    lines, state, history = seen(world, card)
    assert (lines[0][3], state) == (4, "amended")
    assert [one[1:] for one in history] == [["r01", "p001", "facings", 6, 4, True, "counted again"]]


@pytest.mark.rule(9)
def test_different_fields_of_one_card_both_stand(world: World, card: str) -> None:
    corrected(world, card, 6)
    verdict = amend(world, card, {"shelf_stock": 9}, {"shelf_stock": 12})
    assert (verdict["outcome"], verdict["conflicts"]) == ("applied", [])
    lines, _, _ = seen(world, card)
    assert (lines[0][3], lines[0][4]) == (6, 9)


@pytest.mark.rule(9)
@pytest.mark.rule(22)
@pytest.mark.parametrize("why", ["locked", "period"])
def test_after_the_lock_a_correction_is_a_request(world: World, card: str, why: str) -> None:
    if why == "locked":
        world.run("UPDATE visit_card SET state = 'locked' WHERE id = %s", card)
    else:
        world.run(
            "INSERT INTO period (cell, scope, version, changed_by, code, year, no, first_day,"
            " last_day, state) VALUES (1, 'company', 1, 'user:admin', 'p', 2026, 11,"
            " current_date - 30, current_date + 1, 'closed')"
        )
    verdict = amend(world, card, {"facings": 4}, {"facings": 3})
    assert (verdict["outcome"], rules(verdict)) == ("held", [("card_locked", "request_all")])
    assert seen(world, card)[0][0][3] == 3
    assert requests(world)[0][3] == {
        "kind": "card", "id": card, "store": world.stores[0], "set": {"p001.facings": 4},
    }  # fmt: skip


@pytest.mark.rule(9)
def test_another_reps_card_is_amended_by_request_only(world: World) -> None:
    world.add_device("d-2", "r02", 2)
    card = uuid7()
    lines = [{"product": "p001", "on_shelf": True, "facings": 3}]
    shared = world.stores[2]
    send(world, "card", "submit", {"id": card, "store": shared, "lines": lines})
    body = {
        "id": card, "store": shared,
        "lines": [{"product": "p001", "set": {"facings": 5}, "base": {"facings": 3}}],
    }  # fmt: skip
    verdict = send(world, "card", "amend", body, carrier=world.carrier("r02", "d-2"))
    assert rules(verdict) == [("card_of_another", "request_all")]


def test_a_product_that_was_forgotten_is_added(world: World, card: str) -> None:
    assert amend(world, card, {"facings": 2}, {}, product="p003")["outcome"] == "applied"
    lines, _, _ = seen(world, card)
    assert [(line[0], line[2], line[3]) for line in lines] == [
        ("p001", True, 3), ("p002", False, None), ("p003", True, 2),
    ]  # fmt: skip


@pytest.mark.rule(17)
def test_a_card_that_is_not_here_is_asked_about(world: World) -> None:
    verdict = amend(world, uuid7(), {"facings": 4}, {"facings": 3})
    assert rules(verdict) == [("row_gone", "request_all")]


def test_amending_one_card_in_its_own_batch_sees_it(world: World) -> None:
    from tests.world import change

    card, store = uuid7(), world.stores[0]
    lines = [{"product": "p001", "on_shelf": True, "facings": 3}]
    again = [{"product": "p001", "set": {"facings": 4}, "base": {"facings": 3}}]
    verdicts, answer = world.push(
        world.carrier(),
        [
            change(1, "card", "submit", {"id": card, "store": store, "lines": lines}),
            change(2, "card", "amend", {"id": card, "store": store, "lines": again}),
        ],
    )
    assert answer.faults == []
    assert [v["outcome"] for v in verdicts] == ["applied", "applied"]
    assert seen(world, card)[0][0][3] == 4


def test_a_card_is_not_reached_by_the_name_of_another_store(world: World, card: str) -> None:
    """Not even by who filled it in: the store it lies in may be somebody else's by now."""
    before = seen(world, card)
    verdict = amend(world, card, {"facings": 4}, {"facings": 3}, store=world.stores[1])
    assert (verdict["outcome"], verdict["conflicts"][0]["rule"]) == ("held", "row_known")
    assert seen(world, card) == before
