"""Notices a database that went back in time behind our back.

`talaria restore` begins a new epoch by itself. A disk image put back, a dump read in by hand, or a
standby promoted after losing its last second does not, and handhelds would then wait for changes
that come under numbers they have already seen. So the worker keeps, beside the data, how far the
database had come; `talaria serve` compares before anybody is served.

What was written in the last seconds before the file was kept can go unnoticed here. The protocol's
own last line of defence stands behind it: a cursor the database does not know is answered by
"verify" (PROTOCOL.md).
"""

import json
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, Engine

from server.files import private_folder, whole_file
from server.running import queries

FILE = "high_water.json"
log = structlog.get_logger("talaria.server")


def keep(data_dir: Path, engine: Engine) -> None:
    """Write down how far the database has come, if it moved. Never raises: it is a precaution."""
    try:
        with engine.connect() as conn:
            now = queries.high_water(conn)
        if now["epoch"] is not None and now != read(data_dir):
            private_folder(data_dir)
            with whole_file(data_dir / FILE) as file:
                file.write(json.dumps(now).encode())
    except Exception as error:
        log.warning("high_water.not_kept", error=type(error).__name__)


def read(data_dir: Path) -> dict[str, Any] | None:
    """What was kept; None when nothing was, or it cannot be read."""
    try:
        kept = json.loads((data_dir / FILE).read_bytes())
    except (OSError, ValueError):
        return None
    return kept if isinstance(kept, dict) else None


def why_new_epoch(conn: Connection, data_dir: Path) -> str | None:
    """Why this database must begin a new epoch; None when it is the one that was left."""
    kept = read(data_dir)
    now = queries.high_water(conn)
    if kept is None or kept.get("epoch") != now["epoch"]:
        return None  # never seen, or an epoch was begun since: nothing to compare
    if kept.get("system") != now["system"]:
        return "the same epoch on another PostgreSQL server"
    if kept.get("timeline") != now["timeline"]:
        return "a standby was promoted"
    for cell, pos in kept.get("feeds", {}).items():
        if now["feeds"].get(cell, 0) < pos:
            return f"feed {cell} went back from {pos} to {now['feeds'].get(cell, 0)}"
    return None
