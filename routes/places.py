"""Where the stores of a territory are, as far as is known, and how far from each other. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from routes.distance import Distances, Place, km_between, name_of, place_by_town

if TYPE_CHECKING:
    from routes.territory import StoreRow, Territory


def located(
    territory: Territory, rows: Sequence[StoreRow], told: dict[str, list[str]]
) -> list[Place]:
    """Where the stores are, and home, last."""
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
    return [*places, territory.workday.home or middle]


def minutes_between(
    territory: Territory, rows: Sequence[StoreRow], told: dict[str, list[str]]
) -> list[list[float]]:
    """Travel between the stores and home, last: by road where that is known, else by the line."""
    places = located(territory, rows, told)
    known = territory.learned or Distances(territory.line)
    named = [*(row.id for row in rows), ""]
    on_map = [name_of(place) for place in places]

    def minutes(one: int, other: int) -> float:
        if one == other:
            return 0.0
        by_road = territory.road_min.get((on_map[one], on_map[other]))
        if by_road is not None:
            return max(0.5, by_road)
        return known.minutes(named[one], named[other], km_between(places[one], places[other]))

    every = range(len(places))
    return [[minutes(one, other) for other in every] for one in every]


def _middle(places: Sequence[Place]) -> Place | None:
    """The median point, which a store at the other end of the country does not move."""
    if not places:
        return None
    lats = sorted(place.lat_deg for place in places)
    lons = sorted(place.lon_deg for place in places)
    return Place(lats[len(lats) // 2], lons[len(lons) // 2])
