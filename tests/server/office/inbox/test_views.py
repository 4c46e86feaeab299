"""The inbox: what is listed, found, counted, and shown of one item."""

import re
from typing import Any

from flask import Flask

from tests.server.console import Console, signed_in
from tests.server.office.conftest import Push
from tests.world import CELL, World, change


def items(page: str) -> list[str]:
    return re.findall(r'<li class="item" id="i([0-9a-f-]{36})', page)


def item_of(world: World, rule: str) -> str:
    return str(world.one("SELECT id::text FROM conflict WHERE rule = %s LIMIT 1", rule))


def test_an_empty_inbox_says_what_would_be_in_it(desk: Console) -> None:
    assert "Nothing waits" in desk.page("/office/inbox")


def test_the_inbox_says_why_in_the_words_the_rep_read(desk: Console, push: Push) -> None:
    body, verdict = push([("p001", 300)])
    page = desk.page("/office/inbox")
    assert body["number"] in page
    assert "Over the credit limit" in page
    assert verdict["conflicts"][0]["says"] in page
    assert "with Finance" in page


def test_everything_that_waits_is_one_list_whatever_its_kind(
    desk: Console, push: Push, world: World
) -> None:
    push([("p001", 300)])
    visit = {"id": "0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b", "store": world.stores[-1],
             "state": "done"}  # fmt: skip
    world.push(world.carrier(), [change(900, "visit", "save", visit)])
    world.push(world.carrier(), [change(901, "order", "submit", {"id": "nonsense"})])
    page = desk.page("/office/inbox")
    assert len(items(page)) == 3
    for kind, n in (("hold", 2), ("fault", 1), ("request", 0)):
        assert len(items(desk.page(f"/office/inbox?item={kind}"))) == n
    assert "Could not be read" in page


def test_what_is_late_comes_first_and_is_told_in_words(
    desk: Console, push: Push, world: World
) -> None:
    push([("p001", 300)])
    push([("p002", 300)], store=1)
    late = world.one("SELECT id::text FROM conflict WHERE store = %s", world.stores[1])
    world.run(
        "UPDATE conflict SET due_at = now() - interval '2 hours 1 minute' WHERE id = %s", late
    )
    page = desk.page("/office/inbox")
    assert items(page)[0] == late
    assert "late by 2 h" in page
    assert "due in" in page
    assert items(desk.page("/office/inbox?late=1")) == [late]


def test_filters_find_by_owner_rule_rep_store_and_words(
    desk: Console, push: Push, world: World
) -> None:
    body, _ = push([("p001", 300)])
    one = item_of(world, "credit_exceeded")
    name = world.one("SELECT name FROM store WHERE id = %s", world.stores[0])
    for found in (
        "role=finance", "rule=credit_exceeded", "rep=r01", f"store={world.stores[0]}",
        f"q={body['number']}", f"q={name}", "q=owes",
    ):  # fmt: skip
        assert items(desk.page(f"/office/inbox?{found}")) == [one], found
    for nothing in ("role=admin", "rule=stock_out", "rep=r02", f"store={world.stores[1]}", "q=%25"):
        assert items(desk.page(f"/office/inbox?{nothing}")) == [], nothing
    assert "Nothing matches" in desk.page("/office/inbox?role=admin")


def test_mine_is_what_lies_with_my_roles_or_with_me(app: Flask, world: World, push: Push) -> None:
    push([("p001", 300)])
    faye, dora = (
        signed_in(app, world, "faye", "finance"),
        signed_in(app, world, "dora", "order_desk"),
    )
    assert len(items(faye.page("/office/inbox?mine=1"))) == 1
    assert items(dora.page("/office/inbox?mine=1")) == []
    one = item_of(world, "credit_exceeded")
    dora.post("/office/inbox/answers", item=f"{CELL}/{one}", do="take")
    assert items(dora.page("/office/inbox?mine=1")) == [one]
    assert "with Dora" in dora.page("/office/inbox")


def test_pages_follow_each_other_without_gap_or_repeat(
    desk: Console, push: Push, world: World
) -> None:
    push([("p001", 300)])
    one = item_of(world, "credit_exceeded")
    world.run(
        """INSERT INTO conflict SELECT (c).* FROM (
             SELECT json_populate_record(c, json_build_object(
               'id', gen_random_uuid(), 'at', c.at + n * interval '1 s',
               'due_at', CASE WHEN n %% 3 > 0
                 THEN c.due_at + (n %% 3) * interval '1 hour' END)) AS c
             FROM conflict c, generate_series(1, 69) n WHERE c.id = %s) x""",
        one,
    )
    path, seen = "/office/inbox", []
    for _ in range(5):
        page = desk.page(path)
        seen += items(page)
        older = re.search(r'href="(/office/inbox\?after=[^"]+)"', page)
        if older is None:
            break
        path = older.group(1).replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 70


def test_what_only_the_rep_can_answer_is_listed_under_the_rep(desk: Console, push: Push) -> None:
    push([("p001", 110)])
    assert items(desk.page("/office/inbox")) == []
    page = desk.page("/office/inbox?role=rep")
    assert len(items(page)) == 1
    assert "Stock is short" in page


def test_an_item_shows_both_versions_the_rule_and_its_history(
    desk: Console, push: Push, world: World
) -> None:
    push([("p001", 300)])
    one = item_of(world, "credit_exceeded")
    desk.post("/office/inbox/answers", item=f"{CELL}/{one}", do="take")
    page = desk.page(f"/office/inbox/{CELL}/{one}")
    assert "The rep</dt><dd><bdi>$750.00</bdi>" in page
    assert "in the manual" in page
    assert "/office/policies#credit_exceeded" in page
    assert "Handed to dora" in page
    assert "127.0.0.1" in page


def test_answered_items_can_be_looked_up(desk: Console, push: Push, world: World) -> None:
    push([("p001", 300)])
    one = item_of(world, "credit_exceeded")
    desk.post("/office/inbox/answers", item=f"{CELL}/{one}", do="release")
    assert items(desk.page("/office/inbox")) == []
    page = desk.page("/office/inbox?state=resolved")
    assert items(page) == [one]
    assert "released by dora" in page


def test_another_cells_items_are_nobodys_here(app: Flask, world: World, push: Push) -> None:
    push([("p001", 300)])
    one = item_of(world, "credit_exceeded")
    east = signed_in(app, world, "eve", "supervisor", cell=3)
    assert items(east.page("/office/inbox")) == []
    assert east.get(f"/office/inbox/{CELL}/{one}").status_code == 404
    told = east.post("/office/inbox/answers", item=f"{CELL}/{one}", do="release")
    assert told.status_code == 404
    assert world.one("SELECT state FROM conflict WHERE id = %s", one) == "waiting"


def test_readers_see_the_reasons_and_no_buttons(app: Flask, world: World, push: Push) -> None:
    push([("p001", 300)])
    page = signed_in(app, world, "wes", "warehouse").page("/office/inbox")
    assert "Over the credit limit" in page
    assert 'value="release"' not in page


def test_whoever_types_nonsense_into_the_address_gets_a_page(desk: Console) -> None:
    for asked in ("after=x~y~z", "state=drop", "item=%00", "late=x&mine=x&q=%27"):
        assert desk.get(f"/office/inbox?{asked}").status_code == 200, asked


def test_a_row_of_the_audit_is_told_in_words() -> None:
    from types import SimpleNamespace

    from server.office.inbox.words import deed

    def row(action: str, **after: Any) -> SimpleNamespace:
        return SimpleNamespace(action=action, after=after)

    assert deed(row("item.handed_on", owner="finance")) == "Handed to finance"
    assert deed(row("item.cut_rest", note="no room")) == "Answered: Cut the rest. no room"
    assert deed(row("order.released", note="")) == "Order released"
    assert deed(row("item.unheard_of")) == "Item unheard of"
