"""What is said of the delivery system's answers (delivery/acknowledge.py); no rules of ours."""

from collections.abc import Mapping

_HOLD = "hold_for_office"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "delivery_short": {
        "as_answered": "Order {number}: of {product} the delivery system allocated {allocated} of "
        "{yours} ({reason}); {backordered} on backorder, {cut} cut.",
        "left_by_others": "Order {number}: the delivery system took your change, but of {product} "
        "only {allocated} of {yours} are left here by now; {backordered} wait.",
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
    "delivery_silent": {
        _HOLD: "{target} has acknowledged no order since {since}, and {waiting} wait for it. "
        "Orders are kept and go out by themselves when it answers again.",
    },
    "delivery_differs": {
        "missing_there": "{target} does not have order {number} in its books of {day}, although "
        "it acknowledged it as {ours}.",
        "unknown_here": "{target} has {theirs} in its books of {day} for reference {number}, and "
        "no such order was ever sent to it.",
        "stuck_here": "{target} has order {number} as {theirs} in its books of {day}, while here "
        "it lies as not delivered.",
        "twice_there": "{target} has order {number} more than once in its books of {day}: "
        "{theirs}. Only one of them was meant.",
        "number_differs": "{target} has order {number} as {theirs} in its books of {day}, and "
        "acknowledged it as {ours}.",
        "lines_differ": "{target} has other goods for order {number} in its books of {day}: "
        "lines: {their_lines}, each: {their_quantity}, revision: {their_revision}; here lines: "
        "{our_lines}, each: {our_quantity}, revision: {our_revision}.",
        "value_differs": "{target} has another value for order {number} in its books of {day}: "
        "{theirs_minor}; here {ours_minor}.",
    },
    "delivery_status": {
        "order_unknown": "{target} says {status} of {number}, and no order here goes by that name. "
        "What it says is kept.",
        "word_unknown": "{target} says {status} of order {number}: nobody has said what that "
        "means. Give the word its meaning, and it is taken.",
        "not_sent": "{target} says {status} of order {number}, which is {state} and was not sent "
        "there. What it says is kept.",
        "ahead": "{target} says {status} of order {number} for {at}, which is still to come. What "
        "it says is kept, and taken when that day is near.",
        "given_up": "{target} says {status} of order {number}, which is {state} here. Look there "
        "before the goods leave.",
        "under_way": "{target} says {status} of order {number}, which is {state} already. What it "
        "says is kept until somebody knows what is true.",
    },
}
