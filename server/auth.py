"""Who may ask for what: every route declares it, and nothing is answered before it is checked.

A view says `@needs("order_desk", "admin", to="decide held orders")`. The application refuses to
start while one route declares nothing (`undeclared`), and `guard` runs before every view:

* `public`: anybody;
* `rep-device`: the bearer of a handheld's secret, revoked ones too (their work is still taken);
* `office`: anybody signed in to the console, whatever the role;
* a role of ROLES: a person who has it, by the session cookie or, for programs, by HTTP Basic.

What comes with a cookie must also show that it was sent from our own page (CSRF).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from schemas.problem import Problem
from schemas.tables import company as tables
from server import asking
from server.access import queries
from server.access.devices import device_of
from server.access.people import Person, check_password, person_of
from server.access.rates import Rate, take

ROLES = {
    "rep": "Visits stores and takes orders on a handheld; has no part in the console.",
    "supervisor": "Leads reps: their handhelds, their stores, and what is held.",
    "key_account": "Looks after banners: reads orders and stores.",
    "order_desk": "Watches orders land and decides what is held.",
    "finance": "Reads orders and releases those held for credit.",
    "warehouse": "Reads orders and what was shipped.",
    "admin": "Runs the system: people, roles, handhelds, assignments, loads.",
    "integration": "A program, not a person: loads data and reads it, by HTTP Basic.",
}
"""Role -> what it is for. What each may do is declared by the routes: see `duties`."""

CONSOLE = frozenset(ROLES) - {"rep", "integration"}
SPECIAL = frozenset({"public", "rep-device", "office"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FROM_ADDRESS = Rate(burst=20, per_s=1 / 6)
FOR_ACCOUNT = Rate(burst=6, per_s=1 / 30)

View = TypeVar("View", bound=Callable[..., Any])
csrf = CSRFProtect()
log = structlog.get_logger("talaria.server")


@dataclass(frozen=True, slots=True)
class Need:
    """Who may use a route, and what it lets them do, in words."""

    roles: frozenset[str]
    to: str


def needs(*roles: str, to: str = "") -> Callable[[View], View]:
    """Declare who may use a view: any of these roles. `to` says what for, on the page of people."""
    unknown = set(roles) - SPECIAL - ROLES.keys()
    if unknown or not roles:
        raise ValueError(f"needs() takes roles of ROLES or {sorted(SPECIAL)}, not {roles}")

    def declare(view: View) -> View:
        view.need = Need(frozenset(roles), to)  # type: ignore[attr-defined]
        return view

    return declare


def need_of(view: Callable[..., Any], method: str) -> Need | None:
    """What a view declares; a class of views declares it for each method."""
    verb = "get" if method == "HEAD" else method.lower()
    part = getattr(getattr(view, "view_class", None), verb, view)
    need: Need | None = getattr(part, "need", None)
    return need


def _routes(app: Flask) -> Iterator[tuple[str, str, Need | None]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule.rule, need_of(app.view_functions[rule.endpoint], method)


def undeclared(app: Flask) -> list[str]:
    """Routes that say nothing about who may use them."""
    return [f"{method} {path}" for method, path, need in _routes(app) if need is None]


def duties(app: Flask) -> dict[str, list[str]]:
    """Role -> what its people may do, in words, as the routes declare it."""
    told: dict[str, set[str]] = {role: set() for role in ROLES}
    for _, _, need in _routes(app):
        if need is not None and need.to:
            for role in CONSOLE if "office" in need.roles else need.roles & ROLES.keys():
                told[role].add(need.to)
    return {role: sorted(words) for role, words in told.items()}


def may(endpoint: str) -> bool:
    """Whether whoever asks now may use another view, so that a page offers only what works."""
    need: Need | None = getattr(current_app.view_functions[endpoint], "need", None)
    allowed = CONSOLE if need is not None and "office" in need.roles else need and need.roles
    return "person" in g and bool(allowed and asking.person().roles & allowed)


# --- before every view ---------------------------------------------------------------------------


def install(app: Flask) -> None:
    """Sessions, CSRF and the guard."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    app.config.update(WTF_CSRF_SSL_STRICT=False)  # `_from_our_page` looks at Origin instead
    csrf.init_app(app)
    signing = LoginManager()
    signing.init_app(app)
    signing.user_loader(_by_session)
    app.before_request(guard)


def guard() -> Response | None:
    """Let the request through to its view, or answer it here."""
    if request.endpoint is None or request.method == "OPTIONS":
        return None  # no such address, or Flask's own answer
    need = need_of(current_app.view_functions[request.endpoint], request.method)
    if need is None:
        raise Problem("forbidden", "This address declares nobody who may use it.")
    if "rep-device" in need.roles:
        with asking.engine().begin() as conn:
            g.device = device_of(conn, request.headers.get("Authorization"))
        return None
    by_program = "public" not in need.roles and _by_basic(need)
    if not by_program and request.method not in SAFE and _takes_cookies(need):
        _from_our_page()
    if "public" in need.roles or by_program:
        return None
    account = current_user if current_user.is_authenticated else None
    if account is None:
        return _to_sign_in()
    g.person = account.person
    _check_role(account.person, need)
    return None


def _takes_cookies(need: Need) -> bool:
    return "public" not in need.roles or request.path.startswith("/office")


def _check_role(person: Person, need: Need) -> None:
    allowed = CONSOLE if "office" in need.roles else need.roles
    if not person.roles & allowed:
        raise Problem("forbidden")


def _to_sign_in() -> Response:
    """People are shown the way to sign in; programs are told that they are nobody."""
    if not request.path.startswith("/office"):
        raise Problem("not_authenticated")
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    if request.headers.get("HX-Request"):
        told = Response(status=401)
        told.headers["HX-Redirect"] = url_for("office.sign_in_form")
        return told
    return redirect(url_for("office.sign_in_form", next=back))  # type: ignore[return-value]


def _from_our_page() -> None:
    """Refuse what another site made the browser send. Two checks, either of them enough."""
    origin = request.headers.get("Origin")
    hosts = {request.host, urlsplit(asking.settings().public_url).netloc}
    if origin is not None and urlsplit(origin).netloc not in hosts:
        raise Problem("csrf_failed")
    try:
        csrf.protect()
    except CSRFError:
        raise Problem("csrf_failed") from None


def _by_basic(need: Need) -> bool:
    """A program that names itself in this very request: `COMPANY/CODE` and a password."""
    given = request.authorization
    if given is None or given.type != "basic" or request.path.startswith("/office"):
        return False
    company, _, code = (given.username or "").rpartition("/")
    found = sign_in(company, code, given.password or "")
    if "rep" in found.roles and len(found.roles) == 1:
        raise Problem("forbidden")
    g.person = found
    if "office" in need.roles and "integration" in found.roles:
        return True
    _check_role(found, need)
    return True


def check_program(*roles: str) -> None:
    """For a public view that turns out to need somebody: a program with one of these roles."""
    if not _by_basic(Need(frozenset(roles), "")):
        raise Problem("not_authenticated")


# --- signing in and out --------------------------------------------------------------------------


class Account(UserMixin):  # type: ignore[misc]
    """A person as Flask-Login carries them; the id ends with the session's number."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        return json.dumps([self.person.company, self.person.code, self.person.session_no])


def _by_session(kept: str) -> Account | None:
    """Whose session this is, unless it was ended: a reset, a suspension, a sign-out everywhere."""
    try:
        company, code, session_no = json.loads(kept)
    except ValueError:
        return None
    with asking.engine().begin() as conn:
        found = person_of(conn, company, code)
    return Account(found) if found is not None and found.session_no == session_no else None


def sign_in(company_code: str, code: str, password: str) -> Person:
    """The person with this name and password; `company_code` may be empty if there is one company.

    Raises Problem `login_failed` or `too_many_attempts`; tries are braked for the address and for
    the account, whether it exists or not.
    """
    now, address = asking.now(), asking.address()
    company_code = company_code if company_code.isprintable() else ""
    account = f"{company_code.casefold()}/{code.casefold()}"[:200]
    rates = {f"sign-in:{address}": FROM_ADDRESS, f"sign-in-as:{account}": FOR_ACCOUNT}
    wait_s = take(asking.engine(), rates, now)
    if wait_s:
        raise Problem("too_many_attempts", retry_after_s=wait_s)
    with asking.engine().begin() as conn:
        company = queries.company_of(conn, company_code.strip() or None)
        found = check_password(conn, company.id if company else None, code.strip(), password)
        if found is None:
            log.info("sign_in.refused")
            raise Problem("login_failed")
        queries.change_person(conn, found.company, found.code, {"last_login_at": now})
        queries.fill_bucket(conn, f"sign-in-as:{account}")  # only failures are counted against it
    return found


def begin_session(person: Person) -> None:
    """Sign this browser in, in a session of its own."""
    session.clear()
    session.permanent = True
    login_user(Account(person))


def end_session() -> None:
    logout_user()
    session.clear()


assert ROLES.keys() == set(tables.ROLES)  # noqa: S101 - a table checked at import
