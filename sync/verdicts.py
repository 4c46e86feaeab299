"""Verdicts: the answer to a change, as stored in its receipt and sent to the handheld.

A stored verdict is the very text that was sent; a repeat gets it again, marked as replayed.
It speaks the version of its change, whatever version the handheld speaks when it hears it.
"""

from typing import Any

import msgspec

from schemas.versions import NEWEST, spoken
from sync.batch import Pushed, Told
from sync.sentences.words import button, received

_REPLAY = ',"replayed":false}'
_encode = msgspec.json.Encoder().encode


def verdict(pushed: Pushed, language: str = "en") -> str:
    """Write a change's verdict (schemas/verdict.py) as JSON text, in the rep's language."""
    body: dict[str, Any] = {
        "n": pushed.n,
        "id": pushed.id,
        "outcome": pushed.outcome,
        "refs": pushed.refs,
        "state": pushed.state,
        "conflicts": [
            _conflict(pushed, told, language) for told in pushed.told if not told.private
        ],
        "says": pushed.says or received(pushed.outcome, language),
        "replayed": False,
    }
    return _encode(body).decode()


def _conflict(pushed: Pushed, told: Told, language: str) -> dict[str, Any]:
    version = NEWEST if pushed.change is None else pushed.change.v
    field, arguments = told.field, told.arguments
    if field is not None and (said := spoken(pushed.kind, version, field)) != field:
        field, arguments = said, _called(arguments, said)
    return {
        "id": told.id,
        "rule": told.rule,
        "line": told.line,
        "yours": told.yours,
        "now": told.now,
        "decision": told.decision,
        "needs": told.needs,
        "message": told.message,
        "arguments": arguments,
        "says": told.says,
        "item": told.item,
        "owner": told.owner,
        "field": field,
        "base": told.base,
        "answers": [{"name": name, "says": button(name, language)} for name in told.rep_answers],
    }


def _called(arguments: dict[str, str | None], field: str) -> dict[str, str | None]:
    """A sentence's places, with the field as its handheld calls it."""
    return arguments | {"field": field.replace("_", " ")} if "field" in arguments else arguments


def renumbered(stored: str, n: int | None) -> str:
    """A stored verdict under the number that the same change has on another handheld."""
    return _encode(msgspec.json.decode(stored) | {"n": n}).decode()


def told_again(stored: str, n: int) -> str:
    """A stored verdict as it is told again under the number it has now: what waits may have come
    from one handheld and be another's since."""
    return replayed(renumbered(stored, n))


def replayed(stored: str) -> str:
    """Mark a stored verdict as given before."""
    return (
        stored.removesuffix(_REPLAY) + ',"replayed":true}' if stored.endswith(_REPLAY) else stored
    )
