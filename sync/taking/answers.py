"""A rep's answer to an item of the inbox: done as the office's would be, if it comes in time."""

from sqlalchemy import Connection

from sync.batch import Pushed
from sync.desk.answer import Given, NotOffered, TooLate, give
from sync.effects import Effects
from sync.facts import Facts
from sync.queries import inbox as queries
from sync.rules.all import PARAMS
from sync.sentences.words import button, of_answer
from sync.subjects.order import chosen


def take_answer(conn: Connection, effects: Effects, facts: Facts, one: Pushed) -> None:
    """Give the answer; one that comes too late, or is none, changes nothing and says so."""
    body, carrier = one.body, effects.carrier
    language = carrier.language
    one.refs = {"conflict": body.conflict}
    if queries.rep_of(conn, effects.cell, body.conflict) != carrier.rep:
        one.outcome, one.says = "rejected", of_answer("unknown", {}, language)
        return
    _, params = chosen(facts, facts.stores.get(body.store or ""), PARAMS)
    decides = bool(params.get("probable_duplicate", {}).get("rep_decides"))
    # What a policy lets reps decide, it lets them of its own store, not of one that they name.
    decides = decides and body.store == queries.store_of(conn, effects.cell, body.conflict)
    given = Given(
        body.answer, "rep", f"user:{carrier.rep}", facts.now, " ".join((body.note or "").split()),
        address=effects.by, marks=effects.by, rep_decides=decides,
    )  # fmt: skip
    try:
        resolution = give(conn, effects.cell, body.conflict, given)
    except TooLate as late:
        one.outcome, one.says = "rejected", of_answer(late.why, late.figures, language)
        return
    except NotOffered:
        one.outcome, one.says = "rejected", of_answer("not_offered", {}, language)
        return
    effects.entries += given.entries
    one.outcome = "applied"
    key = "advice" if resolution is None else "done"
    one.says = of_answer(key, {"answer": button(body.answer, language)}, language)
