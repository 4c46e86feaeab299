"""Balance between reps: who might hand which store to whom, looked at, and done with a click.

A proposal is reckoned while the page is asked for and kept nowhere: about a second for three reps
with 300 stores each. Nothing changes before the button is pressed; then the ticked stores go the
way of every handover (sync/moving/hand_over.py), noted whole, so that they can be taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection

from routes.balance import as_if, propose
from schemas.ids import is_id, uuid7
from schemas.problem import Problem
from server import asking
from server.access.people import Person
from server.auth import needs
from server.balancing import Team, read_team
from server.database import in_transaction
from server.drawing import KNOWN
from server.office.field.queries_moves import cells_of_stores
from server.office.planning import evened, queries_balance
from server.office.planning.reading import visible
from server.office.planning.views import PLANNERS, today
from server.planning import MOST_WEEKS
from sync.audit import note
from sync.moving.hand_over import Move, NotSo, hand_over
from sync.queries.moving import givers

blueprint = Blueprint("balance", __name__, url_prefix="/routes/balance")

MOST_REPS, MOST_STORES = 12, 1_200
TOGETHER_DAYS = (0, 1, 2, 3, 7)
Tick = tuple[str, str, str]
"""A store, who gives it, who takes it."""


@dataclass(frozen=True)
class Asked:
    """What the page was asked for."""

    reps: tuple[str, ...]
    first_day: date
    weeks: int


@blueprint.get("/")
@needs(*PLANNERS, to="see which stores might change hands so that reps have the same work")
def balance() -> str:
    """The reps to choose from and, once some are chosen, a proposal."""
    person = asking.person()
    with asking.engine().begin() as conn:
        depots = queries_balance.depots(conn, person.company, person.cells)
        names = {one.code: one.name for one in depots}
        asked = _asked(request.args, names)
        page: dict[str, Any] = {"fault": "", "team": None}
        if asked is not None:
            page = _proposal(conn, person, asked, names)
        before = _last(conn, person)
    by_depot: dict[str, list[Any]] = {}
    for one in depots:
        by_depot.setdefault(one.depot, []).append(one)
    return render_template(
        "balance.html", depots=by_depot, asked=asked, names=names, last=before, today=today(),
        monday=asked.first_day if asked else _next_monday(), most_weeks=MOST_WEEKS,
        together=TOGETHER_DAYS, **page,
    )  # fmt: skip


def _next_monday() -> date:
    return today() + timedelta(days=7 - today().weekday())


def _asked(said: Any, names: dict[str, str]) -> Asked | None:
    """The reps that are this person's to see, and the weeks; None where nobody was chosen."""
    reps = tuple(dict.fromkeys(code for code in said.getlist("rep") if code in names))
    if not said.getlist("rep"):
        return None
    try:
        day = date.fromisoformat(said.get("first_day", ""))
    except ValueError:
        day = _next_monday()
    day = min(max(day, today()), today() + timedelta(days=366))
    weeks = said.get("weeks", 4, int)
    return Asked(reps, day - timedelta(days=day.weekday()), min(max(weeks, 1), MOST_WEEKS))


def _read(conn: Connection, person: Person, asked: Asked) -> Team | str:
    """Their work, or what is in the way and what to do about it."""
    if len(asked.reps) < 2:
        return "Tick two reps or more: work is balanced between them."
    if len(asked.reps) > MOST_REPS:
        return f"Tick up to {MOST_REPS} reps at once: stores go to neighbours, not across the land."
    try:
        team = read_team(conn, person.company, asked.reps, asked.first_day, asked.weeks)
    except KNOWN as no:
        return str(no)
    stores = [load.store for one in team.hands for load in one.stores]
    if not stores:
        return ("Nothing is due for these reps in these weeks: give them stores, and the stores a"
                " class or visits in four weeks.")  # fmt: skip
    if len(stores) > MOST_STORES:
        return (f"These reps have {len(stores)} stores: balance up to {MOST_STORES} at once, the"
                " reps next to each other.")  # fmt: skip
    idle = [one.rep for one in team.hands if one.minutes <= 0]
    if idle:
        return f"{idle[0]} works on no day of these weeks: leave the rep out, or take other weeks."
    own = givers(conn, list(person.cells), stores, asked.first_day)
    return evened.movable(team, {(store, rep) for _, store, rep in own})


def _proposal(
    conn: Connection, person: Person, asked: Asked, names: dict[str, str]
) -> dict[str, Any]:
    team = _read(conn, person, asked)
    if isinstance(team, str):
        return {"fault": team, "team": None}
    done = propose(team.hands, team.line)
    moves = [(move.store, move.giver, move.taker) for move in done.moves]
    return {
        "fault": "", "team": team, "rows": evened.rows(team, names, done),
        "lines": evened.lines(team, names, done.before, done.after, moves),
        "picture": evened.picture(team, done), "outline": evened.outline,
        "held": sum(load.stays for one in team.hands for load in one.stores),
    }  # fmt: skip


@blueprint.post("/figures")
@needs(*PLANNERS)
def figures() -> str:
    """Everybody's work with the ticked stores alone; nothing is changed."""
    person = asking.person()
    with asking.engine().begin() as conn:
        names = {one.code: one.name for one in visible(conn, person)}
        asked = _asked(request.form, names)
        team = _read(conn, person, asked) if asked else "Tick two reps or more."
    if isinstance(team, str):
        return render_template("balance_work.html", lines=[], fault=team)
    ticks = evened.sound(team, _ticks())
    work = as_if(team.hands, team.line, ()), as_if(team.hands, team.line, ticks)
    lines = evened.lines(team, names, *work, ticks)
    return render_template("balance_work.html", lines=lines, fault="")


def _ticks() -> list[Tick]:
    found = []
    for text in request.form.getlist("move")[:MOST_STORES]:
        store, _, reps = text.partition("~")
        giver, _, taker = reps.partition("~")
        if is_id(store) and giver and taker:
            found.append((store, giver, taker))
    return found


# --- handed over, taken back ----------------------------------------------------------------------


@blueprint.post("/")
@needs("admin", "supervisor", to="hand over the stores a balance between reps proposes")
def give() -> Response:
    """Hand the ticked stores over, all or none but those that changed hands meanwhile."""
    person, key = asking.person(), uuid7()
    try:
        first = date.fromisoformat(request.form.get("from", ""))
    except ValueError:
        first = today()
    together = request.form.get("together", 1, int)

    def work(conn: Connection) -> tuple[int, int]:
        moves, left = _moves(conn, person, _ticks(), first)
        if not moves:
            raise NotSo("tick at least one store" if not left else "all of them have changed hands")
        said = [[one.store, one.giver, one.taker] for one in moves]
        after = {"moves": said, "first_day": first.isoformat(), "together_days": together}
        _note(conn, person, queries_balance.DONE, after, key)
        hand_over(conn, moves, person.who, asking.now(), first_day=first, together_days=together)
        return len(moves), left

    try:
        done, left = in_transaction(asking.engine(), work)
        more = f" {left} had changed hands meanwhile and stayed." if left else ""
        flash(f"{_stores(done)} handed over from {first:%A} {first.day} {first:%B} on; the reps"
              f" learn it at their next sync.{more}", "note")  # fmt: skip
    except NotSo as no:
        flash(f"Not done: {no}.", "fault")
    return redirect(url_for("office.balance.balance"))  # type: ignore[return-value]


def _moves(
    conn: Connection, person: Person, ticks: Sequence[Tick], first: date
) -> tuple[list[Move], int]:
    """What is ticked and can be done, and how many cannot: the giver has it no longer, or the taker
    already. Raises not_found for what is not this person's."""
    ticks = list(dict.fromkeys(ticks))
    codes = {one.code for one in queries_balance.depots(conn, person.company, person.cells)}
    cells = cells_of_stores(conn, person.cells, [store for store, _, _ in ticks])
    for store, giver, taker in ticks:
        if store not in cells or giver not in codes or taker not in codes:
            raise Problem("not_found", "There is no such store, or no such rep, here.")
    have = set(givers(conn, list(person.cells), [*cells], max(first, today())))
    found = [
        Move(cells[store], store, giver, taker) for store, giver, taker in ticks
        if (cells[store], store, giver) in have and (cells[store], store, taker) not in have
    ]  # fmt: skip
    return found, len(ticks) - len(found)


@blueprint.post("/<uuid:key>/back")
@needs("admin", "supervisor")
def back(key: Any) -> Response:
    """Take a handover back: its stores go back to who gave them, but what changed hands since."""
    person = asking.person()

    def work(conn: Connection) -> tuple[int, int]:
        found = queries_balance.last(conn, _cells(person), str(key))
        if found is None:
            raise NotSo("it was taken back already, or is not yours")
        ticks = [(store, taker, giver) for store, giver, taker in found.after["moves"]]
        first = max(date.fromisoformat(found.after["first_day"]), today())
        moves, left = _returns(conn, person, ticks, first)
        if not moves:
            raise NotSo("all of these stores have changed hands since")
        said = [[one.store, one.giver, one.taker] for one in moves]
        after = {"of": str(key), "moves": said, "first_day": first.isoformat()}
        _note(conn, person, queries_balance.BACK, after, uuid7(), found.cell)
        hand_over(conn, moves, person.who, asking.now(), first_day=first, together_days=0)
        return len(moves), left

    try:
        done, left = in_transaction(asking.engine(), work)
        more = f" {left} had changed hands since and stayed." if left else ""
        flash(f"Taken back: {_stores(done)} with who had them before.{more}", "note")
    except NotSo as no:
        flash(f"Not done: {no}.", "fault")
    return redirect(url_for("office.balance.balance"))  # type: ignore[return-value]


def _returns(
    conn: Connection, person: Person, ticks: Sequence[Tick], first: date
) -> tuple[list[Move], int]:
    """As _moves; but who gave may still hold the store beside who took it, which is no obstacle."""
    cells = cells_of_stores(conn, person.cells, [store for store, _, _ in ticks])
    have = set(givers(conn, list(person.cells), [*cells], first))
    found = [
        Move(cells[store], store, holder, owner) for store, holder, owner in ticks
        if store in cells and (cells[store], store, holder) in have
    ]  # fmt: skip
    return found, len(ticks) - len(found)


def _last(conn: Connection, person: Person) -> Any | None:
    """What was handed over last, where all of its stores are this person's."""
    found = queries_balance.last(conn, _cells(person))
    if found is None:
        return None
    stores = [store for store, _, _ in found.after["moves"]]
    return found if len(cells_of_stores(conn, person.cells, stores)) == len(set(stores)) else None


def _cells(person: Person) -> list[int]:
    return [*{*person.cells, person.home_cell}]


def _note(
    conn: Connection, person: Person, action: str, after: dict[str, Any], key: str,
    cell: int | None = None,
) -> None:  # fmt: skip
    note(conn, cell or person.home_cell, person.who, action, queries_balance.SUBJECT, asking.now(),
         after=after, address=asking.address(), key=key)  # fmt: skip


def _stores(many: int) -> str:
    return "1 store" if many == 1 else f"{many} stores"
