"""How likely two stores are one and the same: place, name, telephone, tax number. Pure.

Each sign is a score from 0 to 100; the strongest counts, and a second one adds to it. The figures
are ours: a tax number names a firm, so it says most; a telephone is shared by few; a name alone
says little in a chain, unless the two doors are within sight of each other.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import asin, cos, radians, sin, sqrt

from sync.subjects.edit import Lookalike

EARTH_M = 6_371_000
NEAR_M = 50
WITHIN_SIGHT_M = 150
DIGITS_OF_PHONE = 7
"""The last digits of a telephone number; prefixes are written in many ways."""


@dataclass(frozen=True, slots=True)
class Door:
    """What is known of a store that could tell it from another; degrees, None = not known."""

    id: str
    name: str
    lat_deg: float | None = None
    lon_deg: float | None = None
    phone: str | None = None
    tax_id: str | None = None


def distance_m(one: Door, other: Door) -> float | None:
    """Metres between two stores (haversine); None where a place is not known."""
    if None in (one.lat_deg, one.lon_deg, other.lat_deg, other.lon_deg):
        return None
    lat, lon, at, on = (
        radians(float(x or 0)) for x in (one.lat_deg, one.lon_deg, other.lat_deg, other.lon_deg)
    )
    half = sin((at - lat) / 2) ** 2 + cos(lat) * cos(at) * sin((on - lon) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


def same_name(one: str, other: str) -> int:
    """How alike two names are, 0 to 100, whatever the case, accents, marks and order of words."""
    words, others = (sorted(_folded(name).split()) for name in (one, other))
    if not words or not others:
        return 0
    matched = SequenceMatcher(None, " ".join(words), " ".join(others), autojunk=False)
    return round(matched.ratio() * 100)


def _folded(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^\w ]+", " ", "".join(c for c in bare if not unicodedata.combining(c)))


def _digits(text: str | None) -> str:
    return "".join(c for c in text or "" if c.isascii() and c.isdigit())


def compare(one: Door, other: Door) -> Lookalike:
    """How likely `other` is the same store as `one`, and why, in words."""
    apart, name = distance_m(one, other), same_name(one.name, other.name)
    signs: list[tuple[int, str]] = []
    if one.tax_id and _folded(one.tax_id) == _folded(other.tax_id or ""):
        signs.append((90, "same tax number"))
    phone, its = _digits(one.phone), _digits(other.phone)
    if len(phone) >= DIGITS_OF_PHONE and phone[-DIGITS_OF_PHONE:] == its[-DIGITS_OF_PHONE:]:
        signs.append((80, "same telephone"))
    if apart is not None and apart <= WITHIN_SIGHT_M and name >= 60:
        signs.append((round(name * (1.0 if apart <= NEAR_M else 0.8)), f"{apart:.0f} m away"))
    elif apart is not None and apart <= NEAR_M:
        signs.append((50, f"{apart:.0f} m away"))
    if name >= 80 and (apart is None or apart <= WITHIN_SIGHT_M):
        signs.append((40 if name < 100 else 55, "same name" if name == 100 else "similar name"))
    signs.sort(reverse=True)
    score = min(100, signs[0][0] + sum(points // 5 for points, _ in signs[1:])) if signs else 0
    return Lookalike(other.id, other.name, ", ".join(why for _, why in signs), score)


def most_alike(one: Door, others: Iterable[Door]) -> Lookalike | None:
    """The store most like this one; None = nothing speaks for any. Ties go to the smaller id."""
    found = [compare(one, other) for other in others if other.id != one.id]
    alike = [twin for twin in found if twin.score]
    return min(alike, key=lambda twin: (-twin.score, twin.id), default=None)
