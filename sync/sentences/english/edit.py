"""What is said about edits: of stores, contacts, visit cards and the plan; and about facts."""

from collections.abc import Mapping

_HOLD, _PASS, _REFUSE = "hold_for_office", "let_pass", "refuse_edit"
_ASK, _KEEP, _TAKE = "request_mine", "keep_theirs", "take_mine"
_SURVIVOR = "{store} was merged into {survivor}; your {kind} goes there."

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "fact_not_mine": {
        _HOLD: "The store was not yours when you captured this {kind} at {captured}. It is kept, "
        "and the office decides.",
        _PASS: "The store was not yours when you captured this {kind} at {captured}; your firm "
        "takes it all the same.",
    },
    "fact_store_merged": {
        "follow_survivor": _SURVIVOR,
        _HOLD: "{store} was merged, and where it went is not known here. The office decides about "
        "your {kind}.",
        _PASS: "{store} was merged into another store; your {kind} stays with the old one.",
    },
    "fact_store_closed": {
        _PASS: "{store} has been closed since; your {kind} is taken all the same.",
        _HOLD: "{store} has been closed since. Your {kind} is kept, and the office decides.",
    },
    "visit_further_on": {
        "stay_further_on": "The visit at {store} is {state} already and stays so; the rest was "
        "noted.",
    },
    "edit_not_mine": {
        _REFUSE: "The store was not yours any more when you changed this {kind} at {captured}, so "
        "the change was not made. What you typed stays readable.",
        _HOLD: "The store was not yours any more when you changed this {kind} at {captured}. The "
        "office decides.",
        _PASS: "The store was not yours any more when you changed this {kind} at {captured}; your "
        "firm takes the change all the same.",
    },
    "stop_not_mine": {
        _REFUSE: "The store was not yours any more when you planned it at {captured}, so the plan "
        "was not changed.",
        _HOLD: "The store was not yours any more when you planned it at {captured}. The office "
        "decides.",
        _PASS: "The store was not yours any more when you planned it at {captured}; your firm "
        "takes "
        "the change all the same.",
    },
    "row_gone": {
        "request_all": "The {kind} {row} at {store} was deleted by the office. Your change "
        "({wanted}) is kept as a request.",
        _REFUSE: "The {kind} {row} at {store} was deleted by the office, so your change ({wanted}) "
        "was not made.",
    },
    "edit_store_merged": {
        "request_all": "{store} was merged into {survivor}. Your change ({wanted}) is kept as a "
        "request for {survivor}.",
        _REFUSE: "{store} was merged into {survivor}, so your change ({wanted}) was not made.",
    },
    "contact_store_merged": {
        "follow_survivor": _SURVIVOR,
        "request_all": "{store} was merged into {survivor}. Your {kind} ({wanted}) is kept as a "
        "request.",
        _HOLD: "{store} was merged, and where it went is not known here. The office decides about "
        "your {kind}.",
    },
    "card_of_another": {
        "request_all": "Another rep filled in the card of {row} at {store}. Your change ({wanted}) "
        "is kept as a request.",
        _PASS: "Another rep filled in the card of {row} at {store}; your change ({wanted}) was "
        "made all the same.",
    },
    "card_locked": {
        "request_all": "The card of {row} at {store} is locked: its period is closed or the office "
        "has checked it. Your change ({wanted}) is kept as a request.",
        _REFUSE: "The card of {row} at {store} is locked: its period is closed or the office has "
        "checked it. Your change ({wanted}) was not made.",
    },
    "card_corrected": {
        _TAKE: "The office had set {field} of {product} to {theirs} on your card at {store}. You "
        "stood there, so your {mine} stands; theirs is kept in the card's history.",
        _ASK: "The office had set {field} of {product} to {theirs} on your card at {store}. That "
        "stands; your {mine} is kept as a request.",
    },
    "stop_gone": {
        "request_all": "The office took {store} off your plan. Your change ({wanted}) is kept as a "
        "request.",
        _REFUSE: "The office took {store} off your plan, so your change ({wanted}) was not made.",
    },
    "stop_back": {
        _PASS: "The office had taken {store} off your plan, but you had begun there: it is back.",
    },
    "stop_further_on": {
        "stay_further_on": "The stop at {store} is {state} already and stays so; the rest was "
        "noted.",
    },
    "stop_pinned": {
        "move_as_office": "The office has fixed the stop at {store} on {now_on}, so it stays there "
        "and not on {yours_on}.",
        "request_move": "The office has fixed the stop at {store} on {now_on}. Your wish for "
        "{yours_on} is kept as a request.",
    },
    "stop_moved_within_week": {
        "move_as_rep": "The office had moved the stop at {store} from {was_on} to {now_on}; your "
        "{yours_on} stands, as it is in the same week.",
        "move_as_office": "The office had moved the stop at {store} from {was_on} to {now_on}. "
        "That "
        "stands, not your {yours_on}.",
        "request_move": "The office had moved the stop at {store} from {was_on} to {now_on}. That "
        "stands; your {yours_on} is kept as a request.",
    },
    "stop_moved_to_other_week": {
        "move_as_office": "The office had moved the stop at {store} from {was_on} to {now_on}, "
        "another week. That stands, not your {yours_on}.",
        "move_as_rep": "The office had moved the stop at {store} from {was_on} to {now_on}; your "
        "{yours_on} stands all the same.",
        "request_move": "The office had moved the stop at {store} from {was_on} to {now_on}, "
        "another week. That stands; your {yours_on} is kept as a request.",
    },
    "field_of_office": {
        _ASK: "The {field} of {store} is for the office to set. It stays {theirs}; your {mine} is "
        "kept as a request.",
        _TAKE: "The {field} of {store} is for the office to set; your {mine} stands instead of "
        "{theirs} all the same.",
    },
    "position_less_accurate": {
        _KEEP: "The position of {store} was measured better before: {theirs} stays, not your "
        "{mine} (degrees and metres).",
        _TAKE: "The position of {store} was measured better before ({theirs}); your {mine} stands "
        "all the same.",
        _ASK: "The position of {store} was measured better before: {theirs} stays, and your {mine} "
        "is kept as a request.",
    },
    "shared_field_changed": {
        _ASK: "Somebody else changed the {field} of {store} from {was} to {theirs}. That stays; "
        "your {mine} is kept as a request.",
        _TAKE: "Somebody else changed the {field} of {store} from {was} to {theirs}; your {mine} "
        "stands instead.",
    },
    "field_changed_meanwhile": {
        "take_mine_offer_theirs": "Somebody else had changed the {field} of {row} from {was} to "
        "{theirs}. Your {mine} stands; say so if theirs is right.",
        _TAKE: "Somebody else had changed the {field} of {row} from {was} to {theirs}; your {mine} "
        "stands.",
        _ASK: "Somebody else changed the {field} of {row} from {was} to {theirs}. That stays; your "
        "{mine} is kept as a request.",
    },
    "store_code_known": {
        _HOLD: "Another store has number {number} already. Your new store {row} is kept, and the "
        "office looks at both.",
    },
    "store_looks_known": {
        "pend_beside": "Your new store {row} looks like {other} ({why}). Both stay as they are "
        "until the office has decided; orders for it wait.",
        _HOLD: "Your new store {row} looks like {other} ({why}). It is kept until the office has "
        "decided.",
    },
    "store_is_new": {
        "pend": "Your new store {row} is here. Orders for it wait until the office has approved "
        "it.",
        "approve": "Your new store {row} is here and approved.",
    },
}
