"""A shape on the wire changes with a new version, never under the one handhelds speak."""

import pytest

from schemas import versions
from schemas.edit import StoreEdit
from schemas.fields import Text, Uuid
from schemas.rows import ROWS
from schemas.versions import NEWEST
from tests.recordings import pins
from tests.recordings.pins import changed, of_schema, pinned_wire

WHAT_TO_DO = (
    "The wire of version {version} changed: {names}. Handhelds speak it, so take the change back, "
    "or make it version {next}: add a Step to schemas/versions.py (and a migration), record and "
    "pin the new version with `python -m tests.recordings`, and give it a case in PROTOCOL.md. "
    "What only adds to the answers, and what nobody ever spoke, is pinned anew by "
    "`python -m tests.recordings pin {version}`."
)


@pytest.mark.parametrize("version", sorted(map(int, pinned_wire())))
def test_the_wire_of_a_version_is_what_was_pinned(version: int) -> None:
    names = changed(version, pinned_wire()[str(version)])
    assert not names, WHAT_TO_DO.format(version=version, names=", ".join(names), next=NEWEST + 1)


def test_every_version_before_the_newest_is_pinned() -> None:
    assert {int(one) for one in pinned_wire()} >= set(range(1, NEWEST))


def test_a_column_that_is_added_or_renamed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = pins.wire_of(NEWEST)
    for columns in ((*ROWS["contact"], "email2"), ("uid", *ROWS["contact"][1:])):
        monkeypatch.setattr(pins, "rows_at", lambda version, new=columns: ROWS | {"contact": new})
        assert changed(NEWEST, kept) == ["rows of contact"]


def test_a_field_that_is_added_or_asks_for_more_is_noticed() -> None:
    class More(StoreEdit):
        colour = Text(at_most=20)

    class Shorter(StoreEdit):
        id = Uuid()

    class Longer(More):
        colour = Text(at_most=21)

    shapes = [of_schema(one) for one in (StoreEdit, More, Shorter, Longer)]
    assert all(one != other for n, one in enumerate(shapes) for other in shapes[:n])


def test_a_message_has_the_names_of_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "name_at", lambda kind, name, version: {"id": "uid"}.get(name, name))
    assert {"store.edit", "order.submit"} <= set(changed(1, _today()))
    assert versions.name_at("store", "id", NEWEST) == "id"


def _today() -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pins, "name_at", versions.name_at)
        return pins.wire_of(1)
