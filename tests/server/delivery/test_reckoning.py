"""The list of a day is believed when it is whole, and says what is wrong with it when it is not."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.delivery.compare import Theirs
from server.delivery.reckoning import NotWhole, read_csv, read_json, read_page, whole

DAY = date(2026, 11, 21)
ROWS = [
    {"order": "o1", "revision": 1, "external_no": "DS-1", "lines": 2, "quantity": 18,
     "value_minor": 2322},
    {"order": "o2", "revision": 3, "external_no": "DS-2", "lines": 1, "quantity": 1,
     "value_minor": -5},
]  # fmt: skip
TOTALS = {"orders": 2, "lines": 3, "quantity": 19, "value_minor": 2317}
WHOLE = {"day": "2026-11-21", "as_of": "2026-11-22T09:00:00+01:00", "totals": TOTALS,
         "orders": ROWS}  # fmt: skip
CSV = (
    "order,revision,external_no,lines,quantity,value_minor\r\n"
    "o1,1,DS-1,2,18,2322\r\no2,3,DS-2,1,1,-5\r\nTOTAL,2,,3,19,2317\r\n"
)
BOTH = (Theirs("o1", 1, "DS-1", 2, 18, 2322), Theirs("o2", 3, "DS-2", 1, 1, -5))


def as_json(**changed: Any) -> bytes:
    return json.dumps({**WHOLE, **changed}).encode()


def test_a_whole_list_is_read_from_json_and_from_csv() -> None:
    said = read_json(as_json(), DAY)
    assert said.orders == read_csv(CSV.encode()).orders == BOTH
    assert said.as_of == datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_what_they_do_not_count_is_not_compared() -> None:
    rows = [{"order": "o1", "external_no": "DS-1", "lines": 2}]
    (one,) = read_json(as_json(orders=rows, totals={"orders": 1}), DAY).orders
    assert (one.revision, one.quantity, one.value_minor) == (1, None, None)


@pytest.mark.parametrize("total", ["orders", "lines", "quantity", "value_minor"])
def test_a_list_that_does_not_add_up_proves_nothing(total: str) -> None:
    wrong = {**TOTALS, total: TOTALS[total] + 1}
    with pytest.raises(NotWhole, match="total says"):
        read_json(as_json(totals=wrong), DAY)
    column = {"orders": 1, "lines": 3, "quantity": 4, "value_minor": 5}[total]
    rows = CSV.splitlines()
    cells = rows[-1].split(",")
    cells[column] = str(wrong[total])
    with pytest.raises(NotWhole, match="total says"):
        read_csv("\r\n".join([*rows[:-1], ",".join(cells)]).encode())


@pytest.mark.parametrize(
    "changed",
    [
        {"day": "2026-11-20"}, {"orders": [{"order": "o1"}]}, {"orders": None}, {"totals": {}},
        {"next": "2"}, {"as_of": "yesterday"}, {"as_of": "2026-11-22T09:00:00"},
        {"orders": [{**ROWS[0], "lines": -1}]}, {"orders": [{**ROWS[0], "lines": 1.5}]},
        {"orders": [{**ROWS[0], "revision": 0}]}, {"orders": [{**ROWS[0], "external_no": ""}]},
    ],
)  # fmt: skip
def test_json_that_is_no_list_of_the_day_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(NotWhole):
        read_json(as_json(**changed), DAY)


@pytest.mark.parametrize("cut", range(0, len(CSV) - 3, 7))
def test_csv_that_was_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(NotWhole):
        read_csv(CSV[:cut].encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("order,revision", "order;revision"), ("o1,1,DS-1,2,18", "o1,1,DS-1,2"), ("o1,", ","),
        ("DS-1", ""), ("18", "1e1"), ("18", "1٨"), ("o2,3", '"o2,3'),
    ],
)  # fmt: skip
def test_csv_that_makes_no_sense_is_refused(old: str, new: str) -> None:
    with pytest.raises(NotWhole):
        read_csv(CSV.replace(old, new, 1).encode())


def test_pages_together_are_held_to_the_totals_of_the_day() -> None:
    pages = [
        read_page(as_json(orders=ROWS[:1], next="1"), DAY),
        read_page(as_json(orders=ROWS[1:], as_of="2026-11-22T08:30:00Z"), DAY),
    ]
    said = whole(pages)
    assert said.orders == BOTH
    assert said.as_of == datetime(2026, 11, 22, 8, 0, tzinfo=UTC)  # the earlier of the two
    with pytest.raises(NotWhole):
        whole(pages[:1])


@given(st.binary(max_size=200))
def test_noise_is_refused_and_nothing_else_happens(noise: bytes) -> None:
    for read in (read_csv, lambda body: read_json(body, DAY)):
        with pytest.raises(NotWhole):
            read(noise)
