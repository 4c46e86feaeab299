"""What the stand-in has of a day, as it tells the comparison at night. Pure.

Counted from its own documents: each order as it was sent (body) and as it was answered (answer). A
line that was cut stands for nothing, and what was on backorder ends with the invoice; the value of
a line that stands in part is rounded half up, once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

PAGE = 1_000


def day_of(
    documents: Iterable[dict[str, Any]], begins_at: datetime, ends_at: datetime
) -> list[dict[str, Any]]:
    """One row for each document received in the span, in the order they came.

    Documents: external_no, order_id, revision, received_at, body, answer (as kept), invoiced.
    """
    return [
        _row(one)
        for one in documents
        if begins_at <= datetime.fromisoformat(one["received_at"]) < ends_at
    ]


def page_of(
    rows: list[dict[str, Any]], day: str, after: str, as_of: str, size: int = PAGE
) -> dict[str, Any]:
    """One page of a day's list, its totals over all of it."""
    start = int(after or 0)
    end = start + size
    return {
        "day": day,
        "as_of": as_of,
        "totals": {
            "orders": len(rows),
            **{name: sum(one[name] for one in rows) for name in ("lines", "quantity",
                                                                 "value_minor")},
        },
        "orders": rows[start:end],
        "next": str(end) if end < len(rows) else "",
    }  # fmt: skip


def _row(document: dict[str, Any]) -> dict[str, Any]:
    order = json.loads(document["body"])["data"]
    answered = {one["n"]: one for one in json.loads(document["answer"])["lines"]}
    lines = quantity = value_minor = 0
    for line in order["lines"]:
        said = answered[line["n"]]
        later = 0 if document["invoiced"] else said["backordered"]
        stands = said["allocated"] + later
        lines += stands > 0
        quantity += stands
        asked, net_minor = line["quantity"], line.get("net_minor", 0)
        value_minor += (2 * net_minor * stands + asked) // (2 * asked) if asked else 0
    return {
        "order": document["order_id"],
        "revision": document["revision"],
        "external_no": document["external_no"],
        "lines": lines,
        "quantity": quantity,
        "value_minor": value_minor,
    }
