"""Balance between reps: proposed, ticked, handed over the usual way, taken back."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from sync.desk.edits import Hand, put_stop
from tests.server.console import Console, signed_in
from tests.sync.copy import Copy
from tests.world import CELL, World

AT = "/office/routes/balance/"
ASSIGNED = (
    "SELECT rep, store::text, valid_from, valid_to FROM assignment WHERE valid_to IS NULL"
    " OR valid_to > valid_from ORDER BY rep, store, valid_from"
)


@pytest.fixture
def uneven(mapped: World) -> World:
    """r01 has far too much work in two stores of its own; the third both reps sell to."""
    for n, store in enumerate(mapped.stores):
        mapped.run(
            "UPDATE store SET lat_deg = %s, lon_deg = -93.6, visits_per_4w = %s WHERE id = %s",
            41.5 + n / 20, 20 if n < 2 else 1, store,
        )  # fmt: skip
    return mapped


def ask(lead: Console, monday: date, *reps: str) -> str:
    chosen = "&".join(f"rep={rep}" for rep in reps)
    return lead.page(f"{AT}?{chosen}&first_day={monday}&weeks=2")


def offers(page: str) -> list[tuple[str, str, str]]:
    return [
        tuple(key.split("~"))  # type: ignore[misc]
        for key in re.findall(r'name="move" value="([^"]+)"', page)
    ]


def give(lead: Console, *moves: tuple[str, str, str], **more: Any) -> str:
    keys = ["~".join(one) for one in moves]
    return lead.post(AT, move=keys, **more).text


def holders(world: World, store: str, on: date) -> list[str]:
    found = world.rows(
        "SELECT DISTINCT rep FROM assignment WHERE store = %s AND valid_from <= %s"
        " AND (valid_to IS NULL OR valid_to > %s) ORDER BY 1",
        store, on, on,
    )  # fmt: skip
    return [row[0] for row in found]


def test_a_proposal_shows_work_and_reasons_and_changes_nothing(
    lead: Console, uneven: World, monday: date
) -> None:
    before = uneven.rows(ASSIGNED)
    page = ask(lead, monday, "r01", "r02")
    (store, giver, taker), *_ = offers(page)
    assert (giver, taker) == ("r01", "r02")
    assert holders(uneven, store, monday) == ["r01"]
    assert "days left" in page
    assert "full, " in page, "the reason"
    assert re.search(r"km from [^<]+ nearest stores", page)
    assert page.count('class="pin"') >= 4
    assert "http://" not in page.replace("http://www.w3.org", ""), "nothing is fetched elsewhere"
    assert uneven.rows(ASSIGNED) == before
    assert uneven.one("SELECT count(*) FROM audit WHERE action LIKE 'stores.%%'") == 0


def test_the_ticked_stores_are_handed_over_and_the_handheld_learns_it(
    lead: Console, uneven: World, monday: date
) -> None:
    (move, *_) = offers(ask(lead, monday, "r01", "r02"))
    store = move[0]
    copy = Copy(uneven, uneven.carrier())
    copy.pull()
    assert store in copy.rows["store"]
    today = datetime.now(UTC).date()
    told = give(lead, move, **{"from": "", "together": "0"})
    assert "1 store handed over from" in told
    assert "Plan these reps" in told
    assert "Take it back" in told
    later = today + timedelta(days=2)
    assert holders(uneven, store, later) == ["r02"]
    copy.pull()
    assert store not in copy.rows["store"]
    ((who, after),) = uneven.rows("SELECT who, after FROM audit WHERE action = 'stores.balanced'")
    assert (who, after["moves"]) == ("user:sue", [list(move)])


def test_a_handover_that_begins_later_is_taken_back_as_if_it_had_never_been(
    lead: Console, uneven: World, monday: date
) -> None:
    (move, *_) = offers(ask(lead, monday, "r01", "r02"))
    days = [monday - timedelta(days=1), monday, monday + timedelta(days=1), monday + timedelta(60)]
    before = [holders(uneven, move[0], day) for day in days]
    told = give(lead, move, **{"from": monday.isoformat(), "together": "1"})
    (key,) = re.findall(AT + r"([0-9a-f-]{36})/back", told)
    assert [holders(uneven, move[0], day) for day in days] == [
        ["r01"], ["r01", "r02"], ["r02"], ["r02"],
    ]  # fmt: skip
    assert "Taken back: 1 store" in lead.post(f"{AT}{key}/back").text
    assert [holders(uneven, move[0], day) for day in days] == before
    assert "taken back already" in lead.post(f"{AT}{key}/back").text
    assert f"{key}/back" not in lead.page(AT)
    said = uneven.rows("SELECT action FROM audit WHERE subject = 'balance/stores' ORDER BY at")
    assert said == [("stores.balanced",), ("stores.balanced_back",)]


def test_what_changed_hands_meanwhile_stays_and_is_told(
    lead: Console, uneven: World, monday: date
) -> None:
    moves = offers(ask(lead, monday, "r01", "r02"))
    first = moves[0]
    other = (next(s for s in uneven.stores if s != first[0]), "r01", "r02")
    uneven.run("UPDATE assignment SET valid_to = valid_from WHERE store = %s", first[0])
    told = give(lead, first, **{"together": "0"})
    assert "all of them have changed hands" in told
    before = uneven.rows(ASSIGNED)
    assert "tick at least one store" in give(lead)
    assert "both may hold a store" in give(lead, other, **{"together": "900"})
    assert "on a day that is over" in give(lead, other, **{"from": "2020-01-06"})
    assert uneven.rows(ASSIGNED) == before


def test_figures_follow_the_ticks(lead: Console, uneven: World, monday: date) -> None:
    moves = offers(ask(lead, monday, "r01", "r02"))
    said = {"rep": ["r01", "r02"], "first_day": monday.isoformat(), "weeks": "2"}

    def stores(*ticks: tuple[str, str, str]) -> list[str]:
        page = lead.post(f"{AT}figures", move=["~".join(one) for one in ticks], **said).text
        return re.findall(r'data-label="Stores">(\d+(?: <[^>]+>→</span> <strong>\d+)?)', page)

    none, some = stores(), stores(moves[0])
    assert none == ["3", "2"]
    assert all("→" in one for one in some)
    assert stores((moves[0][0], "r02", "r01")) == none, "what r02 has not it cannot give"


def test_an_appointment_a_stand_in_and_what_is_not_due_stay(
    lead: Console, uneven: World, monday: date
) -> None:
    first = offers(ask(lead, monday, "r01", "r02"))[0][0]
    with uneven.begin() as conn:
        hand = Hand("user:sue", datetime.now(UTC))
        put_stop(conn, CELL, "r01", first, monday, hand, pinned=True)
    page = ask(lead, monday, "r01", "r02")
    assert first not in {one[0] for one in offers(page)}
    assert "stays in any case" in page
    left = [one[0] for one in offers(page)]
    uneven.run("UPDATE assignment SET substitute_for = 'r02' WHERE rep = 'r01'")
    assert left
    assert offers(ask(lead, monday, "r01", "r02")) == []


def test_what_is_asked_wrongly_says_what_to_do(lead: Console, uneven: World, monday: date) -> None:
    assert "Tick two reps or more" in ask(lead, monday, "r01")
    assert "Tick two reps or more" in ask(lead, monday, "r01", "nobody")
    assert "Propose" in lead.page(AT)
    uneven.run("UPDATE store SET visits_per_4w = 0")
    assert "Nothing is due for these reps" in ask(lead, monday, "r01", "r02")
    uneven.run("UPDATE store SET visits_per_4w = 1")
    uneven.add_absence(None, monday, monday + timedelta(13), "holiday")
    assert "works on no day of these weeks" in ask(lead, monday, "r01", "r02")


def test_even_reps_are_told_that_nothing_would_be_gained(
    lead: Console, uneven: World, monday: date
) -> None:
    uneven.run("UPDATE store SET visits_per_4w = 4")
    assert "Nothing would be gained" in ask(lead, monday, "r01", "r02")


def test_who_may_not_see_a_depot_sees_none_of_its_reps_and_moves_none_of_its_stores(
    app: Flask, lead: Console, uneven: World, monday: date
) -> None:
    move = offers(ask(lead, monday, "r01", "r02"))[0]
    buyer = signed_in(app, uneven, "kim", "key_account")
    assert "A supervisor or an administrator can hand" in ask(buyer, monday, "r01", "r02")
    assert buyer.post(AT, move=["~".join(move)]).status_code == 403
    far = signed_in(app, uneven, "fay", "supervisor", cell=3)
    assert 'value="r01"' not in far.page(AT)
    assert "No rep yet" in ask(far, monday, "r01", "r02")
    told = far.post(AT, move=["~".join(move)], together="0")
    assert told.status_code == 404
    give(lead, move, **{"from": monday.isoformat(), "together": "0"})
    assert "Take it back" in lead.page(AT)
    assert "Take it back" not in far.page(AT)
    key = uneven.one("SELECT id::text FROM audit WHERE action = 'stores.balanced'")
    assert "is not yours" in far.post(f"{AT}{key}/back").text
