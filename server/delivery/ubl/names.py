"""The vocabulary of UBL as we use it: namespaces, Peppol's identifiers, codes, units.

Sources: UBL 2.1 (OASIS standard, 4 November 2013); Peppol BIS Ordering 3 and Advanced Ordering 3
(identifiers, subsets of UNCL4343 and UNCL1229); UN/ECE Recommendations 20 and 21 (units).
"""

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CAC = UBL + "CommonAggregateComponents-2"
CBC = UBL + "CommonBasicComponents-2"
EXT = UBL + "CommonExtensionComponents-2"
ORDER, CHANGE, CANCELLATION = UBL + "Order-2", UBL + "OrderChange-2", UBL + "OrderCancellation-2"
RESPONSE, DESPATCH = UBL + "OrderResponse-2", UBL + "DespatchAdvice-2"

VERSION = "2.1"
PROFILE = "urn:fdc:peppol.eu:poacc:bis:advanced_ordering:3"
CUSTOMIZATIONS = {
    ORDER: "urn:fdc:peppol.eu:poacc:trns:order:3",
    CHANGE: "urn:fdc:peppol.eu:poacc:trns:order_change:3",
    CANCELLATION: "urn:fdc:peppol.eu:poacc:trns:order_cancellation:3",
}

GLN = "0088"  # ISO 6523 code of GS1's location numbers
GTIN = "0160"  # ... and of its trade item numbers
PURCHASE_ORDER = "220"  # UNCL1001

RECEIVED, ACCEPTED, CHANGED, REJECTED = "AB", "AP", "CA", "RE"
"""Answers to an order (UNCL4343, Peppol's subset)."""

LINE_CHANGED, LINE_ACCEPTED, LINE_REJECTED, LINE_DELIVERED = "3", "5", "7", "42"
"""Answers to a line (UNCL1229, Peppol's subset; "1", a line they added, is not for us to take)."""

EACH = "EA"
EACHES = frozenset({"EA", "C62", "H87", "NAR", "PCE", "XPP"})
"""Codes that mean "one piece" where they are read: each, one, piece, number of articles."""

UNITS = {
    "each": "EA", "piece": "H87", "case": "XCS", "carton": "XCT", "box": "XBX", "pack": "XPK",
    "crate": "XCR", "tray": "XPU", "bottle": "XBO", "bag": "XBG", "pallet": "XPX", "dozen": "DZN",
    "layer": "XLV", "kg": "KGM", "g": "GRM", "l": "LTR", "ml": "MLT",
}  # fmt: skip
"""Our names of units -> code; a name that is not here goes out as `OTHER`, its own name beside."""
OTHER = "ZZ"  # mutually defined
