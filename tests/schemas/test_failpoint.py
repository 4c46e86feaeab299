"""Named places: nothing happens there unless a test acts, and only as long as it does."""

import pytest

from schemas.failpoint import acting, failpoint


def test_a_place_is_passed_by_name_while_somebody_acts_and_quietly_otherwise() -> None:
    passed: list[str] = []
    failpoint("before")
    with acting(passed.append):
        failpoint("one")
        with acting(lambda name: passed.append(name.upper())):
            failpoint("two")
        failpoint("three")
    failpoint("after")
    assert passed == ["one", "TWO", "three"]


def test_what_the_test_raises_there_is_raised_and_it_acts_no_more() -> None:
    def cut(name: str) -> None:
        raise RuntimeError(name)

    with pytest.raises(RuntimeError, match="here"), acting(cut):
        failpoint("here")
    failpoint("here")
