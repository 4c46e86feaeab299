"""Open boards are told that orders changed: by a hint at once, without one within the sweep."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from server.hints import Hints
from server.office.orders import live
from server.office.orders.live import Full, Hub, Stream, number
from sync.feed import Entry, publish
from tests.server.console import Console, signed_in
from tests.world import CELL, OTHER_CELL, World

CHANNEL = "talaria_live"


@pytest.fixture
def hub(world: World, database_url: str) -> Iterator[Hub]:
    hub = Hub(world.engine, database_url, CHANNEL, at_most=3)
    yield hub
    hub.close()


class Listener:
    """A browser's end of a stream: what came, as it comes."""

    def __init__(self, stream: Stream, heartbeat_s: float = 60) -> None:
        self.heard: list[str] = []
        self._events = stream.events(heartbeat_s)
        self._came = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for text in self._events:
            with self._came:
                self.heard.append(text)
                self._came.notify_all()

    def wait(self, enough: Callable[[list[str]], bool], seconds: float = 10) -> None:
        with self._came:
            assert self._came.wait_for(lambda: enough(self.heard), seconds), self.heard


def events(heard: list[str]) -> list[str]:
    return [text for text in heard if "event: orders" in text]


def change_an_order(world: World, cell: int = CELL, kind: str = "order") -> None:
    with world.begin() as conn:
        publish(conn, cell, [Entry("st:x", kind, "y")])


def test_a_hint_reaches_every_open_stream_at_once(
    hub: Hub, world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SWEEP_S", 600.0)  # only the hint can tell
    listeners = [Listener(hub.join([CELL])) for _ in range(2)]
    for listener in listeners:
        listener.wait(lambda heard: len(heard) == 1)
    hints = Hints(database_url, CHANNEL)
    change_an_order(world)
    hints.send(f"orders {CELL}")
    for listener in listeners:
        listener.wait(lambda heard: len(events(heard)) == 1)
    hints.close()


def test_a_lost_hint_costs_seconds(hub: Hub, world: World) -> None:
    listener = Listener(hub.join([CELL]))
    listener.wait(lambda heard: len(heard) == 1)
    change_an_order(world)
    listener.wait(lambda heard: len(events(heard)) == 1, live.SWEEP_S + 3)


def test_what_is_no_order_or_another_cells_disturbs_nobody(
    hub: Hub, world: World, database_url: str
) -> None:
    listener = Listener(hub.join([CELL]))
    listener.wait(lambda heard: len(heard) == 1)
    hints = Hints(database_url, CHANNEL)
    change_an_order(world, CELL, "visit")
    change_an_order(world, OTHER_CELL, "order")
    change_an_order(world, CELL, "order")
    hints.send("orders")
    listener.wait(lambda heard: len(events(heard)) >= 1)
    assert len(events(listener.heard)) == 1
    assert f"{OTHER_CELL}:" not in listener.heard[-1]
    hints.close()


def test_a_browser_that_comes_back_is_told_at_once_if_it_is_behind(hub: Hub, world: World) -> None:
    change_an_order(world)
    now = number(_positions(world), [CELL])
    behind = hub.join([CELL], last=f"{CELL}:0").events()
    assert [next(behind), next(behind)][1].startswith(f"id: {now}\n")
    behind.close()
    up_to_date = hub.join([CELL], last=now).events(heartbeat_s=0.01)
    assert "still here" in [next(up_to_date), next(up_to_date)][1]
    up_to_date.close()


def test_news_of_plans_reach_the_pages_of_their_company_and_keep_no_orders_out(
    hub: Hub, world: World, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SWEEP_S", 600.0)  # only the hint can tell
    ours, others = Listener(hub.join([CELL], company="c1")), Listener(hub.join([CELL]))
    ours.wait(lambda heard: len(heard) == 2)
    others.wait(lambda heard: len(heard) == 1)
    assert ours.heard[1] == live.PLANS_EVENT, "told when it comes: it may have missed something"
    hints = Hints(database_url, CHANNEL)
    for _ in range(200):  # what is sent before the hub has begun to listen is heard by nobody
        hints.send("plans c1")
        if ours.heard.count(live.PLANS_EVENT) > 1:
            break
        threading.Event().wait(0.05)
    ours.wait(lambda heard: heard.count(live.PLANS_EVENT) > 1)
    change_an_order(world)
    hints.send(f"orders {CELL}")
    for listener in (ours, others):
        listener.wait(lambda heard: len(events(heard)) == 1)
    assert live.PLANS_EVENT not in others.heard
    hints.close()
    slow = hub.join([CELL], company="c1")
    for _ in range(9):
        slow.tell_once(live.PLANS_EVENT)
    slow.tell({CELL: 1})
    assert slow._waiting.qsize() == 2


def test_of_a_signature_the_pages_of_its_handhelds_cell_are_told(
    hub: Hub, world: World, database_url: str
) -> None:
    ours, others = Listener(hub.join([CELL])), Listener(hub.join([OTHER_CELL]))
    for listener in (ours, others):
        listener.wait(lambda heard: len(heard) == 1)
    hints = Hints(database_url, CHANNEL)
    for _ in range(200):  # what is sent before the hub has begun to listen is heard by nobody
        hints.send(f"signed {CELL}")
        if live.SIGNED_EVENT in ours.heard:
            break
        threading.Event().wait(0.05)
    ours.wait(lambda heard: live.SIGNED_EVENT in heard)
    hints.close()
    change_an_order(world, OTHER_CELL)
    others.wait(lambda heard: len(events(heard)) == 1)
    assert live.SIGNED_EVENT not in others.heard


def test_a_browser_that_reads_nothing_keeps_few_events_and_misses_no_kind(hub: Hub) -> None:
    slow = hub.join([CELL], company="c1")
    for n in range(9):
        slow.tell({CELL: n})
    for _ in range(9):
        slow.tell_once(live.PLANS_EVENT)
        slow.tell_once(live.SIGNED_EVENT)
    heard = [slow._waiting.get() for _ in range(slow._waiting.qsize())]
    assert heard[live.WAITING :] == [live.PLANS_EVENT, live.SIGNED_EVENT]


def _positions(world: World) -> dict[int, int]:
    return dict(world.rows("SELECT cell, orders_pos FROM feed"))


def test_no_more_streams_than_there_is_room_and_a_closed_one_makes_room(hub: Hub) -> None:
    streams = [hub.join([CELL]) for _ in range(3)]
    with pytest.raises(Full):
        hub.join([CELL])
    streams[0].close()
    events_ = hub.join([CELL]).events()
    next(events_)
    events_.close()
    assert len(hub._streams) == 2


def test_a_server_that_stops_ends_its_streams_at_once(hub: Hub) -> None:
    stream = hub.join([CELL])
    told = stream.events()
    next(told)
    threading.Timer(0.2, hub.end).start()
    began = time.monotonic()
    assert list(told) == []
    assert time.monotonic() - began < 5
    assert len(hub._streams) == 0
    with pytest.raises(Full):
        hub.join([CELL])


def test_a_stream_that_does_not_keep_up_is_not_waited_for(hub: Hub) -> None:
    stream = hub.join([CELL])
    for n in range(100):
        stream.tell({CELL: n})
    assert len(hub._streams) == 1


def test_a_database_that_is_away_ends_no_stream(
    hub: Hub, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = threading.Event()
    look = hub._look

    def away() -> None:
        if not failing.is_set():
            failing.set()
            raise RuntimeError("gone")
        look()

    monkeypatch.setattr(hub, "_look", away)
    listener = Listener(hub.join([CELL]))
    assert failing.wait(10)
    change_an_order(world)
    listener.wait(lambda heard: len(events(heard)) == 1)


def test_the_stream_over_http(app: Flask, world: World) -> None:
    desk = signed_in(app, world, "dora", "order_desk")
    told = desk.get(f"/office/events?at={CELL}:0")
    assert told.content_type.startswith("text/event-stream")
    assert told.headers["X-Accel-Buffering"] == "no"
    assert next(told.response).startswith(b"retry:")  # type: ignore[call-overload]
    told.close()
    hub: Hub = app.extensions["live"]
    assert len(hub._streams) == 0
    assert desk.client.head("/office/events").status_code == 200
    assert len(hub._streams) == 0
    hub.close()


def test_when_the_house_is_full_the_page_is_told_when_to_come_again(
    app: Flask, world: World, engine: Engine, database_url: str
) -> None:
    full = Hub(engine, database_url, CHANNEL, at_most=0)
    app.extensions["live"] = full
    desk = signed_in(app, world, "dora", "order_desk")
    told = desk.get("/office/events")
    assert told.status_code == 503
    assert told.headers["Retry-After"] == "20"
    full.close()


def test_a_stranger_hears_nothing(app: Flask, world: World) -> None:
    assert Console(app, world).get("/office/events").status_code == 302
