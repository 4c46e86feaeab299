"""What is said about an order as a whole: its author, store, sums and day."""

from collections.abc import Mapping

_HOLD = "hold_for_office"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "store_not_mine": {
        _HOLD: "The store of order {number} was not yours when you took it at {captured}. The "
        "office decides.",
        "let_pass": "The store of order {number} was not yours at {captured}; your firm lets the "
        "order pass.",
    },
    "order_known": {
        _HOLD: "Order {number} is here already ({now}). What you sent again waits for the office.",
    },
    "order_empty": {"reject_order": "Order {number} has no lines, so there is nothing to send."},
    "currency_differs": {
        _HOLD: "Order {number} is in {yours}, but {store} buys in {now}. The office decides.",
    },
    "number_known": {
        _HOLD: "Another order has number {number} already. This one is kept and waits for the "
        "office.",
        "let_pass": "Another order has number {number} already. Both go on.",
    },
    "order_needs_approval": {
        _HOLD: "Order {number} is of type {yours}, which the office must approve.",
        "let_pass": "Order {number} is of type {yours}; it goes on without approval.",
    },
    "store_merged": {
        _HOLD: "{store} was merged into {survivor}. The office decides whether order {number} "
        "goes there.",
        "redirect_to_survivor": "{store} was merged into {survivor}; order {number} goes there.",
    },
    "store_unknown": {
        _HOLD: "The store of order {number} is not known here. The order waits for the office.",
    },
    "store_closed": {
        _HOLD: "{store} was closed. Order {number} waits: the office reopens the store or cancels.",
    },
    "store_pending": {
        _HOLD: "{store} is not approved yet. Order {number} waits until it is.",
        "let_pass": "{store} is not approved yet; order {number} goes on all the same.",
    },
    "store_blocked": {
        _HOLD: "{store} is blocked ({reason}). Order {number} is kept and waits for the office.",
        "let_pass": "{store} is blocked ({reason}); order {number} goes on all the same.",
    },
    "total_differs": {
        _HOLD: "The lines of order {number} come to {now_minor}; the order says {yours_minor}. "
        "The office decides.",
        "apply_arithmetic": "The lines of order {number} come to {now_minor}, not {yours_minor}.",
    },
    "credit_exceeded": {
        _HOLD: "{store} owes {exposure_minor}; with order {number} of {order_minor} that is "
        "{over_minor} over its limit of {limit_minor}. The order is kept and waits for the office.",
        "let_pass": "{store} owes {exposure_minor}; with order {number} of {order_minor} that is "
        "{over_minor} over its limit of {limit_minor}. The order goes on all the same.",
    },
    "probable_duplicate": {
        _HOLD: "Order {number} for {store} looks like order {other} that {other_rep} took at "
        "{other_captured}. The office decides whether both go.",
        "let_pass": "Order {number} for {store} looks like order {other} that {other_rep} took at "
        "{other_captured}. Both go on.",
    },
    "cut_off_passed": {
        "move_to_next_delivery": "It was too late for delivery on {asked_for} when order {number} "
        "arrived at {decided}. It goes on {deliver_on}.",
        _HOLD: "It was too late for delivery on {asked_for} when order {number} arrived at "
        "{decided}. The office decides.",
    },
    "delivery_far_ahead": {
        _HOLD: "Order {number} asks for delivery on {asked_for}, which is far ahead. The office "
        "decides.",
        "let_pass": "Order {number} asks for delivery on {asked_for}, which is far ahead; it "
        "stands.",
    },
    "not_a_delivery_day": {
        "move_to_next_delivery": "{store} gets no delivery on {asked_for}. Order {number} goes on "
        "{deliver_on}.",
        _HOLD: "{store} gets no delivery on {asked_for}. The office decides about order {number}.",
        "let_pass": "{store} gets no regular delivery on {asked_for}; order {number} keeps it.",
    },
}
