"""Orders and answers as JSON files. Pure.

Out, one order a file, the same document as over HTTP with control totals around it:

    {"delivery": "<id>", "reference": "<order>/<revision>", "order": {...},
     "totals": {"documents": 1, "lines": 2, "quantity": 18, "value_minor": 2322}}

In, acknowledgements or statuses (statuses as in statuses.py); `totals` are compared when they are
there (documents, lines; statuses: updates):

    {"acknowledgements": [{"order": "<id>", "revision": 1, "external_no": "DS-1",
                           "lines": [{"n": 1, "allocated": 10, "backordered": 2, "cut": 0}]},
                          {"order": "<id>", "revision": 1, "refused": "unknown ship-to"}],
     "totals": {"documents": 2, "lines": 1}}
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from server.delivery.document import OutgoingOrder
from server.delivery.forms.shape import (
    Damaged,
    Incoming,
    Said,
    add_up,
    json_of,
    text_of,
    totals_of,
)
from server.delivery.statuses import Unreadable, plain, read_update


class AsJson:
    """The form of JSON files."""

    suffix = ".json"

    def write(self, order: OutgoingOrder) -> bytes:
        whole = {
            "delivery": order.delivery,
            "reference": order.reference,
            "accepted_at": order.accepted_at,
            "order": order.document,
            "totals": asdict(totals_of(order)),
        }
        text = json.dumps(whole, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1)
        return text.encode("utf-8") + b"\n"

    def read(self, name: str, content: bytes, target: str) -> Incoming:
        whole = json_of(text_of(content))
        if not isinstance(whole, dict):
            raise Damaged('the file is {"acknowledgements": [...]} or {"updates": [...]}')
        totals = whole.get("totals", {})
        if not isinstance(totals, dict):
            raise Damaged("its totals are not names with numbers")
        for name, read in (("acknowledgements", _acknowledgements), ("updates", _updates)):
            if name in whole:
                found = whole[name]
                if not isinstance(found, list):
                    raise Damaged(f"`{name}` is not a list")
                return read(found, totals, target)
        raise Damaged("it has neither `acknowledgements` nor `updates`")


def _acknowledgements(found: list[Any], totals: dict[str, Any], target: str) -> Incoming:
    said = tuple(_said(one, n) for n, one in enumerate(found, 1))
    lines = sum(len(one.answer.get("lines", ())) for one in said)
    add_up("an acknowledgement file", {"documents": len(said), "lines": lines}, totals)
    return Incoming(said=said)


def _said(one: Any, n: int) -> Said:
    if not isinstance(one, dict):
        raise Damaged(f"acknowledgement {n} is not a JSON object")
    order, revision, refused = one.get("order"), one.get("revision", 1), one.get("refused", "")
    if not isinstance(order, str) or not order or type(revision) is not int:
        raise Damaged(f"acknowledgement {n} does not say whose it is: order, revision")
    if not isinstance(refused, str) or not isinstance(one.get("lines", []), list):
        raise Damaged(f"acknowledgement {n}: `refused` is a text and `lines` a list")
    return Said(order, revision, {**one, "revision": revision}, plain(refused))


def _updates(found: list[Any], totals: dict[str, Any], target: str) -> Incoming:
    add_up("a status file", {"updates": len(found)}, totals)
    updates = []
    for n, one in enumerate(found, 1):
        try:
            updates.append(read_update(one, target))
        except Unreadable as why:
            raise Damaged(f"update {n}: {why}") from None
    return Incoming(updates=tuple(updates))
