"""Many stores go to another depot: nobody's sync waits for it, and it goes on where it ended."""

import re
from typing import Any

import pytest

from server.office.field import relocating
from sync.moving import preview
from sync.queries import relocating as queries
from tests.server.console import Console
from tests.world import CELL, OTHER_CELL, World, add_east, change, order_body


@pytest.fixture
def east(world: World) -> World:
    """With another depot; r02 has a handheld, and the stores 2 and 3."""
    add_east(world)
    world.add_device("d-2", "r02", 2)
    return world


class Pushing:
    """Stands in for a step of a move: somebody pushes an order first, and must not have to wait.

    Whoever waited would wait for ever: the step is a part of the move. The database ends that
    after two seconds with an error."""

    def __init__(self, world: World, store: str, step: Any) -> None:
        self.world, self.store, self.step = world, store, step
        self.outcomes: list[str] = []

    def __call__(self, *args: Any) -> Any:
        n = len(self.outcomes) + 1
        body = order_body(self.store, [("p001", n)], number=f"D2-{n:06d}")
        one = change(n, "order", "submit", body)
        verdicts, _ = self.world.push(self.world.carrier("r02", "d-2"), [one])
        self.outcomes.append(verdicts[0]["outcome"])
        return self.step(*args)


def asked(world: World, *numbers: int) -> dict[str, Any]:
    stores = [world.stores[n] for n in numbers]
    return {"kind": "relocate", "depot": f"{OTHER_CELL} w2", "store": stores}


def at_the_other(world: World) -> set[int]:
    rows = world.rows("SELECT id::text FROM store WHERE cell = %s AND code <> 's-east'", OTHER_CELL)
    return {world.stores.index(row[0]) for row in rows}


@pytest.mark.parametrize("step", ["go", "settle_in", "reps_of"])
def test_a_push_for_another_store_is_decided_while_several_stores_go(
    admin: Console, east: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(relocating, "AT_A_TIME", 2)
    pushing = Pushing(east, east.stores[3], getattr(queries, step))
    monkeypatch.setattr(queries, step, pushing)
    assert "3 moved to the other depot" in admin.post("/office/moves", **asked(east, 0, 1, 2)).text
    assert pushing.outcomes == ["applied"] * 2
    assert at_the_other(east) == {0, 1, 2}


def test_a_push_for_the_very_store_is_decided_while_somebody_looks_at_what_its_move_means(
    admin: Console, east: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds = "SELECT cell, pos FROM feed WHERE cell <> %s"
    before = east.rows(feeds, CELL)
    pushing = Pushing(east, east.stores[2], preview._wanted)
    monkeypatch.setattr(preview, "_wanted", pushing)
    page = admin.post("/office/moves/preview", **asked(east, 0, 2)).text
    assert "2 stores go to another depot" in re.sub(r"\s+", " ", page)
    assert pushing.outcomes
    assert set(pushing.outcomes) == {"applied"}
    assert at_the_other(east) == set()
    assert east.rows(feeds, CELL) == before
    assert east.one("SELECT count(*) FROM audit WHERE action = 'store.relocated'") == 0


def test_who_moved_many_is_told_how_far_it_is_and_goes_on(
    admin: Console, east: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relocating, "AT_A_TIME", 1)
    monkeypatch.setattr(relocating, "LONGEST_S", 0)
    page = admin.post("/office/moves", **asked(east, 0, 1, 3)).text
    assert "1 of 3 stores are at the other depot" in page
    assert at_the_other(east) == {0}
    fields: dict[str, Any] = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    )
    fields["store"] = re.findall(r'name="store" value="([^"]*)"', page)
    assert len(fields["store"]) == 2
    assert "1 of 2 stores" in admin.post("/office/moves", **fields).text
    assert "1 moved to the other depot" in admin.post("/office/moves", **fields).text
    assert at_the_other(east) == {0, 1, 3}
    assert "they are there already" in admin.post("/office/moves", **fields).text
    assert east.one("SELECT count(*) FROM audit WHERE action = 'store.relocated'") == 6


def test_what_stands_in_the_way_of_one_store_is_told_and_the_others_are_there(
    admin: Console, east: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relocating, "AT_A_TIME", 1)
    order = order_body(east.stores[1], [("p001", 1)])
    east.push(east.carrier(), [change(1, "order", "submit", order)])
    east.run("UPDATE delivery SET state = 'sending', lease_until = now() + interval '1 minute'")
    page = admin.post("/office/moves", **asked(east, 0, 1, 2)).text
    assert "1 of 3 stores are at the other depot" in page
    assert "being sent at this moment" in page
    assert at_the_other(east) == {0}
    assert "Not done: an order of it" in admin.post("/office/moves", **asked(east, 1, 2)).text
    east.run("UPDATE delivery SET lease_until = now() - interval '1 minute'")
    assert "2 moved" in admin.post("/office/moves", **asked(east, 0, 1, 2)).text


def test_a_busy_store_ends_it_for_now(
    admin: Console, east: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relocating, "AT_A_TIME", 1)
    real = relocating.relocate_all

    def soon(conn: Any, *rest: Any) -> Any:
        conn.exec_driver_sql("SET LOCAL lock_timeout = '20ms'")
        return real(conn, *rest)

    monkeypatch.setattr(relocating, "relocate_all", soon)
    with east.begin() as conn:
        queries.lock_stores(conn, CELL, [east.stores[1]])
        page = admin.post("/office/moves", **asked(east, 0, 1)).text
        assert "1 of 2 stores" in page
        assert "others were at work" in page
        assert admin.post("/office/moves", **asked(east, 1)).status_code == 503
    assert "1 moved" in admin.post("/office/moves", **asked(east, 0, 1)).text
