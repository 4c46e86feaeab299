"""Why is this row on this handheld, or why not: four questions, each with what was found.

Does the row exist, and in which scope? Does the rep carry that scope, by which grant, since when,
why, until when? May the handheld pull, and does its version of the protocol carry the kind? And has
it read that far: where its cursor stands, and where the row's entry does.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection

from schemas.versions import is_served, later_kinds
from sync.kinds import KINDS, scope_family
from sync.queries import why as queries
from sync.scope import day_of

Answer = Literal["on it", "comes with its next pull", "goes with its next pull", "not on it"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One question and what was found; `good`: it speaks for the row being on the handheld."""

    question: str
    good: bool
    says: str


@dataclass(slots=True)
class Why:
    """The answer in a word, and what it rests on."""

    answer: Answer
    findings: list[Finding] = field(default_factory=list)


def why(conn: Connection, home: int, device: str, kind: str, key: str, now: datetime) -> Why:
    """Explain whether a row is on a handheld. home: its home cell; key: the row's id or code.

    Raises LookupError for a kind that does not travel, or a handheld that is not there.
    """
    if kind not in KINDS:
        raise LookupError(f"there is no kind {kind!r}; there is: {', '.join(KINDS)}")
    held = queries.handheld(conn, home, device)
    if held is None:
        raise LookupError(f"there is no handheld {device!r} in this depot")
    row = queries.row(conn, home, kind, key)
    told = queries.entries(conn, home, kind, key)
    cursor = queries.newest_cursor(conn, home, device)
    found: list[Finding] = []
    place = _of_row(found, row, told, kind, key)
    carried = place is not None and _of_grant(conn, found, home, held.rep, place, now)
    allowed = _of_handheld(found, held, kind)
    has = _has_read(found, cursor, place, told)
    was = _had_it(found, cursor, told, place)
    answer: Answer = "not on it"
    if kind in later_kinds(held.schema):
        return Why(answer, found)  # however far it has read, it was sent none
    if has and (carried or not allowed):
        answer = "on it"
    elif carried and allowed:
        answer = "comes with its next pull"
    elif has or was:
        answer = "goes with its next pull" if allowed else "on it"
    return Why(answer, found)


def _of_row(
    found: list[Finding], row: queries.RowAt | None, told: list[queries.Told], kind: str, key: str
) -> tuple[int, str] | None:
    """The row's cell and scope, None when there is none."""
    question = "Is there such a row?"
    if row is not None:
        says = f"Yes: {kind} {key} lies in scope {row.scope} of depot {row.depot}, version "
        found.append(Finding(question, True, f"{says}{row.version}, by {row.changed_by}."))
        return row.cell, row.scope
    if told:
        last = told[0]
        found.append(Finding(question, False, f"No: it is gone from scope {last.scope} of depot "
                             f"{last.depot} since {_at(last.at)} (entry {last.pos})."))  # fmt: skip
    else:
        found.append(Finding(question, False, f"No: no {kind} {key} is there, nor was told of."))
    return None


def _of_grant(
    conn: Connection, found: list[Finding], home: int, rep: str, place: tuple[int, str],
    now: datetime,
) -> bool:  # fmt: skip
    cell, scope = place
    question = "Does the rep carry its scope?"
    family = scope_family(scope)
    if family == "company" or scope == f"rep:{rep}":
        whose = "every rep of the company" if family == "company" else "this rep"
        found.append(Finding(question, True, f"Yes: {scope} belongs to {whose}."))
        return True
    if family in ("office", "rep"):
        whose = "the office alone" if family == "office" else f"rep {scope[4:]}"
        found.append(Finding(question, False, f"No: {scope} is for {whose}."))
        return False
    grants = queries.grants(conn, home, rep, cell, scope)
    days = queries.assignments(conn, cell, scope, rep) if family == "st" else []
    open_now = [one for one in grants if one.valid_to is None]
    spans = "; ".join(_span(one) for one in days)
    if open_now:
        says = f"Yes: since {_at(open_now[0].valid_from)} ({open_now[0].reason})."
        found.append(Finding(question, True, says + (f" By assignment {spans}." if spans else "")))
        return True
    says = "No: it never was theirs."
    if grants:
        last = grants[0]
        says = f"No: it was from {_at(last.valid_from)} to {_at(last.valid_to)} ({last.reason})."
    ahead = [one for one in days if one.first > day_of(conn, home, now)
             and (one.end is None or one.end > one.first)]  # fmt: skip
    if ahead:
        says += f" It will be: {'; '.join(_span(one) for one in ahead)}."
    elif spans:
        says += f" By assignment {spans}."
    found.append(Finding(question, False, says))
    return False


def _of_handheld(found: list[Finding], held: queries.Handheld, kind: str) -> bool:
    question = "May the handheld pull, and read this kind?"
    if held.state in ("revoked", "wiped"):
        found.append(Finding(question, False, f"No: it is {held.state}; it keeps what it had, and "
                             "is told to delete it."))  # fmt: skip
        return False
    if not is_served(held.schema):
        says = f"No: it speaks version {held.schema}, which this server does not serve."
        found.append(Finding(question, False, says))
        return False
    if kind in later_kinds(held.schema):
        says = f"No: it speaks version {held.schema}, which has no {kind}. Its program is older."
        found.append(Finding(question, False, says))
        return False
    last = f"pulled last {_at(held.last_pull_at)}" if held.last_pull_at else "has never pulled"
    says = f"Yes: it speaks version {held.schema}, and {last}."
    found.append(Finding(question, True, says))
    return True


def _has_read(
    found: list[Finding], cursor: queries.Cursor | None, place: tuple[int, str] | None,
    told: list[queries.Told],
) -> bool:  # fmt: skip
    """Whether the copy of the newest cursor has the row as it is."""
    question = "Has it read that far?"
    if cursor is None:
        found.append(Finding(question, False, "No: it has not come to the end of a pull yet."))
        return False
    if place is None:
        return False
    cell, scope = place
    when = f"its copy is of {_at(cursor.made_at)}"
    if (cell, scope) not in cursor.scopes:
        found.append(Finding(question, False, f"No: {when}, without scope {scope}."))
        return False
    pos = next((one.pos for one in told if (one.cell, one.scope) == (cell, scope)), None)
    at = cursor.positions.get(cell, 0)
    if pos is None or pos <= at:
        entry = "whose rows it got whole" if pos is None else f"and the row's entry is {pos}"
        found.append(Finding(question, True, f"Yes: {when}, up to entry {at}, {entry}."))
        return True
    found.append(Finding(question, False, f"Not yet: {when}, up to entry {at}; the row's newest "
                         f"entry is {pos}, of {_at(told[0].at)}."))  # fmt: skip
    return False


def _had_it(
    found: list[Finding], cursor: queries.Cursor | None, told: list[queries.Told],
    place: tuple[int, str] | None,
) -> bool:  # fmt: skip
    """Whether its copy may hold the row from an earlier time, in a scope the row has left."""
    if cursor is None:
        return False
    for one in told:
        held = (one.cell, one.scope) in cursor.scopes
        unread = one.pos > cursor.positions.get(one.cell, 0)
        if (one.cell, one.scope) != place and held and unread:
            says = f"It may: the row left scope {one.scope} at entry {one.pos}, not read yet."
            found.append(Finding("Had it the row before?", True, says))
            return True
    return False


def _span(one: queries.Span) -> str:
    last = "" if one.end is None else f" until before {one.end}"
    lent = f", standing in for {one.lent_by}" if one.lent_by else ""
    return f"from {one.first}{last}{lent}, made by {one.made_by}"


def _at(moment: datetime | date | None) -> str:
    return "now" if moment is None else f"{moment:%Y-%m-%d %H:%M}"
