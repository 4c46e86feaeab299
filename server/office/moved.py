"""Addresses that name a cell after what they lead to went to another: a store changed its depot.

Links are kept: in a message, on a page left open, in a bookmark. What hangs on a store keeps its id
when it goes (sync/moving/relocate.py), so whoever may see both depots is led to where it is now.
"""

from flask import abort, redirect, request, url_for
from sqlalchemy import Connection

from schemas.problem import Problem
from server import asking
from server.access.people import Person
from server.office import queries


def place_now(person: Person, table: str, cell: int, key: str) -> int:
    """The cell in which a row of `table` is now (queries.cell_now says which), for a form that says
    where it was. Raises not_found for what this person may not see in either place."""
    if cell not in person.cells:
        raise Problem("not_found")
    with asking.engine().begin() as conn:
        there = queries.cell_now(conn, person.cells, table, key)
    if there is None:
        raise Problem("not_found")
    return there


def lead_there(conn: Connection, person: Person, table: str, key: str) -> None:
    """Answer a page whose row is not in the cell of its address with the address of today, if
    there is one that this person may see. Ends the request, or returns if there is none."""
    asked = request.view_args or {}
    there = queries.cell_now(conn, person.cells, table, key)
    if there not in (None, asked.get("cell")):
        abort(redirect(url_for(request.endpoint or "", **{**asked, "cell": there})))
