"""A whole territory as pages of a first pull: what a real rep carries, for speed."""

import json
import random
from typing import Any

from schemas.rows import ROWS
from tests.handhelds.double import row

WORDS = "cola tonica agua malta limon naranja light zero premium clasica roja negra dorada".split()


def id_of(family: int, number: int) -> str:
    return f"{family:08x}-0000-7000-8000-{number:012x}"


def territory(
    stores: int = 200, products: int = 500, cards: int = 13, card_lines: int = 30,
    orders: int = 13, order_lines: int = 12,
) -> dict[str, list[list[Any]]]:  # fmt: skip
    """Rows by kind: every store with its receivable, cards and orders."""
    chance = random.Random(7)
    codes = [f"{20_000 + n}" for n in range(products)]
    uoms = [["each", 1, 1, "07501055300075", True], ["case", 12, 1, None, True]]
    begun = "2026-01-01T00:00:00Z"
    rows: dict[str, list[list[Any]]] = {kind: [] for kind in ROWS}
    for n, code in enumerate(codes):
        name = " ".join(chance.sample(WORDS, 3)) + f" {n} ml"
        sold = {"status": "active", "min_quantity": 1, "multiple": 1, "uoms": uoms}
        rows["product"].append(row("product", id=code, name=name, brand=WORDS[n % 13], **sold))
        price = {"price": "1.29", "min_quantity": 1, "valid_from": begun}
        rows["price"].append(row("price", id=id_of(1, n), scope="pl:base", product=code, **price))
        rows["stock"].append(
            row("stock", id=id_of(2, n), scope="wh:3", product=code, available=n % 900)
        )
    rows["price_list"] = [row("price_list", id="base", name="B", currency="USD", level="base")]
    rows["warehouse"] = [row("warehouse", id="3", scope="wh:3", name="Ankeny", zone="UTC")]
    for n in range(stores):
        store = id_of(3, n)
        mine = {"scope": f"st:{store}", "store": store}
        more = {"status": "active", "price_list": "base", "warehouse": "3", "zone": "UTC"}
        code = f"{1000 + n}"
        rows["store"].append(
            row("store", id=store, scope=mine["scope"], code=code, name=f"Store {n}", **more)
        )
        money = {"limit_minor": 500_000, "open_minor": 10_000, "on_account_minor": 0}
        item = [f"I-{n}", "invoice", "2026-10-01", "2026-10-31", 10_000, 10_000, None, False]
        rows["receivable"].append(
            row("receivable", id=store, scope=mine["scope"], items=[item], **money)
        )
        for k in range(cards):
            seen = [
                [code, True, True, 3, 12, 6, 149, False, False, None]
                for code in chance.sample(codes, card_lines)
            ]
            at = f"2026-{1 + k % 10:02d}-12T10:00:00Z"
            rows["card"].append(
                row("card", id=id_of(4, n * cards + k), rep="r07", captured_at=at,
                    state="closed", lines=seen, **mine)
            )  # fmt: skip
        for k in range(orders):
            lines = [
                [m, code, "case", "2", 24, "1.29", 0, 3096, 24, 0, 0, None, 24, 24, "confirmed"]
                for m, code in enumerate(chance.sample(codes, order_lines), 1)
            ]
            at = f"2026-{1 + k % 10:02d}-12T10:00:00Z"
            rows["order"].append(
                row("order", id=id_of(5, n * orders + k), number=f"D9-{n * orders + k:06d}",
                    rep="r07", type="sale", revision=1, state="delivered", holds=[],
                    captured_at=at, currency="USD", net_minor=3096 * order_lines, lines=lines,
                    deliver_on=at[:10], **mine)
            )  # fmt: skip
    return rows


def line_count(rows: dict[str, list[list[Any]]]) -> int:
    """Lines as the goals count them: each line of a card or order, else each row."""
    places = {kind: ROWS[kind].index("lines") for kind in ("card", "order")}
    return sum(
        len(one[places[kind]]) if kind in places else 1 for kind in rows for one in rows[kind]
    )


def pages(rows: dict[str, list[list[Any]]], at_most: int = 5_000) -> list[bytes]:
    """The rows as the pages of one first pull."""
    flat = [(kind, one) for kind in rows for one in rows[kind]]
    parts = [flat[at : at + at_most] for at in range(0, len(flat), at_most)]
    made = []
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        held: dict[str, dict[str, Any]] = {}
        for kind, one in part:
            held.setdefault(kind, {"columns": ROWS[kind], "data": []})["data"].append(one)
        page = {
            "epoch": "e-9", "cursor": "c-1" if last else None, "complete": last,
            "page": None if last else f"p-{number}", "server_time": "2026-11-21T10:42:03Z",
            "as_of": {"stock": "2026-11-21T06:00:00Z", "receivable": None},
            "scopes": {"added": [], "dropped": []}, "rows": held, "gone": {}, "directives": [],
        }  # fmt: skip
        made.append(json.dumps(page).encode())
    return made
