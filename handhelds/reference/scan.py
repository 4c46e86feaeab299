"""A barcode in place of a product's code: which product it is, and which unit was in the hand."""

from handhelds.reference.pad import Refused
from handhelds.reference.queries import Queries, parts
from handhelds.reference.visit import Wanted
from sync.terms.gtin import Printed, find, of_scan


def scanned(queries: Queries, text: str) -> list[Printed]:
    """The units on this handheld that carry the barcode; none when it is no barcode."""
    number = of_scan(text)
    if number is None:
        return []
    printed = [
        Printed(unit["gtin"], product["id"], unit["uom"])
        for product in queries.search("product", number.lstrip("0"), 100)
        for unit in parts("product", "uoms", product["uoms"])
        if unit["gtin"]
    ]
    return find(text, printed)


def by_barcode(queries: Queries, wanted: Wanted) -> Wanted:
    """The same line with the product's code where a barcode stood. A case's barcode orders
    cases, unless another unit was typed. Refused when the barcode stands on several products."""
    if queries.product(wanted.product) is not None:
        return wanted
    units = scanned(queries, wanted.product)
    products = sorted({one.product for one in units})
    if not products:
        return wanted
    if len(products) > 1:
        named = ", ".join(products)
        raise Refused(f"barcode {wanted.product} stands on {named}: write the product's code")
    only = {one.uom for one in units}
    uom = only.pop() if wanted.uom == "each" and len(only) == 1 else wanted.uom
    return Wanted(products[0], wanted.typed, uom)
