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
    "delivery_undelivered": {
        "as_answered": "Order {number}: of {product} {delivered} of {shipped} were delivered, "
        "{missing} were not ({reason}).",
    },
    "delivery_given_up": {
        "as_answered": "The delivery system ended order {number} for {store}: it is {state} "
        "there, and nothing of it will come.",
    },
    "delivery_set_aside": {
        _HOLD: "{target} sent {name}, which cannot be read: {reason}. Nothing of it was taken.",
    },
    "delivery_status": {
        "order_unknown": "{target} says {status} of {number}, and no order here goes by that name. "
        "What it says is kept.",
        "word_unknown": "{target} says {status} of order {number}: nobody has said what that "
        "means. Give the word its meaning, and it is taken.",
        "not_sent": "{target} says {status} of order {number}, which is {state} and was not sent "
        "there. What it says is kept.",
        "given_up": "{target} says {status} of order {number}, which is {state} here. Look there "
        "before the goods leave.",
        "under_way": "{target} says {status} of order {number}, which is {state} already. What it "
        "says is kept until somebody knows what is true.",
    },
}
