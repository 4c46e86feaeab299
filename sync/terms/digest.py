"""Digests: how a server and a handheld find out that they hold the same rows without sending them.

A row's hash is 64 bits of BLAKE2b over its kind and values, spelled in one way only (`canonical`).
A digest of any set of rows is how many they are and the sum of their hashes, modulo 2^64: sums do
not hang on an order, and those of parts add up to that of the whole. A set is cut into slices by
the hexadecimal digits of the SHA-256 of "kind/id", sixteen at a time, so that each side finds the
same slices by itself, and a database can pick out one without reading the rest.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from hashlib import blake2b, sha256
from typing import Any, NamedTuple

import msgspec

MODULUS = 1 << 64
DIGITS = "0123456789abcdef"
DEEPEST = 8
"""Digits a slice is named by at most: sixteen to the eighth is more than anybody carries."""

_encode = msgspec.json.Encoder(order="sorted").encode
_ODD_NUMBER = re.compile(rb"[\[,:]-?[0-9]+(?:\.0[,\]}]|(?:\.[0-9]+)?e)")
"""A number that looks as if it were spelled otherwise than `canonical` wants it."""


class Digest(NamedTuple):
    """How many rows there are, and the sum of their hashes."""

    rows: int = 0
    sum: int = 0

    def __add__(self, other: Any) -> "Digest":
        return Digest(self.rows + other.rows, (self.sum + other.sum) % MODULUS)

    def spelled(self) -> str:
        """As it travels: the count, a colon, the sum in sixteen hexadecimal digits."""
        return f"{self.rows}:{self.sum:016x}"


NOTHING = Digest()


def read_digest(spelled: str) -> Digest:
    """A digest as it travels. ValueError when it is none."""
    rows, _, sum_of = spelled.partition(":")
    return Digest(int(rows), int(sum_of, 16) % MODULUS)


def canonical(value: Any) -> bytes:
    """A JSON value spelled in the one way that is hashed, as UTF-8.

    No spaces. Keys of objects in the order of their code points. In texts only `"`, `\\` and the
    characters below U+0020 are escaped (as \\b \\t \\n \\f \\r where there is one, else \\u00xx).
    A whole number has neither point nor exponent, however it came; any other number has the fewest
    digits that read back as the same double, and never an exponent.
    """
    text = _encode(value)
    return _encode(_plain(value)) if _ODD_NUMBER.search(text) else text


def _plain(value: Any) -> Any:
    if type(value) is float:
        whole = value.is_integer()
        spelled = str(int(value)) if whole else format(Decimal(repr(value)), "f")
        return msgspec.Raw(spelled.encode())
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def row_hash(kind: str, values: Sequence[Any]) -> int:
    """The hash of a row: its values in the columns and the order of its schema version."""
    return int.from_bytes(blake2b(canonical([kind, *values]), digest_size=8).digest(), "big")


def key_digits(kind: str, id: str) -> str:
    """The digits that name the slices a row lies in, outermost first."""
    return sha256(f"{kind}/{id}".encode()).hexdigest()[:DEEPEST]
