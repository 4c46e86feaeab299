"""What the auditor knows of a company: prices, stock, rights, credit, delivery days.

A book is the `facts` of `sync/contract/rules/_world.json` with `policies` beside them; numbers
may be text or numbers, times text or datetimes.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

NEXT_DELIVERY_DAYS = 60
DIGITS = dict.fromkeys(("JPY", "KRW", "ISK"), 0) | dict.fromkeys(("KWD", "TND", "BHD"), 3)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def when(value: Any) -> datetime:
    """An instant, from text or as it is."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def half_up(value: Fraction) -> int:
    return int((value + Fraction(1, 2)) // 1)


def gross(quantity: int, price: Any, currency: str = "USD") -> int:
    """Pieces times unit price in minor units, rounded half up once."""
    units = Decimal(price).scaleb(DIGITS.get(currency, 2)) * quantity
    return int(units.quantize(Decimal(1), ROUND_HALF_UP))


class Book:
    """Facts by name. What changes (reserved, ordered_minor, cap_left_minor) changes in place."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.policies: list[dict[str, Any]] = list(facts.get("policies", ()))
        self.now = when(facts["now"]) if "now" in facts else _LONG_AGO
        for name in (
            "stores", "grants", "products", "prices", "promotions", "stock", "credit", "twins",
            "cut_offs", "known", "numbers", "returnable",
        ):  # fmt: skip
            setattr(self, name, {key: _copy(one) for key, one in facts.get(name, {}).items()})

    stores: dict[str, dict[str, Any]]
    grants: dict[str, list[dict[str, Any]]]
    products: dict[str, dict[str, Any]]
    prices: dict[str, list[dict[str, Any]]]
    promotions: dict[str, dict[str, Any]]
    stock: dict[str, dict[str, Any]]
    credit: dict[str, dict[str, Any]]
    twins: dict[str, list[dict[str, Any]]]
    cut_offs: dict[str, dict[str, Any]]
    known: dict[str, str]
    numbers: dict[str, str]
    returnable: dict[str, dict[str, Any]]

    def policy(self, rule: str, store: str | None) -> tuple[str | None, dict[str, int]]:
        """What the office chose for a rule: store over banner over company."""
        banner = self.stores.get(store or "", {}).get("banner")
        choice: str | None = None
        params: dict[str, int] = {}
        for fits in (
            lambda one: not one.get("store") and not one.get("banner"),
            lambda one: banner and one.get("banner") == banner,
            lambda one: store and one.get("store") == store,
        ):
            for one in self.policies:
                if one["rule"] == rule and fits(one):
                    choice = one.get("choice") or choice
                    params |= {name: int(value) for name, value in one.get("params", {}).items()}
        return choice, params

    def carries(self, rep: str, store: str, captured: datetime, grace_days: int) -> bool:
        """At the capture, within the grace after, or now (rule 16)."""
        for one in self.grants.get(f"{rep}/{store}", ()):
            begins = when(one["valid_from"])
            ends = when(one["valid_to"]) if one.get("valid_to") else None
            if begins <= captured and (
                ends is None or captured <= ends + timedelta(days=grace_days)
            ):
                return True
            if begins <= self.now and (ends is None or self.now < ends):
                return True
        return False

    def price(self, store: str, product: str, quantity: int, at: datetime) -> Decimal | None:
        """The first of the store's lists that has a price for so many, at an instant."""
        for name in self.stores.get(store, {}).get("price_lists", ()):
            found = [
                one
                for one in self.prices.get(f"{name}/{product}", ())
                if int(one.get("min_quantity", 1)) <= quantity
                and when(one["valid_from"]) <= at
                and all(
                    not one.get(end) or at < when(one[end]) for end in ("valid_to", "superseded_at")
                )
            ]
            if found:
                best = max(
                    found,
                    key=lambda one: (int(one.get("min_quantity", 1)), when(one["valid_from"])),
                )
                return Decimal(best["price"])
        return None

    def was_on_copy(
        self,
        store: str,
        product: str,
        quantity: int,
        price: Decimal,
        at: datetime,
        copied: datetime,
    ) -> bool:
        """Whether a copy of then had this price as one of the moment `at` (terms/price.json)."""
        return any(
            Decimal(one["price"]) == price
            and int(one.get("min_quantity", 1)) <= quantity
            and when(one["valid_from"]) <= at
            and (not one.get("valid_to") or at < when(one["valid_to"]))
            and (not one.get("superseded_at") or copied <= when(one["superseded_at"]))
            for name in self.stores.get(store, {}).get("price_lists", ())
            for one in self.prices.get(f"{name}/{product}", ())
        )

    def stock_of(self, store: str, product: str) -> dict[str, Any] | None:
        return self.stock.get(f"{self.stores.get(store, {}).get('warehouse')}/{product}")

    def exposure(self, store: str) -> int:
        """Open items and uninvoiced orders, less money on account (terms/credit.json)."""
        account = self.credit.get(store, {})
        owed = int(account.get("open_minor", 0)) + int(account.get("ordered_minor", 0))
        return owed - int(account.get("on_account_minor", 0))

    def today(self, store: str) -> date:
        return self.day_at(store, self.now)

    def day_at(self, store: str, at: datetime) -> date:
        """The day of an instant where a store is."""
        zone = ZoneInfo(self.stores.get(store, {}).get("zone", "UTC"))
        return at.astimezone(zone).date()

    def has_closed(self, store: str, day: date) -> bool:
        """Whether it is too late for delivery on a day."""
        rule = self.cut_offs[store]
        zone = ZoneInfo(self.stores[store].get("zone", "UTC"))
        last = day - timedelta(days=int(rule["lead_days"]))
        return self.now > datetime.combine(last, time.fromisoformat(rule["at"]), zone)

    def delivers_on(self, store: str, day: date) -> bool:
        rule = self.cut_offs[store]
        weekdays = {int(one) for one in rule["weekdays"]}
        return day.isoweekday() in weekdays and day.isoformat() not in rule.get("closed_on", ())

    def next_delivery(self, store: str, after: date) -> date | None:
        """The next day that is one of the store's and still open, within some weeks."""
        days = (after + timedelta(days=n) for n in range(1, NEXT_DELIVERY_DAYS))
        open_ = (d for d in days if self.delivers_on(store, d) and not self.has_closed(store, d))
        return next(open_, None)

    def is_for(self, promotion: Mapping[str, Any], store: str) -> bool:
        place = self.stores.get(store, {}) | {"store": store}
        own = {"store": "store", "banner": "banner", "channel": "channel", "class_": "class_"}
        return all(promotion.get(of) in (None, place.get(name)) for of, name in own.items())


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list | tuple) else value
