"""A mapping that does not fit is told before the file is read, all of it at once."""

from pathlib import Path

import pytest

from server.feeds.binding import bind
from server.feeds.mapping import ColumnMap, MappingProblem, find_mapping, known_mappings, parse
from server.feeds.transforms import Options

PRICE = '[fields]\nproduct = {column="p"}\nprice = {column="x"}\nlist = {constant="base"}\n'


def problems(text: str, feed: str = "prices") -> str:
    with pytest.raises(MappingProblem) as caught:
        parse(text, feed)
    return str(caught.value)


def test_a_sound_mapping_names_columns_transforms_and_the_shape_of_the_file() -> None:
    found = parse(
        '[file]\ndelimiter = ";"\ndecimal_mark = ","\nname = "p*.csv"\n' + PRICE, "prices"
    )
    assert found.shape.delimiter == ";"
    assert found.file_name == "p*.csv"
    assert found.fields["price"].transform == "decimal"
    assert found.fields["list"].constant == "base"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[fields", "The mapping is not TOML"),
        (PRICE + '[colums]\na = "b"', "a mapping: there is no 'colums'"),
        (PRICE + 'pirce = {column="x"}', "there is no 'pirce'; did you mean 'price'?"),
        (PRICE + 'valid_to = {column="x", transform="dat"}',
         "there is no transform 'dat'; did you mean 'date'?"),
        (PRICE + 'valid_to = {colum="x"}', "there is no 'colum'; did you mean 'column'?"),
        (PRICE + "valid_to = {}", "[fields.valid_to] needs one of column, columns or constant"),
        (PRICE + 'valid_to = {column="x", constant="y"}', "needs one of column, columns"),
        (PRICE + 'valid_to = "x"', "[fields.valid_to] must be a table"),
        (PRICE + 'valid_to = {column="x", transform="enum"}', "belong together"),
        (PRICE + "valid_to = {columns=[1]}", "columns are names in quotes"),
        ('[fields]\nproduct = {column="p"}', "[fields.price] is missing: prices need it"),
        ('[file]\ndelimiter = "::"\n' + PRICE, "delimiter '::' is not one of"),
        ('[file]\nencoding = "utf-9"\n' + PRICE, "There is no encoding 'utf-9'"),
        ('[file]\ndecimal_mark = "·"\n' + PRICE, "decimal_mark '·' is not"),
        ("fields = 3", "file and fields must be tables"),
    ],
)  # fmt: skip
def test_each_fault_of_a_mapping_has_its_sentence(text: str, says: str) -> None:
    assert says in problems(text)


def test_all_faults_are_told_at_once() -> None:
    assert len(problems('[fields]\nx = {column="p"}\ny = {column="q"}').splitlines()) == 5


def test_a_column_the_file_does_not_have_is_told_with_the_nearest_it_has() -> None:
    with pytest.raises(MappingProblem) as caught:
        bind(parse(PRICE, "prices"), ["product", "xx"], Options())
    assert caught.value.problems == [
        "The file has no column 'p' (there is product, xx).",
        "The file has no column 'x'; did you mean 'xx'?",
    ]


def test_a_column_that_stands_twice_in_the_header_is_not_guessed() -> None:
    with pytest.raises(MappingProblem, match="has 'x' more than once"):
        bind(parse(PRICE, "prices"), ["p", "x", "x"], Options())


def test_a_constant_that_does_not_fit_its_field_is_a_fault_of_the_mapping() -> None:
    text = PRICE + 'min_quantity = {constant="many"}'
    with pytest.raises(MappingProblem, match=r"\[fields.min_quantity\]: 'many' does not fit"):
        bind(parse(text, "prices"), ["p", "x"], Options())
    text = PRICE + "min_quantity = {constant=0}"
    with pytest.raises(MappingProblem, match="must be between 1"):
        bind(parse(text, "prices"), ["p", "x"], Options())


def test_columns_join_defaults_stand_in_and_texts_are_stripped() -> None:
    text = """
[fields]
code = {column = "no"}
name = {columns = ["name", "branch"], join = " / "}
city = {column = "city", default = "AMES"}
status = {column = "st", transform = "enum", values = {A = "active", I = "closed"}}
"""
    bound = bind(parse(text, "stores"), ["no", "name", "branch", "city", "st"], Options())
    row, troubles = bound.row([" 7 ", "Hy-Vee", "#1", "", "I"])
    assert troubles == []
    assert row == {"code": "7", "name": "Hy-Vee / #1", "city": "AMES", "status": "closed"}
    row, troubles = bound.row(["", "Hy-Vee", "", "Ames", "X"])
    assert [(one.field, one.value, one.remedy) for one in troubles] == [
        ("no", "", "Fill this in: it may not be empty."),
        ("st", "X", "Write one of: A, I."),
    ]
    assert bound.row(["7", "Hy-Vee", "", "x", "A"])[0]["name"] == "Hy-Vee"


def test_the_plain_mapping_takes_columns_named_like_the_fields() -> None:
    columns = find_mapping("plain", "receivables")
    header = ["store", "number", "issued_on", "due_on", "amount", "open_minor", "colour"]
    bound = bind(columns, header, Options())
    row, troubles = bound.row(["s1", "7", "2026-11-01", "2026-11-15", "12.5", "1250", "red"])
    assert troubles == []
    assert (row["amount_minor"], row["open_minor"]) == (1250, 1250)
    assert bound.extra == ["colour"]
    with pytest.raises(MappingProblem, match="The file has no column 'open_minor'"):
        bind(columns, header[:5], Options())


def test_mappings_come_by_name_by_folder_and_by_file(tmp_path: Path) -> None:
    assert known_mappings() == ["iowa", "plain"]
    (tmp_path / "prices.toml").write_text(PRICE)
    by_folder = find_mapping(str(tmp_path), "prices")
    assert isinstance(by_folder, ColumnMap)
    assert find_mapping(str(tmp_path / "prices.toml"), "prices").fields == by_folder.fields
    with pytest.raises(MappingProblem, match="There is no mapping 'utah': give a file"):
        find_mapping("utah", "prices")
    with pytest.raises(MappingProblem, match=r"has nothing for stock \(stock.toml\)"):
        find_mapping(str(tmp_path), "stock")


@pytest.mark.parametrize(
    "feed", ["stores", "products", "prices", "stock", "receivables", "orders", "order_lines"]
)
def test_the_mapping_of_the_iowa_record_is_sound(feed: str) -> None:
    assert find_mapping("iowa", feed).file_name
