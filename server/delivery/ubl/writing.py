"""Elements with text in them, so that nobody builds XML out of strings.

XML 1.0 cannot carry every character that a text of ours may hold (a stray control character, half
of a surrogate pair): those become U+FFFD, because an order must not fail for one of them.
"""

from __future__ import annotations

import re
from decimal import Decimal

from lxml import etree

from server.delivery.ubl.names import CAC, CBC

_UNFIT = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fit(text: str) -> str:
    """The text as XML can carry it."""
    return _UNFIT.sub("\ufffd", text)


def document(namespace: str, name: str) -> etree._Element:
    """The first element of a document of UBL."""
    return etree.Element(
        f"{{{namespace}}}{name}",
        nsmap={None: namespace, "cac": CAC, "cbc": CBC},  # type: ignore[dict-item]
    )


def inside(node: etree._Element, *names: str) -> etree._Element:
    """A new chain of aggregates in `node`; returns the innermost."""
    for name in names:
        node = etree.SubElement(node, f"{{{CAC}}}{name}")
    return node


def put(node: etree._Element, name: str, value: object, **attributes: str) -> None:
    """A basic element with a value; nothing at all for None and for empty text."""
    text = "" if value is None else fit(str(value))
    if text:
        made = etree.SubElement(
            node, f"{{{CBC}}}{name}", {k: fit(v) for k, v in attributes.items()}
        )
        made.text = text


def money(minor: int, digits: int) -> str:
    """Minor units as decimal text: 1548 with 2 digits is "15.48"."""
    return f"{Decimal(minor).scaleb(-digits):f}"


def as_bytes(root: etree._Element) -> bytes:
    """The document in UTF-8 with its declaration; the same tree gives the same bytes."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
