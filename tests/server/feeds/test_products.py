"""Products come with the units they are sold in; barcodes are checked by their last digit."""

from sync.terms.gtin import wrong_with
from tests.server.feeds.conftest import PRODUCTS, Bench


def units(bench: Bench) -> list[tuple[object, ...]]:
    return bench.rows("SELECT product, uom, num, den, gtin FROM product_uom ORDER BY 1, 2")


def test_each_product_has_an_each_and_a_case(stocked: Bench) -> None:
    assert units(stocked) == [
        ("p1", "case", 12, 1, None), ("p1", "each", 1, 1, None),
        ("p2", "case", 6, 1, None), ("p2", "each", 1, 1, None),
    ]  # fmt: skip
    assert stocked.rows("SELECT status, min_quantity, multiple FROM product") == [
        ("active", 1, 1), ("active", 1, 1),
    ]  # fmt: skip


def test_another_case_size_is_a_change_of_the_product(stocked: Bench) -> None:
    said = stocked.load("products", PRODUCTS.replace("12", "24"), dry_run=True)
    assert [(one.key, one.fields) for one in said.changes] == [("p1", {"case.num": (12, 24)})]
    stocked.load("products", PRODUCTS.replace("12", "24"))
    assert units(stocked)[0] == ("p1", "case", 24, 1, None)
    assert stocked.rows("SELECT code, version FROM product ORDER BY 1") == [("p1", 2), ("p2", 1)]


def test_a_product_no_longer_sold_by_the_case_loses_its_case(stocked: Bench) -> None:
    stocked.load("products", "code,name,case_size\np1,Cola 1 l,\n")
    assert [row[:2] for row in units(stocked) if row[0] == "p1"] == [("p1", "each")]


def test_a_file_without_case_sizes_leaves_the_units_alone(stocked: Bench) -> None:
    before = units(stocked)
    stocked.load("products", "code,name\np1,Cola one litre\n")
    assert units(stocked) == before


def test_one_barcode_may_stand_on_several_products(bench: Bench) -> None:
    bench.load(
        "products", "code,name,each_gtin\np1,A,082184001172\np2,B,082184001172\n"
    )  # fmt: skip
    assert [row[4] for row in units(bench)] == ["082184001172", "082184001172"]


def test_a_barcode_whose_check_digit_fails_is_rejected_with_what_it_should_be(bench: Bench) -> None:
    outcome = bench.load("products", "code,name,each_gtin\np1,A,082184001173\np2,B,82184001172\n")
    assert outcome.new == 0
    assert [row[1:] for row in bench.rejected] == [
        ("each_gtin", "082184001173", wrong_with("082184001173")),
        ("each_gtin", "82184001172", wrong_with("82184001172")),
    ]
    assert "should be 2, not 3" in str(wrong_with("082184001173"))


def test_a_mapping_may_keep_a_barcode_that_fails_its_check_digit(bench: Bench) -> None:
    mapping = (
        '[fields]\ncode = { column = "code" }\nname = { column = "name" }\n'
        'each_gtin = { column = "each_gtin", transform = "text" }\n'
    )
    outcome = bench.load("products", "code,name,each_gtin\np1,A,082184001173\n", mapping=mapping)
    assert outcome.new == 1
    assert units(bench)[0][4] == "082184001173"
    assert outcome.notes == ["1 barcodes fail their check digit; they were kept as sent."]


def test_a_barcode_written_with_spaces_is_stored_as_its_digits(bench: Bench) -> None:
    bench.load("products", "code,name,each_gtin\np1,A,4 006381-333931\n")
    assert units(bench)[0][4] == "4006381333931"


def test_a_barcode_that_is_none_is_rejected(bench: Bench) -> None:
    bench.load("products", "code,name,case_size,case_gtin\np1,A,6,12 X4\np2,B,6,\n")
    assert bench.rejected == [
        (2, "case_gtin", "12 X4", "Write a barcode of 8, 12, 13 or 14 digits, or leave it empty.")
    ]


def test_nul_and_absurd_numbers_in_a_row_are_rejected(bench: Bench) -> None:
    content = "code,name,case_size\np1,A\0B,6\np2,B,0\np3,C,9999999\np4,D,6.0\n"
    outcome = bench.load("products", content)
    assert outcome.rejected == 4
    assert [(line, field) for line, field, _, _ in bench.rejected] == [
        (2, "name"), (3, "case_size"), (4, "case_size"), (5, "case_size"),
    ]  # fmt: skip
    assert bench.rejected[1][3] == "This must be between 1 and 1000000."
