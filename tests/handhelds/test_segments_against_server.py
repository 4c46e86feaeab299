"""The reference handheld begins by segments of the real server, on lines that break and lie."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from sqlalchemy import Engine

from handhelds.reference import fetching, link, queries_segments, screens
from handhelds.reference.answers import Call, Reply
from handhelds.reference.fetching import Lacking
from handhelds.reference.pad import Refused
from schemas.ids import uuid7
from schemas.rows import ROWS
from server.app import create_app
from server.settings import load
from sync import pull, segments
from sync.write import write
from tests.handhelds.test_against_server import Handheld
from tests.sync.segment_harness import build_all
from tests.world import CELL, World, build

Made = Callable[..., Handheld]


@pytest.fixture
def world(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> World:
    """All segments are prepared, and too large to go inside a page."""
    built = build(engine, stores=6, products=40)
    monkeypatch.setattr(segments, "INSIDE_BYTES", 0)
    build_all(built)
    return built


@pytest.fixture
def enrolled(world: World, database_url: str, tmp_path: Path) -> Iterator[Made]:
    """Makes handhelds of r01 that never synced."""
    settings = load({"TALARIA_DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": database_url})
    app = create_app(settings, world.engine)
    made: list[Handheld] = []
    with httpx.Client(transport=httpx.WSGITransport(app=app)) as client:

        def make() -> Handheld:
            one = Handheld(
                tmp_path / f"home-{len(made)}", link.Wire("http://server", client), world
            )
            made.append(one)
            assert one.enrol().state == "done"
            return one

        yield make
        for one in made:
            one.local.close()


def held(one: Handheld) -> dict[str, set[tuple[Any, ...]]]:
    """Every pulled row."""
    return {
        kind: {tuple(row) for row in one.local.db.execute(f'SELECT * FROM copy."{kind}"')}
        for kind in ROWS
    }


def is_piece(call: Call) -> bool:
    return "/segments/" in call.path


def by_rows(one: Handheld) -> dict[str, set[tuple[Any, ...]]]:
    """What a handheld holds that began without segments."""
    one.world.run("DELETE FROM segment")
    assert one.sync().state == "done"
    return held(one)


def test_a_handheld_begun_by_segments_holds_the_same_as_one_begun_by_rows(enrolled: Made) -> None:
    one, calls = enrolled(), []
    one.spoil = lambda call, reply: (calls.append(call), reply)[1]
    assert one.sync().state == "done"
    assert sum(map(is_piece, calls)) == 3, "company, price list, warehouse"
    assert one.queries.counts()["product"] == 40
    assert held(one) == by_rows(enrolled())
    assert one.local.db.execute("SELECT count(*) FROM copy.piece").fetchone()[0] == 0
    assert one.sync().rows == 0


def test_small_segments_come_inside_the_page(
    enrolled: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "INSIDE_BYTES", 32 * 1024)
    one, calls = enrolled(), []
    one.spoil = lambda call, reply: (calls.append(call), reply)[1]
    ending = one.sync()
    assert (ending.state, ending.pages) == ("done", 1)
    assert not any(map(is_piece, calls))
    assert held(one) == by_rows(enrolled())


def test_what_changed_since_the_segments_is_right_on_the_handheld(enrolled: Made) -> None:
    one = enrolled()
    rows = [
        {"code": "p001", "name": "New name", "status": "active", "min_quantity": 1, "multiple": 1,
         "substitute": None}
    ]  # fmt: skip
    with one.world.begin() as conn:
        write(conn, 1, "product", rows, "load:products")
    assert one.sync().state == "done"
    product = one.queries.row("product", "p001")
    assert product is not None
    assert product["name"] == "New name"


def test_a_line_that_breaks_again_and_again_brings_every_byte_once(
    enrolled: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer is cut after 100 bytes, and the handheld is closed and opened in between."""
    monkeypatch.setattr(fetching, "PIECE_BYTES", 300)
    one, came, asked = enrolled(), [], []

    def cut(call: Call, reply: Reply | None) -> Reply | None:
        if not is_piece(call) or reply is None:
            return reply
        asked.append(call.first)
        came.append(reply.body[:100])
        return replace(reply, body=reply.body[:100], is_cut=len(reply.body) > 100)

    one.spoil = cut
    endings = []
    while not endings or endings[-1] != "done":
        endings.append(one.sync().state)
        one.local.close()
        one.open()
    assert endings.count("cut") > 5
    assert set(endings) == {"cut", "done"}
    assert max(asked) > 0
    there_are = one.world.one("SELECT sum(bytes) FROM segment")
    assert sum(map(len, came)) == there_are
    assert held(one) == by_rows(enrolled())


def test_a_damaged_segment_is_fetched_again_and_never_becomes_rows(enrolled: Made) -> None:
    one, spoilt = enrolled(), []

    def flip_once(call: Call, reply: Reply | None) -> Reply | None:
        if not is_piece(call) or reply is None or spoilt:
            return reply
        spoilt.append(call)
        return replace(reply, body=reply.body[:50] + bytes([reply.body[50] ^ 1]) + reply.body[51:])

    one.spoil = flip_once
    assert one.sync().state == "done"
    assert spoilt
    assert held(one) == by_rows(enrolled())


def test_segments_that_are_always_damaged_leave_the_copy_as_it_was(enrolled: Made) -> None:
    one = enrolled()
    assert one.sync().state == "done"
    before = held(one)
    one.local.forget_cursor()
    with one.world.begin() as conn:
        write(conn, 1, "product", [{"code": "new", "name": "New", "status": "active",
              "min_quantity": 1, "multiple": 1, "substitute": None}], "load:products")  # fmt: skip

    def flip(call: Call, reply: Reply | None) -> Reply | None:
        if not is_piece(call) or reply is None:
            return reply
        return replace(reply, body=bytes([reply.body[0] ^ 255]) + reply.body[1:])

    one.spoil = flip
    ending = link.play(link.device.pull(one.local, one.clock), one.send)
    assert ending.state == "cut"
    assert "not what was sent" in ending.detail
    assert held(one) == before


def test_a_segment_that_is_no_more_begins_the_pull_again(enrolled: Made) -> None:
    one, gone = enrolled(), []

    def prune(call: Call, reply: Reply | None) -> Reply | None:
        if call.path.endswith("/pull") and not gone:
            gone.append(one.world.run("DELETE FROM segment"))
            build_all(one.world)
        return reply

    one.spoil = prune
    assert one.sync().state == "done"
    assert gone
    assert held(one) == by_rows(enrolled())


def test_a_server_that_knows_none_of_the_segments_it_names_is_tried_later(enrolled: Made) -> None:
    one = enrolled()

    def unknown(call: Call, reply: Reply | None) -> Reply | None:
        if not is_piece(call):
            return reply
        return Reply(404, b'{"title": "There is no such segment.", "next": "mend"}')

    one.spoil = unknown
    assert one.sync().state == "later"
    one.spoil = lambda call, reply: reply
    assert one.sync().state == "done"


def plan(world: World, stores: list[str]) -> None:
    today = datetime.now(UTC).astimezone(ZoneInfo("America/Chicago")).date()
    rows = [
        {"id": uuid7(), "rep": "r01", "store": store, "day": day, "sequence": n,
         "state": "planned", "pinned": False, "reason": None, "visit": None}
        for n, store in enumerate(stores, 1)
        for day in (today, date(2099, 1, 1))
    ]  # fmt: skip
    with world.begin() as conn:
        write(conn, CELL, "plan_stop", rows, "user:admin")


def test_the_day_begins_before_the_other_stores_have_come(
    enrolled: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line breaks after what today needs: its stores can be sold to, the others not yet."""
    monkeypatch.setattr(pull, "STORES_AT_ONCE", 2)
    one = enrolled()
    plan(one.world, [one.world.stores[3]])
    pages: list[Call] = []

    def second_page_never_comes(call: Call, reply: Reply | None) -> Reply | None:
        pages.extend([call] * call.path.endswith("/pull"))
        return None if len(pages) == 2 else reply

    one.spoil = second_page_never_comes
    assert one.sync().state == "cut"
    assert [row["code"] for row in one.queries.pulled("store")] == ["s004"]
    assert one.queries.counts()["product"] == 40
    assert one.local.copy.mark("partial") == {"stores": 1}
    told = "1 store is here; the others are still to come: `sync`"
    assert told in screens.status(one.rep, None)["notes"]
    taken = one.order("s004")
    with pytest.raises(Refused, match="still on their way"):
        one.order("s001")
    one.spoil = lambda call, reply: reply
    assert one.sync().state == "done"
    assert one.numbers() == [taken["number"]]
    assert len(one.queries.pulled("store")) == 5
    assert one.local.copy.mark("partial") is None
    assert screens.status(one.rep, None)["notes"] == []
    one.order("s001")


def test_a_whole_copy_is_not_given_up_for_a_part_of_a_new_one(
    enrolled: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "STORES_AT_ONCE", 2)
    one = enrolled()
    plan(one.world, [one.world.stores[3]])
    assert one.sync().state == "done"
    one.local.forget_cursor()
    pages: list[Call] = []

    def second_page_never_comes(call: Call, reply: Reply | None) -> Reply | None:
        pages.extend([call] * call.path.endswith("/pull"))
        return None if len(pages) == 2 else reply

    one.spoil = second_page_never_comes
    ending = link.play(link.device.pull(one.local, one.clock), one.send)
    assert ending.state == "cut"
    assert len(one.queries.pulled("store")) == 5


def values(body: bytes) -> Any:
    """What the rows of a segment say; None when it cannot be read."""
    rows = queries_segments._read(body)
    return rows and {kind: part.data for kind, part in rows.items()}


def readable(shelf: queries_segments.Shelved, segment: Lacking) -> bool:
    if queries_segments._read(shelf._body(segment.id)) is None:
        return False
    shelf.db.execute("UPDATE copy.segment SET whole = 1 WHERE id = ?", (segment.id,))
    return True


def test_without_the_checksum_a_damaged_segment_would_become_rows(
    enrolled: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: whatever can be read counts as sound. So it is the checksum that protects."""
    one, flipped = enrolled(), []

    def flip(call: Call, reply: Reply | None) -> Reply | None:
        if not is_piece(call) or reply is None or flipped:
            return reply
        for at in range(len(reply.body)):
            body = reply.body[:at] + bytes([reply.body[at] ^ 1]) + reply.body[at + 1 :]
            if values(body) not in (None, values(reply.body)):
                flipped.append(at)
                return replace(reply, body=body)
        return reply

    one.spoil = flip
    monkeypatch.setattr(queries_segments.Shelved, "is_sound", readable)
    assert one.sync().state == "done"
    assert flipped, "no flip of a byte leaves it readable: the test proves nothing"
    wrong = held(one)
    monkeypatch.undo()
    assert wrong != by_rows(enrolled())
