"""A store edited, or found in the field: the office may have changed it, or have it already."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from sync.asking.edits import decide_edit
from sync.batch import Pushed
from sync.effects import Effects, write_rows
from sync.facts import Facts
from sync.lookalikes import Door, most_alike
from sync.owners import as_columns, as_fields
from sync.queries import edits as queries
from sync.queries import facts as fact_queries
from sync.scope import grant_now
from sync.subjects.edit import AtRest, Edit
from sync.taking.at_hand import AtHand
from sync.taking.told import tell_edit
from sync.write import SHAPES

COLUMNS = [
    column.name
    for column in SHAPES["store"].table.columns
    if column.name not in ("cell", "scope", "version", "changed_by")
]


def edit_store(effects: Effects, facts: Facts, one: Pushed, at_hand: AtHand) -> None:
    """Merge an edit of a store field by field into what is at rest."""
    body = one.body
    row = at_hand.rows.get(body.id)
    theirs = AtRest(gone=True) if row is None else AtRest(as_fields("store", row))
    label = str(row["name"]) if row is not None else None
    edit = Edit(
        body.id, "store", "edit", effects.carrier.rep, one.captured_at or facts.now, body.id,
        body.set, body.base, label,
    )  # fmt: skip
    decision = decide_edit(edit, theirs, facts)
    survivor = _survivor(facts, body.id)
    tell_edit(effects, one, decision, "store", survivor)
    if row is not None:
        one.refs = {"store": body.id}
    if row is not None and decision.stands:
        written = queries.without_version(row) | as_columns(decision.stands)
        effects.rows.setdefault("store", {})[body.id] = written
        at_hand.rows[body.id] = row | written


def _survivor(facts: Facts, store: str) -> str:
    """The store that this one lives on in, as far as it is known here."""
    hops = 0
    while hops < 5 and store in facts.stores and facts.stores[store].merged_into:
        store, hops = facts.stores[store].merged_into or store, hops + 1
    return store


def create_store(conn: Connection, effects: Effects, facts: Facts, one: Pushed) -> None:
    """Write a new store as pending, with the store here that looks most like it named."""
    body, cell, carrier = one.body, effects.cell, effects.carrier
    if body.id in facts.stores:
        effects.hold(one, "row_known", kind="store")
        return
    edit = Edit(
        body.id, "store", "create", carrier.rep, one.captured_at or facts.now, body.id,
        {"code": body.code, "name": body.name}, {}, body.name,
    )  # fmt: skip
    door = door_of(body)
    twin = most_alike(door, doors_like(conn, cell, door))
    taken = queries.code_is_taken(conn, cell, body.code, body.id)
    decision = decide_edit(edit, AtRest(twin=twin, code_is_taken=taken), facts)
    if twin is not None and not carries(conn, carrier.cell, carrier.rep, twin.id):
        # which store of somebody else's it looks like is for the office to know
        decision.conflicts = [
            (replace(said, private=said.private or said.rule == "store_looks_known"), request)
            for said, request in decision.conflicts
        ]
    tell_edit(effects, one, decision, "store")
    if decision.keep:
        return
    status = "pending" if decision.outcome == "held" else "active"
    effects.rows["store"] = {body.id: _new_row(conn, effects, body, status)}
    write_rows(conn, effects)  # what is assigned must be there
    effects.entries += grant_now(conn, cell, carrier.cell, carrier.rep, body.id, facts.now)
    one.refs, one.state = {"store": body.id}, status


def carries(conn: Connection, home: int, rep: str, store: str) -> bool:
    """Whether a rep carries a store now."""
    grants = fact_queries.grants(conn, home, rep, [f"st:{store}"])
    return any(valid_to is None for _, _, valid_to in grants)


def door_of(body: Any) -> Door:
    """What tells a store from others, from anything with its columns."""
    place = [None if x is None else float(x) for x in (body.lat_deg, body.lon_deg)]
    return Door(body.id, body.name, place[0], place[1], body.phone, body.tax_id)


def doors_like(conn: Connection, cell: int, door: Door) -> list[Door]:
    """The stores of a cell that may be the same as this one."""
    place = None
    if door.lat_deg is not None and door.lon_deg is not None:
        place = (door.lat_deg, door.lon_deg)
    digits = "".join(c for c in door.phone or "" if c.isascii() and c.isdigit())
    rows = queries.maybe_same_stores(
        conn, cell, door.id, place, digits or None, door.tax_id, door.name
    )
    return [Door(*row[:6]) for row in rows]


def _new_row(conn: Connection, effects: Effects, body: Any, status: str) -> dict[str, Any]:
    carrier = effects.carrier
    warehouse, zone = queries.usual_warehouse(conn, effects.cell, carrier.cell, carrier.rep)
    named = ("id", "code", "name", "address", "city", "region", "postcode", "phone")
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {name: getattr(body, name) for name in (*named, "opening_hours", "tax_id", "channel")}
    if body.lat_deg is not None:
        row |= {"lat_deg": float(body.lat_deg), "lon_deg": float(body.lon_deg)}
        row |= {"geo_accuracy_m": body.accuracy_m, "geo_source": "rep"}
    row |= {"status": status, "warehouse": warehouse, "zone": zone, "source": effects.by}
    return row
