"""A schema with every kind of field, and the judge of fast decoder against contract."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from marshmallow import Schema, ValidationError, fields, validate

from schemas import fields as wire
from schemas.compiled import Compiled
from schemas.problem import Problem
from schemas.strict import check_json
from schemas.wire import WIRE


class Inner(wire.Wire):
    """A part of the sample."""

    n = wire.Whole(low=1, high=99, required=True)
    product = wire.Code(required=True)
    price = wire.DecimalText(allow_none=True, load_default=None)
    day = wire.Day(allow_none=True)
    flag = wire.Flag(load_default=False)


class Everything(wire.Wire):
    """Every kind of field, required and not, with and without none and default."""

    id = wire.Uuid(required=True)
    number = wire.Code(allow_none=True, load_default=None)
    text = wire.Text(at_most=100)
    price = wire.DecimalText(required=True)
    lat_deg = wire.DecimalText(whole=3, signed=True, allow_none=True)
    state = wire.Choice("started", "done", load_default="started")
    maybe = wire.Choice("a", "b", allow_none=True, load_default=None)
    quantity = wire.Quantity(required=True)
    net_minor = wire.Money(allow_none=True, load_default=None)
    flag = wire.Flag(allow_none=True)
    day = wire.Day(required=True)
    at = wire.Instant(required=True, allow_none=True)
    again_at = wire.Instant()
    any = wire.AnyJson()
    body = wire.AsSent()
    lines = wire.Many(Inner, at_most=500, required=True)
    first = fields.Nested(Inner, allow_none=True, load_default=None)
    ids = wire.Listed(wire.Uuid(allow_none=True), at_most=3, load_default=list)
    versions = wire.Mapped(wire.Whole(), at_most=3, load_default=dict)
    from_ = wire.Whole(data_key="from")
    plain_text = fields.String(validate=[validate.Length(1, 9), validate.Regexp(r"\A[a-z]*\Z")])
    word = fields.String(validate=validate.OneOf(["x", "y"]))
    number_of = fields.Integer(strict=True, validate=validate.Range(1, 5, max_inclusive=False))
    yes = fields.Boolean()
    loose = fields.Raw(allow_none=True)
    several = fields.List(fields.Integer(strict=True), validate=validate.Length(max=2))
    by_key = fields.Dict(keys=wire.Code(), values=fields.Nested(Inner))


SCHEMAS: dict[str, type[Schema]] = {"everything": Everything, **WIRE}
REFUSALS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def plain(value: Any) -> Any:
    """A struct as the dict marshmallow would have loaded: absent fields absent."""
    if isinstance(value, msgspec.Struct):
        pairs = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return {name: plain(one) for name, one in pairs if one is not msgspec.UNSET}
    if type(value) is list:
        return [plain(one) for one in value]
    if type(value) is dict:
        return {key: plain(one) for key, one in value.items()}
    return value


def same(one: Any, other: Any) -> bool:
    """Equal in type too (1, 1.0 and True are three values), and in offset for times."""
    if type(one) is msgspec.Raw and type(other) is msgspec.Raw:
        return same(msgspec.json.decode(one), msgspec.json.decode(other))
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, datetime):
        return bool(one == other and one.utcoffset() == other.utcoffset())
    return bool(one == other)


def judge(shape: Compiled, raw: bytes) -> str:
    """Check the duty on one message -> what became of it: both, neither, slow only, or unread.

    A part kept undecoded is not looked at by the fast decoder: that is the strict reader's work,
    which comes first. So a message with such a part counts only if the strict reader lets it pass.
    """
    if b'"changes":' in raw or b'"body":' in raw:
        try:
            check_json(raw)
        except Problem:
            shape.accept(raw)
            return "unread"
    try:
        fast = shape.decode(raw)
    except REFUSALS:
        fast = None
    try:
        slow = shape.schema.load(msgspec.json.decode(raw))
    except (*REFUSALS, ValidationError):
        slow = None
    if fast is not None:
        assert slow is not None, f"only the fast decoder takes {raw!r}"
        assert same(plain(fast), slow), f"{plain(fast)} is not {slow}"
    struct, errors = shape.accept(raw)
    assert (struct is None) == (slow is None)
    assert (errors is None) == (struct is not None)
    if struct is None:
        assert errors
        assert all(error.keys() == {"path", "says"} and error["says"] for error in errors)
        return "neither"
    assert type(struct) is shape.struct
    assert same(plain(struct), slow)
    assert same(plain(shape.decode(msgspec.json.encode(struct))), slow)
    return "both" if fast is not None else "slow only"
