"""The tests chosen for another PostgreSQL leave no statement out."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.fewest import ALWAYS, Asked, fewest, of_folder

STATEMENTS = st.frozensets(st.sampled_from("abcdefgh"))
TESTS = st.dictionaries(
    st.sampled_from([f"tests/test_{n}.py" for n in range(12)]),
    st.builds(Asked, st.floats(0, 100), STATEMENTS),
)


@given(TESTS)
def test_every_statement_is_asked_by_those_chosen_and_none_of_them_is_idle(
    asked: dict[str, Asked],
) -> None:
    chosen = fewest(asked)
    everything = frozenset[str]().union(*(one.statements for one in asked.values()))
    assert frozenset[str]().union(*(asked[test].statements for test in chosen)) == everything
    assert len(chosen) <= len(everything)


def test_the_cheaper_of_two_alike_is_chosen() -> None:
    asked = {"slow": Asked(9.0, frozenset("ab")), "quick": Asked(0.1, frozenset("ab"))}
    assert fewest(asked) == ["quick"]


def test_what_no_statement_tells_is_always_asked() -> None:
    asked = {"tests/a.py::b": Asked(0.1, frozenset("a")), "tests/z.py::c": Asked(9.0, frozenset())}
    assert fewest(asked, ("tests/z.py",)) == ["tests/a.py::b", "tests/z.py::c"]
    root = Path(__file__).resolve().parents[1]
    assert [one for one in ALWAYS if not (root / one).exists()] == []


def test_what_several_processes_heard_is_put_together(tmp_path: Path) -> None:
    for name, test in (("1", "a"), ("2", "b")):
        (tmp_path / f"{name}.json").write_text(json.dumps({test: [0.5, ["s"]]}))
    assert of_folder(tmp_path) == {
        "a": Asked(0.5, frozenset("s")), "b": Asked(0.5, frozenset("s")),
    }  # fmt: skip
    assert of_folder(tmp_path / "missing") == {}
