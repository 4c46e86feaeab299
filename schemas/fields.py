"""The fields of the wire: how an id, a code, a text, a price, a day or an instant may be written.

Every message of the protocol is built from these classes, so a rule such as "a time carries at
most six fractional digits" stands once. Each field has three faces that must say the same thing:

* ``_deserialize``, the marshmallow contract, which also explains what is wrong;
* ``fast_type()``, the msgspec type from which ``compiled.py`` builds the fast decoder;
* ``metadata``, what OpenAPI shows to somebody who writes a handheld.

The one duty between the first two: what the fast type accepts, marshmallow accepts, and with an
equal value. ``tests/schemas/test_compiled.py`` hunts for counter-examples.

Python's ``re`` matches at the start in marshmallow and searches in msgspec, and ``$`` lets a
trailing newline through: hence every pattern here is anchored by ``\\A`` and ``\\Z``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from marshmallow import RAISE, Schema, ValidationError, fields, missing, validate

from schemas.spelled import COUNTER_LIMIT, DAY, INSTANT, DayText, InstantText, JsonValue

Result = TypeVar("Result")

MINOR_LIMIT = 10**15
"""Largest amount of money in minor units: exact in a JavaScript number (2^53 is 9.0 * 10^15)."""

ERRORS_SHOWN = 20
"""Errors told about one message; a reader mends a few at a time, and a reply must stay small."""

QUANTITY_LIMIT = 1_000_000
"""Largest quantity of one line, in eaches."""


class Wire(Schema):
    """Parent of every wire schema: an unknown field is an error, never silently dropped.

    Make one instance a module and use it everywhere; making a schema for each message costs
    more than reading the message.
    """

    class Meta:
        unknown = RAISE


def _described(kwargs: dict[str, Any], **shown: Any) -> dict[str, Any]:
    """Field arguments with the OpenAPI words ``shown`` added under those the caller gave."""
    return {**kwargs, "metadata": {**shown, **(kwargs.get("metadata") or {})}}


class Patterned(fields.String):
    """A text held to one anchored pattern and a length counted in characters; stays ``str``."""

    pattern: str = r"\A[^\x00\ud800-\udfff]*\Z"
    says = "must be text"
    shown: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, *, at_least: int = 0, at_most: int = 64, **kwargs: Any) -> None:
        self.at_least, self.at_most = at_least, at_most
        shown = {"minLength": at_least, "maxLength": at_most, **self.shown}
        super().__init__(**_described(kwargs, **shown))
        self._search: Callable[[str], object] = re.compile(self.pattern).search

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if type(value) is not str:
            raise ValidationError("must be text in quotes")
        if not self.at_least <= len(value) <= self.at_most:
            raise ValidationError(
                f"must have {self.at_least} to {self.at_most} characters, this has {len(value)}"
            )
        if not self._search(value):
            raise ValidationError(self.says)
        return value

    def fast_type(self) -> Any:
        meta = msgspec.Meta(pattern=self.pattern, min_length=self.at_least, max_length=self.at_most)
        return Annotated[str, meta]


class Uuid(Patterned):
    """An id in its one canonical form, 36 lower-case characters; stays ``str``.

    Braces, ``urn:uuid:`` and capitals are refused: two spellings of one id would be two receipts.
    """

    pattern = r"\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z"
    says = "must be a UUID in lower case, like 0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"
    shown = MappingProxyType({"format": "uuid", "pattern": "^[0-9a-f-]{36}$"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(at_least=36, at_most=36, **kwargs)


class Code(Patterned):
    """A code of the company's own systems (product, reason, order number): 1 to ``at_most``
    characters, none of them a control, a line separator, or a mark that turns the text around.
    """

    pattern = r"\A[^\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+\Z"
    says = "must be a code of printable characters"

    def __init__(self, *, at_most: int = 64, **kwargs: Any) -> None:
        super().__init__(at_least=1, at_most=at_most, **kwargs)


class Gtin(Code):
    """A barcode as it is printed: GTIN-8, -12, -13 or -14. Who reads it in checks its digits
    (sync/terms/gtin.py); one that is kept as a source has it may fail its check digit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(at_most=14, **kwargs)


class Text(Patterned):
    """Free text of at most ``at_most`` characters, kept exactly as typed (no trimming, no Unicode
    normalising). NUL and lone surrogates are refused: PostgreSQL can store neither.
    """

    says = "must not contain the character NUL or half of a surrogate pair"


class DecimalText(Patterned):
    """A decimal number written as text, such as a unit price ``"1.29"``; stays ``str``.

    Text rather than ``Decimal`` because it is what PostgreSQL and the stored change take, and
    most changes need no arithmetic on it: call ``Decimal(text)`` where there is some (exact, and
    cannot fail on a text that passed here). At most ``whole`` digits before the point and
    ``fraction`` after it; no exponent, no sign unless ``signed``, no leading zeros.
    """

    def __init__(
        self, *, whole: int = 12, fraction: int = 6, signed: bool = False, **kwargs: Any
    ) -> None:
        sign = "-?" if signed else ""
        core = rf"{sign}(?:0|[1-9][0-9]{{0,{whole - 1}}})(?:\.[0-9]{{1,{fraction}}})?"
        self.pattern = rf"\A{core}\Z"
        self.says = (
            f"must be a decimal number as text: at most {whole} digits, then at most {fraction} "
            f"after a point{'' if signed else ', not negative'}"
        )
        self.shown = MappingProxyType({"format": "decimal", "pattern": f"^{core}$"})
        super().__init__(at_least=1, at_most=whole + fraction + 2, **kwargs)


class Choice(fields.String):
    """One word out of a fixed list."""

    def __init__(self, *words: str, **kwargs: Any) -> None:
        self.words = words
        says = f"must be one of: {', '.join(words)}"
        super().__init__(validate=validate.OneOf(words, error=says), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if type(value) is not str:
            raise ValidationError("must be text in quotes")
        return value

    def fast_type(self) -> Any:
        return Literal[self.words]


class Whole(fields.Integer):
    """A whole number between two bounds. ``1.0``, ``"1"`` and ``true`` are not whole numbers."""

    def __init__(self, *, low: int = 0, high: int = COUNTER_LIMIT, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(strict=True, **_described(kwargs, minimum=low, maximum=high))

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise ValidationError("must be a whole number")
        if not self.low <= value <= self.high:
            raise ValidationError(f"must be between {self.low} and {self.high}")
        return value

    def fast_type(self) -> Any:
        return Annotated[int, msgspec.Meta(ge=self.low, le=self.high)]


class Money(Whole):
    """An amount in minor units (cents); name such fields ``..._minor``."""

    def __init__(self, *, low: int = -MINOR_LIMIT, high: int = MINOR_LIMIT, **kwargs: Any) -> None:
        super().__init__(low=low, high=high, **kwargs)


class Quantity(Whole):
    """A quantity in eaches, the product's smallest unit."""

    def __init__(self, *, low: int = 0, high: int = QUANTITY_LIMIT, **kwargs: Any) -> None:
        super().__init__(low=low, high=high, **kwargs)


class Flag(fields.Boolean):
    """``true`` or ``false``; neither ``"true"`` nor ``1``."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise ValidationError("must be true or false")
        return value

    def fast_type(self) -> Any:
        return bool


class Day(fields.Date):
    """A real day, ``YYYY-MM-DD`` -> ``datetime.date``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_described(kwargs, pattern=f"^{DAY}$"))

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        return _explained(DayText.read, value)

    def fast_type(self) -> Any:
        return DayText


class Instant(fields.DateTime):
    """A point in time -> aware ``datetime`` that keeps the offset it was written with."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_described(kwargs, pattern=f"^{INSTANT}$"))

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        return _explained(InstantText.read, value)

    def fast_type(self) -> Any:
        return InstantText


class _NullToo(fields.Raw):
    """JSON of any shape has its own null, which goes the way of every other value."""

    def _validate_missing(self, value: Any) -> None:
        if value is missing and self.required:
            raise self.make_error("required")


class AnyJson(_NullToo):
    """JSON of any shape, small, stored and never interpreted by us."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return _explained(JsonValue.read, value)

    def fast_type(self) -> Any:
        return JsonValue


class AsSent(_NullToo):
    """JSON kept undecoded as ``msgspec.Raw``: a change's body, whose schema hangs on its kind.

    Its bytes went through ``strict.py`` with the rest of the change; nothing is checked here.
    """

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> msgspec.Raw:
        return value if type(value) is msgspec.Raw else msgspec.Raw(msgspec.json.encode(value))

    def fast_type(self) -> Any:
        return msgspec.Raw


class Many(fields.Nested):
    """A list of ``schema`` documents.

    Explaining an absurd message must cost no more than reading an honest one: too many documents
    are refused before any is looked at, and after ``ERRORS_SHOWN`` bad ones the rest is not.
    """

    def __init__(self, schema: type[Schema] | Schema, *, at_most: int, **kwargs: Any) -> None:
        self.at_most = at_most
        super().__init__(schema, many=True, **_described(kwargs, maxItems=at_most))

    def _deserialize(
        self, value: Any, attr: Any, data: Any, partial: Any = None, **kwargs: Any
    ) -> Any:
        if type(value) is not list:
            raise ValidationError("must be a list")
        loaded: list[Any] = []
        wrong: dict[int, Any] = {}
        for at, one in enumerate(_bounded(value, self.at_most)):
            try:
                loaded.append(self.schema.load(one, many=False))
            except ValidationError as refusal:
                wrong[at] = refusal.messages
                if len(wrong) >= ERRORS_SHOWN:
                    break
        if wrong:
            raise ValidationError(wrong)
        return loaded


class Listed(fields.List[Any]):
    """A list of at most ``at_most`` plain values."""

    def __init__(self, inner: fields.Field[Any], *, at_most: int, **kwargs: Any) -> None:
        self.at_most = at_most
        super().__init__(inner, **_described(kwargs, maxItems=at_most))

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        if type(value) is not list:
            raise ValidationError("must be a list")
        return super()._deserialize(_bounded(value, self.at_most), attr, data, **kwargs)


class Mapped(fields.Dict):
    """An object with at most ``at_most`` free keys (codes of at most 200 characters) and values
    of one kind, such as versions by row: ``{"store/0190...": 17}``.
    """

    def __init__(self, inner: fields.Field[Any], *, at_most: int, **kwargs: Any) -> None:
        self.at_most = at_most
        described = _described(kwargs, maxProperties=at_most)
        super().__init__(keys=Code(at_most=200), values=inner, **described)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[Any, Any]:
        if type(value) is not dict:
            raise ValidationError("must be an object")
        bounded = _bounded(value, self.at_most)
        loaded: dict[Any, Any] = super()._deserialize(bounded, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        return loaded


def _bounded(value: Any, at_most: int) -> Any:
    if isinstance(value, list | dict) and len(value) > at_most:
        raise ValidationError(f"at most {at_most} are allowed, these are {len(value)}")
    return value


def _explained(read: Callable[[Any], Result], value: Any) -> Result:
    try:
        return read(value)
    except ValueError as refusal:
        raise ValidationError(str(refusal)) from None
