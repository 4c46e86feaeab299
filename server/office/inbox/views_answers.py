"""Answers of the office: one item or many at once, handed on, put off, taken back.

Each item is a transaction of its own: one that somebody answered first keeps no other from its
answer, and the page says which were answered, which not, and why.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, session, url_for
from sqlalchemy import Connection

from schemas.problem import Problem
from server import asking
from server.access.people import Person
from server.auth import needs
from server.database import in_transaction
from server.office.inbox import queries
from server.office.inbox.views import HANDED_TO
from server.office.moved import place_now
from server.office.owners import OWNERS, owner_word
from sync.desk.answer import Given, NotOffered, TooLate, give
from sync.desk.answers import ANSWERS, WEIGHTY, may_answer, who_else
from sync.desk.moves import UNDONE, reopen, snooze, take
from sync.feed import Entry, publish
from sync.queries.inbox import owners_of_order
from sync.sentences.words import button, of_answer

blueprint = Blueprint("answers", __name__)
MOST = 200
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
SNOOZES = {"4h": timedelta(hours=4), "1d": timedelta(days=1), "3d": timedelta(days=3)}


@dataclass(slots=True)
class Summary:
    """What became of the items of one request."""

    done: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    undo: list[list[Any]] = field(default_factory=list)
    words: str = ""


@blueprint.post("/inbox/answers")
@needs("office", to="answer what lies with them")
def answer() -> Response:
    """Answer, hand on or put off the items named; `do` says what, "proposed" the first offered."""
    person, do = asking.person(), request.form.get("do", "")[:40]
    do = request.form.get("to", "")[:40] if do == "hand" else do
    named = list(dict.fromkeys(request.form.getlist("item")))[:MOST]
    if not named:
        return _back("Tick the items you mean first.", "fault")
    if not do:
        return _back("Choose what to do with them.", "fault")
    note = " ".join(request.form.get("note", "").replace("\x00", "").split())[:500]
    summary, cells = Summary(), set()
    for text in named:
        place, _, item = text.partition("/")
        cell = _place_now(person, place, item)
        _one(person, cell, item, do, note, summary)
        cells.add(cell)
    for cell in cells:
        current_app.extensions["hint"](f"orders {cell}")
    if summary.undo:
        session["undo"] = summary.undo
    return _told(summary)


def _place_now(person: Person, place: str, item: str) -> int:
    if not (place.isascii() and place.isdigit() and len(place) <= 9) or not _ID.fullmatch(item):
        raise Problem("not_found")
    return place_now(person, "conflict", int(place), item)


def _one(person: Person, cell: int, item: str, do: str, note: str, summary: Summary) -> None:
    """Do it to one item, and keep what became of it."""
    with asking.engine().begin() as conn:
        found = queries.one(conn, person.company, cell, item)
    if found is None:
        raise Problem("not_found")
    name = found.number or found.store_name or found.rep_name or "item"
    try:
        work, undo = _work(person, found, do, note, summary)
        in_transaction(asking.engine(), work)
    except TooLate as late:
        figures = {**late.figures, "by": late.figures.get("by", "").partition(":")[2]}
        summary.failed.append((name, of_answer(late.why, figures)))
    except (NotOffered, LookupError) as fault:
        summary.failed.append((name, f"{str(fault)[:1].upper()}{str(fault)[1:]}."))
    else:
        summary.done.append(name)
        if undo is not None:
            summary.undo.append(undo)


def _work(
    person: Person, found: Any, do: str, note: str, summary: Summary
) -> tuple[Callable[[Connection], None], list[Any] | None]:
    """What to do in a transaction, and how it could be undone."""
    cell, item, now = found.cell, found.id, asking.now()
    by, address = person.who, asking.address()
    what, _, more = do.partition(":")
    moved: Callable[[Connection], list[Entry]] | None = None
    undo: list[Any] | None = None
    if what in ("take", "hand", "snooze"):
        _may_move(person, found.owner)
    if what == "take" or (what == "hand" and more in HANDED_TO):
        owner = person.code if what == "take" else more
        summary.words = f"handed to {owner_word(owner, person.name).lower()}" if more else "yours"
        undo = ["owner", cell, item, found.owner]
        moved = lambda conn: take(conn, cell, item, owner, by, now, address)  # noqa: E731
    elif what == "snooze" and more in SNOOZES:
        summary.words = "put off"
        until = now + SNOOZES[more]
        undo = ["due", cell, item, found.due_at and found.due_at.isoformat()]
        moved = lambda conn: snooze(conn, cell, item, until, by, now, address)  # noqa: E731
    if moved is not None:
        return _publishing(cell, moved), undo
    return _answering(person, found, do, note, summary)


def _may_move(person: Person, owner: str | None) -> None:
    """Whoever takes an item may answer it: so nobody takes what they could not answer."""
    if not may_answer(person.roles, person.code, owner, "take"):
        raise NotOffered(f"this lies with {owner_word(owner).lower()}")


def _answering(
    person: Person, found: Any, do: str, note: str, summary: Summary
) -> tuple[Callable[[Connection], None], list[Any] | None]:
    name = found.answers[0] if do == "proposed" and found.answers else do
    if name not in ANSWERS:
        raise NotOffered("this item offers no such answer")
    if not may_answer(person.roles, person.code, found.owner, name):
        raise NotOffered(
            f"{button(name).lower()} is for {owner_word(found.owner, found.owner_name).lower()}"
        )
    summary.words = f"answered: {button(name).lower()}" if do != "proposed" else "answered"
    given = Given(
        name, "office", person.who, asking.now(), note,
        number=request.form.get("number", "")[:64], address=asking.address(),
    )  # fmt: skip

    def work(conn: Connection) -> None:
        given.entries = []
        if name in WEIGHTY and found.order_id:  # it decides what lies with others too
            waits = owners_of_order(conn, found.cell, found.order_id)
            other = who_else(person.roles, person.code, waits, name)
            if other is not None:
                raise NotOffered(f"another part of it lies with {owner_word(other).lower()}")
        give(conn, found.cell, found.id, given)
        publish(conn, found.cell, given.entries)

    return work, (["answer", found.cell, found.id, name] if name in UNDONE else None)


def _publishing(
    cell: int, moved: Callable[[Connection], list[Entry]]
) -> Callable[[Connection], None]:
    def work(conn: Connection) -> None:
        publish(conn, cell, moved(conn))

    return work


@blueprint.post("/inbox/undo")
@needs("office")
def undo() -> Response:
    """Take back what the last answer did, where that is possible."""
    person, summary = asking.person(), Summary(words="taken back")
    by, now, address = person.who, asking.now(), asking.address()
    for text in request.form.getlist("undo")[:MOST]:
        what, cell_text, item, before = [*text.split("|", 3), "", "", ""][:4]
        cell = _place_now(person, cell_text, item)
        with asking.engine().begin() as conn:
            found = queries.one(conn, person.company, cell, item)
            known = before in OWNERS or queries.people(conn, person.company, [before])
        if found is None or (what == "owner" and not known):
            raise Problem("not_found")
        moved = _taken_back(what, cell, item, before, by, now, address)
        try:
            _may_move(person, found.owner)
            in_transaction(asking.engine(), _publishing(cell, moved))
            summary.done.append(item)
        except (TooLate, NotOffered, LookupError) as fault:
            summary.failed.append(("It", f"{fault}."))
        current_app.extensions["hint"](f"orders {cell}")
    return _told(summary)


def _taken_back(
    what: str, cell: int, item: str, before: str, by: str, now: datetime, address: str
) -> Callable[[Connection], list[Entry]]:
    """What takes back a move or an answer that changed nothing but its item."""
    if what == "owner":
        return lambda conn: take(conn, cell, item, before, by, now, address)
    if what == "due" and before:
        until = datetime.fromisoformat(before)
        earlier = min(now, until - timedelta(seconds=1))
        return lambda conn: snooze(conn, cell, item, until, by, earlier, address)
    return lambda conn: reopen(conn, cell, item, by, now, address)


def _told(summary: Summary) -> Response:
    """Back to the list, with what was done and what not."""
    done, failed = len(summary.done), summary.failed
    if done:
        one = summary.done[0] if done == 1 and len(summary.done[0]) < 36 else f"{done} items"
        flash(f"{one}: {summary.words}.", "note")
    if failed:
        reasons: dict[str, list[str]] = {}
        for name, why in failed:
            reasons.setdefault(why, []).append(name)
        told = [f"{', '.join(names[:8])}: {why}" for why, names in reasons.items()]
        flash(f"Not done for {len(failed)}. " + " ".join(told), "fault")
    return _back()


def _back(words: str = "", kind: str = "note") -> Response:
    """To the page the form stood on: the inbox with its filters, an item, or the order."""
    if words:
        flash(words, kind)
    asked = request.form.get("back", "")
    inside = asked.startswith(("/office/inbox", "/office/orders/")) and asked.isprintable()
    safe = inside and "\\" not in asked
    return redirect(asked if safe else url_for("office.inbox.inbox"))  # type: ignore[return-value]
