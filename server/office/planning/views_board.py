"""The plan board: one rep's weeks, day by day; all reps at a glance; the map; changes by hand.

A plan that is ready is changed here and nobody is told. What is published is the reps' own: the
same board shows it as it is now, and a change goes to the handhelds at once, by the way of the
weekly plan page (sync/desk/edits.py), which puts a moved stop behind those of its day.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection

from schemas.problem import Problem
from server import asking
from server.auth import needs
from server.database import in_transaction
from server.office.planning import changing, queries
from server.office.planning.absent import SHOWN, absent
from server.office.planning.board import Board, week_of
from server.office.planning.changing import ACTS, Told, Wish
from server.office.planning.mapped import picture
from server.office.planning.reading import drafted, published, visible
from server.office.planning.views import PLANNERS, hand, plan_or_404, today
from sync.desk import edits
from sync.desk.edits import Refused
from sync.feed import Entry, publish

blueprint = Blueprint("route_board", __name__, url_prefix="/routes")

LIVE_WEEKS = 4
VIEWS = ("board", "reps", "map")


@blueprint.get("/<uuid:key>/board")
@needs(*PLANNERS)
def board(key: Any) -> str:
    """A plan: the board of one rep, all reps at a glance, or the map of a week."""
    with asking.engine().begin() as conn:
        return _plan_page(conn, str(key), request.args.get("rep", ""), None)


@blueprint.get("/now")
@needs(*PLANNERS)
def live() -> str:
    """What is published, four weeks from the one asked for (`from`, a day in it)."""
    with asking.engine().begin() as conn:
        return _live_page(conn, request.args.get("rep", ""), None)


# --- pages ----------------------------------------------------------------------------------------


def _plan_page(conn: Connection, key: str, rep: str, told: Told | None) -> str:
    person = asking.person()
    plan = plan_or_404(conn, person, key)
    view, reps = _chosen(list(plan.reps), rep)
    if plan.state == "published":
        boards = published(conn, person, reps, plan.first_day, plan.weeks)
    else:
        boards = drafted(conn, person, plan, reps)
    names = {one.code: one.name for one in visible(conn, person)}
    reps_ = [(code, names.get(code, code)) for code in plan.reps]
    address = {"endpoint": "office.route_board.board", "key": key}
    page = partial(_page, view, boards, reps_, told, address, plan, plan.first_day)
    if view != "board" or plan.state != "ready":
        return page()
    (whose,) = boards
    cards = [*(one.card for day in whose.days for one in day.cards), *whose.lost]
    return page(absent=absent(conn, person, plan, whose.setting.rep, cards), shown=SHOWN)


def _live_page(conn: Connection, rep: str, told: Told | None) -> str:
    person = asking.person()
    known = [(one.code, one.name) for one in visible(conn, person)]
    if not known:
        return _page("board", [], [], told, {"endpoint": "office.route_board.live"}, None, today())
    view, reps = _chosen([code for code, _ in known], rep)
    first = _monday()
    boards = published(conn, person, reps, first, LIVE_WEEKS)
    address = {"endpoint": "office.route_board.live", "from": first.isoformat()}
    return _page(view, boards, known, told, address, None, first)


def _chosen(codes: list[str], rep: str) -> tuple[str, list[str]]:
    """Which view, of which reps: several at a glance unless one is named."""
    asked = request.args.get("view", "")
    view = asked if asked in VIEWS else ("board" if rep or len(codes) == 1 else "reps")
    if view == "reps":
        return view, codes
    if rep and rep not in codes:
        raise Problem("not_found", "There is no such rep here.")
    return view, [rep or codes[0]]


def _monday() -> date:
    try:
        day = date.fromisoformat(request.values.get("from", ""))
    except ValueError:
        day = today()
    if not 2000 <= day.year <= 2100:
        day = today()
    return day - timedelta(days=day.weekday())


def _page(
    view: str, boards: list[Board], reps: list[tuple[str, str]], told: Told | None,
    address: dict[str, str], plan: Any, first: date, **more: Any,
) -> str:  # fmt: skip
    whose = boards[0] if boards and view != "reps" else None
    if view == "reps":
        more["glance"] = [
            (one, [week_of(week, first + timedelta(7 * n)) for n, week in enumerate(one.weeks)])
            for one in boards
        ]
    elif view == "map" and whose is not None:
        week = min(max(request.args.get("week", 0, int), 0), len(whose.weeks) - 1)
        day = request.args.get("day", -1, int)
        more |= {"week": week, "picture": picture(whose, week, day), "only": day}
    where = {name: value for name, value in address.items() if name != "endpoint"}

    def at(**more: Any) -> str:
        """The address of this board with other choices."""
        return url_for(address["endpoint"], **{**where, **more})

    part = request.headers.get("HX-Request") and view == "board"
    return render_template(
        "route_board_part.html" if part else "route_board.html", view=view, whose=whose, plan=plan,
        reps=reps, told=told, at=at, first=first, today=today(), delta=timedelta,
        can_change=plan is None or plan.state in ("ready", "published"), **more,
    )  # fmt: skip


# --- changes --------------------------------------------------------------------------------------


@blueprint.post("/<uuid:key>/board")
@needs(*PLANNERS)
def change(key: Any) -> Response | str:
    """Move, place, take off, lock or unlock visits of a plan, or undo the last change."""
    person, form = asking.person(), request.form
    rep, act = form.get("rep", "")[:64], form.get("act", "")

    def work(conn: Connection) -> tuple[str, Told]:
        codes = [one.code for one in visible(conn, person)]
        plan = queries.lock(conn, person.company, codes, str(key))
        if plan is None:
            raise Problem("not_found", "There is no such plan, or it has reps who are not yours.")
        if plan.state == "published":
            return rep, _live_change(conn, rep, act)
        if act == "undo":
            return changing.undo(conn, person, plan, hand())
        if act not in ACTS:
            raise Refused("choose what to do with them")
        wish = Wish(rep, tuple(form.getlist("visit")[:500]), act, _day())
        return rep, changing.change(conn, person, plan, wish, hand())

    told = _done(work, rep)
    if request.headers.get("HX-Request"):
        with asking.engine().begin() as conn:
            return _plan_page(conn, str(key), told[0], told[1])
    return _back(told[1], "office.route_board.board", key=key, rep=told[0])


@blueprint.post("/now")
@needs(*PLANNERS)
def change_live() -> Response | str:
    """The same of what is published: the rep's handheld learns it at its next sync."""
    rep, act = request.form.get("rep", "")[:64], request.form.get("act", "")
    told = _done(lambda conn: (rep, _live_change(conn, rep, act)), rep)
    if request.headers.get("HX-Request"):
        with asking.engine().begin() as conn:
            return _live_page(conn, rep, told[1])
    return _back(told[1], "office.route_board.live", rep=rep, **{"from": _monday().isoformat()})


def _done(work: Callable[[Connection], tuple[str, Told]], rep: str) -> tuple[str, Told]:
    try:
        return in_transaction(asking.engine(), work)
    except (Refused, LookupError) as no:
        return rep, Told("", (f"Not done: {no}.",))


def _back(told: Told, endpoint: str, **where: Any) -> Response:
    if told.said:
        flash(told.said, "note")
    for warning in told.warnings:
        flash(warning, "fault")
    return redirect(url_for(endpoint, **where))  # type: ignore[return-value]


def _day() -> date | None:
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return None


def _live_change(conn: Connection, rep: str, act: str) -> Told:
    """A change of published stops, each named "id~version" as it was shown."""
    person, day = asking.person(), _day()
    wanted = dict(_named(text) for text in request.form.getlist("visit")[:100])
    cells = {row.id: row.cell for row in queries.stops_named(conn, person.cells, rep, [*wanted])}
    if not wanted or cells.keys() != wanted.keys():
        raise Refused("choose stops of this rep first")
    if act not in ACTS or (act == "move" and day is None):
        raise Refused("choose a day, or what to do with them")
    told: dict[int, list[Entry]] = {}
    for stop, version in wanted.items():
        cell = cells[stop]
        if act == "off":
            entries = edits.remove_row(conn, cell, "plan_stop", stop, hand())
        elif act == "move":
            entries = edits.move_stop(conn, cell, stop, hand(), day=day, version=version)
        else:
            pinned = act == "lock"
            entries = edits.move_stop(conn, cell, stop, hand(), pinned=pinned, version=version)
        told.setdefault(cell, []).extend(entries)
    for cell in sorted(told):  # last, cells in order: feeds' counters are never taken crosswise
        publish(conn, cell, told[cell])
    many = "1 stop" if len(wanted) == 1 else f"{len(wanted)} stops"
    what = {"off": "taken off", "move": "moved", "lock": "fixed", "unlock": "loosened"}[act]
    return Told(f"{many} {what}; the rep learns it at the next sync.")


def _named(text: str) -> tuple[str, int]:
    stop, _, version = text.partition("~")
    try:
        return str(UUID(stop)), int(version[:9])
    except ValueError:
        raise Refused("choose stops of this rep first") from None
