"""Notices a database that went back in time behind our back.

`talaria restore` begins a new epoch by itself. A disk image put back, a dump read in by hand, or a
standby promoted after losing its last second does not, and handhelds would then wait for changes
that come under numbers they have already seen. So the worker keeps, beside the data, how far the
database had come. `talaria serve` compares before anybody is served, and the worker compares at
every turn: a standby may be promoted under a running server.

With an external PostgreSQL the mark lies in the server's own data folder: it outlives whatever
happens to the database, but a mark kept by another machine is not seen here. What was written in
the last seconds before it was kept can go unnoticed too, and so can an image that took the mark
back with the data. The protocol's own last line of defence stands behind it: a cursor the database
does not know is answered by "verify", and a handheld that was told more than this database knows
says so in its next pull (PROTOCOL.md).
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, Engine

from server.access.epochs import Reason, begin_after_loss
from server.database import transaction
from server.files import private_folder, whole_file
from server.running import queries
from sync.feed import ensure_epoch

FILE = "high_water.json"
MOST_EPOCHS = 100
log = structlog.get_logger("talaria.server")


def keep(data_dir: Path, engine: Engine) -> None:
    """Compare with what was kept, begin a new epoch if time was lost, and write down how far the
    database has come, if it moved. Never raises: it is a precaution."""
    try:
        kept = read(data_dir)
        with engine.connect() as conn:
            now = queries.high_water(conn)
        if loss_between(kept, now) is not None:
            with transaction(engine) as conn:
                see_to_epoch(conn, data_dir)
                now = queries.high_water(conn)
        now["epochs"] = _seen(kept, now["epoch"])
        if now["epoch"] is not None and now != kept:
            private_folder(data_dir)
            with whole_file(data_dir / FILE) as file:
                file.write(json.dumps(now).encode())
    except Exception as error:
        log.warning("high_water.not_kept", error=type(error).__name__)


def see_to_epoch(conn: Connection, data_dir: Path) -> str:
    """Begin the first epoch, or a new one where time was lost; return the epoch there is then."""
    kept = read(data_dir)
    loss = loss_between(kept, queries.high_water(conn))
    if loss is None:
        return ensure_epoch(conn)
    reason, why = loss
    return begin_after_loss(conn, why, datetime.now(UTC), kept, reason=reason)


def read(data_dir: Path) -> dict[str, Any] | None:
    """What was kept; None when nothing was, or it cannot be read."""
    try:
        kept = json.loads((data_dir / FILE).read_bytes())
    except (OSError, ValueError):
        return None
    return kept if isinstance(kept, dict) else None


def _seen(kept: Mapping[str, Any] | None, epoch: str | None) -> list[str]:
    """Every epoch this mark has seen, the newest last."""
    before = [one for one in (kept or {}).get("epochs", ()) if one != epoch]
    return [*before[-MOST_EPOCHS:], *([epoch] if epoch else [])]


def loss_between(
    kept: Mapping[str, Any] | None, now: Mapping[str, Any]
) -> tuple[Reason, str] | None:
    """Why this database must begin a new epoch, for the metric and in words; None when it is the
    one that was left."""
    if kept is None:
        return None
    if kept.get("epoch") != now["epoch"]:
        if now["epoch"] in kept.get("epochs", ()):
            return "went_back", "an older epoch came back"
        return None  # one was begun since: nothing to compare
    if kept.get("system") != now["system"]:
        return "other_server", "the same epoch on another PostgreSQL server"
    if kept.get("timeline") != now["timeline"]:
        return "promoted", "a standby was promoted"
    for cell, pos in kept.get("feeds", {}).items():
        if now["feeds"].get(cell, 0) < pos:
            there = now["feeds"].get(cell, 0)
            return "went_back", f"feed {cell} went back from {pos} to {there}"
    return None
