"""What is wrong with a message, as a short flat list."""

from typing import Any

from marshmallow import ValidationError, fields

from schemas.fields import ERRORS_SHOWN, Code, Listed, Many, Mapped, Whole, Wire
from schemas.told import KEY_SHOWN, told


class Part(Wire):
    """A part."""

    key = Whole(required=True)
    value = Whole(required=True)


class Message(Wire):
    """Every way a message can hold another."""

    n = Whole(required=True, data_key="number")
    part = fields.Nested(Part)
    parts = Many(Part, at_most=100)
    codes = Listed(Code(), at_most=9)
    versions = Mapped(Whole(), at_most=9)


def refusal(document: Any) -> list[tuple[str, str]]:
    """What is told about a document that marshmallow refuses."""
    schema = Message()
    try:
        schema.load(document)
    except ValidationError as error:
        return [(row["path"], row["says"]) for row in told(error.messages, schema)]
    raise AssertionError("it was taken")


def test_a_path_names_fields_as_they_travel_and_places_from_zero() -> None:
    document = {
        "part": {"key": 1},
        "parts": [{"key": 1, "value": 1}, {"key": "x", "value": 1}],
        "codes": ["a", ""],
    }
    assert refusal(document) == [
        ("number", "is missing"),
        ("part.value", "is missing"),
        ("parts.1.key", "must be a whole number"),
        ("codes.1", "must have 1 to 64 characters, this has 0"),
    ]


def test_a_free_key_is_named_without_marshmallows_own_words() -> None:
    assert refusal({"number": 1, "versions": {"store/1": "x"}}) == [
        ("versions.store/1", "must be a whole number")
    ]


def test_fields_that_happen_to_be_called_key_and_value_keep_their_names() -> None:
    assert [path for path, _ in refusal({"number": 1, "part": {}})] == ["part.key", "part.value"]


def test_something_else_than_an_object_is_told_about_the_whole() -> None:
    assert refusal([]) == [("", "must be an object")]
    assert refusal({"number": 1, "part": 7, "parts": [7]}) == [
        ("part", "must be an object"),
        ("parts.0", "must be an object"),
    ]


def test_no_more_errors_are_told_than_a_person_can_use() -> None:
    assert len(refusal({"number": 1, "parts": [{}] * 100})) == ERRORS_SHOWN


def test_an_unknown_key_is_not_repeated_at_length() -> None:
    ((path, says),) = refusal({"number": 1, "x" * 5000: 1})
    assert path == "x" * KEY_SHOWN
    assert says == "is not a field of this message"
