"""The frequency adviser as a page shows it: figures a visit, a sentence, sums, an order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routes.adviser import FOUR_WEEKS, Advice, Effect, Worth, total
from server.office.words import money

ACTS = {
    "raise": ("See more often", "arrow", "go"),
    "cut": ("See less often", "dash", "wait"),
    "keep": ("Keep", "check", "calm"),
}
"""Advice -> word, mark, tone."""
SURE = {
    "none": "not enough seen",
    "low": "little seen",
    "fair": "enough seen",
    "good": "well seen",
}
NOT_JUDGED = ("not_enough_seen", "nothing_to_compare", "no_frequency")


@dataclass(frozen=True)
class Line:
    """One store's row. Money in minor units; None: not known."""

    row: Any
    advice: Advice
    made_4w: float | None
    value_visit: float | None
    margin_visit: float | None
    cost_visit: float | None
    drive_min: float
    why: str

    @property
    def act(self) -> tuple[str, str, str]:
        return ACTS[self.advice.act]

    @property
    def sure(self) -> str:
        return SURE[self.advice.confidence]


@dataclass(frozen=True)
class Group:
    """The stores of a class together, or all of them (`name` "")."""

    name: str
    stores: int
    made: int
    value_visit: float | None
    margin_visit: float | None
    cost_visit: float | None
    visit_min: float | None
    drive_min: float | None
    offtake_day: float | None
    out_rate: float | None
    lost: float


def lines_of(
    rows: Iterable[Any], advice: Iterable[Advice], worth: Worth, currency: str
) -> list[Line]:
    """Rows of stores and their advice, in the same order, as lines."""
    return [
        _line(row, one, worth, currency) for row, one in zip(rows, advice, strict=True)
    ]  # fmt: skip


def _line(row: Any, one: Advice, worth: Worth, currency: str) -> Line:
    seen, drive = one.seen, one.detour.usual_min
    value = seen.sales_minor / seen.made if seen.made else None
    return Line(
        row,
        one,
        seen.made * FOUR_WEEKS / seen.days if seen.days else None,
        value,
        _margin(value, worth),
        _cost(seen.visit_min + drive, worth),
        drive,
        why(one, currency),
    )


def _margin(value: float | None, worth: Worth) -> float | None:
    if value is None or not worth.margin_percent:
        return None
    return value * worth.margin_percent / 100


def _cost(minutes: float, worth: Worth) -> float | None:
    return None if worth.hour_minor is None else minutes / 60 * worth.hour_minor


def why(one: Advice, currency: str) -> str:
    """Why, in a sentence with its figures."""
    seen = one.seen

    def sum_of(minor: float | None) -> str:
        return money(None if minor is None else round(minor), currency)

    hour, bar = sum_of(one.hour_minor), sum_of(one.bar_minor)
    out = f"{100 * (seen.out_rate or 0):.0f} %"
    due = round((seen.agreed or 0) * seen.days / FOUR_WEEKS)
    said = {
        "no_frequency": "Nobody said how often: give it a class or visits in four weeks.",
        "not_enough_seen": f"{_seen(seen.made, seen.days)}; advice needs 3 visits in 8 weeks.",
        "nothing_to_compare": "Fewer than five of the rep's stores are seen enough to compare"
        " hours with each other.",
        "visits_not_made": f"Worth more, but only {seen.made} of {due} visits agreed were made:"
        " make those first.",
        "brings_more": f"An hour more here would bring {hour}; the bar is {bar}.",
        "runs_out": f"An hour less would lose only {hour}, but {out} of its shelf is empty when"
        " the rep comes: not fewer.",
        "brings_little": f"An hour less would lose {hour}; the bar is {bar}.",
        "as_elsewhere": f"An hour more would bring {hour}: near the bar of {bar}."
        if one.hour_minor is not None
        else "Brings as much per hour as the other stores.",
    }[one.why]
    if one.why == "brings_more" and one.lost_minor >= 1:
        said += f" {out} of its shelf was empty: about {sum_of(one.lost_minor)} lost in four weeks."
    return said


def _seen(made: int, days: int) -> str:
    if not made:
        return "No visit seen yet"
    weeks = "1 week" if days // 7 == 1 else f"{days // 7} weeks"
    return f"Only {made} {'visit' if made == 1 else 'visits'} seen in {weeks}"


# --- sums and order ------------------------------------------------------------------------------


def groups_of(lines: Sequence[Line], worth: Worth) -> list[Group]:
    """One group a class, A first, stores without one last; then all together."""
    classes = sorted({one.advice.seen.store_class for one in lines}, key=lambda c: (not c, c))
    made = [
        _group(name or "none", [one for one in lines if one.advice.seen.store_class == name], worth)
        for name in classes
    ]
    return [*made, _group("", lines, worth)] if len(made) > 1 else made


def _group(name: str, lines: Sequence[Line], worth: Worth) -> Group:
    seen = [one.advice.seen for one in lines]
    made, listed = sum(one.made for one in seen), sum(one.listed for one in seen)
    offtake = [one.offtake_day for one in seen if one.offtake_day is not None]
    value = sum(one.sales_minor for one in seen) / made if made else None
    visit = sum(one.visit_min * one.made for one in seen) / made if made else None
    drive = sum(one.drive_min * one.advice.seen.made for one in lines) / made if made else None
    return Group(
        name,
        len(lines),
        made,
        value,
        _margin(value, worth),
        None if visit is None or drive is None else _cost(visit + drive, worth),
        visit,
        drive,
        sum(offtake) / len(offtake) if offtake else None,
        sum(one.out for one in seen) / listed if listed else None,
        sum(one.advice.lost_minor for one in lines),
    )


def whole(lines: Iterable[Line]) -> dict[str, Any]:
    """All advice together: how many, and what it would do; raises and cuts apart, too."""
    advised = [one.advice for one in lines if one.advice.act != "keep"]
    parts = {act: [one for one in advised if one.act == act] for act in ("raise", "cut")}
    return {
        "count": len(advised),
        "effect": total(advised) if advised else Effect(),
        "parts": {act: (len(some), total(some)) for act, some in parts.items()},
    }


_RANK = {"raise": 0, "cut": 1, "keep": 2}
SORTS: Mapping[str, Callable[[Line], Any]] = {
    "advice": lambda one: (
        _RANK[one.advice.act], one.advice.why in NOT_JUDGED, -abs(one.advice.effect.sales_minor),
    ),
    "store": lambda one: one.row.name.casefold(),
    "class": lambda one: (not one.row.store_class, one.row.store_class),
    "value": lambda one: -(one.value_visit or 0.0),
    "lost": lambda one: -one.advice.lost_minor,
    "hours": lambda one: one.advice.effect.hours,
    "seen": lambda one: -one.advice.seen.made,
}  # fmt: skip
"""What the page may be sorted by; stores of equal rank stay by name."""


def in_order(lines: Iterable[Line], by: str) -> list[Line]:
    return sorted(lines, key=SORTS.get(by, SORTS["advice"]))
