"""Begins a new epoch after time was lost, and sees to what the lost hours may have left outside.

Handhelds notice the epoch by themselves, offer again what this database does not know, and verify
their copies. What they cannot know is done here, in the same transaction:

* numbers of handhelds leap, so that no number is given twice: handhelds enrolled in the lost hours
  have order numbers with numbers this database has forgotten;
* handhelds that the kept mark knows as revoked are revoked again;
* the trail says when and why, for each company.

Deliveries are not touched: while an order was captured before the epoch began, the dispatcher
looks it up before it first sends it (server/delivery/queries.py), because the lost hours may have
sent it already.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection

from server.access import queries_epochs as queries
from sync.audit import note
from sync.feed import begin_epoch

Reason = Literal["asked", "handheld", "other_server", "promoted", "restored", "went_back"]
"""Why an epoch began, for the metric: somebody asked for one, a handheld knows more, the database
is on another PostgreSQL server, a standby was promoted, a backup restored, or feeds or epochs are
behind those that were kept."""
BEGUN = Counter("talaria_epochs", "New epochs of the database: time was lost", ["why"])
KNOWS_MORE = "a handheld knows more than this database"
EVIDENCE_AGE = timedelta(hours=1)
log = structlog.get_logger("talaria.server")


def begin_after_loss(
    conn: Connection, why: str, now: datetime, kept: Mapping[str, Any] | None = None, *,
    reason: Reason,
) -> str:  # fmt: skip
    """Begin a new epoch and return its id. `why`: a sentence for the trail; `kept`: the high-water
    mark from beside the data, when there is one; `reason`: as the metric counts it."""
    epoch = begin_epoch(conn, why)
    mark = kept or {}
    for company, cell, highest in queries.companies(conn):
        before = max(highest, int(mark.get("device_nos", {}).get(company, 0)))
        queries.leap_device_no(conn, company, (before // 100 + 2) * 100)
        note(conn, cell, "server", "epoch.begun", f"epoch/{epoch}", now, after={"why": why})
    for cell, device in queries.revoke_again(conn, list(mark.get("revoked", ()))):
        note(conn, cell, "server", "device.revoked", f"device/{device}", now,
             after={"state": "revoked", "why": "it was revoked before time was lost"})  # fmt: skip
    BEGUN.labels(reason).inc()
    log.warning("epoch.begun", error=why)
    return epoch


def begin_if_a_handheld_knows_more(
    conn: Connection, epoch: str, device: str, told: int, now: datetime
) -> str:
    """The last line of defence: a handheld was told by this very epoch that its changes up to
    `told` are answered, and this database does not know it. Return the epoch there is then.

    The first such handheld speaks for all: what the lost hours may have sent must be looked up
    before the next order goes out. Not more than once an hour, so that one handheld that lies
    cannot keep the others comparing.
    """
    found = queries.stand_of_epoch(conn, device)
    if found is None or found.epoch != epoch:
        return epoch if found is None else found.epoch  # begun meanwhile
    again = found.why == KNOWS_MORE and now - found.began_at < EVIDENCE_AGE
    if found.acknowledged_n >= told or again:
        return epoch
    return begin_after_loss(conn, KNOWS_MORE, now, reason="handheld")
