"""Every kind of bad input gets an answer of its own, and the rest of the batch goes through.

Problems of a request as a whole (torn, too large, too deep, wrong device) are in
tests/server/handheld/test_bad_requests.py.
"""

from typing import Any

import msgspec
import pytest

from schemas.ids import uuid7
from schemas.strict import split_changes
from sync.push import push
from tests.world import World, change, clock_at, order_body
from tests.world import _clock as clock_schema


def decided_beside(world: World, bad: bytes) -> dict[str, Any]:
    """Push one bad change (raw) between two good ones; the good ones must not notice."""
    from datetime import UTC, datetime

    good = [
        msgspec.json.encode(
            change(n, "order", "submit", order_body(world.stores[0], [(f"p00{n}", n)]))
        )
        for n in (1, 3)
    ]
    raw = b'{"device":"d-1","changes":[%s,%s,%s]}' % (good[0], bad, good[1])
    at = datetime.now(UTC)
    clock, _ = clock_schema.accept(msgspec.json.encode(clock_at(at)))
    answer = push(world.begin, world.carrier(), clock, split_changes(raw).changes, at)
    verdicts = {v["n"]: v for v in map(msgspec.json.decode, answer.verdicts)}
    assert verdicts[1]["outcome"] == verdicts[3]["outcome"] == "applied"
    assert world.one("SELECT count(*) FROM orders WHERE state = 'accepted'") >= 2
    assert answer.faults == []
    (rest,) = [v for n, v in verdicts.items() if n not in (1, 3)]
    assert rest["says"]
    return dict(rest)


def raw_order(world: World, **lines: str) -> bytes:
    """An order as bytes, with some JSON of its line replaced by what no encoder would write."""
    text = msgspec.json.encode(
        change(
            2, "order", "submit", order_body(world.stores[0], [("p002", 77)], number="D1-000001")
        )
    ).decode()
    for old, new in lines.items():
        places = {
            "quantity": '"quantity":77', "product": '"product":"p002"', "net": '"net_minor":19250',
            "price": '"unit_price":"2.50"', "number": '"number":"D1-000001"',
        }  # fmt: skip
        assert places[old] in text
        text = text.replace(places[old], new)
    return text.encode("utf-8", "surrogatepass")


UNREADABLE = {
    "NUL in a text": {"product": '"product":"p\\u0000"'},
    "a lone surrogate": {"product": '"product":"\\ud800"'},
    "NaN": {"quantity": '"quantity":NaN'},
    "1e400": {"quantity": '"quantity":1e400'},
    "a number of 5,000 digits": {"quantity": '"quantity":' + "9" * 5_000},
    "a negative quantity": {"quantity": '"quantity":-3'},
    "an absurd quantity": {"quantity": '"quantity":2000000000'},
    "a fraction of a quantity": {"quantity": '"quantity":1.5'},
    "a quantity as text": {"quantity": '"quantity":"77"'},
    "an unknown field": {"quantity": '"quantity":77,"discout":1'},
    "a key that stands twice": {"quantity": '"quantity":77,"quantity":78'},
    "a price that is no number": {"price": '"unit_price":"2,50"'},
    "a nesting of forty": {"number": '"number":' + "[" * 40 + "]" * 40},
}


@pytest.mark.rule(21)
@pytest.mark.parametrize("says", UNREADABLE)
def test_what_cannot_be_read_is_rejected_with_its_reason_and_kept(world: World, says: str) -> None:
    verdict = decided_beside(world, raw_order(world, **UNREADABLE[says]))
    assert verdict["outcome"] == "rejected"
    assert [c["rule"] for c in verdict["conflicts"]] == ["unreadable"]
    assert len(verdict["conflicts"][0]["arguments"]["why"]) > 10
    kept = world.rows("SELECT body FROM receipt WHERE outcome = 'rejected'")
    assert len(kept) == 1
    assert bytes(kept[0][0]) == raw_order(world, **UNREADABLE[says]) or len(kept[0][0]) > 50
    assert world.one("SELECT count(*) FROM conflict WHERE state = 'waiting' AND needs = 'office'")


def test_invalid_utf8_is_rejected_alone(world: World) -> None:
    bad = raw_order(world).replace(b"p002", b"p\xff02")
    assert decided_beside(world, bad)["outcome"] == "rejected"


@pytest.mark.rule(5)
def test_an_unknown_product_refuses_that_line_only(world: World) -> None:
    body = order_body(world.stores[0], [("nope", 1), ("p002", 5)])
    verdict = decided_beside(world, msgspec.json.encode(change(2, "order", "submit", body)))
    assert verdict["outcome"] == "adjusted"
    assert [(c["line"], c["needs"]) for c in verdict["conflicts"]] == [(1, "rep")]
    rows = world.rows("SELECT n, state FROM order_line WHERE order_id = %s ORDER BY n", body["id"])
    assert rows == [(1, "rejected"), (2, "confirmed")]


@pytest.mark.rule(16)
def test_a_foreign_store_holds_the_order_and_tells_nothing_of_the_store(world: World) -> None:
    body = order_body(world.stores[-1], [("p002", 5)])
    verdict = decided_beside(world, msgspec.json.encode(change(2, "order", "submit", body)))
    assert verdict["outcome"] == "held"
    assert [c["rule"] for c in verdict["conflicts"]] == ["store_not_mine"]
    assert "Store 4" not in msgspec.json.encode(verdict).decode()


def test_a_foreign_store_holds_a_card_whole(world: World) -> None:
    card = {"id": uuid7(), "store": world.stores[-1], "lines": []}
    verdict = decided_beside(world, msgspec.json.encode(change(2, "card", "submit", card)))
    assert verdict["outcome"] == "held"
    assert world.one("SELECT count(*) FROM visit_card") == 0
    assert world.one("SELECT body IS NOT NULL FROM receipt WHERE kind = 'card'")


@pytest.mark.rule(7)
def test_an_unknown_store_holds_the_order(world: World) -> None:
    body = order_body(uuid7(), [("p002", 5)])
    verdict = decided_beside(world, msgspec.json.encode(change(2, "order", "submit", body)))
    assert verdict["outcome"] == "held"


@pytest.mark.rule(21)
@pytest.mark.parametrize("net", ["1", "19251", "-5"])
def test_totals_that_differ_are_held(world: World, net: str) -> None:
    verdict = decided_beside(world, raw_order(world, net=f'"net_minor":{net}'))
    assert verdict["outcome"] == "held"
    assert "total" in verdict["conflicts"][0]["rule"]


@pytest.mark.rule(21)
def test_a_reused_id_with_another_body_is_held_and_takes_no_effect(world: World) -> None:
    first = change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)]))
    world.push(world.carrier(), [first])
    other = first | {"body": order_body(world.stores[0], [("p002", 9)])}
    verdicts, answer = world.push(world.carrier(), [other])
    assert (verdicts[0]["outcome"], verdicts[0]["replayed"]) == ("held", False)
    assert verdicts[0]["conflicts"][0]["rule"] == "id_reused"
    assert world.one("SELECT count(*) FROM orders") == 1
    again, _ = world.push(world.carrier(), [other])
    assert again == [verdicts[0] | {"replayed": True}]
    assert answer.acknowledged_through == 1
    assert world.one("SELECT count(*) FROM conflict WHERE rule = 'id_reused'") == 1


def test_a_reused_number_with_another_id_is_held(world: World) -> None:
    world.push(
        world.carrier(), [change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)]))]
    )
    verdicts, _ = world.push(
        world.carrier(), [change(1, "order", "submit", order_body(world.stores[0], [("p002", 1)]))]
    )
    assert verdicts[0]["conflicts"][0]["rule"] == "id_reused"
    assert world.one("SELECT count(*) FROM orders") == 1


@pytest.mark.rule(21)
def test_a_dependent_waits_for_its_parent_and_is_decided_when_it_comes(world: World) -> None:
    parent = change(
        1, "visit", "save", {"id": uuid7(), "store": world.stores[0], "state": "started"}
    )
    child = change(
        2, "order", "submit", order_body(world.stores[0], [("p001", 1)]), depends_on=[parent["id"]]
    )
    verdicts, answer = world.push(world.carrier(), [child])
    assert verdicts[0]["outcome"] == "waiting"
    assert answer.acknowledged_through == 0
    assert world.one("SELECT count(*) FROM orders") == 0
    again, _ = world.push(world.carrier(), [child])
    assert again[0]["outcome"] == "waiting"
    verdicts, answer = world.push(world.carrier(), [parent])
    assert [(v["n"], v["outcome"]) for v in verdicts] == [(1, "applied"), (2, "applied")]
    assert answer.acknowledged_through == 2
    assert world.one("SELECT count(*) FROM orders") == 1


@pytest.mark.rule(20)
def test_a_revoked_handhelds_work_is_kept_and_held(world: World) -> None:
    from dataclasses import replace

    carrier = replace(world.carrier(), state="revoked")
    verdicts, _ = world.push(
        carrier, [change(1, "order", "submit", order_body(world.stores[0], [("p001", 1)]))]
    )
    assert verdicts[0]["outcome"] == "held"
    assert world.one("SELECT count(*) FROM orders") == 0
    assert world.one("SELECT body IS NOT NULL FROM receipt")


@pytest.mark.rule(23)
def test_a_change_of_a_newer_schema_or_an_unknown_kind_is_kept(world: World) -> None:
    newer = change(1, "order", "submit", {"whatever": 1}) | {"v": 7}
    strange = change(2, "telepathy", "send", {"whatever": 1})
    verdicts, _ = world.push(world.carrier(), [newer, strange])
    assert [v["outcome"] for v in verdicts] == ["held", "rejected"]
    assert world.one("SELECT count(*) FROM receipt WHERE body IS NOT NULL") == 2


@pytest.mark.rule(19)
@pytest.mark.parametrize("years", [-40, 40])
def test_a_handheld_clock_decades_off_changes_no_order(world: World, years: int) -> None:
    from datetime import UTC, datetime, timedelta

    wrong = datetime.now(UTC) + timedelta(days=365 * years)
    captured = {"wall": wrong.isoformat(), "monotonic_ms": 5_000, "boot": "b-1"}
    one = change(
        1, "order", "submit", order_body(world.stores[0], [("p001", 1)]), captured=captured
    )
    other_boot = captured | {"boot": "b-0"}
    two = change(
        2, "order", "submit", order_body(world.stores[1], [("p002", 1)]), captured=other_boot
    )
    verdicts, _ = world.push(world.carrier(), [one, two])
    assert verdicts[0]["outcome"] == "applied"
    at = world.rows("SELECT captured_at, captured_uncertain FROM orders ORDER BY number, id")
    assert all(abs((datetime.now(UTC) - row[0]).days) < 365 * 41 for row in at)
    assert sorted(row[1] for row in at) == [False, True]


def test_a_cards_id_used_again_is_held_not_swallowed(world: World) -> None:
    card = {"id": uuid7(), "store": world.stores[0], "lines": []}
    line = {"product": "p001", "on_shelf": False}
    changes = [
        change(1, "card", "submit", card),
        change(2, "card", "submit", card | {"lines": [line]}),
    ]
    verdicts, _ = world.push(world.carrier(), changes)
    assert [v["outcome"] for v in verdicts] == ["applied", "held"]
    later, _ = world.push(world.carrier(), [change(3, "card", "submit", card)])
    assert later[0]["outcome"] == "held"


def test_another_reps_visit_cannot_be_overwritten(world: World) -> None:
    other = world.add_device("d-2", "r02", no=2)
    store, visit = world.stores[-2], uuid7()
    begun = {"id": visit, "store": store, "state": "started", "note": "mine"}
    world.push(world.carrier(), [change(1, "visit", "save", begun)])
    verdicts, _ = world.push(other, [change(1, "visit", "save", begun | {"note": "yours"})])
    assert verdicts[0]["outcome"] == "held"
    assert world.one("SELECT note FROM visit") == "mine"


@pytest.mark.rule(21)
def test_two_lines_with_one_number_are_unreadable(world: World) -> None:
    body = order_body(world.stores[0], [("p002", 1), ("p003", 1)])
    body["lines"][1]["n"] = 1
    verdict = decided_beside(world, msgspec.json.encode(change(2, "order", "submit", body)))
    assert verdict["outcome"] == "rejected"
    assert "same n" in verdict["says"]


def test_a_delivery_day_that_is_over_is_moved_also_where_no_cut_off_is_set(world: World) -> None:
    body = order_body(world.stores[0], [("p002", 1)], deliver_on="2020-01-01")
    verdict = decided_beside(world, msgspec.json.encode(change(2, "order", "submit", body)))
    assert verdict["outcome"] == "adjusted"
    assert world.one("SELECT deliver_on >= now()::date - 1 FROM orders WHERE id = %s", body["id"])
