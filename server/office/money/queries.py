"""SQL of the pages about money: receipts by place, cash-up, possible duplicates, one receipt, what
a store owes and has paid, and the journal that is exported.

Every query is bounded by the cells its reader may see.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from server.office.queries import like

Found = Any

PLACES: Mapping[str, str] = {
    "hand_in": "k.state = 'received' AND k.method <> 'transfer'",
    "post": "(k.state = 'handed_in' OR k.state = 'received' AND k.method = 'transfer')",
    "posted": "k.state = 'posted'",
    "bounced": "k.state IN ('bounced', 'refused')",
}
"""The places money passes, and which receipts are there."""

RECEIPTS = """
    SELECT k.*, coalesce(u.name, k.rep) AS rep_name, s.name AS store_name, s.code AS store_code,
           o.number AS other_number, o.cell AS other_cell,
           EXISTS (SELECT 1 FROM conflict c WHERE c.cell = k.cell AND c.state = 'waiting'
                     AND c.subject = 'collection/' || k.id) AS asks
      FROM collection k
      LEFT JOIN store s ON s.cell = k.cell AND s.id = k.store
      LEFT JOIN app_user u ON u.company = :company AND u.code = k.rep
      LEFT JOIN collection o ON o.cell = ANY(:cells) AND o.id = k.possible_duplicate_of
     WHERE k.cell = ANY(:cells)
"""


def receipts(
    conn: Connection, company: str, cells: Sequence[int], place: str, *, rep: str = "",
    method: str = "", typed: str = "", at_most: int = 200,
) -> list[Found]:  # fmt: skip
    """Receipts at a place: those still to be worked on oldest first, the others newest first."""
    words, figures = [RECEIPTS], {"company": company, "cells": list(cells), "n": at_most}
    words.append(f" AND {PLACES[place]}")
    if rep:
        words.append(" AND k.rep = :rep")
        figures["rep"] = rep
    if method:
        words.append(" AND k.method = :method")
        figures["method"] = method
    if typed:
        words.append(
            " AND (k.number ILIKE :like OR s.name ILIKE :like OR s.code ILIKE :like"
            " OR k.cheque_no ILIKE :like)"
        )
        figures["like"] = like(typed)
    done = place in ("posted", "bounced")
    order = "coalesce(k.posted_at, k.received_at) DESC" if done else "k.day, k.rep, k.number"
    words.append(f" ORDER BY {order}, k.id LIMIT :n")
    return list(conn.execute(text("".join(words)), figures))


def sums(conn: Connection, cells: Sequence[int]) -> list[Found]:
    """Place, method -> how many receipts and how much, by currency; posted: of the last 14 days."""
    found = text("""
        SELECT CASE WHEN state = 'received' AND method <> 'transfer' THEN 'hand_in'
                    WHEN state IN ('received', 'handed_in') THEN 'post'
                    WHEN state = 'posted' THEN 'posted' ELSE 'bounced' END AS place,
               method, currency, count(*) AS n, sum(amount_minor)::bigint AS amount_minor
          FROM collection WHERE cell = ANY(:cells)
           AND (state IN ('received', 'handed_in') OR received_at > now() - interval '14 days')
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """)
    return list(conn.execute(found, {"cells": list(cells)}))


def cash_up(conn: Connection, company: str, cells: Sequence[int]) -> list[Found]:
    """What each rep still has to hand in, by day taken and method."""
    found = text("""
        SELECT k.cell, k.rep, coalesce(u.name, k.rep) AS rep_name, k.day, k.method, k.currency,
               count(*) AS n, sum(k.amount_minor)::bigint AS amount_minor,
               string_agg(k.id::text, ' ' ORDER BY k.number) AS ids
          FROM collection k LEFT JOIN app_user u ON u.company = :company AND u.code = k.rep
         WHERE k.cell = ANY(:cells) AND k.state = 'received' AND k.method <> 'transfer'
           AND k.amount_minor > 0
         GROUP BY k.cell, k.rep, u.name, k.day, k.method, k.currency
         ORDER BY k.day, rep_name, k.method
    """)
    return list(conn.execute(found, {"company": company, "cells": list(cells)}))


def to_hand_in(conn: Connection, receipts: Mapping[int, Sequence[str]]) -> int:
    """What these receipts (cell -> ids) come to, of those not handed in yet."""
    found = text("""
        SELECT coalesce(sum(k.amount_minor), 0)::bigint FROM collection k
          JOIN unnest(cast(:cells AS int[]), cast(:ids AS uuid[])) AS a (cell, id)
            ON k.cell = a.cell AND k.id = a.id
         WHERE k.state = 'received'
    """)
    pairs = [(cell, one) for cell, ids in receipts.items() for one in ids]
    figures = {"cells": [cell for cell, _ in pairs], "ids": [one for _, one in pairs]}
    return int(conn.execute(found, figures).scalar_one())


def duplicates(conn: Connection, company: str, cells: Sequence[int]) -> list[Found]:
    """Receipts of one cheque, of one number, or of one store, amount and day, of the last 60 days,
    while one of them is not in the books and nobody said that they are payments of their own;
    `same` says what they share."""
    found = text("""
        WITH live AS (
            SELECT * FROM collection
             WHERE cell = ANY(:cells) AND state <> 'refused'
               AND received_at > now() - interval '60 days'
        ), shared AS (
            SELECT cell, id, 'cheque' AS why, 'cheque ' || cheque_key AS same FROM live
             WHERE cheque_key IS NOT NULL
            UNION ALL SELECT cell, id, 'number', 'number ' || number FROM live
            UNION ALL
            SELECT cell, id, 'money', concat_ws(' ', 'money', store, amount_minor, currency, day)
              FROM live
        ), several AS (
            SELECT same FROM shared JOIN live USING (cell, id)
             GROUP BY same
            HAVING count(*) FILTER (WHERE NOT live.is_cleared) > 1
               AND bool_or(live.state IN ('received', 'handed_in'))
        )
        SELECT h.same, h.why, k.*, coalesce(u.name, k.rep) AS rep_name, s.name AS store_name
          FROM several v JOIN shared h USING (same)
          JOIN live k ON k.cell = h.cell AND k.id = h.id
          LEFT JOIN store s ON s.cell = k.cell AND s.id = k.store
          LEFT JOIN app_user u ON u.company = :company AND u.code = k.rep
         ORDER BY h.same, k.received_at, k.id LIMIT 400
    """)
    return list(conn.execute(found, {"company": company, "cells": list(cells)}))


def on_account(conn: Connection, cells: Sequence[int]) -> list[Found]:
    """Money on account that a receipt left there, beside what its store still owes."""
    found = text("""
        SELECT i.cell, i.store, i.number, i.issued_on, i.open_minor, s.name AS store_name,
               s.code AS store_code, c.open_minor AS owes_minor, k.id AS receipt, k.rep
          FROM open_item i JOIN store s ON s.cell = i.cell AND s.id = i.store
          JOIN credit_account c ON c.cell = i.cell AND c.store = i.store
          LEFT JOIN collection k ON k.cell = i.cell AND k.store = i.store AND k.number = i.number
         WHERE i.cell = ANY(:cells) AND i.kind = 'on_account' AND i.open_minor > 0
         ORDER BY i.issued_on, i.number LIMIT 200
    """)
    return list(conn.execute(found, {"cells": list(cells)}))


# --- one receipt, one store ----------------------------------------------------------------------


def receipt(conn: Connection, company: str, cells: Sequence[int], receipt_id: str) -> Found | None:
    figures = {"company": company, "cells": list(cells), "id": receipt_id}
    return conn.execute(text(RECEIPTS + " AND k.id = cast(:id AS uuid)"), figures).one_or_none()


def told_of(conn: Connection, cell: int, receipt_id: str) -> list[Found]:
    """What was told about a receipt, oldest first."""
    found = text("""
        SELECT c.*, u.name AS resolved_name FROM conflict c
          LEFT JOIN cell e ON e.cell = c.cell
          LEFT JOIN app_user u ON u.company = e.company AND c.resolved_by = 'user:' || u.code
         WHERE c.cell = :cell AND c.subject = :subject ORDER BY c.at, c.line NULLS FIRST
    """)
    figures = {"cell": cell, "subject": f"collection/{receipt_id}"}
    return list(conn.execute(found, figures))


def store(conn: Connection, cells: Sequence[int], store_id: str) -> Found | None:
    found = text("""
        SELECT s.cell, s.id, s.code, s.name, s.city, s.status, c.limit_minor, c.open_minor,
               c.on_account_minor, c.ordered_minor, c.collected_minor, c.blocked_reason, c.as_of,
               coalesce((SELECT sum(k.amount_minor) FROM collection k
                          WHERE k.cell = s.cell AND k.store = s.id AND k.method = 'cheque'
                            AND k.state IN ('received', 'handed_in')), 0)::bigint AS cheques_minor
          FROM store s LEFT JOIN credit_account c ON c.cell = s.cell AND c.store = s.id
         WHERE s.cell = ANY(:cells) AND s.id = cast(:id AS uuid)
    """)
    return conn.execute(found, {"cells": list(cells), "id": store_id}).one_or_none()


def items(conn: Connection, cell: int, store_id: str) -> list[Found]:
    """What a store owes and has paid: open items by age, then those paid last."""
    found = text("""
        SELECT * FROM open_item WHERE cell = :cell AND store = cast(:id AS uuid)
         ORDER BY open_minor = 0, CASE WHEN open_minor = 0 THEN NULL ELSE due_on END,
                  paid_on DESC NULLS LAST, number LIMIT 200
    """)
    return list(conn.execute(found, {"cell": cell, "id": store_id}))


def receipts_of(conn: Connection, company: str, cell: int, store_id: str) -> list[Found]:
    """A store's receipts, the newest first."""
    words = RECEIPTS + " AND k.store = cast(:id AS uuid) ORDER BY k.received_at DESC LIMIT 100"
    return list(conn.execute(text(words), {"company": company, "cells": [cell], "id": store_id}))


# --- the journal ---------------------------------------------------------------------------------


def journal(
    conn: Connection, cells: Sequence[int], since: datetime, until: datetime
) -> list[Found]:
    """Every posting, and every bounce of one, from `since` until just before `until`, as written
    down when it was done: a period reads the same whenever it is asked for."""
    found = text("""
        SELECT a.at, a.who, a.action, a.after, k.number, k.rep, k.method, k.currency,
               k.amount_minor, k.cheque_no, k.cheque_bank, k.cheque_on, k.day,
               s.code AS store_code, s.name AS store_name
          FROM audit a
          JOIN collection k ON k.cell = a.cell AND a.subject = 'collection/' || k.id
          LEFT JOIN store s ON s.cell = k.cell AND s.id = k.store
         WHERE a.cell = ANY(:cells) AND a.at >= :since AND a.at < :until
           AND (a.action = 'collection.post'
                OR a.action = 'collection.bounce' AND a.before ->> 'state' = 'posted')
         ORDER BY a.at, k.number, a.id
    """)
    return list(conn.execute(found, {"cells": list(cells), "since": since, "until": until}))
