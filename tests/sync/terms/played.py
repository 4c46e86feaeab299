"""Plays the cases of `sync/contract/terms` against functions, as any other implementation would."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator

from sync.facts import PriceFact, PromotionFact, StoreFacts
from sync.terms.promotion import Bought, Tier
from tests.sync.cases import plain, read

Ask = Callable[[dict[str, Any]], Any]
BEGINNING = datetime.fromisoformat("2026-01-01T00:00:00Z")


def cases(terms: str) -> list[dict[str, Any]]:
    """The cases of one file, checked against their schema."""
    content = read(f"terms/{terms}.json")
    Draft202012Validator(read("terms/_schema.json")).validate(content)
    rows: list[dict[str, Any]] = content["cases"]
    ids = [case["id"] for case in rows]
    assert content["terms"] == terms
    assert len(ids) == len(set(ids))
    assert all(one.startswith(f"{terms}.") for one in ids)
    return rows


def play(case: dict[str, Any], asks: dict[str, Ask]) -> None:
    """One case comes true."""
    assert plain(asks[case["ask"]](case["given"])) == case["expect"], case["says"]


def number(text: str | None) -> int | None:
    return None if text is None else int(text)


def decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def version(row: dict[str, str]) -> PriceFact:
    """A version of a price; its list and product do not matter here."""
    return PriceFact(
        *("", "", Decimal(row["price"]), datetime.fromisoformat(row["valid_from"])),
        *(moment(row.get("valid_to")), moment(row.get("superseded_at"))),
        int(row.get("min_quantity", 1)),
    )


def promotion(row: dict[str, Any]) -> PromotionFact:
    """A promotion; what a case does not say is as it is for most."""
    products = row.get("products")
    return PromotionFact(
        id=row.get("id", "promo"),
        name="Promotion",
        kind=row["kind"],
        valid_from=moment(row.get("valid_from")) or BEGINNING,
        valid_to=moment(row.get("valid_to")),
        percent=decimal(row.get("percent")),
        amount_minor=number(row.get("amount_minor")),
        products=None if products is None else frozenset(products),
        banner=row.get("banner"),
        channel=row.get("channel"),
        class_=row.get("class_"),
        store=row.get("store"),
        tier_by=row.get("tier_by", "quantity"),
        tiers=tuple(
            Tier(int(one["reach"]), decimal(one.get("percent")), number(one.get("amount_minor")))
            for one in row.get("tiers", ())
        ),
        buy=number(row.get("buy")),
        get=number(row.get("get")),
        get_product=row.get("get_product"),
        priority=int(row.get("priority", 0)),
        stacks=row.get("stacks", False),
    )


def bought(row: dict[str, Any]) -> Bought:
    """A line as promotions see it."""
    named = row.get("named")
    return Bought(
        *(int(row["n"]), row["product"], int(row["quantity"]), int(row["gross_minor"])),
        None if named is None else frozenset(named),
    )


def at_store(row: dict[str, Any]) -> StoreFacts:
    """The store an order is for."""
    keys = (row.get("banner"), row.get("channel"), row.get("class_"))
    return StoreFacts(row["id"], row["id"], row["id"], "active", "UTC", (), None, *keys)
