"""What is said about money a rep took: it is always received, whatever is odd about it."""

from collections.abc import Mapping

_KEEP, _PASS, _REST = "keep_for_finance", "let_pass", "put_on_account"
_TWIN = "list_as_duplicate"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "collection_store_unknown": {
        _KEEP: "The store of receipt {number} is not known here. The {amount_minor} are received, "
        "and finance finds out where they belong.",
    },
    "collection_not_mine": {
        _PASS: "The store of receipt {number} was not yours when you took {amount_minor} at "
        "{captured}. The receipt stands.",
        _KEEP: "The store of receipt {number} was not yours when you took {amount_minor} at "
        "{captured}. The receipt stands, and finance looks at it.",
    },
    "collection_number_known": {
        _KEEP: "Another receipt has number {number} already. This one over {amount_minor} is "
        "received too, and finance looks at both.",
    },
    "collection_currency_differs": {
        _KEEP: "Receipt {number} is in {yours}, but {store} pays in {now}. The money is received, "
        "and finance says what it comes to.",
    },
    "collection_not_positive": {
        _KEEP: "Receipt {number} is over {amount_minor}, which pays nothing. It is kept, and "
        "finance looks at it.",
    },
    "collection_absurd": {
        _KEEP: "Receipt {number} is over {amount_minor}, more than the {most_minor} that are "
        "usual at most. It is received, and finance looks at it.",
        _PASS: "Receipt {number} is over {amount_minor}, more than the {most_minor} that are "
        "usual at most. It stands.",
    },
    "cheque_incomplete": {
        _KEEP: "The cheque of receipt {number} over {amount_minor} has no number. It is received, "
        "and finance asks for it.",
        _PASS: "The cheque of receipt {number} over {amount_minor} has no number. It is received.",
    },
    "cheque_known": {
        _TWIN: "Cheque {cheque} of {bank} is on another receipt already ({other}). Receipt "
        "{number} is received too, and finance looks whether it is one cheque.",
        _PASS: "Cheque {cheque} of {bank} is on another receipt already ({other}). Receipt "
        "{number} stands beside it.",
    },
    "cheque_post_dated": {
        _PASS: "The cheque of receipt {number} is dated {cheque_on}. It is received, and goes to "
        "the bank then.",
        _KEEP: "The cheque of receipt {number} is dated {cheque_on}. It is received, and finance "
        "decides whether to keep it until then.",
    },
    "collection_twin": {
        _TWIN: "{store} paid {amount_minor} on the same day by receipt {other}, which {other_rep} "
        "wrote at {other_captured}. Receipt {number} is received too, and finance looks whether "
        "it is the same money.",
        _PASS: "{store} paid {amount_minor} on the same day by receipt {other}, which {other_rep} "
        "wrote at {other_captured}. Receipt {number} stands beside it.",
    },
    "allocation_exceeds": {
        "limit_to_amount": "Receipt {number} is over {now_minor}, but what it should pay comes to "
        "{yours_minor}. It pays in the order you gave, as far as the money goes.",
    },
    "item_unknown": {
        _REST: "Receipt {number} should pay {yours_minor} of {item}, which is none of {store}'s "
        "open items. {rest_minor} stay on account until finance finds their use.",
    },
    "item_cleared": {
        _REST: "{item} of {store} is paid already. {rest_minor} of receipt {number} stay on "
        "account until finance finds their use.",
    },
    "item_less_open": {
        _REST: "Only {now_minor} of {item} are open, not {yours_minor}. {rest_minor} of receipt "
        "{number} stay on account until finance finds their use.",
    },
    "collection_bounced": {
        "as_answered": "Receipt {number} of {store} over {amount_minor} was not paid: {reason}. "
        "What it had paid is open again.",
    },
    "collection_refused": {
        "as_answered": "Finance does not book receipt {number} of {store} over {amount_minor}: "
        "{reason}.",
    },
}
