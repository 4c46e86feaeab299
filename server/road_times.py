"""Minutes by road from a routing machine of one's own (OSRM or Valhalla), kept in the database.

Optional: only where TALARIA_ROUTING_URL names one. Each pair of places is asked once and kept
(travel_time), so a plan can be repeated. A machine that does not answer costs a plan nothing but
the better minutes: the line is used instead, and the plan says so.

What a plan says is read by those who plan: it names the kind of machine, what is wrong and what to
do. Where the machine stands, and what exactly it answered, is for the log alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

import httpx
import structlog
from sqlalchemy import Engine

from routes import queries_roads as queries
from routes.distance import Place, name_of
from server.database import in_transaction

BLOCK = 50
"""Places asked for at a time, from and to: what both machines answer as they come."""
TIMEOUT_S = 20.0
Pair = tuple[str, str]
log = structlog.get_logger("talaria.roads")


@dataclass(frozen=True)
class Machine:
    """A routing machine. `kind`: osrm or valhalla."""

    kind: str
    url: str

    @property
    def source(self) -> str:
        """What its minutes are known by."""
        return self.kind


class NoAnswer(Exception):
    """The machine did not answer, or not with minutes. The message is for those who plan; `detail`,
    with the machine's address, for the log."""

    def __init__(self, asked: Machine, what: str, error: Exception) -> None:
        super().__init__(f"the {asked.kind} machine {what}")
        self.detail = f"{asked.kind} at {asked.url}: {type(error).__name__}: {error}"


def machine(setting: str) -> Machine | None:
    """The machine a setting names, "osrm+http://host:5000"; None: there is none."""
    if not setting:
        return None
    kind, _, url = setting.partition("+")
    return Machine(kind, url.rstrip("/"))


def fill(
    engine: Engine,
    company: str,
    asked: Machine,
    places: Sequence[Place],
    now: datetime,
    client: httpx.Client | None = None,
) -> tuple[dict[Pair, float], str]:
    """Minutes of every pair that is known or answered, and what went wrong, if anything did."""
    names = sorted({name_of(place) for place in places})
    with engine.connect() as conn:
        known = queries.known(conn, company, asked.source, names)
    fault = ""
    with client or httpx.Client(timeout=TIMEOUT_S) as there:
        for rows, columns in _blocks(names, known):
            try:
                found = ask(there, asked, rows, columns)
            except NoAnswer as no:
                fault = str(no)
                log.warning("roads.no_answer", error=no.detail[:300])
                break
            known |= {pair: minutes for pair, (minutes, _) in found.items()}
            kept = [(*pair, *figures) for pair, figures in found.items()]
            in_transaction(
                engine, lambda conn, kept=kept: queries.keep(  # type: ignore[misc]
                    conn, company, asked.source, kept, now)
            )  # fmt: skip
    return known, fault


def _blocks(
    names: Sequence[str], known: Mapping[Pair, float]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Blocks in which some pair is missing."""
    parts = [names[i : i + BLOCK] for i in range(0, len(names), BLOCK)]
    for rows, columns in product(parts, parts):
        if any(a != b and (a, b) not in known for a in rows for b in columns):
            yield rows, columns


def ask(
    client: httpx.Client, asked: Machine, rows: Sequence[str], columns: Sequence[str]
) -> dict[Pair, tuple[float, float | None]]:
    """(minutes, kilometres or None) of each pair with a road between. Raises NoAnswer."""
    try:
        said = (
            _osrm(client, asked.url, rows, columns)
            if asked.kind == "osrm"
            else _valhalla(client, asked.url, rows, columns)
        )
        found = {
            (a, b): (seconds / 60, km)
            for a, line in zip(rows, said, strict=True)
            for b, (seconds, km) in zip(columns, line, strict=True)
            if a != b and seconds is not None
        }
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, TypeError, ValueError) as error:
        raise NoAnswer(asked, _what(error), error) from None
    return found


def _what(error: Exception) -> str:
    """What is wrong, and what to do, in words that tell no address."""
    if isinstance(error, httpx.TimeoutException):
        return f"did not answer within {TIMEOUT_S:.0f} seconds: plan again when it has less to do"
    if isinstance(error, httpx.HTTPStatusError):
        return (
            f"refused with HTTP {error.response.status_code}: whoever runs Talaria finds what it"
            " said in the log of the worker"
        )
    if isinstance(error, httpx.HTTPError):
        return (
            "cannot be reached: whoever runs Talaria should see that it runs (the log of the worker"
            " says where it is looked for), then plan again"
        )
    return (
        "did not answer with a table of minutes: whoever runs Talaria should see that the setting"
        " TALARIA_ROUTING_URL names such a machine"
    )


def _osrm(client: httpx.Client, url: str, rows: Sequence[str], columns: Sequence[str]) -> list[Any]:
    """GET /table/v1/driving: seconds, and metres where its version tells them."""
    every = [*rows, *columns]
    at = ";".join(",".join(reversed(name.split(","))) for name in every)
    from_, to = range(len(rows)), range(len(rows), len(every))
    told = client.get(
        f"{url}/table/v1/driving/{at}",
        params={
            "sources": ";".join(map(str, from_)), "destinations": ";".join(map(str, to)),
            "annotations": "duration,distance",
        },
    )  # fmt: skip
    told.raise_for_status()
    body = told.json()
    metres = body.get("distances") or [[None] * len(columns)] * len(rows)
    return [
        [(s, None if m is None else m / 1000) for s, m in zip(line, far, strict=True)]
        for line, far in zip(body["durations"], metres, strict=True)
    ]


def _valhalla(
    client: httpx.Client, url: str, rows: Sequence[str], columns: Sequence[str]
) -> list[Any]:
    """POST /sources_to_targets: seconds and kilometres."""

    def places(names: Sequence[str]) -> list[dict[str, float]]:
        split = (name.split(",") for name in names)
        return [{"lat": float(lat), "lon": float(lon)} for lat, lon in split]

    told = client.post(
        f"{url}/sources_to_targets",
        json={"sources": places(rows), "targets": places(columns), "costing": "auto"},
    )
    told.raise_for_status()
    return [
        [(one["time"], one.get("distance")) for one in line]
        for line in told.json()["sources_to_targets"]
    ]
