"""The story of a short-shipped order in Chromium, sentence by sentence."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from sync.delivery.status import LineStatus
from tests.browser.conftest import OpenPage
from tests.browser.test_board import Rep
from tests.server.office.orders.test_views_life import path, say, send
from tests.world import World

pytestmark = [pytest.mark.browser]
STORY = [
    "Taken by Ana",
    "Arrived and accepted as sent",
    "Acknowledged as DS-77",
    "Allocated in part",
    "Picking",
    "Dispatched",
    "Delivered in part",
    "Invoiced as INV-9",
]


def test_the_story_of_a_short_shipped_order_sentence_by_sentence(
    open_page: OpenPage, world: World, app: Flask
) -> None:
    body = Rep(world, app).order([("p001", 12), ("p002", 5)])
    order, number = body["id"], body["number"]
    send(world, order)
    say(world, order, 1, "short", LineStatus(1, allocated=8, reason="damaged"))
    say(world, order, 2, "picking")
    say(world, order, 3, "dispatched", LineStatus(1, shipped=8), LineStatus(2, shipped=5))
    say(world, order, 4, "part_delivered", LineStatus(1, delivered=7, reason="a broken case"))
    say(world, order, 5, "invoiced", invoice_no="INV-9")
    page = open_page(path(body))
    story = page.get_by_role("region", name="Story")
    expect(story.locator(".what")).to_have_text(STORY)
    sentences = [
        f"Order {number}: of Product p001 the delivery system allocated 8 of 12 (damaged); "
        "0 on backorder, 4 cut.",
        f"Order {number}: of Product p001 7 of 8 were delivered, 1 were not (a broken case).",
    ]
    expect(story.locator(".says bdi")).to_have_text(sentences)
    for detail in (
        "Product p001: allocated 8 of 12, 4 short (damaged)",
        "Product p001: shipped 8 of 8",
        "Product p001: delivered 7 of 8, 1 not (a broken case)",
    ):
        expect(story.get_by_text(detail, exact=True)).to_be_visible()
    lines = page.get_by_role("region", name="Lines")
    expect(lines.locator("tbody tr").first).to_contain_text("Product p001")
    for figure in ("12", "8", "4", "7"):
        expect(lines.locator("tbody tr").first).to_contain_text(figure)
