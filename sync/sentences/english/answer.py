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
    "resend": "Send it again",
    "enter_number": "Enter its number",
    "seen": "Seen",
}
