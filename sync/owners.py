"""OWNERS: who owns which field that rep and office may both edit, as a table, and nothing else.

One owner a field: `rep` (what is seen and heard in the store), `office` (terms, tax, grading),
`shared` (both; the row at rest stands where two changed it). An edit names fields, not columns: a
field such as `position` is several columns that only make sense together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

Owner = Literal["rep", "office", "shared"]
Holds = Literal["text", "whole", "flag", "day", "degrees"]
Value = str | int | bool | None
POSITION = "position"
TEXT_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its owner, what it holds, and whether it may never be emptied (`keeps`)."""

    owner: Owner
    holds: Holds = "text"
    keeps: bool = False


_FLAG, _COUNT = Field("rep", "flag"), Field("rep", "whole")

OWNERS: Mapping[str, Mapping[str, Field]] = {
    "store": {
        "name": Field("shared", keeps=True),
        "address": Field("shared"),
        "city": Field("shared"),
        "region": Field("shared"),
        "postcode": Field("shared"),
        "phone": Field("rep"),
        "opening_hours": Field("rep"),
        POSITION: Field("rep", "degrees"),
        "tax_id": Field("office"),
        "terms_days": Field("office", "whole"),
        "store_class": Field("office"),
        "channel": Field("office"),
        "banner": Field("office"),
        "price_list": Field("office"),
        "visits_per_4w": Field("office", "whole"),
    },
    "contact": {
        "name": Field("rep", keeps=True),
        "role": Field("rep"),
        "phone": Field("rep"),
        "email": Field("rep"),
        "preferred_time": Field("rep"),
        "state": Field("rep", keeps=True),
    },
    "card": {
        **dict.fromkeys(("listed", "on_shelf", "promotion_seen", "out_of_stock"), _FLAG),
        **dict.fromkeys(("facings", "shelf_stock", "back_stock", "price_minor"), _COUNT),
        "nearest_expiry": Field("rep", "day"),
    },
    "plan_stop": {
        "day": Field("shared", "day", keeps=True),
        "sequence": Field("shared", "whole", keeps=True),
        "state": Field("rep", keeps=True),
        "reason": Field("rep"),
        "visit": Field("rep"),
    },
}


def as_fields(kind: str, row: Mapping[str, Any]) -> dict[str, Value]:
    """A row at rest as the fields an edit may name."""
    return {
        name: position_text(row["lat_deg"], row["lon_deg"], row["geo_accuracy_m"])
        if name == POSITION
        else _plain(row[name])
        for name in OWNERS[kind]
    }


def as_columns(stands: Mapping[str, Value]) -> dict[str, Any]:
    """Fields as columns, to write over those of a row at rest."""
    columns: dict[str, Any] = dict(stands)
    if POSITION in columns:
        found = position(str(columns.pop(POSITION)))
        lat, lon, accuracy_m = found or (None, None, None)
        columns |= {"lat_deg": lat and float(lat), "lon_deg": lon and float(lon)}
        columns |= {"geo_accuracy_m": accuracy_m, "geo_source": "rep" if found else None}
    return columns


def _plain(value: Any) -> Value:
    """A column's value as an edit writes it: a day as text, the rest as it is."""
    return value.isoformat() if isinstance(value, date) else value


def fault_of(kind: str, name: str, value: Value) -> str | None:
    """What is wrong with a value of a field, in words; None = nothing."""
    field = OWNERS[kind].get(name)
    if field is None:
        return f"{name}: is not a field of a {kind.replace('_', ' ')} that can be edited"
    if value is None:
        return f"{name}: cannot be empty" if field.keeps else None
    if field.holds == "flag":
        return None if isinstance(value, bool) else f"{name}: must be true or false"
    if field.holds == "whole":
        fits = type(value) is int and 0 <= value < 2**31
        return None if fits else f"{name}: must be a whole number, not negative"
    if not isinstance(value, str):
        return f"{name}: must be text"
    return _fault_of_text(name, field, value)


def faults_of(kind: str, fields: Mapping[str, Value]) -> list[str]:
    """What is wrong with the fields of an edit; empty = nothing."""
    return [fault for name in fields if (fault := fault_of(kind, name, fields[name])) is not None]


def _fault_of_text(name: str, field: Field, value: str) -> str | None:
    if field.keeps and not value.strip():
        return f"{name}: cannot be empty"
    if field.holds == "day":
        try:
            date.fromisoformat(value)
        except ValueError:
            return f"{name}: must be a day, YYYY-MM-DD"
    if field.holds == "degrees":
        return None if position(value) else f"{name}: must be LATITUDE,LONGITUDE,METRES"
    return None if len(value) <= TEXT_LENGTH else f"{name}: is longer than {TEXT_LENGTH}"


def position(text: str) -> tuple[Decimal, Decimal, int | None] | None:
    """Read "41.58690,-93.62501,8": degrees, degrees, accuracy in metres (may be left out)."""
    parts = text.split(",")
    if len(parts) not in (2, 3):
        return None
    try:
        lat, lon = Decimal(parts[0]), Decimal(parts[1])
        accuracy = int(parts[2]) if len(parts) == 3 and parts[2] else None
    except (InvalidOperation, ValueError):
        return None
    fits = lat.is_finite() and lon.is_finite() and abs(lat) <= 90 and abs(lon) <= 180
    return (lat, lon, accuracy) if fits and (accuracy or 0) >= 0 else None


def position_text(lat: object, lon: object, accuracy_m: object) -> str | None:
    """The same written: five digits, about a metre; None where there is no position."""
    if lat is None or lon is None:
        return None
    tail = "" if accuracy_m is None else f",{accuracy_m}"
    return f"{Decimal(str(lat)):.5f},{Decimal(str(lon)):.5f}{tail}"
