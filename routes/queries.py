"""SQL of visit routes: all that planning reads of a rep's territory. Plans: queries_plans.py."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from routes.daysoff import Absence, days_worked, public_holidays
from routes.distance import URBAN, Distances, Line, Place
from routes.territory import StopRow, StoreRow, Territory, Workday

Row = dict[str, Any]

STATE_NOW = """coalesce((SELECT min(v.state) FROM visit v
                     WHERE v.cell = ANY(:cells) AND v.store = p.store AND v.rep = p.rep
                       AND v.planned_on = p.day AND v.state IN ('done', 'started')), p.state)"""
"""How far stop `p` is: as far as the visit that was planned by it, which says first that it was
begun; else as the stop says itself. `cells`: where visits are looked for."""


def _rows(conn: Connection, sql: str, **figures: Any) -> list[Row]:
    return [dict(row) for row in conn.execute(text(sql), figures).mappings()]


def territory(
    conn: Connection, company: str, rep: str, first_day: date, weeks: int
) -> Territory | None:
    """All that planning reads of a rep's cycle; None where the company has no such rep."""
    empty = Territory(rep, 0, first_day, weeks, ())
    span = {"company": company, "rep": rep, "first": first_day, "last": empty.last_day}
    whose = _rows(
        conn,
        """SELECT u.cell, c.country, d.*,
                  ARRAY(SELECT k.cell FROM cell k WHERE k.company = u.company) AS cells
             FROM app_user u
           JOIN company c ON c.id = u.company
           LEFT JOIN rep_day d ON d.company = u.company AND d.rep = u.code
           WHERE u.company = :company AND u.code = :rep AND 'rep' = ANY(u.roles)""",
        **span,
    )
    if not whose:
        return None
    cell = whose[0]["cell"]
    country = whose[0]["country"]
    line, line_from, learned = _line(conn, company, rep)
    stops = _stops(conn, cell, whose[0]["cells"], span)
    stores = _stores(conn, span, [stop.store for stop in stops if stop.pinned])
    return Territory(
        rep, cell, first_day, weeks, stores, stops, _workday(whose[0]), _absences(conn, span),
        country, _holidays(country, first_day, empty.last_day), _towns(conn, company, stores),
        line, line_from, learned,
    )  # fmt: skip


def _holidays(country: str | None, first: date, last: date) -> dict[date, str]:
    return public_holidays(country, first, last) if country else {}


class Working(NamedTuple):
    """A rep's home cell, and the days of a span on which the rep works."""

    cell: int
    days: tuple[date, ...]


def working_by_rep(
    conn: Connection, company: str, codes: Collection[str], first: date, last: date
) -> dict[str, Working]:
    """On which days from `first` to `last` each of these reps works; people who are none are left
    out."""
    reps = _rows(
        conn,
        """SELECT u.code, u.cell, c.country, d.weekdays FROM app_user u
             JOIN company c ON c.id = u.company
             LEFT JOIN rep_day d ON d.company = u.company AND d.rep = u.code
            WHERE u.company = :company AND u.code = ANY(:codes) AND 'rep' = ANY(u.roles)""",
        company=company,
        codes=sorted(codes),
    )
    away: dict[str, list[Absence]] = {rep["code"]: [] for rep in reps}
    for row in _rows(
        conn,
        """SELECT u.code, a.first_day, a.last_day, a.kind
             FROM absence a JOIN unnest(cast(:codes AS text[])) u(code)
               ON a.rep IS NULL OR a.rep = u.code
            WHERE a.company = :company AND a.first_day <= :last AND a.last_day >= :first""",
        company=company,
        codes=sorted(away),
        first=first,
        last=last,
    ):
        away[row.pop("code")].append(Absence(**row))
    free = _holidays(reps[0]["country"], first, last) if reps else {}
    return {
        rep["code"]: Working(
            rep["cell"],
            days_worked(first, last, _weekdays(rep["weekdays"]), away[rep["code"]], free),
        )
        for rep in reps
    }


def year_of(conn: Connection, company: str) -> Row:
    """Whose holidays are free, how the year is cut, and the company's own cell. Raises
    LookupError."""
    found = _rows(
        conn,
        """SELECT c.country, c.calendar, c.zone, k.cell FROM company c
             JOIN cell k ON k.company = c.id AND k.kind = 'company'
            WHERE c.id = cast(:company AS uuid)""",
        company=company,
    )
    if not found:
        raise LookupError("There is no such company.")
    return found[0]


def set_year(conn: Connection, company: str, country: str | None, calendar: str) -> None:
    conn.execute(
        text(
            """UPDATE company SET country = :country, calendar = :calendar
                WHERE id = cast(:company AS uuid)"""
        ),
        {"company": company, "country": country, "calendar": calendar},
    )


def _workday(row: Row) -> Workday:
    if row["starts_at"] is None:
        return Workday()
    hour, minute = row["starts_at"].split(":")
    home = None
    if row["home_lat_deg"] is not None and row["home_lon_deg"] is not None:
        home = Place(float(row["home_lat_deg"]), float(row["home_lon_deg"]))
    return Workday(
        home,
        60.0 * int(hour) + int(minute),
        float(row["day_minutes"]),
        float(row["lunch_minutes"]),
        _weekdays(row["weekdays"]),
    )


def _weekdays(kept: Sequence[int] | None) -> tuple[int, ...]:
    """Days of the week from 0, Monday, as `date.weekday` has them; the table has them from 1."""
    return Workday().weekdays if kept is None else tuple(sorted(day - 1 for day in kept))


def _stores(conn: Connection, span: Row, fixed: Sequence[str]) -> tuple[StoreRow, ...]:
    """Stores a rep carries to sell at any time of the span, and those with an appointment."""
    found = _rows(
        conn,
        """SELECT s.id::text, s.code, s.name, s.cell, s.city, s.lat_deg, s.lon_deg, s.geo_source,
                  s.opening_hours, s.visits_per_4w, s.store_class
             FROM store s JOIN cell c ON c.cell = s.cell
            WHERE c.company = :company AND s.status NOT IN ('closed', 'merged')
              AND (s.id = ANY(cast(:fixed AS uuid[])) OR EXISTS (
                   SELECT FROM assignment a WHERE a.cell = s.cell AND a.store = s.id
                      AND a.rep = :rep AND a.function = 'sell' AND a.valid_from <= :last
                      AND (a.valid_to IS NULL OR a.valid_to > :first)))
            ORDER BY s.code, s.id""",
        fixed=list(fixed),
        **span,
    )
    return tuple(StoreRow(**row) for row in found)


def _stops(conn: Connection, cell: int, cells: Sequence[int], span: Row) -> tuple[StopRow, ...]:
    found = _rows(
        conn,
        f"""SELECT p.id::text, p.store::text, p.day, p.sequence, {STATE_NOW} AS state, p.pinned,
                  p.version
             FROM plan_stop p
            WHERE p.cell = :cell AND p.rep = :rep AND p.day BETWEEN :first AND :last
            ORDER BY p.day, p.sequence, p.id""",  # noqa: S608 - the columns are ours
        cell=cell,
        cells=list(cells),
        **span,
    )
    return tuple(StopRow(**row) for row in found)


def _absences(conn: Connection, span: Row) -> tuple[Absence, ...]:
    found = _rows(
        conn,
        """SELECT first_day, last_day, kind FROM absence
            WHERE company = :company AND (rep IS NULL OR rep = :rep)
              AND first_day <= :last AND last_day >= :first
            ORDER BY first_day, last_day, kind""",
        **span,
    )
    return tuple(Absence(**row) for row in found)


def _towns(conn: Connection, company: str, stores: Sequence[StoreRow]) -> dict[str, Place]:
    """The middle of the company's stores of each town in which a store has no coordinates."""
    wanted = {s.city.strip().casefold() for s in stores if s.city and s.lat_deg is None}
    if not wanted:
        return {}
    found = _rows(
        conn,
        """SELECT s.city, percentile_cont(0.5) WITHIN GROUP (ORDER BY s.lat_deg) AS lat_deg,
                  percentile_cont(0.5) WITHIN GROUP (ORDER BY s.lon_deg) AS lon_deg
             FROM store s JOIN cell c ON c.cell = s.cell
            WHERE c.company = :company AND lower(trim(s.city)) = ANY(:towns)
              AND s.lat_deg IS NOT NULL AND s.lon_deg IS NOT NULL
            GROUP BY s.city ORDER BY count(*), s.city""",
        company=company,
        towns=sorted(wanted),
    )
    return {row["city"].strip().casefold(): Place(row["lat_deg"], row["lon_deg"]) for row in found}


def _line(conn: Connection, company: str, rep: str) -> tuple[Line, str, Distances | None]:
    """The rep's own line, else the company's, else the one everybody begins with; where it is
    from; and what was learned beside the line."""
    found = _rows(
        conn,
        """SELECT area, fixed_minutes, minutes_per_km, trips, error_share, detail FROM travel_line
            WHERE company = :company AND area IN (:rep, '') ORDER BY area DESC LIMIT 1""",
        company=company,
        rep=rep,
    )
    if not found:
        return URBAN, "straight line, default", None
    row = found[0]
    where = row["area"] or "company"
    said = f"straight line, learned from {row['trips']} trips ({where})"
    if row["error_share"]:
        said += f", half of them within {100 * row['error_share']:.0f} %"
    line, detail = Line(row["fixed_minutes"], row["minutes_per_km"]), row["detail"]
    if not detail.get("leaving"):
        return line, said, None
    pairs = {(start, end): minutes for start, end, minutes in detail["pairs"]}
    return line, said, Distances(line, detail["leaving"], detail["arriving"], pairs, row["trips"])
