"""`talaria load`, as a person types it: exit codes, words on the screen, files beside the file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from server.cli import app
from server.commands import told
from tests.server.feeds.conftest import PRODUCTS, STORES, Bench

Run = Callable[..., tuple[int, str]]
IOWA = Path(__file__).parents[3] / "server/feeds/mappings/iowa"


@pytest.fixture
def run(bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run `talaria load ...`; returns (exit code, everything said)."""

    @contextmanager
    def opened() -> Iterator[Engine]:
        yield bench.engine

    monkeypatch.setattr(told, "opened", opened)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)

    def load(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["load", *words])
        return result.exit_code, result.output

    return load


def test_a_clean_file_loads_with_a_table_and_a_next_step(run: Run, tmp_path: Path) -> None:
    (tmp_path / "stores.csv").write_text(STORES)
    code, said = run("stores", "stores.csv")
    assert code == 0
    assert "Loaded. Handhelds get it with their next sync." in said
    assert "stores: 1 stores came without coordinates and were placed by their town." in said
    code, said = run("stores", "stores.csv")
    assert code == 0
    assert "Everything was there already: nothing was written." in said


def test_bad_rows_end_in_a_rejects_file_and_exit_code_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(PRODUCTS + "p3,,6\np4,Tea,six\n")
    code, said = run("products", "p.csv")
    assert code == 2
    assert "2 rows of p.csv were rejected:" in said
    assert "line 5, case_size 'six': Write a whole number, such as 12." in said
    assert (tmp_path / "p.csv.rejects.csv").read_text().splitlines() == [
        "line,field,value,remedy",
        "4,name,,Fill this in: it may not be empty.",
        '5,case_size,six,"Write a whole number, such as 12."',
    ]
    (tmp_path / "p.csv").write_text(PRODUCTS + "p3,Lime,6\np4,Tea,6\n")
    assert run("products", "p.csv")[0] == 0
    assert not (tmp_path / "p.csv.rejects.csv").exists()


def test_strict_says_that_nothing_was_loaded(run: Run, tmp_path: Path, bench: Bench) -> None:
    (tmp_path / "p.csv").write_text(PRODUCTS + "p3,,6\n")
    code, said = run("products", "p.csv", "--strict")
    assert code == 2
    assert "Nothing was loaded (--strict)." in said
    assert bench.one("SELECT count(*) FROM product") == 0


def test_a_dry_run_prints_the_difference_and_leaves_no_file(
    run: Run, tmp_path: Path, bench: Bench
) -> None:
    bench.load("products", PRODUCTS)
    (tmp_path / "p.csv").write_text(PRODUCTS.replace("Water", "Still water") + "p3,Lime,6\np4,,6\n")
    before = bench.everything()
    code, said = run("products", "p.csv", "--dry-run")
    assert code == 2
    assert "~ p2: name Water -> Still water" in said
    assert "+ p3" in said
    assert "Nothing was written. Run it again without --dry-run to load." in said
    assert bench.everything() == before
    assert [path.name for path in tmp_path.glob("*")] == ["p.csv"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("shops", "p.csv"), "There is no feed 'shops'; there is: tax_rates, products"),
        (("products",), "Name the file: talaria load products FILE"),
        (("all", "p.csv"), "Name the folder: talaria load all --data FOLDER"),
        (("products", "p.csv", "--lines", "p.csv"), "Only orders have lines"),
        (("products", "gone.csv"), "gone.csv cannot be opened: No such file or directory."),
        (("products", "p.csv", "--map", "utah"), "There is no mapping 'utah'"),
        (("stores", "p.csv", "--map", "iowa"), "The file has no column 'store_no'"),
        (("products", "semi.csv"), "seems to be separated by a semicolon, not a comma"),
        (("products", "empty.csv"), "The file is empty"),
        (("products", "p.csv", "--company", "zeta"), "Name the company with --company"),
        (("all", "--data", "nowhere"), "There is no folder nowhere."),
        (("all", "--data", ".", "--map", "iowa"), "holds no file that the mapping 'iowa' looks"),
    ],
)
def test_what_cannot_be_loaded_is_told_in_a_sentence_with_exit_code_1(
    run: Run, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    (tmp_path / "p.csv").write_text(PRODUCTS)
    (tmp_path / "semi.csv").write_text(PRODUCTS.replace(",", ";"))
    (tmp_path / "empty.csv").write_text("")
    code, said = run(*words)
    assert code == 1
    assert says in " ".join(said.split())


def test_another_delimiter_can_be_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "semi.csv").write_text(PRODUCTS.replace(",", ";"))
    assert run("products", "semi.csv", "--delimiter", ";")[0] == 0
    (tmp_path / "tabs.csv").write_text(PRODUCTS.replace(",", "\t"))
    assert run("products", "tabs.csv", "--delimiter", "tab")[0] == 0


def test_orders_load_with_their_lines_by_mappings_that_lie_together(
    run: Run, tmp_path: Path, bench: Bench
) -> None:
    bench.load("products", PRODUCTS)
    bench.load("stores", STORES)
    (tmp_path / "h.csv").write_text(
        "invoice_no,store_no,date,kind,total_usd\nA1,s1,2026-10-01,sale,1.29\n"
    )
    (tmp_path / "l.csv").write_text(
        "invoice_no,line_no,item_no,qty_bottles,amount_usd\nA1,1,p1,1,1.29\n"
    )
    code, said = run("orders", "h.csv", "--lines", "l.csv", "--map", str(IOWA / "orders.toml"))
    assert code == 0, said
    assert bench.rows("SELECT number, net_minor FROM orders") == [("A1", 129)]
    assert bench.one("SELECT count(*) FROM order_line") == 1
