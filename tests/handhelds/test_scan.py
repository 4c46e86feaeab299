"""A scan finds the product and the unit in the hand."""

import pytest

from handhelds.reference.pad import Refused
from handhelds.reference.scan import by_barcode, scanned
from handhelds.reference.visit import Wanted
from sync.terms.gtin import Printed
from tests.handhelds.conftest import Handheld
from tests.handhelds.double import row

EACH, CASE, SHARED = "4006381333931", "14006381333938", "082184001172"
SOLD = {"status": "active", "min_quantity": 1, "multiple": 1, "scope": "company"}


@pytest.fixture
def shop(handheld: Handheld) -> Handheld:
    """A handheld with two products under barcodes, one of which stands on both."""
    tea = [["each", 1, 1, EACH, True], ["case", 12, 1, CASE, True]]
    handheld.server.put(
        "product",
        row("product", id="77", name="Tea", uoms=[*tea, ["inner", 6, 1, SHARED, True]], **SOLD),
        row("product", id="78", name="Mate", uoms=[["each", 1, 1, "0" + SHARED, True]], **SOLD),
    )
    assert handheld.sync().state == "done"
    return handheld


def test_the_barcode_of_a_case_orders_cases_and_that_of_a_piece_pieces(shop: Handheld) -> None:
    queries = shop.rep.queries
    assert by_barcode(queries, Wanted(EACH, "2", "each")) == Wanted("77", "2", "each")
    assert by_barcode(queries, Wanted(CASE, "2", "each")) == Wanted("77", "2", "case")
    assert by_barcode(queries, Wanted(f"]C101{CASE}", "2", "each")) == Wanted("77", "2", "case")
    assert by_barcode(queries, Wanted(EACH, "2", "case")) == Wanted("77", "2", "case")


def test_a_barcode_is_found_however_many_zeros_were_printed(shop: Handheld) -> None:
    both = [Printed("0" + SHARED, "78", "each"), Printed(SHARED, "77", "inner")]
    for text in (SHARED, "0" + SHARED, "00" + SHARED):
        assert scanned(shop.rep.queries, text) == both


def test_a_barcode_on_several_products_asks_for_the_code(shop: Handheld) -> None:
    with pytest.raises(Refused, match="stands on 77, 78"):
        by_barcode(shop.rep.queries, Wanted(SHARED, "1", "each"))


def test_a_code_is_never_taken_for_a_barcode_and_an_unknown_one_stays_as_typed(
    shop: Handheld,
) -> None:
    for code in ("904", "4006381333930", "nothing", "96385074"):
        assert by_barcode(shop.rep.queries, Wanted(code, "1", "each")) == Wanted(code, "1", "each")
