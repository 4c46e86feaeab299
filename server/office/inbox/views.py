"""The inbox: one list of everything that waits for a person, and one item with its history."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, session, url_for

from schemas.ids import is_id
from schemas.problem import Problem
from server import asking
from server.access.people import Person
from server.auth import needs
from server.office.inbox import queries
from server.office.inbox.words import ITEMS
from server.office.moved import lead_there
from server.office.orders.live import number
from server.office.orders.queries import orders_positions
from server.office.owners import OWNERS
from server.office.queries import reps
from sync.desk.answers import may_answer
from sync.rules.all import BY_NAME

blueprint = Blueprint("inbox", __name__)

PAGE = 50
FILTERS = ("q", "item", "role", "rule", "rep", "store", "mine", "late", "state")
HANDED_TO = ("order_desk", "finance", "supervisor", "key_account", "admin")


@blueprint.get("/inbox")
@needs("office", to="see what waits and why")
def inbox() -> Response:
    """Items that wait, late ones first; filters are kept in the address."""
    person, asked = asking.person(), _asked(request.args)
    part = "inbox_part.html" if request.headers.get("HX-Request") else "inbox.html"
    told = make_response(render_template(part, **_page(person, asked)))
    if request.headers.get("HX-Source", "").startswith("form"):
        told.headers["HX-Replace-Url"] = url_for("office.inbox.inbox", **asked)
    return told


def _asked(given: Mapping[str, str]) -> dict[str, Any]:
    """The filters of an address, those that say something."""
    found = {name: given.get(name, "").replace("\x00", "").strip()[:80] for name in FILTERS}
    if found["state"] not in ("resolved",):
        found["state"] = ""
    return {name: value for name, value in found.items() if value}


def _page(person: Person, asked: dict[str, Any]) -> dict[str, Any]:
    now, mine = asking.now(), (person.code, *sorted(person.roles))
    with asking.engine().begin() as conn:
        at = number(orders_positions(conn), person.cells)
        found = queries.items(
            conn, person.company, person.cells, asked, mine, now,
            after=_place(request.args.get("after", "")), at_most=PAGE + 1,
        )  # fmt: skip
        tallies = queries.counts(conn, person.cells, mine, now)
        people = reps(conn, person.company, person.cells)
        waiting = queries.waiting(conn, person.cells)
    last = found[PAGE - 1] if len(found) > PAGE else None
    shown = found[:PAGE]
    return {
        "items": shown,
        "answers": {one.id: offered(person, one) for one in shown},
        "bulk": _in_all(offered(person, one) for one in shown),
        "after": request.args.get("after", ""),
        "older": "" if last is None else _after(last),
        "counts": _counts(tallies),
        "strip": _strip(tallies, asked),
        "reps": people,
        "owners": OWNERS,
        "handed_to": HANDED_TO,
        "asked": asked,
        "undo": session.pop("undo", None),
        "waiting": waiting,
        "live_at": at,
        "now": now,
    }


def offered(person: Person, item: Any) -> list[str]:
    """What this person may answer to an item that waits, the proposed answer first."""
    if item.state != "waiting":
        return []
    return [
        name for name in item.answers if may_answer(person.roles, person.code, item.owner, name)
    ]


def _in_all(offers: Iterable[list[str]]) -> list[str]:
    """Every answer that some item on the page offers, as they first come."""
    return list(dict.fromkeys(name for names in offers for name in names))


def _counts(tallies: Iterable[Any]) -> dict[str, dict[str, int]]:
    """Filter -> value -> how many wait for the office."""
    found: dict[str, dict[str, int]] = {"item": {}, "role": {}, "rule": {}, "flag": {}}
    for row in tallies:
        if row.needs != "office":
            found["role"]["rep"] = found["role"].get("rep", 0) + row.n
            continue
        flags = [name for name in ("late", "mine") if getattr(row, name)]
        for name, value in (
            *(("item", row.item), ("role", row.owner), ("rule", row.rule)),
            *(("flag", flag) for flag in (*flags, "all")),
        ):
            found[name][value or ""] = found[name].get(value or "", 0) + row.n
    return found


def _strip(tallies: Iterable[Any], asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The figures above the list: all, mine, late, then each kind there is."""
    counted = _counts(tallies)
    flags, kinds = counted["flag"], counted["item"]
    figures = [
        {"word": "Waiting", "mark": "tray", "n": flags.get("all", 0), "sets": {}},
        {"word": "Mine", "mark": "person", "n": flags.get("mine", 0), "sets": {"mine": "1"}},
        {"word": "Late", "mark": "pause", "n": flags.get("late", 0), "sets": {"late": "1"}},
    ]
    for item in ("hold", "request", "duplicate", "delivery", "alarm", "fault"):
        word, mark = ITEMS[item]
        figures.append({"word": word, "mark": mark, "n": kinds.get(item, 0),
                        "sets": {"item": item}})  # fmt: skip
    chosen = {name: asked[name] for name in ("mine", "late", "item") if name in asked}
    for one in figures:
        one["here"] = one["sets"] == chosen and "state" not in asked
    return figures


def _after(row: Any) -> str:
    """Where the next page begins."""
    if row.state == "resolved":
        return f"~{row.resolved_at.isoformat()}~{row.id}"
    due = "infinity" if row.due_at is None else row.due_at.isoformat()
    return f"{due}~{row.at.isoformat()}~{row.id}"


def _place(text: str) -> tuple[str, datetime, str] | None:
    due, _, rest = text.partition("~")
    at, _, item = rest.partition("~")
    try:
        if due not in ("infinity", ""):
            datetime.fromisoformat(due)
        return (due or "infinity", datetime.fromisoformat(at), item) if is_id(item) else None
    except ValueError:
        return None


# --- one item ------------------------------------------------------------------------------------


@blueprint.get("/inbox/<int:cell>/<uuid:item>")
@needs("office")
def one(cell: int, item: Any) -> str:
    """One item: both versions side by side, the rule, what may be answered, what happened."""
    person = asking.person()
    if cell not in person.cells:
        raise Problem("not_found")
    with asking.engine().begin() as conn:
        found = queries.one(conn, person.company, cell, str(item))
        if found is None:
            lead_there(conn, person, "conflict", str(item))
            raise Problem("not_found", "There is no such item, or it is not yours to see.")
        subjects = [f"conflict/{found.id}"]
        if found.order_id:
            subjects.append(f"order/{found.order_id}")
        return render_template(
            "item.html",
            item=found,
            answers={found.id: offered(person, found)},
            rule=BY_NAME.get(found.rule),
            history=queries.history(conn, cell, subjects),
            beside=queries.beside(conn, cell, found.id, found.order_id) if found.order_id else [],
            handed_to=HANDED_TO,
            now=asking.now(),
            place="office.inbox.inbox",
        )


def waiting_count() -> int:
    """How many items wait for the office, for the rail of every page."""
    with asking.engine().begin() as conn:
        return queries.waiting(conn, asking.person().cells)
