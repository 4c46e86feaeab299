"""A plan that is not published, changed by hand: visits moved to other days, placed, taken off,
locked.

Days that change are put in order again and get new times; whatever is unusual about them is told
and done all the same, for people know what a plan does not. Each change keeps the rows it wrote
over, so the last ones can be undone, one by one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from server.access.people import Person
from server.office.planning import queries
from server.office.planning.board import board_of, driving
from server.office.planning.cards import Card, Setting
from server.office.planning.reading import settled
from server.office.planning.timing import clock, ordered
from server.office.planning.words import FAULTS, hours, weekday
from sync.audit import note
from sync.desk.edits import Hand, Refused

MOST_EDITS = 20
"""Changes that can be undone."""
ACTS = ("move", "off", "lock", "unlock")


@dataclass(frozen=True)
class Wish:
    """What somebody wants of some visits of a rep. `day`: for "move" alone."""

    rep: str
    visits: tuple[str, ...]
    act: str
    day: date | None = None


@dataclass(frozen=True)
class Told:
    """What came of it: one sentence, and what is unusual about the days now."""

    said: str
    warnings: tuple[str, ...] = ()


def change(conn: Connection, person: Person, plan: Any, wish: Wish, hand: Hand) -> Told:
    """Do it. `plan` is locked (queries.lock). Raises Refused, whose words say why not."""
    _open(plan)
    setting, cards = _cards(conn, person, plan, wish.rep)
    chosen = [card for card in cards if card.id in wish.visits]
    if not chosen or len(chosen) < len(set(wish.visits)):
        raise Refused("choose visits of this plan first")
    changed = _wished(chosen, cards, wish, plan)
    now = _in_order(setting, {c.id: c for c in cards} | {c.id: c for c in changed}, chosen, changed)
    before = {card.id: card for card in cards}
    differing = [card for card in now.values() if card != before[card.id]]
    if not differing:
        return Told("Nothing is different.")
    queries.place(conn, plan.id, [_row(card) for card in differing])
    said = _said(chosen, wish)
    kept = queries.edits(conn, plan.id)
    kept.append(
        {
            "what": said,
            "rep": wish.rep,
            "by": hand.by,
            "at": hand.now.isoformat(),
            "rows": [_row(before[card.id]) for card in differing],
        }
    )
    _keep(conn, plan, kept[-MOST_EDITS:], setting, list(now.values()))
    _note(conn, plan, "plan.changed", hand, setting, said)
    saved = driving(setting, now.values()) - driving(setting, cards)
    return Told(_with_driving(said, saved), tuple(_warnings(setting, now, changed, plan)))


def undo(conn: Connection, person: Person, plan: Any, hand: Hand) -> tuple[str, Told]:
    """Take the last change back; the rep it was about, and what came of it."""
    _open(plan)
    kept = queries.edits(conn, plan.id)
    if not kept:
        raise Refused("there is nothing to undo")
    last = kept.pop()
    queries.place(conn, plan.id, last["rows"])
    setting, cards = _cards(conn, person, plan, last["rep"])
    _keep(conn, plan, kept, setting, cards)
    _note(conn, plan, "plan.change_undone", hand, setting, last["what"])
    return last["rep"], Told(f"Undone: {last['what'][0].lower()}{last['what'][1:]}")


def _open(plan: Any) -> None:
    if plan.state != "ready":
        raise Refused(f"this plan is {plan.state}: only one that is ready can be changed")


def _cards(conn: Connection, person: Person, plan: Any, rep: str) -> tuple[Setting, list[Card]]:
    if rep not in plan.reps:
        raise Refused("this plan is not of that rep")
    rows = queries.visits(conn, person.cells, plan.id, [rep])
    found = settled(conn, person, rows, [rep], plan.first_day, plan.weeks)
    if not found:
        raise Refused("there is no such rep any more")
    return found[0]


def _wished(chosen: Sequence[Card], cards: Sequence[Card], wish: Wish, plan: Any) -> list[Card]:
    """The chosen cards as they are wanted, before days are put in order."""
    if wish.act in ("lock", "unlock"):
        nowhere = [card for card in chosen if card.day is None]
        if nowhere:
            raise Refused(f"{nowhere[0].name} has no day to be locked to")
        fixed = [card for card in chosen if card.is_fixed and wish.act == "unlock"]
        if fixed:
            raise Refused(
                f"{fixed[0].name} is an appointment in what is published: loosen it there"
            )
        return [replace(card, is_locked=wish.act == "lock") for card in chosen]
    held = [card for card in chosen if card.is_locked]
    if held:
        raise Refused(f"{held[0].name} is locked: unlock it first")
    if wish.act == "off":
        return [_moved(card, None) for card in chosen if card.day is not None]
    if wish.act != "move" or wish.day is None:
        raise Refused("choose a day")
    if not plan.first_day <= wish.day <= plan.last_day:
        raise Refused("that day is not in the plan")
    going = [card for card in chosen if card.day != wish.day]
    seen = [card.store for card in cards if card.day == wish.day]
    for card in going:
        if card.store in seen:
            raise Refused(f"{card.name} is seen on {weekday(wish.day)} already")
        seen.append(card.store)
    return [_moved(card, wish.day) for card in going]


def _moved(card: Card, day: date | None) -> Card:
    """A card on another day, or on none; `was_day` stays the day of the published stop."""
    published = card.was_day or card.day if card.stop else None
    why: dict[str, Any] = {"why": "office"}
    if card.day is not None:
        why["from_day"] = card.day.isoformat()
    was = published if published != day else None
    return replace(card, day=day, sequence=0, arrives_min=None, was_day=was, why=why)


def _in_order(
    setting: Setting, cards: dict[str, Card], chosen: Iterable[Card], changed: Sequence[Card]
) -> dict[str, Card]:
    """All cards, those of days that lost or got a visit in order again, with times."""
    before = {card.id: card for card in chosen}
    days = {d for c in changed if c.day != before[c.id].day for d in (c.day, before[c.id].day)}
    for day in sorted(day for day in days if day is not None):
        order = ordered(setting, day, [card for card in cards.values() if card.day == day])
        times = clock(setting, day, order)
        for place, (card, begins) in enumerate(zip(order, times.begins, strict=True), 1):
            cards[card.id] = replace(card, sequence=place, arrives_min=round(begins))
    return cards


def _row(card: Card) -> dict[str, Any]:
    """A card as the columns that a hand changes."""
    return {
        "id": card.id,
        "day": card.day,
        "sequence": card.sequence or None,
        "arrives_minute": None if card.arrives_min is None else round(card.arrives_min),
        "is_locked": card.is_locked,
        "was_day": card.was_day,
        "why": dict(card.why),
    }


def _keep(
    conn: Connection, plan: Any, kept: list[dict[str, Any]], setting: Setting, cards: list[Card]
) -> None:
    sums = board_of(setting, cards, plan.first_day, plan.weeks).sums
    figures = {
        "driving_min": sums.drive_min,
        "placed": sums.visits,
        "longest_day_min": sums.longest_min,
    }
    queries.keep_edits(conn, plan.id, kept, {setting.rep: figures})


def _said(chosen: Sequence[Card], wish: Wish) -> str:
    names = ", ".join(card.name for card in chosen[:3])
    names += f" and {len(chosen) - 3} more" if chosen[3:] else ""
    if wish.act == "move":
        return f"{names} moved to {weekday(wish.day)}."
    done = {"off": "taken off the plan", "lock": "locked", "unlock": "unlocked"}
    return f"{names} {done[wish.act]}."


def _with_driving(said: str, more_min: float) -> str:
    if abs(more_min) < 0.5:
        return said
    return f"{said} {hours(abs(more_min))} {'more' if more_min > 0 else 'less'} driving."


def _warnings(
    setting: Setting, now: dict[str, Card], changed: Sequence[Card], plan: Any
) -> Iterable[str]:
    """What is unusual about the days that were changed."""
    board = board_of(setting, list(now.values()), plan.first_day, plan.weeks)
    ids, days = {card.id for card in changed}, {card.day for card in changed}
    for day in board.days:
        if day.day not in days:
            continue
        if day.clock.over_min > 0.5:
            yield f"{weekday(day.day)} is {hours(day.clock.over_min)} too long."
        if day.off:
            yield f"{weekday(day.day)} is no working day."
        for one in day.cards:
            for fault in one.faults:
                if one.card.id in ids or fault == "closed":
                    yield f"{one.card.name}, {weekday(day.day)}: {FAULTS[fault]}."


def _note(
    conn: Connection, plan: Any, action: str, hand: Hand, setting: Setting, said: str
) -> None:
    after = {"rep": setting.rep, "what": said}
    note(conn, setting.cell, hand.by, action, f"plan/{plan.id}", hand.now, after=after,
         address=hand.address)  # fmt: skip
