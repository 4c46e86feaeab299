"""Time, chance and ids as one seed has them: on handhelds, in the application, in the database.

True time stands still unless `pass_s` moves it. Whatever asks the machine for the time, a random
number or an id while `owned` holds is given ours. The database too: a schema of its own hides
`now()` and `clock_timestamp()` behind functions that read what was told on the connection.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest import mock

import psycopg
from sqlalchemy import Engine, event, make_url

from schemas.ids import Ids, uuid7
from server.hints import conninfo

BEGIN = datetime(2026, 11, 2, 13, 0, tzinfo=UTC)
UP_MS = 400 * 86_400_000
"""For so long the handhelds have been up at the beginning: a counter is never below 0."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

_DATABASE = """
    CREATE SCHEMA sim;
    CREATE FUNCTION sim.clock_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS
        $$ SELECT coalesce(nullif(current_setting('sim.now', true), '')::timestamptz,
                           pg_catalog.clock_timestamp()) $$;
    CREATE FUNCTION sim.now() RETURNS timestamptz LANGUAGE sql STABLE AS
        $$ SELECT sim.clock_timestamp() $$;
    GRANT USAGE ON SCHEMA sim TO PUBLIC;
"""


class Time:
    """True time; nobody in the simulation sees it but the server."""

    def __init__(self) -> None:
        self.now = BEGIN

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=round(seconds, 3))

    @property
    def at(self) -> str:
        """The instant as the history writes it."""
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def now_ms(self) -> int:
        return int(self.now.timestamp() * 1000)


class PhoneClock:
    """A handheld's clock: the wall as somebody set it, and a counter since it was started."""

    def __init__(self, time: Time, name: str) -> None:
        self.time, self.name = time, name
        self.wrong_s = 0.0  # how far the wall is ahead
        self.boots = 1
        self._up_since = time.now - timedelta(milliseconds=UP_MS)

    def now(self) -> datetime:
        return self.time.now + timedelta(seconds=self.wrong_s)

    def now_ms(self) -> int:
        return max(0, int(self.now().timestamp() * 1000))

    def monotonic_ms(self) -> int:
        return int((self.time.now - self._up_since).total_seconds() * 1000)

    def boot(self) -> str:
        return f"boot-{self.name}-{self.boots}"

    def reboot(self) -> None:
        self.boots += 1
        self._up_since = self.time.now


def ids_of(clock: PhoneClock | Time, luck: Random) -> Ids:
    """Ids by somebody's clock and chance."""
    return Ids(clock.now_ms, luck.getrandbits)


class _Instants(type):
    """Stands in for the class `datetime` in a module: all of it, but for the time it is now."""

    time: Time

    def __getattr__(cls, name: str) -> Any:
        return getattr(datetime, name)

    def __call__(cls, *args: Any, **named: Any) -> datetime:
        return datetime(*args, **named)  # noqa: DTZ001 - it is not ours to judge

    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, datetime)


def _datetime_of(time: Time) -> type:
    class Instants(metaclass=_Instants):
        @staticmethod
        def now(tz: tzinfo | None = None) -> datetime:
            return time.now.astimezone(tz) if tz is not None else time.now.replace(tzinfo=None)

    return Instants


@contextmanager
def owned(time: Time, luck: Random) -> Iterator[None]:
    """Until the end of the block the application's time, chance and ids are these. It must be
    imported before: modules are given ours by name."""
    instants = _datetime_of(time)

    def urlsafe(count: int = 32) -> str:
        return "".join(luck.choices(_LETTERS, k=(count * 4 + 2) // 3))

    with ExitStack() as held:
        for name, module in sorted(sys.modules.items()):
            is_ours = name.startswith(("server.", "sync."))
            if is_ours and getattr(module, "datetime", None) is datetime:
                held.enter_context(mock.patch.object(module, "datetime", instants))
        replaced = {
            "secrets.token_hex": lambda count=32: luck.randbytes(count).hex(),
            "secrets.token_urlsafe": urlsafe,
            "secrets.token_bytes": luck.randbytes,
            "secrets.choice": luck.choice,
            "secrets.randbits": luck.getrandbits,
            "handhelds.reference.local.uuid4": lambda: SimpleNamespace(
                hex=luck.randbytes(16).hex()
            ),
        }
        for name, ours in replaced.items():
            held.enter_context(mock.patch(name, ours))
        held.enter_context(mock.patch.object(uuid7, "now_ms", time.now_ms))
        held.enter_context(mock.patch.object(uuid7, "randbits", luck.getrandbits))
        held.enter_context(mock.patch.object(uuid7, "last", 0))
        yield


def give_time_to_database(owner_url: str) -> None:
    """Let a database ask us for the time. To be done before anybody else connects."""
    name = make_url(owner_url).database
    with psycopg.connect(conninfo(owner_url), autocommit=True) as raw:
        raw.execute(_DATABASE)
        raw.execute(f'ALTER DATABASE "{name}" SET search_path = sim, pg_catalog, public')


def tell_time(engine: Engine, time: Time) -> None:
    """Tell each connection what time it is whenever somebody takes it up."""

    @event.listens_for(engine, "checkout")
    def on_checkout(connection: Any, entry: Any, proxy: object) -> None:
        at = time.now.isoformat()
        if entry.info.get("sim.now") == at:
            return
        connection.autocommit = True
        connection.execute("SELECT set_config('sim.now', %s, false)", [at])
        connection.autocommit = False
        entry.info["sim.now"] = at
