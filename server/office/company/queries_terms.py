"""SQL of the pages about trade terms: promotions with what they have given."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

Found = Any


def company_cell(conn: Connection, company: str) -> int:
    found = text("SELECT cell FROM cell WHERE company = :company AND kind = 'company'")
    return int(conn.execute(found, {"company": company}).scalar_one())


def promotions(conn: Connection, company: str, cells: Sequence[int], *, ended: bool) -> list[Found]:
    """Promotions, those that run first, then what is coming; with the store one is for, and the
    stores and orders that got something of it. `cap_minor` and `spent_minor` are of all its
    versions together: they share a budget, and the newest says it."""
    found = text("""
        WITH u AS (
            SELECT k.id, count(*) AS orders, count(DISTINCT o.store) AS stores
              FROM orders o, jsonb_object_keys(o.caps) AS k(id)
             WHERE o.cell = ANY(:cells) AND o.caps <> '{}' GROUP BY k.id)
        SELECT p.id::text, p.code, p.name, p.kind, p.products, p.banner, p.channel, p.store_class,
               p.percent, p.amount_minor, p.tier_by, p.tiers, p.buy, p.get, p.get_product,
               p.stacks, p.priority, p.valid_from, p.valid_to, b.cap_minor, p.store_cap_minor,
               p.used_minor, b.spent_minor, p.state, s.name AS store_name, g.name AS get_name,
               coalesce(u.orders, 0) AS orders, coalesce(u.stores, 0) AS stores
          FROM promotion p
          JOIN cell c ON c.cell = p.cell AND c.company = :company
          CROSS JOIN LATERAL (
              SELECT (array_agg(v.cap_minor ORDER BY v.id DESC))[1] AS cap_minor,
                     sum(v.used_minor)::int8 AS spent_minor
                FROM promotion v WHERE v.cell = p.cell AND (v.id = p.id OR v.code = p.code)) b
          LEFT JOIN store s ON s.id = p.store AND s.cell = ANY(:cells)
          LEFT JOIN product g ON g.cell = p.cell AND g.code = p.get_product
          LEFT JOIN u ON u.id = p.id::text
         WHERE (p.state <> 'ended') <> :ended
         ORDER BY p.valid_from > now(), p.valid_to < now(), p.name, p.id
         LIMIT 500
    """)
    values = {"company": company, "cells": list(cells), "ended": ended}
    return list(conn.execute(found, values))
