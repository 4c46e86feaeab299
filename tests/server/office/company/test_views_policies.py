"""Policies: shown with their bounds, chosen with clear errors, and decided by at once."""

from typing import Any

import pytest
from flask import Flask

from sync.rules.all import BY_NAME
from tests.server.console import Console, signed_in
from tests.server.office.conftest import Push
from tests.world import World


def chosen(world: World) -> list[Any]:
    return world.rows("SELECT rule, banner, store::text, choice, params FROM policy ORDER BY rule")


def test_every_rule_is_listed_with_its_default_choices_and_bounds(admin: Console) -> None:
    page = admin.page("/office/policies")
    for name in BY_NAME:
        assert f'id="{name}"' in page, name
    assert "confirm available backorder rest" in page
    assert "grace days 3 (from 0 to 365)" in page
    assert "/office/rules#stock_short" in page


def test_a_choice_holds_at_once_and_says_who_made_it(
    admin: Console, push: Push, world: World
) -> None:
    _, before = push([("p001", 110)])
    assert before["conflicts"][0]["decision"] == "confirm_available_backorder_rest"
    told = admin.post("/office/policies/stock_short", choice="cut").text
    assert "Chosen for stock short" in told
    assert "For the company: <strong>cut</strong>" in told
    assert "by Alma" in told
    world.run("UPDATE stock SET reserved = 0")
    _, after = push([("p001", 110)], store=1)
    assert after["conflicts"][0]["decision"] == "cut"
    assert world.one("SELECT count(*) FROM entry WHERE kind = 'policy'") == 1


def test_a_second_choice_for_the_same_place_replaces_the_first(
    admin: Console, world: World
) -> None:
    admin.post("/office/policies/stock_short", choice="cut")
    admin.post("/office/policies/stock_short", choice="substitute")
    assert chosen(world) == [("stock_short", None, None, "substitute", {})]
    rows = world.rows("SELECT before ->> 'choice', after ->> 'choice' FROM audit ORDER BY at")
    assert rows == [(None, "cut"), ("cut", "substitute")]


def test_a_banner_or_a_store_may_differ_from_the_company(admin: Console, world: World) -> None:
    world.run("UPDATE store SET banner = 'North' WHERE id = %s", world.stores[0])
    code = world.one("SELECT code FROM store WHERE id = %s", world.stores[1])
    admin.post("/office/policies/price_kept", choice="honour_quoted_price",
               **{"param:grace_days": "5"})  # fmt: skip
    admin.post("/office/policies/price_kept", choice="hold_for_office", banner="North")
    page = admin.post("/office/policies/price_kept", choice="apply_price_now", store=code).text
    assert {(row[1], row[2], row[3]) for row in chosen(world)} == {
        (None, None, "honour_quoted_price"), ("North", None, "hold_for_office"),
        (None, world.stores[1], "apply_price_now"),
    }  # fmt: skip
    assert "For banner North" in page
    assert "grace days 5" in page


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"choice": "explode"}, "explode is not one of"),
        ({"choice": "hold_for_office", "param:grace_days": "9999"}, "a whole number from 0 to 365"),
        ({"choice": "hold_for_office", "param:grace_days": "soon"}, "a whole number from 0 to 365"),
        ({"choice": "hold_for_office", "param:grace_days": "1.5"}, "a whole number from 0 to 365"),
        ({"choice": "hold_for_office", "store": "nowhere"}, "There is no store nowhere here"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    admin: Console, world: World, fields: dict[str, str], fault: str
) -> None:
    page = admin.post("/office/policies/price_kept", **fields).text
    assert fault in page
    assert chosen(world) == []
    assert world.one("SELECT count(*) FROM audit") == 0


def test_a_store_and_a_banner_together_are_refused(admin: Console, world: World) -> None:
    code = world.one("SELECT code FROM store LIMIT 1")
    page = admin.post(
        "/office/policies/price_kept", choice="hold_for_office", store=code, banner="North"
    ).text
    assert "name a store or a banner, not both" in page


def test_taking_back_brings_the_default_again(admin: Console, world: World) -> None:
    admin.post("/office/policies/stock_short", choice="cut")
    policy = world.one("SELECT id::text FROM policy")
    assert "Taken back" in admin.post(f"/office/policies/stock_short/{policy}/forget").text
    assert chosen(world) == []
    assert (
        "Somebody was quicker" in admin.post(f"/office/policies/stock_short/{policy}/forget").text
    )
    assert world.rows("SELECT act FROM entry WHERE kind = 'policy'") == [("gone",)]


def test_only_supervisors_and_administrators_choose(app: Flask, desk: Console) -> None:
    assert "Choose for" not in desk.page("/office/policies")
    assert desk.post("/office/policies/stock_short", choice="cut").status_code == 403
    assert signed_in(app, desk.world, "sue", "supervisor").post(
        "/office/policies/no_such_rule", choice="cut"
    ).status_code == 404  # fmt: skip


def test_a_search_finds_a_rule(desk: Console) -> None:
    page = desk.page("/office/policies?q=credit")
    assert 'id="credit_exceeded"' in page
    assert 'id="stock_short"' not in page
    assert "Nothing matches" in desk.page("/office/policies?q=zzz")
