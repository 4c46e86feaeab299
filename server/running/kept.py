"""Keeps the embedded PostgreSQL up while Talaria is: started again when something killed it."""

import contextlib
import time

import structlog

from server.embedded import EmbeddedPostgres
from server.programs import ProgramsError
from server.settings import Settings

LOOK_S = 1.0
log = structlog.get_logger("talaria.supervisor")


class KeptDatabase:
    """Looks once a second. Every start makes us one more user of the folder, until `close`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen = self._another()
        self._using = contextlib.ExitStack()
        self._due_s = 0.0

    def look(self) -> None:
        """Start the server again if it is gone. Never raises: the next look tries again."""
        now_s = time.monotonic()
        if now_s < self._due_s:
            return
        self._due_s = now_s + LOOK_S
        if self._seen.server_pid() is not None:
            return
        log.error("database.died")
        try:
            self._using.enter_context(self._another())
        except (ProgramsError, OSError) as error:
            log.error("database.not_started", error=type(error).__name__)
            return
        log.warning("database.restarted", after_s=round(time.monotonic() - now_s, 1))

    def close(self) -> None:
        self._using.close()

    def _another(self) -> EmbeddedPostgres:
        return EmbeddedPostgres(self._settings.data_dir / "pg", self._settings.pg_bin)
