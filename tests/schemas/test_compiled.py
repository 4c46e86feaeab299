"""The fast decoders: whatever they take, marshmallow takes with an equal value."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import (
    EXCLUDE,
    INCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from schemas import fields as wire
from schemas.compiled import Unknown, compiled
from schemas.spelled import InstantText
from tests.schemas.judged import SCHEMAS, Everything, Inner, judge, plain
from tests.schemas.wire_fuzz import ID, document, spoil, written


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_valid_document_is_taken_by_the_fast_decoder(name: str) -> None:
    shape = compiled(SCHEMAS[name])
    for seed in range(60):
        raw = written(document(shape.schema, random.Random(seed))).encode()
        assert judge(shape, raw) == "both", raw


@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=60)
@given(seed=st.integers(0, 2**64))
def test_what_the_fast_decoder_takes_marshmallow_takes_with_an_equal_value(
    name: str, seed: int
) -> None:
    chance = random.Random(seed)
    shape = compiled(SCHEMAS[name])
    for _ in range(4):
        tree = document(shape.schema, chance)
        for _ in range(chance.randint(1, 3)):
            spoil(tree, chance)
        judge(shape, written(tree).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=40)
@given(seed=st.integers(0, 2**64))
def test_a_message_with_damaged_bytes_is_judged_alike_too(name: str, seed: int) -> None:
    chance = random.Random(seed)
    shape = compiled(SCHEMAS[name])
    raw = bytearray(written(document(shape.schema, chance)).encode())
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(raw))
        raw[at : at + chance.randrange(3)] = bytes(
            chance.choice(b'0129"\\,:{}[]eE.-+ \x00\xff\xe9') for _ in range(chance.randrange(3))
        )
    judge(shape, bytes(raw))


def test_the_hunt_meets_taken_and_refused_messages_in_plenty() -> None:
    chance = random.Random(1)
    shape = compiled(Everything)
    seen: Counter[str] = Counter()
    for _ in range(600):
        tree = document(shape.schema, chance)
        spoil(tree, chance)
        seen[judge(shape, written(tree).encode("utf-8", "surrogatepass"))] += 1
    assert seen["both"] > 60
    assert seen["neither"] > 200


def test_the_hunt_finds_a_fast_decoder_that_is_too_lax() -> None:
    """msgspec's own time reader rounds a ninth digit, where Python cuts it off."""

    class Native(fields.DateTime):
        """A time read by each side in its own way."""

        def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
            return datetime.fromisoformat(value)

        def fast_type(self) -> Any:
            return datetime

    shape = compiled(type("Lax", (wire.Wire,), {"at": Native(required=True)}))
    assert judge(shape, b'{"at":"2026-11-25T10:00:00.123456Z"}') == "both"
    with pytest.raises(AssertionError):
        judge(shape, b'{"at":"2026-11-25T10:00:00.123456789Z"}')


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("id", '"' + ID.replace("0", "\\u0030") + '"'),
        ("text", r'"\ud83d\ude00"'),
        ("quantity", "-0"),
        ("price", '"1.2\\u0039"'),
    ],
)
def test_an_escaped_spelling_of_a_valid_value_is_the_same_value(field: str, raw: str) -> None:
    tree = document(Everything(), random.Random(3))
    tree[:] = [(key, raw if key == field else inner) for key, inner in tree]
    if field not in dict(tree):
        tree.append((field, raw))
    assert judge(compiled(Everything), written(tree).encode()) == "both"


def test_what_only_marshmallow_takes_comes_as_the_same_struct() -> None:
    class Lenient(wire.Wire):
        """A stock boolean takes words too; nested, listed and renamed."""

        yes = fields.Boolean(required=True, data_key="is-yes")
        inner = fields.Nested(lambda: Lenient2(), many=True)
        by_key = fields.Dict(keys=wire.Code(), values=fields.Nested(lambda: Lenient2()))
        at = wire.Instant()
        body = wire.AsSent()

    class Lenient2(wire.Wire):
        """Inside."""

        no = fields.Boolean(allow_none=True, load_default=None)

    shape = compiled(Lenient)
    raw = b'{"is-yes":"true","inner":[{"no":"off"},{}],"by_key":{"k":{"no":0}},"body":[1],'
    raw += b'"at":"2026-11-25T10:00:00+03:00"}'
    with pytest.raises(msgspec.ValidationError):
        shape.decode(raw)
    struct, errors = shape.accept(raw)
    assert errors is None
    assert type(struct) is shape.struct
    assert (struct.yes, struct.inner[0].no, struct.inner[1].no) == (True, False, None)
    assert struct.by_key["k"].no is False
    assert bytes(struct.body) == b"[1]"
    assert struct.at == InstantText.read("2026-11-25T10:00:00+03:00")


def test_an_absent_field_is_unset_and_not_null() -> None:
    class Sparse(wire.Wire):
        """Absent, null and defaulted are three things."""

        absent = wire.Whole()
        none = wire.Whole(allow_none=True)
        given = wire.Listed(wire.Whole(), at_most=2, load_default=[7])

    shape = compiled(Sparse)
    struct = shape.decode(b'{"none":null}')
    assert struct.absent is msgspec.UNSET
    assert struct.none is None
    assert struct.given == [7]
    assert struct.given is not shape.decode(b"{}").given
    assert plain(struct) == {"none": None, "given": [7]}
    assert json.loads(msgspec.json.encode(struct)) == {"none": None, "given": [7]}


def test_all_errors_of_a_message_are_told_at_once() -> None:
    raw = (
        b'{"id":"x","price":"1","quantity":1.0,"day":"2026-02-30","lines":[{"n":0,"product":1},{}]}'
    )
    _, errors = compiled(Everything).accept(raw)
    assert errors is not None
    assert {error["path"] for error in errors} == {
        "id", "quantity", "day", "at", "lines.0.n", "lines.0.product", "lines.1.n",
        "lines.1.product",
    }  # fmt: skip


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff", b'{"id":NaN}', b"[" * 100_000, b"{" * 100_000, b"null", b"[]", b"7"]
)
def test_what_is_no_message_at_all_is_told_so(raw: bytes) -> None:
    for schema in SCHEMAS.values():
        struct, errors = compiled(schema).accept(raw)
        assert struct is None
        assert errors is not None
        assert [error["path"] for error in errors] == [""]


def test_the_changes_of_a_batch_stay_undecoded() -> None:
    class Envelope(wire.Wire):
        """As a push has it."""

        changes = wire.Listed(wire.AsSent(), at_most=3, required=True)

    shape = compiled(Envelope)
    struct = shape.decode(b'{"changes":[{"n": 1},{"n":"bad"},3]}')
    assert [bytes(each) for each in struct.changes] == [b'{"n": 1}', b'{"n":"bad"}', b"3"]
    assert shape.accept(b'{"changes":[1,2,3,4]}')[0] is None


def test_a_schema_is_compiled_once() -> None:
    assert compiled(Everything) is compiled(Everything)


def test_a_schema_that_leaves_unknown_fields_out_may_do_so() -> None:
    class Open(Schema):
        """An answer read by an old program."""

        n = wire.Whole(required=True)

        class Meta:
            unknown = EXCLUDE

    assert judge(compiled(Open), b'{"n":1,"newer":[1,2]}') == "both"


class Hooked(wire.Wire):
    """Has a hook."""

    n = wire.Whole()

    @post_load
    def turned(self, data: Any, **kwargs: Any) -> Any:
        """Would be skipped."""
        return data


class Checked(wire.Wire):
    """Has a check over fields."""

    n = wire.Whole()

    @validates_schema
    def checked(self, data: Any, **kwargs: Any) -> None:
        """Would be skipped."""


class Including(wire.Wire):
    """Keeps unknown fields."""

    class Meta:
        unknown = INCLUDE


class Endless(wire.Wire):
    """Contains itself."""

    inner = fields.Nested(lambda: Endless())


class Laxer(wire.Uuid):
    """Changes what marshmallow takes and forgets the fast type."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        raise ValidationError("never")


def with_field(field: fields.Field[Any]) -> type[Schema]:
    """A schema of one field."""
    return type("One", (wire.Wire,), {"one": field})


@pytest.mark.parametrize(
    "schema",
    [
        Hooked,
        Checked,
        Including,
        Endless,
        *map(
            with_field,
            [
                Laxer(),
                fields.Integer(),
                fields.UUID(),
                fields.Decimal(),
                fields.Float(),
                fields.Date(),
                fields.DateTime(),
                fields.Email(),
                fields.Dict(),
                fields.String(validate=validate.Regexp("[a-z]+")),
                fields.String(validate=validate.Regexp(r"\A[a-z]+\Z", flags=2)),
                fields.String(validate=validate.NoneOf(["a"])),
                fields.String(validate=lambda value: None),
                fields.String(validate=[validate.OneOf(["a"]), validate.Length(max=3)]),
                fields.Integer(strict=True, validate=validate.Range(0.5, 2)),
                fields.Raw(),
                fields.String(pre_load=str.strip),
                fields.String(post_load=str.strip),
                fields.String(attribute="a.b"),
                wire.Uuid(validate=validate.Length(max=3)),
                wire.AsSent(allow_none=True),
                fields.Nested(Inner, unknown=EXCLUDE),
                fields.Nested(Hooked),
            ],
        ),
    ],
)
def test_what_the_compiler_can_not_promise_is_an_error_at_import(schema: type[Schema]) -> None:
    with pytest.raises(Unknown):
        compiled(schema)
