"""Places stores that came without coordinates at the centre of their town.

A route cannot be planned to a store that is nowhere. A store without coordinates stands at the
mean of the stores of its town; in a town without any other, at the mean of the stores whose
postcodes begin alike; else of its region. It is marked, and so is how far off it may be.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, NamedTuple

EARTH_M = 6_371_000
LEAST_ACCURACY_M = 1_000
POSTCODE_PREFIX = 3


class Place(NamedTuple):
    """Degrees, and the distance to the farthest store it was made from."""

    lat_deg: float
    lon_deg: float
    accuracy_m: int


Key = Callable[[Mapping[str, Any]], Hashable]


def _folded(text: object) -> str:
    return re.sub(r"[^\w]+", " ", str(text or "")).strip().casefold()


def _town(store: Mapping[str, Any]) -> Hashable:
    city = _folded(store.get("city"))
    return (city, _folded(store.get("region"))) if city else None


def _district(store: Mapping[str, Any]) -> Hashable:
    postcode = _folded(store.get("postcode"))[:POSTCODE_PREFIX]
    return (postcode, _folded(store.get("region"))) if postcode else None


def _region(store: Mapping[str, Any]) -> Hashable:
    return _folded(store.get("region")) or None


NEAREST_FIRST: tuple[Key, ...] = (_town, _district, _region)


class Towns:
    """Centres of towns, postcode districts and regions, from stores that have coordinates."""

    def __init__(self, stores: Iterable[Mapping[str, Any]]) -> None:
        placed = [one for one in stores if one.get("lat_deg") is not None]
        self._by_key: list[dict[Hashable, Place]] = []
        for key in NEAREST_FIRST:
            groups: dict[Hashable, list[tuple[float, float]]] = defaultdict(list)
            for one in placed:
                groups[key(one)].append((one["lat_deg"], one["lon_deg"]))
            groups.pop(None, None)
            self._by_key.append({name: _centre(points) for name, points in groups.items()})

    def place(self, store: Mapping[str, Any]) -> Place | None:
        """Where a store without coordinates most likely is; None if nothing is known of it."""
        for key, places in zip(NEAREST_FIRST, self._by_key, strict=True):
            found = places.get(key(store))
            if found is not None:
                return found
        return None


def _centre(points: list[tuple[float, float]]) -> Place:
    """The mean; towns are small and away from the date line, so degrees may be averaged.

    Rounded to a metre or so, and summed exactly, so that the order of a file does not matter.
    """
    lat = round(math.fsum(lat for lat, _ in points) / len(points), 5)
    lon = round(math.fsum(lon for _, lon in points) / len(points), 5)
    far = max(_distance_m(lat, lon, *point) for point in points)
    return Place(lat, lon, max(LEAST_ACCURACY_M, math.ceil(far / 100) * 100))


def _distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """On a plane around the first point; exact enough within a region."""
    north = math.radians(other_lat - lat)
    east = math.radians(other_lon - lon) * math.cos(math.radians(lat))
    return EARTH_M * math.hypot(north, east)
