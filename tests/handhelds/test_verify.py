"""The talk that verifies, against a server in memory: whatever differs is found, little travels."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handhelds.reference import verify as talks
from handhelds.reference.answers import Call, Ending, EnrolAnswer, Reply, read
from handhelds.reference.link import play
from handhelds.reference.local import Local
from handhelds.reference.verify import due, is_due, told, verify
from schemas.rows import ROWS
from tests.handhelds import double_verify
from tests.handhelds.conftest import Handheld
from tests.handhelds.double import Clock, Double, ids, row
from tests.handhelds.double_verify import Rows

SCOPES = ("wh:1", "wh:2", "st:a")
CHICAGO = "America/Chicago"


class Server:
    """Rows, and how it answers for them. `named`, `sent`: rows that travelled."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.named = self.sent = self.calls = 0

    def send(self, call: Call) -> Reply:
        asked = json.loads(call.body)
        self.calls += 1
        said = double_verify.answer(self.rows, asked)
        self.named += sum(
            len(part) for one in asked.get("have", ()) for part in (one["rows"] or {}).values()
        )
        self.sent += sum(len(part["data"]) for part in said["rows"].values())
        more = {"epoch": "e-9", "server_time": "2026-11-21T10:43:00Z", "cursor": "c-0"}
        return Reply(200, json.dumps(said | more | {"behind": False, "news": {}}).encode())


@pytest.fixture
def enrolled(tmp_path: Path) -> Iterator[Local]:
    local = Local(tmp_path / "home", Clock())
    handheld = Double(rows={})
    reply = handheld.send(Call("POST", "/sync/v1/enrol", b"{}", None))
    assert reply is not None
    answer = read(reply, EnrolAnswer)
    assert answer is not None
    local.keep_identity(answer)
    yield local
    local.close()


def stock(n: int, scope: str, available: int) -> tuple[tuple[str, str], list[Any]]:
    id = f"01900000-0000-7000-8000-{n:012x}"
    return ("stock", id), row("stock", id=id, scope=scope, available=available)


def fill(local: Local, rows: Rows, cursor: str | None) -> None:
    local.db.execute("DELETE FROM copy.stock")
    marks = ", ".join("?" * len(ROWS["stock"]))
    local.db.executemany(f"INSERT INTO copy.stock VALUES ({marks})", rows.values())
    local.copy._mark("cursor", cursor)


def held(local: Local) -> Rows:
    names = ", ".join(f'"{name}"' for name in ROWS["stock"])
    return {
        ("stock", one["id"]): [*one] for one in local.db.execute(f"SELECT {names} FROM copy.stock")
    }


rows_of = st.dictionaries(
    st.integers(0, 400), st.tuples(st.sampled_from(SCOPES), st.integers(0, 2)), max_size=250
)


def rows_from(drawn: dict[int, tuple[str, int]]) -> Rows:
    return dict(stock(n, scope, available) for n, (scope, available) in drawn.items())


def test_any_copy_becomes_the_servers(enrolled: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever differs, in slices of any size, with and without a cursor."""
    monkeypatch.setattr(talks, "MOST_SLICES", 7)

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(rows_of, rows_of, st.sampled_from([1, 3, 24]), st.booleans())
    def becomes(
        mine: dict[int, tuple[str, int]], theirs: dict[int, tuple[str, int]], small: int, old: bool
    ) -> None:
        monkeypatch.setattr(talks, "SMALL", small)
        fill(enrolled, rows_from(mine), None if old else "c-0")
        server = Server(rows_from(theirs))
        ending = play(verify(enrolled, ids(), "cursor" if old else "asked"), server.send)
        assert ending.state == "done"
        assert held(enrolled) == server.rows
        assert enrolled.copy.mark("cursor") == "c-0"
        assert (server.calls == 1) == (mine == theirs and not old)

    becomes()


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(wrong=st.sets(st.integers(0, 1199), max_size=9), data=st.data())
def test_what_travels_is_a_small_multiple_of_what_is_wrong(
    enrolled: Local, wrong: set[int], data: st.DataObject
) -> None:
    """Of 1,200 rows in one scope: the rows that are wrong, and at most 24 named for each."""
    right = dict(stock(n, "wh:1", n % 90) for n in range(1_200))
    mine = dict(right)
    for n in wrong:
        key, spoiled = stock(n, data.draw(st.sampled_from(["wh:1", "wh:9"])), 99)
        if data.draw(st.booleans()):
            mine[key] = spoiled
        else:
            del mine[key]
    fill(enrolled, mine, "c-0")
    server = Server(right)
    assert play(verify(enrolled, ids(), "asked"), server.send).state == "done"
    assert held(enrolled) == right
    assert server.sent == len(wrong)
    assert server.named <= 24 * len(wrong) + len(wrong)
    assert server.calls <= 6


@pytest.mark.parametrize("planted", ["sum", "kind", "slice"])
def test_a_server_that_adds_up_wrongly_is_not_believed_for_ever(
    enrolled: Local, planted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug on one side must neither say that all is well nor send for ever: after three rounds
    the copy is fetched anew."""
    right = dict(stock(n, "wh:1", n) for n in range(100))
    fill(enrolled, right, "c-0")
    real = double_verify.row_hash
    if planted == "sum":
        monkeypatch.setattr(double_verify, "row_hash", lambda kind, one: real(kind, one) ^ 1)
    elif planted == "kind":
        monkeypatch.setattr(double_verify, "row_hash", lambda kind, one: real("price", one))
    else:
        monkeypatch.setattr(double_verify, "row_hash", lambda kind, one: real(kind, one[:-1]))
    server = Server(right)
    ending = play(verify(enrolled, ids(), "asked"), server.send)
    assert ending.state == "verify"
    assert enrolled.copy.mark("cursor") is None
    assert held(enrolled) == right, "until the new copy is there the old one stays"
    assert not enrolled.checked.has_rows(), "it is not compared once more"


def test_a_repair_goes_on_after_the_line_was_cut_with_the_same_run(enrolled: Local) -> None:
    right = dict(stock(n, "wh:1", n) for n in range(100))
    fill(enrolled, {**right, **dict([stock(7, "wh:1", 0)])}, "c-0")
    server, runs = Server(right), []

    def cut(call: Call) -> Reply | None:
        runs.append(json.loads(call.body)["run"])
        return None if len(runs) == 3 else server.send(call)

    new_id = ids()
    assert play(verify(enrolled, new_id, "asked"), cut).state == "cut"
    assert enrolled.verify_due() == "asked"
    assert play(verify(enrolled, new_id, "asked"), cut).state == "done"
    assert len(set(runs)) == 1
    assert enrolled.verify_due() is None
    assert play(verify(enrolled, new_id, "asked"), cut).state == "done"
    assert len(set(runs)) == 2


@pytest.mark.parametrize("says", [b"{}", b"<html>", b'{"behind":false,"equal":true}'])
def test_an_answer_that_is_none_changes_nothing(enrolled: Local, says: bytes) -> None:
    fill(enrolled, dict([stock(7, "wh:1", 0)]), "c-0")
    ending = play(verify(enrolled, ids(), "asked"), lambda call: Reply(200, says))
    assert ending.state == "cut"
    assert len(held(enrolled)) == 1


def test_rows_of_a_store_that_is_greyed_are_not_compared(enrolled: Local) -> None:
    rows = dict([stock(1, "wh:1", 1), stock(2, "st:gone", 1)])
    fill(enrolled, rows, "c-0")
    enrolled.db.execute("INSERT INTO copy.greyed VALUES ('st:gone')")
    server = Server(dict([stock(1, "wh:1", 1)]))
    assert play(verify(enrolled, ids(), "asked"), server.send) == Ending("done", compared=1)
    assert len(held(enrolled)) == 2


# --- when ----------------------------------------------------------------------------------------

INSTALLS = [f"i-{n}" for n in range(40)]


def at(hour: float, day: int = 12) -> datetime:
    return datetime(2026, 3, day, tzinfo=ZoneInfo(CHICAGO)) + timedelta(hours=hour)


def test_at_night_each_handheld_has_its_own_minute() -> None:
    last = at(12, day=11)

    def share(hour: float) -> float:
        return sum(is_due(at(hour), last, CHICAGO, one) for one in INSTALLS) / len(INSTALLS)

    assert share(0.9) == 0
    assert 0.2 < share(3) < 0.8
    assert share(4.999) == 1
    assert not any(is_due(at(6), at(5), CHICAGO, one) for one in INSTALLS), "it was tonight"


def test_who_slept_through_the_night_verifies_some_time_in_the_morning_or_later() -> None:
    last = at(12, day=11)
    shares = [
        sum(is_due(at(hour), last, CHICAGO, one) for one in INSTALLS) for hour in (6, 8, 10, 14)
    ]
    assert shares == sorted(shares)
    assert shares[1] < len(INSTALLS) * 0.8, "not all of them when the day begins"
    assert shares[-1] == len(INSTALLS)


@pytest.mark.parametrize("day", [8, 9])
def test_on_the_day_clocks_change_it_is_due_once(day: int) -> None:
    for one in INSTALLS:
        assert is_due(at(14, day), at(12, day - 1), CHICAGO, one)
        assert not is_due(at(15, day), at(14, day), CHICAGO, one)


def test_the_first_copy_begins_the_count_and_a_crash_comes_first(handheld: Handheld) -> None:
    local = handheld.local
    assert local.verify_due() is None
    now = datetime(2026, 11, 23, 20, tzinfo=UTC)
    assert due(local.checked, now, CHICAGO, "i-1") == "nightly"
    local.checked.keep(program="of yesterday")
    assert due(local.checked, now, CHICAGO, "i-1") == "upgrade"
    local.checked.keep(due="crash")
    assert due(local.checked, now, CHICAGO, "i-1") == "crash"


def test_a_sync_the_next_day_verifies_and_one_after_it_does_not(handheld: Handheld) -> None:
    handheld.clock.on(2 * 86_400)
    assert handheld.sync().compared == 11
    assert handheld.sync().compared == 0
    assert [call.path for call in handheld.server.calls].count("/sync/v1/verify") == 1


def test_a_verification_that_cannot_be_made_is_no_trouble_of_the_sync(handheld: Handheld) -> None:
    handheld.clock.on(2 * 86_400)
    handheld.server.lose = {len(handheld.server.calls) + 2}
    assert handheld.sync().state == "done"
    assert handheld.local.verify_due() == "nightly"
    assert handheld.sync().compared == 11


@pytest.mark.parametrize(
    ("result", "says"),
    [
        ({"rows": 12, "repaired": {}, "why": "asked"}, "all 12 rows are the same."),
        ({"rows": 12, "repaired": {"stock": 1}, "why": "crash"},
         "1 row was wrong and is repaired (1 stock), of 12. The office is told."),
        ({"rows": 61_000, "repaired": {"plan_stop": 2, "card": 1_200}, "why": "nightly"},
         "1,202 rows were wrong and are repaired (1,200 card, 2 plan stop), of 61,000. The office"
         " is told."),
        ({"rows": 9, "repaired": {"card": 4}, "why": "cursor"},
         "4 of 9 rows had changed and were fetched (4 card)."),
    ],
)  # fmt: skip
def test_what_was_found_is_said_in_a_sentence(result: dict[str, Any], says: str) -> None:
    assert told(result) == f"Your copy was compared with the server's: {says}"
