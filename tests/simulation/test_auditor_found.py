"""Mistakes of the server that the auditor found on random days, each the shortest way to it."""

from sqlalchemy import Engine

from schemas.ids import uuid7
from tests.world import build, change, order_body


def test_an_order_with_a_refused_line_is_recognised_when_it_comes_again(engine: Engine) -> None:
    world = build(engine)
    world.run("UPDATE product SET status = 'blocked' WHERE code = 'p002'")
    carrier, store = world.carrier(), world.stores[0]
    first, second, third = (order_body(store, [("p001", 5), ("p002", 5)]) for _ in range(3))
    world.push(carrier, [change(1, "order", "submit", first)])
    again, _ = world.push(
        carrier, [change(2, "order", "submit", second), change(3, "order", "submit", third)]
    )
    for verdict in again:
        assert "probable_duplicate" in [one["rule"] for one in verdict["conflicts"]]


def test_what_builds_on_a_used_row_waits_with_it_also_in_the_same_batch(engine: Engine) -> None:
    world = build(engine)
    carrier, other = world.carrier(), world.add_device("d-2", "r02", 2)
    visit = {"id": uuid7(), "store": world.stores[-2], "state": "started"}
    world.push(other, [change(1, "visit", "save", visit)])
    parent = change(1, "visit", "save", visit)
    card = {"id": uuid7(), "store": world.stores[-2], "lines": []}
    card["lines"] = [{"product": "p001", "on_shelf": True}]
    child = change(2, "card", "submit", card, depends_on=[parent["id"]])
    verdicts, _ = world.push(carrier, [parent, child])
    rules = [[one["rule"] for one in verdict["conflicts"]] for verdict in verdicts]
    assert rules == [["row_known"], ["dependency_parked"]]


def test_an_order_of_which_nothing_is_left_is_not_told_of_credit(engine: Engine) -> None:
    world = build(engine, limit_minor=1_000)
    world.run("UPDATE credit_account SET open_minor = 5000")
    world.run(
        "INSERT INTO policy (cell, id, scope, version, changed_by, rule, choice, params)"
        " VALUES (1, gen_random_uuid(), 'company', 1, 'user:admin', 'credit_exceeded',"
        " 'let_pass', '{}')"
    )
    body = order_body(world.stores[0], [("nope", 5)])
    (verdict,), _ = world.push(world.carrier(), [change(1, "order", "submit", body)])
    assert [one["rule"] for one in verdict["conflicts"]] == ["product_unknown"]


def test_an_order_of_which_a_substitute_was_sent_is_recognised_when_it_comes_again(
    engine: Engine,
) -> None:
    world = build(engine)
    world.run("UPDATE product SET substitute = 'p002' WHERE code = 'p001'")
    world.run("UPDATE stock SET on_hand = 3, published = 3 WHERE product = 'p001'")
    world.run(
        "INSERT INTO policy (cell, id, scope, version, changed_by, rule, choice, params)"
        " VALUES (1, gen_random_uuid(), 'company', 1, 'user:admin', 'stock_short',"
        " 'substitute', '{}')"
    )
    carrier, store = world.carrier(), world.stores[0]
    for n in (1, 2):
        body = order_body(store, [("p001", 5)])
        (verdict,), _ = world.push(carrier, [change(n, "order", "submit", body)])
        is_known = "probable_duplicate" in [one["rule"] for one in verdict["conflicts"]]
        assert is_known == (n == 2)
        lines = world.rows("SELECT product FROM order_line WHERE order_id = %s", body["id"])
        assert n == 2 or ("p002",) in lines
