"""XML from outside becomes a tree only when it is harmless, and plain enough to mean one thing.

The documents of the trade need none of XML's powers: no DTD, no entities of their own, no
inclusions, no processing instructions. Whoever sends one is refused, before the parser has looked
for anything: nothing is expanded, no file is opened, no address is called. And a value must stand
in its element alone: "1<!-- -->00" is one thing to one parser and another to the next.

Every refusal is a `Refusal` with a text for whoever has to talk to the sender.
"""

from __future__ import annotations

import re

from lxml import etree

from server.delivery.ubl.names import CAC, CBC, EXT

BYTES = 4 * 1024 * 1024
DEPTH = 40
ELEMENTS = 100_000
VALUE_CHARACTERS = 8_192
_BOM = b"\xef\xbb\xbf"
_DECLARATION = re.compile(rb"\A<\?xml\s+version=(['\"])1\.0\1(?:\s+encoding=(['\"])([\w.:-]+)\2)?")
_MARKUP = re.compile(rb"<!(?!--|\[CDATA\[)\s*([A-Za-z]*)")
_INSTRUCTION = re.compile(rb"<\?")


class Refusal(Exception):
    """The document is not taken; the text says why, in a form that may be shown."""


class CutOff(Refusal):
    """It ends before its last element does: it may still be being written."""


def parse(data: bytes, namespaces: frozenset[str]) -> etree._Element:
    """Parse one document whose root is in one of `namespaces`, or raise `Refusal`.

    At most `BYTES` long, `DEPTH` deep and `ELEMENTS` elements; UTF-8; only elements of UBL.
    """
    data = _plain(data)
    # Nothing below may look anywhere else, even if what was refused above slipped through.
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, dtd_validation=False, attribute_defaults=False,
        no_network=True, huge_tree=False, recover=False, remove_comments=False, remove_pis=False,
        strip_cdata=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        kind = CutOff if _ends_early(data) else Refusal
        raise kind(f"it is no well-formed XML: {_shown(error.msg)}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refusal("it has a document type declaration (DTD); none is allowed")
    if etree.QName(root).namespace not in namespaces:
        raise Refusal(f"its first element is no document that is expected here: {_shown(root.tag)}")
    _walk(root)
    return root


def _ends_early(data: bytes) -> bool:
    """Whether more bytes could still make it well-formed: so far every one of them fits."""
    parser = etree.XMLPullParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        parser.feed(data)
    except etree.XMLSyntaxError:
        return False
    return True


def _plain(data: bytes) -> bytes:
    """The bytes without their mark of encoding, when they are XML 1.0 in UTF-8 without extras."""
    if len(data) > BYTES:
        raise Refusal(f"it is longer than {BYTES // 1024} KiB")
    data = data.removeprefix(_BOM)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(f"it is not in UTF-8 (byte {error.start})") from None
    if b"\x00" in data:
        raise Refusal("it is not in UTF-8 (it holds zero bytes)")
    rest = data
    if data[:6].split() == [b"<?xml"]:
        declared = _DECLARATION.match(data)
        if declared is None:
            raise Refusal("its XML declaration is not that of XML 1.0")
        if (declared[3] or b"utf-8").lower() not in (b"utf-8", b"utf8"):
            raise Refusal(f"it declares the encoding {_shown(declared[3].decode())}, not UTF-8")
        rest = data[declared.end() :]
    if found := _MARKUP.search(rest):
        said = found[1].decode().upper()
        what = "a document type declaration (DTD)" if said == "DOCTYPE" else "a declaration"
        raise Refusal(f"it has {what}; none is allowed")
    if _INSTRUCTION.search(rest):
        raise Refusal("it has a processing instruction; none is allowed")
    return data


def _walk(root: etree._Element) -> None:
    """Refuse a tree that is too deep, too wide, or has anything in it but UBL's own elements."""
    allowed = {CAC, CBC, EXT, etree.QName(root).namespace}
    count, depth = 0, 0
    steps = etree.iterwalk(root, events=("start", "end", "pi"))
    for event, node in steps:
        if event == "end":
            depth -= 1
            continue
        if event == "pi":
            raise Refusal("it has a processing instruction; none is allowed")
        count, depth = count + 1, depth + 1
        if depth > DEPTH:
            raise Refusal(f"it is nested deeper than {DEPTH} elements")
        if count > ELEMENTS:
            raise Refusal(f"it has more than {ELEMENTS} elements")
        name = etree.QName(node)
        if name.namespace not in allowed:
            raise Refusal(f"it has an element that is not of UBL: {_shown(str(node.tag))}")
        if name.namespace == EXT:
            steps.skip_subtree()  # UBL's own place for anything at all; nothing here reads it
        else:
            _value(node, name)


def _value(node: etree._Element, name: etree.QName) -> None:
    """A basic element holds a value and nothing else; the others hold elements and no text."""
    if name.namespace == CBC:
        if len(node):
            split = isinstance(node[0], etree._Comment)
            what = "split by a comment" if split else "not plain text"
            raise Refusal(f"the value of {name.localname} is {what}")
        if len(node.text or "") > VALUE_CHARACTERS:
            raise Refusal(f"the value of {name.localname} is too long")
    elif (node.text or "").strip() or any((child.tail or "").strip() for child in node):
        raise Refusal(f"{name.localname} has text where only elements belong")


def _shown(text: object) -> str:
    """A piece of somebody else's text in one printable line."""
    plain = "".join(one if one.isprintable() else " " for one in str(text)[:400])
    return " ".join(plain.split())[:160]


# --- asking a tree -------------------------------------------------------------------------------


def all_of(node: etree._Element, *names: str) -> list[etree._Element]:
    """The elements down a path of local names; the last of them, or all, may be there many times.

    Names that begin with a lower-case letter do not exist in UBL; basic elements are looked for in
    their own namespace, aggregates in theirs.
    """
    found = [node]
    for name in names:
        found = [
            child
            for one in found
            for child in one
            if child.tag in (f"{{{CAC}}}{name}", f"{{{CBC}}}{name}")
        ]
    return found


def one_of(node: etree._Element, *names: str) -> etree._Element | None:
    """The one element at a path, None without it; `Refusal` when there are several."""
    found = all_of(node, *names)
    if len(found) > 1:
        raise Refusal(f"{'/'.join(names)} is there {len(found)} times")
    return found[0] if found else None


def text_of(node: etree._Element, *names: str) -> str:
    """The value at a path, without white space around it; "" when there is none."""
    found = one_of(node, *names)
    return "" if found is None else (found.text or "").strip()
