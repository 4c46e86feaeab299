"""Every attack on a reader of XML is refused in words, and nothing is opened or called for it."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from server.delivery.ubl import documents, safe
from server.delivery.ubl.names import CAC, CBC, EXT, RESPONSE
from server.delivery.ubl.safe import Refusal
from tests.server.delivery.ubl.conftest import line, response, ubl_order
from tests.server.delivery.ubl.watched import WatchedAddress, WatchedFile

GOOD = response(ubl_order(), "CA", lines=[line(1, "3", "7", "5", note="half")])
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'


@pytest.fixture
def secret(tmp_path: Path) -> Iterator[WatchedFile]:
    watched = WatchedFile(tmp_path / "secret.txt")
    yield watched
    watched.close()


@pytest.fixture
def listening() -> Iterator[WatchedAddress]:
    watched = WatchedAddress()
    yield watched
    watched.close()


def refused(data: bytes) -> str:
    """The words of a refusal, which costs next to nothing: 2 s of one processor, 96 MiB."""
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began_s = time.thread_time()
    with pytest.raises(Refusal) as said:
        documents.read(data, "main")
    assert time.thread_time() - began_s < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 96 * 1024
    return str(said.value)


def with_dtd(dtd: str, number: str = "DS-1") -> bytes:
    """The good answer behind a document type declaration, its number replaced."""
    body = GOOD.replace(b"DS-000001", number.encode())
    return f"<!DOCTYPE OrderResponse {dtd}>".encode() + body


def test_the_answer_without_an_attack_is_taken() -> None:
    assert documents.read(GOOD, "main")
    assert documents.read(HEAD + GOOD, "main")
    assert documents.read(b"\xef\xbb\xbf" + HEAD + GOOD, "main")


# --- document types and entities -----------------------------------------------------------------


def test_a_document_type_alone_is_refused() -> None:
    assert "document type declaration (DTD)" in refused(with_dtd("[]"))
    assert "document type declaration (DTD)" in refused(
        with_dtd("").replace(b"DOCTYPE", b"DOCTYPE\n")
    )


def test_a_billion_laughs_are_refused() -> None:
    steps = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    assert "DTD" in refused(with_dtd(f'[<!ENTITY l0 "ha">{steps}]', "&l9;"))


def test_a_quadratic_blow_up_is_refused() -> None:
    long = "a" * 50_000
    assert "DTD" in refused(with_dtd(f'[<!ENTITY a "{long}">]', "&a;" * 5_000))


def test_an_external_entity_from_a_file_is_refused_and_the_file_is_not_opened(
    secret: WatchedFile,
) -> None:
    data = with_dtd(f'[<!ENTITY x SYSTEM "file://{secret.path}">]', "&x;")
    said = refused(data)
    assert "DTD" in said
    assert "a secret" not in said
    assert not secret.touched()
    secret.path.read_text()
    assert secret.touched()  # the watch does notice


def test_an_external_entity_from_the_network_is_refused_and_nobody_is_called(
    listening: WatchedAddress,
) -> None:
    assert "DTD" in refused(with_dtd(f'[<!ENTITY x SYSTEM "{listening.url}">]', "&x;"))
    assert "DTD" in refused(with_dtd(f'SYSTEM "{listening.url}"'))
    assert "DTD" in refused(with_dtd(f'PUBLIC "-//X//Y" "{listening.url}"'))
    assert not listening.called()
    host, _, port = listening.url.split("/")[2].partition(":")
    socket.create_connection((host, int(port))).close()
    assert listening.called()  # somebody is listening


def test_parameter_entities_are_refused_and_nothing_is_fetched(
    secret: WatchedFile, listening: WatchedAddress
) -> None:
    steps = (
        f'[<!ENTITY % f SYSTEM "file://{secret.path}"><!ENTITY % d SYSTEM "{listening.url}">'
        "%d;<!ENTITY % all \"<!ENTITY send SYSTEM '%f;'>\">%all;]"
    )
    assert "DTD" in refused(with_dtd(steps, "&send;"))
    assert not secret.touched()
    assert not listening.called()


def test_an_entity_that_nobody_declared_is_refused() -> None:
    assert "well-formed" in refused(GOOD.replace(b"DS-000001", b"&x;"))


def test_even_without_the_first_gate_the_parser_opens_nothing(
    secret: WatchedFile, listening: WatchedAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe, "_plain", lambda data: data)
    for where in (f"file://{secret.path}", listening.url):
        assert "DTD" in refused(with_dtd(f'[<!ENTITY x SYSTEM "{where}">]', "&x;"))
        assert "DTD" in refused(with_dtd(f'SYSTEM "{where}"'))
    assert not secret.touched()
    assert not listening.called()


# --- inclusions, instructions, schema locations --------------------------------------------------


def test_an_inclusion_is_refused_and_the_file_is_not_opened(secret: WatchedFile) -> None:
    include = (
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret.path}"'
        ' parse="text"/>'
    ).encode()
    said = refused(GOOD.replace(b"<cbc:ID>OR-77", include + b"<cbc:ID>OR-77"))
    assert "not of UBL" in said
    inside = refused(GOOD.replace(b">OR-77<", b">" + include + b"<"))
    assert "plain text" in inside
    assert not secret.touched()


@pytest.mark.parametrize("where", ["before", "inside", "in a value"])
def test_a_processing_instruction_is_refused(where: str) -> None:
    instruction = b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>'
    spoiled = {
        "before": instruction + GOOD,
        "inside": GOOD.replace(b"<cbc:ID>OR-77", instruction + b"<cbc:ID>OR-77"),
        "in a value": GOOD.replace(b"OR-77", b"OR" + instruction + b"-77"),
    }
    assert "processing instruction" in refused(spoiled[where])


def test_a_schema_location_is_not_followed(secret: WatchedFile, listening: WatchedAddress) -> None:
    hint = (
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{RESPONSE} {listening.url} x file://{secret.path}" xmlns='
    )
    assert documents.read(GOOD.replace(b"xmlns=", hint.encode(), 1), "main")
    assert not secret.touched()
    assert not listening.called()


# --- sizes ---------------------------------------------------------------------------------------


def test_a_document_that_is_too_long_is_refused_before_it_is_parsed() -> None:
    assert "longer than 4096 KiB" in refused(GOOD + b" " * safe.BYTES)


def test_elements_nested_too_deep_are_refused() -> None:
    for levels in (safe.DEPTH, 5_000, 150_000):
        deep = b"<cac:Party>" * levels + b"</cac:Party>" * levels
        said = refused(GOOD.replace(b"<cbc:ID>OR-77", deep + b"<cbc:ID>OR-77"))
        assert "nested deeper" in said or "well-formed" in said


def test_too_many_elements_are_refused() -> None:
    many = b"<cac:Contract/>" * (safe.ELEMENTS + 1)
    assert "more than" in refused(GOOD.replace(b"<cbc:ID>OR-77", many + b"<cbc:ID>OR-77"))


def test_a_value_that_is_too_long_is_refused() -> None:
    assert "too long" in refused(GOOD.replace(b"OR-77", b"x" * (safe.VALUE_CHARACTERS + 1)))


def test_many_attributes_are_read_by_nobody() -> None:
    crowd = b" ".join(b'a%d="x"' % n for n in range(20_000))
    assert documents.read(GOOD.replace(b"<cbc:ID>OR-77", b"<cbc:ID " + crowd + b">OR-77"), "main")


# --- encodings -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-7", "cp037", "latin-1"])
def test_an_answer_in_another_encoding_is_refused(encoding: str) -> None:
    text = GOOD.decode().replace("half", "hälfte")
    assert refused(f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding))


def test_a_declared_encoding_that_is_not_utf_8_is_refused() -> None:
    for name in (b"UTF-7", b"UTF-16", b"ISO-8859-1", b"windows-1252"):
        spoiled = HEAD.replace(b"UTF-8", name) + GOOD
        assert "declares the encoding" in refused(spoiled)


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    assert "not in UTF-8 (byte " in refused(GOOD.replace(b"half", b"h\xe4lf"))
    assert "not in UTF-8" in refused(GOOD.replace(b"half", b"\xed\xa0\x80"))
    assert "zero bytes" in refused(GOOD.replace(b"half", b"ha\x00f"))


def test_xml_1_1_and_half_documents_are_refused() -> None:
    assert "XML 1.0" in refused(HEAD.replace(b"1.0", b"1.1") + GOOD)
    for length in range(0, len(GOOD), 37):
        assert refused(GOOD[:length])


# --- values and names ----------------------------------------------------------------------------


def test_a_comment_that_splits_a_value_is_refused() -> None:
    assert "split by a comment" in refused(GOOD.replace(b">7<", b">1<!-- -->7<"))
    assert "split by a comment" in refused(GOOD.replace(b">7<", b"><!-- -->7<"))
    between = GOOD.replace(b"<cbc:ID>OR-77", b"<!-- made by hand --><cbc:ID>OR-77")
    assert documents.read(between, "main")


def test_elements_inside_a_value_are_refused() -> None:
    assert "plain text" in refused(GOOD.replace(b">7<", b">1<cbc:X/>7<"))


def test_text_between_elements_is_refused() -> None:
    assert "only elements belong" in refused(GOOD.replace(b"<cbc:ID>OR-77", b"9<cbc:ID>OR-77"))


def test_an_element_twice_is_refused() -> None:
    twice = GOOD.replace(
        b"<cbc:SalesOrderID>", b"<cbc:SalesOrderID>DS-2</cbc:SalesOrderID><cbc:SalesOrderID>"
    )
    assert "is there 2 times" in refused(twice)


def test_the_right_name_in_another_namespace_is_refused() -> None:
    for evil in (b'xmlns:cbc="urn:evil"', b'xmlns:cbc=""', b'xmlns:cbc="' + CBC.encode() + b'#"'):
        assert refused(GOOD.replace(b"<cbc:ID>OR-77", b"<cbc:ID " + evil + b">OR-77"))
    swapped = GOOD.replace(CAC.encode(), b"CAC").replace(CBC.encode(), CAC.encode())
    assert refused(swapped.replace(b"CAC", CBC.encode()))


def test_another_prefix_for_the_same_namespace_is_the_same_document() -> None:
    other = GOOD.replace(b"cbc:", b"x:").replace(b"xmlns:cbc", b"xmlns:x")
    assert documents.read(other, "main") == documents.read(GOOD, "main")


def test_a_document_that_is_not_expected_is_refused() -> None:
    for data in (b"<html/>", b"<a xmlns='urn:x'/>", b"{}", b"", b"\xff\xfe", b"PK\x03\x04"):
        assert refused(data)
    renamed = GOOD.replace(b"OrderResponse xmlns", b"Order xmlns").replace(
        b"/OrderResponse", b"/Order"
    )
    assert "first element is Order" in refused(renamed)


def test_extensions_are_passed_over_whatever_is_in_them() -> None:
    extension = (
        f'<e:UBLExtensions xmlns:e="{EXT}"><e:UBLExtension><e:ExtensionContent>'
        '<x xmlns="urn:evil"><cbc:SalesOrderID>DS-9</cbc:SalesOrderID></x>'
        "</e:ExtensionContent></e:UBLExtension></e:UBLExtensions><cbc:ID>OR-77"
    ).encode()
    assert documents.read(GOOD.replace(b"<cbc:ID>OR-77", extension), "main") == documents.read(
        GOOD, "main"
    )


# --- anything at all -----------------------------------------------------------------------------


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_bytes_thrown_into_an_answer_never_make_anything_but_a_refusal(
    at: int, noise: bytes
) -> None:
    for data in (GOOD[:at] + noise + GOOD[at:], GOOD[:at] + noise + GOOD[at + len(noise) :], noise):
        with suppress(Refusal):
            documents.read(data, "main")


def test_the_words_of_a_refusal_are_short_and_printable() -> None:
    nasty = GOOD.replace(b"OrderResponse", ("x" * 5_000 + "\u202e").encode())
    assert len(refused(nasty)) < 300


def test_the_parser_of_other_libraries_would_have_fallen_for_it(secret: WatchedFile) -> None:
    """The attack is real: a parser with entities on opens the file."""
    data = with_dtd(f'[<!ENTITY x SYSTEM "file://{secret.path}">]', "&x;")
    etree.fromstring(data, etree.XMLParser(resolve_entities=True, load_dtd=True))
    assert secret.touched()
