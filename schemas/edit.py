"""Edits of rows that rep and office may both change, as a handheld pushes them.

`set` is what the rep set, `base` the same fields as the handheld showed them before: the server
compares both with what is at rest, field by field (sync/owners.py names the fields).
"""

from typing import Any

from schemas.fields import (
    Code,
    DecimalText,
    Many,
    Mapped,
    Text,
    Uuid,
    Whole,
    Wire,
)
from schemas.scalar import Scalar

MOST_FIELDS = 40


def values(**kwargs: Any) -> Mapped:
    """Fields of a row by name."""
    return Mapped(Scalar(allow_none=True), at_most=MOST_FIELDS, **kwargs)


class StoreEdit(Wire):
    """kind store, act edit: some fields of a store, among them `position`."""

    id = Uuid(required=True)
    set = values(required=True)
    base = values(required=True)


class StoreCreate(Wire):
    """kind store, act create: a store that nobody has yet, found in the field."""

    id = Uuid(required=True)
    code = Code(required=True)
    name = Text(at_least=1, at_most=200, required=True)
    address = Text(at_most=500, allow_none=True, load_default=None)
    city = Text(at_most=200, allow_none=True, load_default=None)
    region = Text(at_most=200, allow_none=True, load_default=None)
    postcode = Text(at_most=20, allow_none=True, load_default=None)
    phone = Text(at_most=40, allow_none=True, load_default=None)
    opening_hours = Text(at_most=200, allow_none=True, load_default=None)
    tax_id = Text(at_most=40, allow_none=True, load_default=None)
    channel = Code(allow_none=True, load_default=None)
    lat_deg = DecimalText(whole=3, signed=True, allow_none=True, load_default=None)
    lon_deg = DecimalText(whole=3, signed=True, allow_none=True, load_default=None)
    accuracy_m = Whole(high=1_000_000, allow_none=True, load_default=None)


class ContactSave(Wire):
    """kind contact, act save: a new contact (`base` empty) or some fields of one."""

    id = Uuid(required=True)
    store = Uuid(required=True)
    set = values(required=True)
    base = values(required=True)


class ContactRemove(Wire):
    """kind contact, act remove: the person has left."""

    id = Uuid(required=True)
    store = Uuid(required=True)
    base = values(required=True)


class AmendedLine(Wire):
    """What is corrected of one product of a card; `base` empty: it was not on the card."""

    product = Code(required=True)
    set = values(required=True)
    base = values(required=True)


class CardAmend(Wire):
    """kind card, act amend: a card corrected, with the reason."""

    id = Uuid(required=True)
    store = Uuid(required=True)
    reason = Text(at_most=500, allow_none=True, load_default=None)
    lines = Many(AmendedLine, at_most=500, required=True)
