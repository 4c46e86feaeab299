"""A token bucket in PostgreSQL: how often somebody may try something.

A bucket holds at most `burst` tokens and gains `per_s` of them a second; a try takes one. The
state is one row a key, moved by one upsert, so the limit is the same however many processes
answer. Takes its own transaction: a refused try that rolls back would not have been counted.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from server.access import queries


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, then `per_s` a second."""

    burst: float
    per_s: float

    @property
    def wait_s(self) -> int:
        """Seconds until an empty bucket has one token again."""
        return max(1, round(1 / self.per_s))


def take(engine: Engine, rates: dict[str, Rate], now: datetime) -> int:
    """Take one token of every bucket named. Returns 0, or the seconds to wait if one was empty."""
    with engine.begin() as conn:
        given = queries.take_tokens(
            conn, [(key, rate.burst, rate.per_s) for key, rate in sorted(rates.items())], now
        )
    return max((rate.wait_s for key, rate in rates.items() if key not in given), default=0)
