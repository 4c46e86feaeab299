"""The one strict reader in front of everything a stranger sends: unpack, take apart, look closely.

PostgreSQL refuses NUL and lone surrogates, Python refuses 5,000-digit numbers, both would do so far
inside a transaction, and neither minds a key that stands twice. So all of that is refused here, by
name, before anything is decided. What is wrong with the request as a whole is a ``Problem``; what
is wrong inside one change is that change's fault alone:

    raw = inflate(request.stream, request.headers.get("Content-Encoding"), limit_bytes)
    envelope, changes = split_changes(raw)
    for each in changes: each.fault is None, or a code of PROBLEMS

The common case runs in C throughout: one pass to cut the batch into changes without reading them,
one to read each change, one to write it again in canonical form. The last serves twice, for the
hash that tells a repeat from a reused id, and to find keys that stand twice (see ``_look``).
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, NamedTuple

import msgspec

from schemas.packed import inflate as inflate
from schemas.problem import Problem
from schemas.torn import Torn, elements, members

CHANGE_LIMIT_BYTES = 1024 * 1024
MOST_CHANGES = 500
DEPTH_LIMIT = 32
PARTS_LIMIT = 20_000  # lists and objects in one change; the longest visit card has 2,000 lines
COLONS_LIMIT = 60_000  # about as many keys


# --- looking closely -----------------------------------------------------------------------------

_SKIP = msgspec.json.Decoder(msgspec.Raw)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_NOT_A_NUMBER = re.compile(rb"[:\[,]\s*[-+]?(?:NaN|Infinity)|\A\s*[-+]?(?:NaN|Infinity)")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def check_json(raw: bytes) -> Any:
    """A JSON document that stands alone (a pull, an enrolment) -> its plain value.

    ``Problem`` with the code of what is wrong: not_json, not_utf8, too_deep, duplicate_key,
    number_out_of_range, lone_surrogate, nul_character.
    """
    value, _, fault = _look(raw)
    if fault is not None:
        raise _problem(fault)
    return value


def _problem(fault: str, detail: str | None = None) -> Problem:
    """The problem of a request, or of its envelope, that has a fault of the kind changes have."""
    return Problem("body_too_large" if fault == "change_too_large" else fault, detail)


def body_hash(raw: bytes | msgspec.Raw) -> bytes:
    """16 bytes that are equal for two spellings of one JSON value (order of keys, blanks, escapes)
    and differ otherwise: BLAKE2b of the canonical form. ``raw`` must have passed ``strict``.
    """
    return hash_of(msgspec.json.decode(raw))


def hash_of(value: Any) -> bytes:
    """As ``body_hash``, of a value already read."""
    return hashlib.blake2b(canonical(value), digest_size=16).digest()


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value: keys sorted, no blanks, shortest numbers, UTF-8."""
    return msgspec.json.encode(value, order="sorted")


def _look(raw: bytes) -> tuple[Any, bytes, str | None]:
    """Read one document -> (value, canonical form, None) or (None, b"", code of its fault). Of an
    object with a ``body`` the canonical form is that of the body alone, which is what is hashed.

    Keys that stand twice: every decoder keeps the last in silence. But whatever it dropped held at
    least the colon after the key, so a document without such keys has as many colons as its
    canonical form, where each text stands with the same colons as before. Only an escaped colon
    could hide one, so a document with ``\\u003a`` is read again the slow way.
    """
    parts, colons = raw.count(b"{") + raw.count(b"["), raw.count(b":")
    if len(raw) > CHANGE_LIMIT_BYTES or parts > PARTS_LIMIT or colons > COLONS_LIMIT:
        return None, b"", _why_not(raw) or "change_too_large"
    try:
        value = msgspec.json.decode(raw)
        if type(value) is dict and "body" in value:
            spelled = canonical(value["body"])
            rest = canonical({**value, "body": None})
        else:
            spelled, rest = canonical(value), b""
    except UnicodeDecodeError:
        return None, b"", "not_utf8"
    except RecursionError:
        return None, b"", "too_deep"
    except msgspec.MsgspecError as refusal:
        return None, b"", _why(raw, str(refusal))
    if parts > DEPTH_LIMIT and _is_deep(value):
        return None, b"", "too_deep"
    escapes = b"\\u" in raw
    same_colons = colons == spelled.count(b":") + rest.count(b":")
    if (not same_colons or (escapes and b"\\u003" in raw)) and _has_twins(raw):
        return None, b"", "duplicate_key"
    if escapes and (_NUL.search(spelled) or _NUL.search(rest)):
        return None, b"", "nul_character"
    return value, spelled, None


def _why_not(raw: bytes) -> str | None:
    """The code for a document that cannot be read, found without building it; None if it can."""
    try:
        _SKIP.decode(raw)
    except RecursionError:
        return "too_deep"
    except msgspec.MsgspecError as refusal:
        return _why(raw, str(refusal))
    return None


def _why(raw: bytes, refusal: str) -> str:
    """The code for a document msgspec cannot read."""
    if "out of range" in refusal or _NOT_A_NUMBER.search(raw):
        return "number_out_of_range"
    if _SURROGATE.search(raw):
        return "lone_surrogate"
    return "not_json"


class _Twins(Exception):
    """A key stands twice."""


def _has_twins(raw: bytes) -> bool:
    def once(pairs: list[tuple[str, Any]]) -> None:
        if len({key for key, _ in pairs}) != len(pairs):
            raise _Twins

    try:
        json.loads(raw, object_pairs_hook=once, parse_int=len, parse_float=len)
    except _Twins:
        return True
    except RecursionError:  # the value has few levels, so what is this deep was dropped: a twin
        return True
    return False


def _is_deep(value: Any) -> bool:
    """Whether ``value`` nests deeper than ``DEPTH_LIMIT``; walks level by level, no recursion."""
    level = [value]
    for _ in range(DEPTH_LIMIT):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return False
    return True


# --- a batch -------------------------------------------------------------------------------------

_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_N = re.compile(rb"\A[1-9][0-9]{0,15}\Z")
_ID = re.compile(rb"\A\"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\"\Z")


class ChangeRaw(NamedTuple):
    """One change as it came. ``fault`` is None or the code of PROBLEMS that makes it unreadable.

    ``n`` and ``id`` are what could be made out, also of an unreadable change, so that its verdict
    can name it. ``hash`` is 16 bytes over the body in canonical form (of an unreadable change: over
    its bytes); a repeat has the same, another body under the same id has not.
    """

    raw: bytes
    fault: str | None
    n: int | None
    id: str | None
    hash: bytes


class Split(NamedTuple):
    """A push taken apart: the envelope with ``changes`` empty, and the changes one by one."""

    envelope: dict[str, Any]
    changes: list[ChangeRaw]


def split_changes(raw: bytes) -> Split:
    """Take a push apart; each change is looked at on its own.

    ``Problem`` only for the envelope: not_json and its neighbours, envelope_invalid (with
    ``errors``), batch_too_large.
    """
    try:
        parts, changes = _cut(raw)
    except UnicodeDecodeError as refusal:
        raise Problem("not_utf8") from refusal
    except (msgspec.MsgspecError, RecursionError):
        parts, changes = _cut_torn(raw)
    if len(changes) > MOST_CHANGES:
        raise Problem("batch_too_large", f"At most {MOST_CHANGES} changes are read at a time.")
    envelope: dict[str, Any] = {}
    for key, part in parts.items():
        value, _, fault = _look(part)
        if fault is not None:
            raise _problem(fault, f"In the envelope's {key[:40]!r}.")
        envelope[key] = value
    envelope["changes"] = []
    return Split(envelope, [_change(each) for each in changes])


def _cut(raw: bytes) -> tuple[dict[str, bytes], list[bytes]]:
    """Envelope and changes, undecoded, by msgspec: it checks brackets and escapes and skips."""
    parts = {key: bytes(part) for key, part in _OBJECT.decode(raw).items()}
    colons = sum(key.count(":") + 1 + part.count(b":") for key, part in parts.items())
    if raw.count(b":") != colons:
        raise Problem("duplicate_key", "In the envelope.")
    changes = parts.pop("changes", None)
    if changes is None or not changes.startswith(b"["):
        raise _no_changes()
    return parts, [bytes(each) for each in _LIST.decode(changes)]


def _cut_torn(raw: bytes) -> tuple[dict[str, bytes], list[bytes]]:
    """The same for a batch with something unreadable in it. ``Problem`` if it cannot be cut."""
    try:
        found = members(raw)
        parts = {key.decode(): part for key, part in found}
        if len(parts) != len(found):
            raise Problem("duplicate_key", "In the envelope.")
        changes = parts.pop("changes", b"")
        if not changes.startswith(b"["):
            raise _no_changes()
        return parts, elements(changes, MOST_CHANGES)
    except UnicodeDecodeError as refusal:
        raise Problem("not_utf8", "In the envelope.") from refusal
    except Torn as torn:
        fault = _why_not(raw)
        if fault is None:
            says = [{"path": "", "says": "must be an object"}]
            raise Problem("envelope_invalid", errors=says) from torn
        raise _problem(fault, f"The message cannot be taken apart: {torn}.") from torn


def _no_changes() -> Problem:
    says = [{"path": "changes", "says": "must be a list of changes"}]
    return Problem("envelope_invalid", errors=says)


def _change(raw: bytes) -> ChangeRaw:
    value, spelled, fault = _look(raw)
    if fault is not None:
        return _unreadable(raw, fault)
    named = value if type(value) is dict else {}
    n, known = named.get("n"), named.get("id")
    return ChangeRaw(
        raw,
        None,
        n if type(n) is int and 0 < n < 10**16 else None,
        known if type(known) is str and _ID.match(b'"%s"' % known.encode()) else None,
        hashlib.blake2b(spelled, digest_size=16).digest(),
    )


def _unreadable(raw: bytes, fault: str) -> ChangeRaw:
    """A change that cannot be read, with the n and id that can still be made out."""
    try:
        found = members(raw)
    except Torn:
        found = []
    ns = {part for key, part in found if key == b"n"}
    ids = {part for key, part in found if key == b"id"}
    n = ns.pop() if len(ns) == 1 else b""
    known = ids.pop() if len(ids) == 1 else b""
    return ChangeRaw(
        raw,
        fault,
        int(n) if _N.match(n) else None,
        known[1:-1].decode() if _ID.match(known) else None,
        hashlib.blake2b(raw, digest_size=16).digest(),
    )
