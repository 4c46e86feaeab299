"""The manual in the console: whole, in the reader's language, and where a hold's rule links to."""

import re

from flask import Flask

from sync.rules.all import BY_NAME
from tests.server.console import Console, signed_in
from tests.server.office.conftest import Push
from tests.world import World


def test_all_rules_stand_there_with_every_row_once_to_link_to(desk: Console) -> None:
    page = desk.page("/office/rules")
    assert re.findall(r'<section class="sheet stack" id="rule-(\d+)"', page) == [
        *map(str, range(1, 24)), "0",
    ]  # fmt: skip
    anchors = re.findall(r'<article id="(\w+)"', page)
    assert sorted(anchors) == sorted(BY_NAME)
    assert "only 3 left. 3 confirmed, 9 on backorder." in page


def test_a_reader_of_chinese_reads_it_in_chinese_and_may_ask_for_english(
    app: Flask, world: World
) -> None:
    desk = signed_in(app, world, "mei", "order_desk")
    world.run("UPDATE app_user SET language = 'zh' WHERE code = 'mei'")
    page = desk.page("/office/rules")
    assert 'lang="zh-Hans"' in page
    assert "1. 下单后发现库存不足" in page
    assert "只剩 3 件。确认 3 件，9 件待补。" in page
    assert "An order meets stock" not in page
    assert "1. An order meets stock" in desk.page("/office/rules?language=en")
    assert "下单后发现库存不足" in desk.page("/office/rules?language=nonsense")


def test_what_is_held_links_to_its_rule(desk: Console, push: Push, world: World) -> None:
    push([("p001", 300)])
    item = world.one("SELECT id::text FROM conflict WHERE rule = 'credit_exceeded'")
    cell = world.one("SELECT cell FROM conflict WHERE id = %s", item)
    page = desk.page(f"/office/inbox/{cell}/{item}")
    assert 'href="/office/rules#credit_exceeded"' in page
    order = world.one("SELECT order_id::text FROM conflict WHERE id = %s", item)
    assert 'href="/office/rules#credit_exceeded"' in desk.page(f"/office/orders/{cell}/{order}")
    policies = desk.page("/office/policies")
    assert 'href="/office/rules#stock_short"' in policies
