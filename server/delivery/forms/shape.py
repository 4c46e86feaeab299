"""What a form of files can do, what came in with a file, and the totals both sides check. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from server.delivery.document import OutgoingOrder
from sync.delivery.status import StatusUpdate


class Unwritable(Exception):
    """An order that this form has no document for; the text tells the office why."""


class Unfinished(Exception):
    """The file ends too early: it may still be being written. The text says what is missing."""


class Damaged(Exception):
    """The file is whole and makes no sense; the text tells the office what is wrong with it."""


@dataclass(frozen=True)
class Said:
    """What a file says about one order: an acknowledgement (`answer`), or why it is refused.

    answer: the JSON value of an acknowledgement as over HTTP (see document.py).
    """

    order: str
    revision: int
    answer: Mapping[str, Any]
    refused: str = ""


@dataclass(frozen=True)
class Incoming:
    """Everything one file says."""

    said: tuple[Said, ...] = ()
    updates: tuple[StatusUpdate, ...] = ()


@dataclass(frozen=True)
class Totals:
    """Control totals: quantity in eaches, value in minor units of the order's currency."""

    documents: int
    lines: int
    quantity: int
    value_minor: int


class Form(Protocol):
    """A form of documents in files."""

    suffix: str  # of outgoing names: ".json"

    def write(self, order: OutgoingOrder) -> bytes:
        """The whole file of one order; the same bytes on every call. Raises `Unwritable`."""
        ...

    def read(self, name: str, content: bytes, target: str) -> Incoming:
        """Read a file that came in. Raises `Unfinished` or `Damaged`; never anything else."""
        ...


def totals_of(order: OutgoingOrder) -> Totals:
    """The totals of a file that holds this one order."""
    lines = order.document["lines"]
    quantity = sum(line["quantity"] for line in lines)
    return Totals(1, len(lines), quantity, int(order.document["net_minor"]))


def text_of(content: bytes) -> str:
    """A file's text: UTF-8, with or without a byte order mark. Raises `Unfinished`, `Damaged`."""
    if not content.strip():
        raise Unfinished("the file is empty")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Damaged("the file is UTF-16; write it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Damaged(f"the file is not UTF-8 (byte {error.start}); write it as UTF-8") from None
    if "\0" in text:
        raise Damaged("the file holds NUL characters")
    return text


def add_up(kind: str, found: Mapping[str, int], told: Mapping[str, Any]) -> None:
    """Compare control totals: every one that was told must be the one found. Raises `Damaged`."""
    for name, value in told.items():
        if name not in found:
            raise Damaged(f"{kind} has no total of {name!r}, only {', '.join(found)}")
        if type(value) is not int or value != found[name]:
            raise Damaged(f"its total says {name} = {value!r}, and it holds {found[name]}")


def shown(error: Exception) -> str:
    """A decoding error as one short line."""
    return " ".join(str(error).split())[:200]


def json_of(text: str) -> Any:
    """The JSON value of a whole file. Raises `Unfinished` when it may only be cut off."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        if "truncated" in str(error):
            raise Unfinished(shown(error)) from None
        raise Damaged(f"no JSON: {shown(error)}") from None
    except RecursionError:
        raise Damaged("no JSON: nested too deeply") from None
