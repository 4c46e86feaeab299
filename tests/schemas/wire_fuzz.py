"""Make valid documents of any wire schema as JSON text, and then spoil them.

Documents are built as trees whose leaves are pieces of JSON *text*, so that a leaf can be something
no Python value stands for: NaN, 1e400, half a surrogate, a number of 5,000 digits.
"""

from __future__ import annotations

import json
import random
from typing import Any

from marshmallow import Schema, fields, validate

from schemas import fields as wire
from schemas import photo, verify
from schemas.scalar import Scalar

ID = "0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"

NASTY = [
    "null", "true", "false", "0", "-0", "-0.0", "1.0", "12.0", "1e2", "1E+2", "0.1", "1e400",
    "-1e400", "NaN", "Infinity", "-Infinity", "01", "+1", "9" * 19, "9" * 30, "9" * 5000, "-1",
    "1000000000000000", "1000000000000001", "9007199254740991", "9007199254740992", "1000001",
    '""', '"true"', '"1"', '" "', r'"\u0000"', r'"\ud800"', r'"\udc00\ud800"', r'"\u202e"', '"\\"',
    '"x', "[]", "{}", "[[]]", '[{"n":1}]', '{"a":1}', '{"a":1,"a":2}', "[" * 40 + "]" * 40,
    "[" * 2000 + "]" * 2000, '"' + "x" * 65 + '"', '"' + "😀" * 64 + '"', '"' + "é" * 5000 + '"',
    f'"{ID}"', f'"{ID.upper()}"', f'"urn:uuid:{ID}"', f'"{{{ID}}}"', f'"{ID}\\n"',
    '"' + ID.replace("-", "") + '"', '"' + ID.replace("0", "\\u0030") + '"',
    '"2026-11-25"', '"20261125"', '"2026-W48-3"', '"2026-02-29"', '"0001-01-01"', '"9999-12-31"',
    '"2026-11-25T00:00:00"', '"2026-11-25T10:00:00Z"', '"2026-11-25t10:00:00z"',
    '"2026-11-25 10:00:00Z"', '"2026-11-25T10:00:00.123456Z"', '"2026-11-25T10:00:00.1234567Z"',
    '"2026-11-25T10:00:00.999999999Z"', '"2026-11-25T10:00:00\\u002e999999999Z"',
    '"2026-11-25T10:00:00+0300"', '"2026-11-25T10:00:00+23:59"', '"2026-11-25T10:00:00-00:00"',
    '"2026-11-25T24:00:00Z"', '"2026-11-25T10:00:60Z"', '"0001-01-01T00:00:00+14:00"',
    '"1.29"', '"1."', '".5"', '"1e5"', '"-0"', '"-1.5"', '"1_0"', '"１"', '"1.1234567"',
    '"1234567890123"', '"1\\n"', "1.29", '"NaN"', '"Infinity"', '"1,5"', "tru", "", "'a'",
]  # fmt: skip

Tree = Any  # str: JSON text; list: JSON list; Pairs: JSON object whose keys may stand twice


class Pairs(list[tuple[str, Any]]):
    """A JSON object as pairs of key and tree."""


def document(schema: Schema, chance: random.Random) -> Pairs:
    """A valid document of ``schema``, in the order of its fields or any other."""
    pairs = Pairs()
    for key, field in schema.load_fields.items():
        if not field.required and chance.random() < 0.3:
            continue
        pairs.append((field.data_key or key, value_of(field, chance)))
    if chance.random() < 0.3:
        chance.shuffle(pairs)
    return pairs


def value_of(field: fields.Field[Any], chance: random.Random) -> Tree:
    """A value the field takes."""
    if field.allow_none and chance.random() < 0.2:
        return "null"
    if isinstance(field, fields.Nested):
        if not field.many:
            return document(field.schema, chance)
        return [document(field.schema, chance) for _ in range(chance.randrange(3))]
    if isinstance(field, fields.List):
        return [value_of(field.inner, chance) for _ in range(chance.randrange(3))]
    if isinstance(field, fields.Dict):
        keys = {text_of(field.key_field, chance) for _ in range(chance.randrange(3))}
        return Pairs((key, value_of(field.value_field, chance)) for key in sorted(keys))
    if isinstance(field, wire.AnyJson | wire.AsSent | fields.Raw):
        return chance.choice(["null", '{"a":[1,"x",null]}', "[]", '"x"', "1.5", "7"])
    if isinstance(field, Scalar):
        plain = chance.choice((wire.Flag(), wire.Whole(), wire.Text(at_most=field.at_most)))
        return value_of(plain, chance)
    if isinstance(field, fields.Boolean):
        return chance.choice(["true", "false"])
    if isinstance(field, fields.Integer):
        low, high = getattr(field, "low", 1), getattr(field, "high", 4)
        return str(chance.choice([low, high, chance.randint(low, high)]))
    return json.dumps(text_of(field, chance), ensure_ascii=chance.random() < 0.5)


def text_of(field: Any, chance: random.Random) -> str:
    """A text the field takes."""
    if isinstance(field, wire.Uuid):
        digits = f"{chance.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    if isinstance(field, wire.DecimalText):
        sign = "-" if "-?" in field.pattern and chance.random() < 0.5 else ""
        return sign + chance.choice(["0", "1.29", "12", "0.000001", "179.999999"])
    if isinstance(field, verify.DigestText | verify.HeldText):
        return f"{chance.randrange(10**4)}:{chance.getrandbits(64):016x}"
    if isinstance(field, photo.Sha256):
        return f"{chance.getrandbits(256):064x}"
    if isinstance(field, verify.SliceText):
        return f"{chance.getrandbits(32):08x}"[: chance.randint(0, 8)]
    if isinstance(field, wire.Choice):
        return chance.choice(field.words)
    if isinstance(field, wire.Day):
        return f"{chance.randint(1900, 2199)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    if isinstance(field, wire.Instant):
        fraction = chance.choice(["", ".5", ".123", ".123456", ".999999"])
        zone = chance.choice(["Z", "+00:00", "-00:00", "+03:00", "-11:30", "+14:00"])
        return (
            f"2026-{chance.randint(1, 12):02}-28T10:{chance.randint(0, 59):02}:03{fraction}{zone}"
        )
    if type(field) is fields.String:
        words = [v.choices for v in field.validators if isinstance(v, validate.OneOf)]
        return chance.choice([*words[0]] if words else ["a", "xyz"])
    at_least, at_most = getattr(field, "at_least", 1), min(getattr(field, "at_most", 8), 8)
    length = chance.randint(at_least, at_most)
    return "".join(chance.choice('ab:/"\\ é大😀1') for _ in range(length))


def written(tree: Tree) -> str:
    """The tree as JSON text, or as something that only looks like it."""
    if isinstance(tree, Pairs):
        return "{" + ",".join(f"{json.dumps(key)}:{written(inner)}" for key, inner in tree) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(written(inner) for inner in tree) + "]"
    return str(tree)


def spoil(tree: Tree, chance: random.Random) -> None:
    """Change one thing somewhere in the tree, in place."""
    places = list(_places(tree))
    if not places:
        return
    holder, at = chance.choice(places)
    old = holder[at][1] if isinstance(holder, Pairs) else holder[at]
    if isinstance(holder, Pairs) and chance.random() < 0.3:
        key = holder[at][0]
        match chance.randrange(4):
            case 0:
                del holder[at]
            case 1:
                holder.insert(chance.randrange(len(holder) + 1), (key, old))
            case 2:
                holder.append((key + "x", old))
            case 3:
                holder[at] = (key.upper(), old)
        return
    if isinstance(old, str) and chance.random() < 0.4:
        new = _retyped(old, chance)
    elif isinstance(old, list) and not isinstance(old, Pairs) and chance.random() < 0.5:
        new = old * chance.choice([0, 2, 600])
    else:
        new = chance.choice(NASTY)
    holder[at] = (holder[at][0], new) if isinstance(holder, Pairs) else new


def _places(tree: Tree) -> Any:
    if isinstance(tree, Pairs):
        for at, (_, inner) in enumerate(tree):
            yield tree, at
            yield from _places(inner)
    elif isinstance(tree, list):
        for at, inner in enumerate(tree[:5]):
            yield tree, at
            yield from _places(inner)


def _retyped(text: str, chance: random.Random) -> str:
    """One character of a leaf dropped, doubled or replaced, as by a slip of the finger."""
    at = chance.randrange(len(text)) if text else 0
    slip = chance.choice(["", text[at : at + 1] * 2, "0", "9", "Z", "+", ".", " ", "a", "A", r"\n"])
    return text[:at] + slip + text[at + 1 :]
