"""What is wrong with a message, told as a short flat list that a person can work through.

marshmallow nests its messages like the document, with numbers for places in lists; a handheld and
its maker want ``{"path": "lines.3.quantity", "says": "must be a whole number"}``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from schemas.fields import ERRORS_SHOWN

KEY_SHOWN = 60
"""Characters of a key that are repeated in a path: unknown keys are the sender's own words."""


def told(messages: Any, schema: Schema) -> list[dict[str, str]]:
    """marshmallow's nested messages about one document of ``schema`` -> rows of path and words, in
    the order of the document, at most ``ERRORS_SHOWN``.
    """
    found: list[dict[str, str]] = []
    _flatten(messages, schema, "", found)
    return found


_WORDS = {
    "Missing data for required field.": "is missing",
    "Field may not be null.": "must not be null",
    "Unknown field.": "is not a field of this message",
    "Invalid input type.": "must be an object",
    "Invalid type.": "must be a list",
}
"""marshmallow's stock words, said as the rest of a sentence that begins with the path."""


def _flatten(messages: Any, where: Any, path: str, found: list[dict[str, str]]) -> None:
    """marshmallow's nested messages -> rows of ``{"path", "says"}``, depth first."""
    if len(found) >= ERRORS_SHOWN:
        return
    if not isinstance(messages, dict):
        for says in messages if isinstance(messages, list) else [messages]:
            if len(found) < ERRORS_SHOWN:
                found.append({"path": path, "says": _WORDS.get(str(says), str(says))})
        return
    for key, inner in messages.items():
        below = _below(where, key)
        if key == "_schema":
            _flatten(inner, None, path, found)
        elif isinstance(where, fields.Dict) and isinstance(inner, dict):
            for said in inner.values():  # "key" and "value": the path says which key it was
                _flatten(said, below, f"{path}.{str(key)[:KEY_SHOWN]}".lstrip("."), found)
        else:
            _flatten(inner, below, f"{path}.{str(key)[:KEY_SHOWN]}".lstrip("."), found)


def _below(where: Any, key: Any) -> Any:
    """The schema or field that the messages under ``key`` are about."""
    if isinstance(where, fields.Nested):
        return where.schema if isinstance(key, int) else _below(where.schema, key)
    if isinstance(where, Schema):
        return next((f for k, f in where.load_fields.items() if key in (f.data_key, k)), None)
    if isinstance(where, fields.List):
        return where.inner
    return where.value_field if isinstance(where, fields.Dict) else None
