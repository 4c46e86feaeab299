"""Which adapter a target gets, and what is said of one that cannot be used."""

from __future__ import annotations

from typing import Any

import pytest

from server.delivery.adapters import MAKERS, adapter_for
from server.delivery.over_files import FileAdapter
from server.delivery.over_http import HttpAdapter
from tests.server.demo.standin.conftest import SECRET

ROW: dict[str, Any] = {
    "target": "main", "kind": "http", "url": "https://d.example", "secret": SECRET,
    "can_look_up": True, "dedupes": True, "allow_private": False, "options": {},
}  # fmt: skip


def test_the_kind_of_a_target_chooses_its_adapter() -> None:
    assert isinstance(adapter_for(ROW), HttpAdapter)
    assert isinstance(adapter_for({**ROW, "kind": "files", "url": "/srv/drops"}), FileAdapter)
    assert {"http", "files", "ubl"} <= MAKERS.keys()


def test_an_unknown_kind_is_told_which_there_are() -> None:
    with pytest.raises(ValueError, match=r"'fax'.*files.*http"):
        adapter_for({**ROW, "kind": "fax"})


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"options": {"colour": "red"}}, "no setting 'colour'"),
        ({"options": {"ask_status": "yes"}}, "true or false"),
        ({"url": "ftp://d.example"}, "https://"),
        ({"secret": "whsec_"}, "secret"),
    ],
)
def test_settings_that_cannot_be_used_are_named(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        adapter_for({**ROW, **changed})
