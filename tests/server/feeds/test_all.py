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
