"""What to order: a suggestion a rep can check on paper, because it hands out its arithmetic.

By offtake, when the last visit's stock is known:
    offtake = last stock + delivered since - stock now, per day of the days between
    need    = offtake per day x (days to the next visit + lead days) x 1.5
By rule 1.5, when it is not: need = sales per week x 1.5, where a slow mover's sales per week are
a fraction: one piece in a quarter of a year is not nothing.
Then: short = need - stock in the store - on the way; cases = short / case, rounded up, at least 0.

A gap on a must-stock list is filled whatever was sold: at least as many pieces as it must have
facings, less what is in the store or on the way, in whole cases.

What is on the way counts as stock, or a second visit before the lorry would order twice. A
negative offtake says that a count or a delivery is wrong: it is flagged, and rule 1.5 is used.
Last, the product's own minimum and multiple are kept.
"""

from dataclasses import dataclass
from fractions import Fraction

from sync.terms.quantity import is_allowed, raise_to_allowed, ratio_half_up

COVER = Fraction(3, 2)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is known of one product in one store. Quantities in each; None = not known.

    `sold` in the last `sold_weeks` weeks. `gap_facings`: the facings a must-stock product should
    have and was not seen with at all; 0 = no gap.
    """

    case: int
    stock_now: int
    on_the_way: int = 0
    days_to_next: int = 7
    lead_days: int = 0
    last_stock: int | None = None
    delivered: int = 0
    days_since: int | None = None
    sold: int | None = None
    sold_weeks: int = 1
    gap_facings: int = 0
    minimum: int = 1
    multiple: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the arithmetic: what it is, how it was worked out, and the figure."""

    name: str
    how: str
    value: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to order. `method` is offtake, rule_1_5, must_stock (by the gap alone) or unknown;
    `flag` says that a figure looks wrong. `quantity` is `cases` cases, or more where the
    product's minimum or multiple asks for it."""

    cases: int
    quantity: int
    method: str
    steps: tuple[Step, ...]
    flag: str | None = None


def suggest(shelf: Shelf) -> Suggestion:
    """Suggest an order for one product in one store, in whole cases."""
    steps: list[Step] = []
    method, need, flag = _need(shelf, steps)
    short = None
    if need is not None:
        short = need - shelf.stock_now - shelf.on_the_way
        how = f"{_shown(need)} - {shelf.stock_now} - {shelf.on_the_way}"
        steps.append(Step("short", how, _shown(short)))
    if shelf.gap_facings:
        gap = Fraction(shelf.gap_facings - shelf.stock_now - shelf.on_the_way)
        how = f"{shelf.gap_facings} - {shelf.stock_now} - {shelf.on_the_way}"
        steps.append(Step("gap", how, _shown(gap)))
        if short is None or gap > short:
            short, method = gap, "must_stock"
    if short is None:
        return Suggestion(0, 0, method, tuple(steps), flag)
    cases = max(0, -(-short.numerator // (short.denominator * shelf.case)))
    steps.append(Step("cases", f"{_shown(short)} / {shelf.case}", str(cases)))
    return Suggestion(cases, _allowed(shelf, cases, steps), method, tuple(steps), flag)


def _need(shelf: Shelf, steps: list[Step]) -> tuple[str, Fraction | None, str | None]:
    """(method, eaches needed until the visit after the next, what looks wrong)."""
    need, flag = _need_by_offtake(shelf, steps), None
    if need is not None and need < 0:
        need, flag = None, "negative_offtake"
    if need is not None:
        return "offtake", need, flag
    need = _need_by_rule(shelf, steps)
    return ("unknown" if need is None else "rule_1_5"), need, flag


def _need_by_offtake(shelf: Shelf, steps: list[Step]) -> Fraction | None:
    if shelf.last_stock is None or not shelf.days_since or shelf.days_since < 0:
        return None
    offtake = shelf.last_stock + shelf.delivered - shelf.stock_now
    how = f"{shelf.last_stock} + {shelf.delivered} - {shelf.stock_now}"
    steps.append(Step("offtake", how, str(offtake)))
    if offtake < 0:
        return Fraction(offtake)
    per_day = Fraction(offtake, shelf.days_since)
    steps.append(Step("offtake_per_day", f"{offtake} / {shelf.days_since}", _shown(per_day)))
    need = per_day * (shelf.days_to_next + shelf.lead_days) * COVER
    how = f"{_shown(per_day)} x ({shelf.days_to_next} + {shelf.lead_days}) x 1.5"
    steps.append(Step("need", how, _shown(need)))
    return need


def _need_by_rule(shelf: Shelf, steps: list[Step]) -> Fraction | None:
    if shelf.sold is None:
        return None
    per_week = Fraction(shelf.sold, shelf.sold_weeks)
    steps.append(Step("sold_per_week", f"{shelf.sold} / {shelf.sold_weeks}", _shown(per_week)))
    need = per_week * COVER
    steps.append(Step("need", f"{_shown(per_week)} x 1.5", _shown(need)))
    return need


def _allowed(shelf: Shelf, cases: int, steps: list[Step]) -> int:
    """Eaches in these cases, raised to what the product may be ordered in."""
    quantity = cases * shelf.case
    if not cases or is_allowed(quantity, shelf.minimum, shelf.multiple):
        return quantity
    raised = raise_to_allowed(quantity, shelf.minimum, shelf.multiple)
    how = f"{cases} x {shelf.case} -> min {shelf.minimum}, by {shelf.multiple}"
    steps.append(Step("quantity", how, str(raised)))
    return raised


def _shown(value: Fraction) -> str:
    """At most two digits after the point, half up; whole numbers without a point."""
    hundredths = ratio_half_up(value.numerator * 100, value.denominator)
    sign, size = "-" * (hundredths < 0), abs(hundredths)
    text = f"{sign}{size // 100}.{size % 100:02d}"
    return text.rstrip("0").rstrip(".")
