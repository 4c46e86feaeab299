"""A visit card corrected by the rep, which the office may have corrected too."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from schemas.rows import PARTS
from sync.asking.edits import decide_edit
from sync.batch import Pushed
from sync.effects import Effects
from sync.facts import Facts, ProductFacts
from sync.owners import OWNERS, Value
from sync.queries import edits as queries
from sync.queries import facts as fact_queries
from sync.subjects.edit import AtRest, Edit, EditDecision
from sync.taking.told import is_of_store, tell_edit

LINE = PARTS["card", "lines"]
FIELDS = tuple(OWNERS["card"])
_json = msgspec.json.Encoder().encode


def amend_card(conn: Connection, effects: Effects, facts: Facts, one: Pushed) -> None:
    """Merge what a rep corrected into a card, by product and field."""
    body, cell, carrier = one.body, effects.cell, effects.carrier
    row = queries.lock_rows(conn, cell, "card", [body.id]).get(body.id)
    if row is not None and not is_of_store(facts, row["store"], body.store):
        effects.hold(one, "row_known", kind="card")
        return
    closed = queries.closed_through(conn, carrier.company_cell)
    mine, base = _by_field(body.lines, "set"), _by_field(body.lines, "base")
    theirs = AtRest(gone=True) if row is None else card_at_rest(row, closed, carrier.zone)
    _name_products(conn, effects, facts, [line.product for line in body.lines])
    label = None if row is None else day_of(row, carrier.zone).isoformat()
    edit = Edit(
        body.id, "card", "amend", carrier.rep, one.captured_at or facts.now, body.store, mine,
        base, label,
    )  # fmt: skip
    decision = decide_edit(edit, theirs, facts)
    tell_edit(effects, one, decision, "card")
    if row is None:
        return
    one.refs = {"card": body.id}
    if decision.stands:
        at = (one.captured_at or facts.now).isoformat()
        written = amended(row, decision, at, carrier.rep, body.reason)
        effects.rows["card"] = {body.id: written}


def card_at_rest(row: dict[str, Any], closed_through: date | None, zone: str) -> AtRest:
    """A card as edits see it: fields such as "20041.facings"; locked by office or period."""
    late = closed_through is not None and day_of(row, zone) <= closed_through
    return AtRest(
        fields_of(row["lines"]), author=row["rep"], is_locked=row["state"] == "locked" or late
    )


def fields_of(lines: Iterable[list[Any]]) -> dict[str, Value]:
    """The lines of a card, arrays of LINE, by product and field."""
    found: dict[str, Value] = {}
    for line in lines:
        seen = dict(zip(LINE, line, strict=False))
        found |= {f"{seen['product']}.{name}": seen.get(name) for name in FIELDS}
    return found


def day_of(row: dict[str, Any], zone: str) -> date:
    """The day a card was filled in, in the company's zone."""
    day: date = row["captured_at"].astimezone(ZoneInfo(zone)).date()
    return day


def amended(
    row: dict[str, Any], decision: EditDecision, at: str, by: str, why: str | None
) -> dict[str, Any]:
    """The card with what stands written in, and its history: what each field was, what it became,
    and where somebody else's value had to give way."""
    before, history = fields_of(row["lines"]), list(row["amendments"])
    for name, value in sorted(decision.stands.items()):
        product, _, field = name.rpartition(".")
        history.append([at, by, product, field, before.get(name), value, True, why])
    written = of_card(row)
    written |= {"lines": _json(lines_with(row["lines"], decision.stands)).decode()}
    return written | {"amendments": _json(history).decode(), "state": "amended"}


def of_card(row: dict[str, Any]) -> dict[str, Any]:
    """A card as write.put takes it, but for what a correction leaves alone: the competitor lines
    are what was seen on the day of the visit."""
    whole = queries.without_version(row)
    return {name: value for name, value in whole.items() if name != "competitors"}


def lines_with(lines: Iterable[list[Any]], stands: dict[str, Value]) -> list[list[Any]]:
    """The lines with these fields written over; a product that was not on the card is added."""
    found = {line[0]: dict(zip(LINE, line, strict=False)) for line in lines}
    for name, value in stands.items():
        product, _, field = name.rpartition(".")
        new = {"product": product, "on_shelf": True, "out_of_stock": False}
        found.setdefault(product, new)[field] = value
    return [[one.get(name) for name in LINE] for one in found.values()]


def _by_field(lines: Iterable[Any], side: str) -> dict[str, Value]:
    return {
        f"{line.product}.{name}": value
        for line in lines
        for name, value in getattr(line, side).items()
    }


def _name_products(conn: Connection, effects: Effects, facts: Facts, codes: list[str]) -> None:
    """Let sentences call products by their names."""
    rows = fact_queries.products(conn, effects.carrier.company_cell, codes)
    facts.products |= {row[0]: ProductFacts(row[0], row[1], row[2], {}) for row in rows}
