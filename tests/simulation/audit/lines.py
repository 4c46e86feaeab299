"""What each line of an order is asked: product, price, promotion, quantity, in this order.

Inside a question the first row that is true answers (rules/_table.json has them in order).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.simulation.audit.book import Book, gross, half_up, when
from tests.simulation.audit.promotions import Rate, evaluate, is_live, rate_of, speaks_of

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
OF_NO_STORE = {"store_not_mine", "product_unknown", "product_blocked", "product_planned"}
"""What says nothing about a store: a rep without a right to it may read these."""
PASSING = {"let_pass", "honour_quoted_price", "honour_discount", "confirm_all"}


@dataclass
class Line:
    n: int
    product: str
    uom: str
    typed: str
    quantity: int
    price: Decimal
    discount: int
    is_wrong_sum: bool
    promotions: dict[str, int]
    rates: dict[str, Rate] = field(default_factory=dict)
    was_wrong: set[str] = field(default_factory=set)
    is_unclear: bool = False
    budgeted: set[str] = field(default_factory=set)
    not_budgeted: set[str] = field(default_factory=set)
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
        self.lines = [_line(one, self.currency) for one in order.get("lines", ())]
        self.told: list[Told] = []
        self.given: dict[tuple[int, str], Rate] = {}
        self.is_foreign = self.is_rejected = False
        self.comes_back = self.type == "return"
        """The store has the goods: what it may be sold, when, and for how much is no question."""

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
        if status == "unknown" or (status in ("blocked", "planned") and not self.comes_back):
            self.says(f"product_{status}", line, None if status == "unknown" else status)

    def price(self, line: Line) -> None:
        book = self.book
        if self.type != "sale":  # nothing is sold
            return
        now = book.price(self.store, line.product, line.quantity, book.now)
        if now is None:
            self.says("price_unknown", line)
        elif now != line.price:
            grace = timedelta(days=self.param("price_kept", "grace_days"))
            seen = self.order.get("price_as_of")
            copied = min(when(seen), self.captured) if seen else self.captured
            rightly = self.captured - copied <= grace and book.was_on_copy(
                self.store, line.product, line.quantity, line.price, self.captured, copied
            )
            dearer = "price_kept" if rightly else "price_raised"
            rule = "price_lowered" if now < line.price else dearer
            if self.says(rule, line, now) == "apply_price_now":
                self.follow(line, line.quantity, now)

    def follow(self, line: Line, quantity: int, price: Decimal) -> None:
        """Another quantity or price stands; what promotions give on the line follows it, and so
        does what the rep gave beside them, where it is another quantity."""
        own = line.own
        line.is_unclear |= bool(line.was_wrong & line.promotions.keys())
        if quantity != line.quantity and line.quantity:
            own = half_up(Fraction(own * quantity, line.quantity))
        line.quantity, line.price = quantity, price
        left = self.worth(line)
        for pid, rate in line.rates.items():
            off = rate.off(quantity, left)
            line.promotions[pid] = min(off, line.promotions[pid]) if pid in line.budgeted else off
            left -= line.promotions[pid]
        line.discount = own + sum(line.promotions.values())

    def give(self) -> None:
        """What the promotions named give on the order as it was taken, also those that ended or
        are for others: each is asked about. From then on a line keeps their rates."""
        running = self.book.promotions
        rows = [
            {"n": one.n, "product": one.product, "quantity": one.quantity, "named": one.promotions,
             "gross_minor": self.worth(one)}
            for one in self.lines if one.quantity > 0
        ]  # fmt: skip
        given = evaluate(rows, running)
        for line in self.lines:
            left = self.worth(line)
            for pid, minor in line.promotions.items():
                off = given.get(line.n, {}).get(pid, 0)
                one = running.get(pid, {}) | {"id": pid}
                must = rate_of(one, line, rows, off, left) if off else Rate(None, None)
                self.given[line.n, pid], left = must, left - off
                is_right = off == minor and not line.twice
                line.rates[pid] = must if is_right else wrong(line, minor)
                if not is_right and minor:
                    line.was_wrong.add(pid)

    def promotion(self, line: Line) -> None:
        if self.comes_back:  # whatever it was once sold with, nothing is given for it now
            return
        left = self.worth(line)
        for pid in list(line.promotions):
            minor = line.promotions[pid]
            self.part(line, pid, left)
            left -= minor
        if self.type == "free":  # all of it is a gift, which order_needs_approval asks about
            return
        allowed = Fraction(self.worth(line) * self.param("discount_not_granted", "percent"), 100)
        if line.own > allowed and self.says("discount_not_granted", line) == "drop_discount":
            line.discount -= line.own

    def part(self, line: Line, pid: str, left: int) -> None:
        """One promotion a line names: the first row that is true answers. What its arithmetic
        makes of it is asked on."""
        one, was = self.book.promotions.get(pid, {}), len(self.told)
        fits = self.book.is_for(one, self.store) and speaks_of(one, line.product)
        for rule, is_true in (
            ("promotion_unknown", not one),
            ("promotion_not_for_this", one and not fits),
            ("promotion_ended", one and not is_live(one, self.captured)),
        ):
            if is_true and (answer := self.says(rule, line)):
                if answer == "drop_discount":
                    self.takes(line, pid, 0)
                if answer != "honour_discount":
                    break
        else:
            gives = self.given[line.n, pid].off(line.quantity, left)
            first = pid == next(iter(line.promotions))
            differs = line.promotions[pid] != gives or (first and (line.twice or line.own < 0))
            answer = self.says("discount_differs", line) if differs else ""
            if answer == "apply_promotion":
                line.discount += max(0, -line.own)
                line.rates[pid] = self.given[line.n, pid]
                self.takes(line, pid, gives, line.rates[pid])
            budget = self.left_of(pid, line)
            is_over = answer != HOLD and budget < line.promotions[pid]
            if is_over and self.says("promotion_used_up", line) == "limit_to_budget":
                self.takes(line, pid, max(0, budget))
        if any(told[2] == HOLD for told in self.told[was:]):
            line.not_budgeted.add(pid)
        else:
            line.budgeted.add(pid)

    def takes(self, line: Line, pid: str, minor: int, rate: Rate | None = None) -> None:
        line.discount += minor - line.promotions[pid]
        line.promotions[pid] = minor
        line.rates[pid] = rate or wrong(line, minor)

    def left_of(self, pid: str, line: Line) -> int:
        """What is left of a promotion for a line: of its budget, and of the store's share."""
        one, taken, left = self.book.promotions.get(pid), self.caps(line).get(pid, 0), [10**18]
        if one is not None and one.get("cap_left_minor") is not None:
            left.append(int(one["cap_left_minor"]) - taken)
        if one is not None and one.get("store_cap_minor") is not None:
            used = int(one.get("used_minor", {}).get(self.store, 0))
            left.append(int(one["store_cap_minor"]) - used - taken)
        return min(left)

    def caps(self, before: Line | None = None) -> dict[str, int]:
        """What the order takes of budgets (up to a line): nothing of what a person must see."""
        found: dict[str, int] = {}
        for line in () if self.comes_back else self.live:
            if line is before:
                break
            for pid, minor in line.promotions.items():
                if pid not in line.not_budgeted and pid in self.book.promotions and minor:
                    found[pid] = found.get(pid, 0) + minor
        return found

    def quantity(self, line: Line) -> None:
        if line.quantity <= 0:
            self.says("quantity_not_positive", line)
            return
        product = self.book.products[line.product]
        units = dict(product.get("uoms", {}))
        if self.comes_back:  # opened cases too: by the piece, and by what it is not ordered by
            units = {"each": (1, 1), **product.get("uoms_back", {}), **units}
        asked = (
            self.is_typed_otherwise(line, units)
            or (self.comes_back and self.gives_back(line))
            or (
                line.quantity > self.param("quantity_absurd", "maximum")
                and self.says("quantity_absurd", line)
            )
            or (line.is_wrong_sum and self.says("line_total_differs", line) == HOLD)
        )
        if asked or self.comes_back:  # how many are sold at once was asked when they were sold
            return
        least, multiple = int(product.get("min_quantity", 1)), int(product.get("multiple", 1))
        up = -(-max(line.quantity, least) // multiple) * multiple
        for rule, is_true in (
            ("quantity_below_minimum", line.quantity < least),
            ("quantity_not_multiple", line.quantity % multiple != 0),
        ):
            if is_true and (answer := self.says(rule, line, up)):
                if answer == "raise_to_whole":
                    self.follow(line, up, line.price)
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
            self.follow(line, int(typed), line.price)
        return answer == HOLD

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
            self.follow(line, rest, line.price)
        elif answer == "limit_to_delivered":
            line.refused = "return_exceeds_delivered"
        return bool(answer)


def wrong(line: Line, minor: int) -> Rate:
    """What no promotion gives goes with the pieces."""
    return Rate(Fraction(minor, line.quantity or 1), None)


def _line(row: Mapping[str, Any], currency: str) -> Line:
    named = [(one["promotion"], int(one["discount_minor"])) for one in row.get("promotions") or ()]
    promotions: dict[str, int] = {}
    for pid, minor in named:
        promotions[pid] = promotions.get(pid, 0) + minor
    price, discount = Decimal(row["unit_price"]), int(row.get("discount_minor") or 0)
    quantity = int(row["quantity"])
    return Line(
        int(row["n"]), row["product"], row["uom"], row["typed"], quantity,
        price, discount, int(row["net_minor"]) != gross(quantity, price, currency) - discount,
        promotions, twice=len(named) != len(promotions),
    )  # fmt: skip
