"""Answers: what stands on the button, by name."""

from collections.abc import Mapping

ANSWERS: Mapping[str, str] = {
    "release": "Release",
    "override": "Release whatever comes up",
    "redirect": "Send it to the surviving store",
    "reject": "Reject",
    "both_meant": "Both are meant",
    "accept_price": "Tell the store and take today's price",
    "withdraw": "Withdraw it",
    "keep_waiting": "Keep waiting",
    "cut_rest": "Cut the rest",
    "take_substitute": "Take the substitute",
    "cancel_order": "Cancel the order",
    "let_stand": "Let it stand",
    "set_aside": "Set aside",
    "accept_request": "Accept the request",
    "decline_request": "Decline the request",
    "take_theirs": "Take the other value",
    "keep_mine": "Keep my value",
    "approve_store": "Approve the store",
    "merge_store": "Merge the two",
    "decline_store": "Turn it down",
    "resend": "Send it again",
    "enter_number": "Enter its number",
    "two_payments": "Two payments",
    "one_payment": "One payment: do not book this one",
    "seen": "Seen",
}

LATE: Mapping[str, str] = {
    "answered": "Your answer came too late: {by} had answered already ({how}). Nothing was "
    "changed.",
    "passed": "Your answer came too late: nothing waits for it any more. Nothing was changed.",
    "not_held": "Your answer came too late: the order is not held any more. Nothing was changed.",
    "sent": "Your answer came too late: the order is {state} already. Nothing was changed; a "
    "change of the order may still be asked for.",
    "not_stuck": "The delivery goes on by itself by now. Nothing was changed.",
    "not_offered": "That is no answer to this. Nothing was changed.",
    "unknown": "There is nothing here that this answers. Nothing was changed.",
}
"""Why an answer changed nothing."""

IN_TIME: Mapping[str, str] = {
    "escalated_supervisor": "Nobody had answered in time; it is with the supervisor now.",
    "escalated_admin": "Nobody had answered in time; it is with the administrator now.",
    "expired": "Nobody released it by its cut-off: it has expired, and nothing is reserved.",
}
"""What time made of an item; it joins the item's own sentence."""

TAKEN: Mapping[str, str] = {
    "done": "Your answer was taken: {answer}.",
    "advice": "Your answer was noted for the office, which decides: {answer}.",
}
