"""Where the stores of a territory are, as far as is known, and how far from each other. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from routes.distance import Distances, Place, km_between, place_by_town

if TYPE_CHECKING:
    from routes.territory import StoreRow, Territory


def minutes_between(
    territory: Territory, rows: Sequence[StoreRow], told: dict[str, list[str]]
) -> list[list[float]]:
    """Travel between the stores and home, last."""
    sited = [
        Place(row.lat_deg, row.lon_deg)
        for row in rows
        if row.lat_deg is not None and row.lon_deg is not None
    ]
    middle = _middle(sited) or _middle(list(territory.towns.values())) or Place(0.0, 0.0)
    places = []
    for row in rows:
        if row.lat_deg is not None and row.lon_deg is not None:
            places.append(Place(row.lat_deg, row.lon_deg))
            kind = "placed_by_town" if row.geo_source == "town" else ""
        else:
            place, by_town = place_by_town(row.city or "", territory.towns, middle)
            places.append(place)
            kind = "placed_by_town" if by_town else "placed_in_the_middle"
        if kind:
            told.setdefault(kind, []).append(row.code)
    if territory.workday.home is None:
        told["home_is_the_middle"] = [territory.rep]
    places.append(territory.workday.home or middle)
    known = territory.learned or Distances(territory.line)
    named = [*(row.id for row in rows), ""]
    return [
        [
            known.minutes(one, other, km_between(here, there))
            for other, there in zip(named, places, strict=True)
        ]
        for one, here in zip(named, places, strict=True)
    ]


def _middle(places: Sequence[Place]) -> Place | None:
    """The median point, which a store at the other end of the country does not move."""
    if not places:
        return None
    lats = sorted(place.lat_deg for place in places)
    lons = sorted(place.lon_deg for place in places)
    return Place(lats[len(lats) // 2], lons[len(lons) // 2])
