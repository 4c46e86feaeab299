"""The stream of events that open pages listen to."""

from flask import Blueprint, Response, current_app, request

from schemas.problem import Problem
from server import asking
from server.auth import needs
from server.office.orders.live import Full, Hub

blueprint = Blueprint("live", __name__)
RETRY_AFTER_S = 20


@blueprint.get("/events")
@needs("office")
def events() -> Response:
    """Server-sent events: `orders` whenever orders of this person's cells changed, `signed`
    whenever a signature came, `plans` whenever a plan of visit routes of the company changed.

    503 with Retry-After when half the threads of the process are streams already; the page then
    looks again by itself, slowly, and tries to get a stream now and then.
    """
    if request.method == "HEAD":
        return Response(content_type="text/event-stream")
    seen = request.headers.get("Last-Event-ID") or request.args.get("at", "")
    try:
        person = asking.person()
        stream = hub().join(person.cells, seen[:500], person.company)
    except Full:
        raise Problem("server_busy", "Too many live pages are open.",
                      retry_after_s=RETRY_AFTER_S) from None  # fmt: skip
    told = Response(stream.events(), content_type="text/event-stream")
    told.call_on_close(stream.close)  # also when it ends before it began
    told.headers["X-Accel-Buffering"] = "no"
    told.headers["Cache-Control"] = "no-store"
    return told


def hub() -> Hub:
    """This process's hub; made on first use, so never before the fork."""
    found: Hub | None = current_app.extensions.get("live")
    if found is None:
        settings = asking.settings()
        made = Hub(
            asking.engine(), settings.database_url, settings.hint_channel, settings.web_threads // 2
        )
        found = current_app.extensions.setdefault("live", made)
    return found
