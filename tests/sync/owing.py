"""Stores that owe, receipts for money, and what finance does: for tests about collections."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from schemas.ids import uuid7
from sync.desk.money import Moved, move
from sync.write import write
from tests.world import CELL, World, change

_RECEIPTS = count(1)
TODAY = datetime.now(UTC).date()


def owe(world: World, store: str, *items: tuple[str, int], limit_minor: int | None = None) -> None:
    """Let a store owe these (number, minor units) open invoices, the first due longest ago."""
    rows = [
        {
            "store": store, "number": number, "kind": "invoice",
            "issued_on": TODAY - timedelta(days=90), "due_on": TODAY - timedelta(days=60 - at),
            "amount_minor": minor, "open_minor": minor, "paid_on": None, "disputed": False,
        }
        for at, (number, minor) in enumerate(items)
    ]  # fmt: skip
    with world.begin() as conn:
        write(
            conn, CELL, "receivable",
            [
                {"store": store, "limit_minor": limit_minor, "on_account_minor": 0,
                 "open_minor": sum(minor for _, minor in items), "as_of": world.now}
            ],
            "load:receivables", parts={"open_item": rows},
        )  # fmt: skip


def money_body(
    store: str, amount_minor: int, *uses: tuple[str, int], **more: Any
) -> dict[str, Any]:
    """A receipt over cash, meant for these items; its number is its own unless given."""
    return {
        "id": uuid7(), "number": f"D1-R{next(_RECEIPTS):06d}", "store": store, "method": "cash",
        "amount_minor": amount_minor, "currency": "USD",
        "allocation": [{"number": number, "amount_minor": minor} for number, minor in uses],
        **more,
    }  # fmt: skip


def collect(
    world: World, n: int, body: dict[str, Any], rep: str = "r01", device: str = "d-1", **more: Any
) -> dict[str, Any]:
    """Push one receipt and return its verdict."""
    (verdict,), answer = world.push(
        world.carrier(rep, device), [change(n, "collection", "submit", body, **more)]
    )
    assert answer.faults == []
    return verdict


def step(world: World, which: str, *ids: str, **more: Any) -> Moved:
    """Finance takes receipts a step further."""
    now = more.pop("now", datetime.now(UTC))
    with world.begin() as conn:
        return move(conn, CELL, ids, which, "user:fin", now, **more)


def receipt(world: World, receipt_id: str) -> dict[str, Any]:
    """A receipt at rest."""
    names = (
        "state", "allocation", "applied", "on_account_minor", "possible_duplicate_of", "reason",
        "day",
    )  # fmt: skip
    (row,) = world.rows(f"SELECT {', '.join(names)} FROM collection WHERE id = %s", receipt_id)
    return dict(zip(names, row, strict=True))


def owed(world: World, store: str) -> dict[str, int]:
    """What is open of each item of a store."""
    return dict(world.rows("SELECT number, open_minor FROM open_item WHERE store = %s", store))


def account(world: World, store: str) -> tuple[int, int, int]:
    """(open, on account, collected) of a store."""
    (row,) = world.rows(
        "SELECT open_minor, on_account_minor, collected_minor FROM credit_account WHERE store = %s",
        store,
    )
    return tuple(row)


def days_ago(n: int) -> date:
    return TODAY - timedelta(days=n)
