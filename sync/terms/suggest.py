"""What to order: a suggestion a rep can check on paper, because it hands out its arithmetic.

By offtake, when the last visit's stock is known:
    offtake = last stock + delivered since - stock now, per day of the days between
    need    = offtake per day x (days to the next visit + lead days) x 1.5
By rule 1.5, when it is not: need = sales per week x 1.5.
Then: short = need - stock in the store - on the way; cases = short / case, rounded up, at least 0.

What is on the way counts as stock in both, or a second visit before the lorry would order twice.
A negative offtake says that a count or a delivery is wrong: it is flagged, and rule 1.5 is used.
"""

from dataclasses import dataclass
from fractions import Fraction

from sync.terms.quantity import ratio_half_up

COVER = Fraction(3, 2)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is known of one product in one store. Quantities in each; None = not known."""

    case: int
    stock_now: int
    on_the_way: int = 0
    days_to_next: int = 7
    lead_days: int = 0
    last_stock: int | None = None
    delivered: int = 0
    days_since: int | None = None
    sold_per_week: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the arithmetic: what it is, how it was worked out, and the figure."""

    name: str
    how: str
    value: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to order. `method` is offtake, rule_1_5 or unknown; `flag` says a figure looks wrong."""

    cases: int
    quantity: int
    method: str
    steps: tuple[Step, ...]
    flag: str | None = None


def suggest(shelf: Shelf) -> Suggestion:
    """Suggest an order for one product in one store, in whole cases."""
    steps: list[Step] = []
    flag = None
    need = _need_by_offtake(shelf, steps)
    method = "offtake"
    if need is not None and need < 0:
        need, flag = None, "negative_offtake"
    if need is None:
        need, method = _need_by_rule(shelf, steps), "rule_1_5"
    if need is None:
        return Suggestion(0, 0, "unknown", tuple(steps), flag)
    short = need - shelf.stock_now - shelf.on_the_way
    how = f"{_shown(need)} - {shelf.stock_now} - {shelf.on_the_way}"
    steps.append(Step("short", how, _shown(short)))
    cases = max(0, -(-short.numerator // (short.denominator * shelf.case)))
    steps.append(Step("cases", f"{_shown(short)} / {shelf.case}", str(cases)))
    return Suggestion(cases, cases * shelf.case, method, tuple(steps), flag)


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
    if shelf.sold_per_week is None:
        return None
    need = shelf.sold_per_week * COVER
    steps.append(Step("need", f"{shelf.sold_per_week} x 1.5", _shown(need)))
    return need


def _shown(value: Fraction) -> str:
    """At most two digits after the point, half up; whole numbers without a point."""
    hundredths = ratio_half_up(value.numerator * 100, value.denominator)
    sign, size = "-" * (hundredths < 0), abs(hundredths)
    text = f"{sign}{size // 100}.{size % 100:02d}"
    return text.rstrip("0").rstrip(".")
