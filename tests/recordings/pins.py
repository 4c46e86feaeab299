"""The wire of each version as one hash a message and kind, so that no shape changes by accident.

Of versions before the newest it is what today's code makes of them (schemas/versions.py): their
columns, and the messages a handheld sends with the names of then.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields

from schemas.page import EnrolAnswer, Page, ReceiptsAnswer
from schemas.verdict import PushAnswer
from schemas.verify import VerifyAnswer
from schemas.versions import name_at, parts_at, rows_at
from schemas.wire import BODIES, WIRE

PINS = Path(__file__).parent / "pins.json"
ANSWERS: dict[str, type[Schema]] = {
    "answer of enrol": EnrolAnswer,
    "answer of push": PushAnswer,
    "answer of pull": Page,
    "answer of receipts": ReceiptsAnswer,
    "answer of verify": VerifyAnswer,
}
_PLAIN = (str, int, float, bool, type(None), tuple)


def wire_of(version: int) -> dict[str, str]:
    """Name of a message or kind -> hash of its shape in a version."""
    found = {f"rows of {kind}": [*columns] for kind, columns in rows_at(version).items()}
    shapes: dict[str, Any] = {name: of_schema(shape) for name, shape in (WIRE | ANSWERS).items()}
    for kind, act in BODIES:
        shapes[f"{kind}.{act}"] = _renamed(kind, shapes[f"{kind}.{act}"], version)
    parts = {f"{kind}.{name}": [*columns] for (kind, name), columns in parts_at(version).items()}
    return {name: _hash(shape) for name, shape in {**found, **parts, **shapes}.items()}


def _renamed(kind: str, shape: dict[str, Any], version: int) -> dict[str, Any]:
    named = {name_at(kind, name, version): of for name, of in shape.items()}
    return {name: of for name, of in named.items() if name is not None}


def of_schema(shape: Schema | type[Schema]) -> dict[str, Any]:
    """A schema as plain data: each field with all that it asks for."""
    made = shape() if isinstance(shape, type) else shape
    return {name: _of_field(one) for name, one in made.fields.items()}


def _of_field(one: fields.Field[Any]) -> dict[str, Any]:
    """A field: its class, and whatever plain it was made with."""
    told: dict[str, Any] = {"is": type(one).__name__}
    for name in ("required", "allow_none", "data_key"):
        told[name] = getattr(one, name)
    told |= {
        name: repr(value)
        for name, value in vars(one).items()
        if isinstance(value, _PLAIN) and not name.startswith("_") and name not in _OF_PYTHON
    }
    if isinstance(one, fields.Nested):
        told["of"] = of_schema(one.schema)
    if isinstance(one, fields.List):
        told["of"] = _of_field(one.inner)
    if isinstance(one, fields.Dict) and one.value_field is not None:
        told["of"] = _of_field(one.value_field)
    return told


_OF_PYTHON = frozenset(("attribute", "name", "parent", "load_only", "dump_only", "many", "only"))


def _hash(shape: Any) -> str:
    return sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:16]


def pinned_wire() -> dict[str, dict[str, str]]:
    """Version -> what its wire was when it was pinned."""
    found: dict[str, dict[str, str]] = json.loads(PINS.read_text()) if PINS.exists() else {}
    return found


def pin(version: int) -> None:
    """Write down the wire of a version. Never again for one that handhelds in the field speak."""
    kept = pinned_wire() | {str(version): wire_of(version)}
    PINS.write_text(json.dumps(kept, indent=1) + "\n")


def changed(version: int, kept: dict[str, str]) -> list[str]:
    """Messages and kinds of a version that are not what was pinned."""
    now = wire_of(version)
    return sorted(name for name in kept.keys() | now.keys() if kept.get(name) != now.get(name))
