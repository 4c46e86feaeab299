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
MOST_CARDS = 12
"""The newest cards of a store: enough to say what is empty, and what is sold between two counts."""
LEAST_COUNTED_DAYS = 14

Row = Any
_OFF = ("rejected", "cancelled")


def carried(conn: Connection, cells: Sequence[int], rep: str, today: date) -> list[Row]:
    """The stores of these cells that a rep carries to sell today, by name, with what a page says of
    them."""
    return _rows(
        conn,
        """SELECT s.id::text, s.cell, s.code, s.name, s.city, s.visits_per_4w, s.version,
                  upper(trim(coalesce(s.store_class, ''))) AS store_class
             FROM store s
            WHERE s.cell = ANY(:cells) AND s.status NOT IN ('closed', 'merged')
              AND EXISTS (
                   SELECT FROM assignment a WHERE a.cell = s.cell AND a.store = s.id
                      AND a.rep = :rep AND a.function = 'sell' AND a.valid_from <= :today
                      AND (a.valid_to IS NULL OR a.valid_to > :today))
            ORDER BY s.name, s.code""",
        cells=list(cells),
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
        "least": LEAST_COUNTED_DAYS,
        "cards": MOST_CARDS,
    }
    visits = {row.store: row for row in _rows(conn, _VISITS, **asked)}
    orders = {row.store: row for row in _rows(conn, _ORDERS, **asked)}
    shelves = {row.store: row for row in _rows(conn, _SHELVES, **asked)}
    return [
        _seen(one, *(found.get(one.id) for found in (visits, orders, shelves))) for one in stores
    ]


def _seen(one: Row, visits: Row, orders: Row, shelves: Row) -> Seen:
    kind = one.store_class
    days = visits.days if visits else 0
    agreed = one.visits_per_4w if one.visits_per_4w is not None else USUAL_VISITS.get(kind)
    minutes = float(visits.minutes) if visits and visits.minutes is not None else None
    pieces = value = None
    is_counted = shelves is not None and shelves.pieces_day is not None
    if is_counted:
        pieces, value = float(shelves.pieces_day), float(shelves.minor_day)
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
        is_counted,
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

_SHELVES = """
    WITH lines AS MATERIALIZED (
        SELECT k.store, k.captured_at, l ->> 0 AS product,
               (l ->> 8)::boolean AND coalesce((l ->> 1)::boolean, true) AS is_out,
               (l -> 8) <> 'null' AND coalesce((l ->> 1)::boolean, true) AS is_listed,
               coalesce((l ->> 4)::bigint, 0) + coalesce((l ->> 5)::bigint, 0) AS stock,
               (l ->> 4) IS NOT NULL OR (l ->> 5) IS NOT NULL AS is_counted
          FROM unnest(cast(:stores AS uuid[])) AS s (id)
         CROSS JOIN LATERAL (
               SELECT v.store, v.captured_at, v.lines FROM visit_card v
                WHERE v.cell = ANY(:cells) AND v.store = s.id
                  AND v.captured_at >= :since AND v.captured_at <= :now
                ORDER BY v.captured_at DESC LIMIT :cards) k
         CROSS JOIN jsonb_array_elements(k.lines) l),
    shelf AS (
        SELECT store, count(*) FILTER (WHERE is_listed) AS listed,
               count(*) FILTER (WHERE is_out) AS out
          FROM lines GROUP BY store),
    counted AS MATERIALIZED (
        SELECT store, product, min(captured_at) AS first_at, max(captured_at) AS last_at,
               (array_agg(stock ORDER BY captured_at))[1] AS first_stock,
               (array_agg(stock ORDER BY captured_at DESC))[1] AS last_stock
          FROM lines WHERE is_counted GROUP BY store, product
        HAVING max(captured_at) >= min(captured_at) + :least * interval '1 day'),
    brought AS MATERIALIZED (
        SELECT o.store, l.product, coalesce(o.deliver_on, o.captured_at::date + 1) AS day,
               coalesce(nullif(l.delivered, 0), nullif(l.shipped, 0), l.confirmed) AS pieces,
               l.net_minor, l.ordered
          FROM orders o JOIN order_line l ON l.cell = o.cell AND l.order_id = o.id
         WHERE o.cell = ANY(:cells) AND o.store = ANY(cast(:stores AS uuid[]))
           AND o.type = 'sale' AND o.state <> ALL(:off)
           AND o.captured_at >= :since AND o.captured_at <= :now),
    came AS (
        SELECT c.store, c.product, c.first_at, c.last_at, c.first_stock, c.last_stock,
               coalesce(sum(b.pieces) FILTER (
                   WHERE b.day BETWEEN c.first_at::date + 1 AND c.last_at::date), 0) AS pieces,
               sum(b.net_minor)::numeric / nullif(sum(b.ordered), 0) AS each_minor
          FROM counted c LEFT JOIN brought b ON b.store = c.store AND b.product = c.product
         GROUP BY c.store, c.product, c.first_at, c.last_at, c.first_stock, c.last_stock),
    daily AS (
        SELECT store, each_minor, (first_stock + pieces - last_stock)
                   / (extract(epoch FROM last_at - first_at) / 86400) AS pieces_day
          FROM came),
    offtake AS (
        SELECT store, sum(pieces_day) AS pieces_day,
               coalesce(sum(pieces_day * each_minor), 0) AS minor_day
          FROM daily WHERE pieces_day >= 0 GROUP BY store)
    SELECT s.store::text, s.listed, s.out, o.pieces_day, o.minor_day
      FROM shelf s LEFT JOIN offtake o ON o.store = s.store
"""
"""Lines of cards by the places of their columns (schemas/rows.py), taken apart once. Offtake is
first stock + what came in between - last stock, product by product. Less than nothing sold says
that a count or a delivery is wrong: that product is left out. What was never ordered while we
looked has no value to us."""
