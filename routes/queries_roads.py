"""SQL of minutes by road, as a routing machine told them once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text


def known(
    conn: Connection, company: str, source: str, names: Sequence[str]
) -> dict[tuple[str, str], float]:
    """Minutes of the pairs of these places that were asked for before."""
    found = conn.execute(
        text(
            """SELECT from_place, to_place, minutes FROM travel_time
                WHERE company = :company AND source = :source
                  AND from_place = ANY(:names) AND to_place = ANY(:names)"""
        ),
        {"company": company, "source": source, "names": list(names)},
    )
    return {(row.from_place, row.to_place): row.minutes for row in found}


def keep(
    conn: Connection,
    company: str,
    source: str,
    pairs: Sequence[tuple[str, str, float, float | None]],
    now: datetime,
) -> None:
    """Keep (from, to, minutes, kilometres or None); what is kept already stays, so that plans can
    be repeated."""
    starts, ends, minutes, km = zip(*pairs, strict=True) if pairs else ((), (), (), ())
    conn.execute(
        text(
            """INSERT INTO travel_time
                   (company, source, from_place, to_place, minutes, km, asked_at)
               SELECT :company, :source, p.*, :now
                 FROM unnest(cast(:starts AS text[]), cast(:ends AS text[]),
                             cast(:minutes AS float8[]), cast(:km AS float8[])) p
               ON CONFLICT DO NOTHING"""
        ),
        {"company": company, "source": source, "now": now, "starts": list(starts),
         "ends": list(ends), "minutes": list(minutes), "km": list(km)},
    )  # fmt: skip
