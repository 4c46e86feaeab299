"""SQL of the pages about delivery systems: deliveries, their targets, loads."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

Found = Any


DELIVERIES = """
    SELECT d.*, o.number, o.net_minor, o.currency, s.name AS store_name,
           (SELECT a.outcome FROM delivery_attempt a WHERE a.cell = d.cell AND a.delivery = d.id
             ORDER BY a.attempt DESC LIMIT 1) AS last_outcome
      FROM delivery d
      JOIN orders o ON o.cell = d.cell AND o.id = d.order_id
      LEFT JOIN store s ON s.cell = d.cell AND s.id = d.store
     WHERE d.cell = ANY(:cells) AND d.state = ANY(:states)
"""
STUCK = ("failed", "parked")
UNDER_WAY = ("queued", "sending", "handed", "unknown")


def deliveries(
    conn: Connection, cells: Sequence[int], states: Sequence[str], at_most: int = 200
) -> list[Found]:
    """Deliveries in these states, the oldest first."""
    words = text(DELIVERIES + " ORDER BY d.created_at LIMIT :n")
    figures = {"cells": list(cells), "states": list(states), "n": at_most}
    return list(conn.execute(words, figures))


def targets(conn: Connection, cells: Sequence[int]) -> list[Found]:
    found = text("""
        SELECT code, kind, url, enabled, can_look_up FROM delivery_target
         WHERE cell = ANY(:cells) ORDER BY code
    """)
    return list(conn.execute(found, {"cells": list(cells)}))


def may_see_delivery(conn: Connection, cells: Sequence[int], cell: int, delivery: str) -> bool:
    found = text("""
        SELECT 1 FROM delivery
         WHERE cell = :cell AND cell = ANY(:cells) AND id = cast(:id AS uuid)
    """)
    figures = {"cell": cell, "cells": list(cells), "id": delivery}
    return conn.execute(found, figures).one_or_none() is not None


def loads(conn: Connection, cells: Sequence[int], at_most: int = 200) -> list[Found]:
    found = text("""
        SELECT * FROM load WHERE cell = ANY(:cells) ORDER BY began_at DESC, id DESC LIMIT :n
    """)
    return list(conn.execute(found, {"cells": list(cells), "n": at_most}))
