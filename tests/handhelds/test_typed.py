"""What a rep types: lines of orders and cards, read or refused with what would do."""

from typing import Any

import pytest
from rich.console import Console

from handhelds.reference.pad import Refused
from handhelds.reference.typed import (
    ask_card,
    ask_competitors,
    ask_lines,
    card_line,
    competitor_line,
    order_line,
    repeated,
)
from handhelds.reference.visit import Wanted
from tests.handhelds.conftest import Handheld


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("20041:2case", Wanted("20041", "2", "case")),
        ("20041:2 cases", Wanted("20041", "2", "case")),
        ("904:6", Wanted("904", "6", "each")),
        (" 904: 0.5 CASE ", Wanted("904", "0.5", "case")),
        ("A:B:3", Wanted("A:B", "3", "each")),
        ("904:6pallet", Wanted("904", "6", "pallet")),
    ],
)
def test_an_order_line_is_read(text: str, wanted: Wanted) -> None:
    assert order_line(text) == wanted


@pytest.mark.parametrize("text", ["", "904", "904:", ":6", "904:-6", "904:six", "904:1e9"])
def test_what_is_no_order_line_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Refused, match="20041:2case"):
        order_line(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1:facings=3,shelf=12", {"facings": 3, "shelf_stock": 12, "on_shelf": True}),
        ("1:price=1.495", {"price_minor": 150}),
        ("1:back=6, promo", {"back_stock": 6, "promotion_seen": True}),
        ("1:out", {"on_shelf": False, "out_of_stock": True, "shelf_stock": 0}),
        ("1:no", {"on_shelf": False, "listed": False}),
        ("1:expiry=2026-12-31", {"nearest_expiry": "2026-12-31"}),
        ("1", {"on_shelf": True}),
    ],
)
def test_a_card_line_is_read(text: str, told: dict[str, Any]) -> None:
    found = card_line(text, 2)
    assert found["product"] == "1"
    assert {name: found[name] for name in told} == told


@pytest.mark.parametrize("text", ["1:facings=x", "1:price=cheap", "1:shelf", "1:colour=red"])
def test_what_is_no_card_line_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="write"):
        card_line(text, 2)


def test_the_last_order_is_repeated_as_it_was_typed(handheld: Handheld) -> None:
    handheld.rep.order("1042", [Wanted("904", "2")])
    handheld.clock.on(60)
    handheld.rep.order("1042", [Wanted("20041", "1.5", "case"), Wanted("904", "10")])
    assert repeated(handheld.rep, "1042") == [
        Wanted("20041", "1.5", "case"),
        Wanted("904", "10", "each"),
    ]
    with pytest.raises(Refused, match="no order of Hy-Vee"):
        repeated(handheld.rep, "877")


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Answer the prompts in turn; returns what was asked."""
    asked: list[str] = []
    left = iter(answers)

    def prompt(question: str, **_: Any) -> str:
        asked.append(question)
        return next(left)

    monkeypatch.setattr("typer.prompt", prompt)
    return asked


def test_lines_are_asked_for_until_an_empty_answer(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, "cola", "20041:1case", "20041:1pallet", "904:7", "")
    found = ask_lines(Console(width=120), handheld.rep, "1042")
    assert found == [Wanted("20041", "1", "case"), Wanted("904", "7")]
    shown = capsys.readouterr().out
    assert "840" in shown, "a word searches"
    assert "use case or each" in shown, "a wrong line is said and asked again"
    assert "only 3 left" in shown


def test_a_card_asks_each_product_of_last_time_once(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    rep = handheld.rep
    rep.card("1042", [card_line("20041:shelf=12,back=9", 2), card_line("904:shelf=3", 2)])
    asked = answering(monkeypatch, "", "0")
    found = ask_card(Console(), rep, "1042", [], ask=True)
    assert [question.split()[0] for question in asked] == ["20041", "904"]
    same, out = found
    assert (same["shelf_stock"], same["on_shelf"]) == (12, True)
    assert "back_stock" not in same, "the back room is counted anew"
    assert (out["out_of_stock"], out["on_shelf"], out["shelf_stock"]) == (True, False, 0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Kola Zero", {}),
        ("Kola Zero:price=1.295,facings=4", {"price_minor": 130, "facings": 4}),
        (" Kola Zero : promo ", {"promotion_seen": True}),
        ("Kola Zero:promo,note=new, by the till: 2", {"promotion_seen": True,
                                                      "note": "new, by the till: 2"}),
    ],
)  # fmt: skip
def test_a_competitor_line_is_read(text: str, told: dict[str, Any]) -> None:
    assert competitor_line(text, 2) == {"name": "Kola Zero", **told}


@pytest.mark.parametrize("text", ["K:facings=x", "K:price=cheap", "K:shelf=3", "K:colour"])
def test_what_is_no_competitor_line_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="write"):
        competitor_line(text, 2)


def test_what_stood_beside_ours_last_time_is_asked_for_once(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    rep, ours = handheld.rep, [card_line("904:shelf=3", 2)]
    lines = ("Kola Zero:price=1.29,facings=4,promo,note=new", "Own brand", "Gone by now:price=2")
    rep.card("1042", ours, [competitor_line(text, 2) for text in lines])
    handheld.clock.on(60)
    rep.card("1042", ours)  # nobody looked beside: the names of before are asked for
    asked = answering(monkeypatch, "", "0.99", "-")
    found = ask_competitors(rep, "1042", [], ask=True)
    assert asked == ["Kola Zero [1.29]", "Own brand [no price]", "Gone by now [2.00]"]
    kola = {"name": "Kola Zero", "price_minor": 129, "facings": 4}
    assert found == [kola, {"name": "Own brand", "price_minor": 99}]
    given = competitor_line("kola  ZERO:price=1.19", 2)
    same = ask_competitors(rep, "1042", [given], ask=False)
    assert [one["name"] for one in same] == ["Own brand", "Gone by now", "kola  ZERO"]
    assert ask_competitors(rep, "877", [], ask=True) == []
