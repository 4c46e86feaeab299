"""What becomes of an order: all its questions, what can be had of each line, and what came out.

`judge(order, book)` changes nothing; who takes the order folds what came out into the book.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulation.audit.book import Book
from tests.simulation.audit.lines import HOLD, NOTHING_PROMISED, OF_NO_STORE, PASSING, Line, Told
from tests.simulation.audit.questions import Questions


@dataclass
class Judged:
    """What became of an order. told: (rule, line, decision, now), those for the rep's eyes."""

    outcome: str
    state: str
    store: str
    deliver_on: str | None
    net_minor: int
    exposure_minor: int
    lines: list[dict[str, Any]]
    holds: dict[str, list[int]]
    told: list[Told]
    private: list[Told]
    reserve: dict[str, int]
    caps: dict[str, int]
    is_unclear: bool = False


class Case(Questions):
    """An order while it is decided."""

    def stock(self, line: Line, taken: dict[str, int]) -> None:
        """What can be had is confirmed; what becomes of the rest is the rule's to say."""
        row, there = self.available(line.product, taken)
        percent = self.param("stock_kept", "percent")
        kept = -(-self.of_the_day(row) * percent // 100)
        is_last = self.book.products[line.product]["status"] == "sell_out"
        can, rule = min(there, line.quantity), None
        if row is None:
            rule = "stock_unknown"
        elif kept > 0 and there > 0 and line.quantity > there - kept:
            can, rule = max(0, there - kept), "stock_kept"
        elif line.quantity > there:
            short = "stock_short" if there else "stock_out"
            rule = "product_sell_out" if is_last else short
        answer = "" if rule is None else self.says(rule, line, can)
        if answer == "confirm_all":
            can = line.quantity
        rest, line.confirmed = line.quantity - can, can
        self.reserves(line.product, can, taken)
        if answer == "substitute":
            rest = self.substitute(line, rest, taken)
        if answer == "cut" or (is_last and answer != HOLD):
            self.cut(line, rest, "no_stock")
        else:
            line.backordered = rest

    def available(self, product: str, taken: dict[str, int]) -> tuple[dict[str, Any] | None, int]:
        row = self.book.stock_of(self.store, product)
        gone = int((row or {}).get("reserved", 0)) + taken.get(self.at(product), 0)
        return row, max(0, self.of_the_day(row) - gone)

    def at(self, product: str) -> str:
        return f"{self.book.stores[self.store].get('warehouse')}/{product}"

    def reserves(self, product: str, pieces: int, taken: dict[str, int]) -> None:
        if pieces:
            taken[self.at(product)] = taken.get(self.at(product), 0) + pieces

    @staticmethod
    def of_the_day(row: Mapping[str, Any] | None) -> int:
        away = sum(int((row or {}).get(name, 0)) for name in ("allocated", "blocked", "safety"))
        return max(0, int((row or {}).get("on_hand", 0)) - away)

    def cut(self, line: Line, rest: int, why: str) -> None:
        """The rest is left out; the discount is that of what is sent."""
        if rest:
            quantity = line.quantity
            self.follow(line, quantity - rest - line.cut, line.price)
            line.quantity, line.cut = quantity, line.cut + rest
            line.cut_reason = line.cut_reason or why

    def substitute(self, line: Line, rest: int, taken: dict[str, int]) -> int:
        """The rest comes as the product's substitute, at the price of what was ordered; what is
        left of the rest."""
        other = self.book.products[line.product].get("substitute")
        can = min(rest, self.available(other, taken)[1]) if other else 0
        if not can or other is None:
            return rest
        self.reserves(other, can, taken)
        self.cut(line, can, "substituted")
        n = max(one.n for one in self.lines) + 1
        new = Line(n, other, line.uom, "", can, line.price, 0, False, {}, confirmed=can)
        self.lines.append(new)
        return rest - can

    def judged(self) -> Judged:
        """All questions in their order, and what came out."""
        self.authority()
        self.order_state()
        if not self.is_rejected:
            self.store_itself()
        is_there = self.store in self.book.stores
        self.give()
        for ask in (self.product, self.price, self.promotion, self.quantity):
            if ask != self.price or is_there:
                for line in self.live:
                    ask(line)
        self.is_rejected |= not self.live
        taken: dict[str, int] = {}
        if not self.is_rejected:
            for whole in (self.whole, self.credit, self.twin, self.cut_off):
                whole()
            held = {told[0] for told in self.told if told[1] is None and told[2] == HOLD}
            for line in self.live:
                if held & NOTHING_PROMISED or line.held & NOTHING_PROMISED:
                    line.backordered = line.quantity
                elif self.comes_back:
                    line.confirmed = line.quantity
                else:
                    self.stock(line, taken)
        return self.out(taken)

    def out(self, taken: dict[str, int]) -> Judged:
        refused = {line.n: line.refused for line in self.lines if line.refused}
        told = [one for one in self.told if refused.get(one[1] or 0, one[0]) == one[0]]
        if self.is_rejected:
            told = [one for one in told if one[2] != HOLD]
        holds: dict[str, list[int]] = {}
        for rule, n, answer, _ in told:
            if answer == HOLD:
                holds.setdefault(rule, []).extend([] if n is None else [n])
        changed = any(one[2] not in PASSING for one in told)
        state = "rejected" if self.is_rejected else "held" if holds else "accepted"
        outcome = state if state != "accepted" else "adjusted" if changed else "applied"
        lines = [self.line_out(one) for one in self.lines]
        net = sum(one["net_minor"] for one in lines)
        owes = net if state == "accepted" and self.type == "sale" else 0
        private = [one for one in told if self.is_foreign and one[0] not in OF_NO_STORE]
        told = [one for one in told if one not in private]
        day = None if self.day is None else self.day.isoformat()
        return Judged(outcome, state, self.store, day, net, owes, lines, holds, told, private,
                      taken, self.promised_caps(),
                      any(line.is_unclear for line in self.live))  # fmt: skip

    def promised_caps(self) -> dict[str, int]:
        """Where nothing is promised, nothing is taken of budgets either."""
        held = {told[0] for told in self.told if told[1] is None and told[2] == HOLD}
        if self.is_rejected or held & NOTHING_PROMISED:
            return {}
        for line in self.live:
            if line.held & NOTHING_PROMISED:
                line.not_budgeted |= line.promotions.keys()
        return self.caps()

    def line_out(self, line: Line) -> dict[str, Any]:
        if line.refused:
            line.confirmed, line.backordered, line.cut = 0, 0, line.quantity
            line.promotions, line.discount, line.cut_reason = {}, 0, line.refused
        return {
            "n": line.n, "product": line.product, "ordered": line.quantity,
            "confirmed": line.confirmed, "backordered": line.backordered, "cut": line.cut,
            "cut_reason": line.cut_reason, "unit_price": line.price,
            "discount_minor": line.discount, "promotions": line.promotions,
            "net_minor": 0 if line.refused else self.net(line),
            "is_unclear": line.is_unclear, "is_substitute": not line.typed,
        }  # fmt: skip


def judge(order: Mapping[str, Any], book: Book, released: frozenset[str] = frozenset()) -> Judged:
    """What becomes of an order (as in rules/_world.json) in a book as it is now."""
    return Case(order, book, released).judged()
