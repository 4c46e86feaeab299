"""Minutes by road: asked once, kept, used, and done without when nobody answers."""

import json
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import Engine

from routes.distance import Place, name_of
from server import drawing, road_times
from server.planning import Ask
from server.road_times import Machine, NoAnswer, ask, fill, machine
from tests.server.test_planning import MONDAY, on_the_map

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OSRM, VALHALLA = Machine("osrm", "http://osrm"), Machine("valhalla", "http://valhalla")
PLACES = [Place(41.5, -93.6), Place(41.6, -93.61), Place(41.7, -93.62)]
NAMES = [name_of(place) for place in PLACES]


class Roads:
    """A routing machine: 10 minutes northwards for each place, 20 back; no road to the last one
    from the first."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.answers = True

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if not self.answers:
            raise httpx.ConnectError("nobody there", request=request)
        if request.method == "POST":
            told = json.loads(request.content)
            rows, columns = ([one["lat"] for one in told[n]] for n in ("sources", "targets"))
            table = [[{"time": s, "distance": 1.5} for s in self.seconds(a, columns)] for a in rows]
            return httpx.Response(200, json={"sources_to_targets": table})
        at = [float(one.split(",")[1]) for one in request.url.path.rpartition("/")[2].split(";")]
        rows, columns = (
            [at[int(n)] for n in request.url.params[name].split(";")]
            for name in ("sources", "destinations")
        )
        return httpx.Response(200, json={"durations": [self.seconds(a, columns) for a in rows]})

    def seconds(self, start: float, ends: list[float]) -> list[float | None]:
        first_to_last = (41.5, 41.7)
        return [
            None if (start, end) == first_to_last
            else round((end - start) * 6_000 if end > start else (start - end) * 12_000)
            for end in ends
        ]  # fmt: skip


@pytest.mark.parametrize("asked", [OSRM, VALHALLA])
def test_both_kinds_of_machines_are_understood(asked: Machine) -> None:
    roads = Roads()
    found = ask(roads.client(), asked, NAMES, NAMES)
    minutes = {pair: figures[0] for pair, figures in found.items()}
    assert minutes == {
        (NAMES[0], NAMES[1]): 10.0, (NAMES[1], NAMES[2]): 10.0, (NAMES[1], NAMES[0]): 20.0,
        (NAMES[2], NAMES[1]): 20.0, (NAMES[2], NAMES[0]): 40.0,
    }  # fmt: skip
    assert {figures[1] for figures in found.values()} == ({None} if asked is OSRM else {1.5})


SECRET = Machine("osrm", "http://roads.internal:5000")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (httpx.Response(500), "refused with HTTP 500"),
        (httpx.Response(200, json={}), "did not answer with a table of minutes"),
        (httpx.Response(200, text="<html>"), "did not answer with a table of minutes"),
        (httpx.ConnectError("no route to roads.internal"), "cannot be reached"),
        (httpx.ReadTimeout("roads.internal is slow"), "within 20 seconds"),
        (httpx.UnsupportedProtocol("roads.internal"), "cannot be reached"),
    ],
)
def test_what_is_wrong_is_said_without_the_address_which_the_log_keeps(
    said: httpx.Response | Exception, told: str
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if isinstance(said, Exception):
            raise said
        return said

    client = httpx.Client(transport=httpx.MockTransport(answer))
    with pytest.raises(NoAnswer, match=told) as no:
        ask(client, SECRET, NAMES, NAMES)
    assert str(no.value).startswith("the osrm machine ")
    assert "roads.internal" not in str(no.value)
    assert "http://roads.internal:5000" in no.value.detail


def test_minutes_are_asked_for_once_in_blocks_and_kept(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, roads = on_the_map(engine), Roads()
    monkeypatch.setattr(road_times, "BLOCK", 2)

    def filled(places: list[Place]) -> tuple[dict[tuple[str, str], float], str]:
        return fill(engine, world.company, OSRM, places, NOW, roads.client())

    found, fault = filled([*PLACES[:2], PLACES[0]])
    assert (len(found), fault, len(roads.asked)) == (2, "", 1)
    again, _ = filled(PLACES[:2])
    assert (again, len(roads.asked)) == (found, 1)
    roads.answers = False
    partly, fault = filled(PLACES)
    assert (partly, "cannot be reached" in fault, len(roads.asked)) == (found, True, 2)
    roads.answers = True
    assert len(filled(PLACES)[0]) == 5


def test_a_plan_uses_the_roads_and_says_what_it_did_without(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, roads = on_the_map(engine), Roads()
    wanted = Ask(world.company, ("r01",), MONDAY, 2)
    monkeypatch.setattr(drawing, "fill", lambda *said: fill(*said, roads.client()))
    by_line = drawing.read(engine, wanted, "r01")
    task = drawing.read(engine, wanted, "r01", OSRM)
    assert task.problem.minutes[0][1] == pytest.approx(5.0)  # 0.05 degrees
    assert task.territory.line_from == "by road (osrm)"
    assert task.input_hash != by_line.input_hash
    roads.answers = False
    world.run("DELETE FROM travel_time WHERE minutes < 6")
    partly = drawing.read(engine, wanted, "r01", OSRM)
    assert partly.problem.minutes[0][1] == by_line.problem.minutes[0][1]
    assert partly.problem.minutes[1][0] == pytest.approx(10.0)
    said = partly.territory.line_from
    assert "pairs by straight line, default: the osrm machine cannot be reached" in said
    assert "http://" not in said, "those who plan read this"


def test_the_setting_names_a_machine_or_none() -> None:
    assert machine("") is None
    assert machine("valhalla+http://here:8002/v/") == Machine("valhalla", "http://here:8002/v")
