"""A visit card at the console: corrected, locked, its history."""

import pytest

from schemas.ids import uuid7
from tests.server.console import Console
from tests.server.office.field.test_views_store import sent
from tests.world import World


@pytest.fixture
def card(world: World) -> str:
    card = uuid7()
    lines = [{"product": "p001", "on_shelf": True, "facings": 3, "shelf_stock": 12}]
    sent(world, "card", "submit", {"id": card, "store": world.stores[0], "lines": lines})
    return card


def facings(world: World) -> int:
    return int(world.one("SELECT lines -> 0 ->> 3 FROM visit_card"))


@pytest.mark.rule(9)
def test_the_office_corrects_a_card_and_the_rep_who_stood_there_wins_before_the_lock(
    desk: Console, world: World, card: str
) -> None:
    path = f"/office/cards/{card}"
    told = desk.post(path, **{"f:p001.facings": "6", "was_f:p001.facings": "3", "why": "photo"})
    assert "Corrected" in told.text
    assert facings(world) == 6
    again = [{"product": "p001", "set": {"facings": 4}, "base": {"facings": 3}}]
    sent(world, "card", "amend", {"id": card, "store": world.stores[0], "lines": again})
    assert facings(world) == 4
    page = desk.page(path)
    assert "<bdi>3</bdi> → <bdi>6</bdi>" in page
    assert "<bdi>6</bdi> → <bdi>4</bdi>" in page
    assert "photo" in page


@pytest.mark.rule(9)
def test_after_the_lock_the_rep_asks_and_the_office_answers(
    desk: Console, world: World, card: str
) -> None:
    path = f"/office/cards/{card}"
    assert "Locked" in desk.post(f"{path}/lock", act="lock").text
    again = [{"product": "p001", "set": {"facings": 4}, "base": {"facings": 3}}]
    verdict = sent(world, "card", "amend", {"id": card, "store": world.stores[0], "lines": again})
    assert verdict["outcome"] == "held"
    assert "this card is locked" in desk.post(path, **{"f:p001.facings": "9"}).text
    assert facings(world) == 3
    assert "Open again" in desk.post(f"{path}/lock", act="open").text
    assert world.one("SELECT state FROM visit_card") == "closed"


def test_what_the_rep_changed_meanwhile_is_shown_beside(
    desk: Console, world: World, card: str
) -> None:
    again = [{"product": "p001", "set": {"facings": 4}, "base": {"facings": 3}}]
    sent(world, "card", "amend", {"id": card, "store": world.stores[0], "lines": again})
    page = desk.post(f"/office/cards/{card}", **{"f:p001.facings": "6", "was_f:p001.facings": "3"})
    assert "somebody changed the same meanwhile" in page.text
    assert "now 4" in page.text
    assert facings(world) == 4


def test_what_stands_beside_ours_is_shown_and_outlives_correction_and_lock(
    desk: Console, world: World
) -> None:
    card, store = uuid7(), world.stores[0]
    body = {"id": card, "store": store, "lines": [{"product": "p001", "on_shelf": True}]}
    beside = [
        {"name": "Kola <Zero>", "price_minor": 129, "facings": 4, "promotion_seen": True,
         "note": "by the till"},
        {"name": "Own brand"},
    ]  # fmt: skip
    sent(world, "card", "submit", body | {"competitors": beside})
    stored = world.one("SELECT competitors FROM visit_card")
    path = f"/office/cards/{card}"
    assert "Corrected" in desk.post(path, **{"f:p001.facings": "6", "was_f:p001.facings": ""}).text
    assert "Locked" in desk.post(f"{path}/lock", act="lock").text
    page = desk.page(path)
    for said in ("Kola &lt;Zero&gt;", "1.29", "4 facings", "promoted", "by the till", "Own brand"):
        assert said in page, said
    assert world.one("SELECT competitors FROM visit_card") == stored
    assert stored[1] == ["Own brand", None, None, None, None]
    assert "1 products, 2 of competitors, corrected" in desk.page(f"/office/stores/{store}")


def test_a_card_without_competitor_lines_has_no_place_for_them(desk: Console, card: str) -> None:
    assert "Competitors" not in desk.page(f"/office/cards/{card}")
