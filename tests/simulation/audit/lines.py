"""What each line of an order is asked: product, price, promotion, quantity, in this order.

Inside a question the first row that is true answers (rules/_table.json has them in order).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.simulation.audit.book import Book, gross, when
from tests.simulation.audit.promotions import evaluate, is_live, speaks_of

HOLD, REJECT = "hold_for_office", "reject_line"
Told = tuple[str, int | None, str, str | None]
"""rule, line, decision, now"""
DEFAULTS = {
    **dict.fromkeys(("product_unknown", "product_blocked", "product_planned"), REJECT),
    "quantity_not_positive": REJECT, "order_empty": "reject_order",
    "price_lowered": "apply_price_now", "price_kept": "honour_quoted_price",
    "return_exceeds_delivered": "limit_to_delivered", "stock_kept": "leave_what_is_kept",
    "product_sell_out": "cut", "cut_off_passed": "move_to_next_delivery",
    "not_a_delivery_day": "move_to_next_delivery",
    **dict.fromkeys(
        ("stock_unknown", "stock_out", "stock_short"), "confirm_available_backorder_rest"
    ),
}  # fmt: skip
"""What a rule answers where nobody chose; every other rule holds."""
PARAMS = {"store_not_mine": 3, "price_kept": 3, "probable_duplicate": 80,
          "quantity_absurd": 100_000, "delivery_far_ahead": 180}  # fmt: skip
NOTHING_PROMISED = {"store_not_mine", "order_known", "currency_differs", "store_merged",
                    "store_unknown", "store_closed", "uom_unknown", "quantity_differs",
                    "quantity_absurd"}  # fmt: skip
NOT_RELEASABLE = {"order_known", "store_unknown"}
PASSING = {"let_pass", "honour_quoted_price", "honour_discount", "confirm_all"}
CAPLESS = {"promotion_unknown", "promotion_not_for_this", "promotion_ended", "discount_differs",
           "promotion_used_up"}  # fmt: skip


@dataclass
class Line:
    n: int
    product: str
    uom: str
    typed: str
    quantity: int
    price: Decimal
    discount: int
    said_minor: int
    promotions: dict[str, int]
    twice: bool = False
    refused: str | None = None
    held: set[str] = field(default_factory=set)
    confirmed: int = 0
    backordered: int = 0
    cut: int = 0
    cut_reason: str | None = None

    @property
    def own(self) -> int:
        return self.discount - sum(self.promotions.values())


class LineQuestions:
    """An order while it is asked about."""

    def __init__(self, order: Mapping[str, Any], book: Book, released: frozenset[str]) -> None:
        self.order, self.book, self.released = order, book, released
        self.store, self.type = str(order["store"]), order.get("type") or "sale"
        self.captured = min(when(order["captured_at"]), book.now)
        self.currency = str(order["currency"])
        self.day = date.fromisoformat(order["deliver_on"]) if order.get("deliver_on") else None
        self.lines = [_line(one) for one in order.get("lines", ())]
        self.told: list[Told] = []
        self.is_private = self.is_rejected = False

    @property
    def live(self) -> list[Line]:
        return [one for one in self.lines if one.refused is None]

    def param(self, rule: str, name: str) -> int:
        return self.book.policy(rule, self.store)[1].get(name, PARAMS.get(rule, 0))

    def says(self, rule: str, line: Line | None = None, now: Any = None) -> str:
        """What a rule that is true answers, noted. "" = a person let it go: ask the next."""
        if rule in self.released and rule not in NOT_RELEASABLE:
            return ""
        chosen, _ = self.book.policy(rule, self.store)
        return self.note(rule, chosen or DEFAULTS.get(rule, HOLD), line, now)

    def note(self, rule: str, answer: str, line: Line | None = None, now: Any = None) -> str:
        n = None if line is None else line.n
        self.told.append((rule, n, answer, None if now is None else str(now)))
        if line is not None and answer == HOLD:
            line.held.add(rule)
        if line is not None and answer == REJECT:
            line.refused = rule
        return answer

    def worth(self, line: Line) -> int:
        return gross(line.quantity, line.price, self.currency)

    def net(self, line: Line) -> int:
        return gross(line.quantity - line.cut, line.price, self.currency) - line.discount

    def product(self, line: Line) -> None:
        status = self.book.products.get(line.product, {"status": "unknown"})["status"]
        if status in ("unknown", "blocked", "planned"):
            self.says(f"product_{status}", line, None if status == "unknown" else status)

    def price(self, line: Line) -> None:
        book = self.book
        now = book.price(self.store, line.product, line.quantity, book.now)
        if now is None:
            self.says("price_unknown", line)
        elif now != line.price:
            grace = timedelta(days=self.param("price_kept", "grace_days"))
            seen = self.order.get("price_as_of")
            copied = when(seen) if seen else self.captured
            rightly = self.captured - copied <= grace and book.was_on_copy(
                self.store, line.product, line.quantity, line.price, self.captured, copied
            )
            dearer = "price_kept" if rightly else "price_raised"
            rule = "price_lowered" if now < line.price else dearer
            if self.says(rule, line, now) == "apply_price_now":
                line.price = now
                self.anew(line)

    def anew(self, line: Line) -> None:
        """Promotions follow what was changed; what the rep gave beside them stays."""
        own, line.promotions = line.own, self.given().get(line.n, {})
        self.takes_off(line, line.promotions, own)

    def takes_off(self, line: Line, promotions: dict[str, int], own: int) -> None:
        line.promotions = {pid: minor for pid, minor in promotions.items() if minor}
        line.discount = max(0, own) + sum(promotions.values())
        line.said_minor = self.net(line)

    def given(self) -> dict[int, dict[str, int]]:
        """What promotions give on the lines as they stand, at the capture."""
        running = {
            pid: one
            for pid, one in self.book.promotions.items()
            if self.book.is_for(one, self.store) and is_live(one, self.captured)
        }
        lines = [
            {"n": one.n, "product": one.product, "quantity": one.quantity, "named": one.promotions,
             "gross_minor": gross(one.quantity, one.price, self.currency)}
            for one in self.live if one.quantity > 0
        ]  # fmt: skip
        return evaluate(lines, running)

    def promotion(self, line: Line) -> None:
        named, promotions = line.promotions, self.book.promotions
        known = {pid: promotions[pid] for pid in named if pid in promotions}
        fits = {
            pid: one
            for pid, one in known.items()
            if self.book.is_for(one, self.store) and speaks_of(one, line.product)
        }
        runs = {pid for pid, one in fits.items() if is_live(one, self.captured)}
        for rule, wrong in (
            ("promotion_unknown", named.keys() - known),
            ("promotion_not_for_this", known.keys() - fits.keys()),
            ("promotion_ended", fits.keys() - runs),
        ):
            if wrong and (answer := self.says(rule, line)):
                if answer == "drop_discount":
                    own, left = line.own, {p: m for p, m in named.items() if p not in wrong}
                    self.takes_off(line, left, own)
                return
        gives = {p: m for p, m in self.given().get(line.n, {}).items() if m}
        differs = line.twice or line.own < 0 or {p: m for p, m in named.items() if m} != gives
        if differs and (answer := self.says("discount_differs", line)):
            if answer == "apply_promotion":
                self.takes_off(line, gives, line.own)
            return
        left_of = {pid: self.left_of(pid, line) for pid in runs}
        if any(left_of[pid] < named[pid] for pid in runs) and (
            answer := self.says("promotion_used_up", line)
        ):
            if answer == "limit_to_budget":
                least = {pid: min(minor, max(0, left_of[pid])) for pid, minor in named.items()}
                self.takes_off(line, least, line.own)
            return
        if self.type == "free":  # all of it is a gift, which order_needs_approval asks about
            return
        allowed = Fraction(self.worth(line) * self.param("discount_not_granted", "percent"), 100)
        if line.own > allowed and self.says("discount_not_granted", line) == "drop_discount":
            self.takes_off(line, named, 0)

    def left_of(self, pid: str, line: Line) -> int:
        """What is left of a promotion for a line: of its budget, and of the store's share."""
        one, taken, left = self.book.promotions[pid], self.caps(line).get(pid, 0), [10**18]
        if one.get("cap_left_minor") is not None:
            left.append(int(one["cap_left_minor"]) - taken)
        if one.get("store_cap_minor") is not None:
            used = int(one.get("used_minor", {}).get(self.store, 0))
            left.append(int(one["store_cap_minor"]) - used - taken)
        return min(left)

    def caps(self, before: Line | None = None) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in self.live:
            if line is before:
                break
            if not line.held & CAPLESS:
                for pid, minor in line.promotions.items():
                    found[pid] = found.get(pid, 0) + minor
        return found

    def quantity(self, line: Line) -> None:
        if line.quantity <= 0:
            self.says("quantity_not_positive", line)
            return
        product = self.book.products[line.product]
        asked = (
            self.is_typed_otherwise(line, product.get("uoms", {}))
            or (self.type == "return" and self.gives_back(line))
            or (
                line.quantity > self.param("quantity_absurd", "maximum")
                and self.says("quantity_absurd", line)
            )
            or (line.said_minor != self.net(line) and self.says("line_total_differs", line))
        )
        if asked:
            return
        least, multiple = int(product.get("min_quantity", 1)), int(product.get("multiple", 1))
        up = -(-max(line.quantity, least) // multiple) * multiple
        for rule, is_true in (
            ("quantity_below_minimum", line.quantity < least),
            ("quantity_not_multiple", line.quantity % multiple != 0),
        ):
            if is_true and (answer := self.says(rule, line, up)):
                if answer == "raise_to_whole":
                    line.quantity = up
                    self.anew(line)
                return

    def is_typed_otherwise(self, line: Line, uoms: Mapping[str, Any]) -> bool:
        """What was typed, in pieces, against the line's quantity; whether it answered."""
        if line.uom not in uoms:
            return bool(self.says("uom_unknown", line))
        num, den = uoms[line.uom]
        typed = Fraction(Decimal(line.typed)) * int(num) / int(den)
        if typed == line.quantity:
            return False
        if typed.denominator != 1:
            return bool(self.note("quantity_differs", HOLD, line))
        answer = self.says("quantity_differs", line, int(typed))
        if answer != HOLD:
            line.quantity = int(typed)
            self.anew(line)
        return bool(answer)

    def gives_back(self, line: Line) -> bool:
        """A return of more than came, of an order that is here; whether it answered."""
        came = self.book.returnable.get(str(self.order.get("about")))
        if came is None:
            return False
        before = [one for one in self.live if one.product == line.product and one.n < line.n]
        rest = int(came.get(line.product, 0)) - sum(one.quantity for one in before)
        if line.quantity <= rest:
            return False
        answer = self.says("return_exceeds_delivered", line, max(0, rest))
        if answer == "limit_to_delivered" and rest > 0:
            line.quantity = rest
            self.anew(line)
        elif answer == "limit_to_delivered":
            line.refused = "return_exceeds_delivered"
        return bool(answer)


def _line(row: Mapping[str, Any]) -> Line:
    named = [(one["promotion"], int(one["discount_minor"])) for one in row.get("promotions") or ()]
    promotions: dict[str, int] = {}
    for pid, minor in named:
        promotions[pid] = promotions.get(pid, 0) + minor
    return Line(
        int(row["n"]), row["product"], row["uom"], row["typed"], int(row["quantity"]),
        Decimal(row["unit_price"]), int(row.get("discount_minor") or 0), int(row["net_minor"]),
        promotions, len(named) != len(promotions),
    )  # fmt: skip
