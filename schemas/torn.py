"""Cut a damaged JSON text into its parts, so that one unreadable change never costs the others.

A decoder stops at the first fault: a NaN or half a surrogate in one change, or one nested a hundred
thousand deep, and the whole batch is "not JSON". This scanner knows only texts in quotes and
brackets. As long as those pair up it finds where each member of the outer object and each element
of ``changes`` begins and ends; the strict reader then says which of them is unreadable, and why.

It never recurses, runs over texts and numbers inside one regular expression, and gives up on a
message with more brackets than an honest one has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

BRACKETS_LIMIT = 400_000
"""A full batch of 500 changes with 20 lines each has about 25,000."""

MEMBERS_LIMIT = 100
"""An honest envelope or change has about ten."""

_BLANKS = re.compile(rb"[ \t\n\r]*+")
# Only classes of bytes are possessive, never groups: before Python 3.11.5 `re` gets those wrong.
_QUOTED = rb'"[^"\\]*+(?:\\.[^"\\]*+)*"'
_TEXT = re.compile(_QUOTED, re.DOTALL)
_PLAIN = re.compile(rb'[^ \t\n\r,:\[\]{}"]++')
_FLAT = rb'[^"\[\]{}]*+(?:' + _QUOTED + rb'[^"\[\]{}]*+)*'  # anything but brackets
_TO_BRACKETS = re.compile(  # skips texts, numbers and innermost lists and objects in one go
    _FLAT + rb"(?:(?:\{" + _FLAT + rb"\}|\[" + _FLAT + rb"\])" + _FLAT + rb")*"
    + rb"(?:([\[{]++)|([\]}]++))",
    re.DOTALL,
)  # fmt: skip


class Torn(ValueError):
    """The text cannot be cut: quotes or brackets do not pair up, or there are far too many."""


def members(raw: bytes) -> list[tuple[bytes, bytes]]:
    """The outer object as (key as written between its quotes, value as written), twins and all."""
    found = list(islice(_spans(raw, b"{", b"}"), MEMBERS_LIMIT + 1))
    if len(found) > MEMBERS_LIMIT:
        raise Torn("far too many keys")
    return [(raw[key:colon], raw[start:end]) for key, colon, start, end in found]


def elements(raw: bytes, at_most: int) -> list[bytes]:
    """The outer list's elements as written; stops reading after ``at_most`` + 1 of them."""
    found = islice(_spans(raw, b"[", b"]"), at_most + 1)
    return [raw[start:end] for _, _, start, end in found]


def _spans(raw: bytes, opening: bytes, closing: bytes) -> Iterator[tuple[int, int, int, int]]:
    """The parts of the outer object or list, which must be the whole of ``raw``: begin and end of
    the key inside its quotes (of a list: 0, 0), begin and end of the value.
    """
    if raw.count(b"{") + raw.count(b"[") > BRACKETS_LIMIT:
        raise Torn("far too many brackets")
    at = _after_blanks(raw, 0)
    if raw[at : at + 1] != opening:
        raise Torn(f"does not begin with {opening.decode()}")
    at = _after_blanks(raw, at + 1)
    while raw[at : at + 1] != closing:
        key = (0, 0)
        if opening == b"{":
            end = _text_end(raw, at)
            key, at = (at + 1, end - 1), _after_blanks(raw, end)
            if raw[at : at + 1] != b":":
                raise Torn("a colon is missing")
            at = _after_blanks(raw, at + 1)
        end = _value_end(raw, at)
        yield (*key, at, end)
        at = _after_blanks(raw, end)
        if raw[at : at + 1] == b",":
            at = _after_blanks(raw, at + 1)
        elif raw[at : at + 1] != closing:
            raise Torn("a comma or the end is missing")
    if _after_blanks(raw, at + 1) != len(raw):
        raise Torn("something follows the end")


def _after_blanks(raw: bytes, at: int) -> int:
    found = _BLANKS.match(raw, at)
    return found.end() if found else at


def _text_end(raw: bytes, at: int) -> int:
    found = _TEXT.match(raw, at)
    if found is None:
        raise Torn("a text has no end")
    return found.end()


def _value_end(raw: bytes, at: int) -> int:
    """Where the value that begins at ``at`` ends."""
    first = raw[at : at + 1]
    if first == b'"':
        return _text_end(raw, at)
    if first not in (b"{", b"["):
        found = _PLAIN.match(raw, at)
        if found is None:
            raise Torn("a value is missing")
        return found.end()
    depth, at = 1, at + 1
    while True:
        found = _TO_BRACKETS.match(raw, at)
        if found is None:
            raise Torn("a bracket is not closed")
        opened, closed = found.span(1), found.span(2)
        if opened[0] >= 0:
            depth += opened[1] - opened[0]
        elif depth > closed[1] - closed[0]:
            depth -= closed[1] - closed[0]
        else:
            return closed[0] + depth
        at = found.end()
