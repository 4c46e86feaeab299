"""Fast decoders for the wire, generated from the marshmallow schemas.

marshmallow is the contract: it defines each message, feeds OpenAPI and writes the error words. It
also takes about 50 microseconds a line, so a day's batch would cost its server a blink of work per
rep. ``compiled(schema)`` therefore builds a msgspec struct and decoder that say the same in C, some
thirty times faster, and keeps marshmallow for the messages the fast decoder refuses:

    shape = compiled(OrderBody)
    struct, errors = shape.accept(raw)      # exactly one of them is None

The duty is one-sided: what the fast decoder accepts, marshmallow accepts with an equal value. What
it refuses, marshmallow decides and explains; should marshmallow accept it, the caller still gets
the same struct type. A schema feature this file does not know is an error at import, so that no
rule of the contract can be left out of the fast path in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, missing, validate

from schemas import fields as wire
from schemas.spelled import Spelled
from schemas.told import told

Build = Callable[[Any], Any]


class Unknown(TypeError):
    """A schema uses something the compiler cannot promise to decode in the same way."""


class Compiled:
    """One schema's struct type, decoder, and way back to marshmallow's words.

    ``msgspec.json.encode`` writes a struct under the schema's own keys, unset fields left out.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.struct, self._build = _struct_of(schema, ())
        self._decoder = msgspec.json.Decoder(self.struct, dec_hook=_read)

    def decode(self, raw: bytes | msgspec.Raw) -> Any:
        """JSON -> struct on the fast path only.

        Errors: ``msgspec.MsgspecError``, ``UnicodeDecodeError``, ``RecursionError``.
        """
        return self._decoder.decode(raw)

    def accept(self, raw: bytes | msgspec.Raw) -> tuple[Any, list[dict[str, str]] | None]:
        """JSON -> (struct, None), or (None, errors as ``{"path": "lines.3.quantity", "says":
        "must be a whole number"}``, at most twenty). Raises nothing.
        """
        try:
            return self._decoder.decode(raw), None
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return self._decide(raw)

    def _decide(self, raw: bytes | msgspec.Raw) -> tuple[Any, list[dict[str, str]] | None]:
        try:
            value = msgspec.json.decode(raw)
        except UnicodeDecodeError:
            return None, [{"path": "", "says": "is not UTF-8"}]
        except (msgspec.MsgspecError, RecursionError) as refusal:
            return None, [{"path": "", "says": f"cannot be read: {refusal}"[:200]}]
        try:
            return self._build(self.schema.load(value)), None
        except ValidationError as refusal:
            return None, told(refusal.messages, self.schema)


@cache
def compiled(schema: type[Schema] | Schema) -> Compiled:
    """The fast decoder of ``schema``, made once. ``Unknown`` if the compiler cannot promise it."""
    return Compiled(schema() if isinstance(schema, type) else schema)


def _read(marker: type, value: Any) -> Any:
    """msgspec's hook for types it does not know: the markers of ``spelled.py``."""
    if isinstance(marker, Spelled):
        return marker.read(value)
    raise NotImplementedError(f"no reader for {marker!r}")


# --- from schema to struct -----------------------------------------------------------------------


def _struct_of(schema: Schema, inside: tuple[type[Schema], ...]) -> tuple[type[Any], Build]:
    """A struct type for ``schema`` and the function that builds it from a loaded dict."""
    _check_schema(schema, inside)
    columns: list[tuple[str, Any, Any]] = []
    renamed: dict[str, str] = {}
    builds: dict[str, Build] = {}
    for key, field in schema.load_fields.items():
        name = field.attribute or key
        if not name.isidentifier() or name in builds:
            raise Unknown(f"{type(schema).__name__}.{key}: {name!r} cannot name a struct field")
        try:
            fast, build = _type_of(field, (*inside, type(schema)))
        except Unknown as why:
            raise Unknown(f"{type(schema).__name__}.{key}: {why}") from None
        if field.allow_none:
            fast, build = _or_none(fast, build)
        renamed[name] = field.data_key if field.data_key is not None else key
        builds[name] = build
        fast, default = _default_of(field, fast)
        columns.append((name, fast, default))
    struct = msgspec.defstruct(
        type(schema).__name__.removesuffix("Schema"),
        columns,
        rename=renamed,
        forbid_unknown_fields=schema.unknown == RAISE,
        kw_only=True,
        frozen=True,
        gc=False,  # trees of plain values: no cycles, so nothing for the collector to look at
    )

    def built(loaded: Mapping[str, Any]) -> Any:
        return struct(**{name: builds[name](one) for name, one in loaded.items()})

    return struct, built


def _check_schema(schema: Schema, inside: tuple[type[Schema], ...]) -> None:
    name = type(schema).__name__
    if type(schema) in inside:
        raise Unknown(f"{name} contains itself: its depth would have no bound")
    if schema.unknown not in (RAISE, EXCLUDE):
        raise Unknown(f"{name}: unknown fields must raise or be left out")
    if schema.partial or (schema.many and not inside):
        raise Unknown(f"{name}: must be neither many nor partial")
    hooks = [each for each, found in schema._hooks.items() if found]
    if hooks:
        raise Unknown(f"{name}: the fast path would skip its {', '.join(hooks)}")
    for method in ("load", "_do_load", "_deserialize", "handle_error", "set_class"):
        if getattr(type(schema), method) is not getattr(Schema, method):
            raise Unknown(f"{name}: the fast path would skip its own {method}")


def _default_of(field: fields.Field[Any], fast: Any) -> tuple[Any, Any]:
    """The type and the msgspec default of a field: required, defaulted, or absent when absent."""
    if field.required:
        return fast, msgspec.NODEFAULT
    default = field.load_default
    if default is missing:
        return fast | msgspec.UnsetType, msgspec.UNSET
    if callable(default):
        return fast, msgspec.field(default_factory=default)
    if isinstance(default, list | dict | set):
        return fast, msgspec.field(default_factory=lambda: default.copy())
    return fast, default


def _or_none(fast: Any, build: Build) -> tuple[Any, Build]:
    if fast is msgspec.Raw:
        raise Unknown("JSON of any shape has its own null; it cannot allow none besides")
    if fast is Any:
        return fast, build

    def build_or_none(one: Any) -> Any:
        return None if one is None else build(one)

    return fast | None, build_or_none


def _as_it_is(one: Any) -> Any:
    return one


def _type_of(field: fields.Field[Any], inside: tuple[type[Schema], ...]) -> tuple[Any, Build]:
    """The msgspec type of one field (none and default aside), and its builder."""
    if field.pre_load or field.post_load:
        raise Unknown("the fast path would skip its pre_load or post_load")
    kind = type(field)
    if isinstance(field, fields.Nested) and kind in (fields.Nested, wire.Many):
        return _nested_type(field, inside)
    if isinstance(field, fields.List) and kind in (fields.List, wire.Listed):
        return _list_type(field, inside)
    if isinstance(field, fields.Dict) and kind in (fields.Dict, wire.Mapped):
        return _dict_type(field, inside)
    if _speaks_for_itself(kind):
        extra = [v for v in field.validators if not isinstance(field, wire.Choice)]
        if extra:
            raise Unknown(f"{kind.__name__} takes no further validators")
        return field.fast_type(), _as_it_is  # type: ignore[attr-defined]
    if kind is fields.String:
        return _constrained(str, field.validators), _as_it_is
    if kind is fields.Integer and getattr(field, "strict", False):
        return _constrained(int, field.validators), _as_it_is
    if kind is fields.Boolean:
        return _constrained(bool, field.validators), _as_it_is
    if kind is fields.Raw and field.allow_none and not field.validators:
        return Any, _as_it_is
    raise Unknown(
        f"no fast form of {kind.__name__} (an Integer must be strict, a Raw must allow none)"
    )


def _speaks_for_itself(kind: type) -> bool:
    """Whether ``fast_type`` was written for the very ``_deserialize`` the field uses: a subclass
    that changes only the second would silently be laxer on the fast path.
    """
    if not hasattr(kind, "fast_type"):
        return False
    order = kind.__mro__
    fast = next(at for at, one in enumerate(order) if "fast_type" in vars(one))
    slow = next(at for at, one in enumerate(order) if "_deserialize" in vars(one))
    return fast <= slow


def _nested_type(field: fields.Nested, inside: tuple[type[Schema], ...]) -> tuple[Any, Build]:
    if field.unknown not in (None, field.schema.unknown):
        raise Unknown("a nested field may not change what happens to unknown fields")
    if field.schema.many and not field.many:
        raise Unknown("write Nested(many=True), not a schema that is many")
    struct, build = _struct_of(field.schema, inside)
    if not field.many:
        return _constrained(struct, field.validators), build
    return _sized(list[struct], field), lambda rows: [build(row) for row in rows]  # type: ignore[valid-type]


def _list_type(field: fields.List[Any], inside: tuple[type[Schema], ...]) -> tuple[Any, Build]:
    inner, build = _type_of(field.inner, inside)
    if field.inner.allow_none:
        inner, build = _or_none(inner, build)
    return _sized(list[inner], field), lambda rows: [build(row) for row in rows]  # type: ignore[valid-type]


def _dict_type(field: fields.Dict, inside: tuple[type[Schema], ...]) -> tuple[Any, Build]:
    if field.key_field is None or field.value_field is None:
        raise Unknown("a Dict needs a field for its keys and one for its values")
    keys, _ = _type_of(field.key_field, inside)
    values, build = _type_of(field.value_field, inside)
    if field.value_field.allow_none:
        values, build = _or_none(values, build)
    fast = _sized(dict[keys, values], field)  # type: ignore[valid-type]
    return fast, lambda pairs: {key: build(one) for key, one in pairs.items()}


def _sized(fast: Any, field: Any) -> Any:
    """``fast`` with the bound that our own lists and maps carry."""
    at_most = getattr(field, "at_most", None)
    if at_most is not None:
        fast = Annotated[fast, msgspec.Meta(max_length=at_most)]
    return _constrained(fast, field.validators)


def _constrained(fast: Any, validators: list[Any]) -> Any:
    """``fast`` with the limits of marshmallow's own validators."""
    for each in validators:
        if type(each) is validate.Length:
            low, high = (each.equal, each.equal) if each.equal is not None else (each.min, each.max)
            fast = Annotated[fast, msgspec.Meta(min_length=low, max_length=high)]
        elif type(each) is validate.Range:
            low, high = each.min, each.max
            if fast is bool or not all(one is None or type(one) is int for one in (low, high)):
                raise Unknown("a Range must have whole bounds on a whole number")
            sides = {"ge" if each.min_inclusive else "gt": low}
            sides["le" if each.max_inclusive else "lt"] = high
            fast = Annotated[fast, msgspec.Meta(**sides)]
        elif type(each) is validate.Regexp:
            shape = str(each.regex.pattern)
            plain_flags = each.regex.flags == re.compile("").flags
            if not (shape.startswith(r"\A") and shape.endswith(r"\Z") and plain_flags):
                raise Unknown(r"a Regexp must be anchored by \A and \Z and have no flags")
            fast = Annotated[fast, msgspec.Meta(pattern=shape)]
        elif type(each) is validate.OneOf and len(validators) == 1 and fast in (str, int):
            fast = Literal[tuple(each.choices)]
        else:
            raise Unknown(f"no fast form of the validator {each!r} here")
    return fast
