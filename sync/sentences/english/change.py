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

KEPT: Mapping[str, str] = {
    "unreadable": "This change could not be read: {why}",
    "id_reused": "Another change with this number or id has been received. This one is kept, and"
    " a person in the office looks at both.",
    "row_known": "There is another {kind} with this id already. This one is kept, and a person in"
    " the office looks at both.",
    "device_revoked": "This handheld has been revoked. What you captured is kept for your"
    " supervisor.",
    "version_unknown": "This change was made by a newer handheld than the server knows. It is"
    " kept until the server is upgraded.",
    "server_fault": "The server could not decide this change. It is kept, and a person looks at"
    " it.",
    "store_not_mine": "The store was not yours when this was captured. It is kept, and the office"
    " decides.",
}
