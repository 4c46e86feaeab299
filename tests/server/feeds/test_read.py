"""A feed file that is wrong as a whole says so in one sentence; a wrong line costs only itself."""

import gzip
import hashlib
import io
from pathlib import Path

import pytest

from server.feeds import read
from server.feeds.read import Shape, Source, Unreadable, open_path
from tests.server.feeds.conftest import source_of


def rows(source: Source) -> list[list[str] | None]:
    return [cells for _, cells, _ in source.rows()]


def refusal(content: bytes | str, shape: Shape | None = None) -> str:
    with pytest.raises(Unreadable) as caught:
        rows(source_of(content, shape))
    return str(caught.value)


def test_a_plain_file_gives_its_rows_with_their_line_numbers() -> None:
    source = source_of("code,name\ns1,One\ns2,Two\n")
    assert source.header == ["code", "name"]
    assert list(source.rows()) == [(2, ["s1", "One"], ""), (3, ["s2", "Two"], "")]
    assert source.read == 2


def test_a_byte_order_mark_is_not_part_of_the_first_column() -> None:
    assert source_of("\ufeffcode,name\ns1,One\n").header == ["code", "name"]


def test_carriage_returns_and_blank_lines_are_no_part_of_the_data() -> None:
    source = source_of("code,name\r\ns1,One\r\n\r\ns2,Two\r\n")
    assert list(source.rows()) == [(2, ["s1", "One"], ""), (4, ["s2", "Two"], "")]


def test_quoted_fields_may_hold_delimiters_quotes_and_line_ends() -> None:
    source = source_of('code,name\ns1,"One, ""the"" first\nand only"\ns2,Two\n')
    assert list(source.rows()) == [
        (2, ["s1", 'One, "the" first\nand only'], ""),
        (4, ["s2", "Two"], ""),
    ]


def test_a_gzip_file_is_unpacked_whatever_its_name() -> None:
    assert rows(source_of(gzip.compress(b"code\ns1\n"))) == [["s1"]]


def test_a_line_with_too_few_or_too_many_fields_costs_only_itself() -> None:
    found = list(source_of("code,name\ns1\ns2,Two\ns3,a,b\n").rows())
    assert [(line, cells) for line, cells, _ in found] == [(2, None), (3, ["s2", "Two"]), (4, None)]
    assert found[0][2].startswith("This line has 1 fields and the header 2: put text")


def test_a_line_with_a_stray_quote_costs_only_itself() -> None:
    found = list(source_of('code,name\ns1,"One"x\ns2,Two\n').rows())
    assert [(line, cells) for line, cells, _ in found] == [(2, None), (3, ["s2", "Two"])]
    assert "write a double quote inside a quoted text twice" in found[0][2]


def test_a_quote_that_is_never_closed_stops_the_load_and_names_its_line() -> None:
    assert refusal('code,name\ns1,One\ns2,"Two\n').startswith("A double quote opened on line 3")


def test_an_empty_file_says_that_it_needs_a_header() -> None:
    assert refusal(b"") == "The file is empty: it needs at least a header line."
    assert refusal(gzip.compress(b"")) == "The file is empty: it needs at least a header line."


def test_a_blank_first_line_is_not_taken_for_a_header() -> None:
    assert refusal("\n\ns1,One\n").startswith("The first line is blank")


@pytest.mark.parametrize(("mark", "name"), [(";", "a semicolon"), ("\t", "a tab"), ("|", "a bar")])
def test_another_delimiter_is_named(mark: str, name: str) -> None:
    says = refusal(f"code{mark}name\ns1{mark}One\n")
    assert f"seems to be separated by {name}, not a comma" in says
    assert rows(source_of(f"code{mark}name\ns1{mark}One\n", Shape(mark))) == [["s1", "One"]]


def test_a_gzip_file_cut_short_is_told_from_a_damaged_one() -> None:
    whole = gzip.compress(b"code\n" + b"".join(b"s%d\n" % n for n in range(50_000)))
    assert refusal(whole[: len(whole) // 2]).startswith("The gzip file is cut short")
    assert refusal(whole[:500] + b"\0" * 40 + whole[540:]).startswith("The gzip file is damaged")


def test_a_file_that_is_not_utf8_names_the_place_and_the_way_out() -> None:
    says = refusal("code,name\ns1,Café\n".encode("cp1252"))
    assert says.startswith("The file is not UTF-8 near line")
    assert 'encoding = "cp1252"' in says
    text = rows(source_of("code,name\ns1,Café\n".encode("cp1252"), Shape(encoding="cp1252")))
    assert text == [["s1", "Café"]]


def test_a_workbook_and_utf16_are_recognised() -> None:
    assert "save the sheet as CSV" in refusal(b"PK\x03\x04" + b"x" * 50)
    assert refusal("code\ns1\n".encode("utf-16")) == "The file is UTF-16: save it as UTF-8."


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(b"code\n" + b"x" * (read.LINE_BYTES + 600_000))
    assert refusal(bomb).startswith("A line is longer than 1,000,000 bytes")


def test_a_file_that_unpacks_to_too_much_is_refused() -> None:
    data = gzip.compress(b"code\n" + b"s1\n" * 1_000_000)
    source = read.open_stream(io.BytesIO(data), "x", len(data), Shape(), 1_000_000)
    with pytest.raises(Unreadable, match="unpacks to more than is allowed"):
        rows(source)


def test_how_far_reading_is_follows_the_packed_bytes() -> None:
    source = source_of("code\n" + "s1\n" * 400_000)
    steps = []
    for count, _ in enumerate(source.rows()):
        if count % 50_000 == 0:
            steps.append(source.fraction)
    assert steps == sorted(steps)
    assert 0 < steps[0] < 0.5
    assert source.fraction == 1.0


def test_the_hash_is_that_of_the_file_as_it_was_sent() -> None:
    data = gzip.compress(b"code\ns1\n")
    source = source_of(data)
    rows(source)
    assert source.sha256 == hashlib.sha256(data).hexdigest()


def test_a_file_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"gone\.csv cannot be opened: No such file"):
        open_path(tmp_path / "gone.csv", Shape())
