"""What is said about a change whatever it is about: that it was taken, or why it is kept."""

from collections.abc import Mapping

OUTCOMES: Mapping[str, str] = {
    "applied": "Received.",
    "adjusted": "Received with changes.",
    "merged": "Joined with another change.",
    "waiting": "Kept. It waits for an earlier change that has not arrived yet.",
    "held": "Kept. A person in the office decides.",
    "rejected": "Could not be taken as it is. It is kept for the office.",
}

_HOLD, _REFUSE = "hold_for_office", "refuse_change"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "unreadable": {_REFUSE: "This change could not be read: {why}"},
    "id_reused": {
        _HOLD: "Another change with this number or id has been received. This one is kept, and a "
        "person in the office looks at both.",
    },
    "row_known": {
        _HOLD: "There is another {kind} with this id already. This one is kept, and a person in "
        "the office looks at both.",
    },
    "collection_impossible": {
        _HOLD: "Receipt {number} says {amount_minor}: nobody takes so much money at a store, so it "
        "is not counted. Receive it again with the right amount; this one is kept.",
    },
    "device_revoked": {
        _HOLD: "This handheld has been revoked. What you captured is kept for your supervisor.",
    },
    "version_unknown": {
        _HOLD: "This change was made by a newer handheld than the server knows. It is kept until "
        "the server is upgraded.",
    },
    "server_fault": {
        _HOLD: "The server could not decide this change. It is kept, and a person looks at it.",
    },
    "dependency_parked": {
        _HOLD: "This {kind} builds on a {parent} that could not be taken. Both are kept, and a "
        "person in the office looks at them.",
        "let_pass": "This {kind} builds on a {parent} that could not be taken. It goes on without.",
    },
    "clock_wrong": {
        "correct_time": "This handheld's clock is {minutes} minutes {side}. The times of what you "
        "captured were put right; please set the clock.",
        _HOLD: "This handheld's clock is {minutes} minutes {side}. What you captured is kept until "
        "the office has looked at its times.",
    },
    "captured_late": {
        "post_to_true_date": "This {kind} of {day} came after its period was closed. It counts on "
        "its day, and the report shows it as late.",
        _HOLD: "This {kind} of {day} came after its period was closed. The office decides.",
    },
}

KEPT: Mapping[str, str] = {
    rule: says for rule, answers in SENTENCES.items() for name, says in answers.items()
    if name in (_HOLD, _REFUSE)
}  # fmt: skip
"""Why a whole change is kept for a person, by the rule that keeps it."""
