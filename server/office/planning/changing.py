"""A plan that is not published, changed by hand: visits moved to other days, placed, taken off,
locked, and stores put into it that it knew nothing of (absent.py).

Days that change are put in order again and get new times; whatever is unusual about them is told
and done all the same, for people know what a plan does not. Each change keeps the rows it wrote
over, so the last ones can be undone, one by one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from routes.queries_plans import add_visits
from schemas.ids import uuid7
from server.access.people import Person
from server.office.planning import queries
from server.office.planning.absent import absent
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
    """What somebody wants of some visits of a rep: each by its id, or one of a store that the plan
    has not, as "+" and the id of the store. `day`: for "move" alone."""

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
    stores = {one[1:] for one in wish.visits if one.startswith("+")}
    if stores and wish.act == "off":
        raise Refused("a store that is not in the plan cannot be taken off it")
    setting, cards, new = _cards(conn, person, plan, wish.rep, stores)
    chosen = [card for card in cards if card.id in wish.visits]
    chosen += {card.store: card for card in reversed(new)}.values()  # one of each store
    if not chosen or len(chosen) < len(set(wish.visits)):
        raise Refused("choose visits of this plan first")
    changed = _wished(chosen, [*cards, *new], wish, plan)
    before = {card.id: card for card in cards}
    every = before | {card.id: card for card in (*new, *changed)}
    now = _in_order(setting, every, chosen, changed)
    differing = [card for card in now.values() if card != before.get(card.id)]
    if not differing:
        return Told("Nothing is different.")
    made = [card.id for card in new]
    add_visits(conn, plan.id, [_whole(now[key]) for key in made])
    queries.place(conn, plan.id, [_row(card) for card in differing])
    said = _said(chosen, wish)
    kept = queries.edits(conn, plan.id)
    kept.append(
        {
            "what": said,
            "rep": wish.rep,
            "by": hand.by,
            "at": hand.now.isoformat(),
            "rows": [_row(before[card.id]) for card in differing if card.id in before],
            "made": made,
        }
    )
    _keep(conn, plan, kept[-MOST_EDITS:], setting, list(now.values()), len(made))
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
    made = last.get("made", [])
    queries.drop(conn, plan.id, made)
    setting, cards, _ = _cards(conn, person, plan, last["rep"])
    _keep(conn, plan, kept, setting, cards, -len(made))
    _note(conn, plan, "plan.change_undone", hand, setting, last["what"])
    return last["rep"], Told(f"Undone: {last['what'][0].lower()}{last['what'][1:]}")


def _open(plan: Any) -> None:
    if plan.state != "ready":
        raise Refused(f"this plan is {plan.state}: only one that is ready can be changed")


def _cards(
    conn: Connection, person: Person, plan: Any, rep: str, stores: Collection[str] = ()
) -> tuple[Setting, list[Card], list[Card]]:
    """How the rep works, the visits of the plan, and those of stores that are to come into it:
    all that are missing of each, so that the plan knows how often it is due."""
    if rep not in plan.reps:
        raise Refused("this plan is not of that rep")
    rows = queries.visits(conn, person.cells, plan.id, [rep])
    missing: dict[str, int] = {}
    if stores:
        known = {one.store: one.visits for one in absent(conn, person, plan, rep, rows)}
        missing = {store: known[store] for store in stores if store in known}
        if len(missing) < len(stores):
            raise Refused("one of these stores is in the plan by now, or not the rep's any more")
    coming = queries.as_visits(conn, person.cells, rep, [*missing]) if missing else []
    found = settled(conn, person, [*rows, *coming], [rep], plan.first_day, plan.weeks)
    if not found:
        raise Refused("there is no such rep any more")
    setting, cards = found[0]
    new = [
        replace(card, id=uuid7(), why={"why": "put_in"})
        for card in cards if card.id in missing for _ in range(missing[card.id])
    ]  # fmt: skip
    return setting, [card for card in cards if card.id not in missing], new


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
    put_in = card.day is None and day is not None
    why: dict[str, Any] = {"why": "put_in" if put_in else "office"}
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


def _whole(card: Card) -> dict[str, Any]:
    """A card as the columns of a new visit of the plan."""
    minutes = {"visit_minutes": round(card.visit_min), "rep": card.rep, "store": card.store}
    return {**_row(card), **minutes, "stop": None}


def _keep(
    conn: Connection, plan: Any, kept: list[dict[str, Any]], setting: Setting, cards: list[Card],
    more: int,
) -> None:  # fmt: skip
    """more: visits that came into the plan, below 0 that left it."""
    sums = board_of(setting, cards, plan.first_day, plan.weeks).sums
    figures = {
        "due": (plan.result.get(setting.rep) or {}).get("due", 0) + more,
        "driving_min": sums.drive_min,
        "placed": sums.visits,
        "longest_day_min": sums.longest_min,
    }
    queries.keep_edits(conn, plan.id, kept, {setting.rep: figures})


def _said(chosen: Sequence[Card], wish: Wish) -> str:
    names = ", ".join(card.name for card in chosen[:3])
    names += f" and {len(chosen) - 3} more" if chosen[3:] else ""
    if wish.act == "move":
        put = all(card.day is None for card in chosen)
        return f"{names} {'put on' if put else 'moved to'} {weekday(wish.day)}."
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
