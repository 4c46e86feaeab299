"""Whoever sends an array finds the same whichever way it travels: as one text when its values are
plain, as a list when one of them holds a brace, a comma, or null."""

import ast
import inspect
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from schemas.ids import uuid7
from server.database import make_engine
from sync.queries import driver
from sync.queries import push as queries
from sync.queries.facts import left_of_budgets
from sync.write import write
from tests.conftest import Clone
from tests.sync.copy import Copy
from tests.world import COMPANY_CELL, World, add_east, build, change, order_body

PLAIN, ODD = "plain", "null, {x}"
HERE = {"sync.queries.facts", "sync.queries.push", "sync.queries.feed", "sync.queries.pull",
        "sync.queries.ahead", "sync.queries.scope"}  # fmt: skip
"""Files whose every user of arrays has a part in this day."""


def rename(world: World, name: str) -> None:
    """What texts name: a product, what goes in its place, the warehouse, the price list."""
    with world.begin() as conn:
        row = {"code": name, "name": "Odd", "status": "active", "min_quantity": 1, "multiple": 1}
        write(conn, COMPANY_CELL, "product", [row], "load:products")
    for sql in (
        "INSERT INTO product_uom (cell, product, uom, num, den, orderable)"
        " SELECT cell, %s, uom, num, den, orderable FROM product_uom WHERE product = 'p001'",
        "UPDATE price SET product = %s WHERE product = 'p002'",
        "UPDATE stock SET product = %s WHERE product = 'p002'",
        "UPDATE product SET substitute = %s WHERE code = 'p001'",
    ):
        world.run(sql, name)


def day(world: World, name: str) -> list[Any]:
    """What comes of a day, its names taken out."""
    rename(world, name)
    east = add_east(world)
    s, visit, contact, first = world.stores, uuid7(), uuid7(), uuid7()
    today = world.now.date().isoformat()
    promotion = {"id": uuid7(), "code": name, "name": "Off", "kind": "percent", "percent": 10}
    promotion |= {"priority": 0, "state": "live", "cap_minor": 500, "store_cap_minor": 400}
    with world.begin() as conn:
        row = promotion | {"valid_from": world.now - timedelta(days=60)}
        write(conn, COMPANY_CELL, "promotion", [row], "user:admin")
    given = order_body(s[0], [(name, 4), ("p001", 3)], number=name)
    line = given["lines"][0]
    line["promotions"] = [{"promotion": promotion["id"], "discount_minor": 100}]
    line["discount_minor"], line["net_minor"] = 100, line["net_minor"] - 100
    given["net_minor"] -= 100
    told: list[Any] = []
    batch = [
        change(1, "visit", "save", {"id": visit, "store": s[0], "state": "started"}),
        change(2, "order", "submit", given),
        change(3, "contact", "save",
               {"id": contact, "store": s[0], "set": {"name": name}, "base": {}}),
        change(4, "order", "submit", order_body(s[1], [(name, 2_000)], number=f"{name} 2")),
        change(5, "order", "submit", order_body(east, [("p003", 1)], number=f"{name} 3")),
        change(6, "card", "submit", {"id": uuid7(), "store": s[0], "visit": visit, "lines": []}),
        change(7, "order", "cancel", {"id": given["id"], "store": s[0], "reason": name}),
        change(8, "order", "submit", order_body(s[0], [(name, 4)]), depends_on=[first]),
        change(9, "plan_stop", "save", {"id": uuid7(), "store": s[0], "day": today,
                                        "sequence": 3, "state": "planned", "base": {}}),
        change(10, "order", "submit",
               order_body(s[1], [(name, 2)], type="return", about=given["id"])),
    ]  # fmt: skip
    other = world.add_device("d-2", no=2)
    late = change(11, "visit", "save", {"id": uuid7(), "store": s[1], "state": "done"}, id=first)
    for carrier, changes in (
        (world.carrier(), batch), (world.carrier(), batch[:3]), (other, [batch[7], late]),
    ):  # fmt: skip
        verdicts, answer = world.push(carrier, changes)
        assert answer.faults == []
        told += [(one["n"], one["outcome"], [c["rule"] for c in one["conflicts"]])
                 for one in verdicts]  # fmt: skip
    copy = Copy(world, world.carrier())
    copy.pull()
    world.push(world.carrier(), [change(12, "order", "submit", order_body(s[2], [(name, 1)]))])
    copy.pull()
    with world.begin() as conn:
        again = queries.verdicts_from(conn, world.carrier().cells, "d-1", 1, 100)
        left = left_of_budgets(conn, COMPANY_CELL, [str(promotion["id"])])
    told += [(len(again), [minor for _, minor in left.values()])]
    lines = world.rows(
        "SELECT product, ordered, confirmed, backordered, cut, discount_minor, net_minor"
        " FROM order_line ORDER BY 1, 2, 3, 4"
    )
    stock = world.rows("SELECT product, reserved FROM stock ORDER BY on_hand, reserved, product")
    held = {kind: len(rows) for kind, rows in sorted(copy.rows.items())}
    rows = [str(row).replace(name, "NAME") for row in (*lines, *stock)]
    return [told, sorted(rows), held]


def watch(patch: pytest.MonkeyPatch, form: Callable[[Iterable[Any]], Any]) -> set[str]:
    """Let all arrays travel as `form` says; who sent one, as it goes on."""
    users, real = set[str](), driver.array

    def seen(values: Iterable[Any]) -> Any:
        at = sys._getframe(1)
        while at.f_code.co_name in ("<listcomp>", "columns"):
            at = at.f_back or at
        users.add(f"{at.f_globals['__name__']}.{at.f_code.co_name}")
        return form(values)

    for name, module in list(sys.modules.items()):
        if name.startswith(("sync.", "server.")) and getattr(module, "array", None) is real:
            patch.setattr(module, "array", seen)
    return users


def all_users() -> set[str]:
    """Every function of these files that sends an array."""
    found = set[str]()
    for name in HERE:
        for one in ast.parse(inspect.getsource(sys.modules[name])).body:
            calls = (n.func for n in ast.walk(one) if isinstance(n, ast.Call))
            if isinstance(one, ast.FunctionDef) and any(
                isinstance(f, ast.Name) and f.id in ("array", "columns") for f in calls
            ):
                found.add(f"{name}.{one.name}")
    return found


def test_plain_values_odd_ones_and_lists_have_the_same_day(
    engine: Engine, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = day(build(engine), PLAIN)
    users = watch(monkeypatch, driver.array)
    odd = make_engine(clone()[0])
    assert day(build(odd), ODD) == plain
    assert all_users() - users == set()
    odd.dispose()
    monkeypatch.undo()
    watch(monkeypatch, list)
    lists = make_engine(clone()[0])
    assert day(build(lists), PLAIN) == plain
    lists.dispose()
