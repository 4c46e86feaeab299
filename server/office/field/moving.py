"""Moves as forms ask for them: read, rehearsed for the preview, and done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from sqlalchemy import Connection

from schemas.ids import is_id
from schemas.problem import Problem
from server.access import queries as access
from server.access.people import Person
from server.office.field import queries_moves as queries
from server.office.field.relocating import not_there
from sync.audit import note
from sync.moving import hand_over as handing
from sync.moving import leaving
from sync.moving.hand_over import Move, Moved, NotSo
from sync.moving.preview import Effect, preview
from sync.moving.relocate import write_for_show
from sync.queries.moving import givers

Kind = Literal["hand_over", "stand_in", "end_stand_in", "relocate", "leave"]
KINDS: Mapping[str, Kind] = {one: one for one in get_args(Kind)}
NAMES_A_REP = ("stand_in", "end_stand_in", "leave")
NOBODY = "-"
MOST_STORES = 2_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done. Reps by code; `taker` None: nobody. Days by the company's zone."""

    kind: Kind
    stores: tuple[tuple[int, str], ...] = ()  # (cell, id)
    rep: str = ""
    taker: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    together_days: int = 1
    depot: int = 0
    warehouse: str = ""
    at_once: bool = False


def read_plan(
    conn: Connection, person: Person, form: Mapping[str, str], ids: Sequence[str]
) -> Plan:
    """A form as a plan. Raises NotSo for what cannot be meant, not_found for what is not theirs."""
    kind = KINDS.get(form.get("kind", ""))
    if kind is None:
        raise NotSo("choose what is to be done")
    rep = _rep(conn, person, form.get("rep", "")) if kind in NAMES_A_REP else ""
    if kind == "leave":
        _leaver(conn, person, rep)
    to = form.get("to", "")
    if kind in ("hand_over", "stand_in") and not to:
        raise NotSo("choose who gets the stores")
    if kind == "end_stand_in" and to in ("", NOBODY):
        raise NotSo("choose who stands in")
    taker = None if to in ("", NOBODY) else _rep(conn, person, to)
    wanted = [one for one in ids if is_id(one)]
    known = queries.cells_of_stores(conn, person.cells, wanted[:MOST_STORES])
    stores = tuple(sorted((cell, store) for store, cell in known.items()))
    if kind in ("hand_over", "relocate") and not stores:
        raise NotSo("tick at least one store")
    said, _, warehouse = form.get("depot", "").partition(" ")
    depot = int(said) if said.isascii() and said.isdigit() else 0
    if kind == "relocate" and depot not in person.cells:
        raise NotSo("choose the depot and its warehouse")
    return Plan(
        kind, stores, rep, taker, _day(form, "first_day"), _day(form, "last_day"),
        _days(form.get("together_days", "1")), depot, warehouse,
        form.get("handhelds") == "at_once",
    )  # fmt: skip


def _rep(conn: Connection, person: Person, code: str) -> str:
    row = access.person(conn, person.company, code[:64]) if code.isprintable() else None
    if row is None or row.cell not in person.cells or "rep" not in row.roles:
        raise Problem("not_found", "There is no such rep.")
    return str(row.code)


def _leaver(conn: Connection, person: Person, rep: str, lock: bool = False) -> access.Found:
    """The account that is to end. Whoever has more roles than a rep's is for an administrator to
    let go; nobody ends their own account, nor that of the last administrator."""
    row = access.person(conn, person.company, rep, lock=lock)
    if row is None or row.code == person.code:
        raise NotSo("nobody ends their own account; another administrator can")
    if set(row.roles) - {"rep"} and "admin" not in person.roles:
        raise NotSo(f"{row.name} has other duties too: an administrator can end that account")
    if "admin" in row.roles and not queries.other_admins(conn, person.company, rep, lock):
        raise NotSo(f"{row.name} is the last administrator")
    return row


def _day(form: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(form[name]) if form.get(name) else None
    except ValueError:
        raise NotSo("write days as 2026-11-21") from None


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 3:
        raise NotSo("days together are a whole number")
    return int(text)


def _moves(conn: Connection, plan: Plan, today: date) -> list[Move]:
    """The ticked stores, from whoever has them that day or is to have them later."""
    have: dict[tuple[int, str], list[str]] = {one: [] for one in plan.stores}
    cells, stores = sorted({cell for cell, _ in have}), [store for _, store in have]
    for cell, store, rep in givers(conn, cells, stores, plan.first_day or today):
        if rep != plan.taker:
            have[cell, store].append(rep)
    found: list[Move] = []
    for one, reps in have.items():
        found += [Move(*one, giver, plan.taker) for giver in reps]
        if not reps and plan.taker is not None:
            found.append(Move(*one, None, plan.taker))
    if not found:
        raise NotSo("nothing would change: they are there already")
    return found


def _rehearse(conn: Connection, person: Person, plan: Plan, now: datetime, today: date) -> Moved:
    """Write the plan without telling anybody; the caller rolls it back."""
    by = person.who
    if plan.kind == "hand_over":
        return handing.write_moves(
            conn, _moves(conn, plan, today), by, now, first_day=plan.first_day,
            together_days=plan.together_days,
        )  # fmt: skip
    home = queries.home_of(conn, person.company, plan.rep) if plan.rep else 0
    if plan.kind == "stand_in":
        return handing.write_stand_in(
            conn, home, plan.rep, plan.taker or "", *_both_days(plan), by, now
        )
    if plan.kind == "end_stand_in":
        return handing.write_end_of_stand_in(conn, home, plan.rep, plan.taker or "", now)
    if plan.kind == "leave":
        return leaving.write_leaving(
            conn, home, plan.rep, _takers(conn, home, plan, now), now, by
        )[0]  # fmt: skip
    going = not_there(plan.stores, plan.depot)
    return write_for_show(conn, going, plan.depot, plan.warehouse, by)


def _both_days(plan: Plan) -> tuple[date, date]:
    if plan.first_day is None or plan.last_day is None:
        raise NotSo("give the first and the last day")
    return plan.first_day, plan.last_day


def _takers(conn: Connection, home: int, plan: Plan, now: datetime) -> dict[str, str]:
    if plan.taker is None:
        return {}
    moves = leaving.stores_to_hand_over(conn, home, plan.rep, now)
    return {one.store: plan.taker for one in moves}


def look_ahead(
    conn: Connection, person: Person, plan: Plan, now: datetime, today: date
) -> list[Effect]:
    """What the plan will bring and take, nothing of it written. Raises NotSo."""
    there = {(plan.depot, f"st:{store}"): (cell, f"st:{store}") for cell, store in plan.stores}
    return preview(
        conn, person.cells[0], lambda inner: _rehearse(inner, person, plan, now, today), now,
        there if plan.kind == "relocate" else {},
    )  # fmt: skip


def carry_out(
    conn: Connection, person: Person, plan: Plan, now: datetime, today: date, address: str
) -> str:
    """Do it, note it, and say in a sentence what was done; moves to another depot are done by
    relocating.py. Raises NotSo."""
    if plan.kind == "hand_over":
        moves = _moves(conn, plan, today)
        _note(conn, person, plan, now, address, f"stores.{'moved' if plan.taker else 'unassigned'}")
        done = handing.hand_over(
            conn, moves, person.who, now, first_day=plan.first_day,
            together_days=plan.together_days,
        )  # fmt: skip
        return f"{len(plan.stores)} moved; {len(done.reps)} reps are told."
    home = queries.home_of(conn, person.company, plan.rep)
    if plan.kind == "stand_in":
        _note(conn, person, plan, now, address, "rep.stand_in")
        done = handing.stand_in(
            conn, home, plan.rep, plan.taker or "", *_both_days(plan), person.who, now
        )
        return f"Stand-in arranged for {done.begun} stores; both ends come by themselves."
    if plan.kind == "end_stand_in":
        _note(conn, person, plan, now, address, "rep.stand_in_ended")
        done = handing.end_stand_in(conn, home, plan.rep, plan.taker or "", now)
        return f"The stand-in has ended for {done.ended} stores."
    return _let_go(conn, person, plan, now, home, address)


def _let_go(
    conn: Connection, person: Person, plan: Plan, now: datetime, home: int, address: str
) -> str:
    """A rep leaves: the account ends, handhelds now or once their work has come."""
    row = _leaver(conn, person, plan.rep, lock=True)
    access.change_person(conn, person.company, plan.rep, {"state": "left"})
    access.end_sessions(conn, person.company, plan.rep)
    if plan.at_once:
        for device in queries.handhelds_of(conn, home, plan.rep):
            access.change_device(conn, home, device, {"state": "revoked"})
            note(conn, home, person.who, "device.revoked", f"device/{device}", now,
                 after={"state": "revoked", "why": "the rep left"}, address=address)  # fmt: skip
    left = leaving.leave(
        conn, home, plan.rep, _takers(conn, home, plan, now), person.who, now, address=address
    )
    how = "are revoked" if plan.at_once else "are revoked once their outbox has come"
    return (
        f"{row.name} has left: {left.given} stores handed over, {left.left_alone} with nobody, "
        f"{left.items} items handed on. Handhelds {how}."
    )


def _note(
    conn: Connection, person: Person, plan: Plan, now: datetime, address: str, action: str
) -> None:
    after = {
        "stores": [store for _, store in plan.stores[:500]], "count": len(plan.stores),
        "to": plan.taker, "from": plan.rep or None,
        "first_day": plan.first_day and plan.first_day.isoformat(),
        "last_day": plan.last_day and plan.last_day.isoformat(),
    }  # fmt: skip
    subject = f"user/{plan.rep or plan.taker or NOBODY}"
    note(conn, person.home_cell, person.who, action, subject, now, after=after, address=address)
