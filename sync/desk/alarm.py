"""The watch for mass changes: counts what people, handhelds and loads did, and raises alarms.

Called by the scheduler. An alarm is raised once an hour for one doer and kind; it undoes nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from schemas.ids import derived
from sync.asking.watch import decide_mass
from sync.effects import told_of
from sync.facts import Facts, Policy
from sync.feed import publish
from sync.inbox import raise_item
from sync.queries import alarms as queries
from sync.queries import inbox as item_queries
from sync.rules.all import PARAMS
from sync.subjects.watch import Mass, thresholds

BY = "job:watch"
LOOK_BACK = timedelta(hours=1)


def watch(conn: Connection, company_cell: int, now: datetime) -> int:
    """Raise the alarms due in a company; returns how many."""
    facts = Facts(now)
    facts.policies = tuple(
        Policy(rule, choice, params, banner, store)
        for rule, choice, store, banner, params in item_queries.policies(
            conn, company_cell, ["mass_change"]
        )
    )
    limits = thresholds(facts, PARAMS)
    minutes, since = limits["minutes"], now - LOOK_BACK
    counted = [
        *queries.by_people(conn, company_cell, since, minutes, limits["rows"]),
        *queries.by_handhelds(conn, company_cell, since, minutes, limits["rows"]),
    ]
    if limits["load_rows"]:
        counted += queries.by_loads(conn, company_cell, since, limits["load_rows"])
    raised = 0
    for cell, who, name, kind, rows, until, is_load, is_led in counted:
        mass = Mass(who, name, kind, rows, until, is_load, is_led)
        raised += _raise(conn, cell, mass, facts, now)
    return raised


def _raise(conn: Connection, cell: int, mass: Mass, facts: Facts, now: datetime) -> int:
    conflict = decide_mass(mass, facts, PARAMS)
    if conflict is None:
        return 0
    told = told_of(conflict, f"{mass.until:%Y-%m-%dT%H}", None)
    told.id = derived("conflict", "mass_change", mass.who, mass.kind, f"{mass.until:%Y-%m-%dT%H}")
    told.subject = mass.who.replace(":", "/", 1)
    told.due_at = now + timedelta(days=1)
    if item_queries.order_of(conn, cell, told.id) is not None:
        return 0
    publish(conn, cell, [raise_item(conn, cell, told, by=BY, at=now)])
    return 1
