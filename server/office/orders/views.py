"""Orders: the board on which they land, and one order with its whole story."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    make_response,
    render_template,
    request,
    url_for,
)

from schemas.ids import is_id
from schemas.problem import Problem
from server import asking
from server.access.people import Person
from server.access.queries import company_cell
from server.auth import needs
from server.office.moved import lead_there
from server.office.orders import queries
from server.office.orders.live import number
from server.office.orders.timeline import reasons, story
from server.office.queries import audit_of, reps
from server.photos.queries import of_order
from sync import life

blueprint = Blueprint("orders", __name__)

GROUPS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    # name in the address: (word, mark, states)
    "held": ("Held", "pause", ("held",)),
    "open": ("Accepted", "ring", ("received", "accepted", "sent")),
    "acknowledged": ("Acknowledged", "check", ("acknowledged", "allocated", "short", "picking")),
    "gone": ("On its way", "truck", ("dispatched", "delivered", "invoiced", "closed")),
    "rejected": ("Rejected", "cross", ("rejected", "cancelled", "returned")),
}
"""Groups of states, as the counts and the filter of the board show them."""

PAGE = 100
FRESH = timedelta(seconds=8)


@blueprint.get("/")
@needs("office", to="watch orders land")
def board() -> str:
    """The live order board."""
    return render_template("board.html", **_board(asking.person(), request.args))


@blueprint.get("/rows")
@needs("office")
def rows() -> Response:
    """The part of the board that changes: counts and table."""
    told = make_response(
        render_template("board_rows.html", **_board(asking.person(), request.args))
    )
    if request.headers.get("HX-Source", "").startswith("form"):
        kept: dict[str, Any] = {
            k: v for k, v in request.args.items() if v and k in ("state", "rep", "q")
        }
        told.headers["HX-Replace-Url"] = url_for("office.orders.board", **kept)
    return told


def _board(person: Person, asked: Mapping[str, str]) -> dict[str, Any]:
    group, rep, typed = asked.get("state", ""), asked.get("rep", ""), _typed(asked.get("q", ""))
    states = GROUPS[group][2] if group in GROUPS else ()
    with asking.engine().begin() as conn:
        at = number(queries.orders_positions(conn), person.cells)
        found = queries.board(
            conn,
            person.company,
            person.cells,
            states=states,
            rep=rep,
            typed=typed,
            before=_place(asked.get("before", "")),
            at_most=PAGE + 1,
        )
        tallies = queries.tallies(conn, person.cells, _day_began(person.zone))
        people = reps(conn, person.company, person.cells)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return {
        "orders": found[:PAGE],
        "before": asked.get("before", ""),
        "older": f"{last.received_at.isoformat()}~{last.id}" if last else "",
        "counts": _counts(tallies),
        "reps": people,
        "groups": GROUPS,
        "chosen": {"state": group, "rep": rep, "q": typed},
        "fresh_since": datetime.now(UTC) - FRESH,
        "live_at": at,
    }


def _counts(tallies: Mapping[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """Figures of the strip: landed today, then one for each group."""
    landed = [one for state, one in tallies.items() if state != "held"]
    figures = [_figure("", "Landed today", "board", landed)]
    for group, (word, mark, states) in GROUPS.items():
        parts = [tallies.get(state, (0, 0)) for state in states]
        figures.append(_figure(group, word, mark, parts))
    return figures


def _figure(group: str, word: str, mark: str, parts: list[tuple[int, int]]) -> dict[str, Any]:
    orders, minor = sum(n for n, _ in parts), sum(value for _, value in parts)
    return {"group": group, "word": word, "mark": mark, "n": orders, "minor": minor}


def _day_began(zone: str) -> datetime:
    today = datetime.now(ZoneInfo(zone)).date()
    return datetime.combine(today, datetime.min.time(), ZoneInfo(zone))


def _typed(text: str) -> str:
    """What was typed into a search field, fit for a query."""
    return text.replace("\x00", "").strip()[:80]


def _place(text: str) -> tuple[datetime, str] | None:
    """Where an older page begins, from its address."""
    at, _, order_id = text.partition("~")
    try:
        return (datetime.fromisoformat(at), order_id) if is_id(order_id) else None
    except ValueError:
        return None


# --- one order -----------------------------------------------------------------------------------


@blueprint.get("/orders/<int:cell>/<uuid:order_id>")
@needs("office", to="read an order with its whole story")
def order(cell: int, order_id: Any) -> str:
    """One order: its lines, and its story from capture to delivery."""
    part = "order_part.html" if request.headers.get("HX-Request") else "order.html"
    return render_template(part, **_order(asking.person(), cell, str(order_id)))


def _order(person: Person, cell: int, order_id: str) -> dict[str, Any]:
    if cell not in person.cells:
        raise Problem("not_found")
    with asking.engine().begin() as conn:
        at = number(queries.orders_positions(conn), person.cells)
        found = queries.order(conn, person.company, cell, order_id)
        if found is None:
            lead_there(conn, person, "orders", order_id)
            raise Problem("not_found", "There is no such order, or it is not yours to see.")
        lines = queries.order_lines(conn, company_cell(conn, person.company), cell, order_id)
        conflicts = queries.conflicts(conn, [(cell, order_id)])
        events = story(
            found,
            queries.receipts(conn, cell, order_id),
            conflicts,
            queries.deliveries(conn, cell, order_id),
            queries.attempts(conn, cell, order_id),
            audit_of(conn, cell, f"order/{order_id}"),
            queries.statuses(conn, cell, order_id),
            lines,
            queries.changes(conn, cell, order_id),
        )
        related = queries.related(conn, cell, order_id)
        signature = of_order(conn, person.cells, order_id, found.rep)
    about = reasons(found.holds, conflicts)
    return {
        "order": found,
        "lines": lines,
        "events": events,
        "reasons": about,
        "related": related,
        "signature": signature,
        "can_cancel": life.can(found.state, "cancel") and found.state != "held",
        "live_at": at,
    }
