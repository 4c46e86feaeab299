"""The frequency adviser: which stores are worth more visits, which fewer, and what that would do.

What is accepted is the store's own "visits in four weeks", saved by the same hand as the store's
page: audited, told to handhelds, and never written over what a colleague changed meanwhile.
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, render_template, request, session
from sqlalchemy import Connection

from routes import queries_adviser
from routes.adviser import STEPS, Dials, Worth, advise
from routes.detour import detours
from routes.queries import territory
from routes.territory import task_of
from server import asking
from server.access.people import Person
from server.auth import needs
from server.database import in_transaction
from server.office.field.forms import known_id
from server.office.field.queries_edits import cell_of
from server.office.planning import advised
from server.office.planning.reading import visible
from server.office.planning.views import PLANNERS, hand, today
from sync.desk import edits
from sync.feed import Entry, publish

blueprint = Blueprint("adviser", __name__, url_prefix="/routes/adviser")

FIELD = "visits_per_4w"
MOST_VISITS = 28
Change = tuple[str, int | None, int | None]
"""A store, what it shall be, and what the page showed."""


@blueprint.get("/")
@needs(*PLANNERS, to="change how often stores are visited, as the adviser says")
def adviser() -> str:
    return _page(())


def _page(undo: tuple[Change, ...]) -> str:
    """The page; with `undo`, what was saved just now and may be taken back."""
    person, worth = asking.person(), _worth()
    with asking.engine().begin() as conn:
        reps = visible(conn, person)
        rep = _chosen(reps)
        lines, planned = _lines(conn, person, rep.code, worth) if rep else ([], False)
    sort = request.values.get("sort", "")
    only = request.values.get("only", "")
    shown = [one for one in lines if only != "advice" or one.advice.act != "keep"]
    return render_template(
        "adviser.html", reps=reps, rep=rep, planned=planned, worth=worth, dials=Dials(),
        lines=advised.in_order(shown, sort), all=len(lines), groups=advised.groups_of(lines, worth),
        whole=advised.whole(lines), sort=sort if sort in advised.SORTS else "advice", only=only,
        span_weeks=queries_adviser.SPAN_DAYS // 7, undo=undo,
    )  # fmt: skip


def _chosen(reps: list[Any]) -> Any | None:
    """The rep asked for, else the first one; None where there is none to see."""
    code = request.values.get("rep", "")
    return next((one for one in reps if one.code == code), reps[0] if reps else None)


def _lines(
    conn: Connection, person: Person, rep: str, worth: Worth
) -> tuple[list[advised.Line], bool]:
    """A rep's stores with advice, and whether driving is read from a published plan."""
    monday = today() - timedelta(days=today().weekday())
    rows = queries_adviser.carried(conn, person.cells, rep, today())
    seen = queries_adviser.seen(conn, rows, person.zone, asking.now()) if rows else []
    whole = territory(conn, person.company, rep, monday, 4)
    ways = detours(task_of(whole)) if whole else {}
    lines = advised.lines_of(rows, advise(seen, ways, worth), worth, person.currency)
    return lines, any(way.planned for way in ways.values())


def _worth() -> Worth:
    """What an hour costs and what part of sales is margin, as this person said last."""
    said = dict(session.get("adviser", {}))
    for name, most in (("hour", 1e6), ("margin", 100.0)):
        if name in request.args:
            said[name] = _number(request.args[name], most)
    session["adviser"] = said
    hour = said.get("hour")
    return Worth(None if hour is None else round(100 * hour), said.get("margin"))


def _number(typed: str, most: float) -> float | None:
    """A number above 0 and not above `most`; None for anything else: then it is not known."""
    try:
        number = float(typed.strip().replace(",", ".")[:12])
    except ValueError:
        return None
    return number if 0 < number <= most else None


# --- accepting ------------------------------------------------------------------------------------


@blueprint.post("/")
@needs(*PLANNERS)
def accept() -> str:
    """Accept advice for one store or for those that are ticked, or take back what was accepted."""
    form, back = request.form, request.form.get("act") == "undo"
    stores = [form["one"]] if "one" in form else form.getlist("store")[:2_000]
    wanted = [_change(known_id(store), back) for store in dict.fromkeys(stores)]
    if not wanted:
        flash("Tick at least one store.", "fault")
        return _page(())
    sound = [one for one in wanted if back or one[1] in STEPS]
    done, left = in_transaction(asking.engine(), lambda conn: _saved(conn, sound))
    left += len(wanted) - len(sound)
    if done:
        what = "Taken back: " if back else "Accepted: "
        flash(f"{what}{_stores(len(done))}. Handhelds learn it when they sync; the next plan"
              " goes by it.", "note")  # fmt: skip
    if left:
        flash(f"{_stores(left)} changed meanwhile, or gone: left as found.", "fault")
    return _page(() if back else tuple(done))


def _change(store: str, back: bool) -> Change:
    was, to = _visits(f"was_{store}"), _visits(f"to_{store}")
    return (store, was, to) if back else (store, to, was)


def _visits(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and int(text) <= MOST_VISITS else None


def _saved(conn: Connection, wanted: list[Change]) -> tuple[list[Change], int]:
    """Save what nobody changed meanwhile. Returns it as undo wants it, and how many were left."""
    cells = asking.person().cells
    placed = {store: cell_of(conn, cells, "store", store) for store, _, _ in wanted}
    done: list[Change] = []
    left, entries = 0, dict[int, list[Entry]]()
    for store, to, was in sorted(wanted, key=lambda one: (placed[one[0]] or 0, one[0])):
        cell = placed[store]
        if cell is None:
            left += 1
            continue
        try:
            saved = edits.save(conn, cell, "store", store, {FIELD: to}, {FIELD: was}, hand())
        except (edits.Refused, LookupError):
            left += 1
            continue
        if saved.meanwhile:
            left += 1
        elif saved.changed:
            done.append((store, to, was))
            entries.setdefault(cell, []).extend(saved.entries)
    for cell in sorted(entries):
        publish(conn, cell, entries[cell])
    return done, left


def _stores(n: int) -> str:
    return "1 store" if n == 1 else f"{n} stores"
