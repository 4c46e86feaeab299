"""The audit: who changed what, when, from where; shown, and exported as CSV."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup, escape

from schemas.ids import is_id
from server import asking
from server.auth import needs
from server.office import spreadsheet
from server.office.company import queries_audit as queries

blueprint = Blueprint("audit", __name__)

PAGE = 100
FILTERS = ("who", "action", "subject", "day", "days", "q")
COLUMNS = ("at", "who", "name", "action", "subject", "changed", "from", "office")


@blueprint.get("/audit")
@needs("admin", "supervisor", to="read who changed what, and export it")
def audit() -> str:
    """What people and programs did, newest first."""
    person, asked = asking.person(), _asked(request.args)
    with asking.engine().begin() as conn:
        found = queries.rows(
            conn, person.cells, _figures(asked, person.zone),
            before=_place(request.args.get("before", "")), at_most=PAGE + 1,
        )  # fmt: skip
        actions, doers = queries.actions(conn, person.cells), queries.doers(conn, person.cells)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return render_template(
        "audit.html",
        rows=[(row, changed(row.before, row.after)) for row in found[:PAGE]],
        actions=actions,
        doers=doers,
        asked=asked,
        older="" if last is None else f"{last.at.isoformat()}~{last.id}",
        action_word=action_word,
    )


@blueprint.get("/audit.csv")
@needs("admin", "supervisor")
def export() -> Response:
    """The same as CSV; cells that a spreadsheet would run are made text."""
    person = asking.person()
    figures = _figures(_asked(request.args), person.zone)
    engine = asking.engine()

    def lines() -> Iterator[str]:
        yield spreadsheet.line(COLUMNS)
        with engine.begin() as conn:
            for row in queries.every(conn, person.cells, figures):
                what = "; ".join(
                    f"{name}: {old} -> {new}" for name, old, new in changed(row.before, row.after)
                )
                yield spreadsheet.line(
                    (
                        row.at.astimezone(UTC).isoformat(timespec="seconds"), row.who,
                        row.who_name or "", row.action, row.subject, what, row.address or "",
                        row.cell_name,
                    )
                )  # fmt: skip

    return spreadsheet.download(lines(), "audit.csv")


def changed(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[tuple[str, str, str]]:
    """(name, old, new) of what differs between two states, nothing where they agree."""
    old, new = before or {}, after or {}
    names = [*old, *(name for name in new if name not in old)]
    return [
        (name.replace("_", " "), shown(old.get(name)), shown(new.get(name)))
        for name in names
        if shown(old.get(name)) != shown(new.get(name)) and (name in new or before is None)
    ]


def shown(value: Any) -> str:
    """A value of the audit as people read it."""
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(shown(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {shown(one)}" for name, one in value.items())
    return str(value)


def action_word(action: str) -> Markup:
    """An action as people read it: order.released -> Order released."""
    return escape(action.replace(".", " ").replace("_", " ").capitalize())


def _asked(given: Mapping[str, str]) -> dict[str, str]:
    found = {name: given.get(name, "").replace("\x00", "").strip()[:120] for name in FILTERS}
    return {name: value for name, value in found.items() if value}


def _figures(asked: Mapping[str, str], zone: str) -> dict[str, Any]:
    """The filters as the query wants them; a day is the company's."""
    figures: dict[str, Any] = {k: asked[k] for k in ("who", "action", "subject", "q") if k in asked}
    try:
        day = date.fromisoformat(asked.get("day", ""))
    except ValueError:
        return figures
    if not 2000 <= day.year <= 2100:
        return figures
    said = asked.get("days", "")
    days = int(said) if said.isascii() and said.isdigit() and len(said) <= 3 else 1
    began = datetime.combine(day, datetime.min.time(), ZoneInfo(zone))
    figures["since"] = began
    figures["until"] = began + timedelta(days=max(1, min(days, 366)))
    return figures


def _place(text: str) -> tuple[datetime, str] | None:
    at, _, row = text.partition("~")
    try:
        return (datetime.fromisoformat(at), row) if is_id(row) else None
    except ValueError:
        return None
