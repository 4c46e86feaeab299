"""People of the office and the field: who there is, what they may do, and their way in."""

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import Connection

from schemas.problem import Problem
from server import asking, auth
from server.access import people as accounts
from server.access import queries as access
from server.auth import needs
from server.office.company import queries
from sync.audit import note

blueprint = Blueprint("staff", __name__, url_prefix="/people")


@blueprint.get("/")
@needs("admin", to="look after people and their roles")
def people() -> str:
    person = asking.person()
    with asking.engine().begin() as conn:
        found = queries.people(conn, person.company, person.cells)
        cells = queries.cells(conn, person.company, person.cells)
    return render_template(
        "people.html", people=found, cells=cells, roles=auth.ROLES, duties=auth.duties(current_app)
    )


@blueprint.post("/")
@needs("admin")
def invite() -> Response:
    """A new account, and the link with which its person sets a password."""
    person, now = asking.person(), asking.now()
    code = request.form.get("code", "").strip().lower()
    name = " ".join(request.form.get("name", "").split())[:80]
    roles = tuple(role for role in request.form.getlist("role") if role in auth.ROLES)
    home = request.form.get("cell", 0, int)
    fault = _fault(name, roles)
    if not accounts.CODE.fullmatch(code):
        fault = "A user name has small letters, digits, dots and dashes, at most 32."
    elif fault is None and home not in person.cells:
        fault = "Choose where the person belongs."
    if fault is not None:
        flash(fault, "fault")
        return _back()
    with asking.engine().begin() as conn:
        email = request.form.get("email", "").strip()[:200] or None
        made = accounts.invite(conn, person.company, code, name, roles, home, now, email=email)
        if made:
            _note(conn, home, "user.invited", code, {"roles": list(roles)})
    if not made:
        flash(f"The user name {code} is taken. A user name is never given out twice.", "fault")
        return _back()
    return redirect(url_for("office.staff.one", code=code))  # type: ignore[return-value]


def _fault(name: str, roles: tuple[str, ...]) -> str | None:
    if not name or not name.isprintable():
        return "Give the person's name."
    return None if roles else "Choose at least one role."


@blueprint.get("/<code>")
@needs("admin")
def one(code: str) -> str:
    """One account: roles, state, a link for a new password."""
    person = asking.person()
    with asking.engine().begin() as conn:
        row = _row(conn, code)
        cells = queries.cells(conn, person.company, person.cells)
    return render_template(
        "one_person.html", row=row, cells=cells, roles=auth.ROLES,
        duties=auth.duties(current_app), link=None,
    )  # fmt: skip


@blueprint.post("/<code>/link")
@needs("admin", to="send a link that sets a new password")
def link(code: str) -> str:
    """Show a link that sets this person's password, once: works once, and only for a while."""
    person = asking.person()
    with asking.engine().begin() as conn:
        row = _row(conn, code)
        if row.state not in ("invited", "active"):
            raise Problem("changed_meanwhile", "This account is not in use.")
        purpose = "invitation" if row.state == "invited" else "reset"
        _note(conn, row.cell, "user.link_made", code, {"purpose": purpose})
        cells = queries.cells(conn, person.company, person.cells)
    token = accounts.make_link_token(
        current_app.config["SECRET_KEY"], purpose, person.company, row.code, row.session_no
    )
    path = url_for("office.password", purpose=purpose, token=token)
    return render_template(
        "one_person.html", row=row, cells=cells, roles=auth.ROLES,
        duties=auth.duties(current_app), link=asking.settings().public_url + path,
        hours=accounts.LINK_AGE_S[purpose] // 3600,
    )  # fmt: skip


@blueprint.post("/<code>")
@needs("admin")
def change(code: str) -> Response:
    """New name, roles, or state. Suspending ends every session of the person at once."""
    person = asking.person()
    name = " ".join(request.form.get("name", "").split())[:80]
    roles = tuple(role for role in request.form.getlist("role") if role in auth.ROLES)
    state = request.form.get("state", "")
    with asking.engine().begin() as conn:
        row = _row(conn, code, lock=True)
        fault = _fault(name, roles)
        if state not in _next_states(row.state):
            fault = "That state is not possible from here."
        elif row.code == person.code and (state != "active" or "admin" not in roles):
            fault = "You cannot take your own access away; another administrator can."
        if fault is None:
            new = {"name": name, "roles": list(roles), "state": state}
            access.change_person(conn, person.company, row.code, new)
            if state in ("suspended", "left") or set(roles) != set(row.roles):
                access.end_sessions(conn, person.company, row.code)
            old = {"name": row.name, "roles": row.roles, "state": row.state}
            note(
                conn, row.cell, person.who, "user.changed", f"user/{row.code}", asking.now(),
                before=old, after=new, address=asking.address(),
            )  # fmt: skip
    flash(fault or f"Saved. {name} is {state}.", "fault" if fault else "note")
    return redirect(url_for("office.staff.one", code=code))  # type: ignore[return-value]


def _next_states(state: str) -> tuple[str, ...]:
    if state == "invited":
        return ("invited", "suspended", "left")
    return ("active", "suspended", "left")


def _row(conn: Connection, code: str, lock: bool = False) -> access.Found:
    person = asking.person()
    row = access.person(conn, person.company, code, lock=lock) if code.isprintable() else None
    if row is None or row.cell not in person.cells:
        raise Problem("not_found", "There is no such account.")
    return row


def _note(conn: Connection, cell: int, action: str, code: str, after: dict[str, object]) -> None:
    note(
        conn, cell, asking.person().who, action, f"user/{code}", asking.now(),
        after=after, address=asking.address(),
    )  # fmt: skip


def _back() -> Response:
    return redirect(url_for("office.staff.people"))  # type: ignore[return-value]
