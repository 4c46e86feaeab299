"""One command takes an empty database to a loaded company, and a second time does nothing."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from server.feeds.all import load_all
from server.feeds.load import Ask, Outcome
from server.feeds.mapping import MappingProblem
from server.feeds.plan import Refused
from server.feeds.validate import Rejects
from tests.server.feeds.conftest import Bench

DEMO = Path(__file__).parents[3] / "server/demo/data"


def load_folder(engine: Engine, folder: Path, where: str = "iowa", **ask: int) -> list[Outcome]:
    def keep(path: Path | None, rejects: Rejects, outcome: Outcome) -> None:
        assert rejects.rows == outcome.rejected

    return load_all(engine, folder, where, Ask("test", **ask), keep)  # type: ignore[arg-type]


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """A copy of the demo's data, to change."""
    for path in DEMO.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_the_demo_company_loads_whole_and_a_second_load_writes_nothing(engine: Engine) -> None:
    bench = Bench(engine, [])
    first = load_folder(engine, DEMO)
    assert sum(one.rejected for one in first) == 0
    counts = {one.feed: one.new for one in first}
    assert counts["stores"] == bench.one("SELECT count(*) FROM store") == 60
    assert counts["products"] == bench.one("SELECT count(*) FROM stock") == 180
    assert counts["order_lines"] == bench.one("SELECT count(*) FROM order_line") > 5_000
    before = bench.everything()
    second = load_folder(engine, DEMO)
    assert sum(one.new + one.changed for one in second) == 0
    assert sum(one.same for one in second) == sum(one.new for one in first)
    assert bench.everything() == before


def test_without_a_stock_file_one_is_derived_from_the_orders_and_marked(
    cut: Path, engine: Engine
) -> None:
    (cut / "stock.csv").unlink()
    bench = Bench(engine, [])
    first = load_folder(engine, cut)
    assert (first[-1].feed, first[-1].file) == ("stock", "stock derived from orders")
    assert bench.rows("SELECT source, count(*) FROM stock GROUP BY 1") == [("derived", 180)]
    before = bench.everything()
    load_folder(engine, cut)
    assert bench.everything() == before


def test_every_day_can_be_moved_so_that_old_data_looks_recent(engine: Engine) -> None:
    load_folder(engine, DEMO, shift_days=1603)
    bench = Bench(engine, [])
    assert str(bench.one("SELECT max(captured_at)::date FROM orders")) == "2026-11-19"
    assert str(bench.one("SELECT min(valid_from)::date FROM price")) == "2026-08-21"
    before = bench.everything()
    load_folder(engine, DEMO, shift_days=1603)
    assert bench.everything() == before


def test_rejects_of_an_earlier_load_are_not_taken_for_data(cut: Path, engine: Engine) -> None:
    (cut / "stores.csv.rejects.csv").write_text("line,field,value,remedy\n")
    assert len(load_folder(engine, cut)) == 7


def test_a_folder_without_any_of_the_files_is_refused(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(Refused, match="holds no file"):
        load_folder(engine, tmp_path)


def test_two_files_of_order_headers_are_refused(cut: Path, engine: Engine) -> None:
    (cut / "order_headers.csv.old.csv").write_bytes((cut / "order_headers.csv").read_bytes())
    with pytest.raises(Refused, match="2 files of orders: join them"):
        load_folder(engine, cut)


def test_a_mapping_folder_of_ones_own_may_have_only_some_feeds(
    cut: Path, engine: Engine, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    iowa = Path(__file__).parents[3] / "server/feeds/mappings/iowa"
    for name in ("company", "products"):
        (own / f"{name}.toml").write_text((iowa / f"{name}.toml").read_text())
    with pytest.raises(MappingProblem, match="has nothing for stock"):
        load_folder(engine, cut, str(own))  # it asks for a derived stock, and maps none
    (own / "company.toml").write_text(
        (iowa / "company.toml").read_text().replace("derive_stock = true", "")
    )
    assert [one.feed for one in load_folder(engine, cut, str(own))] == ["products"]


TERMS = {
    "tax_rates": "tax_class,percent,valid_from\nfull,19,2021-01-01\n",
    "products": "code,name,case_size,tax_class\np1,Cola 1 l,12,full\np2,Water,6,full\n",
    "price_lists": "code,level,banner\nbase,base,\nnorth,banner,north\n",
    "prices": "product,price,list,min_quantity\np1,1.29,base,1\np1,1.19,base,24\np1,1.25,north,1\n",
    "stores": "code,name,city,region,lat_deg,lon_deg,banner\ns1,One,Ames,IA,42.0,-93.6,north\n",
    "promotions": "code,kind,tiers,store,products,cap_minor\n"
    "more,tiers,24:5%; 48:7.5%,s1,p1 p2,100000\n",
}


def test_a_folder_of_trade_terms_loads_in_the_order_they_point_at_each_other(
    bench: Bench, tmp_path: Path
) -> None:
    for name, content in TERMS.items():
        (tmp_path / f"{name}.csv").write_text(content)
    outcomes = load_folder(bench.engine, tmp_path, "plain")
    assert [one.feed for one in outcomes] == list(TERMS)
    assert sum(one.rejected for one in outcomes) == 0
    assert bench.rows("SELECT list, min_quantity FROM price ORDER BY 1, 2") == [
        ("base", 1), ("base", 24), ("north", 1),
    ]  # fmt: skip
    assert bench.rows(
        "SELECT p.code, s.code, p.tiers FROM promotion p JOIN store s ON s.id = p.store"
    ) == [("more", "s1", [[24, "5", None], [48, "7.5", None]])]
    again = load_folder(bench.engine, tmp_path, "plain")
    assert sum(one.new + one.changed for one in again) == 0
