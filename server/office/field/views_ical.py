"""A rep's plan for other calendars."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from schemas.problem import Problem
from server import asking, ical
from server.auth import needs
from server.office.field import queries_edits as queries

blueprint = Blueprint("ical", __name__, url_prefix="/plans")


@blueprint.get("/<rep>.ics")
@needs("supervisor", "key_account", "admin", to="read the plans of reps")
def plan(rep: str) -> Response:
    """The stops of this week and the weeks after, as an iCalendar file."""
    person, now = asking.person(), asking.now()
    first = ical.monday_of(datetime.now(ZoneInfo(person.zone)).date())
    with asking.engine().begin() as conn:
        whose = queries.home_of(conn, person.company, person.cells, rep[:64])
        file = whose and ical.plan_of(
            conn, person.company, rep, person.zone, first, ical.WEEKS, now, person.cells
        )
    if not file:
        raise Problem("not_found", "There is no such rep in your cells.")
    told = Response(file, content_type="text/calendar; charset=utf-8")
    told.headers["Content-Disposition"] = f'attachment; filename="plan-{rep[:64]}.ics"'
    return told
