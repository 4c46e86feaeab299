"""What the wire lets into a body, told shortly: as handhelds/pwa/bodies.js has it.

A field is a word and its bounds, `?` where it may be null or left out, `+` where only the latter:
uuid, code:MOST, text:LEAST:MOST, decimal:WHOLE:FRACTION (signed: -), one:WORD|WORD, day, instant,
whole:LOW:HIGH, flag, values:MOST, many:MOST and the shape of each.
"""

from typing import Any

from schemas import fields as f
from schemas.wire import BODIES

Shape = dict[str, Any]


def shapes() -> dict[str, Shape]:
    """ "kind.act" -> its shape."""
    return {f"{kind}.{act}": shape_of(schema()) for (kind, act), schema in BODIES.items()}


def shape_of(schema: Any) -> Shape:
    return {name: _field(field) for name, field in schema.fields.items()}


def _field(field: Any) -> Any:
    may = "?" if field.allow_none else "" if field.required else "+"
    if isinstance(field, f.Many):
        return [f"many:{field.at_most}{may}", shape_of(field.schema)]
    return _word(field) + may


def _word(field: Any) -> str:
    match field:
        case f.Uuid():
            return "uuid"
        case f.DecimalText():
            sign = "-" if "-?" in field.pattern else ""
            whole = field.pattern.split("{0,")[1].split("}")[0]
            fraction = field.pattern.split("{1,")[1].split("}")[0]
            return f"decimal:{sign}{int(whole) + 1}:{fraction}"
        case f.Code():
            return f"code:{field.at_most}"
        case f.Text():
            return f"text:{field.at_least}:{field.at_most}"
        case f.Choice():
            return "one:" + "|".join(field.words)
        case f.Whole():
            return f"whole:{field.low}:{field.high}"
        case f.Day():
            return "day"
        case f.Instant():
            return "instant"
        case f.Flag():
            return "flag"
        case f.Mapped():
            return f"values:{field.at_most}"
    raise AssertionError(f"nobody here can say {field!r}")
