"""Each field of the wire: what it takes, what it refuses, and what it shows in OpenAPI."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields

from schemas.compiled import compiled
from schemas.fields import (
    COUNTER_LIMIT,
    MINOR_LIMIT,
    QUANTITY_LIMIT,
    AnyJson,
    AsSent,
    Choice,
    Code,
    Day,
    DecimalText,
    Flag,
    Instant,
    Listed,
    Many,
    Mapped,
    Money,
    Quantity,
    Text,
    Uuid,
    Whole,
    Wire,
)
from tests.schemas.judged import plain

ID = "0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"


class Part(Wire):
    """A part of the sample."""

    n = Whole(required=True)


FIELDS: dict[str, fields.Field[Any]] = {
    "id": Uuid(),
    "code": Code(),
    "text": Text(at_most=10),
    "price": DecimalText(),
    "lat_deg": DecimalText(whole=3, signed=True),
    "state": Choice("open", "closed"),
    "n": Whole(low=1, high=9),
    "net_minor": Money(),
    "quantity": Quantity(),
    "on_shelf": Flag(),
    "day": Day(),
    "at": Instant(),
    "any": AnyJson(),
    "body": AsSent(),
    "lines": Many(Part, at_most=2),
    "ids": Listed(Uuid(), at_most=2),
    "versions": Mapped(Whole(), at_most=2),
}
Sample = type("Sample", (Wire,), {"__doc__": "One of each.", **FIELDS})
SAMPLE: Schema = Sample()

TAKEN: list[tuple[str, Any, Any]] = [
    ("id", ID, ID),
    ("code", "20041", "20041"),
    ("code", "Ä-1 / 大", "Ä-1 / 大"),
    ("code", "x" * 64, "x" * 64),
    ("text", "", ""),
    ("text", "👨‍👩‍👧é\u202e\n\t", "👨‍👩‍👧é\u202e\n\t"),
    ("text", "😀" * 10, "😀" * 10),
    ("price", "0", "0"),
    ("price", "1.29", "1.29"),
    ("price", "999999999999.999999", "999999999999.999999"),
    ("lat_deg", "-93.609100", "-93.609100"),
    ("state", "open", "open"),
    ("n", 1, 1),
    ("n", 9, 9),
    ("net_minor", -MINOR_LIMIT, -MINOR_LIMIT),
    ("net_minor", MINOR_LIMIT, MINOR_LIMIT),
    ("quantity", 0, 0),
    ("quantity", QUANTITY_LIMIT, QUANTITY_LIMIT),
    ("on_shelf", False, False),
    ("day", "2026-11-23", date(2026, 11, 23)),
    ("at", "2026-11-21T10:42:03Z", datetime(2026, 11, 21, 10, 42, 3, tzinfo=UTC)),
    ("any", {"a": [1, None]}, {"a": [1, None]}),
    ("lines", [{"n": 1}, {"n": 2}], [{"n": 1}, {"n": 2}]),
    ("ids", [ID, ID], [ID, ID]),
    ("ids", [], []),
    ("versions", {f"store/{ID}": 17}, {f"store/{ID}": 17}),
]

REFUSED: list[tuple[str, Any, str]] = [
    *((name, None, "must not be null") for name in FIELDS if name not in ("any", "body")),
    ("id", ID.upper(), "lower case"),
    ("id", ID + "\n", "36 characters"),
    ("id", "{" + ID[:-2] + "}", "lower case"),
    ("id", "urn:uuid:" + ID, "36 characters"),
    ("id", ID.replace("-", ""), "36 characters"),
    ("id", 7, "text in quotes"),
    ("code", "", "1 to 64"),
    ("code", "x" * 65, "1 to 64"),
    ("code", "a\nb", "printable"),
    ("code", "a\x00", "printable"),
    ("code", "a\u202eb", "printable"),
    ("code", 20041, "text in quotes"),
    ("text", "x" * 11, "0 to 10"),
    ("text", "a\x00", "NUL"),
    ("text", ["a"], "text in quotes"),
    *(("price", text, "decimal number as text") for text in
      ("-1", "+1", "01", "1.", ".5", "1e5", "1,5", "NaN", "1.2345678", "1" * 13, "\uff11", "1\n")),
    ("price", "", "1 to 20"),
    ("price", 1.29, "text in quotes"),
    ("price", 1, "text in quotes"),
    ("lat_deg", "1000", "decimal number as text"),
    ("state", "Open", "open, closed"),
    ("state", "", "open, closed"),
    ("state", 0, "text in quotes"),
    ("n", 0, "between 1 and 9"),
    ("n", 10, "between 1 and 9"),
    *((name, value, "whole number") for name in ("n", "quantity", "net_minor")
      for value in (1.0, "1", True, [1], {})),
    ("net_minor", MINOR_LIMIT + 1, "between"),
    ("net_minor", -MINOR_LIMIT - 1, "between"),
    ("net_minor", 10**4000, "between"),
    ("quantity", -1, "between"),
    ("quantity", 10**9, "between"),
    *(("on_shelf", value, "true or false") for value in (0, 1, "true", "", [])),
    ("day", "2026-02-30", "no such day"),
    ("day", "20261123", "like 2026-11-23"),
    ("at", "2026-11-21T10:42:03.1234567Z", "six fractional digits"),
    ("at", "2026-11-21T10:42:03", "offset"),
    ("any", [[[[[[[[[1]]]]]]]]], "too large"),
    ("lines", [{"n": 1}] * 3, "at most 2"),
    ("lines", {"n": 1}, "must be a list"),
    ("ids", [ID] * 3, "at most 2"),
    ("ids", ID, "must be a list"),
    ("versions", {"a": 1, "b": 2, "c": 3}, "at most 2"),
    ("versions", {"": 1}, "1 to 200"),
    ("versions", {"a": "1"}, "whole number"),
    ("versions", [["a", 1]], "must be an object"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "expected"), TAKEN)
def test_both_faces_of_a_field_take_the_same_value(name: str, value: Any, expected: Any) -> None:
    raw = json.dumps({name: value}).encode()
    assert SAMPLE.load({name: value}) == {name: expected}
    assert plain(compiled(Sample).decode(raw)) == {name: expected}


@pytest.mark.parametrize(("name", "value", "says"), REFUSED)
def test_both_faces_of_a_field_refuse_the_same_value(name: str, value: Any, says: str) -> None:
    raw = json.dumps({name: value}).encode()
    with pytest.raises(ValidationError):
        SAMPLE.load({name: value})
    with pytest.raises(msgspec.ValidationError):
        compiled(Sample).decode(raw)
    _, errors = compiled(Sample).accept(raw)
    assert errors is not None
    assert says in errors[0]["says"]
    assert errors[0]["path"].split(".")[0] == name


def test_an_unknown_field_is_refused_and_named() -> None:
    _, errors = compiled(Sample).accept(b'{"colour":1}')
    assert errors == [{"path": "colour", "says": "is not a field of this message"}]


@given(st.decimals(0, 10**12, allow_nan=False, places=6).filter(lambda d: d < 10**12))
def test_a_decimal_text_that_passes_is_an_exact_decimal(amount: Decimal) -> None:
    loaded = SAMPLE.load({"price": f"{amount:f}"})
    assert Decimal(loaded["price"]) == amount


@given(st.text(max_size=10))
def test_a_text_is_kept_to_the_byte(text: str) -> None:
    raw = json.dumps({"text": text}).encode()
    struct, errors = compiled(Sample).accept(raw)
    assert (errors is None) == ("\x00" not in text)
    if struct is not None:
        assert struct.text == text


def test_a_body_is_kept_undecoded_on_both_ways() -> None:
    raw = b'{"body": {"b": [1, 2], "a": null}}'
    assert bytes(compiled(Sample).decode(raw).body) == b'{"b": [1, 2], "a": null}'
    slow = SAMPLE.load(json.loads(raw))["body"]
    assert msgspec.json.decode(slow) == {"b": [1, 2], "a": None}
    assert bytes(compiled(Sample).decode(b'{"body":null}').body) == b"null"


def test_too_many_lines_are_refused_before_any_is_looked_at() -> None:
    _, errors = compiled(Sample).accept(json.dumps({"lines": [{"bad": 1}] * 100_000}).encode())
    assert errors == [{"path": "lines", "says": "at most 2 are allowed, these are 100000"}]


def test_explaining_a_list_of_nothing_but_errors_stops_early() -> None:
    looked_at = []

    class Counted(Wire):
        """Counts what is looked at."""

        n = fields.Integer(strict=True, validate=looked_at.append, required=True)

    class Holder(Wire):
        """Holds many."""

        lines = Many(Counted, at_most=1000)

    with pytest.raises(ValidationError) as caught:
        Holder().load({"lines": [{"n": 1}] * 5 + [{"n": 1, "bad": 1}] * 995})
    assert list(caught.value.messages_dict["lines"]) == list(range(5, 25))
    assert len(looked_at) == 25


def test_openapi_shows_every_limit() -> None:
    spec = APISpec("t", "1", "3.1.0", plugins=[MarshmallowPlugin()])
    spec.components.schema("Sample", schema=SAMPLE)
    shown = spec.to_dict()["components"]["schemas"]["Sample"]
    assert shown["additionalProperties"] is False
    told = shown["properties"]
    assert told["id"]["format"] == "uuid"
    assert (told["code"]["minLength"], told["code"]["maxLength"]) == (1, 64)
    assert told["price"]["type"] == "string"
    assert told["price"]["pattern"].startswith("^")
    assert told["state"]["enum"] == ["open", "closed"]
    assert (told["n"]["minimum"], told["n"]["maximum"]) == (1, 9)
    assert told["net_minor"]["maximum"] == MINOR_LIMIT
    assert told["on_shelf"]["type"] == "boolean"
    assert (told["day"]["format"], told["at"]["format"]) == ("date", "date-time")
    assert "{1,6}" in told["at"]["pattern"]
    assert told["lines"]["maxItems"] == 2
    assert told["ids"]["maxItems"] == 2
    assert told["versions"]["maxProperties"] == 2
    assert told["versions"]["additionalProperties"]["maximum"] == COUNTER_LIMIT
