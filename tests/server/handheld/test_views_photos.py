"""Photos over HTTP: in pieces, resumed where they broke, whole only when they fit the checksum."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from schemas.ids import uuid7
from server.photos import keeping
from tests.server.handheld.conftest import Phone
from tests.world import CELL, World, change, order_body

PICTURE = bytes(range(256)) * 40
DAY = "2026-11-20T09:00:00Z"


def said(phone: Phone, world: World, **more: Any) -> dict[str, Any]:
    """What a handheld says of PICTURE."""
    return {
        "device": phone.me["device"], "install": phone.install, "id": uuid7(),
        "store": world.stores[0], "captured_at": DAY, "media_type": "image/jpeg",
        "bytes": len(PICTURE), "sha256": hashlib.sha256(PICTURE).hexdigest(),
    } | more  # fmt: skip


def bring(phone: Phone, key: str, first: int, data: bytes) -> Any:
    return phone.client.patch(
        f"/sync/v1/photos/{key}", data=data,
        headers=phone.headers | {"Upload-Offset": str(first)},
    )  # fmt: skip


def kept_file(world: World, folder: Path, key: str) -> Path:
    return keeping.path_of(folder / "photos", world.one("SELECT cell FROM photo"), key)


def test_a_photo_comes_in_pieces_and_is_whole_at_the_last(
    phone: Phone, world: World, tmp_path: Path
) -> None:
    told = said(phone, world)
    assert phone.post("photos", told).json == {
        "id": told["id"], "state": "coming", "received_bytes": 0,
    }  # fmt: skip
    assert bring(phone, told["id"], 0, PICTURE[:4000]).json["received_bytes"] == 4000
    assert phone.post("photos", told).json["received_bytes"] == 4000  # asked again: go on there
    answer = bring(phone, told["id"], 4000, PICTURE[4000:])
    assert answer.json == {
        "id": told["id"], "state": "whole", "received_bytes": len(PICTURE),
    }  # fmt: skip
    assert kept_file(world, tmp_path, told["id"]).read_bytes() == PICTURE
    again = bring(phone, told["id"], 4000, PICTURE[4000:])  # the answer was lost
    assert again.json["state"] == "whole"


def test_a_piece_at_another_place_is_told_where_to_go_on(phone: Phone, world: World) -> None:
    told = said(phone, world)
    phone.post("photos", told)
    bring(phone, told["id"], 0, PICTURE[:100])
    for first in (0, 50, 101):
        answer = bring(phone, told["id"], first, PICTURE[first : first + 100])
        assert (answer.status_code, answer.json["code"]) == (409, "photo_offset"), first
        assert answer.json["received_bytes"] == 100


def test_more_bytes_than_were_said_are_not_taken(phone: Phone, world: World) -> None:
    told = said(phone, world)
    phone.post("photos", told)
    assert bring(phone, told["id"], 0, PICTURE + b"x").json["code"] == "photo_offset"


def test_bytes_that_a_crash_left_behind_the_row_are_written_over(
    phone: Phone, world: World, tmp_path: Path
) -> None:
    told = said(phone, world)
    phone.post("photos", told)
    bring(phone, told["id"], 0, PICTURE[:100])
    with kept_file(world, tmp_path, told["id"]).open("ab") as file:
        file.write(b"half a piece whose row was never written" * 300)
    assert bring(phone, told["id"], 100, PICTURE[100:]).json["state"] == "whole"
    assert kept_file(world, tmp_path, told["id"]).read_bytes() == PICTURE


def test_a_damaged_photo_is_asked_for_again_from_its_first_byte(phone: Phone, world: World) -> None:
    told = said(phone, world)
    phone.post("photos", told)
    answer = bring(phone, told["id"], 0, b"?" + PICTURE[1:])
    assert (answer.status_code, answer.json["code"]) == (422, "photo_damaged")
    assert phone.post("photos", told).json["received_bytes"] == 0
    assert bring(phone, told["id"], 0, PICTURE).json["state"] == "whole"


def test_an_id_stands_for_one_picture_of_one_handheld(
    phone: Phone, world: World, client: FlaskClient
) -> None:
    told = said(phone, world)
    phone.post("photos", told)
    answer = phone.post("photos", told | {"sha256": "0" * 64})
    assert (answer.status_code, answer.json["code"]) == (409, "photo_different")
    other = Phone(client, world)
    assert bring(other, told["id"], 0, PICTURE).json["code"] == "photo_unknown"
    assert other.post("photos", said(other, world, id=told["id"])).json["code"] == "photo_different"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bytes", 0), ("bytes", 11 * 1024 * 1024), ("media_type", "image/svg+xml"),
        ("sha256", "abc"), ("store", "no id"), ("captured_at", "yesterday"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_said(phone: Phone, world: World, name: str, value: Any) -> None:
    answer = phone.post("photos", said(phone, world, **{name: value}))
    assert (answer.status_code, answer.json["code"]) == (422, "envelope_invalid")
    assert any(name in str(error) for error in answer.json["errors"]), answer.json


def test_an_offset_that_is_no_number_is_refused(phone: Phone, world: World) -> None:
    told = said(phone, world)
    phone.post("photos", told)
    answer = phone.client.patch(f"/sync/v1/photos/{told['id']}", data=b"x", headers=phone.headers)
    assert answer.status_code == 422
    assert bring(phone, "not-an-id", 0, b"x").json["code"] == "photo_unknown"


def test_a_full_disk_takes_no_photo_and_keeps_its_place(
    phone: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = said(phone, world)
    phone.post("photos", told)
    monkeypatch.setattr(keeping, "FREE_BYTES", 1 << 60)
    answer = bring(phone, told["id"], 0, PICTURE)
    assert (answer.status_code, answer.json["code"]) == (503, "photos_full")
    assert "Retry-After" in answer.headers
    monkeypatch.undo()
    assert bring(phone, told["id"], 0, PICTURE).json["state"] == "whole"


def test_photos_past_their_days_go_and_say_so(phone: Phone, world: World, tmp_path: Path) -> None:
    told = said(phone, world)
    phone.post("photos", told)
    bring(phone, told["id"], 0, PICTURE)
    path = kept_file(world, tmp_path, told["id"])
    now = datetime.now(UTC)
    with world.begin() as conn:
        assert keeping.expire(conn, now - timedelta(days=1)) == []
    with world.begin() as conn:
        gone = keeping.expire(conn, now + timedelta(days=1))
    keeping.remove(tmp_path / "photos", gone)
    assert not path.exists()
    assert phone.post("photos", told).json["state"] == "expired"


def test_open_pages_hear_of_a_signature_and_of_no_other_picture(phone: Phone, world: World) -> None:
    hinted: list[str] = []
    phone.client.application.extensions["hint"] = hinted.append
    order = order_body(world.stores[0], [("p001", 4)])
    phone.push(change(1, "order", "submit", order))
    hinted.clear()
    phone.post("photos", said(phone, world))
    assert hinted == []
    told = said(phone, world, id=order["id"])
    phone.post("photos", told)
    bring(phone, told["id"], 0, PICTURE)
    assert hinted == [f"signed {CELL}"] * 2
