"""Accounts of people: passwords, invitations, and links with which a person sets a password.

A password is kept as argon2id at OWASP's floor (19 MiB, two passes, one lane: about 35 ms).
At most two are computed at once in a process, so a storm of sign-ins costs time and not memory.
A link is signed, names the account and its session number, and therefore works once: setting a
password raises the number.
"""

import functools
import re
import threading
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import Connection

from server.access import queries

CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
"""How a code that people type is written; user names are such codes."""
AT_LEAST = 12
AT_MOST = 128
LINK_AGE_S = {"reset": 3600, "invitation": 72 * 3600}

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_two_at_once = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the office who is signed in. `cells` are those whose field data they may see:
    all of the company's when their home is the company itself, else their home alone."""

    company: str
    company_code: str
    company_name: str
    company_source: str | None
    currency: str
    zone: str
    code: str
    name: str
    roles: frozenset[str]
    language: str
    home_cell: int
    cells: tuple[int, ...]
    session_no: int

    @property
    def who(self) -> str:
        """As the audit trail and `changed_by` name them."""
        return f"user:{self.code}"


def person_of(conn: Connection, company: str, code: str) -> Person | None:
    """The account, if it may come in today."""
    row = queries.person(conn, company, code)
    if row is None or row.state != "active":
        return None
    everywhere = row.cell_kind == "company"
    cells = queries.cells_of_company(conn, company) if everywhere else [row.cell]
    return Person(
        company=row.company,
        company_code=row.company_code,
        company_name=row.company_name,
        company_source=row.company_source,
        currency=row.currency,
        zone=row.zone,
        code=row.code,
        name=row.name,
        roles=frozenset(row.roles),
        language=row.language,
        home_cell=row.cell,
        cells=tuple(cells),
        session_no=row.session_no,
    )


def password_fault(password: str, code: str) -> str | None:
    """What is wrong with a new password, in words; None when it will do."""
    if len(password) < AT_LEAST:
        return f"Use at least {AT_LEAST} characters. A few words in a row are easy to remember."
    if len(password) > AT_MOST:
        return f"Use at most {AT_MOST} characters."
    if len(set(password)) < 5:
        return "Use more than four different characters."
    if len(code) > 2 and code.casefold() in password.casefold():
        return "Leave your user name out of the password."
    return None


def hash_password(password: str) -> str:
    with _two_at_once:
        return _hasher.hash(password)


@functools.cache
def _nobodys() -> str:
    return _hasher.hash("the password of no account at all")


def check_password(
    conn: Connection, company: str | None, code: str, password: str
) -> Person | None:
    """The person, if the password is theirs and the account is active.

    An unknown name costs as much time as a known one, so time does not tell who exists.
    """
    row = queries.person(conn, company, code) if company and code.isprintable() else None
    known = row.password_hash if row is not None and row.state == "active" else None
    try:
        with _two_at_once:
            _hasher.verify(known or _nobodys(), password[:AT_MOST])
    except (VerificationError, InvalidHashError):
        return None
    if known is None or company is None:
        return None
    if _hasher.check_needs_rehash(known):
        queries.change_person(conn, company, code, {"password_hash": hash_password(password)})
    return person_of(conn, company, code)


def set_password(conn: Connection, company: str, code: str, password: str) -> None:
    """Give an account (company by its id, person by code) a password.

    Ends its sessions and makes an invited account active. Raises ValueError saying what is wrong
    with the password, LookupError when there is no such account.
    """
    fault = password_fault(password, code)
    if fault:
        raise ValueError(fault)
    row = queries.person(conn, company, code, lock=True)
    if row is None:
        raise LookupError(f"There is no account {code!r}.")
    state = "active" if row.state == "invited" else row.state
    queries.change_person(
        conn, company, code, {"password_hash": hash_password(password), "state": state}
    )
    queries.end_sessions(conn, company, code)


def invite(
    conn: Connection,
    company: str,
    code: str,
    name: str,
    roles: tuple[str, ...],
    home_cell: int,
    now: datetime,
    *,
    email: str | None = None,
    language: str = "en",
) -> bool:
    """A new account without a password, in state invited; False when the code is taken."""
    return queries.insert_person(
        conn,
        {
            "company": company,
            "code": code,
            "cell": home_cell,
            "name": name,
            "email": email,
            "roles": list(roles),
            "language": language,
            "state": "invited",
            "session_no": 1,
            "created_at": now,
        },
    )


def make_link_token(secret_key: str, purpose: str, company: str, code: str, session_no: int) -> str:
    """The signed part of a link that lets one person set one password (`LINK_AGE_S`)."""
    return URLSafeTimedSerializer(secret_key, salt=f"password {purpose}").dumps(
        [company, code, session_no]
    )


def read_link_token(
    conn: Connection, secret_key: str, purpose: str, token: str
) -> tuple[str, str] | None:
    """(company, code) a link is for, while it is young, unused and its account not suspended."""
    signer = URLSafeTimedSerializer(secret_key, salt=f"password {purpose}")
    try:
        company, code, session_no = signer.loads(token, max_age=LINK_AGE_S[purpose])
    except (BadData, ValueError, TypeError):
        return None
    row = queries.person(conn, company, code)
    if row is None or row.session_no != session_no or row.state not in ("invited", "active"):
        return None
    return company, code
