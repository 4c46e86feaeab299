"""Words in English that the names in the code do not say well enough by themselves."""

from collections.abc import Mapping

ROWS: Mapping[str, str] = {
    "discount_differs": "The discount is not the one its promotion gives",
    "position_less_accurate": "The position is less accurate than the one at rest",
    "stock_kept": "Only what is kept for key accounts is left",
    "stop_not_mine": "The stop is of another rep's plan",
    "store_is_new": "A new store, unlike any other",
}
"""Row -> what it asks; others are named by their condition."""
ANSWERS: Mapping[str, str] = {
    "apply_arithmetic": "what it adds up to stands",
    "apply_promotion": "what the promotion gives stands",
    "apply_typed": "what was typed stands",
    "confirm_all": "confirm all of it unseen",
    "confirm_available_backorder_rest": "confirm what is there, owe the rest",
    "cut": "confirm what is there, leave out the rest",
    "hold_for_office": "keep it, a person in the office decides",
    "let_pass": "let it pass and say so",
    "pend": "wait for approval",
    "pend_beside": "wait for approval, beside what it looks like",
    "put_on_account": "put it on account",
    "raise_to_whole": "raise it to what may be ordered",
    "request_all": "make a request of all of it",
    "request_mine": "make a request of the rep's value",
    "request_move": "make a request of the move",
    "substitute": "send the substitute for the rest",
    "take_mine": "the rep's value stands",
    "take_mine_offer_theirs": "the rep's value stands, the other is offered",
    "take_newest": "the newest text stands",
}
"""Answer -> what it does; others are named as in the code."""
SETTINGS: Mapping[str, str] = {
    "count_unposted_cash": "count cash not posted yet (1 = yes)",
    "expires": "ends at the cut-off (1 = yes)",
    "load_rows": "rows changed by loads (0 = not looked at)",
    "rows": "rows changed",
    "maximum_minor": "most, in minor units",
    "rep_decides": "the rep may decide (1 = yes)",
}
ASKED_OF: Mapping[str, str] = {}
TYPES: Mapping[str, str] = {one: one for one in ("sale", "free", "return", "van")}
"""The types of orders."""
PAGE: Mapping[str, str] = {
    "title": "The rules of conflict",
    "intro": "What Talaria decides when two parties change one thing while one of them is "
    "offline. Each rule names the rows of the table that carry it, what they answer by default, "
    "what a policy (store over banner over company) may choose instead, and what people read, "
    "with the figures of an example.",
    "made": "This page is made from the code by `python -m tests.manual`; do not edit it.",
    "why": "Why",
    "asked_of": "asked of",
    "of_type": "only of type",
    "default": "by default",
    "instead": "by choice",
    "settings": "may be set",
    "bounds": "{name}: {default} ({least} to {most})",
    "policy": "policies",
    "silent": "nobody is told anything",
    "code": "Carried by",
    "tests": "Proved by",
    "examples": "Examples",
    "no_rows": "No row of the table carries it.",
    "life": "The life of an order",
    "life_says": "What can happen to an order, who may make it happen, and what it does to the "
    "stock kept for it and to its part of the store's credit. Nothing else can (`sync/life.py`).",
}
