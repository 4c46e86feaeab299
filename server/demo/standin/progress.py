"""What happens to an order after it was taken: stages, and the event each one is told by. Pure."""

from __future__ import annotations

from typing import Any

STAGES = ("allocated", "picking", "dispatched", "delivered", "invoiced")
"""In the order in which they happen; an event is told of each."""


def stages_until(last: str, have: int) -> tuple[str, ...]:
    """The stages a document of `have` stages still passes to get to `last`; ValueError if none
    is called so."""
    if last not in STAGES:
        raise ValueError("a stage is one of " + ", ".join(STAGES))
    return STAGES[have : STAGES.index(last) + 1]


def event(document: dict[str, Any], stage: str, at: str) -> dict[str, Any]:
    """The event of one document's stage, as it is told: quantities in eaches.

    Its id is made of the document's number and the stage, so it is the same however often it is
    told.
    """
    said: dict[str, Any] = {
        "id": f"{document['external_no']}-{stage}",
        "order": document["order_id"],
        "revision": document["revision"],
        "external_no": document["external_no"],
        "status": stage,
        "at": at,
    }
    what = {"allocated": "allocated", "dispatched": "shipped", "delivered": "delivered"}.get(stage)
    if what:
        said["lines"] = [
            {"n": line["n"], what: line["allocated"], "reason": line["reason"]}
            for line in document["answer"]["lines"]
        ]
    if stage == "invoiced":
        said["invoice_no"] = document["external_no"].replace("DS-", "INV-")
    return said
