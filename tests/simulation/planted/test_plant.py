"""A mistake that breaks down by itself finds nothing; what it breaks in the product does."""

import json
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from sqlalchemy import exc

from tests.simulation.planted.plant import Bug, Planting, Unplayable, examine, planted

PRODUCT = SimpleNamespace(read=json.loads)


def made_for_other_words(p: Planting) -> None:
    p.around(PRODUCT, "read", lambda real, text, gone: real(text))


def made_for_other_places(p: Planting) -> None:
    p.put(PRODUCT, "read", lambda: None)


def made_of_nothing(p: Planting) -> None:
    def read(real: Any, text: str) -> Any:
        return real(text)["nowhere"]

    p.around(PRODUCT, "read", read)


def asks_for_what_is_gone(p: Planting) -> None:
    def read(real: Any, text: str) -> Any:
        raise exc.ProgrammingError(text, None, psycopg.errors.UndefinedColumn())

    p.around(PRODUCT, "read", read)


def breaks_the_product(p: Planting) -> None:
    p.around(PRODUCT, "read", lambda real, text: real("{" + text))


@pytest.mark.parametrize(
    "make", [made_for_other_words, made_for_other_places, made_of_nothing, asks_for_what_is_gone]
)
def test_a_mistake_that_breaks_down_by_itself_ends_the_run(make: Any) -> None:
    bug = Bug(make.__name__, "", make)
    with planted(bug), pytest.raises(Exception) as told:  # noqa: PT011 - any of them
        PRODUCT.read("{}")
    with pytest.raises(Unplayable, match=make.__name__):
        examine(bug, told.value)


def test_what_it_breaks_in_the_product_is_a_finding() -> None:
    bug = Bug("breaks", "", breaks_the_product)
    with planted(bug):
        with pytest.raises(json.JSONDecodeError) as told:
            PRODUCT.read("{}")
        examine(bug, told.value)
