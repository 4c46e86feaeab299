"""Verdicts: the answer to a change, as stored in its receipt and sent to the handheld.

A stored verdict is the very text that was sent; a repeat gets it again, marked as replayed.
"""

from typing import Any

import msgspec

from sync.batch import Pushed, Told

SAYS = {
    "applied": "Received.",
    "adjusted": "Received with changes.",
    "merged": "Joined with another change.",
    "waiting": "Kept. It waits for an earlier change that has not arrived yet.",
    "held": "Kept. A person in the office decides.",
    "rejected": "Could not be taken as it is. It is kept for the office.",
}

TELL = {
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
_REPLAY = ',"replayed":false}'
_encode = msgspec.json.Encoder().encode


def verdict(pushed: Pushed) -> str:
    """Write a change's verdict (schemas/verdict.py) as JSON text."""
    body: dict[str, Any] = {
        "n": pushed.n,
        "id": pushed.id,
        "outcome": pushed.outcome,
        "refs": pushed.refs,
        "state": pushed.state,
        "conflicts": [_conflict(told) for told in pushed.told if not told.private],
        "says": pushed.says or SAYS[pushed.outcome],
        "replayed": False,
    }
    return _encode(body).decode()


def _conflict(told: Told) -> dict[str, Any]:
    return {
        "id": told.id,
        "rule": told.rule,
        "line": told.line,
        "yours": told.yours,
        "now": told.now,
        "decision": told.decision,
        "needs": told.needs,
        "message": told.message,
        "arguments": told.arguments,
        "says": told.says,
    }


def renumbered(stored: str, n: int | None) -> str:
    """A stored verdict under the number that the same change has on another handheld."""
    return _encode(msgspec.json.decode(stored) | {"n": n}).decode()


def replayed(stored: str) -> str:
    """Mark a stored verdict as given before."""
    return (
        stored.removesuffix(_REPLAY) + ',"replayed":true}' if stored.endswith(_REPLAY) else stored
    )
