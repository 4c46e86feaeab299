"""A store without coordinates stands in its town, else its district, else its region."""

from server.feeds.placing import Towns

STORES = [
    {"city": "Ames", "region": "IA", "postcode": "50010", "lat_deg": 42.0, "lon_deg": -93.6},
    {"city": "AMES", "region": "IA", "postcode": "50014", "lat_deg": 42.2, "lon_deg": -93.8},
    {"city": "Boone", "region": "IA", "postcode": "50036", "lat_deg": 43.0, "lon_deg": -94.0},
    {"city": "Ames", "region": "TX", "postcode": "77575", "lat_deg": 30.0, "lon_deg": -94.7},
    {"city": "Perry", "region": "IA", "postcode": "50220", "lat_deg": None, "lon_deg": None},
]


def test_the_centre_of_a_town_is_the_mean_of_its_stores_however_it_is_written() -> None:
    place = Towns(STORES).place({"city": " ames.", "region": "IA", "postcode": "50010"})
    assert place is not None
    assert (place.lat_deg, place.lon_deg) == (42.1, -93.7)
    assert 13_000 <= place.accuracy_m <= 15_000  # half the way between the two


def test_a_town_of_the_same_name_elsewhere_does_not_count() -> None:
    place = Towns(STORES).place({"city": "Ames", "region": "TX", "postcode": "77575"})
    assert place is not None
    assert place.lat_deg == 30.0
    assert place.accuracy_m == 1_000


def test_a_town_of_its_own_falls_back_to_its_postcodes_and_then_to_its_region() -> None:
    towns = Towns(STORES)
    near = towns.place({"city": "Nevada", "region": "IA", "postcode": "50099"})
    assert near is not None
    assert near.lat_deg == 42.4
    far = towns.place({"city": "Perry", "region": "IA", "postcode": "59999"})
    assert far == near  # all of Iowa, here the same three
    assert towns.place({"city": "Reno", "region": "NV", "postcode": "89501"}) is None
    assert towns.place({}) is None


def test_the_order_of_the_file_does_not_move_a_town() -> None:
    store = {"city": "Nevada", "region": "IA", "postcode": None}
    assert Towns(STORES).place(store) == Towns(STORES[::-1]).place(store)
