"""The console's door: signing in and out, passwords, files, and the pages put together."""

from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.security import safe_join

from schemas.problem import Problem
from server import asking, auth
from server.access import people, queries
from server.auth import needs
from server.office import spoken, words
from server.office.company import (
    views_audit,
    views_policies,
    views_rules,
    views_staff,
    views_terms,
)
from server.office.company import words as words_terms
from server.office.delivery import views as views_exchange
from server.office.delivery import views_meanings, views_reconcile
from server.office.field import (
    views_cards,
    views_devices,
    views_ical,
    views_moves,
    views_photos,
    views_plans,
    views_repairs,
    views_store,
    views_stores,
)
from server.office.field import words as words_edits
from server.office.inbox import views as views_inbox
from server.office.inbox import views_answers
from server.office.inbox import words as words_inbox
from server.office.money import views as views_finance
from server.office.orders import views as views_orders
from server.office.orders import views_held, views_life, views_live
from server.office.planning import views as views_planning
from server.office.planning import (
    views_adviser,
    views_balance,
    views_board,
    views_compare,
    views_days,
)
from server.office.planning import words as words_planning
from sync.audit import note

ROOMS = {
    "orders": (views_orders, views_life, views_held, views_live),
    "inbox": (views_inbox, views_answers),
    "field": (
        views_stores,
        views_store,
        views_cards,
        views_photos,
        views_plans,
        views_ical,
        views_devices,
        views_repairs,
        views_moves,
    ),
    "planning": (
        views_planning,
        views_board,
        views_compare,
        views_days,
        views_adviser,
        views_balance,
    ),
    "money": (views_finance,),
    "delivery": (views_exchange, views_reconcile, views_meanings),
    "company": (views_staff, views_policies, views_rules, views_terms, views_audit),
}
"""The pages of each room. A new page is one name here."""

blueprint = Blueprint("office", __name__, url_prefix="/office")
for pages in ROOMS.values():
    for page in pages:
        blueprint.register_blueprint(page.blueprint)

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
A_YEAR_S = 365 * 24 * 3600


@blueprint.get("/static/<path:name>")
@needs("public")
def static(name: str) -> Response:
    """Style sheets, scripts and marks. An address with its version may be kept for ever."""
    inside = safe_join(str(STATIC), name)
    if inside is None or not Path(inside).is_file():
        abort(404)
    kept_s = A_YEAR_S if "v" in request.args else 60
    kind = TYPES.get(Path(inside).suffix, "application/octet-stream")
    told = Response(Path(inside).read_bytes(), content_type=kind)  # small files, all of them
    told.headers["Cache-Control"] = f"public, max-age={kept_s}"
    told.add_etag()
    return told.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/sign-in")
@needs("public")
def sign_in_form() -> Response | str:
    if current_user.is_authenticated:
        return redirect(_back())  # type: ignore[return-value]
    return _sign_in_page()


def _sign_in_page(fault: str | None = None) -> str:
    with asking.engine().begin() as conn:
        ask_company = queries.company_of(conn, None) is None
    return render_template(
        "sign_in.html", fault=fault, ask_company=ask_company, back=_back(), form=request.form
    )


def _back() -> str:
    """Where to go after signing in: only into the console, whatever the address says."""
    asked = request.values.get("next", "")
    inside = asked.startswith("/office/") and "\\" not in asked and asked.isprintable()
    return asked if inside else url_for("office.orders.board")


@blueprint.post("/sign-in")
@needs("public")
def sign_in() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    try:
        found = auth.sign_in(
            request.form.get("company", "")[:64],
            request.form.get("code", "")[:64],
            request.form.get("password", "")[:1000],
        )
    except Problem as problem:
        said = f"{problem.row.title} {problem.row.remedy}"
        headers = {k: v for k, v in problem.headers.items() if k == "Retry-After"}
        return _sign_in_page(said), problem.status, headers
    if not found.roles & auth.CONSOLE:
        return _sign_in_page(
            "This account is for a handheld or a program; the console is not for it."
        ), 403
    auth.begin_session(found)
    return redirect(_back())  # type: ignore[return-value]


@blueprint.post("/sign-out")
@needs("office")
def sign_out() -> Response:
    """This browser, or with `everywhere` every browser this person is signed in with."""
    if request.form.get("everywhere"):
        person = asking.person()
        with asking.engine().begin() as conn:
            queries.end_sessions(conn, person.company, person.code)
    auth.end_session()
    return redirect(url_for("office.sign_in_form"))  # type: ignore[return-value]


@blueprint.route("/password/<purpose>/<token>", methods=["GET", "POST"])
@needs("public")
def password(purpose: str, token: str) -> Response | str | tuple[str, int]:
    """The page behind a link from an administrator: choose a password, once."""
    if purpose not in people.LINK_AGE_S:
        abort(404)
    secret_key = current_app.config["SECRET_KEY"]
    fault = None
    with asking.engine().begin() as conn:
        whose = people.read_link_token(conn, secret_key, purpose, token)
        if whose is None:
            return render_template("password.html", whose=None), 410
        if request.method == "POST":
            first, second = request.form.get("password", ""), request.form.get("again", "")
            fault = _set(conn, whose, first, second)
            if fault is None:
                return redirect(url_for("office.sign_in_form", done="password"))  # type: ignore[return-value]
    page = render_template("password.html", whose=whose, fault=fault, at_least=people.AT_LEAST)
    return page if fault is None else (page, 422)


def _set(conn: Any, whose: tuple[str, str], first: str, second: str) -> str | None:
    if first != second:
        return "The two passwords differ."
    try:
        people.set_password(conn, *whose, first)
    except ValueError as fault:
        return str(fault)
    home = queries.person(conn, *whose)
    if home is not None:
        who, subject = f"user:{whose[1]}", f"user/{whose[1]}"
        note(conn, home.cell, who, "user.password_set", subject, asking.now(),
             address=asking.address())  # fmt: skip
    return None


words.install(blueprint)
spoken.install(blueprint)
words_edits.install(blueprint)
words_inbox.install(blueprint)
words_terms.install(blueprint)
words_planning.install(blueprint)
blueprint.add_app_template_global(views_inbox.waiting_count)
blueprint.add_app_template_global(views_reconcile.silent, "silent_systems")
blueprint.add_app_template_global(auth.may)
