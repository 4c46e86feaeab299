"""The alarm: orders wait for a delivery system, and none was acknowledged for N minutes.

N is the target's own (30 unless it says otherwise, 0 for never): a system that answers at night is
not silent at noon. Everything is seen from rows each time: what waits, since when, and when the
last acknowledgement came. So it clears by itself when one comes, when nothing waits any more, or
when the target is switched off, and no process remembers anything.
"""

from __future__ import annotations

import structlog
from prometheus_client import Gauge

from server.delivery import queries_silence as queries
from server.delivery.reconcile import Run
from sync.delivery.doubt import retire_silent, tell_silent

log = structlog.get_logger("talaria.delivery")
SILENT_S = Gauge(
    "talaria_delivery_silent_seconds",
    "Since when a delivery system acknowledges nothing while orders wait; 0 when it answers",
    ["target"],
    multiprocess_mode="mostrecent",
)
WAITING = Gauge(
    "talaria_deliveries_waiting", "Deliveries without an acknowledgement", ["target"],
    multiprocess_mode="mostrecent",
)  # fmt: skip
BY = "job:watch_deliveries"


def watch(run: Run) -> int:
    """Look at every delivery system; raise and clear alarms. Returns how many changed."""
    with run.begin() as conn:
        rows = queries.look(conn, run.now)
    changed = 0
    for row in rows:
        silent_s = (run.now - row["since"]).total_seconds() if row["silent"] else 0.0
        SILENT_S.labels(row["target"]).set(silent_s)
        WAITING.labels(row["target"]).set(row["waiting"])
        if row["silent"] == (row["raised"] is not None) or row["item_cell"] is None:
            continue
        changed += 1
        with run.begin() as conn:
            if row["silent"]:
                queries.raise_alarm(conn, row, run.now)
                told = (row["since"], row["zone"], row["waiting"], BY, run.now)
                tell_silent(conn, row["item_cell"], row["target"], *told)
            else:
                queries.clear_alarm(conn, row, run.now)
                retire_silent(conn, row["item_cell"], row["target"], row["raised"], BY, run.now)
        log.warning("delivery.silent" if row["silent"] else "delivery.answers_again",
                    target=row["target"], waiting=row["waiting"])  # fmt: skip
    return changed
