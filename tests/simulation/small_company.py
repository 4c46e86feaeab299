"""A small company written twice: into a database, and as the auditor's state.

Everything is short of something: stock, credit, budgets of promotions, rights.
"""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import Engine

from schemas.ids import uuid7
from sync.write import write
from tests.world import COMPANY_CELL, World, build

BEGIN = datetime(2026, 11, 21, 12, tzinfo=UTC)  # a Saturday
ON_HAND = {"p001": 60, "p002": 45, "p003": 30, "p004": 0, "p005": 15, "p006": None, "p007": 90,
           "p008": 25}  # fmt: skip
STATUS = {"p003": "blocked", "p004": "planned", "p005": "sell_out"}
SUBSTITUTE = {"p005": "p001", "p008": "p002"}
CHOICES = {
    "stock_short": ("confirm_available_backorder_rest", "cut", "hold_for_office"),
    "stock_out": ("confirm_available_backorder_rest", "cut", "hold_for_office"),
    "stock_unknown": ("confirm_available_backorder_rest", "confirm_all", "hold_for_office"),
    "price_raised": ("hold_for_office", "honour_quoted_price", "apply_price_now"),
    "price_kept": ("honour_quoted_price", "hold_for_office", "apply_price_now"),
    "probable_duplicate": ("hold_for_office", "let_pass"),
    "credit_exceeded": ("hold_for_office", "let_pass"),
    "quantity_differs": ("hold_for_office", "apply_typed"),
    "quantity_not_multiple": ("hold_for_office", "raise_to_whole", "reject_line"),
    "promotion_used_up": ("hold_for_office", "limit_to_budget"),
    "order_needs_approval": ("hold_for_office", "let_pass"),
    "store_not_mine": ("hold_for_office", "let_pass"),
}
"""Of each rule, what a firm may choose (the default first)."""


def company(engine: Engine, seed: int) -> tuple[World, dict[str, Any]]:
    """The company in the database, and the same as the auditor's state."""
    luck, world = Random(seed), build(engine, stores=5, products=8, on_hand=0, now=BEGIN)
    month = BEGIN - timedelta(days=30)
    world.run("UPDATE scope_grant SET valid_from = %s", month)
    state: dict[str, Any] = {
        "now": BEGIN, "policies": [], "devices": {}, "items": {},
        "stores": {
            store: {"status": "active", "zone": "America/Chicago", "warehouse": "w1",
                    "price_lists": ["base"], "currency": "USD"}
            for store in world.stores
        },
        "credit": {
            store: {"limit_minor": None, "open_minor": 0, "on_account_minor": 0}
            for store in world.stores
        },
        "grants": {
            f"{rep}/{store}": [{"valid_from": month}]
            for rep, stores in (("r01", world.stores[:-1]), ("r02", world.stores[-2:]))
            for store in stores
        },
    }  # fmt: skip
    _goods(world, state)
    _prices(world, state)
    _promotions(world, state)
    _policies(world, state, luck)
    for store, limit in zip(world.stores, (60_000, 9_000, None, 30_000, 20_000), strict=True):
        state["credit"][store]["limit_minor"] = limit
        world.run("UPDATE credit_account SET limit_minor = %s WHERE store = %s", limit, store)
    return world, state


def _goods(world: World, state: dict[str, Any]) -> None:
    state["products"], state["stock"] = {}, {}
    for code, on_hand in ON_HAND.items():
        least, multiple = (12, 6) if code == "p007" else (1, 1)
        status, other = STATUS.get(code, "active"), SUBSTITUTE.get(code)
        state["products"][code] = {
            "status": status, "substitute": other, "min_quantity": least, "multiple": multiple,
            "uoms": {"each": [1, 1], "case": [12, 1]},
        }  # fmt: skip
        world.run(
            "UPDATE product SET status = %s, substitute = %s, min_quantity = %s, multiple = %s"
            " WHERE code = %s", status, other, least, multiple, code,
        )  # fmt: skip
        if on_hand is None:
            world.run("DELETE FROM stock WHERE product = %s", code)
            continue
        world.run("UPDATE stock SET on_hand = %s WHERE product = %s", on_hand, code)
        state["stock"][f"w1/{code}"] = {"on_hand": on_hand}


def _prices(world: World, state: dict[str, Any]) -> None:
    """2.50 for all; p001 cheaper from 24 on; p002 rose yesterday; p008 fell an hour ago."""
    since, day = BEGIN - timedelta(days=60), timedelta(days=1)
    versions: dict[str, list[dict[str, Any]]] = {
        code: [{"price": "2.50", "valid_from": since}] for code in ON_HAND
    }
    versions["p001"].append({"price": "2.40", "valid_from": since, "min_quantity": 24})
    for code, price, at in (("p002", "2.70", BEGIN - day), ("p008", "2.30", BEGIN - day / 24)):
        versions[code][0]["superseded_at"] = at
        versions[code].append({"price": price, "valid_from": at})
    state["prices"] = {f"base/{code}": rows for code, rows in versions.items()}
    world.run("DELETE FROM price")
    rows = [
        {"id": uuid7(), "list": "base", "product": code, "min_quantity": 1, "superseded_at": None}
        | one
        | {"price": Decimal(one["price"])}
        for code, found in versions.items()
        for one in found
    ]
    with world.begin() as conn:
        write(conn, COMPANY_CELL, "price", rows, "load:prices")


def _promotions(world: World, state: dict[str, Any]) -> None:
    """A percentage nearly used up, an amount, one for the order, one over, one to come."""
    since = BEGIN - timedelta(days=60)
    rows: list[dict[str, Any]] = [
        {"name": "Ten", "kind": "percent", "percent": Decimal(10), "cap_minor": 2_500,
         "products": ["p001", "p002"]},
        {"name": "Five cents", "kind": "amount", "amount_minor": 5, "stacks": True},
        {"name": "Big", "kind": "order", "percent": Decimal(2), "stacks": True,
         "tiers": [[3_000, "2", None]], "store_cap_minor": 400},
        {"name": "Over", "kind": "percent", "percent": Decimal(5),
         "valid_to": BEGIN - timedelta(hours=2)},
        {"name": "One of six", "kind": "buy_get", "buy": 5, "get": 1, "products": ["p007"]},
    ]  # fmt: skip
    for one in rows:
        one |= {"id": uuid7(), "valid_from": since, "state": "live", "used_minor": 0}
        one |= {"priority": one.get("priority", 1)}
        known = dict(one)
        if "tiers" in one:
            known["tiers"] = [
                dict(zip(("reach", "percent", "amount_minor"), tier, strict=True))
                for tier in one["tiers"]
            ]
        known["cap_left_minor"] = known.pop("cap_minor", None)
        known["used_minor"] = {}
        state.setdefault("promotions", {})[one["id"]] = known
        with world.begin() as conn:
            row = one | {"tiers": []}
            write(conn, COMPANY_CELL, "promotion", [row], "user:admin")
        steps = json.dumps(one.get("tiers", []))
        world.run("UPDATE promotion SET tiers = %s::jsonb WHERE id = %s", steps, one["id"])


def _policies(world: World, state: dict[str, Any], luck: Random) -> None:
    """Some rules answered otherwise, by the company or for one store."""
    for rule in luck.sample(sorted(CHOICES), 5):
        store = luck.choice((None, None, world.stores[0]))
        one: dict[str, Any] = {"rule": rule, "store": store, "banner": None, "params": {}}
        one["choice"] = luck.choice(CHOICES[rule])
        state["policies"].append(one)
        with world.begin() as conn:
            write(
                conn, COMPANY_CELL, "policy", [one | {"id": uuid7(), "params": "{}"}], "user:admin"
            )
