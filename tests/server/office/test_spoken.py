"""A person of the office reads in their own language what the rep reads in the rep's."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from schemas.ids import uuid7
from server.office.spoken import spoken
from sync.desk.escalate import escalate
from sync.effects import told_of
from sync.sentences.languages import LANGUAGES
from sync.sentences.words import sentence
from tests.server.console import Console, signed_in
from tests.server.office.conftest import Push
from tests.sync.test_sentences import every_conflict
from tests.world import CELL, World


@pytest.fixture
def told_in_chinese(push: Push, world: World) -> dict[str, Any]:
    """An order over its limit, of a rep who reads Chinese."""
    world.run("UPDATE app_user SET language = 'zh' WHERE code = 'r01'")
    chinese = world.carrier()
    object.__setattr__(chinese, "language", "zh")
    world.carrier = lambda *_: chinese  # type: ignore[method-assign]
    body, verdict = push([("p001", 300)])
    assert verdict["outcome"] == "held"
    return body


def pages(console: Console, world: World, body: dict[str, Any]) -> list[str]:
    item = world.one("SELECT id::text FROM conflict")
    return [
        console.page(path)
        for path in (
            "/office/inbox", f"/office/inbox/{CELL}/{item}", f"/office/orders/{CELL}/{body['id']}",
        )
    ]  # fmt: skip


def test_every_reader_has_it_in_their_own_language(
    app: Flask, desk: Console, world: World, told_in_chinese: dict[str, Any]
) -> None:
    says = world.one("SELECT says FROM conflict")
    assert "信用" in says or "额度" in says
    for page in pages(desk, world, told_in_chinese):
        assert "over its limit of" in page
        assert says not in page
    mei = signed_in(app, world, "mei", "order_desk")
    world.run("UPDATE app_user SET language = 'zh' WHERE code = 'mei'")
    for page in pages(mei, world, told_in_chinese):
        assert says in page


def test_what_time_added_is_said_in_the_readers_language_too(
    desk: Console, world: World, told_in_chinese: dict[str, Any]
) -> None:

    item, due = world.rows("SELECT id::text, due_at FROM conflict")[0]
    with world.begin() as conn:
        later = due.replace(year=due.year + 1)
        assert escalate(conn, CELL, item, later)
    page = desk.page("/office/inbox")
    assert "Nobody had answered in time; it is with the supervisor now." in page
    assert world.one("SELECT says FROM conflict") not in page


def test_what_nobody_can_say_again_stays_as_it_was_told(
    desk: Console, world: World, told_in_chinese: dict[str, Any]
) -> None:
    for column, value in (("says", "x 原话"), ("decision", "gone"), ("message", "gone")):
        world.run(f"UPDATE conflict SET {column} = %s", value)
        assert "x 原话" in desk.page("/office/inbox")
    assert "gone" not in LANGUAGES["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_rule_says_is_said_to_every_reader_as_if_it_had_been_told_so(
    language: str,
) -> None:
    """Over all examples of the rules, from what lies at rest."""
    names = ("message", "decision", "arguments", "yours", "now", "says")
    for case, conflict in every_conflict():
        told = told_of(conflict, uuid7(), None, language)
        row = SimpleNamespace(**{name: getattr(told, name) for name in names})
        for reader in LANGUAGES:
            assert spoken(row, reader) == sentence(conflict, reader), case
