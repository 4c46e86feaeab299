"""From an error to its answer: a problem (RFC 9457) for programs, a page for people.

Whatever a view raises ends here. `Problem` is answered as its row in the catalogue says; what
werkzeug raises (404, 405, 413) is translated into the catalogue; a database that does not answer
is 503 with Retry-After; anything else is logged under an incident number and answered `internal`
without a word of what happened inside.
"""

import secrets
from typing import Any

import msgspec
import psycopg
import structlog
from flask import Flask, Response, render_template, request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from schemas.problem import NEXT, PROBLEMS, Problem
from server.turnstile import Full

log = structlog.get_logger("talaria.server")

TRANSLATED = {
    400: "body_damaged",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "content_type_unsupported",
    422: "envelope_invalid",
    429: "too_many_attempts",
    503: "server_busy",
}
"""HTTP status of werkzeug and flask-smorest -> code of the catalogue."""

PAGES = "/office"
"""Below this path people read the answer, elsewhere programs do."""

BUSY_STATES = {"40001", "40P01", "55P03", "57014", "25006"}
"""SQLSTATEs of a database that is there but cannot just now: serialization, deadlock, lock or
statement timeout, read-only during a failover; and all of class 53: disk, memory, connections."""


def install(app: Flask) -> None:
    """Answer every error of this application."""
    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(DBAPIError, from_database)
    app.register_error_handler(psycopg.Error, from_database)
    app.register_error_handler(PoolTimeoutError, from_busy_pool)
    app.register_error_handler(Full, from_full)
    app.register_error_handler(Exception, from_surprise)


def answer(problem: Problem) -> Response:
    """The answer to one problem, in the form its reader takes."""
    if request.path.startswith(PAGES):
        body = render_template("problem.html", problem=problem.body, advice=NEXT)
        kind = "text/html; charset=utf-8"
    else:
        body = msgspec.json.encode(problem.body).decode()
        kind = problem.headers["Content-Type"]
    told = Response(body, status=problem.status, headers=problem.headers)
    told.headers["Content-Type"] = kind
    return told


def from_http(error: HTTPException) -> Response:
    """404, 405, 413 and their like; a redirect stays what it is."""
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    code = TRANSLATED.get(error.code, "internal" if error.code >= 500 else "envelope_invalid")
    told = answer(Problem(code, **_fields(error)))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            told.headers[name] = value
    return told


def _fields(error: HTTPException) -> dict[str, Any]:
    """The fields at fault, when a schema refused the request (flask-smorest hangs them on)."""
    messages = (getattr(error, "data", None) or {}).get("messages")
    return {"errors": messages} if messages else {}


def from_database(error: DBAPIError | psycopg.Error) -> Response:
    """503 when the database is away or busy; any other error of SQL is our own fault.

    What is asked through the driver alone (sync/queries) raises the driver's own errors.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    if state is not None and (state in BUSY_STATES or state[:2] == "53"):
        log.warning("database.busy", sqlstate=state)
        return answer(Problem("server_busy"))
    operational = isinstance(error, (OperationalError, psycopg.OperationalError))
    away = operational and (state is None or state[:2] in ("08", "57"))
    if away or getattr(error, "connection_invalidated", False):
        log.warning("database.away", sqlstate=state)
        return answer(Problem("database_unavailable"))
    return from_surprise(error)


def from_busy_pool(error: Exception) -> Response:
    """No connection came free in time."""
    log.warning("database.pool_exhausted")
    return answer(Problem("server_busy"))


def from_full(error: Exception) -> Response:
    """Too many of one depot send at once."""
    log.warning("turnstile.full")
    return answer(Problem("server_busy"))


def from_surprise(error: Exception) -> Response:
    """Anything nobody foresaw: told by number, logged with its stack, never shown."""
    incident = secrets.token_hex(4)
    # SQLAlchemy writes the bound values into its message: personal data, so only the kind is kept.
    log.error(
        "incident",
        incident=incident,
        error=type(error).__name__,
        sqlstate=getattr(getattr(error, "orig", error), "sqlstate", None),
        where=_where(error),
    )
    return answer(Problem("internal", incident=incident))


def _where(error: BaseException) -> list[str]:
    """file:line in function, innermost last, without the values of any variable."""
    frames, step = [], error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        name = "/".join(code.co_filename.split("/")[-2:])
        frames.append(f"{name}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return frames[-12:]


assert set(TRANSLATED.values()) <= PROBLEMS.keys()  # noqa: S101 - a table checked at import
