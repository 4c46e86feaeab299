"""The form that asks for a plan: what it offers, what it took, and what is wrong with it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from server.planning import MOST_WEEKS, Ask

STEADY = {
    0.0: ("Free", "the least driving, whatever moves"),
    15.0: ("Usual", "a visit changes its day if that saves 15 minutes"),
    45.0: ("Steady", "only if it saves 45 minutes"),
    120.0: ("Very steady", "almost nothing moves but what has to"),
}
"""Minutes of driving that moving a visit must save -> how that is called."""
SECONDS = (5, 20, 60, 180)
USUAL_SECONDS, USUAL_STEADY, USUAL_WEEKS = 20, 15.0, 4


@dataclass
class Form:
    """The form as it is shown: what was typed, and what is wrong, by field."""

    reps: Sequence[str] = ()
    first_day: str = ""
    weeks: str = str(USUAL_WEEKS)
    seconds: str = str(USUAL_SECONDS)
    steady: str = f"{USUAL_STEADY:g}"
    faults: dict[str, str] = field(default_factory=dict)


def blank(today: date, reps: Collection[str]) -> Form:
    """The form before anything is typed: everybody, from next Monday."""
    monday = today + timedelta(days=7 - today.weekday())
    return Form(reps=list(reps), first_day=monday.isoformat())


def taken(
    company: str, typed: Mapping[str, str], reps: Sequence[str], known: Collection[str],
    today: date,
) -> tuple[Ask | None, Form]:  # fmt: skip
    """What was asked, or None and the form with every fault in it."""
    first_day, weeks_, seconds_, steady_ = (
        typed.get(name, "").strip()[:20] for name in ("first_day", "weeks", "seconds", "steady")
    )
    form = Form(list(reps), first_day, weeks_, seconds_, steady_)
    if not reps:
        form.faults["reps"] = "Tick at least one rep."
    elif not set(reps) <= set(known):
        form.faults["reps"] = "One of these reps is not yours to plan."
    first = _first(form, today)
    weeks = _number(form, "weeks", form.weeks, 1, MOST_WEEKS)
    seconds = _number(form, "seconds", form.seconds, 1, 600)
    steady = _number(form, "steady", form.steady, 0, 1_000)
    if form.faults or first is None:
        return None, form
    ask = Ask(
        company, tuple(dict.fromkeys(reps)), first, int(weeks), seconds=seconds,
        stability_min=steady,
    )  # fmt: skip
    return ask, form


def _first(form: Form, today: date) -> date | None:
    try:
        first = date.fromisoformat(form.first_day)
    except ValueError:
        form.faults["first_day"] = "Choose the Monday the cycle begins with."
        return None
    if first.weekday() != 0:
        monday = first - timedelta(days=first.weekday())
        form.faults["first_day"] = (
            f"A cycle begins on a Monday; {first:%-d %B} is a {first:%A}."
            f" The Monday before it is {monday:%-d %B}."
        )
    elif first <= today:
        form.faults["first_day"] = "That week has begun; days that have begun are the rep's."
    elif first > today + timedelta(days=366):
        form.faults["first_day"] = "That is more than a year away."
    return first


def _number(form: Form, name: str, text: str, least: int, most: int) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not least <= number <= most or (name == "weeks" and number != int(number)):
        form.faults[name] = f"A number from {least} to {most}."
    return number
