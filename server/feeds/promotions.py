"""Promotions in. The terms of one that has begun are never edited: a new version takes its place.

A promotion is known by its code; each version is a row of its own, named by the orders that got
it, so that an order captured under the old terms is still judged by them. Its name, its last day,
its budget and whether it is live may change in place: they are no terms. A budget is the whole
promotion's: the newest version says it, and what any of them gives comes out of it, so that one
that is still to begin and late orders under old terms can never give more together
(`lock_promotions` in sync/queries/facts.py). A version that the office ended stays ended until
the file brings other terms.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection

from schemas.ids import uuid7
from server.feeds import queries
from server.feeds.plan import Plan, Run, differing
from server.feeds.validate import Line

TERMS = (
    *("kind", "products", "store", "banner", "channel", "store_class", "percent", "amount_minor"),
    *("tier_by", "tiers", "buy", "get", "get_product", "stacks", "priority"),
)
PLAIN = ("name", "valid_to", "cap_minor", "store_cap_minor", "state")
OWN = ("state", "valid_from", "valid_to")
COLUMNS = ("id", "code", *TERMS, *PLAIN, "valid_from", "replaces")
BIRTH: Mapping[str, Any] = {"tier_by": "quantity", "stacks": False, "priority": 0, "state": "live"}
WHOLE = Decimal(100)
_STEP = re.compile(r"\A(?P<reach>[0-9]+(?:[.,][0-9]+)?)\s*:\s*"
                   r"(?P<gives>[0-9]+(?:[.,][0-9]+)?)\s*(?P<percent>%?)\Z")  # fmt: skip
_json = msgspec.json.Encoder().encode


class Wrong(ValueError):
    """A field that cannot stand: its name, and what to do."""

    def __init__(self, name: str, remedy: str) -> None:
        self.name, self.remedy = name, remedy
        super().__init__(remedy)


def plan_promotions(conn: Connection, run: Run, lines: Sequence[Line]) -> Plan:
    """Compare promotions by code with their newest version."""
    plan, cell = Plan(), run.company.own_cell
    products = queries.product_codes(conn, cell)
    stores = {row["code"]: row["id"] for row in queries.store_keys(conn, run.field_cells())}
    versions: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in queries.promotions(conn, cell):
        versions[one["code"] or ""].append(one)
    for line in lines:
        known = versions[line.row["code"]]
        try:
            wanted = _wanted(run, line.row, known, products, stores)
        except Wrong as why:
            run.reject(line, why.name, why.remedy)
            continue
        fields, rows = versioned(known, wanted, run.now)
        if plan.tell(line.row["code"], fields):
            plan.rows_for(cell, "promotion").rows.extend(_row(one) for one in rows)
    return plan


def versioned(
    known: Sequence[Mapping[str, Any]], wanted: Mapping[str, Any], now: datetime
) -> tuple[Mapping[str, tuple[Any, Any]] | None, list[Mapping[str, Any]]]:
    """Fit what a file says of a promotion among its versions, oldest first.

    Returns what differs (None = all of it is new), and the rows to write.
    """
    if not known:
        return None, [{**wanted, "id": uuid7(), "replaces": None}]
    old = known[-1]
    has_begun = old["valid_from"] <= now
    terms = differing(old, {name: wanted[name] for name in TERMS})
    if not (has_begun and wanted["valid_from"] <= now):
        terms |= differing(old, {"valid_from": wanted["valid_from"]})
    if old["state"] == "ended" and not terms:
        return {}, []
    if old["state"] != "ended" and (not terms or old["state"] == "draft" or not has_begun):
        plain = {name: wanted[name] for name in PLAIN}
        if plain["state"] == "ended":
            plain["valid_to"] = min(now, wanted["valid_to"] or now)
        if "valid_from" in terms:
            starts = wanted["valid_from"] if len(known) == 1 else max(now, wanted["valid_from"])
            plain["valid_from"] = starts
        fields = terms | differing(old, plain)
        changed = {**old, **{name: wanted[name] for name in TERMS}, **plain}
        others = [] if len(known) == 1 else _giving_way(known[-2], changed, now)
        return fields, [*others, changed] if fields else []
    new = {
        **wanted,
        **{"id": uuid7(), "replaces": old["id"]},
        "valid_from": max(now, wanted["valid_from"]),
    }
    return terms, [*_giving_way(old, new, now), new]


def _giving_way(
    old: Mapping[str, Any], new: Mapping[str, Any], now: datetime
) -> list[Mapping[str, Any]]:
    """The version before, as it ends where the new one begins; [] = it had ended already."""
    if old["state"] == "ended":
        return []
    row = {**old, "valid_to": new["valid_from"]}
    if new["valid_from"] <= now:
        row["state"] = "ended"
    return [row]


def _wanted(
    run: Run, row: Mapping[str, Any], known: Sequence[Mapping[str, Any]], products: set[str],
    stores: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """What the file says, as it would be stored. Raises Wrong."""
    midnight, today = run.company.midnight, run.as_of.astimezone(run.company.zone).date()
    stored = {name: known[-1][name] for name in (*TERMS, *PLAIN, "valid_from")} if known else {}
    if stored.get("state") == "ended":  # what follows it lives its own life
        stored = {name: value for name, value in stored.items() if name not in OWN}
    found: dict[str, Any] = {
        **dict.fromkeys((*TERMS, *PLAIN)),
        **{**BIRTH, "name": row["code"], "valid_from": midnight(today)},
        **stored,
        **{name: row[name] for name in (*TERMS, *PLAIN) if name in row},
        "code": row["code"],
    }
    if row.get("valid_from") is not None:
        found["valid_from"] = midnight(row["valid_from"])
    if row.get("valid_to") is not None:
        found["valid_to"] = midnight(row["valid_to"] + timedelta(days=1))
    if "products" in row:
        found["products"] = _codes(row["products"], products)
    if row.get("store") is not None:
        if row["store"] not in stores:
            raise Wrong("store", "Load the store first, or correct its code.")
        found["store"] = stores[row["store"]]
    if isinstance(found["percent"], str):
        found["percent"] = Decimal(found["percent"])
    if "tiers" in row or not isinstance(found["tiers"], list):
        found["tiers"] = _steps(run, row.get("tiers"), found)
    _check(found, products)
    return found


def _codes(text: str | None, products: set[str]) -> list[str] | None:
    codes = sorted(set(re.split(r"[\s;]+", text.strip()))) if text and text.strip() else None
    unknown = [code for code in codes or () if code not in products]
    if unknown:
        raise Wrong("products", f"Load the product {unknown[0]} first, or correct its code.")
    return codes


def _steps(run: Run, text: str | None, found: Mapping[str, Any]) -> list[list[Any]]:
    """`24:5%; 48:7.5%` -> [[24, "5", None], [48, "7.5", None]], by reach."""
    by_value = found["kind"] == "order" or found["tier_by"] == "value"
    steps: list[list[Any]] = []
    for one in filter(None, (part.strip() for part in re.split(r";|\s{2,}|\n", text or ""))):
        match = _STEP.match(one)
        if match is None:
            raise Wrong("tiers", f"{one!r} is no step: write 24:5% or 24:0.05, with ; between.")
        gives = Decimal(match["gives"].replace(",", "."))
        reach = Decimal(match["reach"].replace(",", "."))
        reach = reach.scaleb(run.company.digits) if by_value else reach
        amount = None if match["percent"] else gives.scaleb(run.company.digits)
        if any(one is not None and one % 1 for one in (reach, amount)):
            raise Wrong("tiers", f"{one!r} is finer than pieces and the currency are.")
        percent = f"{gives.normalize():f}" if match["percent"] else None
        steps.append([int(reach), percent, None if amount is None else int(amount)])
    return sorted(steps, key=lambda step: step[0])


def _check(found: Mapping[str, Any], products: set[str]) -> None:
    """Whether the kind has what it needs. Raises Wrong."""
    kind, percent, tiers = found["kind"], found["percent"], found["tiers"]
    shares = [percent, *(Decimal(step[1]) for step in tiers if step[1] is not None)]
    if any(one is not None and not 0 <= one <= WHOLE for one in shares):
        raise Wrong("tiers" if percent is None else "percent", "Write a percentage from 0 to 100.")
    if kind == "percent" and percent is None:
        raise Wrong("percent", "Say how many percent it takes off.")
    if kind == "amount" and found["amount_minor"] is None:
        raise Wrong("amount_minor", "Say what it takes off each piece.")
    if kind == "tiers" and not tiers:
        raise Wrong("tiers", "Say from which quantity or value on it gives what, such as 24:5%.")
    if kind == "order" and not tiers and percent is None and found["amount_minor"] is None:
        raise Wrong("tiers", "Say from which value on it gives what, such as 100.00:3%.")
    if kind == "buy_get" and not (found["buy"] and found["get"]):
        raise Wrong("buy" if not found["buy"] else "get", "Say how many to buy and to get.")
    if found["get_product"] is not None and found["get_product"] not in products:
        raise Wrong("get_product", "Load the product first, or correct its code.")
    ends = found["valid_to"]
    if ends is not None and ends <= found["valid_from"]:
        raise Wrong("valid_to", "It ends before it begins: correct one of the two days.")


def _row(one: Mapping[str, Any]) -> dict[str, Any]:
    row = {name: one[name] for name in COLUMNS}
    return row | {"tiers": _json(row["tiers"]).decode()}
