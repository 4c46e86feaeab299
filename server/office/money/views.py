"""Money: receipts to hand in, to post, posted, bounced; cash-up, possible duplicates, exports."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection

from schemas.problem import Problem
from server import asking
from server.auth import needs
from server.database import in_transaction
from server.office import spreadsheet
from server.office.money import journal, queries
from server.office.queries import audit_of, reps
from server.office.words import money as shown
from sync.desk import credit
from sync.desk.money import Moved, Reasonless, clear, move
from sync.feed import publish
from sync.terms.collection import METHODS, STEPS, steps_from
from sync.terms.credit import ageing, overdue_minor
from sync.terms.price import minor_digits

blueprint = Blueprint("finance", __name__)

AT_ONCE = 500
_ID = re.compile(r"\A[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.ASCII)
BULK: Mapping[str, tuple[str, ...]] = {
    "hand_in": ("hand_in", "refuse"),
    "post": ("post", "post_oldest", "take_back", "bounce", "refuse"),
    "posted": ("bounce",),
    "bounced": ("present_again", "reopen"),
}
"""Place -> steps offered for many receipts at once."""
ACTS: Mapping[str, tuple[str, str]] = {
    "hand_in": ("Hand in", "handed in"),
    "take_back": ("Back to the rep", "given back to the rep"),
    "post": ("Post", "posted"),
    "post_oldest": ("Post, oldest due first", "posted"),
    "post_transfer": ("Post", "posted"),
    "bounce": ("Bounced", "noted as bounced"),
    "present_again": ("Present again", "presented again"),
    "refuse": ("Do not book", "refused"),
    "reopen": ("Reopen", "open again"),
    "clear": ("Two payments", "noted as a payment of its own"),
}
"""Step -> what its button says, and what was done."""


@blueprint.get("/money")
@needs("finance", "admin", "supervisor", to="see the money that reps took")
def board() -> str:
    """Receipts at one place, with what is at every place."""
    person, place = asking.person(), request.args.get("place", "hand_in")
    if place not in queries.PLACES:
        place = "hand_in"
    chosen = {
        "q": request.args.get("q", "").replace("\x00", "").strip()[:80],
        "rep": request.args.get("rep", "").replace("\x00", "")[:64],
        "method": request.args.get("method", "") if request.args.get("method") in METHODS else "",
    }
    with asking.engine().begin() as conn:
        rows = queries.receipts(
            conn, person.company, person.cells, place, rep=chosen["rep"],
            method=chosen["method"], typed=chosen["q"],
        )  # fmt: skip
        sums = queries.sums(conn, person.cells)
        cash_up = queries.cash_up(conn, person.company, person.cells) if place == "hand_in" else []
        doubles = _paired(queries.duplicates(conn, person.company, person.cells))
        rest = queries.on_account(conn, person.cells)
        people = reps(conn, person.company, person.cells)
    page = "money_part.html" if request.headers.get("HX-Request") else "money.html"
    return render_template(
        page, rows=rows, where=place, strip=_strip(sums, person.currency), cash_up=cash_up,
        doubles=doubles, rest=rest, reps=people, chosen=chosen, methods=METHODS,
        steps=BULK[place], acts=ACTS, totals=_totals(rows), today=_today(person.zone),
    )  # fmt: skip


def _today(zone: str) -> date:
    return datetime.now(ZoneInfo(zone)).date()


def _strip(sums: Iterable[Any], currency: str) -> list[dict[str, Any]]:
    """What lies at each place: receipts, and how much in the company's currency."""
    words = {
        "hand_in": "To hand in",
        "post": "To post",
        "posted": "Posted",
        "bounced": "Not booked",
    }
    counted: dict[str, list[int]] = {place: [0, 0] for place in words}
    for row in sums:
        counted[row.place][0] += row.n
        counted[row.place][1] += row.amount_minor if row.currency == currency else 0
    return [
        {"place": place, "word": word, "n": counted[place][0], "amount_minor": counted[place][1]}
        for place, word in words.items()
    ]


def _totals(rows: Iterable[Any]) -> list[tuple[str, str, str, int, int]]:
    """(rep, method, currency, receipts, amount) of what is shown."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for row in rows:
        sums = found.setdefault((row.rep_name, row.method, row.currency), [0, 0])
        sums[0] += 1
        sums[1] += row.amount_minor
    return [(*key, n, amount) for key, (n, amount) in sorted(found.items())]


def _paired(rows: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Receipts that share something: why, and all of them, each set once."""
    found: dict[str, tuple[str, list[Any]]] = {}
    for row in rows:
        found.setdefault(row.same, (row.why, []))[1].append(row)
    seen: set[frozenset[Any]] = set()
    several = []
    for why, members in found.values():
        ids = frozenset(one.id for one in members)
        if ids not in seen:
            seen.add(ids)
            several.append((why, members))
    return several


# --- steps ---------------------------------------------------------------------------------------


@blueprint.post("/money/step")
@needs("finance", "admin", to="hand in, post, bounce and refuse money")
def step() -> Response:
    """Take the ticked receipts a step further; each goes as far as it may, the rest say why."""
    named = request.form.get("step", "")
    if named not in ACTS:
        raise Problem("not_found")
    ticked = _ticked(request.form.getlist("receipt")[:AT_ONCE])
    if not ticked:
        return _back("Tick at least one receipt.", "fault")
    reason = _text("reason")
    if named == "clear":
        return _told(named, [_clear(cell, ids) for cell, ids in ticked.items()])
    try:
        done = [_move(cell, ids, named, reason, _text("note")) for cell, ids in ticked.items()]
    except Reasonless:
        return _back(f"To say “{ACTS[named][0]}”, write why: the rep reads it.", "fault")
    return _told(named, done)


def _clear(cell: int, ids: list[str]) -> Moved:
    """Say of receipts that they are payments of their own."""
    person, now, address = asking.person(), asking.now(), asking.address()

    def work(conn: Connection) -> Moved:
        moved, entries = clear(conn, cell, ids, person.who, now, address=address)
        publish(conn, cell, entries)
        return moved

    return in_transaction(asking.engine(), work)


def _ticked(values: Iterable[str]) -> dict[int, list[str]]:
    """Cell -> receipts of it, from "cell~id"; what the person may not see is left out."""
    cells, split = asking.person().cells, dict[int, list[str]]()
    for value in values:
        cell, _, receipt = value.partition("~")
        if cell.isascii() and cell.isdigit() and int(cell) in cells and _ID.match(receipt):
            split.setdefault(int(cell), []).append(receipt)
    return split


def _text(name: str) -> str:
    return " ".join(request.form.get(name, "").replace("\x00", "").split())[:200]


def _move(cell: int, ids: list[str], named: str, reason: str, note: str) -> Moved:
    """One step of one cell's receipts, and then the orders that its money lets go."""
    person, now = asking.person(), asking.now()
    which = "post" if named == "post_oldest" else named
    needs_reason = STEPS[which].needs_reason
    moved = in_transaction(
        asking.engine(),
        lambda conn: move(
            conn, cell, ids, which, person.who, now, reason=reason if needs_reason else "",
            oldest_first=named == "post_oldest", note_of=note, address=asking.address(),
        ),
    )  # fmt: skip
    if which == "post" and moved.done:
        _let_orders_go(now)
    return moved


def _let_orders_go(now: datetime) -> None:
    """Orders held for credit go on at once; the job finds those that are missed."""
    with asking.engine().begin() as conn:
        due = credit.due(conn, 20)
    for cell, order in due:
        try:
            in_transaction(asking.engine(), partial(_let_go, cell=cell, order=order, now=now))
        except credit.NotHeld:
            continue


def _let_go(conn: Connection, cell: int, order: str, now: datetime) -> str | None:
    return credit.release_if_it_fits(conn, cell, order, now)


def _told(named: str, done: list[Moved]) -> Response:
    """Say what became of a step, and why some receipts did not take it."""
    person = asking.person()
    many = sum(len(one.done) for one in done)
    amount = sum(one.amount_minor for one in done)
    left = {number: why for one in done for number, why in one.left.items()}
    if many:
        receipts = "1 receipt" if many == 1 else f"{many} receipts"
        flash(f"{receipts} {ACTS[named][1]}: {shown(amount, person.currency)}.", "note")
    for number, why in list(left.items())[:5]:
        flash(f"{number} was left: {why}.", "fault")
    if len(left) > 5:
        flash(f"{len(left) - 5} more were left.", "fault")
    return _back()


@blueprint.post("/money/cash-up")
@needs("finance", "admin")
def cash_up() -> Response:
    """Take in what a rep counted out for a day; a difference must be explained."""
    ticked = _ticked(request.form.get("receipts", "").split()[:AT_ONCE])
    counted, note, currency = _minor(_text("counted")), _text("note"), asking.person().currency
    if counted is None:
        return _back("Write what was counted, such as 125.00.", "fault")
    with asking.engine().begin() as conn:
        expected = queries.to_hand_in(conn, ticked)
    if counted != expected and not note:
        return _back(
            f"The receipts come to {shown(expected, currency)}, not {shown(counted, currency)}: "
            "say why in the note.",
            "fault",
        )
    said = f"Counted {shown(counted, currency)} for receipts of {shown(expected, currency)}"
    said += f": {note}" if note else ""
    return _told("hand_in", [_move(cell, ids, "hand_in", "", said) for cell, ids in ticked.items()])


def _minor(typed: str) -> int | None:
    """An amount as typed, in minor units of the company's currency; None when it is none."""
    digits = minor_digits(asking.person().currency)
    whole, _, part = typed.replace(",", "").partition(".")
    if not whole.isascii() or not whole.isdigit() or len(part) > digits or len(whole) > 12:
        return None
    if part and not (part.isascii() and part.isdigit()):
        return None
    return int(whole + part.ljust(digits, "0"))


def _back(words: str = "", kind: str = "note") -> Response:
    """To the page the form stood on."""
    if words:
        flash(words, kind)
    asked = request.form.get("back", "")
    inside = asked.startswith("/office/money") and asked.isprintable() and "\\" not in asked
    return redirect(asked if inside else url_for("office.finance.board"))  # type: ignore[return-value]


# --- one receipt, one store ----------------------------------------------------------------------


@blueprint.get("/money/<uuid:receipt_id>")
@needs("finance", "admin", "supervisor")
def receipt(receipt_id: Any) -> str:
    """One receipt: what it paid, what is odd about it, and its history."""
    person = asking.person()
    with asking.engine().begin() as conn:
        row = queries.receipt(conn, person.company, person.cells, str(receipt_id))
        if row is None:
            raise Problem("not_found")
        told = queries.told_of(conn, row.cell, str(receipt_id))
        history = audit_of(conn, row.cell, f"collection/{receipt_id}")
    return render_template(
        "receipt.html", row=row, told=told, history=history, acts=ACTS,
        steps=steps_from(row.state, row.method), needs_reason=_needing_reason(),
        place="office.finance.board",
    )  # fmt: skip


def _needing_reason() -> frozenset[str]:
    return frozenset(name for name, one in STEPS.items() if one.needs_reason)


@blueprint.get("/money/store/<uuid:store_id>")
@needs("office")
def store(store_id: Any) -> str:
    """What a store owes, by age, and what it has paid."""
    person = asking.person()
    with asking.engine().begin() as conn:
        row = queries.store(conn, person.cells, str(store_id))
        if row is None:
            raise Problem("not_found")
        items = queries.items(conn, row.cell, str(store_id))
        receipts = queries.receipts_of(conn, person.company, row.cell, str(store_id))
    debts = [one for one in items if one.open_minor and one.kind != "on_account"]
    ages = ageing(((one.due_on, one.open_minor) for one in debts), _today(person.zone))
    return render_template(
        "owed.html", row=row, items=items, receipts=receipts, ages=ages,
        overdue_minor=overdue_minor(ages), today=_today(person.zone), bar=_bar(ages),
        place="office.finance.board",
    )  # fmt: skip


def _bar(ages: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """(bucket, where it begins, how long) of a bar of 1,000, of what is owed in each."""
    owing = {name: minor for name, minor in ages.items() if minor > 0}
    whole, done, bar = sum(owing.values()), 0, []
    for name, minor in owing.items():
        begin, done = done * 1000 // whole, done + minor
        bar.append((name, begin, max(1, done * 1000 // whole - begin - 2)))
    return bar


# --- the journal ---------------------------------------------------------------------------------


@blueprint.get("/money/journal.csv")
@needs("finance", "admin", to="export posted money for the books")
def export() -> Response:
    """Postings and bounces of a span of days, for the system that keeps the books."""
    person = asking.person()
    first = _asked_day("from", _today(person.zone))
    last = _asked_day("to", first)
    zone = ZoneInfo(person.zone)
    since = datetime.combine(first, time(), zone)
    until = datetime.combine(max(first, last) + timedelta(days=1), time(), zone)
    with asking.engine().begin() as conn:
        text = "".join(journal.lines(queries.journal(conn, person.cells, since, until)))
    named = f"money-{first.isoformat()}-{max(first, last).isoformat()}.csv"
    return spreadsheet.download([text], named)


def _asked_day(name: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return otherwise
    return day if 2000 <= day.year <= 2100 else otherwise
