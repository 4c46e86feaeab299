"""A company is made once, with its cells, feeds and warehouses; afterwards the office owns it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine

from server.feeds.founding import described, ensure_company
from server.feeds.mapping import MappingProblem
from tests.server.feeds.conftest import COMPANY, Bench


def test_a_company_is_made_once(engine: Engine) -> None:
    assert ensure_company(engine, COMPANY) == "acme"
    bench = Bench(engine, [])
    assert bench.rows("SELECT cell, kind, code FROM cell ORDER BY cell") == [
        (1, "company", "acme"), (2, "field", "depot"),
    ]  # fmt: skip
    assert bench.rows("SELECT cell, pos FROM feed ORDER BY cell") == [(1, 0), (2, 1)]
    assert bench.rows("SELECT code, zone FROM warehouse") == [("w1", "America/Chicago")]
    assert bench.one("SELECT count(*) FROM incarnation") == 1
    before = bench.everything()
    with engine.begin() as conn:
        conn.exec_driver_sql("UPDATE company SET name = 'Acme of the office'")
    ensure_company(engine, COMPANY)
    assert bench.everything() == before
    assert bench.one("SELECT name FROM company") == "Acme of the office"


def test_the_iowa_mapping_describes_its_company_and_says_what_is_derived() -> None:
    told = described("iowa")
    assert told is not None
    assert told["company"]["currency"] == "USD"
    assert "Iowa Alcoholic Beverages Division" in told["company"]["source"]
    assert "derived" in told["company"]["source"]
    assert described("plain") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[company", "company.toml is not TOML"),
        ('[company]\ncode = "a"', "[company] needs zone"),
        ('[company]\ncode="a"\nname="A"\ncurrency="USD"\nzone="Mars/Base"', "no time zone 'Mars"),
        ('[company]\ncode="a"\nname="A"\ncurrency="USD"\nzone="UTC"\n[[cells]]\ncode="c"',
         "[cells] needs name"),
    ],
)  # fmt: skip
def test_each_fault_of_a_description_has_its_sentence(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "company.toml").write_text(text)
    with pytest.raises(MappingProblem) as caught:
        described(str(tmp_path))
    assert says in str(caught.value)


def warehouses(*places: str) -> dict[str, object]:
    """Two depots, and a warehouse "main" in each that is named."""
    cells = [{"code": code, "name": code} for code in ("south", "north")]
    made = [{"cell": one, "code": "main", "name": "Main", "zone": "UTC"} for one in places]
    return COMPANY | {"cells": cells, "warehouses": made}


def test_two_depots_never_have_a_warehouse_of_one_code(engine: Engine) -> None:
    """A handheld that carries stores of both would show one for the other."""
    says = "the depot 'north' cannot have a warehouse 'main', for the depot 'south' has one"
    with pytest.raises(MappingProblem, match=says):
        ensure_company(engine, warehouses("south", "north"))
    bench = Bench(engine, [])
    assert bench.rows("SELECT code FROM company") == []
    ensure_company(engine, warehouses("south"))
    with pytest.raises(MappingProblem, match=says):
        ensure_company(engine, warehouses("south", "north"))
    ensure_company(engine, warehouses("south", "south"))
    assert bench.rows("SELECT code FROM warehouse") == [("main",)]


def test_two_founders_at_once_never_make_one_each(engine: Engine) -> None:
    ensure_company(engine, warehouses())
    gate = threading.Barrier(2)

    def found(depot: str) -> str:
        gate.wait()
        try:
            return ensure_company(engine, warehouses(depot))
        except MappingProblem as why:
            return str(why)

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(found, ("south", "north")), key=len)
    assert told[0] == "acme"
    assert "cannot have a warehouse 'main'" in told[1]
    assert Bench(engine, []).one("SELECT count(*) FROM warehouse") == 1
