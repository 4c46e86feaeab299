"""Handhelds: the code that enrols one, and the secret it carries ever after.

The code is 40 bits, lives a quarter of an hour and is kept hashed. Guessing it is braked three
ways: tries from one address, tries altogether, and tries of the code itself. The secret is 256
bits, kept hashed, never renewed on its own: a lost reply must not lock an honest rep out.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from schemas.problem import Problem
from schemas.versions import NEWEST
from server.access import queries
from server.access.rates import Rate, take
from sync.audit import note

CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"  # Crockford's: without I, L, O and U
CODE_AGE = timedelta(minutes=15)
CODE_TRIES = 5
PER_ADDRESS = Rate(burst=10, per_s=1 / 30)
ALTOGETHER = Rate(burst=200, per_s=2)


@dataclass(frozen=True, slots=True)
class Device:
    """A handheld and whose it is. `state` may be revoked or wiped: what it captured is still
    taken and held, so it is known here, and the views say what it may do."""

    cell: int
    id: str
    company: str
    company_code: str
    currency: str
    zone: str
    rep: str
    rep_name: str
    rep_state: str
    language: str
    install: str
    no: int
    state: str
    schema: int
    acknowledged_n: int
    last_pull_at: datetime | None
    company_cell: int
    cells: tuple[int, ...]  # the company's field cells
    epoch: str
    lease_days: int
    boots: tuple[str, ...]
    trouble: str | None

    @property
    def who(self) -> str:
        return f"device:{self.id}"


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def device_of(conn: Connection, authorization: str | None) -> Device:
    """The handheld whose secret stands in the Authorization header.

    Raises Problem `not_authenticated` when there is none or nobody has that secret.
    """
    scheme, _, secret = (authorization or "").partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not 20 <= len(secret) <= 200:
        raise Problem("not_authenticated")
    row = queries.device_with_secret(conn, _digest(secret))
    if row is None:
        raise Problem("not_authenticated")
    told = {name: getattr(row, name) for name in Device.__dataclass_fields__}
    return Device(**told | {"cells": tuple(row.cells), "boots": tuple(row.boots)})


def note_wiped(conn: Connection, device: Device, now: datetime) -> None:
    """A revoked handheld says that it has deleted what it held."""
    queries.change_device(conn, device.cell, device.id, {"state": "wiped", "queue_depth": 0})
    note(conn, device.cell, device.who, "device.wiped", f"device/{device.id}", now,
         before={"state": device.state}, after={"state": "wiped"})  # fmt: skip


def make_enrolment_code(
    conn: Connection, company: str, rep: str, by: str, now: datetime, address: str | None = None
) -> str:
    """A code like K7QX-2M4P that enrols one handheld for this rep (`company` by its id).

    `by` is whoever asks, as the audit trail names them. Raises LookupError when there is no such
    active rep.
    """
    row = queries.person(conn, company, rep)
    if row is None or row.state not in ("active", "invited") or "rep" not in row.roles:
        raise LookupError(f"There is no active rep {rep!r}.")
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
    queries.insert_enrolment(
        conn,
        {
            "code_hash": _digest(letters),
            "company": company,
            "rep": rep,
            "made_by": by,
            "made_at": now,
            "expires_at": now + CODE_AGE,
            "tries": 0,
        },
    )
    note(conn, row.cell, by, "enrolment.code_made", f"user/{rep}", now, address=address)
    return f"{letters[:4]}-{letters[4:]}"


def plain_code(typed: str) -> str:
    """A code as typed by a person, brought to the form that is hashed."""
    letters = typed.upper().replace("-", "").replace(" ", "")
    return letters.translate(str.maketrans("ILOU", "110V"))


def enrol(
    engine: Engine,
    code: str,
    install: str,
    model: str | None,
    app: str | None,
    now: datetime,
    address: str,
) -> dict[str, Any]:
    """Enrol a handheld; the answer of PROTOCOL.md, section 1.

    Takes the engine, not a connection: a refused try is counted and committed. The same code
    with the same install again gives a fresh secret for the same handheld, unless the last one was
    used since: then this is a late copy. So does a new code for an install that the same rep
    enrolled before, whose outbox thereby stays valid.
    Raises Problem `too_many_attempts`, `enrolment_code_unknown` or `enrolment_code_expired`.
    """
    rates = {f"enrol:{address}": PER_ADDRESS, "enrol:": ALTOGETHER}
    wait_s = take(engine, rates, now)
    if wait_s:
        raise Problem("too_many_attempts", retry_after_s=wait_s)
    code_hash = _digest(plain_code(code))
    with engine.begin() as conn:
        found = queries.present_code(conn, code_hash)
        rep = _whom(conn, found, install, now)
        answer = None
        if found is not None and rep is not None:
            answer = _let_in(conn, found, rep, install, model, app, now, address)
    if answer is None:
        late = found is not None and now >= found.expires_at
        raise Problem("enrolment_code_expired" if late else "enrolment_code_unknown")
    return answer


def _whom(
    conn: Connection, found: queries.Found | None, install: str, now: datetime
) -> queries.Found | None:
    """The rep a presented code is for; None when the code does not, or no longer, count."""
    if found is None or now >= found.expires_at or found.tries > CODE_TRIES:
        return None
    if found.used_at is not None:
        again = queries.device_of_install(conn, found.company, found.rep, install)
        if again is None or again.id != found.device:
            return None
        if again.heard_at is not None and again.heard_at > found.used_at:
            return None  # a late copy: whoever got the secret uses it, and would be locked out
    rep = queries.person(conn, found.company, found.rep)
    return rep if rep is not None and rep.state in ("active", "invited") else None


def _let_in(
    conn: Connection,
    found: queries.Found,
    rep: queries.Found,
    install: str,
    model: str | None,
    app: str | None,
    now: datetime,
    address: str,
) -> dict[str, Any]:
    secret = secrets.token_urlsafe(32)
    fresh = {
        "secret_hash": _digest(secret),
        "state": "enrolled",
        "model": model,
        "app_version": app,
        "enrolled_at": now,
        "enrolled_by": found.made_by,
        "boots": [],
        "trouble": None,
        "trouble_at": None,
    }
    known = queries.device_of_install(conn, found.company, found.rep, install)
    if known is None:
        device_id, no = f"d-{secrets.token_hex(8)}", queries.next_device_no(conn, found.company)
        key = {"cell": rep.cell, "id": device_id, "company": found.company, "rep": found.rep}
        numbers = {"no": no, "install": install, "schema": NEWEST, "acknowledged_n": 0}
        queries.insert_device(conn, fresh | key | numbers)
    else:
        device_id, no = known.id, known.no
        queries.change_device(conn, known.cell, device_id, fresh)
    queries.use_code(conn, found.code_hash, device_id, now)
    note(
        conn, rep.cell, f"device:{device_id}", "device.enrolled", f"device/{device_id}", now,
        after={"rep": found.rep, "no": no, "model": model, "again": known is not None},
        address=address,
    )  # fmt: skip
    return {
        "device": device_id,
        "secret": secret,
        "no": no,
        "number_prefix": f"D{no}",
        "rep": {"code": found.rep, "name": rep.name},
        "company": {
            "code": rep.company_code,
            "name": rep.company_name,
            "currency": rep.currency,
            "zone": rep.zone,
        },
        "epoch": queries.epoch(conn),
        "schema": NEWEST,
        "server_time": now,
    }
