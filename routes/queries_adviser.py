"""SQL of the frequency adviser: what was seen of a rep's stores. Reads only; a query a question,
for all stores of the rep at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from routes.adviser import Seen
from routes.territory import USUAL_MIN, USUAL_VISITS, VISIT_MIN

SPAN_DAYS = 168
"""Six cycles: enough for a store seen once in four weeks, and not the year before last."""
LEAST_COUNTED_DAYS = 14

Row = Any
_OFF = ("rejected", "cancelled")


def carried(conn: Connection, company: str, rep: str, today: date) -> list[Row]:
    """The stores a rep carries to sell today, by name, with what a page says of them."""
    return _rows(
        conn,
        """SELECT s.id::text, s.cell, s.code, s.name, s.city, s.visits_per_4w, s.version,
                  upper(trim(coalesce(s.store_class, ''))) AS store_class
             FROM store s JOIN cell c ON c.cell = s.cell
            WHERE c.company = :company AND s.status NOT IN ('closed', 'merged')
              AND EXISTS (
                   SELECT FROM assignment a WHERE a.cell = s.cell AND a.store = s.id
                      AND a.rep = :rep AND a.function = 'sell' AND a.valid_from <= :today
                      AND (a.valid_to IS NULL OR a.valid_to > :today))
            ORDER BY s.name, s.code""",
        company=company,
        rep=rep,
        today=today,
    )


def seen(conn: Connection, stores: Sequence[Row], zone: str, now: datetime) -> list[Seen]:
    """What was seen of these stores (rows of `carried`) in the last `SPAN_DAYS` days, in their
    order. zone: whose days visits are counted by."""
    since = now - timedelta(days=SPAN_DAYS)
    asked = {
        "cells": sorted({one.cell for one in stores}),
        "stores": [one.id for one in stores],
        "zone": zone,
        "since": since,
        "now": now,
        "off": list(_OFF),
        "span": SPAN_DAYS,
    }
    visits = {row.store: row for row in _rows(conn, _VISITS, **asked)}
    orders = {row.store: row for row in _rows(conn, _ORDERS, **asked)}
    shelves = {row.store: row for row in _rows(conn, _SHELVES, **asked)}
    counts = {row.store: row for row in _rows(conn, _COUNTS, least=LEAST_COUNTED_DAYS, **asked)}
    return [
        _seen(one, *(found.get(one.id) for found in (visits, orders, shelves, counts)))
        for one in stores
    ]


def _seen(one: Row, visits: Row, orders: Row, shelves: Row, counts: Row) -> Seen:
    kind = one.store_class
    days = visits.days if visits else 0
    agreed = one.visits_per_4w if one.visits_per_4w is not None else USUAL_VISITS.get(kind)
    minutes = float(visits.minutes) if visits and visits.minutes is not None else None
    pieces = value = None
    if counts:
        pieces, value = float(counts.pieces_day), float(counts.minor_day)
    elif orders and days:
        pieces = float(orders.pieces) / days
    return Seen(
        one.id,
        agreed,
        kind,
        days,
        visits.made if visits else 0,
        visits.sold if visits else 0,
        minutes if minutes is not None else USUAL_MIN.get(kind, VISIT_MIN),
        int(orders.minor) if orders else 0,
        shelves.listed if shelves else 0,
        shelves.out if shelves else 0,
        pieces,
        value,
        counts is not None,
    )


def _rows(conn: Connection, sql: str, **figures: Any) -> list[Row]:
    return list(conn.execute(text(sql), figures))


_VISITS = """
    SELECT v.store::text, least(:span, cast(:now AS date) - min(v.started_at)::date) AS days,
           count(DISTINCT (v.started_at AT TIME ZONE :zone)::date)
               FILTER (WHERE v.started_at >= :since) AS made,
           count(DISTINCT (v.started_at AT TIME ZONE :zone)::date) FILTER (
               WHERE v.started_at >= :since AND EXISTS (
                   SELECT FROM orders o WHERE o.cell = v.cell AND o.store = v.store
                      AND o.visit = v.id AND o.type = 'sale' AND o.state <> ALL(:off))) AS sold,
           avg(extract(epoch FROM v.ended_at - v.started_at) / 60) FILTER (
               WHERE v.started_at >= :since AND v.ended_at BETWEEN
                   v.started_at + interval '3 minutes' AND v.started_at + interval '4 hours'
           ) AS minutes
      FROM visit v
     WHERE v.cell = ANY(:cells) AND v.store = ANY(cast(:stores AS uuid[]))
       AND v.state IN ('started', 'done') AND v.started_at <= :now
     GROUP BY v.store
"""
"""A visit left open, or one of a second, says nothing of how long visits last."""

_SINCE = """
    began AS (
        SELECT v.cell, v.store, greatest(min(v.started_at), :since) AS since FROM visit v
         WHERE v.cell = ANY(:cells) AND v.store = ANY(cast(:stores AS uuid[]))
           AND v.state IN ('started', 'done')
         GROUP BY v.cell, v.store)
"""
"""From when on a store is looked at: since it is visited, not before."""

_ORDERS = f"""
    WITH {_SINCE}
    SELECT o.store::text,
           sum(CASE o.type WHEN 'sale' THEN o.net_minor ELSE -abs(o.net_minor) END) AS minor,
           coalesce(sum((SELECT sum(l.ordered) FROM order_line l
                          WHERE l.cell = o.cell AND l.order_id = o.id))
                    FILTER (WHERE o.type = 'sale'), 0) AS pieces
      FROM began b JOIN orders o ON o.cell = b.cell AND o.store = b.store
       AND o.captured_at >= b.since AND o.captured_at <= :now
     WHERE o.type IN ('sale', 'return') AND o.state <> ALL(:off)
     GROUP BY o.store
"""  # noqa: S608 - the parts are ours

_LINES = """
    lines AS (
        SELECT k.cell, k.store, k.captured_at, l ->> 0 AS product,
               (l ->> 1)::boolean AS listed, (l ->> 8)::boolean AS out_of_stock,
               (l ->> 4)::bigint AS shelf, (l ->> 5)::bigint AS back
          FROM visit_card k, jsonb_array_elements(k.lines) l
         WHERE k.cell = ANY(:cells) AND k.store = ANY(cast(:stores AS uuid[]))
           AND k.captured_at >= :since AND k.captured_at <= :now)
"""
"""Lines of cards by the places of their columns (schemas/rows.py)."""

_SHELVES = f"""
    WITH {_LINES}
    SELECT store::text, count(*) FILTER (WHERE out_of_stock IS NOT NULL) AS listed,
           count(*) FILTER (WHERE out_of_stock) AS out
      FROM lines WHERE coalesce(listed, true) GROUP BY store
"""  # noqa: S608 - the parts are ours

_COUNTS = f"""
    WITH {_LINES}, counted AS (
        SELECT cell, store, product, min(captured_at) AS first_at, max(captured_at) AS last_at,
               (array_agg(coalesce(shelf, 0) + coalesce(back, 0) ORDER BY captured_at))[1]
                   AS first_stock,
               (array_agg(coalesce(shelf, 0) + coalesce(back, 0) ORDER BY captured_at DESC))[1]
                   AS last_stock
          FROM lines WHERE shelf IS NOT NULL OR back IS NOT NULL
         GROUP BY cell, store, product
        HAVING max(captured_at) >= min(captured_at) + :least * interval '1 day'),
    came AS (
        SELECT c.cell, c.store, c.product,
               sum(coalesce(nullif(l.delivered, 0), nullif(l.shipped, 0), l.confirmed)) FILTER (
                   WHERE coalesce(o.deliver_on, o.captured_at::date + 1)
                       BETWEEN c.first_at::date + 1 AND c.last_at::date) AS pieces,
               sum(l.net_minor)::numeric / nullif(sum(l.ordered), 0) AS each_minor
          FROM counted c
          JOIN orders o ON o.cell = c.cell AND o.store = c.store AND o.type = 'sale'
           AND o.state <> ALL(:off) AND o.captured_at >= :since AND o.captured_at <= :now
          JOIN order_line l ON l.cell = o.cell AND l.order_id = o.id AND l.product = c.product
         GROUP BY c.cell, c.store, c.product),
    daily AS (
        SELECT c.store, came.each_minor,
               (c.first_stock + coalesce(came.pieces, 0) - c.last_stock)
                   / (extract(epoch FROM c.last_at - c.first_at) / 86400) AS pieces_day
          FROM counted c LEFT JOIN came
            ON came.cell = c.cell AND came.store = c.store AND came.product = c.product)
    SELECT store::text, sum(pieces_day) AS pieces_day,
           coalesce(sum(pieces_day * each_minor), 0) AS minor_day
      FROM daily WHERE pieces_day >= 0 GROUP BY store
"""  # noqa: S608 - the parts are ours
"""First stock + what came in between - last stock, product by product. Less than nothing sold says
that a count or a delivery is wrong: that product is left out. What was never ordered while we
looked has no value to us."""
