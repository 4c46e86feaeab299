"""What is said of the delivery system's answers (delivery/acknowledge.py); no rules of ours."""

from collections.abc import Mapping

_HOLD = "hold_for_office"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "delivery_short": {
        "as_answered": "Order {number}: of {product} the delivery system allocated {allocated} of "
        "{yours} ({reason}); {backordered} on backorder, {cut} cut.",
    },
    "delivery_refused": {
        _HOLD: "The delivery system did not take order {number} for {store}: {reason}. The office "
        "sees to it and sends it again.",
    },
    "delivery_unknown": {
        _HOLD: "Nobody can say whether order {number} for {store} arrived in the delivery system: "
        "{reason}. A person looks there before it is sent again.",
    },
}
