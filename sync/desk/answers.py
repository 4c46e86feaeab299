"""ANSWERS: what rep and office may answer to an item of the inbox. A table, and nothing else.

`answer.py` does what an answer says; what it is called stands in sentences/<language>/answer.py.
A rule names its `rep_answers`; the office's follow from the item unless the rule names them. Of
those named only what fits is offered: nobody cuts the rest of a line that is only held.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sync.decisions.shapes import Item

OFFICE, REP = frozenset({"office"}), frozenset({"rep"})
BOTH = OFFICE | REP


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer.

    who: office, rep or both. does: in words, for the manual. fits: what a rule did that it may
    follow, an effect or the name of a decision (empty: anything). needs: what else must be given
    (`number`: an external number).
    """

    who: frozenset[str]
    does: str
    fits: frozenset[str] = frozenset()
    needs: str | None = None


HELD, TAKEN = frozenset({"held"}), frozenset({"noted", "adjusted", "rejected"})
SHORT = frozenset({"confirm_available_backorder_rest", "leave_what_is_kept", "hold_for_office"})

ANSWERS: Mapping[str, AnswerRow] = {
    # a held order
    "release": AnswerRow(OFFICE, "clears this reason and asks every question again", HELD),
    "override": AnswerRow(OFFICE, "lets the order go whatever else may come up", HELD),
    "redirect": AnswerRow(OFFICE, "the order goes to the store that survived the merger", HELD),
    "reject": AnswerRow(OFFICE, "refuses the order for good; nothing stays reserved", HELD),
    "both_meant": AnswerRow(BOTH, "both orders are meant and go their way", HELD),
    "accept_price": AnswerRow(BOTH, "the store knows today's price and takes it", HELD),
    "withdraw": AnswerRow(REP, "takes the held order back for good", HELD),
    # an order that was taken with changes
    "keep_waiting": AnswerRow(BOTH, "what is missing stays on backorder", SHORT),
    "cut_rest": AnswerRow(BOTH, "what is missing of the line is left out for good", SHORT),
    "take_substitute": AnswerRow(BOTH, "what is missing comes as the substitute", SHORT),
    "cancel_order": AnswerRow(BOTH, "cancels the order while it is not being picked", SHORT),
    # a change that is no order
    "let_stand": AnswerRow(OFFICE, "the visit or card stands as it was sent", HELD),
    "set_aside": AnswerRow(OFFICE, "nothing is to be done; what was sent stays readable"),
    "accept_request": AnswerRow(OFFICE, "writes what was asked for"),
    "decline_request": AnswerRow(OFFICE, "leaves everything as it is and says so"),
    "take_theirs": AnswerRow(REP, "writes the value that gave way to the rep's"),
    "keep_mine": AnswerRow(REP, "leaves the rep's value as it is"),
    # a new store
    "approve_store": AnswerRow(OFFICE, "makes the new store active; its orders are decided again"),
    "merge_store": AnswerRow(OFFICE, "joins the new store with the one it looks like"),
    "decline_store": AnswerRow(OFFICE, "closes the new store"),
    # a delivery
    "resend": AnswerRow(OFFICE, "sends the order to the delivery system again"),
    "enter_number": AnswerRow(OFFICE, "the order is there under this number", needs="number"),
    # money that looks like other money
    "two_payments": AnswerRow(OFFICE, "both receipts are money; this one stays as it is"),
    "one_payment": AnswerRow(OFFICE, "this receipt is not booked; the rep reads why"),
    # what only has to be seen
    "seen": AnswerRow(BOTH, "it was read"),
}

BY_ITEM: Mapping[Item, tuple[str, ...]] = {
    "hold": ("release", "override", "reject"),
    "duplicate": ("both_meant", "override", "reject"),
    "request": ("accept_request", "decline_request"),
    "delivery": ("resend", "enter_number"),
    "alarm": ("seen",),
    "fault": ("set_aside",),
    "adjusted": ("seen",),
    "notice": ("seen",),
}
"""The office's answers to an item whose rule names none, the proposed one first."""

BY_ITEM_OF_CHANGE: Mapping[Item, tuple[str, ...]] = {
    "hold": ("let_stand", "set_aside"),
    "duplicate": ("set_aside",),
}
"""The same where the item is no order but a visit, a card or a stop."""


def of_item(item: Item, *, is_order: bool) -> tuple[str, ...]:
    """What the office may answer where the rule does not say."""
    return BY_ITEM[item] if is_order else BY_ITEM_OF_CHANGE.get(item, BY_ITEM[item])


def offered(names: Iterable[str], who: str, effect: str, decision: str) -> tuple[str, ...]:
    """Those of these answers that this party may give after a rule decided so."""
    did = frozenset((effect, decision))
    return tuple(
        name
        for name in names
        if who in ANSWERS[name].who and (not ANSWERS[name].fits or did & ANSWERS[name].fits)
    )


EVERYTHING = frozenset({"supervisor", "admin"})
WEIGHTY = frozenset({"override", "reject", "cancel_order"})
"""Answers that only a supervisor, an administrator or the order desk gives."""


def may_answer(roles: frozenset[str], code: str, owner: str | None, name: str) -> bool:
    """Whether a person of the office, by roles and code, may answer an item of this owner.

    Supervisors and administrators may all. The order desk answers its own, what lies with the
    key-account managers, and holds of finance; others answer what lies with their role or them.
    """
    if roles & EVERYTHING:
        return True
    if "order_desk" in roles:
        return owner not in EVERYTHING
    mine = owner == code or owner in roles
    return mine and name not in WEIGHTY


def who_else(
    roles: frozenset[str], code: str, waits: Iterable[tuple[str, str | None]], name: str,
    rules: Collection[str] | None = None,
) -> str | None:  # fmt: skip
    """Whose word it needs to decide a whole order: the owner of an item that this person may not
    answer so; None = it is theirs to decide.

    waits: (rule, owner) of every item of the order that waits for the office. rules: the reasons
    that are cleared; None, and any answer that ends the order or clears what may come, = all.
    """
    whole = rules is None or name in WEIGHTY
    asked = [(rule, owner) for rule, owner in waits if whole or rule in (rules or ())]
    named = {rule for rule, _ in asked}
    asked += [(rule, None) for rule in rules or () if rule not in named]
    for _, owner in asked or [("", None)]:
        if not may_answer(roles, code, owner, name):
            return owner or "order_desk"
    return None
