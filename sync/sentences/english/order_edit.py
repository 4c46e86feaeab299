"""What is said about edits of orders that are here already, and about what came of a request."""

from collections.abc import Mapping

_HOLD = "hold_for_office"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "order_not_here": {
        _HOLD: "The order you changed at {captured} is not here yet. Your change is kept, and a "
        "person in the office looks for it.",
    },
    "order_of_another": {
        _HOLD: "The order you changed at {captured} is another rep's. Your change is kept, and "
        "the office decides.",
        "let_pass": "The order you changed at {captured} is another rep's; your firm takes your "
        "change all the same.",
    },
    "order_cancelled": {
        "keep_ended": "Order {number} for {store} is {state} and stays so. What you wrote at "
        "{captured} is a new draft on your handheld: look at it and send it, or leave it.",
    },
    "order_under_way": {
        "offer_supplement_or_return": "Order {number} for {store} is {state} already and cannot "
        "be changed any more. Order the {more} more as a supplement; give the {less} less back "
        "as a return when they come.",
    },
    "order_revised": {
        "take_newest": "Order {number} was changed in between (text {revision}, you started from "
        "{base_revision}). Your newer text stands.",
        _HOLD: "Order {number} was changed in between (text {revision}, you started from "
        "{base_revision}). The office decides which text stands.",
    },
    "return_without_order": {
        _HOLD: "Return {number} does not say which order comes back, or that order is not here. "
        "The office decides.",
        "let_pass": "Return {number} does not say which order comes back; your firm takes it all "
        "the same.",
    },
    "return_exceeds_delivered": {
        "limit_to_delivered": "Of {product} you give back {yours}, and {now} of that order can "
        "still come back: the return is for {now}.",
        _HOLD: "Of {product} you give back {yours}, and {now} of that order can still come back. "
        "The office decides.",
    },
    "order_is_sent": {
        "ask_delivery_system": "Order {number} for {store} is with the delivery system already "
        "({now} in all). Your change to {yours} was asked of it; until it answers, nothing has "
        "changed.",
        "ask_office": "Order {number} for {store} is with the delivery system already ({now} in "
        "all). The office decides whether your change to {yours} is asked of it.",
        "refuse_edit": "Order {number} for {store} is with the delivery system already and stays "
        "as it is: {now} in all.",
    },
}

ANSWERS: Mapping[str, Mapping[str, str]] = {
    "delivery_change": {
        "taken": "The delivery system took the change of order {number} for {store}.",
        "declined": "The delivery system did not take the change of order {number} for {store}: "
        "{reason}. The order stays as it was.",
        "too_late": "The delivery system took a change of order {number} for {store}, which is "
        "{state} already. Look there what will come.",
        "over_budget": "The delivery system took the change of order {number} for {store} with its "
        "discounts; they are {over_minor} more than their promotions had left by then.",
    },
    "delivery_cancelled": {
        "taken": "Order {number} for {store} is cancelled: {reason}.",
    },
}
"""What came of a request (delivery/change.py), and that somebody cancelled an order (desk)."""
