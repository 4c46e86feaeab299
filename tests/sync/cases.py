"""Reads the JSON examples of `sync/contract` into facts, orders and policies, and back.

Numbers in the examples are text, so that no JSON reader can change them; a case is a merge patch
(RFC 7396) on the world in `_world.json`.
"""

import json
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from importlib import import_module
from inspect import getmembers, isfunction
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from sync.facts import (
    CreditFacts,
    CutOff,
    Facts,
    Grant,
    Line,
    Order,
    Policy,
    PriceFact,
    ProductFacts,
    PromotionFact,
    StockFacts,
    StoreFacts,
    TwinFacts,
)
from sync.terms.promotion import Tier

CONTRACT = Path(__file__).resolve().parents[2] / "sync" / "contract"

DECIMALS = frozenset(("price", "unit_price", "percent"))
TEXTS = frozenset(("typed", "code", "warehouse", "number", "product", "get_product"))


@cache
def read(name: str) -> Any:
    """One JSON file of the contract, by its path in it."""
    return json.loads((CONTRACT / name).read_text(encoding="utf-8"))


def functions_of(package: ModuleType) -> set[Any]:
    """The public functions of all modules of a package."""
    modules = [
        import_module(f"{package.__name__}.{one.name}") for one in iter_modules(package.__path__)
    ]
    return {
        one
        for module in modules
        for name, one in getmembers(module, isfunction)
        if one.__module__ == module.__name__ and not name.startswith("_")
    }


def case_files(folder: str) -> list[Path]:
    """The files with cases of a folder; those that start with _ are not cases."""
    return sorted(p for p in (CONTRACT / folder).glob("*.json") if not p.name.startswith("_"))


def merged(target: Any, patch: Any) -> Any:
    """`target` with a merge patch applied (RFC 7396); neither is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _field(name: str, value: Any) -> Any:
    """One value of a fact, as its name says it is."""
    if not isinstance(value, str):
        return value
    if name in DECIMALS:
        return Decimal(value)
    if name.endswith(("_at", "_from", "_to", "_as_of")) or name == "as_of":
        return datetime.fromisoformat(value)
    if name not in TEXTS and value.lstrip("-").isdigit():
        return int(value)
    return value


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _field(name, value) for name, value in row.items()}


def _pair(key: str) -> tuple[str, str]:
    first, _, second = key.partition("/")
    return first, second


def order_of(row: dict[str, Any]) -> Order:
    """An order as taken, from its JSON."""
    fields = _fields(row)
    fields["deliver_on"] = date.fromisoformat(row["deliver_on"]) if "deliver_on" in row else None
    fields["lines"] = tuple(
        Line(**{**_fields(line), "promotions": _parts(line)}) for line in row.get("lines", [])
    )
    return Order(**fields)


def _parts(line: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    """What each promotion takes off a line."""
    rows = line.get("promotions", ())
    return tuple((one["promotion"], int(one["discount_minor"])) for one in rows)


def policies_of(rows: list[dict[str, Any]]) -> tuple[Policy, ...]:
    return tuple(
        Policy(**{**row, "params": {k: int(v) for k, v in row.get("params", {}).items()}})
        for row in rows
    )


def facts_of(
    row: dict[str, Any], policies: list[dict[str, Any]], released: dict[str, frozenset[str]]
) -> Facts:
    """Facts from their JSON; every call makes fresh ones, as folding changes them."""
    facts = Facts(datetime.fromisoformat(row["now"]))
    for key, one in row["stores"].items():
        lists = tuple(one.get("price_lists", ()))
        facts.stores[key] = StoreFacts(**{"id": key, **_fields(one), "price_lists": lists})
    for key, grants in row["grants"].items():
        facts.grants[_pair(key)] = tuple(Grant(**_fields(one)) for one in grants)
    for key, one in row["products"].items():
        units = {
            which: {name: (int(num), int(den)) for name, (num, den) in one.get(which, {}).items()}
            for which in ("uoms", "uoms_back")
        }
        texts = {"name": one["name"], "substitute": one.get("substitute")}
        facts.products[key] = ProductFacts(**{"code": key, **_fields(one), **texts, **units})
    for key, versions in row["prices"].items():
        name, product = _pair(key)
        facts.prices[name, product] = tuple(
            PriceFact(list=name, product=product, **_fields(one)) for one in versions
        )
    for key, one in row["promotions"].items():
        facts.promotions[key] = _promotion(key, one)
    for key, one in row["stock"].items():
        facts.stock[_pair(key)] = StockFacts(*_pair(key), **_fields(one))
    for key, one in row["credit"].items():
        facts.credit[key] = CreditFacts(**{"store": key, "limit_minor": None, **_fields(one)})
    for key, twins in row["twins"].items():
        facts.twins[key] = [_twin(one) for one in twins]
    for key, one in row["cut_offs"].items():
        facts.cut_offs[key] = CutOff(
            time.fromisoformat(one["at"]),
            int(one["lead_days"]),
            frozenset(int(day) for day in one["weekdays"]),
            frozenset(date.fromisoformat(day) for day in one.get("closed_on", ())),
        )
    facts.known = dict(row["known"])
    facts.returnable = {
        key: {product: int(each) for product, each in one.items()}
        for key, one in row.get("returnable", {}).items()
    }
    facts.numbers = dict(row["numbers"])
    facts.policies = policies_of(policies)
    facts.released = released
    return facts


def _promotion(key: str, row: dict[str, Any]) -> PromotionFact:
    fields: dict[str, Any] = {"id": key, **_fields(row)}
    if "products" in row:
        fields["products"] = frozenset(row["products"])
    if "tiers" in row:
        fields["tiers"] = tuple(Tier(**_fields(one)) for one in row["tiers"])
    if "used_minor" in row:
        fields["used_minor"] = {store: int(minor) for store, minor in row["used_minor"].items()}
    return PromotionFact(**fields)


def _twin(row: dict[str, Any]) -> TwinFacts:
    lines = {product: int(each) for product, each in row["lines"].items()}
    return TwinFacts(**{**_fields(row), "lines": lines})


def world(
    order: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
    policy: list[dict[str, Any]] | None = None,
    released: list[str] | None = None,
) -> tuple[Order, Facts]:
    """The world of the rule examples with these changes: an order, and fresh facts."""
    start = read("rules/_world.json")
    taken = order_of(merged(start["order"], order or {}))
    known = facts_of(
        merged(start["facts"], facts or {}), policy or [], {taken.id: frozenset(released or ())}
    )
    return taken, known


def plain(value: Any) -> Any:
    """A value as the examples write it: numbers and days as text, the rest as it is."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return value
